"""A reviewer's pipeline in memory: a folder with people's keys, held records sealed for them, and a guard that answers as it is told."""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from schemas.bundle import read_bundle
from schemas.events import Fact, HeldRow, HumanAct, RequestsRow, Rows, StandingHead, write_subjects
from schemas.requests import Asked, SignedRequest
from schemas.topics import Purpose, Widest, own_topics, topic_name
from schemas.vocabulary import Refusal, Request
from stream.core.request import open_request, verify
from stream.core.seal import About, Public, address, attest, envelope, seal
from stream.core.values import Coordinate, Record
from stream.guard.keyfile import write
from stream.guard.keyring import KeyRing, load, new_keys
from stream.guard.reader import Row
from stream.guard.transport import Partition
from stream.review.address import Address
from stream.review.site import Site, a_site
from tests.support.admin import FakeAdmin

SOURCE = "lis.results"
NOW = 1_790_000_000
PIPELINE = f"""
apiVersion: pratique/v1alpha1
kind: Pipeline
metadata: {{name: biology, owner: dpo@laboratory.example}}
controller: Laboratoire Exemple
topics: {{prefix: biology}}
sources:
  - {{name: lis, topic: {SOURCE}, from: earliest}}
routes:
  - {{name: insurer, source: lis, destination: insurer.acts, policy: insurer.yaml}}
  - {{name: research, source: lis, destination: research.results, policy: research}}
"""
POLICY = """
apiVersion: pratique/v1alpha1
kind: Policy
metadata: {name: insurer, owner: dpo@laboratory.example, version: 1}
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
release:
  waive:
    - {category: health.topic.hiv, by: [alice], second_person: true}
"""


class Reviewed(NamedTuple):
    """A pipeline with alice and bruno for reviewers. Their private keys lie in folders of their names."""

    admin: FakeAdmin
    folder: Path
    keys: KeyRing
    prefix: str

    @property
    def cluster(self) -> str:
        return self.admin.cluster()

    @property
    def site(self) -> Site:
        return a_site(read_bundle(self.folder / "pipeline.yaml"), self.admin, tuple(Purpose))  # type: ignore[arg-type]  # the fake

    def topic(self, purpose: Purpose) -> str:
        return topic_name(self.prefix, purpose)

    def hold(self, offset: int, value: bytes = b"a result", *, route: str = "insurer", partition: int = 0, **told: Any) -> Address:
        """A held record: its seal, and the guard's row about it."""
        given = HeldDefaults(**told)
        record = Record(Coordinate(SOURCE, partition, offset), b"key", value, (("h", b"1"),), 1_700_000_000_000)
        about = About(given.reasons, given.urgency, given.status, given.sequence)
        public = Public(self.cluster, record.coordinate, route, "d" * 64, about, given.at)
        around = envelope(self.keys.reviewers, secrets.token_bytes(32), secrets.token_bytes(32))
        parts = seal(record, public, around, secrets.token_bytes(12), mac_key=self.keys.mac.secret, max_bytes=given.max_bytes)
        for part, sealed in enumerate(parts, 1):
            self.admin.put(self.topic(Purpose.QUARANTINE), address(public._replace(part=part)), sealed, partition)
        row = HeldRow(
            at=given.at,
            parts=len(parts),
            urgency=given.urgency,
            advances=write_subjects(given.advances),
            follows=write_subjects(given.follows),
            backlog=given.backlog,
            superseded=given.superseded,
        )
        held = Address(route, SOURCE, partition, offset)
        self.admin.put(self.topic(Purpose.STANDING), held_key(held), row.write(), partition)
        return held

    def decide(self, held: Address) -> None:
        """The tombstones of a decision, as the guard writes them."""
        quarantine = self.topic(Purpose.QUARANTINE)
        keys = {
            row.key for row in self.admin.read(quarantine, [held.partition]) if row.key.split(b"/")[:4] == str(held).encode().split(b"/")
        }
        for key in sorted(keys):
            self.admin.put(quarantine, key, None, held.partition)
        self.admin.put(self.topic(Purpose.STANDING), held_key(held), None, held.partition)

    def asked(self) -> list[SignedRequest]:
        """What stands on the release topic, every signature of it good."""
        rows = [*self.admin.read(self.topic(Purpose.RELEASE))]
        requests = [SignedRequest.model_validate_json(row.value or b"") for row in rows]
        people = {signer.id: signer.public for signer in self.keys.signers}
        for row, request in zip(rows, requests, strict=True):
            asked = request.asked()
            assert (row.key, row.place.partition, asked.cluster) == (asked.address(), asked.partition, self.cluster)
            assert all(verify(request.signed, each.raw, people[each.by]) for each in request.signatures)
        return requests

    def brought(self, asked: Asked) -> Record:
        """The record that a request brings, as the guard opens it; it is the one that the guard attested."""
        place = Coordinate(asked.topic, asked.partition, asked.offset)
        record, mac = open_request(asked.closed, asked.cluster, asked.route, place, self.keys.release.secret)
        assert mac == attest(record, self.cluster, asked.route, self.keys.mac.secret)
        return record


class HeldDefaults(NamedTuple):
    """What is told of a held record, if nothing else is."""

    reasons: tuple[str, ...] = ("found",)
    urgency: str = "routine"
    status: str = "final"
    sequence: str = "ab" * 8
    at: int = NOW
    max_bytes: int = 1_000_000
    advances: tuple[bytes, ...] = ()
    follows: tuple[bytes, ...] = ()
    backlog: bool = False
    superseded: int = -1


def held_key(held: Address) -> bytes:
    return f"{held.lane}/held/{held.offset}".encode()


