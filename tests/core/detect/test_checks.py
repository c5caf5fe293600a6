from hypothesis import given
from hypothesis import strategies as st

from stream.core.detect import checks


@given(st.text("0123456789", min_size=1, max_size=20))
def test_exactly_one_last_digit_passes_luhn(digits: str) -> None:
    assert sum(checks.luhn(digits + last) for last in "0123456789") == 1


def test_published_accounts_pass() -> None:
    assert checks.iban("fr1420041010050500013m02606")
    assert checks.rib("20041010050500013m02606")


@given(st.integers(1, 96))
def test_an_account_with_another_check_fails(off: int) -> None:
    assert not checks.iban(f"fr{(14 + off) % 97:02}20041010050500013m02606")


def test_corsica_counts_as_nineteen_and_eighteen() -> None:
    assert (checks.nir("265032a999015"), checks.nir("180112b999127")) == (21, 58)


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789<", min_size=1, max_size=14))
def test_exactly_one_check_digit_fits_a_field(field: str) -> None:
    assert sum(checks.mrz(field, digit) for digit in "0123456789") == 1
