"""Pseudonyms: what stands for a value at one recipient, so that its records still join and two recipients' records never do.

Held by a route's rules, called by `act`. Never keeps a value longer than its memo, which the loop empties between batches.
"""

import hmac
import re
import unicodedata
from base64 import b32encode
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from schemas.vocabulary import Category

MEMO_SIZE = 10_000
_BYTES = 16  # 128 bits of the HMAC, in 26 base32 characters; the last holds three bits, hence its own alphabet
_SHAPE = re.compile(r"pq1-[a-z2-7]{8}-[a-z2-7]{25}[aeimquy4]")
_RECIPIENT = b"pratique pseudonym 1 recipient "
_ID = b"pratique pseudonym 1 id"
_PUNCTUATED = frozenset({Category.CONTACT_EMAIL, Category.CONTACT_ONLINE, *(c for c in Category if Category.CREDENTIAL in c.lineage)})
"""Categories whose separators tell values apart: `a.b@x` and `ab@x` are two mailboxes."""
_FAMILIES = {category: ".".join(category.split(".")[:2]) for category in Category}
"""Values of one family join: a category's first two levels."""
_ASCII_SEPARATORS = {code: None for code in range(128) if not chr(code).isalnum()}
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_SHIFTS = range(120, -1, -10)


@dataclass(frozen=True, slots=True, repr=False)
class Pseudonymiser:
    """Makes the pseudonyms of one recipient. Repeats within a batch are answered from the memo, `MEMO_SIZE` values at most."""

    key_id: str  # of the master key, 8 characters; stands in each pseudonym
    key: bytes
    recipient: str
    memo: dict[tuple[Category, str], str] = field(default_factory=dict, compare=False)

    def pseudonym(self, category: Category, text: str) -> str:
        """`pq1-<key id>-<26 characters>`, the same for each spelling of a value; a text that is a pseudonym stays as it is,
        blanks around it or none."""
        known = self.memo.get((category, text))
        if known is not None:
            return known
        if is_pseudonym(text.strip()):
            return text
        made = self._make(category, text)
        if len(self.memo) < MEMO_SIZE:
            self.memo[category, text] = made
        return made

    def forget(self) -> None:
        """Empties the memo."""
        self.memo.clear()

    def _make(self, category: Category, text: str) -> str:
        said = f"{_FAMILIES[category]}\n{normalised(category, text)}"
        digest = hmac.digest(self.key, said.encode("utf-8", "surrogatepass"), "sha256")
        bits = int.from_bytes(digest[:_BYTES]) << 2
        return f"pq1-{self.key_id}-{''.join([_PAIRS[bits >> shift & 1023] for shift in _SHIFTS])}"


def pseudonymiser(master: bytes, recipient: str) -> Pseudonymiser:
    """The pseudonymiser of a recipient, with a key derived from the pipeline's 32-byte pseudonym key."""
    key = HKDF(SHA256(), 32, salt=None, info=_RECIPIENT + recipient.encode()).derive(master)
    return Pseudonymiser(master_id(master), key, recipient)


def master_id(master: bytes) -> str:
    """The short name of a pseudonym key, which tells nothing of it: 40 bits of an HMAC, as 8 base32 characters."""
    return b32encode(hmac.digest(master, _ID, "sha256")[:5]).decode().lower()


def is_pseudonym(text: str) -> bool:
    """Whether a text has the shape of a pseudonym, of whatever key."""
    return _SHAPE.fullmatch(text) is not None


def normalised(category: Category, text: str) -> str:
    """One spelling for each value: no accents, upper case, and no separators where they carry nothing."""
    if text.isascii():
        letters = text.upper()
        kept = letters.translate(_ASCII_SEPARATORS)
    else:
        letters = "".join([c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)]).upper()
        kept = "".join([c for c in letters if c.isalnum()])
    return letters.strip() if category in _PUNCTUATED else kept or letters
