"""How documents hang in documents: what is opened, what is left alone, and that an edit far down changes nothing else."""

import base64
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from schemas.vocabulary import Reason
from stream.core.decode import Decoded, decode
from stream.core.kernels.splice import splice
from stream.core.roles import ROLES
from stream.core.ruleset import nothing_extracted
from stream.core.values import Coordinate, Document, Edit, Limits, Record
from tests.core.decode.doubts import doubts

_LIMITS = Limits()
_SMALL = {"patient": {"nom": "DURANDEL", "prenom": "Élodie"}, "xx": "zz"}
_INNER = json.dumps(_SMALL, ensure_ascii=False)
_PDF = b"%PDF-1.4\n1 0 obj<</Title(x)>>\n\x00\xff\xfe"


def read(value: bytes, limits: Limits = _LIMITS) -> Decoded:
    return decode(Record(Coordinate("t", 0, 0), None, value), limits, nothing_extracted)


def texts(decoded: Decoded) -> list[list[str]]:
    """The texts of the leaves of each document, without what only wraps the next."""
    return [[document.format.text(document, leaf).text for leaf in range(len(document.columns.start))] for document in decoded.documents]


def find(decoded: Decoded, text: str) -> tuple[int, int]:
    """The last document and leaf with that text."""
    return [(number, leaf) for number, leaves in enumerate(texts(decoded)) for leaf, found in enumerate(leaves) if found == text][-1]


def written(decoded: Decoded, number: int, leaf: int, text: str) -> bytes:
    """The value after one leaf of one document was written."""
    document = decoded.documents[number]
    new = document.format.write(document, leaf, text)
    assert new is not None
    edits = [Edit(document.columns.start[leaf], document.columns.end[leaf], new)]
    while document.origin.layer is not None:
        lifted = document.origin.layer.lift(document.data, edits)
        assert lifted is not None
        edits = list(lifted)
        document = decoded.documents[document.origin.parent]
    return splice(document.data, edits)


def in_json(inner: str) -> bytes:
    return json.dumps({"commentaire": inner}).encode()


