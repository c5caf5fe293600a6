"""What a policy comes to, seen through whole records: order of evaluation, strictness, whole results, keys and headers."""

import base64
import gzip
import json

import pytest

from schemas.vocabulary import Action, BreakerState, Category, Reason, Verdict
from stream.core.judge import inspect, judge
from stream.core.values import Standing
from tests.support.rulesets import a_record, forwarded, outcomes, ruleset

HIV = (
    b"MSH|^~\\&|SIL|LABO|DPI|CH|20260901||ORU^R01|M1|P|2.5\r"
    b"PID|1||8009912345^^^LABO^PI||DURANDEL^ELODIE||19840312|F\r"
    b"OBR|1|PRE-1|LAB-1|11502-2^CR^LN\r"
    b"OBX|1|NM|2345-7^Glucose^LN||0.92|g/L|0.70 - 1.10|N|||F\r"
    b"OBX|2|CE|56888-1^VIH 1+2 Ac+Ag p24^LN||NEG^Negatif^L||||||F\r"
    b"NTE|1|L|Controle a 6 semaines\r"
    b"OBX|3|NM|2951-2^Sodium^LN||141|mmol/L|135 - 145|N|||F\r"
)
EVERYTHING = "nothing_forbidden: {approved_by: [one person, another person]}\n"
ALL_HEALTH = "allow:\n  - {category: health}\n  - {category: admin}\nunknown_structure: remove\ndefault: remove\n"


def test_an_explicit_deny_wins_over_an_allow() -> None:
    rules = ruleset(ALL_HEALTH + "when_found: {health.topic.hiv: quarantine}\n")

    outcome = outcomes(a_record(HIV), rules)[0]

    assert outcome.decision[:2] == (Verdict.QUARANTINE, (Reason.FOUND,))
    assert outcome.forward is None


def test_a_place_wins_over_a_category() -> None:
    value = forwarded(HIV, ALL_HEALTH + "transform:\n  - {category: person.name, where: {format: hl7v2, place: PID-5.1}, to: mask}\n")

    assert b"||***^||" in value


def test_a_category_wins_over_its_parent() -> None:
    value = forwarded(HIV, "allow:\n  - {category: person}\n  - {category: health}\ntransform: {person.name: mask}\ndefault: remove\n")

    assert b"PID|1||8009912345^^^" in value
    assert b"DURANDEL" not in value


def test_a_test_of_a_denied_topic_goes_with_its_whole_result_and_notes() -> None:
    value = forwarded(HIV, ALL_HEALTH + "when_found: {health.topic.hiv: remove}\n").decode()

    segments = value.split("\r")
    assert "OBX|3|NM|2951-2^Sodium^LN||141|mmol/L|135 - 145|N|||F" in segments
    hiv = next(segment for segment in segments if segment.startswith("OBX|2"))
    assert not any(word in hiv for word in ("56888", "VIH", "NEG", "F"))
    assert "NTE|1|L|" in segments


def test_a_result_whose_value_is_denied_is_absent_whole() -> None:
    value = forwarded(HIV, "allow:\n  - {category: health.test}\n  - {category: health.text}\ndefault: remove\nunknown_structure: remove\n")

    assert b"141" not in value
    assert b"mmol/L" not in value
    assert b"Controle" not in value  # a note belongs to its result
    assert b"Sodium" in value


def test_an_identifier_in_a_number_holds_the_record() -> None:
    value = HIV.replace(b"||141|", b"||184037599904226|")

    outcome = outcomes(a_record(value), ruleset("research"))[0]

    assert outcome.decision[:2] == (Verdict.QUARANTINE, (Reason.IDENTITY_IN_RESULT,))


def test_an_identifier_as_a_json_key_holds_the_record() -> None:
    value = json.dumps({"patients": {"1 84 03 75 999 042 26": {"valeur": 4.2}}}).encode()

    outcome = outcomes(a_record(value), ruleset("research"))[0]

    assert outcome.decision[:2] == (Verdict.QUARANTINE, (Reason.IDENTITY_IN_STRUCTURE,))


def test_a_kafka_key_is_pseudonymised_and_never_emptied() -> None:
    outcome = outcomes(a_record(HIV, key=b"8009912345"), ruleset("research"))[0]

    assert outcome.forward is not None
    assert outcome.forward.key is not None
    assert outcome.forward.key.startswith(b"pq1-")


