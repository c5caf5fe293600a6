"""What the CSV format reads and writes, checked against the standard library where both read the same thing. All persons are invented."""

import csv
import io
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from schemas.vocabulary import Reason
from stream.core.decode.csv import FORMAT
from stream.core.roles import ROLES
from stream.core.values import Columns, Document, Incomplete, Limits, Origin, Part, PartKind

_LIMITS = Limits()
_HEADS = ("NOM", "PRENOM", "COMMENTAIRE")


def read(data: bytes) -> Document:
    columns = FORMAT.leaves(data, _LIMITS)
    assert isinstance(columns, Columns), columns
    return Document(data, FORMAT, columns, Origin(Part(PartKind.VALUE)))


def texts(document: Document) -> list[str]:
    return [FORMAT.text(document, leaf).text for leaf in range(len(document.columns.start))]


def roles(data: bytes) -> dict[str, str]:
    """Role name by path."""
    document = read(data)
    return {FORMAT.path(document, leaf): ROLES[role].name for leaf, role in enumerate(document.columns.role)}


def written(rows: list[tuple[str, ...]], separator: str, quoting: int, newline: str = "\r\n") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, quoting=quoting, lineterminator=newline).writerows([_HEADS, *rows])  # type: ignore[arg-type]
    return text.getvalue()


def spoken(text: str, separator: str) -> list[list[str]]:
    """The rows as the standard library reads them."""
    return [*csv.reader(io.StringIO(text, newline=""), delimiter=separator)]


_cells = st.text(st.sampled_from("aé1;,\t|\"\n\r '.-+N"), max_size=6).filter(lambda text: not text.startswith("="))
_rows = st.lists(st.tuples(_cells, _cells, _cells), min_size=1, max_size=5)
_separators = st.sampled_from(";\t|,")
_quotings = st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
_charsets = st.sampled_from(["utf-8", "cp1252"])
_newlines = st.sampled_from(["\r\n", "\n", "\r"])


# ---- reading --------------------------------------------------------------------------------------------------------


@given(_rows, _separators, _quotings, _charsets, _newlines, st.booleans())
def test_every_cell_that_is_not_empty_is_a_leaf(
    rows: list[tuple[str, ...]], separator: str, quoting: int, codec: str, newline: str, bom: bool
) -> None:
    assume(quoting == csv.QUOTE_ALL or newline == "\r\n" or not any(end in cell for row in rows for cell in row for end in "\r\n"))
    text = written(rows, separator, quoting, newline)  # which quotes no end of a line but its own
    data = (b"\xef\xbb\xbf" if bom and codec == "utf-8" else b"") + text.encode(codec)

    assert FORMAT.sniff(data)
    assert [cell for row in spoken(text, separator) for cell in row if cell] == texts(read(data))


@given(_rows, _separators, _quotings, _charsets)
def test_each_character_knows_its_bytes(rows: list[tuple[str, ...]], separator: str, quoting: int, codec: str) -> None:
    data = written(rows, separator, quoting).encode(codec)
    document = read(data)
    for leaf, (start, end) in enumerate(zip(document.columns.start, document.columns.end, strict=True)):
        text, offsets = FORMAT.text(document, leaf)
        places = range(start, end + 1) if offsets is None else offsets
        assert (places[0], places[-1], len(places)) == (start, end, len(text) + 1)
        for character, (first, last) in zip(text, pairwise(places), strict=True):
            assert data[first:last].decode(document.columns.charset) in (character, character * 2)


@given(_rows, _separators, _quotings, st.sampled_from(["***", "pq1-k.abc", "1984", "35", None]), st.data())
def test_an_edit_changes_its_cell_and_no_other(
    rows: list[tuple[str, ...]], separator: str, quoting: int, new: str | None, draw: st.DataObject
) -> None:
    text = written(rows, separator, quoting)
    document = read(text.encode())
    data, columns = document.data, document.columns
    leaf = draw.draw(st.integers(0, len(columns.start) - 1))
    raw = FORMAT.write(document, leaf, new)
    if raw is None:
        assert (leaf, new) == (leaf, None)
        assert leaf < len(_HEADS), "only a known head cannot go"
        return

    assert isinstance(raw, bytes)
    changed = data[: columns.start[leaf]] + raw + data[columns.end[leaf] :]

    expected = spoken(text, separator)
    cells = [(row, column) for row, each in enumerate(expected) for column, cell in enumerate(each) if cell]
    row, column = cells[leaf]
    expected[row][column] = new or ""
    assert expected == spoken(changed.decode(), separator)


