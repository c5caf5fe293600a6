"""Exports of some sixty columns, as a file and row by row, through the shipped policies: what leaves, what stays, what is whole."""

import csv
import gzip
import io
import re
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from random import Random

import pytest

from schemas.vocabulary import Category, Verdict
from stream.core.decode import decode
from stream.core.ruleset import nothing_extracted
from stream.core.values import Limits
from stream.synth.csv import Style, export
from stream.synth.episode import Episode, episode
from stream.synth.label import Label, Rename, Sample
from stream.synth.panels import ANALYTES
from tests.support.rulesets import a_record, forwarded, outcomes, ruleset

ROWS = 8
_IDENTITY = ("person", "contact", "insurance", "professional", "credential")
_STYLES = {
    "semicolons": Style(),
    "commas, all in quotes, UTF-8": Style(",", "utf-8", quoted=True),
    "tabs, no heads": Style("\t", "utf-8", heads=False, newline="\n"),
    "pipes, through a spreadsheet": Style("|", damaged=True),
    "no heads, through a spreadsheet, quotes": Style(heads=False, damaged=True, quoted=True),
}


def renamed(name: str) -> str:
    return f"k{sha256(name.encode()).hexdigest()[:6]}"


@cache
def episodes() -> tuple[Episode, ...]:
    random = Random(20261127)
    return tuple(episode(random, number) for number in range(ROWS))


def samples(style: Style, rename: Rename) -> list[Sample]:
    """The whole file, and each row as a record."""
    every = [*episodes()]
    return [export(every, rename, style), *(export([each], rename, style) for each in every)]


_CASES = [pytest.param(style, rename, id=f"{name}, {rename.__name__}") for name, style in _STYLES.items() for rename in (str, renamed)]


def rows(data: bytes, sample: Sample, style: Style) -> list[list[str]]:
    return [*csv.reader(io.StringIO(data.decode(sample.charset), newline=""), delimiter=style.separator)]


def left(sample: Sample, data: bytes, *but: Category) -> list[Label]:
    """The planted identifiers that still stand in an outcome; a patient may be called like a test."""
    text = data.decode(sample.charset).casefold()
    text = re.sub("|".join(re.escape(analyte.label.casefold()) for analyte in ANALYTES), "", text)
    planted = [label for label in sample.labels if label.category.split(".")[0] in _IDENTITY and label.category not in but]
    return [label for label in planted if re.search(rf"(?<![\w.]){re.escape(label.value.casefold())}(?![\w.])", text)]


def test_the_export_has_the_shape_of_the_leak() -> None:
    [sample, *_] = samples(Style(), str)

    assert 61 == len(rows(sample.data, sample, Style())[0])
    assert [(sample.data[label.start : label.end]).decode("cp1252") for label in sample.labels] == [label.value for label in sample.labels]


@pytest.mark.parametrize(("style", "rename"), _CASES)
def test_research_gets_every_number_and_no_identifier(style: Style, rename: Rename) -> None:
    for sample in samples(style, rename):
        value = forwarded(sample.data, "research")
        cells = [cell for row in rows(value, sample, style) for cell in row]

        assert [] == [(label.category, sample.name) for label in left(sample, value)]
        assert all(label.value in cells for label in sample.labels if _is_number(label))


def _is_number(label: Label) -> bool:
    return label.category is Category.HEALTH_RESULT and label.value[:1].isdigit()


@pytest.mark.parametrize(("style", "rename"), _CASES)
def test_an_insurer_gets_no_more_than_members_and_years(style: Style, rename: Rename) -> None:
    for sample in samples(style, rename):
        value = forwarded(sample.data, "insurer")
        text = value.decode(sample.charset).casefold()

        assert [] == left(sample, value, Category.INSURANCE_MEMBER)
        assert not any(re.search(rf"\b{re.escape(analyte.label.casefold())}\b", text) for analyte in ANALYTES)
        assert not any(word in text for word in ("enceinte", "vih", "tumeur", "prélèvement", "g/l", "mmol"))


@pytest.mark.parametrize(("style", "rename"), _CASES)
@pytest.mark.parametrize("policy", ["research", "insurer"])
def test_an_outcome_has_its_rows_and_cells_and_does_not_change_again(style: Style, rename: Rename, policy: str) -> None:
    for sample in samples(style, rename):
        value = forwarded(sample.data, policy)

        assert [*map(len, rows(sample.data, sample, style))] == [*map(len, rows(value, sample, style))]
        assert value == forwarded(value, policy)


@pytest.mark.parametrize(("style", "rename"), _CASES)
def test_care_gets_every_byte(style: Style, rename: Rename) -> None:
    for sample in samples(style, rename):
        [outcome] = outcomes(a_record(sample.data), ruleset("care"))

        assert Verdict.CLEAR is outcome.decision.verdict
        assert outcome.forward is not None
        assert sample.data == outcome.forward.value
        assert ["csv"] == [document.format.name for document in decode(a_record(sample.data), Limits(), nothing_extracted).documents]


def test_a_name_is_searched_in_the_rest_of_its_row_only() -> None:
    data = b"NOM;PRENOM;COMMENTAIRE\nDURANDEL;ELODIE;DURANDEL rappelee\nLEGALLOIS;MARCEL;pointe de durandel\n"

    assert forwarded(data, "research") == b"NOM;PRENOM;COMMENTAIRE\n;;*** rappelee\n;;pointe de durandel\n"


_PLAIN = "NOM;PRENOM;TEL\r\nDURANDEL;ELODIE;0199001234\r\n"


@pytest.mark.parametrize(
    ("pack", "unpack"),
    [(gzip.compress, gzip.decompress), (lambda data: data.decode().encode("utf-16"), lambda data: data.decode("utf-16").encode())],
    ids=["gzip", "UTF-16"],
)
def test_a_packed_export_is_opened_and_packed_again(pack: Callable[[bytes], bytes], unpack: Callable[[bytes], bytes]) -> None:
    assert unpack(forwarded(pack(_PLAIN.encode()), "research")) == b"NOM;PRENOM;TEL\r\n;;\r\n"


def test_what_hangs_in_a_cell_is_rewritten_within_its_quotes() -> None:
    data = b'NOM;PRENOM;xyz\n;;"{""nom"": ""DURANDEL"", ""valeur"": 5.2}"\n'

    assert forwarded(data, "research") == b'NOM;PRENOM;xyz\n;;"{""nom"": """", ""valeur"": 5.2}"\n'


def test_a_policy_may_name_a_column() -> None:
    policy = "allow:\n  - {category: person.name, where: {format: csv, place: PRENOM}}\nunknown_structure: remove\ndefault: remove\n"

    assert forwarded(_PLAIN.encode(), policy) == b"NOM;PRENOM;TEL\r\n;ELODIE;\r\n"


def test_masks_and_pseudonyms_begin_no_formula() -> None:
    data = b"NOM;IPP;COMMENTAIRE\n=DURANDEL;8009912345;DURANDEL rappelee\n"

    for policy in ("research", "default: mask\nunknown_structure: remove\n"):
        assert not re.search(rb"(?:^|[;\n])[=+@-]", forwarded(data, policy))


def test_a_row_too_many_holds_the_file_whole() -> None:
    data = b"NOM;TEL\n" + b"DURANDEL;0199001234\n" * 500_000
    [outcome] = outcomes(a_record(data), ruleset("research"))

    assert (outcome.forward, outcome.decision.verdict) == (None, Verdict.QUARANTINE)
