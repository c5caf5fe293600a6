"""An episode as HL7 v2.5: ORU^R01 with a Z segment of its own, ADT^A08 and ADT^A40; and what is about nobody as OUL^R22 and MFN^M08.
Called by `traffic`."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from schemas.vocabulary import Category as C
from stream.synth.comments import Comment
from stream.synth.episode import Episode, Result, Status, receiver
from stream.synth.label import Kind, Piece, Planted, Rename, Sample, assemble, escaped, joined
from stream.synth.panels import Analyte, Panel
from stream.synth.people import HOSPITAL, Person, Site
from stream.synth.upkeep import Upkeep

_GROWN = 18  # years
_ESCAPES = str.maketrans({"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "~": "\\R\\", "&": "\\T\\"})
_TRIGGERS = {
    Kind.UPDATE: "ADT^A08^ADT_A01",
    Kind.MERGE: "ADT^A40^ADT_A39",
    Kind.CONTROL: "OUL^R22^OUL_R22",
    Kind.CATALOGUE: "MFN^M08^MFN_M08",
}
_ORDERS = {Status.PRELIMINARY: "IP", Status.FINAL: "CM", Status.CORRECTED: "CM", Status.CANCELLED: "CA"}  # ORC-5
KINDS = frozenset(Kind) - {Kind.LOG}
Field = list[Piece]


def oru(episode: Episode, rename: Rename = str) -> Sample:
    """Its message. `rename` gives the Z segment another name (drift)."""
    segments = _identity(episode) if episode.kind in {Kind.UPDATE, Kind.MERGE} else _report(episode, rename)
    return _sample(episode.number, episode.kind, episode.site, segments)


def keep(upkeep: Upkeep, rename: Rename = str) -> Sample:
    """The message of what is about nobody; nothing in it has a name of the site's own."""
    del rename
    segments = _control(upkeep) if upkeep.kind is Kind.CONTROL else _catalogue(upkeep)
    return _sample(upkeep.number, upkeep.kind, upkeep.site, segments)


def _sample(number: int, kind: Kind, site: Site, segments: Iterable[Field]) -> Sample:
    data, labels = assemble((piece for segment in segments for piece in (*segment, "\r")), site.codec)
    name = _TRIGGERS.get(kind, "ORU")[:3].lower()
    return Sample(f"{name}-{number:05d}.hl7", "hl7v2", data, labels, site.codec)


def _report(episode: Episode, rename: Rename) -> Iterator[Field]:
    yield _msh(episode, receiver(episode))
    yield _pid(episode)
    yield _pv1(episode)
    yield _in1(episode)
    last = len(episode.panels) - 1
    for number, (panel, results) in enumerate(episode.panels):
        yield _orc(episode)
        yield _obr(number + 1, panel, episode)
        yield from (_obx(place, result, episode) for place, result in enumerate(results, 1))
        yield from _ntes(episode.comments[number:] if number == last else episode.comments[number : number + 1])
        yield _segment("SPM", {1: [str(number + 1)], 4: [panel.specimen], 17: [_time(episode.drawn)]})
    yield _zlb(episode, rename("ZLB"))


def _identity(episode: Episode) -> Iterator[Field]:
    yield _msh(episode, HOSPITAL)
    yield _segment("EVN", {2: [_time(episode.sent)], 6: [_time(episode.sent)]})
    yield _pid(episode)
    if episode.former is not None:
        former, subject = episode.former, episode.patient.ipp
        prior: Field = [Planted(former.ipp, C.PERSON_LOCAL_NUMBER, subject), f"^^^{_authority(episode.site)}^PI"]
        yield _segment("MRG", {1: prior, 7: _names(former, former.family, subject, "D")})
    else:
        yield _pv1(episode)
        yield _nk1(episode)
        yield _in1(episode)


def _time(when: datetime) -> str:
    return f"{when:%Y%m%d%H%M%S}"


def _msh(of: Episode | Upkeep, receiver: str) -> Field:
    trigger = _TRIGGERS.get(of.kind, "ORU^R01^ORU_R01")
    sender = Planted(of.site.code, C.PROFESSIONAL_ESTABLISHMENT)
    reader = Planted(receiver, C.PROFESSIONAL_ESTABLISHMENT)
    tail = f"|{_time(of.sent)}||{trigger}|MSG{of.number:08d}|P|2.5|||||FRA|{of.site.charset}|FR"
    return ["MSH|^~\\&|SILAB|", sender, "|DPI|", reader, tail]


def _authority(site: Site) -> str:
    return f"{site.code}&{site.finess}&N"


def _names(person: Person, family: str, subject: str, kind: str) -> Field:
    given = Planted(person.given, C.PERSON_NAME, subject)
    second = Planted(person.second_given, C.PERSON_NAME, subject) if kind == "L" else ""
    return _parts(Planted(family, C.PERSON_NAME, subject), given, second, "", "", "", kind)