@given(_rows, _separators, _quotings)
def test_leaves_are_ordered_disjoint_and_in_bounds(rows: list[tuple[str, ...]], separator: str, quoting: int) -> None:
    columns = read(written(rows, separator, quoting).encode()).columns
    edges = [edge for span in zip(columns.start, columns.end, strict=True) for edge in span]
    count = len(columns.start)
    assert edges == sorted(edges)
    assert len(columns.role) == len(columns.mark) == len(columns.labels) == count
    assert list(columns.scopes) == sorted({scope for scope in columns.scopes if scope < count})
    assert all(-1 <= label < leaf for leaf, label in enumerate(columns.labels))
    assert all(first < last <= following for (first, last), (following, _) in pairwise([*columns.groups, (count, count)]))


_SIGNS = [b";", b",", b"\t", b"|", b'"', b'""', b'="', b"\r\n", b"\n", b"\r"]
_WORDS = [
    b"NOM",
    b"PRENOM",
    b"12/03/1984",
    b"0199001234",
    b"x",
    b"sep=;\n",
    b"\xe9",
    "\u00e9".encode(),
    b"\xef\xbb\xbf",
    b"\0",
    b"***",
    b"5,2",
]
_pieces = st.sampled_from([*_SIGNS, *_WORDS])


@settings(max_examples=1000, deadline=None)
@given(st.binary(max_size=64) | st.lists(_pieces, max_size=24).map(b"".join))
def test_no_bytes_make_the_format_raise_and_none_is_lost(data: bytes) -> None:
    columns = FORMAT.leaves(data, _LIMITS)
    if isinstance(columns, Incomplete):
        return
    document = Document(data, FORMAT, columns, Origin(Part(PartKind.VALUE)))
    at, outside = 0, b""
    for leaf, (start, end) in enumerate(zip(columns.start, columns.end, strict=True)):
        assert at <= start < end <= len(data)
        assert FORMAT.path(document, leaf)
        assert FORMAT.text(document, leaf).text
        outside += data[at:start]
        at = end
    outside += data[at:]
    assert not outside.removeprefix(b"\xef\xbb\xbf").replace(b"sep=;", b"").strip(b';,|\t"=\r\n')


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("NOM;PRENOM\nDURANDEL;ELODIE", "two known heads"),
        ("nom,prenom,ddn,glycemie,ferritine,k,na\nDURANDEL,ELODIE,x,1,2,3,4", "three known among more that are not"),
        ("sep=|\r\nNOM|PRENOM\r\nA|B", "the separator that a spreadsheet notes"),
        ("Export du 12/03/2026\n\nNOM;PRENOM;DDN\nDURANDEL;ELODIE;12/03/1984", "a title before the heads"),
        ("NOM;PRENOM;TEL\nDURANDEL;ELODIE\nX;Y;Z;1;2", "rows of all lengths under heads that are known"),
        ("xa;xb;xc\nDURANDEL;12/03/1984;0199001234", "heads that nobody knows, over a date and a phone"),
        ("xa;xb;xc\n;12/03/1984;0199001234\n;;", "the same with cells empty"),
        ("DURANDEL;12/03/1984;0199001234\nLEGALLOIS;18/04/1961;0261911234", "rows without heads"),
        ("DURANDEL\tELODIE\t12/03/1984\t35000\tRENNES", "a row that stands alone"),
        ('"LAB-1","LEGALLOIS, Marcel","1961-04-18","639981234"', "a row with quotes"),
        ("DURANDEL;ELODIE;RENNES", "a given name among others"),
        ("Nom;DURANDEL;Prénom;ELODIE;DDN;12/03/1984;Glucose;0,92", "names and values in one line"),
        ("DURANDEL;0199001234\nLEGALLOIS;0261911234", "a column of phones beside another"),
        ("DURANDEL,ELODIE\nLEGALLOIS,MARCEL", "a column of given names beside another"),
        (";;;;;;***;;", "what a policy left of a row"),
        (";;", "what a policy left of a short row"),
        (";\n;", "what a policy left of short rows"),
        (";;;\n;;;", "what a policy left of rows"),
    ],
)
def test_a_table_is_recognised(data: str, why: str) -> None:
    assert FORMAT.sniff(data.encode()), why


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("", "nothing"),
        ("\n\r\n", "blank lines"),
        ("Bonjour", "a word"),
        ("NOM;PRENOM", "heads without a row"),
        ("Bonjour Madame,\nveuillez trouver, ci-joint,\nle compte rendu", "a letter"),
        ("Glucose : 0,92 g/L\nSodium : 140\nPotassium : 4,1", "decimal commas"),
        ("Sang, urines, selles\nFer, zinc, cuivre", "blanks after commas"),
        ("Prélevé le 12/03/2026, à 10:30, par 2 infirmières, reçu à 12:00", "dates in a sentence"),
        ("PID|1||8009912345^^^LABO^PI||DURANDEL^ELODIE||19840312|F\rOBX|1|NM|2345-7|0.92", "segments without a head"),
        ("PV1|1|O||12|13|14|15\rPV1|2|O||12|13|14|15", "segments of one length"),
        ("PID|||||DURANDEL\nNTE|1||vu", "a segment whose name is a head of columns too"),
        ("ACC|20240912|CHUTE", "a segment that few know"),
        ("Docteur,\nMerci de votre confiance\nCordialement", "a known word and a comma"),
        ("H|~^\\&|ORU0042||LABT|||ORU\rP|1|8009912345|24000777", "HPRIM"),
        ("RES|NA|140|12\nRES|KA|41|13\nRES|CL|101|14", "lines of HPRIM Médecin"),
        ('{"a": 1, "b": 2, "c"', "broken JSON"),
        ("<a;b;c>1;2;3</a>", "XML"),
        ("\tBonjour\n\tMadame", "indented text"),
        ("a;b\nc;d", "words two by two"),
        ("VS;CRP;NFS", "a list of tests"),
        ("Na;140;mmol/L", "a result"),
        ("Sodium;140\nPotassium;4,1", "results two by two"),
        ("le 12/03/2026,controle", "a date in a sentence"),
        ("\0;1;2;3;4", "binary data is read by nobody, and not as a table"),
    ],
)
def test_other_data_is_left_to_others(data: str, why: str) -> None:
    assert not (FORMAT.sniff(data.encode()) and isinstance(FORMAT.leaves(data.encode(), _LIMITS), Columns)), why


