"""A source's own profile says what unknown places are, and nothing of places that are known."""

from schemas.vocabulary import Category
from stream.core.decode import Decoded, decode
from stream.core.decode.overlay import Overlay, overlay
from stream.core.roles import ROLES
from stream.core.ruleset import nothing_extracted
from stream.core.values import Coordinate, Limits, Record

OURS = overlay(
    {
        "champPatient": Category.PERSON_NAME,
        "Réf. dossier": Category.PERSON_LOCAL_NUMBER,
        "valeur brute": Category.HEALTH_RESULT,
        "nom": Category.HEALTH_TEXT,
    },
    {"ZLB": {"1": Category.PERSON_NAME, "3.2": Category.ADMIN_CODE}, "PID": {"5": Category.HEALTH_TEXT}},
)


def read(value: bytes, over: Overlay | None = OURS) -> Decoded:
    return decode(Record(Coordinate("t", 0, 0), None, value), Limits(), nothing_extracted, over)


def roles(decoded: Decoded) -> dict[str, str]:
    """The role of each text."""
    return {
        document.format.text(document, leaf).text: ROLES[document.columns.role[leaf]].name
        for document in decoded.documents
        for leaf in range(len(document.columns.start))
    }


def test_keys_of_json_are_known_however_they_are_spelled() -> None:
    found = roles(read(b'{"CHAMP_PATIENT": "xx yy", "ref_dossier": "A-1", "valeurBrute": 12.5, "autre": "zz"}'))

    assert (found["xx yy"], found["A-1"], found["12.5"]) == ("person.name.full", "person.local_number", "result.number")
    assert (found["CHAMP_PATIENT"], found["autre"], found["zz"]) == ("key", "key.unknown", "unknown")


def test_heads_of_columns_are_known() -> None:
    found = roles(read(b"champPatient;autre;CP;NOM\nxx yy;zz;35000;A\nvv ww;uu;56000;B\nrr ss;tt;22000;C\n"))

    assert (found["xx yy"], found["vv ww"], found["zz"]) == ("person.name.full", "person.name.full", "unknown")


def test_elements_of_xml_are_known() -> None:
    found = roles(read(b"<lot><champPatient>xx yy</champPatient><autre>zz</autre></lot>"))

    assert (found["xx yy"], found["zz"]) == ("person.name.full", "unknown")


def test_fields_and_components_of_a_segment_are_known() -> None:
    found = roles(read(b"MSH|^~\\&|A|B|C|D|20240912||ORU^R01|1|P|2.5\rZLB|xx yy|ww|tt^uu\r"))

    assert (found["xx yy"], found["ww"], found["tt"], found["uu"]) == ("person.name.full", "unknown", "unknown", "admin.code")


def test_what_is_known_stays_what_it_is() -> None:
    record = b'{"nom": "DURANDEL"}', b"MSH|^~\\&|A|B|C|D|20240912||ORU^R01|1|P|2.5\rPID|1||||DURANDEL^ELODIE\r"

    for value in record:
        assert roles(read(value)) == roles(read(value, None))
