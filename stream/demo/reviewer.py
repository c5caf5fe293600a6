"""The reviewer of the demo: opens a seal with a key that the guard does not have, and asks for a release, as `pratique quarantine` does."""

from __future__ import annotations

import secrets
import time
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from schemas.requests import Why
from stream.demo.stage import REVIEWER, Stage
from stream.errors import Unavailable
from stream.guard import keyfile
from stream.guard.admin import Admin
from stream.guard.keyfile import KeyFile, Kind
from stream.review.address import Address
from stream.review.again import judged
from stream.review.answers import Answer, Answers
from stream.review.asking import Grounds, Opening, Signer, opened, signed, to_release
from stream.review.held import pick, read_held
from stream.review.site import known_site

WHY = Why.CLINICAL_NEED


class Looked(NamedTuple):
    """A seal that was opened. `holds`: names of what holds the record, which the policy lets the reviewer waive."""

    address: Address
    opening: Opening
    holds: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Looked({self.address})"


class Reviewer:
    """One person, with her two keys."""

    def __init__(self, stage: Stage) -> None:
        self._site = known_site(stage.bundle, Admin(stage.settings.kafka.librdkafka()))
        _, self._key = _key(stage.reviewer, Kind.REVIEWER)
        file, signing = _key(stage.reviewer, Kind.SIGNING)
        self._signer = Signer(self._site.people[file.id], signing)
        self._answers: Answers | None = None
        self.answer: Answer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._answers is not None:
            self._answers.__exit__(kind, error, trace)

    def open(self, address: Address) -> Looked:
        """Raises SealError, Unavailable."""
        held = [each for each in read_held(self._site, (address.partition,)) if each.address == address]
        parts = pick(self._site, held).get(address)
        if parts is None:
            raise Unavailable(f"{address}: its seal is gone")
        opening = opened(self._site, parts, self._key)
        seen = judged(self._site.bundle, address.route, opening.opened.record, secrets.token_bytes(32))
        return Looked(address, opening, tuple(hold.name for hold in seen.holds if REVIEWER in hold.by))

    def ask(self, looked: Looked) -> None:
        """Signs the request, and puts it on the release topic. Raises Unavailable."""
        grounds = Grounds(WHY, "", int(time.time()))
        asked = to_release(self._site, looked.address, looked.opening, looked.holds, grounds, secrets.token_bytes)
        self._answers = Answers(self._site, (looked.address.partition,))
        self._answers.send([signed(asked, self._signer)])

    def heard(self) -> bool:
        """Whether the guard answered by now. Raises Unavailable."""
        if self.answer is None and self._answers is not None:
            self.answer = next(iter(self._answers.poll(0)), None)
        return self.answer is not None


def _key(folder: Path, kind: Kind) -> tuple[KeyFile, bytes]:
    """The file of a private key, and its secret."""
    found = ((path, keyfile.read(path)) for path in sorted(folder.glob("*.key")))
    path, file = next((path, file) for path, file in found if file.kind is kind)
    return file, keyfile.secret(file, path)
