"""Check digits of barcodes and Russian taxpayer numbers.

EAN-13: weights 1 and 3 in turn, GS1 General Specifications, section 7.9.
INN: weighted sum modulo 11 modulo 10, order of the tax service MMV-7-6/435@, annex 1.
A KPP has no check digit: it is an office (4 digits), a reason (2) and a number (3).
"""

_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_12_FIRST = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_12_SECOND = (3, *_INN_12_FIRST)


def ean13(body: int) -> str:
    """The 13 digits of a barcode from its first twelve, given as a number."""
    digits = f"{body:012d}"
    odd = sum(map(int, digits[::2]))
    even = sum(map(int, digits[1::2]))
    return f"{digits}{-(odd + 3 * even) % 10}"


def inn10(body: int) -> str:
    """The INN of a legal entity from its first nine digits, given as a number."""
    digits = f"{body:09d}"
    return f"{digits}{_control(digits, _INN_10)}"


def inn12(body: int) -> str:
    """The INN of a person or an entrepreneur from its first ten digits, given as a number."""
    digits = f"{body:010d}"
    digits += str(_control(digits, _INN_12_FIRST))
    return f"{digits}{_control(digits, _INN_12_SECOND)}"


def _control(digits: str, weights: tuple[int, ...]) -> int:
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    return total % 11 % 10
