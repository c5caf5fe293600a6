"""A laboratory on a real Kafka: its pipeline with the keys of its people, guards that run as processes, and what reviewers ask of them.

Two reviewers, alice and bruno; a comment on HIV holds a result, which alice alone may waive. The routes differ in what the later results
of an order do meanwhile: on `insurer` they overtake, on `ward` they park; `registry` is stopped and let go by tests.
"""

import secrets
import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import NamedTuple

from confluent_kafka import KafkaException
from typer.testing import CliRunner, Result

from schemas.bundle import Bundle, read_bundle
from schemas.events import RequestsRow
from schemas.requests import SignedRequest, Why
from schemas.topics import Purpose, topic_name
from stream.cli.entry import application
from stream.cli.outbox import releasing, rewrapping
from stream.guard.admin import Admin
from stream.guard.assembly import own_topics
from stream.guard.keyfile import read, write
from stream.guard.keyring import KeyRing, load, new_keys
from stream.guard.topics import survey
from stream.review.answers import Answers
from stream.review.asking import Grounds, Signer, signed
from stream.review.held import read_held
from stream.review.sending import Making
from stream.review.site import Site, a_site
from tests.support.apache import Cluster
from tests.support.transports import until
from tests.support.worker import Command, End, Fleet, Ground

PARTITIONS = 2
_GROUNDS = Grounds(Why.CLINICAL_NEED, "", 1)
HIV = "serologie VIH positive"
WAIVER = "health.topic.hiv@OBX-5"
PIPELINE = """
apiVersion: pratique/v1alpha1
kind: Pipeline
metadata: {{name: biology, owner: dpo@laboratory.example}}
controller: Laboratoire Exemple
topics: {{prefix: {prefix}}}
max_quarantine_ratio: 1
sources:
  - {{name: lis, topic: {source}, from: earliest}}
routes:
  - {{name: insurer, source: lis, destination: {insurer}, policy: ./open.yaml}}
  - {{name: ward, source: lis, destination: {ward}, policy: ./open.yaml, when_held: park}}
  - {{name: registry, source: lis, destination: {registry}, policy: ./open.yaml}}
"""
POLICY = """
apiVersion: pratique/v1alpha1
kind: Policy
metadata: {name: open, owner: dpo@laboratory.example, version: 1}
recipient: {name: mutuelle-exemple, kind: insurer, purpose: reimbursement}
legal: {article_6: a, article_9: b, secrecy: c, nir_basis: d, controller: e}
expires: 2099-01-01
allow:
  - {category: person}
  - {category: contact}
  - {category: professional}
  - {category: sample}
  - {category: admin}
  - {category: technical}
  - {category: health}
  - {category: insurance}
when_found: {health.topic.hiv: quarantine}
unknown_structure: inspect
release: {waive: [{category: health.topic.hiv, by: [alice]}]}
"""
SETTINGS = """
apiVersion: pratique/v1alpha1
kind: Settings
kafka:
  bootstrap: ["{address}"]
  security: PLAINTEXT
  extra: {{session.timeout.ms: 3000, heartbeat.interval.ms: 500}}
metrics: {{port: 0}}
ledger: {ledger}
dev: true
"""