def test_what_cannot_be_read_to_its_end_is_not_read() -> None:
    head = b"NOM;PRENOM;TEL\r\n" + b"A;B;C\r\n" * 60
    assert FORMAT.leaves(head + b'A;"B;C\r\n' + b"A;B;C\r\n", _LIMITS) == Incomplete(Reason.UNDECODABLE)
    assert FORMAT.leaves(head, _LIMITS._replace(leaves=100)) == Incomplete(Reason.OVER_BUDGET)
    assert FORMAT.leaves(head + b"A;B;C\r\n" * 500_000, _LIMITS) == Incomplete(Reason.OVER_BUDGET)
    assert FORMAT.leaves(head + b"\r\n" * 1_000_000, _LIMITS) == Incomplete(Reason.OVER_BUDGET)


@pytest.mark.parametrize(
    "hostile",
    [
        b"NOM;PRENOM\n" + b'"' * 1_000_000,
        b"NOM;PRENOM\n" + b';"' * 300_000,
        b'NOM;PRENOM\n"' + b'""' * 500_000 + b'";b\n',
        b"NOM;PRENOM\n" + b'"a";b\n' * 60 + b'"x' * 300_000,
        b"NOM;PRENOM\n" + b" " * 1_000_000 + b";b\n",
        b"a,b\n" * 50_000,
        b";" * 150_000,
        b"1" * 1_000_000 + b";2;3;4",
    ],
)
def test_hostile_megabytes_are_gone_over_once(hostile: bytes) -> None:
    if isinstance(FORMAT.leaves(hostile, _LIMITS), Columns):
        assert all(texts(read(hostile)))


# ---- meaning --------------------------------------------------------------------------------------------------------

