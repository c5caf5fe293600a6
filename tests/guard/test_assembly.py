"""What people wrote becomes a plan, and the same plan is made in the child that tries records."""

import secrets
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from stream.child import Child
from stream.core.ruleset import nothing_extracted
from stream.core.values import Coordinate, Record, Standing
from stream.guard.assembly import Ground, assemble, attempting
from stream.guard.keyring import Secret
from stream.guard.plan import Topics
from stream.guard.sealing import Sealer
from tests.support.site import a_folder

GROUND = Ground("cluster-1", {"lis": 6, "to.research": 6, "to.care": 6})
RECORD = Record(Coordinate("lis", 2, 7), b"k1", b'{"nom": "MARTINEAU", "valeur": 13.2}')


def test_a_plan_says_of_each_route_what_its_policy_says(tmp_path: Path) -> None:
    bundle, keys, _ = a_folder(tmp_path)

    plan = assemble(bundle, keys, GROUND, nothing_extracted)

    research, care = plan.sources["lis"].routes
    end = bundle.policies["research"].expires
    assert end is not None
    assert (research.name, research.destination, research.partitions, research.cap) == ("research", "to.research", 6, 5000)
    assert research.policy.startswith("research@1+")
    assert research.expires == datetime(end.year, end.month, end.day, tzinfo=UTC).timestamp() + 24 * 3600
    assert (care.name, care.cap, care.expires) == ("care", None, None)
    assert (plan.cluster, plan.pipeline, plan.fact_key.id) == ("cluster-1", "biology", keys.fact.id)
    assert plan.topics == Topics(*(f"biology.{name}" for name in "quarantine facts standing breakers release dispositions".split()))


def test_the_core_of_a_plan_judges_every_route(tmp_path: Path) -> None:
    bundle, keys, _ = a_folder(tmp_path)
    source = assemble(bundle, keys, GROUND, nothing_extracted).sources["lis"]

    research, care = source.judge(source.inspect(RECORD), [Standing(), Standing()])

    assert care.forward is RECORD
    assert research.forward is not None
    assert b"MARTINEAU" not in (research.forward.value or b"")


def test_what_was_held_and_asked_under_former_keys_is_still_taken(tmp_path: Path) -> None:
    bundle, keys, _ = a_folder(tmp_path)
    ring = replace(keys, former_macs=(Secret("m0", b"m" * 32),), former_releases=(Secret("r0", b"r" * 32),))

    authority = assemble(bundle, ring, GROUND, nothing_extracted).authority

    assert authority.mac_keys == (keys.mac.secret, b"m" * 32)
    assert authority.release_keys == (keys.release.secret, b"r" * 32)


def test_no_secret_is_printed_with_a_plan(tmp_path: Path) -> None:
    bundle, keys, _ = a_folder(tmp_path)

    printed = repr(assemble(bundle, keys, GROUND, nothing_extracted).fact_key) + repr(
        Sealer("c", keys.reviewers, keys.mac.secret, 1000, secrets.token_bytes)
    )

    assert not any(repr(secret.secret) in printed for secret in (keys.fact, keys.mac))


def test_a_child_judges_as_the_loop_does(tmp_path: Path) -> None:
    bundle, keys, _ = a_folder(tmp_path)
    sealer = Sealer("cluster-1", keys.reviewers, keys.mac.secret, 1_000_000, secrets.token_bytes)
    trial = Child(partial(attempting, bundle, keys, GROUND, sealer))

    try:
        assert trial.ask(RECORD)
    finally:
        trial.close()