def _pid(episode: Episode) -> Field:
    patient, subject = episode.patient, episode.patient.ipp
    authority = _authority(episode.site)
    fake = patient.family == "ZZTEST"
    local: Field = [Planted(patient.ipp, C.PERSON_LOCAL_NUMBER, subject), f"^^^{authority}^PI"]
    oid = "1.2.250.1.213.1.4.10" if fake else "1.2.250.1.213.1.4.8"
    ins: Field = [Planted(patient.nir, C.PERSON_INS, subject), f"^^^ASIP-SANTE-INS-NIR&{oid}&ISO^INS"]
    street = Planted(patient.street, C.CONTACT_ADDRESS, subject)
    city, postcode = Planted(patient.city, C.CONTACT_CITY, subject), Planted(patient.postcode, C.CONTACT_POSTCODE, subject)
    phone = _parts(Planted(patient.phone, C.CONTACT_PHONE, subject), "PRN", "PH")
    mobile = _parts(Planted(patient.mobile, C.CONTACT_PHONE, subject), "PRN", "CP")
    mail = _parts("", "NET", "Internet", Planted(patient.email, C.CONTACT_EMAIL, subject))
    born = Planted(f"{patient.nir[5:7]}999", C.PERSON_BIRTH_PLACE, subject)
    return _segment(
        "PID",
        {
            1: ["1"],
            3: joined([local, ins], "~"),
            5: joined([_names(patient, patient.birth_family, subject, "L"), _names(patient, patient.family, subject, "D")], "~"),
            7: [Planted(f"{patient.birth:%Y%m%d}", C.PERSON_BIRTH_DATE, subject)],
            8: [Planted(patient.sex, C.PERSON_SEX, subject)],
            11: joined([_parts(street, "", city, "", postcode, "FRA", "H"), _parts("", "", "", "", "", "", "BDL", "", born)], "~"),
            13: joined([phone, mobile, mail], "~"),
            18: [Planted(f"26{patient.ipp[2:8]}", C.PERSON_LOCAL_NUMBER, subject), f"^^^{authority}^AN"],
            32: ["FICT" if fake else "VALI"],
        },
    )


def _physician(episode: Episode) -> Field:
    doctor = episode.prescriber
    family, given = Planted(doctor.family, C.PROFESSIONAL_NAME), Planted(doctor.given, C.PROFESSIONAL_NAME)
    person = _parts(Planted(doctor.rpps, C.PROFESSIONAL_NUMBER), family, given, "", "", "DR")
    return [*person, "^^^ASIP-SANTE-PS&1.2.250.1.71.4.2.1&ISO^L^^^RPPS"]


def _pv1(episode: Episode) -> Field:
    visit: Field = [Planted(episode.visit, C.PERSON_VISIT_NUMBER, episode.patient.ipp), f"^^^{_authority(episode.site)}^VN"]
    ward: Field = [Planted(episode.ward, C.PROFESSIONAL_ESTABLISHMENT), "^^^", Planted(HOSPITAL, C.PROFESSIONAL_ESTABLISHMENT)]
    came: dict[int, Field] = {2: ["I"], 3: ward} if episode.ward else {2: ["O"]}
    return _segment("PV1", {1: ["1"], **came, 8: _physician(episode), 19: visit})


def _nk1(episode: Episode) -> Field:
    patient = episode.patient
    name = _parts(Planted(patient.family, C.PERSON_NAME), Planted(patient.spouse.upper(), C.PERSON_NAME))
    phone = _parts(Planted(patient.mobile, C.CONTACT_PHONE, patient.ipp), "PRN", "CP")
    child = episode.drawn.year - patient.birth.year < _GROWN
    relation, role = ("PAR^Parent", "N^Personne à prévenir") if child else ("SPO^Conjoint", "K^Personne de confiance")
    return _segment("NK1", {1: ["1"], 2: name, 3: [f"{relation}^HL70063"], 5: phone, 7: [f"{role}^HL70131"]})


def _in1(episode: Episode) -> Field:
    insurer = episode.patient.insurer
    member = Planted(episode.patient.member, C.INSURANCE_MEMBER, episode.patient.ipp)
    code, name = Planted(insurer.code, C.INSURANCE_INSURER), Planted(insurer.name, C.INSURANCE_INSURER)
    return _segment("IN1", {1: ["1"], 2: ["1"], 3: [code], 4: [name], 36: _text(member)})


def _numbers(episode: Episode) -> dict[int, Field]:
    """Of the order, at the place 2 for who asked and 3 for the laboratory."""
    order, sample = Planted(episode.order, C.SAMPLE_NUMBER), Planted(episode.sample, C.SAMPLE_NUMBER)
    return {2: [order, "^DPI"], 3: [sample, "^SILAB"]}


