"""The places of an HL7 v2 message that tell a reader most: who, born when, which number, which result, what is said of it."""

from __future__ import annotations

from typing import NamedTuple

_LONGEST = {"name": 20, "born": 8, "number": 12, "result": 19, "comment": 62}  # characters that a narrow screen has


class Excerpt(NamedTuple):
    """As written in the message; "" for what is not there."""

    name: str
    born: str
    number: str
    result: str
    comment: str

    def __repr__(self) -> str:
        return "Excerpt()"

    @property
    def is_short(self) -> bool:
        return all(0 < len(getattr(self, field)) <= most for field, most in _LONGEST.items())


def excerpt(message: bytes) -> Excerpt:
    """Of the first patient, by the name in use, which comes last; the first result, the first comment."""
    segments: dict[str, list[str]] = {}
    for segment in message.decode(errors="replace").split("\r"):
        fields = segment.split("|")
        segments.setdefault(fields[0], fields)
    pid, obx = segments.get("PID", []), segments.get("OBX", [])
    name, result = _field(pid, 5).rpartition("~")[2].split("^"), (_component(obx, 3, 2), _component(obx, 5, 1), _component(obx, 6, 1))
    return Excerpt(
        name=" ".join(part for part in name[:2] if part),
        born=_component(pid, 7, 1),
        number=_component(pid, 3, 1),
        result=" ".join(part for part in result if part),
        comment=_field(segments.get("NTE", []), 3),
    )


def _field(segment: list[str], number: int) -> str:
    return segment[number] if number < len(segment) else ""


def _components(segment: list[str], number: int) -> list[str]:
    """Of the field's first repetition."""
    return _field(segment, number).partition("~")[0].split("^")


def _component(segment: list[str], number: int, place: int) -> str:
    found = _components(segment, number)
    return found[place - 1] if place <= len(found) else ""
