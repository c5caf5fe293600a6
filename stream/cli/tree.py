"""Draws how a record was read: its documents, the layers by which they hang in each other, what each place means. Called by `inspect`."""

from __future__ import annotations

from rich.text import Text
from rich.tree import Tree

from stream.cli.offline import preview
from stream.core.roles import ROLES
from stream.core.values import Document, Inspection, Part, PartKind

_PARTS = {PartKind.VALUE: "value", PartKind.KEY: "key", PartKind.HEADER_NAME: "header #{} name", PartKind.HEADER_VALUE: "header #{}"}
_GUIDE = "dim"


def tree(seen: Inspection, title: str) -> Tree:
    """The record as a tree of documents and leaves. Values are masked as in any list of findings."""
    root = Tree(Text(title, "bold"), guide_style=_GUIDE)
    leaves: dict[tuple[int, int], Tree] = {}
    doubts = {(each.document, each.leaf): each.reason for each in seen.unread}
    for number, document in enumerate(seen.documents):
        above = leaves[document.origin[1:3]] if document.origin.parent >= 0 else root
        branch = above.add(Text(_head(document), "bold"))
        for leaf in range(len(document.columns.start)):
            leaves[number, leaf] = branch.add(_leaf(document, leaf, doubts.get((number, leaf), "")))
    return root


def _head(document: Document) -> str:
    layer, columns = document.origin.layer, document.columns
    how = f"by {layer.name}" if layer is not None else _part(document.origin.part)
    return f"{document.format.name}, {how}: {len(document.data)} bytes, {len(columns.start)} leaves, {columns.charset}"


def _part(part: Part) -> str:
    return _PARTS[part.kind].format(part.number + 1)


def _leaf(document: Document, leaf: int, doubt: str) -> Text:
    """Path, role, category and the mask of its value."""
    role = ROLES[document.columns.role[leaf]]
    line = Text.assemble(document.format.path(document, leaf) or "-", "  ", (role.name, "cyan"), "  ", (role.category.value, _GUIDE))
    if role.name != "frame":
        line.append(f"  {preview(document.format.text(document, leaf).text)}")
    if doubt:
        line.append(f"  not read: {doubt}", "red")
    return line
