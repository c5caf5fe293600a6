"""What reviewers ask of the guard, as it stands on the release topic. Published, like `events`: people's tools write it, the guard
reads it."""

from base64 import b64decode, b64encode
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from schemas.events import Event
from schemas.vocabulary import Request

Ticket = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._/-]{0,64}$")]


class Why(StrEnum):
    """Why a person asks. A closed list: free text would carry identities into facts."""

    FALSE_POSITIVE = "false_positive"
    CLINICAL_NEED = "clinical_need"
    AUTHORISED = "authorised"  # by somebody outside; name the ticket
    POLICY_CHANGED = "policy_changed"
    BACKLOG = "backlog"  # held only because a breaker stood open
    DUPLICATE = "duplicate"
    TEST_DATA = "test_data"
    RETENTION = "retention"
    KEY_CHANGE = "key_change"
    REVIEW = "review"  # to look, before anything is decided
    OTHER = "other"


class Asked(Event):
    """What is signed. `record` is closed to the guard's release key, and bound to all of this but itself."""

    request: Request
    cluster: str
    route: str
    topic: str
    partition: int
    offset: int
    at: int = Field(description="Seconds since the epoch, the asker's clock.")
    why: Why
    ticket: Ticket = Field(default="", description="A number in the asker's own ticket system.")
    waive: tuple[str, ...] = Field(default=(), description="Names of what is not to hold the record: category@path.")
    record: str = Field(default="", description="For a release: the record, closed to the guard; base64.")
    parts: tuple[str, ...] = Field(default=(), description="For a rewrap: the parts of the seal, wrapped anew; base64.")

    def address(self) -> bytes:
        """Kafka key of the request: the route and the coordinate of the held record."""
        return f"{self.route}/{self.topic}/{self.partition}/{self.offset}".encode()

    @property
    def closed(self) -> bytes:
        """The closed record. Raises ValueError."""
        return b64decode(self.record, validate=True)

    @property
    def seals(self) -> tuple[bytes, ...]:
        """The parts of a seal that was wrapped anew. Raises ValueError."""
        return tuple(b64decode(part, validate=True) for part in self.parts)


class Signature(BaseModel):
    """A person's Ed25519 signature of the body. Names come from keys, never from what is written here."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    by: str = Field(description="Id of the person's signing key.")
    signature: str = Field(description="Base64.")

    @property
    def raw(self) -> bytes:
        """Raises ValueError."""
        return b64decode(self.signature, validate=True)


class SignedRequest(BaseModel):
    """A request with the signatures of the person who asks and, where two are needed, of the one who agrees. Key: `Asked.address`;
    partition: the held record's."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, serialize_by_alias=True)

    version: Literal[1] = Field(default=1, alias="schema", description="Major version of the request.")
    body: str = Field(description="An `Asked` as JSON, base64: the very bytes that were signed.")
    signatures: tuple[Signature, ...] = Field(max_length=8)

    @property
    def signed(self) -> bytes:
        """The bytes that were signed. Raises ValueError."""
        return b64decode(self.body, validate=True)

    def asked(self) -> Asked:
        """Raises ValueError."""
        return Asked.model_validate_json(self.signed)

    def write(self) -> bytes:
        """Compact JSON."""
        return self.model_dump_json().encode()


def unsigned(asked: Asked) -> SignedRequest:
    """The request, to be signed."""
    return SignedRequest(body=b64encode(asked.write()).decode(), signatures=())
