"""Names for what holds a record, so that a person can waive it and the guard knows what is meant: `health.topic.hiv@OBX[3]-5`.

Called by `decide`, and by the tools that show a held record. A name is made of known names and ordinals, never of a value.
"""

from __future__ import annotations

from schemas.vocabulary import INCOMPLETE, Action
from stream.core.values import Act, Inspection, PartKind

_PARTS = {PartKind.VALUE: "", PartKind.KEY: "key:", PartKind.HEADER_NAME: "header#{}.name:", PartKind.HEADER_VALUE: "header#{}:"}


def waiver(seen: Inspection, act: Act) -> str:
    """The category and the place of an act, from the record's part inwards."""
    return f"{act.category}@{where(seen, act.place.document, act.place.leaf)}"


def where(seen: Inspection, number: int, leaf: int) -> str:
    """The path of a leaf through all documents that it is nested in."""
    document = seen.documents[number]
    path, origin = document.format.path(document, leaf), document.origin
    if origin.parent >= 0:
        return f"{where(seen, origin.parent, origin.leaf)}/{path}"
    return _PARTS[origin.part.kind].format(origin.part.number) + path


def waivable(act: Act) -> bool:
    """Whether a person may be let to waive what the act says: it holds the record, and it was read."""
    return holds(act) and act.step not in INCOMPLETE


def holds(act: Act) -> bool:
    """Whether the act keeps the whole record from its recipient."""
    return act.action >= Action.DROP
