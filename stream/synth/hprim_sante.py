"""An episode as a file of HPRIM Sante 2.1 (ORU), long lines continued, with a segment of the site's own. Called by `traffic`."""

from collections.abc import Iterator, Mapping, Sequence

from schemas.vocabulary import Category as C
from stream.synth.episode import Episode, Result, receiver
from stream.synth.label import Label, Piece, Planted, Rename, Sample, assemble, escaped, joined
from stream.synth.panels import Panel

_ESCAPES = str.maketrans({"\\": "\\E\\", "|": "\\F\\", "~": "\\S\\", "^": "\\R\\", "&": "\\T\\"})
_CHARSETS = ("iso8859-15", "cp1252", "utf-8")
_WIDTHS = (220, 48)  # bytes; the second one cuts names and numbers in two
_CONTINUED = b"\r\nA|"

Field = list[Piece]


def oru(episode: Episode, rename: Rename = str) -> Sample:
    """The file. `rename` gives the site's own segment another name (drift)."""
    segments = [_h(episode), _p(episode), _ap(episode), _ac(episode)]
    for number, (panel, results) in enumerate(episode.panels, 1):
        segments += [_obr(number, panel, episode), *(_obx(place, result, episode) for place, result in enumerate(results, 1))]
    segments += [_segment("C", {2: [str(n)], 3: ["L"], 4: _text(*comment)}) for n, comment in enumerate(episode.comments, 1)]
    segments += [_own(episode, rename("ZLB")), _segment("L", {2: ["1"]})]
    charset = _CHARSETS[episode.number % len(_CHARSETS)]
    data, labels = assemble((piece for segment in segments for piece in (*segment, "\r\n")), charset)
    data, labels = _continued(data, labels, _WIDTHS[episode.number // len(_CHARSETS) % len(_WIDTHS)])
    return Sample(f"oru-{episode.number:05d}.hpr", "hprim_sante", data, labels, charset)


def _h(episode: Episode) -> Field:
    name: Field = [Planted(episode.patient.family, C.PERSON_NAME, episode.patient.ipp), ".HPR"]  # as sites do
    site = Planted(episode.site.code, C.PROFESSIONAL_ESTABLISHMENT)
    reader = Planted(receiver(episode), C.PROFESSIONAL_ESTABLISHMENT)
    return [r"H|~^\&|", *name, "||", site, "~LABO TEST||ORU|||", reader, f"~||P|H2.1~C|{episode.sent:%Y%m%d%H%M}"]


def _p(episode: Episode) -> Field:
    patient, subject = episode.patient, episode.patient.ipp
    name = _parts(Planted(patient.family, C.PERSON_NAME, subject), Planted(patient.given, C.PERSON_NAME, subject))
    street, city = Planted(patient.street, C.CONTACT_ADDRESS, subject), Planted(patient.city, C.CONTACT_CITY, subject)
    return _segment(
        "P",
        {
            2: ["1"],
            3: _text(Planted(patient.ipp, C.PERSON_LOCAL_NUMBER, subject)),
            4: _text(Planted(f"24{patient.ipp[2:8]}", C.PERSON_LOCAL_NUMBER, subject)),
            5: _text(Planted(patient.nir, C.PERSON_INS, subject)),
            6: name,
            7: _text(Planted(patient.birth_family, C.PERSON_NAME, subject)),
            8: [Planted(f"{patient.birth:%Y%m%d}", C.PERSON_BIRTH_DATE, subject)],
            9: [Planted(patient.sex, C.PERSON_SEX, subject)],
            11: _parts(street, "", city, "", Planted(patient.postcode, C.CONTACT_POSTCODE, subject)),
            13: joined([[Planted(patient.phone, C.CONTACT_PHONE, subject)], [Planted(patient.mobile, C.CONTACT_PHONE, subject)]], "^"),
            14: _physician(episode),
        },
    )


def _physician(episode: Episode) -> Field:
    doctor = episode.prescriber
    full = _text("DR ", Planted(doctor.family, C.PROFESSIONAL_NAME), " ", Planted(doctor.given, C.PROFESSIONAL_NAME))
    return joined([[Planted(doctor.rpps, C.PROFESSIONAL_NUMBER)], full, ["L"]], "~")


def _ap(episode: Episode) -> Field:
    patient, subject = episode.patient, episode.patient.ipp
    insured = _parts(Planted(patient.family, C.PERSON_NAME, subject), Planted(patient.spouse, C.PERSON_NAME))
    return _segment("AP", {2: ["1"], 3: ["AS"], 6: [Planted(patient.nir, C.PERSON_NIR, subject)], 7: ["01"], 14: insured})


def _ac(episode: Episode) -> Field:
    member = Planted(episode.patient.member, C.INSURANCE_MEMBER, episode.patient.ipp)
    return _segment("AC", {2: ["1"], 3: [Planted(episode.patient.insurer.code, C.INSURANCE_INSURER)], 4: [member]})


def _obr(number: int, panel: Panel, episode: Episode) -> Field:
    order, sample = Planted(episode.order, C.SAMPLE_NUMBER), Planted(episode.sample, C.SAMPLE_NUMBER)
    return _segment(
        "OBR",
        {
            2: [str(number)],
            3: _parts(order, ""),
            4: _parts("", sample),
            5: [panel.code, "~", *_text(Planted(panel.label, panel.analytes[0].topic or C.HEALTH_TEST)), "~L"],
            6: ["S" if episode.urgent else "R"],
            8: [f"{episode.drawn:%Y%m%d%H%M}"],
            17: _physician(episode),
            26: [episode.status],
        },
    )


def _obx(number: int, result: Result, episode: Episode) -> Field:
    value = _text(Planted(result.value, C.HEALTH_RESULT, episode.patient.ipp))
    return _segment(
        "OBX",
        {
            2: [str(number)],
            3: ["NM" if result.numeric else "ST"],
            4: [result.analyte.loinc, "~", *_text(Planted(result.analyte.label, result.category)), "~L"],
            6: value if result.value else [],
            7: _text(result.analyte.unit),
            8: _text(result.range),
            9: [result.flag],
            12: [result.status],
            15: [f"{episode.drawn:%Y%m%d%H%M}"],
        },
    )


def _own(episode: Episode, name: str) -> Field:
    patient, subject = episode.patient, episode.patient.ipp
    full = _text(Planted(patient.given, C.PERSON_NAME, subject), " ", Planted(patient.family, C.PERSON_NAME, subject))
    return _segment(name, {2: full, 3: [Planted(patient.mobile, C.CONTACT_PHONE, subject)], 4: ["O"]})


def _segment(name: str, fields: Mapping[int, Field]) -> Field:
    """Fields are numbered with the name as the first."""
    return joined([[name], *(fields.get(number, []) for number in range(2, max(fields) + 1))], "|")


def _text(*pieces: Piece) -> Field:
    return escaped(pieces, lambda text: text.translate(_ESCAPES))


def _parts(*pieces: Piece) -> Field:
    """A field of components."""
    return joined([_text(piece) if piece else [] for piece in pieces], "~")


def _continued(data: bytes, labels: Sequence[Label], width: int) -> tuple[bytes, tuple[Label, ...]]:
    """The file with no line longer than `width`, and where its labels stand now: around what continues a line."""
    cuts = list(_cuts(data, width))
    parts = [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    return _CONTINUED.join(parts), tuple(
        label._replace(
            start=label.start + len(_CONTINUED) * sum(cut <= label.start for cut in cuts),
            end=label.end + len(_CONTINUED) * sum(cut < label.end for cut in cuts),
        )
        for label in labels
    )


def _cuts(data: bytes, width: int) -> Iterator[int]:
    start = 0
    for line in data.split(b"\r\n"):
        for cut in range(start + width, start + len(line), width - 2):
            yield next(at for at in range(cut, start, -1) if not 0x80 <= data[at] < 0xC0)  # letters of UTF-8 stay whole
        start += len(line) + 2
