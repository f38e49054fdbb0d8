"""What a counterparty is before the law, which of its names goes where, and its login."""

import re
from dataclasses import dataclass

from apps.common.commerceml import CustomerRecord

from ..models import User

CustomerType = User.CustomerType

_ENTREPRENEUR = re.compile(r"\bИП\b|\bиндивидуальный\s+предприниматель\b", re.IGNORECASE)
_FULL_NAME_WORDS = 3  # surname, first name, patronymic
# What Django's own check of logins refuses.
_NOT_IN_LOGINS = re.compile(r"[^\w.@+-]")


@dataclass(slots=True)
class Names:
    """Names of a customer; the patronymic has no column and stays in the legal name."""

    first: str = ""
    last: str = ""
    company: str = ""
    legal: str = ""


def type_of(record: CustomerRecord) -> CustomerType:
    """Tell the type: a KPP means a legal entity, an INN and «ИП» an entrepreneur."""
    if record.kpp:
        return CustomerType.LEGAL_ENTITY
    if record.inn and any(map(_ENTREPRENEUR.search, _all_names(record))):
        return CustomerType.ENTREPRENEUR
    return CustomerType.PERSON


def names_of(record: CustomerRecord, kind: CustomerType) -> Names:
    """Sort a counterparty's names; an entrepreneur has those of a person and of a company."""
    legal = record.full_name or record.official_name
    if kind is CustomerType.LEGAL_ENTITY:
        return Names(company=record.name, legal=legal)
    last, first = _person(record)
    if kind is CustomerType.ENTREPRENEUR:
        return Names(first, last, company=record.name, legal=legal)
    complete = record.name.split() == [last, *first.split()]
    return Names(first, last, legal=legal or ("" if complete else record.name))


def login_for(onec_id: str) -> str:
    """Make a login from a 1C id: always the same one."""
    return User.normalize_username(f"1c-{_NOT_IN_LOGINS.sub('_', onec_id)}")


def _person(record: CustomerRecord) -> tuple[str, str]:
    """Give surname and first name: from their own fields, else from the name in this order."""
    if record.last_name or record.first_name:
        return record.last_name, record.first_name
    last, *rest = _ENTREPRENEUR.sub(" ", record.name).split() or [record.name]
    if len(rest) == _FULL_NAME_WORDS - 1:
        rest = rest[:1]
    return last, " ".join(rest)


def _all_names(record: CustomerRecord) -> tuple[str, str, str]:
    return record.name, record.full_name, record.official_name
