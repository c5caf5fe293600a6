"""What the XML format reads and writes, checked against expat where both read the same thing."""

from itertools import pairwise
from xml.parsers import expat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.vocabulary import Reason
from stream.core.decode.xml import FORMAT
from stream.core.roles import ROLES
from stream.core.values import Columns, Edit, Incomplete, Limits, Mark
from tests.core.decode.xml import places, read, roles, texts, without


def well_formed(data: bytes) -> bool:
    try:
        expat.ParserCreate().Parse(data, True)
    except expat.ExpatError:
        return False
    return True


def spoken(data: bytes) -> str:
    """All characters, attributes and comments that expat reads, blanks aside."""
    said: list[str] = []
    parser = expat.ParserCreate()
    parser.CharacterDataHandler = said.append
    parser.StartElementHandler = lambda _, attributes: said.extend(attributes.values())
    parser.CommentHandler = said.append
    parser.ProcessingInstructionHandler = lambda target, rest: said.append(f"{target} {rest}")
    parser.Parse(data, True)
    return "".join("".join(said).split())


_letters = st.text("abé€😀 '\"<&>]x-5\n", max_size=8)
_name = st.sampled_from(["a", "b", "patient", "nom", "x:y", "é", "valeur", "id"])


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _numbered(text: str) -> str:
    return "".join(f"&#x{ord(character):X};" for character in text)


_written = st.one_of(
    _letters.map(_escaped),
    _letters.map(_numbered),
    _letters.filter(lambda text: "]" not in text).map(lambda text: f"<![CDATA[{text}]]>"),
    _letters.filter(lambda text: "-" not in text).map(lambda text: f"<!--{text}-->"),
    st.just("<?p a b?>"),
)


def _element(name: str, attributes: dict[str, str], content: list[str]) -> str:
    written = "".join(f' {key}="{_escaped(value)}"' for key, value in attributes.items())
    return f"<{name}{written}>{''.join(content)}</{name}>" if content else f"<{name}{written} />"


_attributes = st.dictionaries(_name, _letters, max_size=3)
_elements = st.recursive(
    st.builds(_element, _name, _attributes, st.lists(_written, max_size=3)),
    lambda inner: st.builds(_element, _name, _attributes, st.lists(inner | _written, max_size=3)),
    max_leaves=6,
)
_documents = st.builds(lambda head, root: (head + root).encode(), st.sampled_from(["", '<?xml version="1.0"?>\n', "<!--c-->\n"]), _elements)


@settings(deadline=None, max_examples=150)
@given(_documents)
def test_everything_that_a_reader_is_told_stands_in_a_leaf(data: bytes) -> None:
    document = read(data)
    rest = spoken(data)
    names = {leaf for leaf, role in enumerate(document.columns.role) if ROLES[role].name == "key.unknown"}
    for leaf, text in enumerate(texts(document)):
        if leaf not in names:
            said = "".join(text.split())
            assert said in rest
            rest = rest.replace(said, "", 1)

    assert rest == ""


@settings(deadline=None, max_examples=100)
@given(_documents)
def test_each_character_knows_its_bytes(data: bytes) -> None:
    document = read(data)
    for leaf, (start, end) in enumerate(zip(document.columns.start, document.columns.end, strict=True)):
        text, offsets = FORMAT.text(document, leaf)
        stands = offsets or range(start, end + 1)
        assert (stands[0], stands[-1], len(stands)) == (start, end, len(text) + 1)
        for character, (first, last) in zip(text, pairwise(stands), strict=True):
            written = data[first:last].decode()
            assert written == character or (document.columns.mark[leaf] == Mark.ESCAPED and written[0] == "&")


@settings(deadline=None, max_examples=100)
@given(_documents)
def test_leaves_are_ordered_disjoint_and_in_bounds(data: bytes) -> None:
    columns = read(data).columns
    edges = [edge for span in zip(columns.start, columns.end, strict=True) for edge in span]
    assert edges == sorted(edges)
    assert all(start < end <= len(data) for start, end in zip(columns.start, columns.end, strict=True))
    assert len(columns.start) == len(columns.role) == len(columns.mark) == len(columns.labels)
    assert sorted(columns.groups) == list(columns.groups)
    assert all(label < leaf for leaf, label in enumerate(columns.labels))


@settings(deadline=None, max_examples=150)
@given(_documents, st.data(), st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=6))
def test_a_written_text_is_read_back_and_nothing_else_changes(data: bytes, draw: st.DataObject, text: str) -> None:
    document = read(data)
    if not document.columns.start or not text.strip():
        return
    leaf = draw.draw(st.integers(0, len(document.columns.start) - 1))
    new = FORMAT.write(document, leaf, text)
    if new is None:
        return
    changed = data[: document.columns.start[leaf]] + new + data[document.columns.end[leaf] :]

    assert well_formed(changed) or not text.isprintable()
    again = texts(read(changed))
    assert [each for number, each in enumerate(texts(document)) if number != leaf] == [
        each for number, each in enumerate(again) if number != leaf
    ]
    assert again[leaf].strip() == text.strip()


