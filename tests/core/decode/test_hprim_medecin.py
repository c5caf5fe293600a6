"""What each line of a file of HPRIM Medecin means, where patients begin and end, and what is no such file."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.vocabulary import Reason
from stream.core.decode.hprim_medecin import FORMAT
from stream.core.kernels.splice import splice
from stream.core.values import Columns, Edit, Incomplete, Limits
from tests.core.decode.hprim import LETTER, REPORT, TWO_PATIENTS, document, places, rewritten, texts


def with_line(number: int, text: str) -> bytes:
    """The report with one line of its header replaced."""
    lines = REPORT.decode().split("\n")
    lines[number - 1] = text
    return "\n".join(lines).encode()


_SAMPLE = [
    ("header.1", "person.local_number", "0024000777", "number of the patient"),
    ("header.2", "person.name.family", "DURANDEL", "family name"),
    ("header.3", "person.name.given", "ELODIE", "given name"),
    ("header.4", "contact.address", "12 RUE DES LICES", "street"),
    ("header.6.1", "contact.postcode", "35000", "postcode"),
    ("header.6.2", "contact.city", "RENNES", "city"),
    ("header.7", "person.birth_date", "12/03/1984", "birth date"),
    ("header.8", "person.nir", "2840335999311 11", "number of the insured"),
    ("header.9", "order.filler", "LAB2409120042", "number of the record"),
    ("header.10", "admin.date", "12/09/2024", "date of the record"),
    ("header.11.1", "establishment.sender", "LABT", "who sends"),
    ("header.11.2", "establishment.name", "LABO TEST", "its name"),
    ("header.12.1", "professional.number", "KER01", "who receives"),
    ("header.12.2", "professional.name.full", "DR KERVELLA YANN", "the physician's name"),
    ("text.1", "health.text", "GROUPE SANGUIN : A RH POS   RAI negative", "a line of the report"),
    ("RES.2", "test.label", "HIV 1-2 Ac+Ag p24", "test"),
    ("RES.3", "test.code", "HIVAG", "its code"),
    ("RES.5", "result.text", "NEGATIF", "value"),
    ("RES.9", "result.flag", "N", "flag"),
    ("RES.10", "result.status", "F", "status"),
]


@pytest.mark.parametrize(("path", "role", "text", "why"), _SAMPLE)
def test_a_place_is_told_by_its_line(path: str, role: str, text: str, why: str) -> None:
    assert places(FORMAT, REPORT).get(path) == (role, text), why


_LINES = [
    (6, "RENNES", {"header.6.2": "contact.city"}, "no postcode"),
    (6, "35", {"header.6.1": "contact.postcode"}, "what is left of a postcode"),
    (7, "douze mars", {"header.7": "person.birth_date"}, "identity, whatever it looks like"),
    (9, "DURANDEL ELODIE", {"header.9": "unknown"}, "no number"),
    (10, "LABO TEST", {"header.10": "unknown"}, "no date"),
    (10, "2024-09-12", {"header.10": "admin.date"}, "a date as others write it"),
    (11, "1234567890 DR LEGOFF", {"header.11.1": "establishment.sender", "header.11.2": "professional.name.full"}, "sent by a physician"),
    (11, "         C LabTest", {"header.11.1": "establishment.sender", "header.11.2": "establishment.name"}, "a code to the right"),
    (11, "labo.test Institut de test", {"header.11.1": "establishment.sender"}, "a short code with a dot"),
    (12, "DR KERVELLA YANN", {"header.12.2": "professional.name.full"}, "a name alone"),
    (12, "KERVELLA YANN", {"header.12.2": "professional.name.full"}, "a name without a title"),
    (12, "KER01", {"header.12.1": "professional.number"}, "a code alone"),
    (12, "LEG       ", {"header.12.1": "professional.number"}, "a code of letters in its columns"),
    (12, "           DR KERVELLA", {"header.12.2": "professional.name.full"}, "where a code was"),
]


@pytest.mark.parametrize(("number", "text", "expected", "why"), _LINES)
def test_lines_are_told_as_they_are_written_in_practice(number: int, text: str, expected: dict[str, str], why: str) -> None:
    found = {path: role for path, (role, _) in places(FORMAT, with_line(number, text)).items() if path.startswith(f"header.{number}")}

    assert expected.items() <= found.items(), why


_RESULTS = [
    ("RES|Hb|718-7|N|13,2|g/dL|12|16|N|F|8.2|mmol/l|7|10", "RES[2].11", "result.number", "the value in a second unit"),
    ("RES|Hb|718-7|N|13,2|g/dL|12|16|N|F|8.2|mmol/l|7|10", "RES[2].14", "result.range", "its range"),
    ("RES|Hb|718-7|N|13,2|g/dL|12|16|N|F|||||DURANDEL", "RES[2].15", "unknown", "a field beyond"),
    ("RES|DDR|DDR|D|20/07/2024", "RES[2].5", "result.text", "a date may say a pregnancy"),
    ("RES||IGET 005", "RES[2].3", "test.code", "a short line"),
    ("TEX|  vu|revu", "TEX", "health.text", "text with a bar in it"),
    ("TEX", "TEX", "", "text without text"),
    ("COM|DURANDEL|0639981234", "#1.2", "unknown", "a line that nobody knows"),
    ("COM|DURANDEL|0639981234", "#1.1", "key.unknown", "its name may be data"),
    ("DURANDEL", "#1.1", "unknown", "a line without fields"),
]


@pytest.mark.parametrize(("line", "path", "role", "why"), _RESULTS)
def test_coded_results_have_fields(line: str, path: str, role: str, why: str) -> None:
    data = REPORT.replace(b"****FIN****", line.encode() + b"\n****FIN****")

    assert places(FORMAT, data).get(path, ("", ""))[0] == role, why


def test_a_result_goes_with_the_texts_that_follow_it() -> None:
    data = REPORT.replace(b"RES|", b"TEX|avant\nRES|").replace(b"****FIN****", b"TEX|x\n\nTEX|y\nRES|b|c|N|1\nZZ|1\nTEX|z\n****FIN****")
    seen = document(FORMAT, data)

    groups = [{FORMAT.path(seen, leaf).split(".")[0] for leaf in range(*group)} for group in seen.columns.groups]

    assert groups == [{"RES[1]", "TEX[2]", "TEX[3]"}, {"RES[2]"}]


# ---- patients and marks ---------------------------------------------------------------------------------------------


def test_each_patient_of_several_is_a_scope() -> None:
    seen = document(FORMAT, TWO_PATIENTS)
    scopes = {FORMAT.path(seen, leaf): seen.scope_of(leaf) for leaf in range(len(seen.columns.start))}

    assert scopes["header[1].2"] == scopes["RES.5"] != scopes["header[2].2"]
    assert scopes["header[2].2"] == scopes["text[2].1"]
    assert document(FORMAT, REPORT).columns.scopes == ()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"****FIN****", b"***FIN***", b"  **** FIN ****  ", b"****Fin****"])
def test_lines_and_marks_are_written_in_many_ways(end: str, mark: bytes) -> None:
    data = TWO_PATIENTS.replace(b"****FIN****", mark).replace(b"\n", end.encode())

    assert FORMAT.sniff(data)
    assert places(FORMAT, data) == places(FORMAT, TWO_PATIENTS)


@pytest.mark.parametrize("blank", [b"\n", b"\n \n", b"\xef\xbb\xbf", b"[apicrypt]\n"])
def test_what_stands_before_a_header_does_not_move_it(blank: bytes) -> None:
    assert places(FORMAT, blank + LETTER)["header.2"][1] == "LEGALLOIS"


def test_a_blank_line_between_patients_moves_none() -> None:
    data = TWO_PATIENTS.replace(b"****FIN****\n", b"****FIN****\n\n")

    assert places(FORMAT, data)["header[2].2"][1] == "LEGALLOIS"


def test_what_stands_behind_the_last_mark_is_known_to_nobody() -> None:
    found = places(FORMAT, TWO_PATIENTS + b"\r\nCordialement\r\nDURANDEL\x1a")

    assert found["#1.1"] == ("unknown", "Cordialement")
    assert found["#2.1"] == ("unknown", "DURANDEL")


def test_a_patient_without_a_whole_header_is_known_to_nobody() -> None:
    found = places(FORMAT, LETTER.replace(b"****FINFICHIER****", b"LEGALLOIS\n****FIN****"))

    assert found["#1.1"] == ("unknown", "LEGALLOIS")


def test_a_last_patient_whose_end_was_lost_still_has_a_header() -> None:
    assert places(FORMAT, TWO_PATIENTS.replace(b"****FIN****\n****FINFICHIER****\n", b""))["header[2].2"][1] == "LEGALLOIS"


def test_a_block_of_base64_is_one_leaf() -> None:
    data = LETTER.replace(b"****FIN", b"\r\n".join([b"QUJD" * 19] * 3) + b"\r\n****FIN", 1)

    assert places(FORMAT, data)["text.2"][1] == "\r\n".join(["QUJD" * 19] * 3)


@pytest.mark.parametrize("codec", ["utf-8", "iso8859-1", "mac_roman", "cp850"])
def test_a_file_is_read_in_the_charset_of_the_system_that_wrote_it(codec: str) -> None:
    data = REPORT.decode().replace("ELODIE", "Élodie").replace("RAI negative", "recherche négative à ce jour").encode(codec)

    assert places(FORMAT, data)["header.3"][1] == "Élodie"


_OTHERS = [
    (b"", "nothing"),
    (b"Bonjour", "a word"),
    (b"\n".join([b"Bonjour"] * 5 + [b"12/03/1984"] + [b"Vu ce jour"] * 20), "text that holds a date"),
    (b"\n".join([b"Bonjour"] * 6 + [b"12/03/1984"] + [b"Vu ce jour"] * 20), "text with a date where a birth date would be"),
    (b"\n".join([b"12/03/1984", b"35000 RENNES"] * 10), "dates and towns in any line"),
    (b"Bonjour\n****FIN****\n", "a mark without a header before it"),
    (b"\n" * 20, "blank lines"),
    (REPORT.replace(b"\n", b" "), "all in one line"),
    (b"le mot ****FIN**** dans une phrase\n" * 20, "a mark within a line"),
]


@pytest.mark.parametrize(("data", "why"), _OTHERS)
def test_other_text_is_not_taken_for_a_file(data: bytes, why: str) -> None:
    assert not FORMAT.sniff(data), why


_TOLD = [
    (LETTER, "by its marks"),
    (b"\n" * 12 + b"texte\n****FIN****", "by its marks alone, where everything else was removed"),
    (LETTER.replace(b"****FIN****\n****FINFICHIER****\n", b""), "by its header alone"),
    (b"\n".join([*LETTER.split(b"\n")[:7], b"", *LETTER.split(b"\n")[8:13]]), "by its header, without the number of the insured"),
    (b"\n" * 5 + b"56\n1961\n\n\n12/09/2024\n\n\ntexte", "by what is left of a header"),
]


@pytest.mark.parametrize(("data", "why"), _TOLD)
def test_a_file_is_told_by_its_marks_or_by_its_header(data: bytes, why: str) -> None:
    assert FORMAT.sniff(data), why


def test_what_cannot_be_read_is_not_read() -> None:
    assert FORMAT.leaves(b"\x00\x01" + REPORT, Limits()) == Incomplete(Reason.UNDECODABLE)
    assert FORMAT.leaves(REPORT, Limits(leaves=10)) == Incomplete(Reason.OVER_BUDGET)
    assert FORMAT.leaves(REPORT.replace(b"|A|", b"|A" * 100), Limits(leaves=40)) == Incomplete(Reason.OVER_BUDGET)


@pytest.mark.parametrize("text", ["a\nb", "a\r", "****FIN****", "€"])
def test_what_would_be_another_line_cannot_be_written(text: str) -> None:
    seen = document(FORMAT, REPORT.replace(b"RAI", "RÉI".encode("iso8859-1")) if text == "€" else REPORT)
    written = FORMAT.write(seen, 1, text)

    assert written is None or (text == "€" and written == b"\x80")


def test_a_value_between_two_kinds_of_line_ends_leaves_its_line_there() -> None:
    seen = document(FORMAT, REPORT.replace(b"0024000777\n", b"0024000777\r"))

    assert places(FORMAT, rewritten(seen, 1, None))["header.3"][1] == "ELODIE"


def test_the_name_of_a_line_is_never_written() -> None:
    seen = document(FORMAT, REPORT.replace(b"****FIN****", b"COM|x\n****FIN****"))

    assert FORMAT.write(seen, len(seen.columns.start) - 2, None) is None


def test_a_bar_can_be_written_in_text_only() -> None:
    seen = document(FORMAT, REPORT)
    paths = {FORMAT.path(seen, leaf): leaf for leaf in range(len(seen.columns.start))}

    assert FORMAT.write(seen, paths["RES.5"], "a|b") is None
    assert FORMAT.write(seen, paths["text.1"], "a|b") == b"a|b"


# ---- laws -----------------------------------------------------------------------------------------------------------

_LINE = st.sampled_from(
    ["", "DURANDEL", "35000 RENNES", "12/03/1984", "2840335999311 11", "TEX|a|b", "RES|a|b|N|1|g", "é  x", "****LAB****"]
)
_FILES = st.builds(
    lambda lines, end: end.join(lines).encode(),
    st.lists(_LINE | st.sampled_from(["****FIN****", "****FINFICHIER****", "A" * 60]), max_size=60),
    st.sampled_from(["\r", "\n", "\r\n"]),
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A file with a few spans replaced by anything."""
    data = draw(st.sampled_from([REPORT, LETTER, TWO_PATIENTS]))
    for _ in range(draw(st.integers(0, 4))):
        at, length = draw(st.integers(0, len(data))), draw(st.integers(0, 8))
        data = data[:at] + draw(st.binary(max_size=6)) + data[at + length :]
    return data