class Laboratory(NamedTuple):
    """What lies in `folder`: the pipeline, its settings, and the private keys of alice and bruno in folders of their names."""

    kafka: Cluster
    folder: Path
    bundle: Bundle
    keys: KeyRing

    @property
    def pipeline(self) -> Path:
        return self.folder / "pipeline.yaml"

    @property
    def source(self) -> str:
        return self.bundle.pipeline.sources[0].topic

    @property
    def site(self) -> Site:
        return a_site(self.bundle, Admin({"bootstrap.servers": self.kafka.address}), tuple(Purpose))

    def topic(self, purpose: Purpose) -> str:
        return topic_name(self.bundle.pipeline.topics.prefix, purpose)

    def destination(self, route: str) -> str:
        return next(each.destination for each in self.bundle.pipeline.routes if each.name == route)

    # ---- what comes -----------------------------------------------------------------------------------------------------

    def put(self, *values: bytes, partition: int = 0) -> range:
        """Records of the source; their offsets."""
        first = self.kafka.ends(self.source)[partition]
        self.kafka.put(self.source, *values, partition=partition, key=b"key")
        return range(first, first + len(values))

    def is_worked_off(self) -> bool:
        try:
            committed = self.kafka.committed(self.bundle.pipeline.group, self.source)
        except KafkaException:  # a new group has no coordinator yet
            return False
        return {number: end for number, end in self.kafka.ends(self.source).items() if end}.items() <= committed.items()

    # ---- who works ------------------------------------------------------------------------------------------------------

    def guards(self, *, static: bool = False) -> Fleet:
        """Workers of the real `pratique run`."""
        return Fleet(self.folder, self._running(static=static))

    def _running(self, *, static: bool) -> Command:
        def command(ordinal: int, end: End | None) -> list[str]:
            named = ("--set", f"worker.instance={ordinal}") if static else ()
            return [*PRATIQUE, "run", *self._given, "--set", f"worker.ordinal={ordinal}", *named]

        return command

    @property
    def ground(self) -> Ground:
        """For guards that can be told where to die."""
        pipeline = self.bundle.pipeline
        return Ground(self.kafka.address, pipeline.group, self.source, PARTITIONS, own_topics(pipeline), ())

    @property
    def _given(self) -> tuple[str, ...]:
        return (str(self.pipeline), "--settings", str(self.folder / "settings.yaml"))

    # ---- who asks -------------------------------------------------------------------------------------------------------

    def command(self, *words: str) -> Result:
        """A command in this process."""
        return CliRunner().invoke(application(words), [*words, "--settings", str(self.folder / "settings.yaml")])

    def review(self, name: str, *arguments: object) -> Result:
        """A command of `pratique quarantine`."""
        return self.command("quarantine", name, str(self.pipeline), *map(str, arguments))

    def key(self, person: str, kind: str) -> Path:
        return self.folder / person / f"{person}.{kind}.key"

    def signing(self, person: str = "alice") -> tuple[str, ...]:
        return "--signing-key", str(self.key(person, "signing"))

    def reviewing(self, person: str = "alice") -> tuple[str, ...]:
        """The keys of a person who opens and signs."""
        return "--key", str(self.key(person, "reviewer")), *self.signing(person)

    def address(self, route: str, offset: int, partition: int = 0) -> str:
        return f"{route}/{self.source}/{partition}/{offset}"

    def release(self, *addresses: str, by: str = "alice", waive: Sequence[str] = (WAIVER,)) -> list[str]:
        """What is told of each record: `released`, or the name of the refusal."""
        waived = [word for name in waive for word in ("--waive", name)]
        return answers(self.review("release", *addresses, *self.reviewing(by), "--why", "clinical_need", *waived))

    def signer(self, person: str) -> Signer:
        file = read(self.key(person, "signing"))
        return Signer(self.site.people[file.id], file.secret_bytes)

    def requests(self, route: str, *offsets: int) -> list[SignedRequest]:
        """What alice's tool would send to release these records, in their order."""
        site, signer, key = self._alice
        return _requests(releasing(site, key, signer, (WAIVER,), _GROUNDS), site, route, offsets)

    def rewrapping(self, route: str, offset: int, other: int) -> SignedRequest:
        """What would put the seal of another record in the place of a record's own."""
        site, signer, key = self._alice
        own, others = _requests(rewrapping(site, key, signer, _GROUNDS), site, route, (offset, other))
        return signed(own.asked().model_copy(update={"parts": others.asked().parts}), signer)

    @property
    def _alice(self) -> tuple[Site, Signer, bytes]:
        """What she works with: the site, her signature, the key that opens."""
        return self.site, self.signer("alice"), read(self.key("alice", "reviewer")).secret_bytes

    def send(self, *requests: SignedRequest) -> None:
        """Puts requests on the release topic; waits for no answer."""
        for request in requests:
            self.ask_for(request.asked().address(), request.write(), request.asked().partition)

    def ask_for(self, key: bytes, value: bytes, partition: int = 0) -> None:
        """Puts on the release topic what may be no request. It is of now: the topic forgets what is a week old."""
        topic, now = self.topic(Purpose.RELEASE), int(time.time() * 1000)
        self.kafka.put(topic, value, key=key, partition=partition, timestamp=now)

    def is_answered(self) -> bool:
        """Whether the guards have looked at every request."""
        rows = {record.key: record.value for record in self.kafka.read(self.topic(Purpose.STANDING))}
        ends = self.kafka.ends(self.topic(Purpose.RELEASE))
        looked = {number: rows.get(f"{self.source}/{number}/requests".encode()) for number in ends}
        return all(end == 0 or RequestsRow.model_validate_json(looked[number] or b'{"next":0}').next == end for number, end in ends.items())

    @contextmanager
    def asking(self) -> Iterator[Callable[..., list[str | None]]]:
        """Sends requests and waits for the refusals, None where it is done."""
        with Answers(self.site, None) as waiting:

            def ask(*requests: SignedRequest) -> list[str | None]:
                came: list[str | None] = []

                def all_came() -> bool:
                    came.extend(answer.refusal for answer in waiting.poll(0.2))
                    return len(came) == len(requests)

                waiting.send(requests)
                until(all_came, 60)
                return came

            yield ask

    def draining(self, route: str) -> list[str]:
        """The command line of a process that releases a backlog."""
        return [*PRATIQUE, "quarantine", "release", *self._given, "--backlog", route, *self.reviewing()]


