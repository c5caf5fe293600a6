"""Records that would cost more than they may: each is held for the reason that says so, and none is read half."""

import gzip
import io
import struct
import zipfile
import zlib

import pytest
import zstandard

from schemas.vocabulary import Reason
from tests.core.evasion.planted import STRICT, held, in_json, leaves, outcome

ZEROS = bytes(34 << 20)


def zipped(data: bytes, files: int = 1) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(files):
            archive.writestr(f"{number}.txt", data)
    return packed.getvalue()


def overlapping(data: bytes, files: int) -> bytes:
    """An archive whose directory names the same bytes again and again."""
    whole = zipped(data)
    start = struct.unpack("<L", whole[-6:-2])[0]
    entry = whole[start : len(whole) - 22]
    directory = entry * files
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, files, files, len(directory), start, 0)
    return whole[:start] + directory + end


def again(data: bytes, times: int) -> bytes:
    for _ in range(times):
        data = gzip.compress(data)
    return data


BOMBS = [
    ("gzip", gzip.compress(ZEROS), Reason.OVER_BUDGET),
    ("gzip of gzip", again(ZEROS, 2), Reason.OVER_BUDGET),
    ("many members", gzip.compress(bytes(1 << 20)) * 60, Reason.OVER_BUDGET),
    ("zlib", zlib.compress(ZEROS), Reason.OVER_BUDGET),
    ("Zstandard", zstandard.ZstdCompressor().compress(ZEROS), Reason.OVER_BUDGET),
    ("zip", zipped(ZEROS), Reason.OVER_BUDGET),
    ("zip of many files", zipped(bytes(1 << 20), 40), Reason.OVER_BUDGET),
    ("gzip within zip within gzip", gzip.compress(zipped(gzip.compress(ZEROS))), Reason.OVER_BUDGET),
    ("gzip nine deep", again(b"Mme DURANDEL", 9), Reason.TOO_DEEP),
]


@pytest.mark.parametrize(("name", "data", "reason"), BOMBS, ids=[case[0] for case in BOMBS])
def test_a_bomb_is_held_before_it_is_expanded(name: str, data: bytes, reason: Reason) -> None:
    assert all(reason in reasons for reasons in held(data)), name


@pytest.mark.parametrize("files", [2, 200])
def test_an_archive_whose_entries_overlap_is_held(files: int) -> None:
    for data in (bytes(1 << 20), b"Mme DURANDEL"):
        for reasons in held(overlapping(data, files)):
            assert reasons
            assert {*reasons} <= {Reason.UNDECODABLE, Reason.OVER_BUDGET, Reason.CANNOT_REWRITE}


def test_a_text_nested_too_deep_is_a_doubt_about_its_leaf() -> None:
    text = "Mme DURANDEL"
    for _ in range(9):
        text = in_json(text).decode()

    forward = outcome(text.encode(), "research").forward

    assert outcome(text.encode(), STRICT).decision.reasons == (Reason.TOO_DEEP,)
    assert forward is None or not leaves(forward, "DURANDEL")


@pytest.mark.parametrize("level", [2, 4, 6])
def test_what_is_packed_within_the_depth_is_read(level: int) -> None:
    assert held(again(b"glycemie normale", level)) == {()}
