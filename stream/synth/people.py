"""Invented people: patients with their numbers and addresses, and the physicians who sent them. Called by `traffic`."""

from datetime import date, timedelta
from random import Random
from typing import NamedTuple

_FAMILIES = (
    "DURANDEL LEGALLOIS MARTINEAU KERVELLA LEGOFF PETITJEAN BLANC FER ROSE BEAUMANOIR CHASTAGNIER DELACOURBE ESTRAMPES FONTVIEILLE "
    "GUILLERMOU HAUTEFORT JOUVENCEL LACHENAL MONTREVEL NAVAILLES OLLIVARD PEYREBRUNE QUINTARD ROCHEBLAVE SAINT-ARNOULT TRAVERSIER "
    "VAUCANSON YVETOT D'ARGENCE LE-BIHANNIC BENYOUSSI TRAORAL NGUYENOT FERNANDEZAC KOWALCZUK"
).split()
_GIVEN = {
    "F": "ELODIE JEANNE CAMILLE NATHALIE SOPHIE AÏCHA MARIE-LAURE CHLOÉ FRANÇOISE LÉA INÈS MANON YVONNE FATOUMATA HÉLÈNE".split(),
    "M": "MARCEL JEAN-PIERRE NICOLAS THÉO AHMED LUCAS GAËL BRUNO RENÉ ANTOINE STÉPHANE OLIVIER MAMADOU JÉRÔME YANN".split(),
}
_STREETS = (
    "RUE DES LICES",
    "ALLEE DES TILLEULS",
    "AVENUE DU MOULIN BLANC",
    "PLACE DE L'EGLISE",
    "CHEMIN DES QUATRE VENTS",
    "BOULEVARD VOLTAIRE",
)
_TOWNS = (
    ("35000", "RENNES"),
    ("56000", "VANNES"),
    ("29200", "BREST"),
    ("45000", "ORLEANS"),
    ("22000", "SAINT-BRIEUC"),
    ("97400", "SAINT-DENIS"),
)
_FICTION = ("019900", "026191", "035301", "046571", "053649")


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
    handle = f"{given[0]}{family}".lower().replace("'", "").replace("-", "")
    return Person(
        family=family,
        birth_family=random.choice(_FAMILIES) if sex == "F" else family,
        given=given,
        sex=sex,
        birth=birth,
        nir=_nir(random, sex, birth, postcode),
        ipp=f"8{random.randrange(10**9):09d}",
        phone=random.choice(_FICTION) + f"{random.randrange(10**4):04d}",
        mobile=f"063998{random.randrange(10**4):04d}",
        email=f"{handle.encode('ascii', 'ignore').decode()}{random.randrange(100)}@example.org",
        street=f"{random.randrange(1, 180)} {random.choice(_STREETS)}",
        postcode=postcode,
        city=city,
        spouse=random.choice(_GIVEN["M" if sex == "F" else "F"]).title(),
        member=f"ADH{random.randrange(10**10):010d}",
        login=handle.encode("ascii", "ignore").decode(),
        password=f"Az{random.randrange(10**6):06d}!",
    )


def physician(random: Random) -> Physician:
    """A new physician."""
    return Physician(random.choice(_FAMILIES), random.choice(_GIVEN[random.choice("FM")]), _luhn(f"999{random.randrange(10**7):07d}"))


def _nir(random: Random, sex: str, birth: date, postcode: str) -> str:
    """Commune 999 (990 to 999 are not allocated), so that nobody owns the number."""
    department = "97" if postcode.startswith("97") else postcode[:2]
    body = f"{'2' if sex == 'F' else '1'}{birth:%y%m}{department}999{random.randrange(1, 1000):03d}"
    return f"{body}{97 - int(body) % 97:02d}"


def _luhn(body: str) -> str:
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(reversed(body)))
    return f"{body}{-total % 10}"
