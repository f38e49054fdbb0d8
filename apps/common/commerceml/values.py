"""Texts of 1C made into values: numbers, dates, flags, currencies, ids.

Rules: every form of a number is accepted everywhere (point or comma, blanks of any kind between
thousands, a percent sign); a bad date never fails a row.
"""

import re
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from .errors import BadValue

NULL_GUID = "00000000-0000-0000-0000-000000000000"
#: What 1C writes for a number nobody entered ("-999 999 999,9"); see ``is_not_set``.
NOT_SET = Decimal("-999999999.9")

_THOUSANDS = dict.fromkeys(map(ord, " \t\r\n\u00a0\u2007\u2009\u202f'"))
_PLAIN_NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,18})?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?[012]?\d)?", re.ASCII)
_LONGEST_NUMBER = 60
_MOMENT = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[T ]|UTC)+(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?)?", re.ASCII
)
_DELETED = frozenset({"удален", "удалён"})
_TRUE = frozenset({"true", "да", "1", "истина"})
_FALSE = frozenset({"false", "нет", "0", "ложь"})
_CURRENCIES = {
    "RUB": ("руб", "р", "rur", "643", "810", "₽", "рубль", "рублей", "рубли"),
    "USD": ("$", "840", "долл", "доллар", "доллар сша"),
    "EUR": ("€", "978", "евро"),
    "CNY": ("156", "юань"),
    "KZT": ("398", "тенге", "тг"),
    "BYN": ("933", "бел.руб", "бел. руб"),
    "UAH": ("980", "грн"),
}
_CURRENCY_OF = {word: code for code, words in _CURRENCIES.items() for word in words}


def clean(text: str | None) -> str:
    """Strip blanks at both ends, no-break ones too; ``None`` gives ``""``."""
    return text.strip() if text else ""


def split_id(onec_id: str) -> tuple[str, str | None]:
    """Split a composite id at the first ``#``: (product id, variant id or ``None``)."""
    product, mark, variant = onec_id.partition("#")
    return (product, variant or None) if mark else (onec_id, None)


def parse_decimal(text: str | None) -> Decimal:
    """Read a number in any of 1C's spellings; raise ``BadValue`` if it is none.

    "-999 999 999,9" is a value like any other here: ask ``is_not_set`` about it. Where both comma
    and point stand in it, the last one is the decimal mark.
    """
    text = clean(text)
    if _PLAIN_NUMBER.fullmatch(text):
        return Decimal(text)
    plain = _plain_form(text)
    if len(plain) > _LONGEST_NUMBER or not _NUMBER.fullmatch(plain):
        raise BadValue(text[:_LONGEST_NUMBER])
    return Decimal(plain)


def _plain_form(text: str) -> str:
    plain = text[: 4 * _LONGEST_NUMBER].translate(_THOUSANDS).replace("\u2212", "-")
    plain = plain.removesuffix("%")
    if plain.rfind(",") > plain.rfind("."):
        thousands, decimal_mark = ".", ","
    else:
        thousands, decimal_mark = ",", "."
    return plain.replace(thousands, "").replace(decimal_mark, ".")


def is_not_set(number: Decimal) -> bool:
    """Whether a number is 1C's way to say that nobody entered one."""
    return number == NOT_SET


def parse_datetime(text: str | None) -> datetime | None:
    """Read a moment as 1C writes it; ``None`` for what can't be read.

    The result is naive (1C's local time); a zone written behind the time is ignored.
    """
    match = _MOMENT.match(clean(text))
    if match is None:
        return None
    try:
        year, month, day, hour, minute, second = (int(part) for part in match.groups("0"))
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 (1C names no zone)
    except ValueError:
        return None


def is_true(text: str | None) -> bool:
    """Whether a flag says yes: true, Да, 1, Истина, in any letter case."""
    return clean(text).casefold() in _TRUE


def is_false(text: str | None) -> bool:
    """Whether a flag says no: false, Нет, 0, Ложь, in any letter case; silence does not."""
    return clean(text).casefold() in _FALSE


def is_deleted_status(text: str | None) -> bool:
    """Whether a status says that 1C deleted the record, in any letter case."""
    return clean(text).casefold() in _DELETED


@lru_cache(maxsize=512)
def normalise_currency(text: str | None) -> str:
    """The ISO 4217 code of a currency as 1C names it; an unknown name comes back stripped."""
    name = clean(text)
    word = name.rstrip(".").casefold()
    code = _CURRENCY_OF.get(word)
    if code is not None:
        return code
    return word.upper() if len(word) == 3 and word.isascii() and word.isalpha() else name
