"""The synthetic laboratory: the same seed gives the same bytes, labels are exact, a day goes as days go, and nobody in it exists."""

import re
from collections import defaultdict
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.vocabulary import Category, Likelihood
from stream.core.decode import decode
from stream.core.detect.checks import luhn
from stream.core.judge import inspect
from stream.core.ruleset import nothing_extracted
from stream.core.values import Limits
from stream.synth.dirt import DIRT
from stream.synth.formats import FORMATS
from stream.synth.label import CLEAN, Kind, Sample
from stream.synth.panels import ANALYTES, PANELS
from stream.synth.traffic import EVERYDAY, Keyed, Mix, traffic
from tests.support.rulesets import a_record, ruleset

SEEDS = st.integers(min_value=0, max_value=2**32)
MIXES = st.builds(
    Mix,
    formats=st.just(EVERYDAY.formats),
    clean=st.sampled_from([0.0, 0.3]),
    dirt=st.sampled_from([0.0, 0.5]),
    keyed=st.sampled_from(Keyed),
)


def some(seed: int, many: int, mix: Mix = EVERYDAY, *, drift: bool = False) -> list[Sample]:
    return list(islice(traffic(seed, drift, mix), many))


@settings(max_examples=15, deadline=None)
@given(SEEDS, MIXES, st.booleans())
def test_the_same_seed_gives_the_same_samples(seed: int, mix: Mix, drift: bool) -> None:
    assert some(seed, 20, mix, drift=drift) == some(seed, 20, mix, drift=drift)


@settings(max_examples=20, deadline=None)
@given(SEEDS, MIXES, st.booleans())
def test_the_bytes_of_a_label_are_its_value(seed: int, mix: Mix, drift: bool) -> None:
    for sample in some(seed, 20, mix, drift=drift):
        assert [sample.data[label.start : label.end].decode(sample.charset) for label in sample.labels] == [
            label.value for label in sample.labels
        ]
        assert all(first.end <= second.start for first, second in pairwise(sample.labels))
        assert all(label.value for label in sample.labels)


@settings(max_examples=20, deadline=None)
@given(SEEDS, st.booleans())
def test_every_sample_is_read_as_its_format(seed: int, drift: bool) -> None:
    for sample in some(seed, 20, Mix(clean=0.3), drift=drift):
        decoded = decode(a_record(sample.data), Limits(), nothing_extracted)
        assert (sample.format, ()) == (decoded.documents[0].format.name, decoded.incomplete)


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_tells_all_that_it_says_it_can(name: str) -> None:
    kinds = {sample.kind for sample in some(3, 1500, Mix((name,), clean=0.2))}

    assert FORMATS[name].kinds == kinds


def test_a_mix_invents_the_same_people() -> None:
    plain, mixed = some(5, 50, Mix(clean=0)), some(5, 200, Mix(clean=0.5))

    assert [_patients(sample) for sample in plain] == [_patients(sample) for sample in mixed if sample.kind not in CLEAN][:50]


def _patients(sample: Sample) -> set[str]:
    return {label.subject for label in sample.labels} - {""}


def test_records_come_in_the_order_of_sending_under_different_names() -> None:
    samples = some(1, 500)

    assert all(first.sent <= second.sent for first, second in pairwise(samples))
    assert 500 == len({sample.name for sample in samples})


def test_an_order_goes_from_preliminary_to_final_to_corrected_in_one_format_under_one_key() -> None:
    told: defaultdict[bytes, list[Sample]] = defaultdict(list)
    for sample in some(2, 3000, Mix(clean=0)):
        if sample.kind is Kind.REPORT:
            told[sample.key].append(sample)

    ways = {tuple(_status(sample) for sample in samples) for samples in told.values() if samples[0].format == "hl7v2"}
    assert {("F",), ("P", "F"), ("F", "C")} <= ways
    assert ways <= {("F",), ("P", "F"), ("P",), ("F", "C"), ("P", "F", "C"), ("C",)}
    assert all(1 == len({sample.format for sample in samples}) for samples in told.values())


def _status(sample: Sample) -> str:
    found = re.search(r"\rOBR\|(?:[^|\r]*\|){24}(\w)", sample.data.decode(sample.charset))
    return found[1] if found else ""


