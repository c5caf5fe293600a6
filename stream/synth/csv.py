"""Episodes as the export that a laboratory system writes when it is migrated: some sixty columns, a row an episode. Called through
FORMATS; with a style, by whoever needs the export of another system."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from schemas.vocabulary import Category as C
from stream.synth.episode import Episode, Result
from stream.synth.label import Piece, Planted, Rename, Sample, assemble, escaped, joined

_RESULTS = 3
Cell = Sequence[Piece]


class Style(NamedTuple):
    """How a system writes its export."""

    separator: str = ";"
    charset: str = "cp1252"
    heads: bool = True
    quoted: bool = False  # every cell, not only those that need it
    damaged: bool = False  # opened and saved in a spreadsheet: zeros lost, long numbers rounded
    newline: str = "\r\n"


def row(episode: Episode, rename: Rename = str) -> Sample:
    """The row of one episode under its heads. `rename` gives every column another name (drift)."""
    return export([episode], rename)._replace(name=f"export-{episode.number:05d}.csv")


def export(episodes: Sequence[Episode], rename: Rename = str, style: Style = Style()) -> Sample:  # noqa: B008  # a value
    """A row for each episode."""
    rows = [_columns(episode, style.damaged) for episode in episodes]
    heads = [[[rename(name)] for name in rows[0]]] if style.heads else []
    data, labels = assemble(_lines([*heads, *([*row.values()] for row in rows)], style), style.charset)
    return Sample("export.csv", "csv", data, labels, style.charset)


def _lines(rows: Iterable[Sequence[Cell]], style: Style) -> Iterable[Piece]:
    for cells in rows:
        yield from joined([_cell(cell, style) for cell in cells], style.separator)
        yield style.newline


def _cell(pieces: Cell, style: Style) -> list[Piece]:
    text = "".join(piece if isinstance(piece, str) else piece.value for piece in pieces)
    if style.quoted or any(sign in text for sign in (style.separator, '"', "\n")):
        return ['"', *escaped(pieces, lambda part: part.replace('"', '""')), '"']
    return [*pieces]


def _columns(episode: Episode, damaged: bool) -> dict[str, Cell]:
    return {**_patient(episode, damaged), **_cover(episode), **_portal(episode), **_order(episode), **_results(episode)}


def _patient(episode: Episode, damaged: bool) -> dict[str, Cell]:
    patient, subject = episode.patient, episode.patient.ipp
    nir, phone, postcode = patient.nir, patient.phone, patient.postcode
    if damaged:
        nir, phone, postcode = f"{int(nir):.5E}" if nir.isdigit() else nir, phone.lstrip("0"), postcode.lstrip("0")
    return {
        "N_DOSSIER": [Planted(patient.ipp, C.PERSON_LOCAL_NUMBER, subject)],
        "CIVILITE": ["MME" if patient.sex == "F" else "M"],
        "NOM": [Planted(patient.family, C.PERSON_NAME, subject)],
        "NOM_JF": [Planted(patient.birth_family, C.PERSON_NAME, subject)] if patient.sex == "F" else [],
        "PRENOM": [Planted(patient.given, C.PERSON_NAME, subject)],
        "DDN": [Planted(f"{patient.birth:%d/%m/%Y}", C.PERSON_BIRTH_DATE, subject)],
        "SEXE": [patient.sex],
        "NO_SECU": [Planted(nir, C.PERSON_NIR, subject)],
        "RANG": ["1"],
        "ADR1": [Planted(patient.street, C.CONTACT_ADDRESS, subject)],
        "ADR2": [],
        "CP": [Planted(postcode, C.CONTACT_POSTCODE, subject)],
        "VILLE": [Planted(patient.city, C.CONTACT_CITY, subject)],
        "PAYS": ["FRANCE"],
        "TEL": [Planted(phone, C.CONTACT_PHONE, subject)],
        "PORT": ['="', Planted(patient.mobile, C.CONTACT_PHONE, subject), '"'] if damaged else _mobile(episode),
        "FAX": [],
        "MAIL": [Planted(patient.email, C.CONTACT_EMAIL, subject)],
        "GROUPE": ["A" if patient.sex == "F" else "O"],
        "RHESUS": ["+"],
        "PHENOTYPE": [],
        "PROFESSION": [],
        "CONJOINT": [Planted(patient.spouse, C.PERSON_NAME)],
        "DDN_CONJOINT": [],
        "DATE_DECES": [],
    }


def _mobile(episode: Episode) -> Cell:
    return [Planted(episode.patient.mobile, C.CONTACT_PHONE, episode.patient.ipp)]


def _cover(episode: Episode) -> dict[str, Cell]:
    doctor = episode.prescriber
    name = Planted(f"{doctor.family} {doctor.given}", C.PROFESSIONAL_NAME)
    return {
        "REGIME": ["01"],
        "CAISSE": ["CPAM-TEST"],
        "CENTRE": ["0000"],
        "ALD": [],
        "CMU": ["N"],
        "MUTUELLE": ["MUTUELLE-TEST"],
        "AMC": ["75500017"],
        "ADHERENT": [Planted(episode.patient.member, C.INSURANCE_MEMBER, episode.patient.ipp)],
        "MEDECIN_TRT": ["DR ", name],
        "ADR_MEDECIN": [],
        "TEL_MEDECIN": [],
        "PRESCRIPTEUR": ["DR ", name],
        "RPPS": [Planted(doctor.rpps, C.PROFESSIONAL_NUMBER)],
        "PRELEVEUR": [],
    }


def _portal(episode: Episode) -> dict[str, Cell]:
    patient, subject = episode.patient, episode.patient.ipp
    return {
        "LOGIN_WEB": [Planted(patient.login, C.CREDENTIAL_LOGIN, subject)],
        "MDP_WEB": [Planted(patient.password, C.CREDENTIAL_PASSWORD, subject)],
    }


def _order(episode: Episode) -> dict[str, Cell]:
    return {
        "N_DEMANDE": [Planted(episode.order, C.SAMPLE_NUMBER)],
        "N_ECHANTILLON": [Planted(episode.sample, C.SAMPLE_NUMBER)],
        "NDA": [Planted(episode.visit, C.PERSON_VISIT_NUMBER)],
        "DATE_PRELEVEMENT": [f"{episode.drawn:%d/%m/%Y %H:%M}"],
        "LABO": ["LABO-TEST"],
        "COMMENTAIRE": joined(episode.comments, " "),
        "RENS_CLIN": [],
        "TRAITEMENT": [],
    }


def _results(episode: Episode) -> dict[str, Cell]:
    """The columns of the first results; fewer leave theirs empty."""
    taken: list[Result | None] = [*episode.results[:_RESULTS], *[None] * _RESULTS][:_RESULTS]
    cells: dict[str, Cell] = {}
    for number, result in enumerate(taken, 1):
        value = [Planted(result.value, C.HEALTH_RESULT, episode.patient.ipp)] if result else []
        cells[f"ANALYSE{number}"] = [result.analyte.label] if result else []
        cells[f"RESULTAT{number}"] = value
        cells[f"UNITE{number}"] = [result.analyte.unit] if result else []
        cells[f"NORMES{number}"] = [result.range] if result else []
    return cells
