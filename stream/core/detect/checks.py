"""Check digits. Called by the detectors of numbers; knows nothing of where a number stands."""


def luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of the others."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) << (place & 1)
        total += value - 9 if value > 9 else value
    return bool(digits) and total % 10 == 0


def iban(account: str) -> bool:
    """Whether an account of a-z and 0-9, country first, has the right two check digits (ISO 7064, mod 97)."""
    return int("".join(str(int(c, 36)) for c in account[4:] + account[:4])) % 97 == 1


_RIB = str.maketrans("abcdefghijklmnopqrstuvwxyz", "12345678912345678923456789")


def rib(account: str) -> bool:
    """Whether bank (5), branch (5), account (11) and key (2) of a French bank agree."""
    digits = account.translate(_RIB)
    return (89 * int(digits[:5]) + 15 * int(digits[5:10]) + 3 * int(digits[10:21]) + int(digits[21:])) % 97 == 0


def nir(body: str) -> int:
    """The key of the 13 characters of a NIR; 2a and 2b count as 19 and 18."""
    return 97 - int(body.replace("2a", "19", 1).replace("2b", "18", 1)) % 97


_MRZ = {c: n for n, c in enumerate("0123456789abcdefghijklmnopqrstuvwxyz")} | {"<": 0}


def mrz(field: str, digit: str) -> bool:
    """Whether `digit` is the check digit of a field of a machine readable zone."""
    return digit.isdigit() and sum(_MRZ[c] * (7, 3, 1)[n % 3] for n, c in enumerate(field)) % 10 == int(digit)
