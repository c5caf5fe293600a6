"""The labels of a synthetic record: what was planted where. One JSON object a line, written by `pratique synth`, read by evaluations.
Published: it only grows."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.vocabulary import Category


class PlantedValue(BaseModel):
    """One planted value."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    category: Category
    path: str = Field(description="The place as `pratique inspect` shows it; empty where the record cannot be read.")
    start: int = Field(ge=0, description="First byte within the record.")
    end: int = Field(ge=0, description="The byte after the last.")
    subject: str = Field(
        description="The patient it belongs to, by the number of the file (IPP); empty for relatives, physicians and others."
    )
    value: str = Field(description="As it is written there, escapes and damage included.")


class LabelledRecord(BaseModel):
    """A record of the synthetic laboratory."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, serialize_by_alias=True)

    version: Literal[1] = Field(default=1, alias="schema", description="Major version.")
    name: str = Field(description="The file's name; of a record on Kafka what the file would be called.")
    format: str
    charset: str = Field(description="Of the bytes, as Python names it. Damage may have made it another than the record says.")
    kind: str = Field(description="report, cancellation, update, merge; control, catalogue and log are about nobody.")
    dirt: str = Field(default="", description="The damage done: typo, glued, key, copied, misread or charset; empty for none.")
    sent: str = Field(description="Local time of the laboratory.")
    labels: tuple[PlantedValue, ...] = Field(description="In the order of their bytes. They do not overlap.")