def _requests(make: Making, site: Site, route: str, offsets: Collection[int]) -> list[SignedRequest]:
    wanted = [held for held in read_held(site, [0]) if held.address.route == route and held.address.offset in offsets]
    return [made for made in make(wanted).values() if isinstance(made, SignedRequest)]


PRATIQUE = (str(Path(sys.executable).with_name("pratique")),)


def answers(ended: Result) -> list[str]:
    """The answers in the lines that a command printed."""
    told = [line.partition(": ")[2] for line in ended.stdout.splitlines()]
    return [line.removeprefix("refused, ").partition(":")[0] for line in told]


def a_laboratory(kafka: Cluster, folder: Path) -> Laboratory:
    """Lays it out in a folder, and makes its topics."""
    source = kafka.create("lis", PARTITIONS)
    routes = {word: kafka.create(word, PARTITIONS, message_timestamp_type="CreateTime") for word in ("insurer", "ward", "registry")}
    (folder / "pipeline.yaml").write_text(PIPELINE.format(prefix=kafka.name("lab"), source=source, **routes))
    (folder / "open.yaml").write_text(POLICY)
    (folder / "settings.yaml").write_text(SETTINGS.format(address=kafka.address, ledger=folder / "ledger"))
    made = new_keys(["alice", "bruno"], lambda name: None, secrets.token_bytes, date(2026, 9, 1))
    for name, files in {"keys": made.guard, "keys/reviewers": made.shown, **made.people}.items():
        (folder / name).mkdir()
        for file in files:
            write(file, folder / name)
    bundle, admin = read_bundle(folder / "pipeline.yaml"), Admin({"bootstrap.servers": kafka.address})
    admin.create(survey(bundle.pipeline, admin, dev=True).absent)
    return Laboratory(kafka, folder, bundle, load(folder / "keys", folder / "keys/reviewers"))


# ---- messages -----------------------------------------------------------------------------------------------------------


def result(order: str, patient: str, status: str = "F", comment: str = "glycemie normale") -> bytes:
    """A result of an order, with a comment."""
    return (
        f"MSH|^~\\&|LAB|LABO|DPI|CH|20260901||ORU^R01|{order}{status}|P|2.5\r"
        f"PID|1||{patient}^^^LABO^PI||MARTINEAU^CLAIRE||19840312|F\r"
        f"OBR|1||{order}^LAB|S^bilan^L||||||||||||||||||||||{status}\r"
        f"OBX|1|TX|C^commentaire^L||{comment}||||||{status}\r"
    ).encode()


def merge(patient: str, former: str, comment: str = "") -> bytes:
    """What was known of the former number is the patient's."""
    note = f"NTE|1||{comment}\r" if comment else ""
    return (
        "MSH|^~\\&|LAB|LABO|DPI|CH|20260901||ADT^A40|M1|P|2.5\r"
        f"PID|1||{patient}^^^LABO^PI||MARTINEAU^CLAIRE||19840312|F\rMRG|{former}^^^LABO^PI\r{note}"
    ).encode()