_EXPORT = (
    "N_DOSSIER;NOM;NOM_JF;PRENOM;DDN;SEXE;NO_SECU;RANG;ADRESSE;CP;VILLE;TEL;MAIL;GROUPE;MEDECIN_TRT;MUTUELLE;LOGIN_WEB;MDP_WEB;COMMENTAIRE"
)
_ROW = (
    "24000777;DURANDEL;MARTINEAU;ELODIE;12/03/1984;F;2840335999311 11;1;12 RUE DES LICES;35000;RENNES;0199001234;elodie.d@example.org;A+;"
    "DR KERVELLA;MUTUELLE-TEST;edurandel;Azerty12;GROSSESSE 12SA - LEVOTHYROX"
)
_MEANT = {
    "N_DOSSIER": "person.local_number",
    "NOM": "person.name.family",
    "NOM_JF": "person.name.family",
    "PRENOM": "person.name.given",
    "DDN": "person.birth_date",
    "SEXE": "person.sex",
    "NO_SECU": "person.nir",
    "RANG": "insurance.member",
    "ADRESSE": "contact.address",
    "CP": "contact.postcode",
    "VILLE": "contact.city",
    "TEL": "contact.phone",
    "MAIL": "contact.email",
    "GROUPE": "person.blood_group",
    "MEDECIN_TRT": "professional.name.full",
    "MUTUELLE": "insurance.insurer",
    "LOGIN_WEB": "credential.login",
    "MDP_WEB": "credential.password",
    "COMMENTAIRE": "health.text",
}


def test_a_cell_is_what_the_head_of_its_column_says() -> None:
    found = roles(f"{_EXPORT}\r\n{_ROW}\r\n".encode())

    assert found == dict.fromkeys(_MEANT, "key") | {f"{name}[1]": role for name, role in _MEANT.items()}


@pytest.mark.parametrize(
    ("head", "role"),
    [
        ("N° SECU", "person.nir"),
        ("N°SS", "person.nir"),
        ("NumSecu", "person.nir"),
        ("N° Dossier", "person.local_number"),
        ("NUMDOS", "person.local_number"),
        ("NJF", "person.name.family"),
        ("Nom d'usage", "person.name.family"),
        ("DATNAIS", "person.birth_date"),
        ("Né(e) le", "unknown"),
        ("CODPOS", "contact.postcode"),
        ("COMPL_ADR", "contact.address"),
        ("Tél. portable", "contact.phone"),
        ("MED_TRAITANT", "professional.name.full"),
        ("Nom médecin", "professional.name.family"),
        ("TEL_MEDECIN", "professional.contact"),
        ("NOM_CONJOINT", "relative.name.family"),
        ("NIR_ASSURE", "relative.nir"),
        ("RANG_CPAM", "insurance.member"),
        ("DATE_FIN_DROITS", "insurance.member"),
        ("CAISSE", "insurance.insurer"),
        ("RHESUS", "person.blood_group"),
        ("MOT DE PASSE", "credential.password"),
        ("IDENT", "credential.login"),
        ("COMM", "health.text"),
        ("DERNIERE_VISITE", "admin.date"),
        ("N° ECHANTILLON", "sample.number"),
    ],
)
def test_the_heads_that_sites_write_are_known(head: str, role: str) -> None:
    found = roles(f"{head};NOM;PRENOM\nx y;A;B\n".encode())

    assert found.get(f"{head}[1]", found.get("#1[1]")) == role


@pytest.mark.parametrize("heads", ["", ";".join(f"k{number:x}" for number in range(160, 179)) + "\n"], ids=["no heads", "heads of nobody"])
def test_without_a_known_head_a_column_is_what_its_cells_are_written_like(heads: str) -> None:
    found = roles(f"{heads}{_ROW}\n".encode())

    told = {name: found[f"#{number}[1]"] for number, name in enumerate(_MEANT, 1)}
    kept = ("NOM", "NOM_JF", "PRENOM", "SEXE", "NO_SECU", "ADRESSE", "CP", "VILLE", "TEL", "MAIL", "GROUPE", "MEDECIN_TRT")
    assert {name: _MEANT[name] for name in kept} == {name: told[name] for name in kept}
    assert {told[name] for name in ("N_DOSSIER", "DDN", "MUTUELLE", "LOGIN_WEB", "MDP_WEB", "COMMENTAIRE")} == {"unknown"}