def _orc(episode: Episode) -> Field:
    said: dict[int, Field] = {
        1: ["RE"],
        **_numbers(episode),
        5: [_ORDERS[episode.status]],
        9: [_time(episode.drawn)],
        12: _physician(episode),
    }
    return _segment("ORC", said)


def _obr(number: int, panel: Panel, episode: Episode) -> Field:
    return _segment(
        "OBR",
        {
            1: [str(number)],
            **_numbers(episode),
            4: _service(panel),
            5: ["S" if episode.urgent else "R"],
            7: [_time(episode.drawn)],
            16: _physician(episode),
            22: [_time(episode.sent)],
            24: ["LAB"],
            25: [episode.status],
            27: [f"^^^^^{'S' if episode.urgent else 'R'}"],
        },
    )


def _service(panel: Panel) -> Field:
    """The laboratory's own code, and that of the NABM where there is one."""
    topic = panel.analytes[0].topic or C.HEALTH_TEST
    alternate = f"^{panel.nabm}^{panel.label}^NABM" if panel.nabm else ""
    return [f"{panel.code}^", *_text(Planted(panel.label, topic)), f"^L{alternate}"]


def _measured(analyte: Analyte) -> Field:
    return [f"{analyte.loinc}^", *_text(Planted(analyte.label, analyte.topic or C.HEALTH_TEST)), "^LN"]


def _obx(number: int, result: Result, episode: Episode) -> Field:
    value = _text(Planted(result.value, C.HEALTH_RESULT, episode.patient.ipp))
    return _segment(
        "OBX",
        {
            1: [str(number)],
            2: ["NM" if result.numeric else "ST"],
            3: _measured(result.analyte),
            5: value if result.value else [],
            6: _text(result.analyte.unit),
            7: _text(result.range),
            8: [result.flag],
            11: [result.status],
            14: [_time(episode.drawn)],
        },
    )


def _ntes(comments: Iterable[Comment]) -> Iterator[Field]:
    return (_segment("NTE", {1: [str(number)], 2: ["L"], 3: _text(*comment)}) for number, comment in enumerate(comments, 1))


def _zlb(episode: Episode, name: str) -> Field:
    phone = Planted(episode.patient.mobile, C.CONTACT_PHONE, episode.patient.ipp)
    full = Planted(f"{episode.patient.given} {episode.patient.family}", C.PERSON_NAME, episode.patient.ipp)
    return _segment(name, {1: _text(full), 2: _text(phone), 3: ["Y"], 5: ["INSI"]})


def _control(upkeep: Upkeep) -> Iterator[Field]:
    yield _msh(upkeep, "QUALITE")
    panel = upkeep.results[0].panel
    lot = f"CQ{upkeep.level}-{upkeep.lot}"
    yield _segment("SPM", {1: ["1"], 2: [f"{lot}&{upkeep.instrument}"], 4: [panel.specimen], 11: ["Q^Contrôle qualité^HL70369"]})
    yield _segment(
        "OBR", {1: ["1"], 3: [f"{lot}^{upkeep.instrument}"], 4: [f"{panel.code}^{panel.label}^L"], 7: [_time(upkeep.sent)], 25: ["F"]}
    )
    for number, result in enumerate(upkeep.results, 1):
        said: dict[int, Field] = {1: [str(number)], 2: ["NM"], 3: [f"{result.analyte.loinc}^{result.analyte.label}^LN"], 5: [result.value]}
        yield _segment(
            "OBX", {**said, 6: _text(result.analyte.unit), 7: [result.range], 8: [result.flag], 11: ["F"], 18: [upkeep.instrument]}
        )


def _catalogue(upkeep: Upkeep) -> Iterator[Field]:
    yield _msh(upkeep, HOSPITAL)
    yield ["MFI|OMA^Observations numériques^HL70175||UPD|||NE"]
    tests = (analyte for panel in upkeep.panels for analyte in panel.analytes)
    for number, analyte in enumerate(tests, 1):
        coded = f"{analyte.loinc}^{analyte.label}^LN"
        yield [f"MFE|MUP|{upkeep.number:06d}{number:02d}|{_time(upkeep.sent)}|{coded}|CE"]
        yield [f"OM1|{number}|{coded}|{'ST' if analyte.answers else 'NM'}|Y|||{analyte.label}|||||||||||||||||||{upkeep.instrument}"]


def _segment(name: str, fields: Mapping[int, Field]) -> Field:
    return joined([[name], *(fields.get(number, []) for number in range(1, max(fields) + 1))], "|")


def _text(*pieces: Piece) -> Field:
    return escaped(pieces, lambda text: text.translate(_ESCAPES))


def _parts(*pieces: Piece) -> Field:
    """A field of components."""
    components: Iterable[Field] = [_text(piece) if piece else [] for piece in pieces]
    return joined(list(components), "^")
