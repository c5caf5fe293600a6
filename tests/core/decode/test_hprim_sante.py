"""What each place of a file of HPRIM Sante means, what stands on a line that is continued, and what of a file is a leaf at all."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.vocabulary import Reason
from stream.core.decode.hl7v2.delimiters import ABSENT
from stream.core.decode.hl7v2.segments import numbers
from stream.core.decode.hprim_sante import FORMAT
from stream.core.decode.hprim_sante.continued import continuation
from stream.core.decode.hprim_sante.delimiters import LONGEST, declared, lead
from stream.core.decode.hprim_sante.profile import PROFILE
from stream.core.decode.hprim_sante.segments import SEGMENTS
from stream.core.kernels.splice import splice
from stream.core.roles import ROLES
from stream.core.values import Columns, Edit, Incomplete, Limits
from tests.core.decode.hprim import CUT, PREGNANT, document, places, rewritten, texts

_HEAD = r"H|~^\&|F"


def found(*segments: str) -> dict[str, tuple[str, str]]:
    """The places of segments behind a plain header."""
    return {path: told for path, told in places(FORMAT, "\r\n".join((_HEAD, *segments)).encode()).items() if path != "H.3"}


_SAMPLE = [
    (PREGNANT, "H.3", "admin.text", "ORU0042.HPR", "the name of a file is data"),
    (PREGNANT, "H.5.1", "establishment.sender", "LABT", "who sends"),
    (PREGNANT, "P.3.1", "person.local_number", "8009912345", "number at the clinic"),
    (PREGNANT, "P.6.1", "person.name.family", "DURANDEL", "name"),
    (PREGNANT, "P.7", "person.name.family", "MARTINEAU", "birth name"),
    (PREGNANT, "P.8", "person.birth_date", "19840312", "birth date"),
    (PREGNANT, "P.11.5", "contact.postcode", "35000", "postcode"),
    (PREGNANT, "P.13.1", "contact.phone", "0199001234", "phone"),
    (PREGNANT, "P.14.2", "professional.name.full", "DR KERVELLA", "physician"),
    (PREGNANT, "P.19.1", "diagnosis.label", "GROSSESSE 7 SA", "a diagnosis without a code"),
    (PREGNANT, "P.20.1", "drug.label", "LEVOTHYROX", "medication"),
    (PREGNANT, "OBR.3.1", "order.placer", "PRE-5512", "order"),
    (PREGNANT, "OBR.4.2", "order.filler", "LAB2409120042", "filler's order"),
    (PREGNANT, "OBR.6.1", "order.priority", "R", "priority"),
    (PREGNANT, "OBX.6", "result.number", "18250", "value"),
    (PREGNANT, "OBX.12", "result.status", "F", "status"),
    (PREGNANT, "C.4", "health.text", "Compatible avec une grossesse d'environ 7 SA", "note"),
    (CUT, "P.6.2", "person.name.given", "MARCEL", "delimiters of its own"),
    (CUT, "P.11.3", "contact.city", "VANNES", "a city cut in two"),
    (CUT, "P.11.5", "contact.postcode", "56000", "what follows on the continued line"),
    (CUT, "OBR.5[2].1", "test.code", "SYPH", "a second test"),
    (CUT, "OBX.6", "result.text", "POSITIF A CONFIRMER", "text"),
]


@pytest.mark.parametrize(("data", "path", "role", "text", "why"), _SAMPLE)
def test_a_place_means_what_the_profile_says(data: bytes, path: str, role: str, text: str, why: str) -> None:
    assert places(FORMAT, data).get(path) == (role, text), why


_PLACES = [
    ("P|1|284033599931111", "P.3.1", "person.ins", "an INS by how it is written"),
    ("P|1|||265032A99901521", "P.5.1", "person.ins", "of Corsica"),
    ("P|1|||8009912345", "P.5.1", "person.local_number", "any other number"),
    ("P|1|||||||||||0199001234^0639981234", "P.13[2].1", "contact.phone", "a second phone"),
    ("P|1" + "|" * 17 + "B20~VIH~C", "P.19.1", "diagnosis.code", "a diagnosis with its code"),
    ("P|1" + "|" * 33 + "X~Y", "P.35.2", "unknown", "beyond the profile"),
    ("AP|1||||284033599931111", "AP.6", "relative.nir", "number of the insured"),
    ("AP|1|||||||||||DURANDEL~MARC", "AP.13", "person.attribute", "exemption"),
    ("AP|1||||||||||||DURANDEL~MARC", "AP.14.1", "relative.name.family", "the insured"),
    ("AP|1" + "|" * 21 + "20240720", "AP.23", "health.text", "when a pregnancy began"),
    ("AC|1|75500017|ADH0099887766", "AC.4", "insurance.member", "member"),
    ("FAC|1|DURANDEL", "FAC.3.1", "unknown", "what is in an invoice is known to nobody"),
    ("ACT|1|B040", "ACT.3", "admin.act", "billing act"),
    ("OBR|1||LAB42", "OBR.4.1", "order.filler", "a filler's number alone"),
    ("OBR|1||S42~LAB42", "OBR.4.1", "sample.number", "a sample before it"),
    ("OBR|1" + "|" * 12 + "SUSPICION VIH", "OBR.14", "health.text", "clinical information"),
    ("OBR|1" + "|" * 15 + "0000~DR KERVELLA&YANN~L~HP~Clinique~L", "OBR.17.5", "establishment.name", "where the prescriber works"),
    ("OBX|1|FIC|X||DURANDEL.pdf~TXT", "OBX.6.1", "unknown", "the name of a file is known to nobody"),
    ("OBX|1|GC|X||1.5~2", "OBX.6.2", "result.number", "a curve"),
    ("OBX|1|CE|X||NEG~Négatif", "OBX.6.2", "result.text", "coded"),
    ("OBX|1|CNA|X||1~DR KERVELLA", "OBX.6.2", "professional.name.full", "a physician as a result"),
    ("OBX|1|PN|X||DURANDEL~ELODIE", "OBX.6.1", "person.name.family", "a name as a result"),
    ("OBX|1|TX|X||vu~revu", "OBX.6", "result.text", "lines of a text are one leaf"),
    ("OBX|1|ZZ|X||vu~revu", "OBX.6.2", "unknown", "a type that nobody knows"),
    ("OBX|1|NM", "OBX.3", "result.type", "a short line"),
    ("ZLB|ELODIE", "#2.1.1", "key.unknown", "a site's own segment: its name may be data"),
    ("ZLB|ELODIE", "#2.2.1", "unknown", "and what is in it"),
    ("suite du texte", "#2.1.1", "unknown", "a line that is no segment"),
]


@pytest.mark.parametrize(("segment", "path", "role", "why"), _PLACES)
def test_the_profile_tells_other_places_too(segment: str, path: str, role: str, why: str) -> None:
    assert found(segment).get(path, ("", ""))[0] == role, why


def test_no_field_of_the_profile_is_listed_twice() -> None:
    for name, fields in PROFILE.items():
        listed = [number for written in fields.values() for number in numbers(written)]
        assert len(listed) == len(set(listed)), name


# ---- continued lines ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n", "\r\n\r\n"])
@pytest.mark.parametrize("cut", range(1, 40))
def test_a_line_cut_anywhere_reads_as_if_it_were_whole(cut: int, end: str) -> None:
    line = r"P|1|80099|24||DUR\F\AND^EL~ÉLODIE|MARTINEAU|19840312|F"
    whole, parted = f"{_HEAD}\r\n{line}\r\nC|1|L|vu", f"{_HEAD}\r\n{line[:cut]}{end}A|{line[cut:]}\r\nC|1|L|vu"

    assert places(FORMAT, parted.encode("cp1252")) == places(FORMAT, whole.encode("cp1252"))


@pytest.mark.parametrize("line", ["P|1||||DURANDEL\r\nA|~ELODIE", "P|1||||DURANDEL~\r\nA|ELODIE"])
def test_a_cut_between_two_values_belongs_to_neither(line: str) -> None:
    columns = document(FORMAT, f"{_HEAD}\r\n{line}".encode()).columns
    raw = [f"{_HEAD}\r\n{line}"[start:end] for start, end in zip(columns.start, columns.end, strict=True)]

    assert raw == ["F", "1", "DURANDEL", "ELODIE"]
    assert not any(columns.mark)


def test_a_letter_cut_in_two_is_one_letter() -> None:
    data = f"{_HEAD}\r\nP|1||||DURANDEL~ÉLODIE".encode()
    at = data.index("É".encode()) + 1

    assert places(FORMAT, data[:at] + b"\r\nA|" + data[at:])["P.6.2"] == ("person.name.given", "ÉLODIE")


def test_what_is_written_in_a_part_of_a_cut_value_takes_only_that_part() -> None:
    seen = document(FORMAT, b"H|~^\\&|F\r\nC|1|L|vue par DURA\r\nA|NDEL ce jour\r\nL|1")
    leaf = next(leaf for leaf in range(len(seen.columns.start)) if FORMAT.path(seen, leaf) == "C.4")
    text, offsets = FORMAT.text(seen, leaf)
    assert offsets is not None
    first = text.index("DURANDEL")

    new = FORMAT.write(seen, leaf, "***")
    assert isinstance(new, bytes)
    written = splice(seen.data, [Edit(offsets[first], offsets[first + len("DURANDEL")], new)])

    assert written == b"H|~^\\&|F\r\nC|1|L|vue par *** ce jour\r\nL|1"


def test_a_value_that_goes_leaves_its_line_continued() -> None:
    seen = document(FORMAT, CUT)
    leaf = next(leaf for leaf in range(len(seen.columns.start)) if FORMAT.path(seen, leaf) == "P.11.3")

    written = rewritten(seen, leaf, None)

    assert written == CUT.replace(b"VAN\r\nA|NES", b"\r\nA|")
    assert "P.11.3" not in places(FORMAT, written)
    assert places(FORMAT, written)["P.11.5"][1] == "56000"


# ---- results, patients, files ---------------------------------------------------------------------------------------


def test_a_result_goes_with_the_notes_that_follow_it() -> None:
    lines = ["P|1", "C|1|L|patient", "OBX|1|NM|A||1", "C|1|L|x", "A|y", "suite", "OBX|2|NM|B||2", "ZZ|1", "C|1|L|z", "L|1"]
    data = "\r\n".join([_HEAD, *lines])
    seen = document(FORMAT, data.encode())

    groups = [{FORMAT.path(seen, leaf).split(".")[0] for leaf in range(*group)} for group in seen.columns.groups]

    assert groups == [{"OBX[1]", "C[2]", "#6"}, {"OBX[2]"}]


def test_each_patient_opens_a_scope_and_the_envelope_is_nobodys_own() -> None:
    seen = document(FORMAT, f"{_HEAD}\r\nP|1||||A\r\nOBX|1|ST|X||x\r\nP|2||||B\r\nL|1".encode())
    scopes = {FORMAT.path(seen, leaf): seen.scope_of(leaf) for leaf in range(len(seen.columns.start))}

    assert scopes["H.3"] == 0
    assert scopes["P[1].6.1"] == scopes["OBX.6"] != scopes["P[2].6.1"]


@pytest.mark.parametrize("data", [b"\x0b" + PREGNANT + b"\x1c\r", PREGNANT + b"\x1a", PREGNANT + b"\x00\x00"])
def test_what_frames_a_file_is_no_data(data: bytes) -> None:
    assert places(FORMAT, data) == places(FORMAT, PREGNANT)


def test_several_files_that_agree_on_their_delimiters_are_one_document() -> None:
    assert places(FORMAT, PREGNANT + PREGNANT)["H[2].3"][1] == "ORU0042.HPR"
    assert FORMAT.leaves(PREGNANT + CUT, Limits()) == Incomplete(Reason.UNDECODABLE)


@pytest.mark.parametrize("codec", ["utf-8", "iso8859-1", "cp1252", "mac_roman", "cp850"])
def test_a_file_is_read_in_the_charset_of_the_system_that_wrote_it(codec: str) -> None:
    data = f"{_HEAD}\r\nP|1||||BÉRANGER~Hélène\r\nC|1|L|Sérologie à contrôler".encode(codec)

    assert places(FORMAT, data)["P.6.2"][1] == "Hélène"
    assert places(FORMAT, data)["C.4"][1] == "Sérologie à contrôler"


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf" + PREGNANT, b"\r\n " + PREGNANT, PREGNANT.replace(b"|", b"!"), b"H|\\^&|A\rP|1"])
def test_a_file_is_told_by_the_delimiters_that_it_declares(data: bytes) -> None:
    assert FORMAT.sniff(data)
    assert isinstance(FORMAT.leaves(data, Limits()), Columns)


_OTHERS = [
    (b"", "nothing"),
    (b"H", "a letter"),
    (b"H|NOM|PRENOM\nP|DURANDEL|ELODIE", "CSV with bars"),
    (b"H||||A", "CSV with empty columns"),
    (b"H|~^\\&", "a declaration without an end"),
    (b"MSH|^~\\&|A", "HL7"),
    (b"Hb 13,2 g/dL le 12/09/2024", "text"),
    (b"H--- le patient", "text with dashes"),
    (b'{"H": "|~^&"}', "JSON"),
]


@pytest.mark.parametrize(("data", "why"), _OTHERS)
def test_other_data_is_not_taken_for_a_file(data: bytes, why: str) -> None:
    assert not FORMAT.sniff(data), why
    assert FORMAT.leaves(data, Limits()) == Incomplete(Reason.UNDECODABLE), why


def test_more_than_the_limits_allow_is_not_read() -> None:
    assert FORMAT.leaves(PREGNANT, Limits(leaves=20)) == Incomplete(Reason.OVER_BUDGET)
    assert FORMAT.leaves(b"H|~^\\&|\r" + b"\r" * 100, Limits(leaves=20)) == Incomplete(Reason.OVER_BUDGET)
    assert FORMAT.leaves(b"H|~^\\&|\rZ" + b"|x" * 100, Limits(leaves=20)) == Incomplete(Reason.OVER_BUDGET)


def test_the_name_of_a_segment_is_never_written() -> None:
    seen = document(FORMAT, b"H|~^\\&|F\rZLB|1")
    named = [leaf for leaf, role in enumerate(seen.columns.role) if ROLES[role].name == "key.unknown"]

    assert [FORMAT.write(seen, leaf, None) for leaf in named] == [None]


# ---- laws -----------------------------------------------------------------------------------------------------------

_FIELD = st.text(st.sampled_from('|^~&\\"ABé12 .#'), max_size=12)
_SEGMENT = st.tuples(st.sampled_from([*(name.decode() for name in SEGMENTS), "ZZ", "", "A", "A", "p"]), st.lists(_FIELD, max_size=10))
_FILES = st.builds(
    lambda head, segments, end: end.join([head, *("|".join((name, *fields)) for name, fields in segments)]).encode(),
    st.sampled_from([_HEAD, r"H|\^&~|A|B", r"H|~^\&|A||||||B|||H2.1~C", r"H|\^&|"]),
    st.lists(_SEGMENT, max_size=8),
    st.sampled_from(["\r", "\n", "\r\n"]),
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A file with a few spans replaced by anything."""
    data = draw(st.sampled_from([PREGNANT, CUT]))
    for _ in range(draw(st.integers(0, 4))):
        at, length = draw(st.integers(0, len(data))), draw(st.integers(0, 8))
        data = data[:at] + draw(st.binary(max_size=6) | st.just(b"\r\nA|")) + data[at + length :]
    return data