@pytest.mark.parametrize(
    ("cells", "role", "why"),
    [
        (["12/03/1984", "18/04/1961", "01/02/2003"], "person.birth_date", "dates of many years"),
        (["12/03/2026", "13/03/2026", "14/03/2026"], "unknown", "dates of one year"),
        (["1984", "1961", "2003"], "person.birth_date", "what is left of birth dates"),
        (["184037599904226", "", "161045699920762"], "person.nir", "NIR"),
        (["1.84038E+14", "2.65E+14", "1.5"], "person.nir", "NIR that a spreadsheet has rounded"),
        (["639981234", "199001234", "x"], "contact.phone", "phones that have lost their zero"),
        (["35000", "56000", "29200"], "unknown", "five digits may be postcodes"),
        (["12500", "8400", "9100"], "unknown.number", "five digits among four are a number"),
        (["240777", "240778", "240991", "241003", "241207"], "unknown", "numbers of something: none comes twice"),
        (["250000", "180000", "310000", "250000", "190000"], "unknown.number", "round numbers"),
        (["0,92", "1.05", "<0,01"], "unknown.number", "measurements"),
        (["ELODIE", "Marcel", "AÏCHA"], "person.name.given", "given names"),
        (["DURANDEL Elodie", "LEGALLOIS Marcel", "MARTINEAU Jeanne"], "person.name.full", "names"),
        (["DR KERVELLA", "Dr LEGOFF ANNE", "DOCTEUR X"], "professional.name.full", "titles"),
        (["3 bis allée des Tilleuls", "12 RUE DES LICES", "LIEU DIT"], "contact.address", "streets"),
        (["DURANDEL", "LEGALLOIS", "MARTINEAU"], "unknown", "words"),
    ],
)
def test_a_column_without_a_known_head_is_told_by_its_cells(cells: list[str], role: str, why: str) -> None:
    data = "NOM;DDN;zz\n" + "".join(f"A;B;{cell}\n" for cell in cells)

    assert roles(data.encode("cp1252"))["#3[1]"] == role, why


def test_a_cell_that_is_not_like_its_column_is_unknown() -> None:
    assert roles(b"NOM;DDN;zz\nA;B;0199001234\nA;B;2840335999311 11\nA;B;5,2\n") == roles(b"NOM;DDN;zz\nA;B;0199001234\n") | {
        "NOM[2]": "person.name.family",
        "DDN[2]": "person.birth_date",
        "#3[2]": "person.nir",
        "NOM[3]": "person.name.family",
        "DDN[3]": "person.birth_date",
        "#3[3]": "unknown.number",
    }


def test_a_row_that_does_not_fit_is_unknown() -> None:
    found = roles(b"NOM;TEL;COMMENTAIRE\nDURANDEL;rappeler;x;0199001234\nDURANDEL;0199001234;x;;\n")

    assert [found[path] for path in ("NOM[1]", "TEL[1]", "COMMENTAIRE[1]", "#4[1]")] == ["unknown"] * 4
    assert found["NOM[2]"] == "person.name.family"


@pytest.mark.parametrize(
    ("cell", "text", "why"),
    [
        ('="0199001234"', "0199001234", "a formula"),
        ('"=""0199001234"""', "0199001234", "a formula in quotes"),
        ("199001234", "199001234", "a lost zero"),
        ('"a""b"', 'a"b', "doubled quotes"),
        ('"a;b\r\nc"', "a;b\r\nc", "a separator and a line end in quotes"),
        ('"LE MOULIN" RUE X', '"LE MOULIN" RUE X', "quotes that do not fit"),
        ('5" tube', '5" tube', "a quote inside"),
        (' "a"', ' "a"', "a blank before the quote"),
    ],
)
def test_the_text_of_a_cell_is_what_is_within(cell: str, text: str, why: str) -> None:
    assert texts(read(f"NOM;TEL\r\nA;{cell}\r\n".encode()))[3:] == [text], why


def test_a_rounded_number_under_its_head_is_what_the_head_says() -> None:
    assert roles(b"NO_SECU;CP\n2.84E+14;1000\n")["NO_SECU[1]"] == "person.nir"


