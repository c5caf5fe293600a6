"""Invented people: patients with their numbers and addresses, and the physicians who sent them. Called by `traffic`."""

from datetime import date, timedelta
from random import Random
from typing import NamedTuple
from unicodedata import normalize

_FAMILIES = (
    "DURANDEL LEGALLOIS MARTINEAU KERVELLA LEGOFF PETITJEAN BLANC FER ROSE BEAUMANOIR CHASTAGNIER DELACOURBE ESTRAMPES FONTVIEILLE "
    "GUILLERMOU HAUTEFORT JOUVENCEL LACHENAL MONTREVEL NAVAILLES OLLIVARD PEYREBRUNE QUINTARD ROCHEBLAVE SAINT-ARNOULT TRAVERSIER "
    "VAUCANSON YVETOT D'ARGENCE LE-BIHANNIC BENYOUSSI TRAORAL NGUYENOT FERNANDEZAC KOWALCZUK ABGRALLEC BOISGONTIER CAZENAVETTE "
    "DUPLANTIER ESCOFFREY FAUCHEREAU GARREAUD HERVOUETTE ITURRALDEC JAQUEMAIN KERMORVANT LABOURIEUX MALESTROIT NOGARET OUVRARDEAU "
    "PLANCHENAULT QUEMENEURT RAMPILLON SOUBEYRANE TANGUILLY URVOASEC VILLENEUVE WALTERSPIEL ZERROUKAL BARROSINHO CISSOKHOT DAHMANEL "
    "EL-MANSOURA LE-FLOCHIC DE-KERSAINT DUBOISSIERE MOREAUDEAU LAMBERTAUD"
).split()
_GIVEN = {
    "F": (
        "ELODIE JEANNE CAMILLE NATHALIE SOPHIE AÏCHA MARIE-LAURE CHLOÉ FRANÇOISE LÉA INÈS MANON YVONNE FATOUMATA HÉLÈNE SIMONE MONIQUE "
        "CATHERINE ISABELLE VALÉRIE SANDRINE AURÉLIE LUCIE EMMA JADE LOUISE ANNE-SOPHIE NADIA KARIMA ODETTE GENEVIÈVE SOLÈNE GWENAËLLE"
    ).split(),
    "M": (
        "MARCEL JEAN-PIERRE NICOLAS THÉO AHMED LUCAS GAËL BRUNO RENÉ ANTOINE STÉPHANE OLIVIER MAMADOU JÉRÔME YANN ROGER MICHEL ALAIN "
        "PHILIPPE LAURENT SÉBASTIEN JULIEN HUGO LOUIS GABRIEL JEAN-FRANÇOIS KARIM MOUSSA LUCIEN HENRI LOÏC MAËL"
    ).split(),
}
_STREETS = (
    "RUE DES LICES",
    "ALLEE DES TILLEULS",
    "AVENUE DU MOULIN BLANC",
    "PLACE DE L'EGLISE",
    "CHEMIN DES QUATRE VENTS",
    "BOULEVARD VOLTAIRE",
    "IMPASSE DU LAVOIR",
    "ROUTE DE LA CORNICHE",
    "QUAI DES MARINIERS",
    "RUE DU 8 MAI 1945",
    "SQUARE DES ORMES",
)
_TOWNS = (
    ("35000", "RENNES"),
    ("56000", "VANNES"),
    ("29200", "BREST"),
    ("45000", "ORLEANS"),
    ("22000", "SAINT-BRIEUC"),
    ("97400", "SAINT-DENIS"),
    ("41000", "BLOIS"),
    ("27000", "EVREUX"),
)
_BIRTH_DEPARTMENTS = "35 56 29 45 22 41 27 75 59 69 13 33 2A 2B 97 99".split()
_FICTION = ("019900", "026191", "035301", "046571", "053649")


class Insurer(NamedTuple):
    """A complementary insurer that does not exist."""

    code: str
    name: str


class Site(NamedTuple):
    """A laboratory or ward that does not exist, and how its system writes HL7."""

    code: str
    finess: str
    charset: str  # as MSH-18 names it
    codec: str  # as Python names it


