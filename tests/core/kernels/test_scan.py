"""The contract of `scan`; a native build runs through the same tests."""

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.vocabulary import Reason
from stream.core.kernels.scan import Database, Hit, build, scan
from stream.core.values import Incomplete


class Kernel(NamedTuple):
    """One build of the kernel."""

    build: Callable[[Sequence[str], Sequence[str]], Database]
    scan: Callable[[bytes, Database, int], list[Hit] | Incomplete]

    def hits(self, text: bytes, patterns: Sequence[str], words: Sequence[str]) -> list[Hit]:
        """All hits, in a fixed order; fails the test when there are too many."""
        found = self.scan(text, self.build(patterns, words), 10_000)
        assert not isinstance(found, Incomplete)
        return sorted(found)


@pytest.fixture(params=[Kernel(build, scan)], ids=["hyperscan"], scope="module")
def kernel(request: pytest.FixtureRequest) -> Kernel:
    """Every build of the kernel."""
    made: Kernel = request.param
    return made


def test_a_word_is_hit_wherever_it_stands(kernel: Kernel) -> None:
    assert kernel.hits(b"\nvih et vihre\nxvih\n", [], ["vih"]) == [(0, 4), (0, 11), (0, 18)]


def test_words_are_numbered_after_the_patterns(kernel: Kernel) -> None:
    assert kernel.hits(b"\nvih 12\n", ["[0-9]{2}"], ["ivg", "vih"]) == [(0, 7), (2, 4)]


def test_a_pattern_tells_where_it_ends(kernel: Kernel) -> None:
    assert kernel.hits(b"\nne le 12/03\n", ["[0-9]{2}/[0-9]{2}"], []) == [(0, 12)]


def test_the_dot_of_a_pattern_does_not_cross_from_leaf_to_leaf(kernel: Kernel) -> None:
    assert kernel.hits(b"\na\nb\n", ["a.b"], []) == []


@pytest.mark.parametrize("word", ["ca 15-3", "o'sullivan", "c+", "a.b", "(x)", "[y]"])
def test_a_word_means_nothing_but_itself(kernel: Kernel, word: str) -> None:
    text = f"\n{word}\n".encode()

    assert kernel.hits(text, [], [word]) == [(0, len(text) - 1)]
    assert kernel.hits(b"\nca 1533 osullivan ccc axb x y\n", [], [word]) == []


def test_a_text_without_hits_has_none(kernel: Kernel) -> None:
    assert kernel.hits(b"\n\n", ["[0-9]"], ["vih"]) == []


def test_a_database_of_nothing_hits_nothing(kernel: Kernel) -> None:
    assert kernel.hits(b"\nvih 12\n", [], []) == []


def test_more_hits_than_the_budget_are_an_incomplete_scan(kernel: Kernel) -> None:
    database = kernel.build(["[0-9]"], [])

    assert kernel.scan(b"123", database, 3) == [(0, 1), (0, 2), (0, 3)]
    assert kernel.scan(b"1234", database, 3) == Incomplete(Reason.OVER_BUDGET)


def test_a_scan_after_one_that_was_broken_off_is_whole(kernel: Kernel) -> None:
    database = kernel.build(["[0-9]"], [])
    kernel.scan(b"1234", database, 1)

    assert kernel.scan(b"12", database, 5) == [(0, 1), (0, 2)]


def test_a_work_space_is_used_again() -> None:
    database = build(["[0-9]"], [])
    for _ in range(3):
        scan(b"12", database, 1)

    assert len(database.idle) == 1


def test_a_pattern_that_cannot_be_compiled_is_refused(kernel: Kernel) -> None:
    with pytest.raises(ValueError, match="a pattern is refused"):
        kernel.build(["a(?=b)"], [])


def test_threads_may_share_a_database(kernel: Kernel) -> None:
    database = kernel.build(["[0-9]{3}"], ["vih"])
    texts = [b"\n" + b"vih 123 " * size + b"\n" for size in range(1, 60)]
    expected = [kernel.scan(text, database, 10_000) for text in texts]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: kernel.scan(text, database, 10_000), texts)) == expected


_SMALL = st.text("ab -", min_size=1, max_size=4)


@given(st.text("ab -\n", max_size=40), st.lists(_SMALL, min_size=1, max_size=5, unique=True))
def test_words_are_hit_exactly_where_a_naive_search_finds_them(text: str, words: list[str]) -> None:
    expected = sorted((n, m.start() + len(word)) for n, word in enumerate(words) for m in re.finditer(f"(?={re.escape(word)})", text))

    assert Kernel(build, scan).hits(text.encode(), [], words) == expected