def reviewed(folder: Path, partitions: int = 1, *, admin: FakeAdmin | None = None, prefix: str = "biology") -> Reviewed:
    """Lays the pipeline out in a folder, and makes its own topics."""
    (folder / "pipeline.yaml").write_text(PIPELINE.replace("prefix: biology", f"prefix: {prefix}"))
    (folder / "insurer.yaml").write_text(POLICY)
    made = new_keys(["alice", "bruno"], lambda name: None, secrets.token_bytes, date(2026, 9, 1))
    for name, files in {"keys": made.guard, "keys/reviewers": made.shown, **made.people}.items():
        (folder / name).mkdir()
        for file in files:
            write(file, folder / name)
    admin = admin or FakeAdmin()
    admin.create(own_topics(prefix, Widest(partitions, 1_000_000), dev=True))
    return Reviewed(admin, folder, load(folder / "keys", folder / "keys/reviewers"), prefix)


# ---- facts --------------------------------------------------------------------------------------------------------------


class Facts:
    """The facts of one lane as the guard writes them, each naming the one before."""

    def __init__(self, reviewed: Reviewed, route: str = "insurer", partition: int = 0) -> None:
        self._reviewed, self._route, self._partition = reviewed, route, partition
        self.previous = ""

    def judged(self, first: int, count: int = 1, **told: Any) -> bytes:
        return self._add(first, count, None, **told)

    def human(self, offset: int, human: HumanAct, **told: Any) -> bytes:
        return self._add(offset, 1, human, **told)

    def _add(
        self, first: int, count: int, human: HumanAct | None, verdict: str = "clear", reasons: tuple[str, ...] = (), at: int = NOW
    ) -> bytes:
        rows = Rows(
            offset=tuple(range(count)),
            verdict=(0,) * count,
            reasons=(tuple(range(len(reasons))),) * count,
            categories=((0, 2),) * count,
            outcome=("",) * count,
            subjects=("",) * count,
            persons=(0,) * count,
            urgency=(0,) * count,
            sequence=("",) * count,
        )
        fact = Fact(
            cluster=self._reviewed.cluster,
            pipeline="biology",
            route=self._route,
            topic=SOURCE,
            partition=self._partition,
            first=first,
            next=first + count,
            destination="insurer.acts",
            bundle="b" * 64,
            engine="0",
            breakers="",
            key="k",
            at=at,
            previous=self.previous,
            verdicts=(verdict,),
            reasons=reasons,
            categories=("person.name",),
            urgencies=("routine",),
            human=human,
            rows=rows,
        ).write()
        self._reviewed.admin.put(self._reviewed.topic(Purpose.FACTS), self._route.encode(), fact, self._partition)
        self.previous = hashlib.sha256(fact).hexdigest()
        head = StandingHead(previous=self.previous, bundle="b", candidate="b", seen=0, held=0)
        key = f"{self._route}/{SOURCE}/{self._partition}/head".encode()
        self._reviewed.admin.put(self._reviewed.topic(Purpose.STANDING), key, head.write(), self._partition)
        return fact


def act(**told: Any) -> HumanAct:
    """What somebody asked."""
    given = {"request": "release", "by": "nobody", "why": "clinical_need", "asked": "0" * 64} | told
    return HumanAct(**given)


# ---- a guard ------------------------------------------------------------------------------------------------------------


class Told(NamedTuple):
    """What the guard is to answer. `refusal` None: it is done. `silent`: it looks at the request and writes no fact."""

    refusal: Refusal | None = None
    verdict: str = "clear"
    reasons: tuple[str, ...] = ()
    silent: bool = False


DONE = Told()


class AnsweringGuard:
    """Answers each request as soon as it is sent."""

    def __init__(self, reviewed: Reviewed, answer: Callable[[Asked], Told] = lambda asked: DONE) -> None:
        self._reviewed, self._answer = reviewed, answer
        self._facts: dict[tuple[str, int], Facts] = {}
        self.unanswered = 0
        self.most = 0
        reviewed.admin.taken = self.take

    def take(self, row: Row) -> None:
        if row.place.topic != self._reviewed.topic(Purpose.RELEASE):
            return
        request = SignedRequest.model_validate_json(row.value or b"")
        asked = request.asked()
        told = self._answer(asked)
        if not told.silent:
            if told.refusal is None and asked.request not in (Request.SHOW, Request.REWRAP):
                self._reviewed.decide(Address(asked.route, asked.topic, asked.partition, asked.offset))
            self._lane(asked).human(asked.offset, _act(asked, request, told), verdict=told.verdict, reasons=told.reasons)
        looked = RequestsRow(next=row.offset + 1)
        key = f"{asked.topic}/{asked.partition}/requests".encode()
        self._reviewed.admin.put(self._reviewed.topic(Purpose.STANDING), key, looked.write(), asked.partition)

    def _lane(self, asked: Asked) -> Facts:
        return self._facts.setdefault((asked.route, asked.partition), Facts(self._reviewed, asked.route, asked.partition))


def _act(asked: Asked, request: SignedRequest, told: Told) -> HumanAct:
    by, *second = (signature.by for signature in request.signatures)
    return HumanAct(
        request=asked.request,
        refusal=told.refusal or "",
        by=by,
        second=second[0] if second else "",
        why=asked.why,
        ticket=asked.ticket,
        waived=asked.waive,
        asked=hashlib.sha256(request.signed).hexdigest(),
    )


def offsets(held: Iterable[Address]) -> list[int]:
    return [each.offset for each in held]


def place(reviewed: Reviewed, purpose: Purpose, partition: int = 0) -> Partition:
    return Partition(reviewed.topic(purpose), partition)
