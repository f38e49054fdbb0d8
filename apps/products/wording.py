"""Words of 1C's files and of our columns, for the sentences of issues and logs.

Sentences are stored as a code with parameters, and some parameters are words themselves: why a file
could not be read, which column a value is meant for, which kind of record was read. Here they
become words of the reader's language. What is not known here (a message of the XML parser or of the
operating system) speaks for itself.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

# Why something is not read, as it is stored. `apps.common.commerceml` has no Django.
REASONS = (
    gettext_noop("is empty"),
    gettext_noop("is not XML but %(what)s"),
    gettext_noop("is not XML: it holds zero bytes"),
    gettext_noop("UTF-32 is not supported"),
    gettext_noop("encoding %(what)s is not supported"),
    gettext_noop("not valid %(what)s"),
    gettext_noop("the declaration says %(what)s, but the file is UTF-8"),
    gettext_noop("the file is windows-1251, but its declaration does not say so"),
    gettext_noop("the XML declaration has no end"),
    gettext_noop("has a DOCTYPE, which is refused"),
    gettext_noop("text before the XML begins: %(what)s"),
    gettext_noop("no root element"),
    gettext_noop("no valid root element"),
    gettext_noop("the root is %(what)s, not CommerceML"),
    gettext_noop("not well-formed"),
    gettext_noop("the end of the file is missing"),
    gettext_noop("one record has more children than any real one: refused"),
    gettext_noop("is not a regular file"),
    gettext_noop("is a link out of the data directory"),
    gettext_noop("cannot be opened: %(what)s"),
    gettext_noop("cannot be read: %(what)s"),
    # What `imports/pictures.py` says of a picture.
    gettext_noop("its path leads outside the data directory"),
    gettext_noop("it is not a file"),
    gettext_noop("it can't be read"),
    gettext_noop("it is not a picture that browsers show"),
    gettext_noop("it has too many pixels"),
    gettext_noop("it is damaged (%(what)s)"),
    gettext_noop("it changed while it was read"),
)

FIELDS: Mapping[str, Promise] = {
    "article": _("article number"),
    "barcode": _("barcode"),
    "company_name": _("company"),
    "country": _("country"),
    "currency": _("currency"),
    "customer_type": _("customer type"),
    "email": _("e-mail address"),
    "first_name": _("first name"),
    "full_name": _("full name"),
    "kpp": _("KPP"),
    "last_name": _("last name"),
    "legal_address": _("legal address"),
    "legal_name": _("legal name"),
    "manufacturer": _("manufacturer"),
    "name": _("name"),
    "phone": _("phone"),
    "tax_id": _("INN"),
    "value_type": _("type of values"),
}

STAGES: Mapping[str, Promise] = {
    "customers": _("customers"),
    "goods": _("products"),
    "groups": _("groups"),
    "offers": _("offers"),
    "price_types": _("price types"),
    "prices": _("prices"),
    "properties": _("properties"),
    "stocks": _("stock rows"),
    "units": _("units"),
    "warehouses": _("warehouses"),
}


def reason_in_words(text: str) -> str:
    """Say in the active language why a file could not be read."""
    for pattern, known in _PATTERNS:
        found = pattern.fullmatch(text)
        if found:
            return gettext(known) % found.groupdict()
    return text


class Lenient(dict[str, Any]):
    """Parameters that lack one (an older row, say) show a dash instead of breaking the page."""

    def __missing__(self, key: str) -> str:
        return "—"


def in_words(params: Mapping[str, Any]) -> dict[str, Any]:
    """Give a sentence's parameters with those that are words in the active language."""
    return {
        name: _WORDED[name](str(value)) if name in _WORDED else value
        for name, value in params.items()
    }


def _pattern(reason: str) -> re.Pattern[str]:
    before, variable, after = reason.partition("%(what)s")
    middle = "(?P<what>.*)" if variable else ""
    return re.compile(re.escape(before) + middle + re.escape(after), re.DOTALL)


_PATTERNS = tuple((_pattern(reason), reason) for reason in REASONS)


def _field(name: str) -> str:
    return str(FIELDS.get(name, name))


def _fields(names: str) -> str:
    return ", ".join(_field(name) for name in names.split(", "))


def _stage(name: str) -> str:
    return str(STAGES.get(name, name))


_WORDED: Mapping[str, Callable[[str], str]] = {
    "field": _field,
    "fields": _fields,
    "reason": reason_in_words,
    "size": filesizeformat,
    "stage": _stage,
}
