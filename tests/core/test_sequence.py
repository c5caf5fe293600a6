"""Sequences: which records may not overtake each other."""

import pytest

from schemas.vocabulary import SequenceKind
from stream.core.judge import inspect
from stream.core.sequence import Sequences, sequences
from tests.support.rulesets import a_record, ruleset

KEY = b"f" * 32
ORDER, PATIENT, KAFKA_KEY = SequenceKind


def oru(filler: str, *, placer: str = "P1", sender: str = "LABO", ipp: str = "8001") -> bytes:
    head = f"MSH|^~\\&|LIS|{sender}|GW|CHU|20240912||ORU^R01|MSG1|P|2.5\r"
    return f"{head}PID|1||{ipp}^^^LABO-TEST^PI\rOBR|1|{placer}|{filler}|X^^L\rOBX|1|NM|1^A^L||7\r".encode()


def adt(ipp: str, prior: str = "") -> bytes:
    merged = f"MRG|{prior}^^^LABO-TEST^PI\r" if prior else ""
    return f"MSH|^~\\&|HIS|CHU|GW|CHU|20240912||ADT^A40|MSG2|P|2.5\rPID|1||{ipp}^^^LABO-TEST^PI\r{merged}".encode()


def told(value: bytes | None, kind: SequenceKind = ORDER, key: bytes | None = None) -> Sequences:
    return sequences(inspect(a_record(value, key), ruleset()), kind, KEY)


def follows(later: Sequences, earlier: Sequences) -> bool:
    return not set(earlier.advances).isdisjoint(later.follows)


def test_two_results_of_one_order_follow_each_other() -> None:
    assert follows(told(oru("F1")), told(oru("F1", placer="P2")))


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(oru("F2"), id="another order of the same patient"),
        pytest.param(oru("F1", sender="AUTRE"), id="the same number at another laboratory"),
    ],
)
def test_orders_are_told_apart(other: bytes) -> None:
    assert not follows(told(other), told(oru("F1")))


def test_where_there_is_no_fillers_number_the_placers_counts() -> None:
    assert follows(told(oru("", placer="P1")), told(oru("", placer="P1")))
    assert not follows(told(oru("", placer="P2")), told(oru("", placer="P1")))


@pytest.mark.parametrize("ipp", ["8001", "8002"])
def test_a_result_follows_the_merge_of_its_patient_under_either_number(ipp: str) -> None:
    assert follows(told(oru("F1", ipp=ipp)), told(adt("8002", prior="8001")))


def test_a_merge_does_not_wait_for_a_result_but_for_what_else_is_said_of_the_patient() -> None:
    assert not follows(told(adt("8002", prior="8001")), told(oru("F1", ipp="8001")))
    assert follows(told(adt("8002", prior="8001")), told(adt("8001")))


def test_by_patient_everything_about_a_patient_is_one_sequence() -> None:
    assert follows(told(oru("F2"), PATIENT), told(oru("F1"), PATIENT))
    assert not follows(told(oru("F2", ipp="8009"), PATIENT), told(oru("F1"), PATIENT))


def test_by_kafka_key_only_the_key_counts() -> None:
    assert follows(told(oru("F2"), KAFKA_KEY, b"k"), told(adt("1"), KAFKA_KEY, b"k"))
    assert not follows(told(oru("F1"), KAFKA_KEY, b"k"), told(oru("F1"), KAFKA_KEY, b"l"))
    assert told(oru("F1"), KAFKA_KEY) == Sequences()


def test_what_names_nobody_and_no_order_belongs_to_no_sequence() -> None:
    assert told(b"controle de qualite du jour") == Sequences()
    assert told(None) == Sequences()


def test_tokens_hang_on_the_key() -> None:
    seen = inspect(a_record(oru("F1")), ruleset())

    assert set(sequences(seen, ORDER, KEY).follows).isdisjoint(sequences(seen, ORDER, b"g" * 32).follows)