@settings(deadline=None)
@given(st.one_of(st.binary(), mutated(), _FILES))
def test_any_bytes_are_read_or_refused_and_every_leaf_can_be_told_read_and_written(data: bytes) -> None:
    FORMAT.sniff(data)
    columns = FORMAT.leaves(data, Limits())
    if isinstance(columns, Incomplete):
        return
    seen = document(FORMAT, data)

    bounds = [bound for span in zip(columns.start, columns.end, strict=True) for bound in span]
    assert bounds == sorted(bounds)
    assert all(start < end <= len(data) for start, end in zip(columns.start, columns.end, strict=True))
    assert len(columns.role) == len(columns.mark) == len(columns.start)
    assert list(columns.scopes) == sorted(columns.scopes)
    assert list(columns.groups) == sorted(columns.groups)
    for leaf in range(len(columns.start)):
        assert FORMAT.text(seen, leaf).text
        assert FORMAT.path(seen, leaf)
        FORMAT.write(seen, leaf, "é|\n")


@settings(deadline=None)
@given(st.one_of(mutated(), _FILES))
def test_what_is_outside_of_the_leaves_is_structure_only(data: bytes) -> None:
    columns = FORMAT.leaves(data, Limits())
    if isinstance(columns, Incomplete):
        return
    rest = splice(data, [Edit(start, end, b"") for start, end in zip(columns.start, columns.end, strict=True)])
    names = rb"RES|TEX|\*{3,}[ ]?(?:LAB|FINFICHIER|FIN)[ ]?\*{3,}|\xef\xbb\xbf"

    assert not re.sub(names, b"", rest, flags=re.IGNORECASE).strip(b"| \t\r\n\v\f\x00\x1a\x1c\x1d\x1e\x1f")


@settings(deadline=None)
@given(st.sampled_from([REPORT, LETTER, TWO_PATIENTS]), st.text("abé.", min_size=1, max_size=6), st.data())
def test_writing_one_leaf_leaves_all_others_as_they_are(data: bytes, text: str, chosen: st.DataObject) -> None:
    seen = document(FORMAT, data)
    leaf = chosen.draw(st.integers(0, len(seen.columns.start) - 1))
    parted = FORMAT.path(seen, leaf).split(".")[1:2] in (["6"], ["11"], ["12"])  # another text may part another way

    again = document(FORMAT, rewritten(seen, leaf, text))

    expected = texts(seen)
    expected[leaf] = text
    assert parted or texts(again) == expected


def test_a_file_of_many_patients_is_read_within_the_limits() -> None:
    columns = FORMAT.leaves(TWO_PATIENTS * 2000, Limits())

    assert isinstance(columns, Columns)
    assert len(columns.scopes) == 4000