def test_a_header_is_inspected_like_the_value() -> None:
    outcome = outcomes(a_record(HIV, headers=(("note", b"Mme DURANDEL Elodie"), ("trace", None))), ruleset("research"))[0]

    assert outcome.forward is not None
    assert b"DURANDEL" not in (outcome.forward.headers[0][1] or b"")
    assert outcome.forward.headers[1] == ("trace", None)


def test_a_tombstone_passes_and_its_key_is_rewritten() -> None:
    outcome = outcomes(a_record(None, key=b"Mme DURANDEL Elodie"), ruleset("research"))[0]

    assert outcome.forward is not None
    assert outcome.forward.value is None
    assert b"DURANDEL" not in (outcome.forward.key or b"")


def test_a_tombstone_is_never_dropped() -> None:
    rules = ruleset("when_found: {person.name: drop}\nunknown_structure: inspect\nallow:\n  - {category: health}\ndefault: remove\n")

    assert Verdict.QUARANTINE is outcomes(a_record(None, key=b"Mme DURANDEL Elodie"), rules)[0].decision.verdict
    assert Verdict.DROP is outcomes(a_record(HIV), rules)[0].decision.verdict


def test_quarantine_beats_drop() -> None:
    rules = ruleset("when_found: {person.name: drop, health.topic.hiv: quarantine}\nunknown_structure: remove\ndefault: remove\n")

    assert Verdict.QUARANTINE is outcomes(a_record(HIV), rules)[0].decision.verdict


@pytest.mark.parametrize("state", [BreakerState.OPEN, BreakerState.DRAINING])
def test_a_route_that_is_not_closed_holds_everything(state: BreakerState) -> None:
    rules = ruleset("care")

    outcome = judge(inspect(a_record(HIV), rules), rules, [Standing(breaker=state)])[0]

    assert outcome.decision[:2] == (Verdict.QUARANTINE, (Reason.BREAKER_OPEN,))


@pytest.mark.parametrize("value", [bytes(range(256)) * 4, b"[" * 100_000, b'{"a": 1, "a": 2}'])
def test_what_was_not_inspected_to_its_end_is_held(value: bytes) -> None:
    assert Verdict.QUARANTINE is outcomes(a_record(value), ruleset("research"))[0].decision.verdict


def test_nothing_forbidden_needs_no_complete_inspection_unless_it_denies() -> None:
    assert Verdict.CLEAR is outcomes(a_record(bytes(range(256)) * 4), ruleset("care"))[0].decision.verdict


@pytest.mark.parametrize("note", [b"Controle a 6 semaines", b"Serologie VIH negative", b"rien"])
def test_nothing_forbidden_holds_what_it_denies_wherever_it_is_found(note: bytes) -> None:
    rules = ruleset(EVERYTHING + "when_found: {health.topic.hiv: quarantine}\n")
    told = HIV.replace(b"Controle a 6 semaines", note)
    coded = b"".join(line + b"\r" for line in told.split(b"\r") if b"56888" not in line)

    assert outcomes(a_record(told), rules)[0].decision[:2] == (Verdict.QUARANTINE, (Reason.FOUND,))
    expected = (Verdict.QUARANTINE, (Reason.FOUND,)) if b"VIH" in note else (Verdict.CLEAR, (Reason.NOTHING_FORBIDDEN,))
    assert outcomes(a_record(coded), rules)[0].decision[:2] == expected


