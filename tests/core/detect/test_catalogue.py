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