def test_a_day_has_urgent_critical_and_cancelled_orders_merges_and_a_test_patient() -> None:
    text = "\r".join(sample.data.decode(sample.charset) for sample in some(4, 1500))

    wanted = ("|S||2026", "|HH|||", "|LL|||", "|||X|||", "ADT^A40", "ADT^A08", "ZZTEST", "|Q^Contrôle qualité^", "MFN^M08")
    assert [word for word in wanted if word not in text] == []


def test_keys_are_the_order_or_the_patient() -> None:
    by_patient = some(6, 100, Mix(clean=0, keyed=Keyed.PATIENT))

    assert all(sample.key.decode() in {label.subject for label in sample.labels} for sample in by_patient)
    assert all(sample.key in sample.data for sample in some(6, 100, Mix(clean=0)))


def test_the_share_that_is_about_nobody_is_as_asked_and_has_nobody() -> None:
    samples = some(7, 1000, Mix(clean=0.3))
    clean = [sample for sample in samples if sample.kind in CLEAN]

    assert 230 < len(clean) < 370
    assert {Category.PROFESSIONAL_ESTABLISHMENT} == {label.category for sample in clean for label in sample.labels}


def test_the_core_finds_nobody_where_there_is_nobody() -> None:
    rules = ruleset("research")
    for sample in some(8, 150, Mix(clean=0.9)):
        if sample.kind in CLEAN:
            found = inspect(a_record(sample.data), rules).findings
            people = [
                each.category
                for each in found
                if each.category.startswith(("person", "contact")) and each.likelihood >= Likelihood.POSSIBLE
            ]
            assert people == [], sample.name


def test_dirt_of_every_kind_comes_at_its_rate() -> None:
    samples = some(9, 1000, Mix(clean=0, dirt=0.2))
    damaged = [sample.dirt for sample in samples if sample.dirt]

    assert 150 < len(damaged) < 250
    assert set(DIRT) == set(damaged)
    assert {""} == {sample.dirt for sample in some(9, 100)}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_takes_dirt(name: str) -> None:
    assert any(sample.dirt for sample in some(14, 60, Mix((name,), dirt=0.9)))


def test_dirt_leaves_the_other_records_as_they_were() -> None:
    plain, damaged = some(10, 200), some(10, 200, Mix(dirt=0.3))

    assert all((one.dirt != "") != (one._replace(dirt="") == other) for one, other in zip(damaged, plain, strict=True))


def test_a_damaged_value_keeps_its_category_and_subject() -> None:
    plain, damaged = some(11, 400, Mix(clean=0)), some(11, 400, Mix(clean=0, dirt=0.9))
    for one, other in zip(damaged, plain, strict=True):
        if one.dirt in {"typo", "key", "glued", "misread", "charset"}:
            assert [(label.category, label.subject) for label in one.labels] == [(label.category, label.subject) for label in other.labels]
        if one.dirt == "copied":
            assert len(one.labels) == len(other.labels) + 1


def test_nobody_owns_the_numbers() -> None:
    for sample in some(12, 300):
        for label in sample.labels:
            digits = re.sub(r"\D", "", label.value)
            if label.category in {Category.PERSON_NIR, Category.PERSON_INS}:
                assert "999" == re.sub(r"[ .]", "", label.value)[7:10]
            if label.category is Category.CONTACT_PHONE:
                assert digits.startswith(("019900", "026191", "035301", "046571", "053649", "063998"))
            if label.category is Category.CONTACT_EMAIL:
                assert label.value.endswith("@example.org")


def test_every_code_of_an_analyte_passes_its_check_digit_and_stands_once() -> None:
    codes = [analyte.loinc for analyte in ANALYTES]

    assert len(codes) == len(set(codes))
    assert [code for code in codes if not luhn(code.replace("-", ""))] == []
    assert [panel.nabm for panel in PANELS if panel.nabm and not re.fullmatch(r"\d{4}", panel.nabm)] == []


def test_the_indices_of_a_blood_count_agree() -> None:
    for sample in some(13, 200, Mix(("hl7v2",), clean=0)):
        values = dict(re.findall(r"\rOBX\|\d+\|NM\|([\d-]+)\^[^|]*\|\|([\d.]+)\|", sample.data.decode(sample.charset)))
        if "718-7" in values:
            red, haemoglobin, volume = (float(values[code]) for code in ("789-8", "718-7", "787-2"))
            assert float(values["4544-3"]) == pytest.approx(red * volume / 10, abs=0.5)
            assert float(values["785-6"]) == pytest.approx(haemoglobin / red * 10, abs=0.3)