def test_what_hangs_on_a_result_goes_with_it() -> None:
    narrative = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>Glucose : 0.92 g/L</p></div>'}
    data = {"resourceType": "Observation", "text": narrative, "valueQuantity": {"value": 0.92, "unit": "g/L"}}
    value = forwarded(
        json.dumps(data).encode(),
        "allow:\n  - {category: health.text}\n  - {category: technical}\ndefault: remove\nunknown_structure: remove\n",
    )

    assert {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml"/>'} == json.loads(value)["text"]


def test_nothing_forbidden_removes_a_denied_topic_with_its_whole_result_and_nothing_else() -> None:
    value = forwarded(HIV, EVERYTHING + "when_found: {health.topic.hiv: remove}\n").decode()

    before, after = HIV.decode().split("\r"), value.split("\r")
    assert [line[:5] for old, line in zip(before, after, strict=True) if old != line] == ["OBX|2", "NTE|1"]
    assert not any(word in after[4] for word in ("56888", "VIH", "NEG", "F"))


def test_one_inspection_serves_routes_with_different_ends() -> None:
    verdicts = [outcome.decision.verdict for outcome in outcomes(a_record(HIV), ruleset("care", "research", "insurer"))]

    assert verdicts == [Verdict.CLEAR, Verdict.REDACT, Verdict.REDACT]


def test_what_is_done_is_told_leaf_by_leaf_with_the_category_and_the_step_that_led_there() -> None:
    body = (
        ALL_HEALTH
        + "transform:\n  - {category: person.name, where: {format: hl7v2, place: PID-5.1}, to: mask}\n  - {category: person.birth_date"
        ", to: {generalise: year}}\n"
    )
    decision = outcomes(a_record(HIV), ruleset(body))[0].decision

    told = {(HIV[act.place.start : act.place.end], act.action, act.category, act.step) for act in decision.acts}
    assert {
        (b"DURANDEL", Action.MASK, Category.PERSON_NAME, "place"),
        (b"ELODIE", Action.REMOVE, Category.PERSON_NAME, "default"),
        (b"19840312", Action.GENERALISE, Category.PERSON_BIRTH_DATE, "category"),
    } <= told


def test_of_a_held_record_only_what_holds_it_is_told() -> None:
    decision = outcomes(a_record(HIV), ruleset(ALL_HEALTH + "when_found: {person.sex: quarantine}\n"))[0].decision

    assert [(act.category, act.step) for act in decision.acts] == [(Category.PERSON_SEX, "deny")]


# ---- what could not be read -----------------------------------------------------------------------------------------

UNREADABLE = base64.b64encode(b"%PDF-1.4\n\x00\xff\xfe" + bytes(range(128, 200))).decode()
ATTACHED = HIV + f"OBX|4|ED|11502-2^CR^LN||^application^pdf^Base64^{UNREADABLE}||||||F\r".encode()


def test_an_attachment_that_cannot_be_read_goes_where_unknown_structure_goes_and_its_result_with_it() -> None:
    value = forwarded(ATTACHED, ALL_HEALTH).decode()

    assert UNREADABLE not in value
    assert "OBX|3|NM|2951-2^Sodium^LN||141|mmol/L|135 - 145|N|||F" in value.split("\r")
    attached = next(segment for segment in value.split("\r") if segment.startswith("OBX|4"))
    assert not any(word in attached for word in ("application", "Base64", "F"))


@pytest.mark.parametrize("unknown", ["inspect", "quarantine"])
def test_an_attachment_that_cannot_be_read_never_stays(unknown: str) -> None:
    rules = ruleset(ALL_HEALTH.replace("unknown_structure: remove", f"unknown_structure: {unknown}"))

    outcome = outcomes(a_record(ATTACHED), rules)[0]

    assert outcome.decision[:2] == (Verdict.QUARANTINE, (Reason.UNDECODABLE,))
    assert outcome.forward is None


def test_what_cannot_be_read_holds_nothing_where_it_goes_anyway() -> None:
    policy = "allow: [{category: admin}]\nunknown_structure: quarantine\ndefault: remove\n"

    value = forwarded(b'{"commentaire": "%s", "priorite": "R"}' % UNREADABLE.encode(), policy)

    assert value == b'{"commentaire": "", "priorite": "R"}'


def test_a_record_of_which_nothing_can_be_read_is_held_whatever_the_policy() -> None:
    outcome = outcomes(a_record(gzip.compress(b"\x01\xff\xfe" * 40)), ruleset(ALL_HEALTH))[0]

    assert outcome.decision[:2] == (Verdict.QUARANTINE, (Reason.UNDECODABLE,))


def test_a_route_that_denies_nothing_forwards_what_cannot_be_read_and_one_that_denies_holds_it() -> None:
    free, denying = (ruleset(policy) for policy in (EVERYTHING, EVERYTHING + "when_found: {credential: quarantine}\n"))

    assert outcomes(a_record(ATTACHED), free)[0].forward == a_record(ATTACHED)
    assert outcomes(a_record(ATTACHED), denying)[0].decision[:2] == (Verdict.QUARANTINE, (Reason.UNDECODABLE,))
