"""What holds for any bytes: laws of one format, of a decoded record, and of what leaves. Each breaks by an exception, which is a finding.

Work is bounded by what is counted (leaves, bytes), never by a clock; who runs the laws watches for what never ends.
"""

from collections.abc import Sequence
from itertools import pairwise

from schemas.vocabulary import Reason
from stream.core.act import act
from stream.core.decide import decide
from stream.core.decode import decode
from stream.core.detect import detect
from stream.core.judge import inspect, judge
from stream.core.kernels.splice import splice
from stream.core.ruleset import Ruleset, nothing_extracted
from stream.core.subjects import subjects
from stream.core.values import (
    Columns,
    Document,
    Edit,
    Format,
    Incomplete,
    Inspection,
    Limits,
    Origin,
    Outcome,
    Part,
    PartKind,
    Record,
    Standing,
)

LIMITS = Limits(expanded=4 << 20, leaves=20_000, hits=5_000)
_READ, _WRITTEN = 24, 8  # leaves of a document that are looked at, so that an input stays quick
_WORDS = (None, "x", "\u00e9|^~\\&<\"'\r\n,;")  # absent, a letter, and what formats have to escape
_TOLD_BY_CONTENT = frozenset({"csv", "hprim_medecin", "packed", "text"})  # so that what is left of it may be something else
_TIMES = 4  # that what is damaged is acted on at most until it stays as it is
_VALUE = Origin(Part(PartKind.VALUE))


def check_format(format_: Format, data: bytes) -> None:
    """A format reads what it takes for its own to the end or says why not, and what is written in a leaf stays in its place."""
    if not format_.sniff(data):
        return
    columns = format_.leaves(data, LIMITS)
    if isinstance(columns, Incomplete):
        return
    document = Document(data, format_, columns, _VALUE)
    _check_columns(data, columns)
    for leaf in _some(len(columns.start), _READ):
        text, offsets = format_.text(document, leaf)
        text.encode("utf-8")  # no half of a surrogate pair
        start, end = columns.start[leaf], columns.end[leaf]
        places = range(start, end + 1) if offsets is None else offsets
        assert len(places) == len(text) + 1, "each character has its place"
        assert all(start <= place <= end for place in (places[0], places[-1])), "the text is that of the leaf"
        assert all(one <= other for one, other in pairwise(places)), "characters stand in order"
        format_.path(document, leaf).encode("utf-8")
    for word in _WORDS:
        format_.leaves(splice(data, _written(document, word)), LIMITS)
    for word in (None, "x") if format_.name not in _TOLD_BY_CONTENT else ():
        for edit in _written(document, word)[:3]:
            outcome = splice(data, [edit])
            assert format_.sniff(outcome), "what is written is read by the same format"
            assert isinstance(format_.leaves(outcome, LIMITS), Columns), "what is written is read to its end"


def _check_columns(data: bytes, columns: Columns) -> None:
    count = len(columns.start)
    assert count <= LIMITS.leaves, "the budget holds"
    assert len(columns.end) == len(columns.role) == len(columns.mark) == count, "columns are equally long"
    assert not columns.labels or len(columns.labels) == count, "columns are equally long"
    at = 0
    for start, end in zip(columns.start, columns.end, strict=True):
        assert at <= start < end <= len(data), "leaves stand in order, hold something and do not overlap"
        at = end
    assert all(-1 <= label < count for label in columns.labels), "a label is a leaf"
    assert list(columns.scopes) == sorted(columns.scopes), "scopes ascend"
    assert all(0 <= scope <= count for scope in columns.scopes), "a scope is made of leaves"
    at = 0
    for first, last in columns.groups:
        assert at <= first <= last <= count, "results ascend and share no leaf"
        at = last


def _some(count: int, wanted: int) -> Sequence[int]:
    """Leaves evenly spread over a document, or documents over a record."""
    return range(0, count, -(-count // wanted) or 1)


def _written(document: Document, word: str | None) -> Sequence[Edit]:
    """The edits that write a word in some leaves, less those that would take what an earlier one took."""
    columns, edits = document.columns, list[Edit]()
    for leaf in _some(len(columns.start), _WRITTEN):
        written = document.format.write(document, leaf, word)
        if written is None:
            continue
        edit = Edit(columns.start[leaf], columns.end[leaf], written) if isinstance(written, bytes) else written
        assert word is None or edit is not written, "only absent takes more than the leaf"
        if not edits or edits[-1].end <= edit.start:
            edits.append(edit)
    return edits


def check_layers(record: Record) -> None:
    """Whatever hangs in a record: parents first, within its budgets, and an edit of a child goes up to the record's bytes."""
    decoded = decode(record, LIMITS, nothing_extracted)
    documents = decoded.documents
    assert sum(len(document.data) for document in documents) <= LIMITS.expanded, "the budget holds"
    assert sum(len(document.columns.start) for document in documents) <= LIMITS.leaves, "the budget holds"
    for number, document in enumerate(documents):
        _check_columns(document.data, document.columns)
        assert document.origin.parent < number, "parents stand first"
    for unread in decoded.unread:
        assert 0 <= unread.leaf < len(documents[unread.document].columns.start), "what was not read hangs on a leaf"
    for number in _some(len(documents), _READ):
        for word in _WORDS:
            _check_lifted(documents, number, _written(documents[number], word))


def _check_lifted(documents: Sequence[Document], number: int, edits: Sequence[Edit]) -> None:
    """Edits go up layer by layer, until one cannot be closed, and each document above is read again as it is then."""
    document = documents[number]
    document.format.leaves(splice(document.data, edits), LIMITS)
    layer = document.origin.layer
    above = layer.lift(document.data, edits) if layer is not None else None
    if above is not None:
        _check_lifted(documents, document.origin.parent, above)


def check_whole(record: Record, rules: Ruleset) -> None:
    """No record breaks the core. What leaves on a route is read to its end there, and acting again and again comes to an end.

    Once is enough for what is whole (`tests/core/test_laws.py`); what is damaged may be read as something else when less of it is left."""
    rules = rules._replace(source=rules.source._replace(limits=LIMITS))
    for outcome in _outcomes(record, rules):
        left = outcome.forward
        for _ in range(_TIMES):
            if left is None:
                break
            before, left = left, _outcomes(left, rules)[outcome.route].forward
            assert left is not None, f"what left is read to its end: {_formats(record)}"
            if left == before:
                break
        else:
            raise AssertionError(f"acting comes to an end: {_formats(record)}")


def _formats(record: Record) -> str:
    """What a record is made of, to tell one finding from another."""
    return " ".join(sorted({document.format.name for document in decode(record, LIMITS, nothing_extracted).documents}))


def _outcomes(record: Record, rules: Ruleset) -> Sequence[Outcome]:
    outcomes = judge(inspect(record, rules), rules, [Standing()] * len(rules.routes))
    if any(Reason.EXCEPTION in outcome.decision.reasons for outcome in outcomes):
        _break(record, rules)
    return outcomes


def _break(record: Record, rules: Ruleset) -> None:
    """The steps of judge without its net, so that the exception shows where it came from."""
    documents, _, unread = decode(record, LIMITS, rules.extract, rules.source.overlay)
    findings, _ = detect(documents, rules.detection, LIMITS)
    seen = Inspection(record, documents, findings, subjects(documents, rules.source.subjects), (), unread)
    for route in rules.routes:
        act(seen, decide(seen, route, Standing()), route)
    raise AssertionError("no record breaks the core")
