"""A whole worker on a real Kafka: from a pipeline's folder to what its recipients read."""

import io
import json
from pathlib import Path

import pytest

from schemas.events import Fact
from stream.core.seal import open_seal
from stream.guard.facts import chain_breaks
from stream.guard.keyfile import Kind, read, secret
from tests.support.apache import Cluster
from tests.support.whole import Site, a_site, run_until, run_until_committed, settled

JSON = b'{"patient": {"nom": "MARTINEAU", "prenom": "Zoe", "naissance": "1984-03-02"}, "resultats": [{"code": "718-7", "valeur": 13.2}]}'
TWICE = b'{"nom": "MARTINEAU", "nom": "MARTINET"}'  # which of the two a reader takes is anybody's guess


@pytest.fixture
def site(kafka: Cluster, tmp_path: Path) -> Site:
    return a_site(kafka, tmp_path)


@pytest.mark.broker
def test_a_pipeline_clears_redacts_and_holds_on_a_real_broker(site: Site) -> None:
    site.kafka.put(site.source, JSON, TWICE, key=b"k1", headers=(("pratique-verdict", b"forged"), ("trace", b"7")))
    site.kafka.put(site.source, None, key=b"k1", partition=1)

    run_until_committed(site, {0: 2, 1: 1})

    care = settled(site, site.destination("care"))
    assert [(each.coordinate.partition, each.value) for each in care] == [(0, JSON), (0, TWICE), (1, None)]
    assert [name for name, _ in care[0].headers] == ["trace", "pratique-source", "pratique-verdict", "pratique-policy"]
    assert {each.timestamp for each in care} == {1_700_000_000_000}
    research = settled(site, site.destination("research"))
    assert all(b"MARTINEAU" not in (each.value or b"") for each in research)
    facts = settled(site, f"{site.prefix}.facts")
    rows = [(fact.route, row) for fact in (Fact.model_validate_json(each.value or b"") for each in facts) for row in fact.each()]
    assert sorted((route, row.offset, row.verdict) for route, row in rows if route == "care") == [
        ("care", 0, "clear"),
        ("care", 0, "clear"),
        ("care", 1, "clear"),
    ]
    held = [row for route, row in rows if route == "research" and row.verdict == "quarantine"]
    seals = settled(site, f"{site.prefix}.quarantine")
    assert [(row.offset, row.reasons) for row in held] == [(1, ("duplicate_key",))]
    assert [each.key for each in seals] == [f"research/{site.source}/0/1".encode()]


@pytest.mark.broker
def test_a_reviewer_opens_what_was_held_and_finds_the_record_as_it_was(site: Site) -> None:
    headers = (("trace", b"7"), ("trace", None))
    site.kafka.put(site.source, TWICE, key=b"k1", headers=headers)

    run_until_committed(site, {0: 1})

    [seal] = settled(site, f"{site.prefix}.quarantine")
    path = next(each for each in site.person.iterdir() if read(each).kind is Kind.REVIEWER)
    opened = open_seal([seal.value or b""], secret(read(path), path))
    assert (opened.record.key, opened.record.value, opened.record.headers) == (b"k1", TWICE, headers)
    assert opened.public.route == "research"


@pytest.mark.broker
def test_a_worker_that_comes_back_goes_on_where_it_was_and_its_facts_are_one_chain(site: Site) -> None:
    site.kafka.put(site.source, JSON, key=b"k1")
    run_until_committed(site, {0: 1})
    site.kafka.put(site.source, JSON, JSON, key=b"k1")

    run_until_committed(site, {0: 3})

    facts = [each.value or b"" for each in settled(site, f"{site.prefix}.facts")]
    of_care = [fact for fact in facts if Fact.model_validate_json(fact).route == "care"]
    assert [(fact.first, fact.next) for fact in map(Fact.model_validate_json, of_care)] == [(0, 1), (1, 3)]
    assert not chain_breaks(of_care)
    assert len(settled(site, site.destination("care"))) == 3


@pytest.mark.broker
def test_a_worker_that_halts_says_why_waits_and_commits_nothing(site: Site) -> None:
    site.kafka.put(f"{site.prefix}.standing", b"not a row", key=f"care/{site.source}/0/head".encode())
    site.kafka.put(site.source, JSON, key=b"k1")
    log = io.StringIO()

    run_until(site, lambda: '"halted"' in log.getvalue(), log)

    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    [halted] = [line for line in lines if line["event"] == "halted"]
    assert "the standing of" in halted["reason"]
    assert lines[-1]["event"] == "stopped"
    assert site.kafka.read(site.destination("care")) == []