def in_hl7(inner: str) -> bytes:
    escaped = "".join(
        {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\", "\r": "\\X0D\\"}.get(character, character)
        for character in inner
    )
    return b"MSH|^~\\&|A|B|C|D|20240912||ORU^R01|1|P|2.5||||||UNICODE UTF-8\rNTE|1|L|" + escaped.encode() + b"|x\r"


def in_base64(inner: bytes) -> str:
    return base64.b64encode(inner).decode()


def wrapped(inner: bytes) -> str:
    return base64.encodebytes(inner).decode().replace("\n", "\r\n").strip()


def url_safe(inner: bytes) -> str:
    return base64.urlsafe_b64encode(inner).decode().rstrip("=")


_NESTS: list[tuple[str, bytes]] = [
    ("JSON in JSON", in_json(_INNER)),
    ("JSON in a JSON string", json.dumps(_INNER).encode()),
    ("JSON in a string in JSON", in_json(json.dumps(_INNER))),
    ("JSON in HL7", in_hl7(_INNER)),
    ("JSON in base64 in JSON", in_json(in_base64(_INNER.encode()))),
    ("the same in lines", in_json(wrapped(_INNER.encode() + b" " * 80))),
    ("the same in the alphabet of URLs", in_json(url_safe(_INNER.replace("zz", "z???>>>").encode()))),
    ("base64 among words", in_json(f"voir {in_base64(_INNER.encode())} merci")),
    ("base64 after many words", in_json("mot " * 200 + in_base64(_INNER.encode()))),
    ("base64 in lines before a word on a line", in_json(f"{wrapped(_INNER.encode() + b' ' * 80)}\nCordialement")),
    ("two runs in one text", in_json(f"{in_base64(_INNER.encode())} {in_base64(_INNER.encode())}")),
    ("a data URI", in_json(f"data:application/json;base64,{in_base64(_INNER.encode())}")),
    ("gzip", gzip.compress(_INNER.encode())),
    ("two members of gzip", gzip.compress(_INNER[:9].encode()) + gzip.compress(_INNER[9:].encode())),
    ("gzip in base64 in HL7", in_hl7(in_base64(gzip.compress(_INNER.encode())))),
    ("zlib", zlib.compress(_INNER.encode() * 1)),
    ("zlib in base64 in HL7", in_hl7(in_base64(zlib.compress(_INNER.encode(), 9)))),
    ("Zstandard", zstandard.ZstdCompressor().compress(_INNER.encode())),
    ("two frames of Zstandard", b"".join(zstandard.ZstdCompressor().compress(each.encode()) for each in (_INNER[:9], _INNER[9:]))),
    ("hexadecimal in JSON", in_json(_INNER.encode().hex())),
    ("hexadecimal in capitals among words", in_hl7(f"voir {_INNER.encode().hex().upper()} merci")),
    ("UTF-16 with its mark", _INNER.encode("utf-16")),
    ("UTF-16 without", _INNER.encode("utf-16-be")),
    ("UTF-32", _INNER.encode("utf-32")),
    ("HL7 in JSON", in_json(in_hl7(_INNER).decode())),
    ("JSON in base64 in HL7 in JSON in JSON", in_json(in_json(in_hl7(in_base64(_INNER.encode())).decode()).decode())),
    ("JSON in JSON in UTF-16 in base64 in plain text", f"Bonjour\n{in_base64(in_json(_INNER).decode().encode('utf-16'))}\nfin".encode()),
]


@pytest.mark.parametrize(("nest", "value"), _NESTS)
def test_what_is_nested_is_read_to_its_end(nest: str, value: bytes) -> None:
    decoded = read(value)
    assert doubts(decoded) == ()
    assert {"DURANDEL", "Élodie"} <= set(texts(decoded)[-1]), nest
    assert all(document.origin.parent < number for number, document in enumerate(decoded.documents)), "parents stand first"


@pytest.mark.parametrize(("nest", "value"), _NESTS)
def test_one_edit_at_the_innermost_changes_only_that(nest: str, value: bytes) -> None:
    before = read(value)
    number, leaf = find(before, "DURANDEL")
    after = read(written(before, number, leaf, 'É"|\\^'))
    expected = texts(before)[number]
    expected[leaf] = 'É"|\\^'
    assert texts(after)[number] == expected, nest
    assert len(after.documents) == len(before.documents)


@pytest.mark.parametrize(("nest", "value"), _NESTS)
def test_the_same_text_written_again_gives_the_same_bytes(nest: str, value: bytes) -> None:
    before = read(value)
    number, leaf = find(before, "DURANDEL")
    same = written(before, number, leaf, "DURANDEL")
    assert same == value or any(word in nest for word in ("gzip", "Zstandard")), nest
    assert texts(read(same))[number] == texts(before)[number], nest


@given(
    st.recursive(
        st.just(_INNER),
        lambda inner: (
            inner.map(lambda text: in_json(text).decode())
            | inner.map(lambda text: in_hl7(text).decode())
            | inner.map(lambda text: in_base64(text.encode()))
        ),
        max_leaves=3,
    )
)
def test_any_nest_up_to_the_depth_is_read_and_deeper_ones_are_not_cleared(value: str) -> None:
    decoded = read(value.encode())
    assert any("DURANDEL" in leaves for leaves in texts(decoded)) or doubts(decoded) == (Reason.TOO_DEEP,)


def _nested(levels: int) -> bytes:
    text = _INNER
    for _ in range(levels):
        text = in_json(text).decode()
    return text.encode()


def test_depth_has_a_limit() -> None:
    assert doubts(read(_nested(_LIMITS.depth))) == ()
    assert doubts(read(_nested(_LIMITS.depth + 1))) == (Reason.TOO_DEEP,)


_KEYS: dict[str, Callable[[str], bytes]] = {
    "attachment": lambda text: json.dumps({"piece_jointe": text}).encode(),
    "unknown": lambda text: json.dumps({"xx": text}).encode(),
    "code": lambda text: json.dumps({"loinc": text}).encode(),
    "name": lambda text: json.dumps({"nom": text}).encode(),
}


@pytest.mark.parametrize(
    ("place", "text", "reasons", "why"),
    [
        ("attachment", in_base64(_PDF), [Reason.UNDECODABLE], "a file nobody reads yet"),
        ("unknown", in_base64(_PDF), [Reason.UNDECODABLE], "a file where nobody expects one"),
        ("code", in_base64(_PDF), [Reason.UNDECODABLE], "a code place is no hiding place"),
        ("name", in_base64(_PDF), [], "an identity is removed as it is"),
        ("attachment", in_base64(b"\x93\x01\xff" * 20), [Reason.UNDECODABLE], "binary data of no kind"),
        ("attachment", in_base64(_INNER.encode())[:-3], [Reason.UNDECODABLE], "base64 that lost its end"),
        ("attachment", "Compte rendu : rien de particulier ce jour.", [], "plain text"),
        ("attachment", "RAS", [], "a word"),
        ("unknown", "550e8400e29b41d4a716446655440000", [], "a UUID is a word"),
        ("unknown", "550e8400-e29b-41d4-a716-446655440000", [], "a UUID is a word"),
        ("unknown", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" * 2, [], "a hash is a word"),
        ("unknown", "anticonstitutionnellementanticonstitutionnellement", [], "a long word"),
        ("unknown", "k3VJ9sQ2mXz7Lw0aBcD4EfGh", [], "a short token is a word"),
        ("unknown", in_base64(b"\x93\x01\xff" * 60), [Reason.UNDECODABLE], "binary data of that length is no word"),
        ("unknown", "-----BEGIN PGP MESSAGE-----\n\nhQ", [Reason.ENCRYPTED], "PGP"),
        ("unknown", in_base64(b"Salted__" + bytes(range(128, 200))), [Reason.ENCRYPTED], "openssl"),
        ("unknown", '{"a":1,"a":2}', [Reason.DUPLICATE_KEY], "a document that cannot be trusted"),
        ("unknown", '{"a":1,', [], "the beginning of a document is text"),
        ("unknown", "[absent]", [], "a bracket is no document"),
        ("unknown", in_base64(gzip.compress(_INNER.encode())[:-9]), [Reason.UNDECODABLE], "gzip that lost its end"),
    ],
)
def test_data_is_never_passed_unseen_and_words_are_never_data(place: str, text: str, reasons: list[Reason], why: str) -> None:
    assert list(doubts(read(_KEYS[place](text)))) == reasons, why


def test_a_bomb_is_not_expanded() -> None:
    assert doubts(read(gzip.compress(bytes(200 * 1024 * 1024), 9))) == (Reason.OVER_BUDGET,)
    assert doubts(read(gzip.compress(b" " * 3_000_000), _LIMITS._replace(expanded=1_000_000))) == (Reason.OVER_BUDGET,)
    assert doubts(read(gzip.compress(b"") * 10_000)) == (Reason.OVER_BUDGET,)


def test_all_documents_share_one_budget() -> None:
    value = json.dumps([in_base64(_INNER.encode() + b" " * 1000)] * 100).encode()
    assert doubts(read(value)) == ()
    assert doubts(read(value, _LIMITS._replace(expanded=len(value) + 50_000))) == (Reason.OVER_BUDGET,)
    assert doubts(read(value, _LIMITS._replace(leaves=300))) == (Reason.OVER_BUDGET,)


@pytest.mark.parametrize(
    ("value", "role", "why"),
    [
        ({"note": _INNER}, "frame", "nothing else in it"),
        ({"note": in_base64(_INNER.encode())}, "frame", "nothing else in it"),
        ({"xx": in_base64(_INNER.encode())}, "frame", "nothing else in it"),
        ({"note": f"voir {in_base64(_INNER.encode())}"}, "health.text", "words around it"),
        ({"piece_jointe": in_base64(_INNER.encode())}, "result.attachment", "an attachment is one, whatever is in it"),
        ({"note": "{absent}"}, "health.text", "no document"),
    ],
)
def test_a_leaf_that_only_holds_a_document_is_a_frame(value: dict[str, str], role: str, why: str) -> None:
    outer = read(json.dumps(value).encode()).documents[0]
    assert ROLES[outer.columns.role[1]].name == role, why


def test_what_hangs_in_an_inner_document_hangs_there_only() -> None:
    decoded = read(in_json(in_json(f"voir {in_base64(_INNER.encode())}").decode()))
    assert [document.origin.parent for document in decoded.documents] == [-1, 0, 1]


def test_an_edit_that_its_parent_cannot_write_is_not_lifted() -> None:
    decoded = read(in_json(_INNER))
    layer = decoded.documents[1].origin.layer
    assert layer is not None
    cut = len(_INNER[: _INNER.index("É")].encode()) + 1
    assert layer.lift(decoded.documents[1].data, [Edit(cut, cut + 1, b"")]) is None, "half a character"


@pytest.mark.parametrize("layer", ["base64", "text", "gzip", "utf-16-le"])
def test_a_layer_never_prints_what_it_holds(layer: str) -> None:
    for _, value in _NESTS:
        for document in read(value).documents:
            found = document.origin.layer
            assert found is None or found.name != layer or "DURANDEL" not in repr(found)


def _scopes(decoded: Decoded) -> list[tuple[str, int]]:
    def scope(document: Document) -> int:
        return document.scope_of(0) if document.columns.start else document.scope

    return [(document.format.name, scope(document)) for document in decoded.documents]


def test_each_message_of_several_is_a_scope_and_what_hangs_in_it_belongs_there() -> None:
    decoded = read(in_hl7(_INNER) + in_hl7(_INNER))
    assert _scopes(decoded) == [("frames", 0), ("hl7v2", 1), ("hl7v2", 2), ("json", 1), ("json", 2)]


def test_one_framed_message_is_the_record_as_a_whole() -> None:
    assert _scopes(read(b"\x0b" + in_hl7("x") + b"\x1c\r")) == [("frames", 0), ("hl7v2", 0)]


def test_scopes_of_nested_documents_are_numbered_on() -> None:
    rows = json.dumps([{"nom": "DURANDEL", "note": json.dumps([{"nom": "A"}, {"nom": "B"}])}, {"nom": "LEGALLOIS"}]).encode()
    decoded = read(rows)
    outer, inner = decoded.documents
    assert sorted({outer.scope_of(leaf) for leaf in range(len(outer.columns.start))}) == [1, 2]
    assert sorted({inner.scope_of(leaf) for leaf in range(len(inner.columns.start))}) == [3, 4]


# ---- what is read, and not written again --------------------------------------------------------------------------------


def zipped(*files: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return packed.getvalue()


def test_the_files_of_an_archive_and_their_names_are_read() -> None:
    decoded = read(zipped(("LEGALLOIS_MARCEL.json", _INNER.encode()), ("empty.txt", b""), ("inner.zip", zipped(("a.txt", b"KERVELLA")))))

    assert doubts(decoded) == ()
    found = " ".join(text for leaves in texts(decoded)[1:] for text in leaves if len(text) < 100)
    assert all(word in found for word in ("LEGALLOIS_MARCEL", "DURANDEL", "KERVELLA"))


def test_an_archive_in_an_attachment_is_not_written_again() -> None:
    decoded = read(in_hl7(in_base64(zipped(("a.json", _INNER.encode())))))
    number, leaf = find(decoded, "DURANDEL")
    layer = decoded.documents[number].origin.layer

    assert layer is not None
    assert layer.lift(decoded.documents[number].data, [Edit(0, 0, b"x")]) is None
    assert leaf >= 0


@pytest.mark.parametrize(
    ("data", "reason", "why"),
    [
        (zipped(("a", bytes(200 * 1024 * 1024))), Reason.OVER_BUDGET, "a bomb"),
        (zipped(*((str(number), b"x") for number in range(1001))), Reason.OVER_BUDGET, "too many files"),
        (zipped(("a", b"x" * 50))[:-30], Reason.UNDECODABLE, "the end is lost"),
        (zipped(("a", b"x" * 50)).replace(b"\x14\x00\x00\x00\x08\x00", b"\x14\x00\x01\x00\x08\x00"), Reason.ENCRYPTED, "a password"),
        (zstandard.ZstdCompressor().compress(bytes(400 * 1024 * 1024)), Reason.OVER_BUDGET, "a bomb of Zstandard"),
        (zlib.compress(bytes(200 * 1024 * 1024), 9), Reason.OVER_BUDGET, "a bomb of zlib"),
        (zlib.compress(_INNER.encode())[:-5], Reason.UNDECODABLE, "zlib that lost its end"),
        (b"\x28\xb5\x2f\xfd" + bytes(40), Reason.UNDECODABLE, "no Zstandard but for its head"),
    ],
)
def test_what_cannot_be_unpacked_within_the_budget_is_not_cleared(data: bytes, reason: Reason, why: str) -> None:
    assert doubts(read(data)) == (reason,), why


# ---- spelled bytes ------------------------------------------------------------------------------------------------------

_SPELLINGS = [
    ("percent-encoding", "nom=DURANDEL%20%C3%89lodie", "nom=DURANDEL Élodie"),
    ("quoted-printable", "Patiente DURANDEL =C3=89lodie", "Patiente DURANDEL Élodie"),
    ("misread", "Patiente DURANDEL Ã‰lodie", "Patiente DURANDEL Élodie"),
    ("misread", "HÃ©lÃšne, CÃŽme, Ã\xa0 MÃ¼nster Ã‰lodie", "Hélène, Côme, à Münster Élodie"),
]


@pytest.mark.parametrize(("layer", "written_", "reads"), _SPELLINGS)
@pytest.mark.parametrize("around", [in_json, in_hl7])
def test_spelled_bytes_are_read_and_an_edit_changes_their_spelling_alone(
    around: Callable[[str], bytes], layer: str, written_: str, reads: str
) -> None:
    decoded = read(around(written_))
    child = decoded.documents[-1]
    at = reads.encode().index("Élodie".encode())

    assert child.origin.layer is not None
    assert (child.origin.layer.name, child.data.decode()) == (layer, reads)
    lifted = child.origin.layer.lift(child.data, [Edit(at, at + len("Élodie".encode()), "é*".encode())])
    assert lifted is not None
    parent = decoded.documents[0]
    after = read(splice(parent.data, lifted))
    assert after.documents[-1].data.decode() == reads.replace("Élodie", "é*")


def test_a_line_that_goes_on_is_one_line() -> None:
    assert read(in_json("Patiente DURAN=\r\nDEL =C3=89lodie")).documents[-1].data.decode() == "Patiente DURANDEL Élodie"


@pytest.mark.parametrize("text", ["12 % 25", "a=b", "TSH = 2.3", "100%", "x=12 mg"])
def test_signs_that_spell_nothing_are_signs(text: str) -> None:
    assert len(read(in_json(text)).documents) == 1