@settings(deadline=None, max_examples=150)
@given(_documents, st.sampled_from([b"", b' xmlns="urn:hl7-org:v3"', b' xmlns="http://hl7.org/fhir"']))
def test_whatever_is_removed_the_rest_is_well_formed_and_as_it_was(data: bytes, space: bytes) -> None:
    data = b"<root" + space + b">" + data[data.index(b"<a") if data.startswith(b"<?xml") and b"<a" in data else 0 :] + b"</root>"
    if not isinstance(FORMAT.leaves(data, Limits()), Columns):
        return
    document = read(data)
    edits: list[Edit] = []
    for leaf, (start, end) in enumerate(zip(document.columns.start, document.columns.end, strict=True)):
        word = FORMAT.write(document, leaf, None)
        if word is not None:
            edits.append(word if isinstance(word, Edit) else Edit(start, end, word))
    assert all(one.end <= other.start for one, other in pairwise(sorted(edits)))
    for edit in sorted(edits, reverse=True):
        data = data[: edit.start] + edit.new + data[edit.end :]

    assert well_formed(data)


_PIECES = st.sampled_from(
    [
        "<",
        ">",
        "/",
        "&",
        ";",
        '"',
        "'",
        "=",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?",
        "?>",
        "<!DOCTYPE a>",
        "&amp;",
        "&#0;",
        "a",
        " ",
        "\x00",
    ]
)


@settings(deadline=None, max_examples=500)
@given(_documents, st.integers(0, 200), _PIECES, st.integers(0, 4))
def test_damaged_xml_is_refused_unless_it_still_is_xml(data: bytes, place: int, piece: str, cut: int) -> None:
    at = place % len(data)
    damaged = data[:at] + piece.encode() + data[at + cut :]
    if isinstance(FORMAT.leaves(damaged, Limits()), Columns):
        assert well_formed(damaged.strip())


@settings(deadline=None, max_examples=500)
@given(
    st.binary(max_size=64)
    | st.binary(max_size=64).map(b"<a>".__add__)
    | st.lists(_PIECES, max_size=16).map(lambda all_: "".join(all_).encode())
)
def test_no_bytes_make_it_raise(data: bytes) -> None:
    FORMAT.sniff(data)
    if isinstance(FORMAT.leaves(data, Limits()), Columns):
        document = read(data)
        for leaf in range(len(document.columns.start)):
            FORMAT.path(document, leaf)
            FORMAT.text(document, leaf)
            FORMAT.write(document, leaf, "é]]>--?>")
            FORMAT.write(document, leaf, None)