INSURERS = (
    Insurer("99900017", "MUTUELLE DES QUATRE VENTS"),
    Insurer("99900025", "PREVOYANCE DES ABERS"),
    Insurer("99900033", "SOLIDARITE BOCAGE"),
)
SITES = (
    Site("LBM-TILLEULS", "990000010", "UNICODE UTF-8", "utf-8"),
    Site("LBM-CORNICHE", "990000028", "8859/15", "iso8859-15"),
    Site("LBM-LAVOIR", "990000036", "UNICODE UTF-8", "utf-8"),
)
HOSPITAL = "CH-MONTREVEL"
WARDS = ("URG", "REA", "CARDIO", "MATER", "ONCO", "GERIA", "CHIR")


class Person(NamedTuple):
    """Somebody who does not exist."""

    family: str
    birth_family: str
    given: str
    sex: str
    birth: date
    nir: str  # 15 digits, valid key
    ipp: str
    phone: str
    mobile: str
    email: str
    street: str
    postcode: str
    city: str
    spouse: str  # given name
    member: str
    login: str
    password: str
    second_given: str
    insurer: Insurer


class Physician(NamedTuple):
    """A prescriber who does not exist; the RPPS passes Luhn and stands in an unused range."""

    family: str
    given: str
    rpps: str


def person(random: Random) -> Person:
    """A new person."""
    sex = random.choice("FM")
    given, family = random.choice(_GIVEN[sex]), random.choice(_FAMILIES)
    birth = date(1925, 1, 1) + timedelta(days=random.randrange(36_000))
    postcode, city = random.choice(_TOWNS)
    handle = _handle(given, family)
    return Person(
        family=family,
        birth_family=random.choice(_FAMILIES) if sex == "F" else family,
        given=given,
        sex=sex,
        birth=birth,
        nir=_nir(random, sex, birth),
        ipp=f"8{random.randrange(10**9):09d}",
        phone=random.choice(_FICTION) + f"{random.randrange(10**4):04d}",
        mobile=f"063998{random.randrange(10**4):04d}",
        email=f"{handle}{random.randrange(100)}@example.org",
        street=f"{random.randrange(1, 180)} {random.choice(_STREETS)}",
        postcode=postcode,
        city=city,
        spouse=random.choice(_GIVEN["M" if sex == "F" else "F"]).title(),
        member=f"ADH{random.randrange(10**10):010d}",
        login=handle,
        password=f"Az{random.randrange(10**6):06d}!",
        second_given=random.choice(_GIVEN[sex]),
        insurer=random.choice(INSURERS),
    )


def relative(random: Random, of: Person) -> Person:
    """Another of the household: a child, with the same name, address, telephone and insurer."""
    child = person(random)
    birth = date(2008, 1, 1) + timedelta(days=random.randrange(6_500))
    handle = _handle(child.given, of.family)
    return of._replace(
        birth_family=of.family,
        given=child.given,
        second_given=child.second_given,
        sex=child.sex,
        birth=birth,
        nir=_nir(random, child.sex, birth),
        ipp=child.ipp,
        mobile=of.mobile,
        spouse=of.given.title(),
        login=handle,
        password=child.password,
    )


def ghost(random: Random) -> Person:
    """The test patient that every laboratory has."""
    return person(random)._replace(family="ZZTEST", birth_family="ZZTEST", given="ESSAI", second_given="ESSAI", email="zztest@example.org")


def physician(random: Random) -> Physician:
    """A new physician."""
    return Physician(random.choice(_FAMILIES), random.choice(_GIVEN[random.choice("FM")]), _luhn(f"999{random.randrange(10**7):07d}"))


def _handle(given: str, family: str) -> str:
    plain = normalize("NFD", f"{given[0]}{family}".lower()).encode("ascii", "ignore").decode()
    return plain.replace("'", "").replace("-", "")


def _nir(random: Random, sex: str, birth: date) -> str:
    """Commune 999 (990 to 999 are not allocated), so that nobody owns the number."""
    body = f"{'2' if sex == 'F' else '1'}{birth:%y%m}{random.choice(_BIRTH_DEPARTMENTS)}999{random.randrange(1, 1000):03d}"
    return f"{body}{97 - int(body.replace('2A', '19').replace('2B', '18')) % 97:02d}"


def _luhn(body: str) -> str:
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(reversed(body)))
    return f"{body}{-total % 10}"
