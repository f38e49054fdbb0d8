"""Telephone numbers and e-mail addresses as people type them into 1C, made uniform."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    ValidationResult,
)

_HOME = "RU"
_COUNTRY_CODE = 7
_DIGITS = 10
# The usual ways to write a number of this country: these the library need not take apart.
_PLAIN_PHONE = re.compile(r"(?:\+7|7|8)(\d{10})", re.ASCII)
_BETWEEN_DIGITS = str.maketrans("", "", " ()-\u00a0")
_SEPARATORS = re.compile(r"[,;\n]")
# What needs no closer look before the sign; the domain always gets one.
_PLAIN_LOCAL_PART = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*")
_LONGEST = 254


def candidates(texts: Iterable[str]) -> Iterator[str]:
    """Give the single entries of fields in which people write several."""
    for text in texts:
        yield from filter(None, map(str.strip, _SEPARATORS.split(text)))


def normalise_phone(text: str) -> str | None:
    """Give a number as +7XXXXXXXXXX (abroad: E.164), or None for what is none.

    Length and country decide, not the list of codes in use: that one changes every year.
    """
    if plain := _PLAIN_PHONE.fullmatch(text.translate(_BETWEEN_DIGITS)):
        return f"+7{plain[1]}"
    # Many leave the plus out: 7 and ten digits are a number with its country, not one of Russia's.
    number = _parsed(text) or _parsed(f"+{text}")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if number else None


def _parsed(text: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, _HOME)
    except NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return None
    if number.country_code != _COUNTRY_CODE:
        return number
    # The library also takes 14 digits for possible here: service numbers, nobody's telephone.
    return number if len(phonenumbers.national_significant_number(number)) == _DIGITS else None


def normalise_email(text: str) -> str | None:
    """Give an address with its domain in small letters, or None for what is none.

    Only the form is checked, no name is looked up. As in the shop's own forms, what stands before
    the sign is ASCII; domains may be Cyrillic.
    """
    local, _sign, domain = text.rpartition("@")
    if not (_PLAIN_LOCAL_PART.fullmatch(local) and text.isascii() and len(text) <= _LONGEST):
        return _validated(text)
    host = _normalise_domain(domain)
    return f"{local}@{host}" if host else None


# Customers share few domains: a look at each is enough.
@lru_cache(maxsize=4096)
def _normalise_domain(domain: str) -> str | None:
    address = _validated(f"a@{domain}")
    return address.rpartition("@")[2] if address else None


def _validated(text: str) -> str | None:
    try:
        # "Test environment" lets through the domain .test, which is as well-formed as any.
        found = validate_email(
            text, check_deliverability=False, allow_smtputf8=False, test_environment=True
        )
    except EmailNotValidError:
        return None
    return found.normalized
