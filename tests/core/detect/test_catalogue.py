from time import process_time

import pytest

from schemas.lists import lists
from stream.core.detect.catalogue import DETECTORS, detectors
from stream.core.kernels.scan import build
from tests.core.detect.looking import around, catalogue, found


def test_every_detector_has_a_name_of_its_own() -> None:
    every = detectors(lists())

    assert len({detector.name for detector in every}) == len(every) == len(DETECTORS) + 2


def test_all_patterns_compile_together() -> None:
    build([pattern for detector in catalogue().values() for pattern in detector.patterns], ())


def test_what_a_mask_left_is_not_found_again() -> None:
    text = "Mme *** née le ***, tel ***, NIR ***, mot de passe : Az***12, né en 1984, dossier : 1984"

    assert {name: values for name in catalogue() if (values := found(name, around(text)))} == {}


_REPEATED = (
    "a- |a.|1 |06 |M. |Dr |Elodie |nee a |naiss |12 rue |35000 Ab |mdp: |CHU de |fr14 |a@|<<|://"
    "|zero |quatre vingt |cent deux |06,|1*|0^|Mme a |nom='|=4|&#|a_|valide par |J. |*** |\n|ipp n° |+33 |A+ |12 mars "
).split("|")


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_work_grows_with_the_text_and_not_with_its_square(name: str) -> None:
    slow = [piece for piece in _REPEATED if _seconds(name, piece, 8_000) > 40 * max(_seconds(name, piece, 1_000), 0.0005)]

    assert slow == []


def _seconds(name: str, piece: str, length: int) -> float:
    """The least processor time of three looks at a text of this piece."""
    leaf = around(piece * (length // len(piece)))
    spent = []
    for _ in range(3):
        begin = process_time()
        list(catalogue()[name].find(leaf))
        spent.append(process_time() - begin)
    return min(spent)
