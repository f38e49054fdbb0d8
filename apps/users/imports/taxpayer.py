"""Russian tax numbers: INN with its check digits, KPP by its form.

A KPP has no check digit: office (4 digits), reason (2 digits or capital Latin letters), number
(3 digits), by the tax service's order MMV-7-6/435@.
"""

import re

from stdnum.ru import inn

COMPANY_INN_LENGTH = 10
PERSONAL_INN_LENGTH = 12
KPP_LENGTH = 9

_KPP = re.compile(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}")
_NO_INN = {"0" * 10, "0" * 12}  # fillers; their check digits happen to be right


def compact(number: str) -> str:
    """Give a number as it is stored: without blanks, no-break spaces included."""
    return "".join(number.split())


def is_inn(number: str) -> bool:
    """Whether a compact number is an INN of 10 or 12 digits with right check digits."""
    if not (number.isascii() and number.isdigit()) or number in _NO_INN:
        return False
    if len(number) == PERSONAL_INN_LENGTH:
        return inn.calc_personal_check_digits(number) == number[-2:]
    return len(number) == COMPANY_INN_LENGTH and inn.calc_company_check_digit(number) == number[-1:]


def is_kpp(number: str) -> bool:
    """Whether a compact number has the form of a KPP."""
    return _KPP.fullmatch(number) is not None
