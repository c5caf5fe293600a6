"""Values written so that a person reads them and a pattern does not: each is found in every record, or the record is held."""

import base64
import json
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.vocabulary import Reason
from tests.core.evasion.planted import BIRTH, CARRIERS, EMAIL, ESCAPES, FULL_NAME, NAME, NIR, PHONE, POLICIES, Planted, leaves, outcome

Disguise = Callable[[str], str]

EVERY = (NAME, FULL_NAME, NIR, PHONE, EMAIL, BIRTH)
NUMBERS = (NIR, PHONE)


def between(sign: str) -> Disguise:
    """The sign between all characters."""
    return sign.join


def each(spelling: str) -> Disguise:
    """Every character as its code."""
    return lambda value: "".join(spelling.format(ord(c)) for c in value)


def some(spelling: str) -> Disguise:
    """Every second character as its code."""
    return lambda value: "".join(spelling.format(ord(c)) if n % 2 else c for n, c in enumerate(value))


def shifted(letters: int, digits: int) -> Disguise:
    """Letters and digits of another block of Unicode."""
    return lambda value: "".join(
        chr(letters + ord(c.lower()) - 97) if c.isascii() and c.isalpha() else chr(digits + int(c)) if c.isdigit() else c for c in value
    )


def looking(from_: str, to: str) -> Disguise:
    """Letters that look alike."""
    return lambda value: value.translate(str.maketrans(from_, to))


UNSEEN = {
    "zero width space": "\u200b",
    "zero width joiner": "\u200d",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "soft hyphen": "\u00ad",
    "grapheme joiner": "\u034f",
    "variation selector": "\ufe0f",
    "tag": "\U000e0041",
    "combining stroke": "\u0336",
    "combining acute": "\u0301",
    "left to right mark": "\u200e",
    "embedding": "\u202a",
    "Hangul filler": "\u3164",
}
DISGUISES: list[tuple[str, Disguise, tuple[Planted, ...]]] = [
    ("as it is", str, EVERY),
    ("capitals", str.upper, EVERY),
    *((name, between(sign), EVERY) for name, sign in UNSEEN.items()),
    ("Cyrillic", looking("ABEHKMOPCTXaeopcyxisd", "АВЕНКМОРСТХаеорсухіѕԁ"), (NAME, FULL_NAME, EMAIL)),
    ("Greek", looking("ABEZHIKMNOPTX", "ΑΒΕΖΗΙΚΜΝΟΡΤΧ"), (NAME, FULL_NAME)),
    ("small capitals after a title", looking("DURANEL", "ᴅᴜʀᴀɴᴇʟ"), (NAME,)),
    ("full width", lambda value: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in value), EVERY),
    ("mathematical", shifted(0x1D41A, 0x1D7CE), (NAME, NIR, PHONE, EMAIL, BIRTH)),
    ("circled", lambda value: "".join(chr(0x24B6 + ord(c) - 65) if "A" <= c <= "Z" else c for c in value), (NAME, FULL_NAME)),
    ("superscript", looking("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"), (NIR, PHONE, BIRTH)),
    *((f"digits at {block:x}", shifted(97, block), (NIR, PHONE, BIRTH)) for block in (0x660, 0x6F0, 0x966, 0xE50, 0x7C0, 0xFF10)),
    ("letters for zeros", looking("0", "O"), NUMBERS),
    *(
        (f"apart by {sign!a}", between(sign), NUMBERS)
        for sign in (" ", "  ", ".", "-", "_", "/", ",", "*", ":", "·", "\u00a0", " - ", "~", "&", "^")
    ),
    ("a name apart after a title", between(" "), (NAME,)),
    ("a name apart after a title, dots", between("."), (NAME,)),
    ("decimal entities", each("&#{};"), EVERY),
    ("hexadecimal entities", each("&#x{:x};"), EVERY),
    ("entities without an end", each("&#{}"), EVERY),
    ("some entities", some("&#{};"), EVERY),
    ("entities of entities", each("&amp;#{};"), EVERY),
    ("named entities", between("&shy;"), EVERY),
    ("tags", between("<b></b>"), EVERY),
    ("a comment of HTML", lambda value: f"{value[:3]}<!-- x -->{value[3:]}", EVERY),
    ("percent", each("%{:02X}"), EVERY),
    ("some percent", some("%{:02x}"), EVERY),
    ("percent of percent", each("%25{:02X}"), EVERY),
    ("percent u", each("%u{:04X}"), EVERY),
    ("quoted-printable", each("={:02X}"), EVERY),
    ("quoted-printable in small letters", each("={:02x}"), EVERY),
    ("escapes of JavaScript", each("\\u{:04x}"), EVERY),
    ("escapes of C", each("\\x{:02x}"), EVERY),
    ("octal escapes", each("\\{:03o}"), EVERY),
]


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize(("name", "disguise", "values"), DISGUISES, ids=[case[0] for case in DISGUISES])
def test_a_disguised_value_does_not_leave(carrier: str, name: str, disguise: Disguise, values: tuple[Planted, ...]) -> None:
    for before, value, after in values:
        for policy in POLICIES:
            forward = outcome(CARRIERS[carrier](before + disguise(value) + after), policy).forward
            assert forward is None or not leaves(forward, value), (name, policy)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from([NAME, NIR, PHONE, EMAIL, BIRTH]), st.sampled_from(sorted(CARRIERS)), st.data())
