"""An episode as an HL7 v2.5 ORU^R01 with a Z segment of its own. Called by `traffic`."""

from collections.abc import Iterable, Mapping

from schemas.vocabulary import Category as C
from stream.synth.episode import Episode, Result
from stream.synth.label import Piece, Planted, Rename, Sample, assemble, escaped, joined

_ESCAPES = str.maketrans({"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "~": "\\R\\", "&": "\\T\\"})
Field = list[Piece]


def oru(episode: Episode, rename: Rename = str) -> Sample:
    """The message. `rename` gives the Z segment another name (drift)."""
    segments = [_msh(episode), _pid(episode), _pv1(episode), _in1(episode), _obr(episode)]
    segments.extend(_obx(number, result, episode) for number, result in enumerate(episode.results, 1))
    segments.extend(_segment("NTE", {1: [str(n)], 2: ["L"], 3: _text(*comment)}) for n, comment in enumerate(episode.comments, 1))
    segments.append(_zlb(episode, rename("ZLB")))
    data, labels = assemble(piece for segment in segments for piece in (*segment, "\r"))
    return Sample(f"oru-{episode.number:05d}.hl7", "hl7v2", data, labels)


def _msh(episode: Episode) -> Field:
    when = f"{episode.drawn:%Y%m%d%H%M%S}"
    head = rf"MSH|^~\&|SIL-TEST|LABO-TEST|DPI-X|CH-TEST|{when}||ORU^R01^ORU_R01|MSG{episode.number:08d}|P|2.5|||||FRA|UNICODE UTF-8"
    return [head]


def _pid(episode: Episode) -> Field:
    patient, subject = episode.patient, episode.patient.ipp
    local = _parts(Planted(patient.ipp, C.PERSON_LOCAL_NUMBER, subject), "", "", "LABO-TEST", "PI")
    ins = _parts(Planted(patient.nir, C.PERSON_INS, subject), "", "", "ASIP-SANTE-INS-NIR", "INS")
    given = Planted(patient.given, C.PERSON_NAME, subject)
    birth_name = _parts(Planted(patient.birth_family, C.PERSON_NAME, subject), given, "", "", "", "", "L")
    used_name = _parts(Planted(patient.family, C.PERSON_NAME, subject), given, "", "", "", "", "D")
    street = Planted(patient.street, C.CONTACT_ADDRESS, subject)
    city, postcode = Planted(patient.city, C.CONTACT_CITY, subject), Planted(patient.postcode, C.CONTACT_POSTCODE, subject)
    phone = _parts(Planted(patient.phone, C.CONTACT_PHONE, subject), "PRN", "PH")
    mail = _parts("", "NET", "Internet", Planted(patient.email, C.CONTACT_EMAIL, subject))
    return _segment(
        "PID",
        {
            1: ["1"],
            3: joined([local, ins], "~"),
            5: joined([birth_name, used_name], "~"),
            7: [Planted(f"{patient.birth:%Y%m%d}", C.PERSON_BIRTH_DATE, subject)],
            8: [patient.sex],
            11: _parts(street, "", city, "", postcode, "FRA", "H"),
            13: joined([phone, mail], "~"),
            18: _parts(Planted(f"24{patient.ipp[2:8]}", C.PERSON_LOCAL_NUMBER, subject), "", "", "LABO-TEST", "AN"),
            32: ["VALI"],
        },
    )


def _physician(episode: Episode) -> Field:
    doctor = episode.prescriber
    family, given = Planted(doctor.family, C.PROFESSIONAL_NAME), Planted(doctor.given, C.PROFESSIONAL_NAME)
    return _parts(Planted(doctor.rpps, C.PROFESSIONAL_NUMBER), family, given, "", "", "DR", "", "", "ASIP-SANTE-PS", "L", "", "", "RPPS")


def _pv1(episode: Episode) -> Field:
    visit = _parts(Planted(episode.visit, C.PERSON_VISIT_NUMBER), "", "", "LABO-TEST", "VN")
    return _segment("PV1", {1: ["1"], 2: ["O"], 8: _physician(episode), 19: visit})


def _in1(episode: Episode) -> Field:
    member = Planted(episode.patient.member, C.INSURANCE_MEMBER, episode.patient.ipp)
    return _segment("IN1", {1: ["1"], 2: ["1"], 3: ["75500017"], 4: ["MUTUELLE-TEST"], 36: _text(member)})


def _obr(episode: Episode) -> Field:
    drawn = f"{episode.drawn:%Y%m%d%H%M%S}"
    order, sample = Planted(episode.order, C.SAMPLE_NUMBER), Planted(episode.sample, C.SAMPLE_NUMBER)
    return _segment(
        "OBR",
        {
            1: ["1"],
            2: _text(order),
            3: _text(sample),
            4: ["11502-2^CR d'examens biologiques^LN"],
            7: [drawn],
            16: _physician(episode),
            25: ["F"],
        },
    )


def _obx(number: int, result: Result, episode: Episode) -> Field:
    value = Planted(result.value, C.HEALTH_RESULT, episode.patient.ipp)
    return _segment(
        "OBX",
        {
            1: [str(number)],
            2: ["NM"],
            3: _parts(result.analyte.loinc, result.analyte.label, "LN"),
            5: _text(value),
            6: _text(result.analyte.unit),
            7: _text(result.range),
            8: [result.flag],
            11: ["F"],
            14: [f"{episode.drawn:%Y%m%d%H%M%S}"],
        },
    )


def _zlb(episode: Episode, name: str) -> Field:
    phone = Planted(episode.patient.mobile, C.CONTACT_PHONE, episode.patient.ipp)
    full = Planted(f"{episode.patient.given} {episode.patient.family}", C.PERSON_NAME, episode.patient.ipp)
    return _segment(name, {1: _text(full), 2: _text(phone), 3: ["Y"], 5: ["INSI"]})


def _segment(name: str, fields: Mapping[int, Field]) -> Field:
    return joined([[name], *(fields.get(number, []) for number in range(1, max(fields) + 1))], "|")


def _text(*pieces: Piece) -> Field:
    return escaped(pieces, lambda text: text.translate(_ESCAPES))


def _parts(*pieces: Piece) -> Field:
    """A field of components."""
    components: Iterable[Field] = [_text(piece) if piece else [] for piece in pieces]
    return joined(list(components), "^")