@pytest.mark.parametrize(
    ("data", "reason", "why"),
    [
        (b"", Reason.UNDECODABLE, "nothing"),
        (b"<a>", Reason.UNDECODABLE, "no end"),
        (b"<a", Reason.UNDECODABLE, "no end of the tag"),
        (b"</a>", Reason.UNDECODABLE, "no begin"),
        (b"<a></b>", Reason.UNDECODABLE, "another end"),
        (b"<a><b></a></b>", Reason.UNDECODABLE, "ends that cross"),
        (b"<a/><b/>", Reason.UNDECODABLE, "two roots"),
        (b"<a/>x", Reason.UNDECODABLE, "text behind the root"),
        (b"x<a/>", Reason.UNDECODABLE, "text before the root"),
        (b"<a/><![CDATA[x]]>", Reason.UNDECODABLE, "characters behind the root"),
        (b'<a b="1" b="2"/>', Reason.UNDECODABLE, "an attribute twice"),
        (b"<a b=1/>", Reason.UNDECODABLE, "no quotes"),
        (b"<a b/>", Reason.UNDECODABLE, "no value"),
        (b'<a b="1"c="2"/>', Reason.UNDECODABLE, "no blank between attributes"),
        (b"<a b=\"1'/>", Reason.UNDECODABLE, "two kinds of quotes"),
        (b'<a b="<"/>', Reason.UNDECODABLE, "a tag in a value"),
        (b"<a>&nbsp;</a>", Reason.UNDECODABLE, "an entity that nobody declared"),
        (b"<a>&</a>", Reason.UNDECODABLE, "no reference"),
        (b"<a>&#0;</a>", Reason.UNDECODABLE, "a reference to no character"),
        (b"<a>&#xD800;</a>", Reason.UNDECODABLE, "a reference to half a character"),
        (b"<a>&#x110000;</a>", Reason.UNDECODABLE, "a reference beyond all characters"),
        (b"<a>\x00</a>", Reason.UNDECODABLE, "a control character"),
        (b"<a>]]></a>", Reason.UNDECODABLE, "the end of a block that was not begun"),
        (b"<a><![CDATA[x</a>", Reason.UNDECODABLE, "a block without an end"),
        (b"<a><!-- -- --></a>", Reason.UNDECODABLE, "dashes in a comment"),
        (b"<a><!--x</a>", Reason.UNDECODABLE, "a comment without an end"),
        (b"<a><?xml version='1.0'?></a>", Reason.UNDECODABLE, "a declaration within"),
        (b"<a>\xff</a>", Reason.UNDECODABLE, "no UTF-8"),
        (b'<?xml version="1.0" encoding="UTF-7"?><a/>', Reason.UNDECODABLE, "a charset that hides"),
        (b'<?xml version="1.0" encoding="cp037"?><a/>', Reason.UNDECODABLE, "a charset that lies"),
        (b"<!DOCTYPE a><a/>", Reason.DOCUMENT_TYPE, "a document type"),
        (b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", Reason.DOCUMENT_TYPE, "an external entity"),
        (b"<!-- c --><!DOCTYPE a SYSTEM 'http://example.org/a.dtd'><a/>", Reason.DOCUMENT_TYPE, "an external document type"),
        (b"<!DOCTYPE html [<!ENTITY x 'y'>]><html/>", Reason.DOCUMENT_TYPE, "a page that declares"),
        (b"<a>" * 129 + b"</a>" * 129, Reason.TOO_DEEP, "one level too many"),
        (b"<a>" * 100_000, Reason.TOO_DEEP, "levels that never end"),
    ],
)
def test_what_is_not_plain_xml_is_incomplete(data: bytes, reason: Reason, why: str) -> None:
    assert FORMAT.leaves(data, Limits()) == Incomplete(reason), why


def test_a_billion_laughs_are_never_laughed() -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    data = f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l0 "ha">{entities}]><l>&l9;</l>'.encode()

    assert FORMAT.leaves(data, Limits()) == Incomplete(Reason.DOCUMENT_TYPE)


@pytest.mark.parametrize(
    ("data", "expected", "why"),
    [
        (
            b"\xef\xbb\xbf<?xml version='1.0' encoding='utf-8' standalone='yes'?>\n<a>x</a>\n",
            ["a", "x"],
            "a byte order mark and a declaration",
        ),
        (b"<a >x</a >", ["a", "x"], "blanks in tags"),
        (b"<a\n b = 'x'\t/>", ["a", "b", "x"], "blanks around everything"),
        (b"<nom>a > b</nom>", ["a > b"], "a sign that needs no escape"),
        (b"<nom>l'h&#xF4;pital &amp; &lt;co&gt;</nom>", ["l'hôpital & <co>"], "references"),
        (b"<nom>a<![CDATA[<&]]>b</nom>", ["a", "<&", "b"], "a block within a text"),
        (b"<nom>a<!-- c -->b<?x d?></nom>", ["a", " c ", "b", "x d"], "comments and instructions are leaves"),
        (b"<nom> \n </nom>", [], "blanks are no leaves"),
        (b"<z1/><!-- after -->", ["z1", " after "], "a comment behind the root"),
        (b"<z1><z1 z1='1'/></z1>", ["z1", "1"], "a name that nobody knows is a leaf once"),
        ("<?xml version='1.0' encoding='ISO-8859-1'?><nom>é</nom>".encode("latin-1"), ["é"], "a charset that is declared"),
        ("<?xml version='1.0' encoding='ISO-8859-1'?><nom>é</nom>".encode(), ["é"], "UTF-8 that says it is something else"),
    ],
)
def test_what_is_unusual_but_xml_is_read(data: bytes, expected: list[str], why: str) -> None:
    assert texts(read(data)) == expected, why


def test_more_values_than_the_limit_are_over_budget() -> None:
    few = Limits(leaves=10)
    assert isinstance(FORMAT.leaves(b"<nom>" + b"<nom>1</nom>" * 10 + b"</nom>", few), Columns)
    assert FORMAT.leaves(b"<nom>" + b"<nom>1</nom>" * 11 + b"</nom>", few) == Incomplete(Reason.OVER_BUDGET)
    many = b"".join(b" a%d ='1'" % number for number in range(300))
    assert FORMAT.leaves(b"<nom" + many + b"/>", Limits()) == Incomplete(Reason.OVER_BUDGET)
    assert FORMAT.leaves(b"<nom" + many * 100 + b"/>", few) == Incomplete(Reason.OVER_BUDGET)
    assert FORMAT.leaves(b"<nom>" + b"<nom/>" * 100_000 + b"</nom>", few) == Incomplete(Reason.OVER_BUDGET)


