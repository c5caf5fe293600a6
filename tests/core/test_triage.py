"""Triage: what somebody has to look at first, whatever the format."""

import pytest

from schemas.vocabulary import Status, Urgency
from stream.core.judge import inspect
from stream.core.triage import triage
from tests.support.rulesets import a_record, ruleset

HEAD = "MSH|^~\\&|LIS|LABO|GW|CHU|20240912||ORU^R01|MSG1|P|2.5\r"
URGENCIES = [
    (HEAD + "OBR|1|P1|F1|X^^L|S\r", Urgency.URGENT, "OBR-5 is STAT"),
    (HEAD + "OBR|1|P1|F1|X^^L|A\r", Urgency.URGENT, "OBR-5 is as soon as possible"),
    (HEAD + "OBR|1|P1|F1|X^^L|R\r", Urgency.ROUTINE, "OBR-5 is routine"),
    (HEAD + "OBR|1|P1|F1|X^^L" + "|" * 23 + "1^^^^^S\r", Urgency.URGENT, "OBR-27.6 is STAT"),
    (HEAD + "TQ1|1||||||||S^Stat\r", Urgency.URGENT, "TQ1-9 is STAT"),
    (HEAD + "OBR|1|P1|F1|X^^L|R\rOBX|1|NM|2823-3^K^LN||7.1|mmol/L|3.5-5|HH|||F\r", Urgency.CRITICAL, "OBX-8 is critically high"),
    (HEAD + "OBX|1|NM|2823-3^K^LN||2.1|mmol/L|3.5-5|LL|||F\r", Urgency.CRITICAL, "OBX-8 is critically low"),
    (HEAD + "OBX|1|NM|2823-3^K^LN||5.1|mmol/L|3.5-5|H|||F\r", Urgency.ROUTINE, "OBX-8 is high, and no more"),
    ('{"demande": {"numeroDemande": "D1", "urgent": true}}', Urgency.URGENT, "a key that says so"),
    ('{"resourceType": "ServiceRequest", "priority": "stat"}', Urgency.URGENT, "FHIR's priority"),
    ('{"resultats": [{"libelle": "Potassium", "valeur": 7.1, "flag": "HH"}]}', Urgency.CRITICAL, "a critical flag in JSON"),
    ("Merci de rappeler, URGENT", Urgency.ROUTINE, "a word in a text is no order"),
]


@pytest.mark.parametrize(("value", "urgency", "why"), URGENCIES, ids=[why for *_, why in URGENCIES])
def test_urgency_is_told_by_priority_and_critical_flags(value: str, urgency: Urgency, why: str) -> None:
    assert triage(inspect(a_record(value.encode()), ruleset()).documents).urgency is urgency


STATUSES = [
    (HEAD + "OBX|1|NM|2823-3^K^LN||7.1|mmol/L||H|||P\r", Status.PRELIMINARY, "OBX-11 P"),
    (HEAD + "OBX|1|NM|2823-3^K^LN||7.1|mmol/L||H|||F\r", Status.FINAL, "OBX-11 F"),
    (HEAD + "OBX|1|NM|1^A^L||7|||H|||F\rOBX|2|NM|2^B^L||7|||H|||C\r", Status.CORRECTED, "one of two is corrected"),
    (HEAD + "OBR|1|P1|F1|X^^L" + "|" * 21 + "X\r", Status.CANCELLED, "OBR-25 X"),
    (HEAD + "PID|1||1\r", Status.UNSTATED, "no result"),
    ('{"resultats": [{"libelle": "Potassium", "valeur": 7.1, "statut": "Corrigé"}]}', Status.CORRECTED, "in French, with an accent"),
    ('{"resourceType": "Observation", "status": "amended", "valueInteger": 3}', Status.CORRECTED, "FHIR's status"),
]


@pytest.mark.parametrize(("value", "status", "why"), STATUSES, ids=[why for *_, why in STATUSES])
def test_the_status_is_the_one_that_is_furthest_along(value: str, status: Status, why: str) -> None:
    assert triage(inspect(a_record(value.encode()), ruleset()).documents).status is status


@pytest.mark.parametrize("value", [HEAD + "PID|1||1\r", '{"messageId": "MSG1", "patient": {}}'])
def test_the_senders_number_of_the_message_is_told_and_never_printed(value: str) -> None:
    told = triage(inspect(a_record(value.encode()), ruleset()).documents)

    assert told.control == "MSG1"
    assert "MSG1" not in repr(told)
