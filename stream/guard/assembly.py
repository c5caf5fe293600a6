"""Makes a plan of what people wrote: compiles the policies, and ties each route to its keys and topics. Called by `main`, and by the child
that tries records. Reads no file but the lists of the package, and asks nobody."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from importlib.metadata import version
from typing import NamedTuple

from schemas import pipeline as written
from schemas.bundle import Bundle
from schemas.lists import lists
from schemas.policy import Policy
from schemas.topics import Purpose, topic_name
from schemas.vocabulary import Reason, Refusal
from stream.core.detect import Rules, compile_rules
from stream.core.detect.catalogue import detectors
from stream.core.judge import inspect, judge, judge_again
from stream.core.pseudonym import pseudonymiser
from stream.core.ruleset import RoutePlan, RouteRules, Ruleset, compile_ruleset, source_rules
from stream.core.values import Extract, Inspection, Outcome, Record, Standing
from stream.extract import extract
from stream.guard.authority import Authority, Person
from stream.guard.batch import Judging
from stream.guard.breakers import Breakers
from stream.guard.keyring import KeyRing
from stream.guard.lanes import Before
from stream.guard.plan import FactKey, Plan, Route, Source, Topics
from stream.guard.sealing import Sealer
from stream.guard.standing import Standings
from stream.guard.transport import Partition


class Ground(NamedTuple):
    """What Kafka says of itself: the id of the cluster, and how many partitions each topic has."""

    cluster: str
    partitions: Mapping[str, int]


def assemble(bundle: Bundle, keys: KeyRing, ground: Ground, reading: Extract) -> Plan:
    """The pipeline, ready to run. `reading`: reads files that the core cannot."""
    pipeline = bundle.pipeline
    known = lists()
    detection = compile_rules(detectors(known), known)
    return Plan(
        pipeline=pipeline.metadata.name,
        cluster=ground.cluster,
        engine=version("pratique"),
        topics=own_topics(pipeline),
        fact_key=FactKey(keys.fact.id, keys.fact.secret),
        sources={source.topic: _source(source, bundle, keys, ground, detection, reading) for source in pipeline.sources},
        most_held=pipeline.max_quarantine_ratio,
        keep_held=pipeline.keep_held_days * 86_400,
        authority=_authority(keys),
    )


def _authority(keys: KeyRing) -> Authority:
    people = {signer.id: Person(*signer) for signer in keys.signers}
    releases, macs = (keys.release, *keys.former_releases), (keys.mac, *keys.former_macs)
    return Authority(people, tuple(key.secret for key in releases), tuple(key.secret for key in macs))


def own_topics(pipeline: written.Pipeline) -> Topics:
    named = {purpose: topic_name(pipeline.topics.prefix, purpose) for purpose in Purpose}
    return Topics(*(named[Purpose(field)] for field in Topics._fields))


def _source(source: written.Source, bundle: Bundle, keys: KeyRing, ground: Ground, detection: Rules, reading: Extract) -> Source:
    routes = [route for route in bundle.pipeline.routes if route.source == source.name]
    policies = [bundle.policies[route.name] for route in routes]
    made = [
        RoutePlan(route.name, policy, pseudonymiser(keys.pseudonym.secret, policy.recipient.name))
        for route, policy in zip(routes, policies, strict=True)
    ]
    ruleset = compile_ruleset(source_rules(source, bundle.profiles.get(source.name)), made, detection, reading)
    return Source(
        topic=source.topic,
        partitions=ground.partitions[source.topic],
        bundle=ruleset.digest,
        routes=tuple(_route(*each, ground) for each in zip(routes, ruleset.routes, policies, strict=True)),
        inspect=partial(_inspect, ruleset),
        judge=partial(_judge, ruleset),
        judge_again=partial(_judge_again, ruleset),
        forget=partial(_forget, ruleset.routes),
    )


def _route(route: written.Route, rules: RouteRules, policy: Policy, ground: Ground) -> Route:
    return Route(
        name=route.name,
        policy=f"{rules.policy}@{rules.version}+{rules.digest[:12]}",
        digest=rules.digest,
        destination=route.destination,
        partitions=ground.partitions[route.destination],
        cap=rules.subjects_per_hour,
        sequence=route.sequence,
        when_held=route.when_held,
        show_control=route.show_control,
        release=policy.release,
        expires=None if policy.care or policy.expires is None else _end_of(policy.expires),
    )


def _end_of(day: date) -> int:
    """The second at which a day is over, everywhere in Kafka's own time."""
    return int(datetime.combine(day + timedelta(days=1), time(), UTC).timestamp())


def _inspect(ruleset: Ruleset, record: Record) -> Inspection:
    return inspect(record, ruleset)


def _judge(ruleset: Ruleset, seen: Inspection, standings: Sequence[Standing]) -> tuple[Outcome, ...]:
    return judge(seen, ruleset, standings)


def _judge_again(ruleset: Ruleset, record: Record, number: int, standing: Standing, waived: frozenset[str]) -> tuple[Inspection, Outcome]:
    seen = inspect(record, ruleset)
    return seen, judge_again(seen, ruleset.routes[number], standing, waived)


def _forget(routes: Iterable[RouteRules]) -> None:
    for route in routes:
        route.pseudonymiser.forget()


# ---- in the child that tries records ------------------------------------------------------------------------------------


def attempting(bundle: Bundle, keys: KeyRing, ground: Ground, sealer: Sealer) -> Callable[[Record], bool]:
    """Judges a record as the loop does, on open breakers and for nobody; tells whether the inspection itself broke down."""
    plan = assemble(bundle, keys, ground, extract)

    def attempt(received: Record) -> bool:
        record = _asked_for(received, plan)
        if record is None:
            return True
        place, source = Partition(*record.coordinate[:2]), plan.sources[record.coordinate.topic]
        standings = Standings()
        standings.restore(place, source, {})
        judging = Judging(plan, Before(standings, Breakers(), (), {}, 0), sealer.fresh())
        judging.take(record)
        judging.work()
        return Reason.EXCEPTION not in source.inspect(record).incomplete

    return attempt


def _asked_for(received: Record, plan: Plan) -> Record | None:
    """The record itself, or the one that a request brings; None where it brings none."""
    if received.coordinate.topic != plan.topics.release:
        return received
    signed = plan.authority.read(received, plan.cluster)
    return None if isinstance(signed, Refusal) else plan.authority.record(signed.asked)