@pytest.mark.parametrize(
    "hostile",
    [
        b"<a " + b"b='" * 300_000,
        b"<a>" + b"&amp;" * 200_000 + b"&",
        b"<a>" + b"]" * 1_000_000,
        b"<a><!--" + b"- " * 500_000,
        b"<a><![CDATA[" + b"]" * 1_000_000,
        b"<a><?" + b"?" * 1_000_000,
        b"<a" + b" " * 1_000_000,
        b'<a b="' + b"x" * 1_000_000,
        b"<" + b"a" * 1_000_000,
        b" " * 1_000_000 + b"<",
    ],
)
def test_hostile_bytes_are_refused_in_one_pass(hostile: bytes) -> None:
    assert isinstance(FORMAT.leaves(hostile, Limits()), Incomplete)


def test_a_page_of_html_is_no_xml() -> None:
    assert not any(
        FORMAT.sniff(page) for page in (b"<!DOCTYPE html>\n<html>", b"<!doctype HTML PUBLIC 'x'>", b"<HTML lang='fr'>", b"<5 mg", b"a<b/>")
    )
    assert FORMAT.sniff(b"\n<!-- x --><a/>")


def test_french_names_are_known_in_any_schema() -> None:
    data = b"<dossier><patient sexe='F'><nom>DURANDEL</nom><prenom>Elodie</prenom><valeur_x>12</valeur_x></patient></dossier>"

    assert places(data) == {
        "dossier.patient.@sexe": ("person.sex", "F"),
        "dossier.patient.nom": ("person.name.family", "DURANDEL"),
        "dossier.patient.prenom": ("person.name.given", "Elodie"),
        "dossier.patient.#3": ("unknown", "12"),
    }


def test_a_value_under_a_strange_name_is_labelled_by_it() -> None:
    document = read(b"<z1><telx>0199001234</telx><z2 telx='1'/></z1>")
    labels = {text: document.columns.labels[leaf] for leaf, text in enumerate(texts(document))}

    assert texts(document)[labels["0199001234"]] == "telx"
    assert labels["0199001234"] == labels["1"]


def test_results_of_any_schema_are_groups() -> None:
    document = read(
        b"<resultats><resultat><libelle>Glucose</libelle><valeur>5.2</valeur><unite>g/L</unite></resultat>"
        b"<resultat libelle='Sodium' valeur='140' unite='mmol/L'/></resultats>"
    )
    said = texts(document)

    assert [said[first:last] for first, last in document.columns.groups] == [["Glucose", "5.2", "g/L"], ["Sodium", "140", "mmol/L"]]


def test_persons_that_follow_each_other_have_scopes_of_their_own() -> None:
    row = b"<patient><nom>%s</nom><prenom>X</prenom></patient>"
    document = read(b"<patients>" + row % b"DURANDEL" + row % b"LEGALLOIS" + b"</patients>")

    assert [texts(document)[first] for first in document.columns.scopes] == ["DURANDEL", "LEGALLOIS"]


def test_an_attribute_is_emptied_in_plain_xml() -> None:
    assert without(b"<patient nom='DURANDEL'>x</patient>", "DURANDEL") == b"<patient nom=''>x</patient>"
    assert without(b"<patient nom='DURANDEL'>x</patient>", "x") == b"<patient nom='DURANDEL'></patient>"
    assert without(b"<a><!--DURANDEL--></a>", "DURANDEL") == b"<a><!----></a>"
    assert without(b"<a><?DURANDEL x?></a>", "DURANDEL x") == b"<a><?_?></a>"


def test_texts_are_escaped_where_they_stand() -> None:
    document = read(b"""<nom a="x" b='y'>z<![CDATA[c]]><!--d--></nom>""")
    written = {text: FORMAT.write(document, leaf, "\"'<&>é") for leaf, text in enumerate(texts(document))}

    assert written["x"] == "&quot;'&lt;&amp;>é".encode()
    assert written["y"] == '"&apos;&lt;&amp;>é'.encode()
    assert written["z"] == "\"'&lt;&amp;&gt;é".encode()
    assert written["c"] == written["d"] == "\"'<&>é".encode()
    assert written["a"] is None
    assert FORMAT.write(document, texts(document).index("c"), "]]>") is None
    assert FORMAT.write(document, texts(document).index("d"), "--") is None


def test_what_a_charset_lacks_is_written_as_a_reference() -> None:
    document = read("<?xml version='1.0' encoding='ISO-8859-1'?><nom>é</nom>".encode("latin-1"))

    assert FORMAT.write(document, 0, "é€") == b"\xe9&#8364;"


def test_strange_prefixes_and_namespaces_are_data() -> None:
    found = roles(b"<DURANDEL:patient xmlns:DURANDEL='http://example.org/elodie' xmlns='urn:hl7-org:v3'/>")

    assert found == dict.fromkeys(["DURANDEL:patient", "xmlns:DURANDEL", "http://example.org/elodie"], "key.unknown")
