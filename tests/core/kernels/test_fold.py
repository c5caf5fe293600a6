"""The contract of `fold`; a native build runs through the same tests."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.core.kernels.fold import BLOCK, View, fold
from stream.core.values import Document
from tests.support.rows import document, escaped, raw

Fold = Callable[[Sequence[Document], Sequence[tuple[int, int]]], View]


@pytest.fixture(params=[fold], ids=["python"], scope="module")
def kernel(request: pytest.FixtureRequest) -> Fold:
    """Every build of the kernel."""
    build: Fold = request.param
    return build


def view_of(kernel: Fold, *texts: str, charset: str = "utf-8") -> View:
    """The view of one document that holds these texts."""
    return kernel((document(*(("health.text", text) for text in texts), charset=charset),), [(0, n) for n in range(len(texts))])


FOLDS = [
    ("GROSSESSE", "grossesse", "case"),
    ("Sérologie négative", "serologie negative", "accents"),
    ("e\u0301", "e", "a combining accent is not seen by itself"),
    ("ÀÇÎÔÜŸ", "aciouy", "accented capitals"),
    ("cœur, fœtus, ŒDÈME", "coeur, foetus, oedeme", "ligatures are written out"),
    ("Straße", "strasse", "sharp s"),
    ("ﬁbrine", "fibrine", "a typographer's ligature"),
    ("０６３９９８１２３４", "0639981234", "full-width digits"),
    ("٠٦٣٩٩٨١٢٣٤", "0639981234", "Arabic digits"),
    ("𝟎𝟔𝟑𝟗", "0639", "mathematical digits, beyond 16 bits"),
    ("ＤＵＲＡＮＤＥＬ", "durandel", "full-width letters"),
    ("𝐃𝐔𝐑𝐀𝐍𝐃𝐄𝐋", "durandel", "mathematical letters"),
    ("DURАNDЕL", "durandel", "Cyrillic А and Е"),
    ("ΚΕΡΟ", "kepo", "Greek capitals look Latin"),
    ("β-HCG", "b-hcg", "beta"),
    ("µmol et μmol", "umol et umol", "micro sign and Greek mu"),
    ("DU\u200bRAN\u00adDEL", "durandel", "zero width space and soft hyphen"),
    ("\u202e0639\u202c", "0639", "bidirectional marks"),
    ("\ufeffdurandel", "durandel", "a byte order mark"),
    ("DURAN\u0000DEL", "durandel", "a control character in a name"),
    ("D\ufe0fU\U000e0041R", "dur", "variation selectors and tags"),
    ("06\u00a039\u202f98\u200912", "06 39 98 12", "blanks of every width"),
    ("l1\tl2\r\nl3\u2028l4", "l1 l2  l3 l4", "ends of lines are blanks"),
    ("12–03—1984 − 5", "12-03-1984 - 5", "dashes"),
    ("l’examen d‘Élodie", "l'examen d'elodie", "apostrophes"),
    ("n° 12, nº 13, № 14", "no 12, no 13, no 14", "number signs"),
    ("06·39•98", "06.39.98", "dots"),
    ("½ … ①", "1/2 ... 1", "signs that are read as several"),
    ("😀 漢", "\x1a \x1a", "what has no fold"),
    ("", "", "nothing"),
    ("\u200b", "", "nothing that is seen"),
]


@pytest.mark.parametrize(("text", "expected", "reason"), FOLDS, ids=[case[2] for case in FOLDS])
def test_text_is_folded_to_what_a_reader_sees(kernel: Fold, text: str, expected: str, reason: str) -> None:
    view = view_of(kernel, text)

    assert view.leaf(0).folded == expected
    assert view.text == f"\n{expected}\n".encode()


@pytest.mark.parametrize(("text", "expected", "reason"), FOLDS, ids=[case[2] for case in FOLDS])
def test_escapes_are_read_before_they_are_folded(kernel: Fold, text: str, expected: str, reason: str) -> None:
    if max(text, default="") > "\uffff":
        text = text.encode("utf-16-be", "surrogatepass").decode("utf-16-be")
        written = "".join(escaped(c) if c <= "\uffff" else c for c in text)
    else:
        written = escaped(text)

    assert view_of(kernel, written).leaf(0).folded == expected


def test_half_of_a_pair_has_no_fold(kernel: Fold) -> None:
    assert view_of(kernel, "%D800x").leaf(0).folded == "\x1ax"


PLACES = [
    ("Mme DURANDEL", "durandel", "DURANDEL", "plain"),
    ("née Élodie", "elodie", "Élodie", "two bytes a character"),
    ("vu 0６３９ ici", "0639", "0６３９", "three bytes a character"),
    ("DU\u200bRAN\u00adDEL,", "durandel", "DU\u200bRAN\u00adDEL", "what hides inside goes with it"),
    ("x e\u0301lodie", "e", "e\u0301", "what hides behind a character belongs to it"),
    ("cœur", "oe", "œ", "both letters of a ligature"),
    ("cœur", "o", "œ", "a part of a ligature takes all of it: the end is rounded up"),
    ("cœur", "eu", "œu", "the start is rounded down"),
    ("tel %0030%0036", "06", "%0030%0036", "escapes whole"),
]


@pytest.mark.parametrize(("text", "span", "expected", "reason"), PLACES, ids=[case[3] for case in PLACES])
@pytest.mark.parametrize("before", ["", "Sérologie"], ids=["first leaf", "second leaf"])
def test_a_span_leads_back_to_its_bytes(kernel: Fold, text: str, span: str, expected: str, reason: str, before: str) -> None:
    rows = [("health.text", before)] * bool(before) + [("health.text", text)]
    page = document(*rows)
    view = kernel((page,), [(0, n) for n in range(len(rows))])
    number = len(rows) - 1
    start = view.leaf(number).folded.index(span)

    place = view.place(number, start, start + len(span))

    assert (place.document, place.leaf) == (0, number)
    assert raw(page, place.start, place.end) == expected


@pytest.mark.parametrize("size", [BLOCK - 6, BLOCK - 1, BLOCK, 3 * BLOCK + 5])
@pytest.mark.parametrize("filler", ["é", "é\u200b", "œ", "a"], ids=ascii)
def test_a_span_far_inside_a_long_leaf_leads_back_to_its_bytes(kernel: Fold, filler: str, size: int) -> None:
    page = document(("health.text", filler * size + "Élodie" + filler * 9))
    view = kernel((page,), [(0, 0)])
    start = view.leaf(0).folded.index("elodie")

    place = view.place(0, start, start + 6)

    assert raw(page, place.start, place.end).rstrip("\u200b") == "Élodie"


def test_bytes_of_a_single_byte_charset_are_characters(kernel: Fold) -> None:
    page = document(("health.text", "Négatif, œdème"), charset="cp1252")
    view = kernel((page,), [(0, 0)])

    place = view.place(0, view.leaf(0).folded.index("oedeme"), len(view.leaf(0).folded))

    assert raw(page, place.start, place.end) == "œdème"


def test_leaves_of_several_documents_stand_one_after_the_other(kernel: Fold) -> None:
    pages = (document(("health.text", "Un"), ("health.text", "DEUX")), document(("health.text", "Trois")))

    view = kernel(pages, [(0, 1), (1, 0), (0, 0)])

    assert view.text == b"\ndeux\ntrois\nun\n"
    assert [(leaf.document, leaf.leaf) for leaf in map(view.leaf, range(3))] == [(0, 1), (1, 0), (0, 0)]


def test_no_leaves_make_an_empty_view(kernel: Fold) -> None:
    assert kernel((), []).leaves == []


def test_a_view_shows_no_text_when_printed(kernel: Fold) -> None:
    view = view_of(kernel, "DURANDEL")

    assert "urandel" not in repr(view).lower()
    assert "urandel" not in repr(view.leaf(0)).lower()


TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="%"), max_size=12), min_size=1, max_size=5)


@given(TEXTS)
def test_visible_and_folded_text_have_one_length_and_folded_is_plain_ascii(texts: list[str]) -> None:
    view = view_of(fold, *texts)

    for leaf in map(view.leaf, range(len(texts))):
        assert len(leaf.visible) == len(leaf.folded)
        assert all(character == "\x1a" or " " <= character <= "~" for character in leaf.folded)
        assert leaf.folded == leaf.folded.lower()


@given(TEXTS)
def test_every_span_lies_within_its_leaf_and_holds_its_characters(texts: list[str]) -> None:
    page = document(*(("health.text", text) for text in texts))
    view = fold((page,), [(0, n) for n in range(len(texts))])

    for number, text in enumerate(texts):
        leaf = view.leaf(number)
        for at, character in enumerate(leaf.folded):
            place = view.place(number, at, at + 1)
            assert page.columns.start[number] <= place.start < place.end <= page.columns.end[number]
            assert character in view_of(fold, raw(page, place.start, place.end)).leaf(0).folded
        if leaf.visible:
            whole = view.place(number, 0, len(leaf.visible))
            assert text.endswith(raw(page, whole.start, whole.end))


@given(TEXTS)
def test_places_of_following_characters_never_go_back(texts: list[str]) -> None:
    view = view_of(fold, *texts)

    for number in range(len(texts)):
        places = [view.place(number, at, at + 1) for at in range(len(view.leaf(number).visible))]
        assert places == sorted(places)


@given(TEXTS)
def test_the_text_of_the_view_is_the_folded_leaves_between_newlines(texts: list[str]) -> None:
    view = view_of(fold, *texts)
    leaves = [view.leaf(n) for n in range(len(texts))]

    assert view.text.decode() == "".join(f"\n{leaf.folded}" for leaf in leaves) + "\n"
    for number, leaf in enumerate(leaves):
        start = view.cuts[number]
        assert [view.at(position) for position in range(start, start + len(leaf.folded) + 1)] == [number] * (len(leaf.folded) + 1)


@given(TEXTS)
def test_folding_what_is_folded_changes_nothing(texts: list[str]) -> None:
    folded = [view_of(fold, text).leaf(0).folded.replace("\x1a", "?").replace("%", "?") for text in texts]

    assert [view_of(fold, text).leaf(0).folded for text in folded] == folded


@given(st.lists(st.text(st.characters(max_codepoint=127, exclude_characters="%"), max_size=8), min_size=1, max_size=4))
def test_the_short_way_of_plain_text_leads_where_the_long_way_does(texts: list[str]) -> None:
    short, long = view_of(fold, *texts), view_of(fold, *texts, "é")

    assert [short.leaf(n)[2:4] for n in range(len(texts))] == [long.leaf(n)[2:4] for n in range(len(texts))]
    assert [short.leaf(n)[3] for n in range(len(texts))] == [view_of(fold, escaped(text)).leaf(0)[3] for text in texts]


HIDDEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u202a\u202e\u2066\ufe0f\u0301\u180e\u3164\x00\x08\x1b"


@given(st.text(st.sampled_from("DURAN éœ12"), min_size=1, max_size=10), st.data())
def test_what_is_not_seen_never_changes_what_is_read(text: str, data: st.DataObject) -> None:
    hidden = text
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(hidden)))
        hidden = hidden[:at] + data.draw(st.sampled_from(HIDDEN)) + hidden[at:]

    assert view_of(fold, hidden).leaf(0).folded == view_of(fold, text).leaf(0).folded
