"""An episode as a report of HPRIM Medecin to the practice: header by position, text, coded results. Called by `traffic`."""

from collections.abc import Iterator

from schemas.vocabulary import Category as C
from stream.synth.episode import Episode, Result
from stream.synth.label import Piece, Planted, Rename, Sample, assemble, joined

_CHARSETS = ("cp1252", "utf-8", "utf-16-le")

Line = list[Piece]


def report(episode: Episode, rename: Rename = str) -> Sample:
    """The file. `rename` gives the line of the site's own another name (drift)."""
    lines: list[Line] = [*_header(episode), *_text(episode), *_coded(episode, rename("COM")), ["****FIN****"], ["****FINFICHIER****"], []]
    pieces = joined(lines, "\r\n")
    charset = _CHARSETS[episode.number % len(_CHARSETS)]
    data, labels = assemble(["\ufeff", *pieces] if charset.startswith("utf-16") else pieces, charset)
    return Sample(f"report-{episode.number:05d}.hpm", "hprim_medecin", data, labels, charset)


def _header(episode: Episode) -> Iterator[Line]:
    patient, doctor, subject = episode.patient, episode.prescriber, episode.patient.ipp
    yield [Planted(patient.ipp, C.PERSON_LOCAL_NUMBER, subject)]
    yield [Planted(patient.family, C.PERSON_NAME, subject)]
    yield [Planted(patient.given, C.PERSON_NAME, subject)]
    yield [Planted(patient.street, C.CONTACT_ADDRESS, subject)]
    yield []
    yield [Planted(patient.postcode, C.CONTACT_POSTCODE, subject), " ", Planted(patient.city, C.CONTACT_CITY, subject)]
    yield [Planted(f"{patient.birth:%d/%m/%Y}", C.PERSON_BIRTH_DATE, subject)]
    yield [Planted(f"{patient.nir[:13]} {patient.nir[13:]}", C.PERSON_NIR, subject)]
    yield [Planted(episode.sample, C.SAMPLE_NUMBER)]
    yield [f"{episode.drawn:%d/%m/%Y}"]
    yield ["LABT       ", Planted(episode.site.code, C.PROFESSIONAL_ESTABLISHMENT)]
    name = Planted(doctor.family, C.PROFESSIONAL_NAME), " ", Planted(doctor.given, C.PROFESSIONAL_NAME)
    yield [Planted(doctor.rpps[-10:], C.PROFESSIONAL_NUMBER), " DR ", *name]


def _text(episode: Episode) -> Iterator[Line]:
    family, given = Planted(episode.patient.family, C.PERSON_NAME), Planted(episode.patient.given.title(), C.PERSON_NAME)
    yield []
    yield ["Demande de ", given, " ", family, f" du {episode.drawn:%d/%m/%Y}"]
    for result in episode.results:
        yield [f"  {result.analyte.label:<32}{result.value:>8} {result.analyte.unit:<10} {result.range}".rstrip()]
    for comment in episode.comments:
        yield list(comment)


def _coded(episode: Episode, own: str) -> Iterator[Line]:
    yield ["****LAB****"]
    for result in episode.results:
        yield _result(result, episode)
        if result.numeric:
            yield [f"TEX|Valeurs de référence : {result.range}"]
    yield [f"{own}|", Planted(episode.patient.family, C.PERSON_NAME), "|", Planted(episode.patient.mobile, C.CONTACT_PHONE)]


def _result(result: Result, episode: Episode) -> Line:
    analyte, digits = result.analyte, result.analyte.digits
    label, value = Planted(analyte.label, result.category), Planted(result.value, C.HEALTH_RESULT, episode.patient.ipp)
    bounds = f"{analyte.low:.{digits}f}|{analyte.high:.{digits}f}" if result.numeric else "|"
    kind = "N" if result.numeric else "A"
    return ["RES|", label, f"|{analyte.loinc}|{kind}|", value, f"|{analyte.unit}|{bounds}|{result.flag}|{result.status}|||||"]
