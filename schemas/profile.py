"""A source's own profile, `apiVersion: pratique/v1alpha1`: what the places mean that only this laboratory has. People write it beside the
pipeline; `stream/core/decode/overlay.py` lays it over what is read. It says nothing of places that Pratique knows."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from schemas.faults import Complaint
from schemas.policy import Line, Metadata, Written
from schemas.vocabulary import Category

Segment = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{2}$"), Field(examples=["ZLB"])]
FieldPlace = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,3}(\.[1-9][0-9]{0,2})?$"), Field(examples=["3", "5.1"])]


class Profile(Written):
    """Names and segments that no profile of Pratique knows, each with the category of what stands there."""

    apiVersion: Literal["pratique/v1alpha1"]  # noqa: N815  # the published spelling
    kind: Literal["Profile"]
    metadata: Metadata
    names: Annotated[dict[Line, Category], Field(description="Keys of JSON, heads of columns, elements and attributes of XML.")] = Field({})
    segments: Annotated[dict[Segment, dict[FieldPlace, Category]], Field(description="Of HL7 v2: field, or field.component.")] = Field({})

    def complaints(self) -> Iterator[Complaint]:
        """What is wrong although the shape is right."""
        if not self.names and not self.segments:
            yield Complaint((), "the profile says nothing", "Write `names`, `segments`, or both.")
        for name, category in self.names.items():
            yield from _kind(("names", name), category)
        for segment, fields in self.segments.items():
            for field, category in fields.items():
                yield from _kind(("segments", segment, field), category)


def _kind(at: tuple[str, ...], category: Category) -> Iterator[Complaint]:
    if category not in PLACES:
        yield Complaint(at, f"nothing stands in a place as `{category}`", f"Name one of: {', '.join(sorted(PLACES))}.")


PLACES = frozenset(category for category in Category if category.parent is not None and Category.HEALTH_TOPIC not in category.lineage)
"""What a place may be said to hold: a kind of data, not a group of kinds. Topics lie on top of what a place says."""
