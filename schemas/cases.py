"""Tests of a policy, beside it as `policy.test.yaml`: records, and what must become of them."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.policy import Line, Written
from schemas.vocabulary import Verdict


class Case(Written):
    """One record. HL7 may be written a segment a line: line ends within `record` become CR where it starts with MSH."""

    name: Line
    record: str
    verdict: Verdict
    keeps: tuple[str, ...] = ()  # texts that must stand in what is forwarded
    loses: tuple[str, ...] = ()  # texts that must not

    @property
    def value(self) -> bytes:
        """The record's bytes."""
        text = self.record.strip("\n")
        return (text.replace("\n", "\r") + "\r" if text.startswith("MSH") else text).encode()


class PolicyTest(Written):
    """The cases of one policy."""

    apiVersion: Literal["pratique/v1alpha1"]  # noqa: N815  # the published spelling
    kind: Literal["PolicyTest"]
    policy: Line  # a shipped name, or a path from this file's folder
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]
