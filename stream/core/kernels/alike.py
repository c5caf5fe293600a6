"""A character -> the one ASCII character that a reader takes it for. Called by `fold` only; the table fills itself as text comes by."""

import re
import unicodedata
from functools import cache

HIDDEN = "\x00"  # is not seen: zero width, combining, control
WIDE = "\x01"  # is read as several characters
STRANGE = "\x1a"  # has no fold

_BLANKS = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2800"
_FILLERS = "\u115f\u1160\u3164\uffa0"  # letters of no width

_LOOKS = (  # look-alikes and letters that no decomposition reaches: from, to
    ("αβγδεζηικλμνορςστυχω", "abydeznikluvopsstuxw"),
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abezhikmnoptyx"),
    ("авекмнорстухгидпьѕіјһԁԛԝѵўғқҳәё", "abekmhopctyxrudnbsijhdqwvyfkxee"),
    ("АВЕКМНОРСТУХЅІЈЬ", "abekmhopctyxsijb"),
    ("օսոհցզյք", "ounhgqjp"),
    ("øØđĐłŁħĦŧŦıðÐŋŊƒɑɡɩɪʏʀʙɢʜʟɴ", "ooddllhhttiddnnfagiiyrbghln"),
    ("ᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢꜱꜰ", "acdejkmoptuvwzsf"),
    ("°µ×∗•·∙‧․−˗➖∕⁄⧸∶꞉ˈʹʻʼʽ´‘’‚‛′“”„‟«»″≤≥∼¦", "oux*.....---///::'''''''''''\"\"\"\"\"\"\"<>~|"),
)
_SPELLED = {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ẞ": "SS", "þ": "th", "Þ": "TH"}
_ALIKE = {wide: plain for wides, plains in _LOOKS for wide, plain in zip(wides, plains, strict=True)}


class _Folds(dict[int, str]):
    """Code point -> folded character, HIDDEN, WIDE or STRANGE, for `str.translate`."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold(chr(code))
        return folded


_FOLDS = _Folds()


def folded(text: str) -> str:
    """One folded character, HIDDEN, WIDE or STRANGE for each of the text. The short way is for what is written in Latin-1."""
    try:
        return text.encode("latin-1").translate(_latin()).decode("ascii")
    except UnicodeEncodeError:
        return _BEYOND.sub(_stand_in, text).encode("latin-1").translate(_latin()).decode("ascii")


_BEYOND = re.compile("[^\x00-\xff]+")
_STAND_INS = str.maketrans({HIDDEN: "\xad", WIDE: "æ", STRANGE: "¤"})
"""Latin-1 characters that are folded to what the markers are."""


def _stand_in(run: re.Match[str]) -> str:
    return run[0].translate(_FOLDS).translate(_STAND_INS)


@cache
def _latin() -> bytes:
    return bytes(ord(_FOLDS[code]) for code in range(256))


def spelled(character: str) -> str:
    """What a WIDE character is read as: two or more ASCII characters, case kept."""
    return _SPELLED.get(character) or _plain(character)


def _fold(character: str) -> str:
    if character in _ALIKE:
        return _ALIKE[character]
    kind = unicodedata.category(character)
    if character in _BLANKS or kind in {"Zs", "Zl", "Zp"}:
        return " "
    if character in _FILLERS or kind in {"Cc", "Cf", "Mn", "Me"}:
        return HIDDEN
    if kind == "Nd":
        return str(unicodedata.decimal(character))
    if kind == "Pd":
        return "-"
    plain = spelled(character).lower()
    if len(plain) == 1:
        return plain
    return WIDE if plain else STRANGE


def _plain(character: str) -> str:
    """The compatibility decomposition without its combining marks, if that is printable ASCII; else nothing."""
    parts = unicodedata.normalize("NFKD", character)
    kept = "".join(_ALIKE.get(part, part) for part in parts if unicodedata.category(part) != "Mn")
    return kept if kept.isascii() and kept.isprintable() else ""