def test_nothing_that_is_not_seen_hides_a_value(planted: Planted, carrier: str, data: st.DataObject) -> None:
    value = planted.value
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(value)))
        value = value[:at] + data.draw(st.sampled_from(sorted(UNSEEN.values()))) + value[at:]

    forward = outcome(CARRIERS[carrier](planted.before + value + planted.after), "research").forward

    assert forward is None or not leaves(forward, planted.value)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from([NAME, NIR, PHONE, BIRTH]), st.sampled_from(sorted(CARRIERS)), st.data())
def test_any_mixture_of_spellings_is_read(planted: Planted, carrier: str, data: st.DataObject) -> None:
    spelling = data.draw(st.sampled_from(["&#{};", "&#x{:X};", "%{:02X}", "={:02X}", "\\u{:04x}", "\\x{:02x}"]))
    spelled = "".join(spelling.format(ord(c)) if data.draw(st.booleans()) else c for c in planted.value)

    forward = outcome(CARRIERS[carrier](planted.before + spelled + planted.after), "research").forward

    assert forward is None or not leaves(forward, planted.value)


SAID = [
    "zero six trente-neuf quatre-vingt-dix-huit douze trente-quatre",
    "zéro six, trente-neuf, quatre vingt dix huit, douze, trente quatre",
    "ZERO SIX TROIS NEUF NEUF HUIT UN DEUX TROIS QUATRE",
    "zero six three nine nine eight one two three four",
    "trente-trois six trente-neuf quatre-vingt-dix-huit douze trente-quatre",
    "deux quatre-vingt-quatre zéro trois quatre-vingt-dix-neuf zéro zéro un deux trois quatre sept trois",
    "deux quatre-vingt-quatre zéro trois quatre-vingt-dix-neuf zéro zéro cent vingt-trois quarante-sept trois",
]


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_number_in_words_is_read_as_it_is_said(carrier: str, said: str) -> None:
    for policy in POLICIES:
        forward = outcome(CARRIERS[carrier](f"joindre au {said} ce jour"), policy).forward
        assert forward is None or said.encode() not in (forward.value or b"")


@pytest.mark.parametrize(
    "text",
    [
        "deux à trois fois par jour, un comprimé matin et soir, quatre jours sur sept",
        "grade : zéro, un, deux, trois, quatre, cinq, six, sept, huit, neuf",
        "échelle 0, 1, 2, 3, 4, 5, 6, 7, 8, 9",
        "glycémie &lt; 5 mmol/L ; Na+/K+ ; A+B ; 12% ; pH=7",
        "voir C:\\temp\\note.txt, p<0.05, x>3",
        "le <b>potassium</b> est à 4,2",
        "CA125+ACE- ; RhD+CcEe ; 06h30, 07h45, 08h10",
    ],
)
@pytest.mark.parametrize("carrier", CARRIERS)
def test_what_only_looks_like_a_disguise_stays(carrier: str, text: str) -> None:
    forward = outcome(CARRIERS[carrier](text), "research").forward

    assert forward is not None
    written = {"hl7": text.translate(ESCAPES), "json": json.dumps(text, ensure_ascii=False)[1:-1]}.get(carrier, text)
    assert written.encode() in (forward.value or b"")


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize(
    "text",
    [
        "Mme +AEQAVQBSAEEATgBEAEUATA- ce jour",
        "Mme H+AMk-L+AMg-NE ce jour",
        "vue ce matin, \u202e4321899360\u202c",
    ],
    ids=["UTF-7", "UTF-7 of accents", "written from right to left"],
)
def test_what_does_not_read_as_it_stands_is_a_doubt(carrier: str, text: str) -> None:
    strict = outcome(CARRIERS[carrier](text), POLICIES[1])
    forward = outcome(CARRIERS[carrier](text), "research").forward

    assert strict.decision.reasons == (Reason.UNDECODABLE,)
    assert forward is None or text.encode() not in (forward.value or b"")


def test_the_spelling_of_what_stays_is_not_touched() -> None:
    text = "pr&eacute;l&egrave;vement de Mme &#68;URANDEL <i>h&eacute;molys&eacute;</i>, 12%20g"

    forward = outcome(text.encode(), "research").forward

    assert forward is not None
    assert forward.value == b"pr&eacute;l&egrave;vement de Mme *** <i>h&eacute;molys&eacute;</i>, 12%20g"


@pytest.mark.parametrize("value", ["DURANDEL Sidonie", "Mme DURANDEL Sidonie, 12 rue des Lices"])
def test_packing_or_spelling_makes_an_unknown_place_no_better_known(value: str) -> None:
    packed = base64.b64encode(value.encode()).decode()
    for written in (packed, "".join(f"%{ord(c):02X}" for c in value), re.sub("[AEIOU]", lambda c: f"&#{ord(c[0])};", value)):
        forward = outcome(f'{{"xx":"{written}","valeur":5.2}}'.encode(), "research").forward
        assert forward is not None
        assert forward.value == b'{"xx":"","valeur":5.2}'


def test_what_hangs_in_an_unknown_place_does_not_keep_the_words_around_it() -> None:
    packed = base64.b64encode(b'{"valeur":5.2,"unite":"mmol/L"}').decode()

    forward = outcome(f'{{"xx":"KERVELLAN {packed} rue","valeur":5.2}}'.encode(), "research").forward

    assert forward is not None
    assert forward.value == b'{"xx":"","valeur":5.2}'