def test_each_row_is_a_scope_and_the_heads_are_of_none() -> None:
    document = read(b"NOM;TEL\nA;1\n\nB;2\n")
    assert [FORMAT.path(document, leaf) for leaf in document.columns.scopes] == ["NOM[1]", "NOM[2]"]
    assert list(read(_ROW.encode()).columns.scopes) == []
    assert list(read(f"{_ROW}\n{_ROW}".encode()).columns.scopes) == [0, 19]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("NOM;DURANDEL\nPRENOM;ELODIE\n", "a name and its value, line by line"),
        ("NOM;DURANDEL;PRENOM;ELODIE;VILLE;RENNES\nNOM;LEGALLOIS;PRENOM;MARCEL;VILLE;VANNES\n", "the same on each line"),
    ],
)
def test_where_not_most_heads_are_known_the_others_may_be_values(data: str, why: str) -> None:
    found = roles(data.encode())

    assert found["#2"] == "unknown", why
    assert not {role for path, role in found.items() if path.endswith("]")} & {"key", "key.unknown"}, why


def test_a_cell_is_named_by_its_head() -> None:
    document = read(b"NOM;;TEL\nA;x;1\n")
    assert [document.columns.labels[leaf] for leaf in range(len(document.columns.start))] == [-1, -1, 0, -1, 1]


@pytest.mark.parametrize(
    ("heads", "row", "expected", "why"),
    [
        ("NOM;ANALYSE;RESULTAT;UNITE;NORMES", "A;Na;140;mmol/L;135-145", [["Na", "140", "mmol/L", "135-145"]], "one result"),
        ("ANALYSE;RESULTAT;NOM;COMMENTAIRE", "Na;140;A;x", [["Na", "140", "A", "x"]], "one result with its notes"),
        ("ANALYSE1;RESULTAT1;ANALYSE2;RESULTAT2;NOM", "Na;140;K;4.1;A", [["Na", "140"], ["K", "4.1"]], "two results"),
        ("RESULTAT1;UNITE1;RESULTAT2;UNITE2", "140;mmol/L;4.1;mmol/L", [["140", "mmol/L"], ["4.1", "mmol/L"]], "two without tests"),
        ("NOM;PRENOM;GLYCEMIE;FERRITINE", "A;B;0,92;15", [], "a column for each analyte"),
        ("NOM;PRENOM;DDN", "A;B;12/03/1984", [], "no result"),
    ],
)
def test_what_belongs_to_one_result_is_a_group(heads: str, row: str, expected: list[list[str]], why: str) -> None:
    document = read(f"{heads}\n{row}\n".encode())
    found = texts(document)
    assert [found[first:last] for first, last in document.columns.groups] == expected, why


def test_the_head_of_a_column_of_measurements_is_the_label_of_a_test() -> None:
    found = roles(b"NOM;PRENOM;DDN;GLYCEMIE (g/L);REMARQUE DU SITE\nA;B;;0,92;x\n")

    assert (found["#4"], found["#4[1]"], found["#5"], found["#5[1]"]) == ("test.label", "unknown.number", "key.unknown", "unknown")


@pytest.mark.parametrize(
    ("cell", "text", "expected", "why"),
    [
        ("abc", "***", b"***", "a mask"),
        ("abc", None, b"", "absent is empty"),
        ('"abc"', 'a"b;c\n', b'a""b;c\n', "quotes are doubled within quotes"),
        ('"""abc"', 'a"', b'a""', "also behind a quote"),
        ("abc", "a;b", None, "what would need quotes"),
        ("abc", 'a"b', None, "what would need quotes"),
        ("abc", "=1+1", None, "a formula"),
        ('"abc"', "@x", None, "a formula"),
        ("abc", "-x", None, "a formula"),
        ("abc", "-1,5", b"-1,5", "a number"),
        ("abc", "\u4e2d", None, "a character that the charset has not"),
        ('="0199"', "***", b"***", "in a formula"),
        ('="0199"', 'a"b', None, "a quote in a formula"),
        ('"=""0199"""', 'a"b', None, "a quote in a formula in quotes"),
    ],
)
def test_a_cell_is_written_in_its_own_style(cell: str, text: str | None, expected: bytes | None, why: str) -> None:
    document = read(f"NOM;TEL;VILLE\n{cell};1;é\n".encode("cp1252"))
    assert FORMAT.write(document, 3, text) == expected, why


def test_a_known_head_stays_and_another_may_go() -> None:
    document = read(b"NOM;PRENOM;zz\nA;B;C\n")
    assert [FORMAT.write(document, leaf, None) for leaf in range(3)] == [None, None, b""]