@settings(deadline=None)
@given(st.one_of(st.binary(), st.binary().map(b"H|~^\\&|".__add__), mutated(), _FILES))
def test_any_bytes_are_read_or_refused_and_every_leaf_can_be_told_read_and_written(data: bytes) -> None:
    columns = FORMAT.leaves(data, Limits())
    assert isinstance(columns, Columns) == FORMAT.sniff(data) or b"H" in data
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
        text, offsets = FORMAT.text(seen, leaf)
        assert offsets is None or (len(offsets) == len(text) + 1 and list(offsets) == sorted(offsets))
        assert offsets is None or (columns.start[leaf] <= offsets[0] and offsets[-1] == columns.end[leaf])
        assert FORMAT.path(seen, leaf)
        FORMAT.write(seen, leaf, "é|\n")


@settings(deadline=None)
@given(st.one_of(mutated(), _FILES))
@example(b"H|~^\\&|F\rH\rH\rA|&")
def test_what_is_outside_of_the_leaves_is_structure_only(data: bytes) -> None:
    columns = FORMAT.leaves(data, Limits())
    if isinstance(columns, Incomplete):
        return
    first = lead(data)
    delimiters = declared(data[first : first + LONGEST])
    assert delimiters is not None
    blanks = [Edit(start, end, b" ") for start, end in zip(columns.start, columns.end, strict=True)]  # a line without anything joins others
    rest = splice(data, blanks)[first:]
    declaration = b"H" + b"".join(delimiters).replace(ABSENT, b"")

    for line in continuation(delimiters.field).sub(b"", rest).replace(b"\n", b"\r").split(b"\r"):
        name = line.split(delimiters.field)[0]
        known = declaration if line.startswith(declaration) else name if name in SEGMENTS or name == b"A" else b""
        assert not line[len(known) :].replace(b'""', b"").strip(b"".join(delimiters) + b" \t\x00\x1a\x1c\v\f")


@settings(deadline=None)
@given(_FILES, st.text(st.sampled_from("ab|^~&\\é\r\n"), max_size=6), st.data())
def test_writing_one_leaf_leaves_all_others_as_they_are(data: bytes, text: str, chosen: st.DataObject) -> None:
    columns = FORMAT.leaves(data, Limits())
    if isinstance(columns, Incomplete) or not columns.start:
        return
    seen = document(FORMAT, data)
    leaf = chosen.draw(st.integers(0, len(columns.start) - 1))
    path = FORMAT.path(seen, leaf)
    if not FORMAT.write(seen, leaf, text) or path.startswith("#") or path.endswith(".3"):  # the type of a result tells its value
        return

    again = document(FORMAT, rewritten(seen, leaf, text))

    expected = texts(seen)
    expected[leaf] = text
    assert texts(again) == expected


def test_a_megabyte_in_one_value_of_many_lines_is_one_leaf() -> None:
    data = b"H|~^\\&|F\r\nOBX|1|TX|X||" + b"\r\nA|".join([b"x" * 216] * 5000) + b"\r\nL|1"
    seen = document(FORMAT, data)

    assert len(FORMAT.text(seen, len(seen.columns.start) - 2).text) == 216 * 5000
