"""Elements of classifiers made into records: price types, warehouses, units, customers."""

from lxml.etree import _Element as Element

from . import tags
from .nodes import LOCAL, Fields, fields_of, is_deleted, line_of, text_of
from .records import CustomerRecord, PriceTypeRecord, UnitRecord, WarehouseRecord
from .values import normalise_currency


def price_type(element: Element) -> PriceTypeRecord:
    """A kind of price."""
    fields = fields_of(element)
    return PriceTypeRecord(
        onec_id=text_of(fields.get(tags.ID)),
        name=text_of(fields.get(tags.NAME)),
        currency=normalise_currency(text_of(fields.get(tags.CURRENCY))),
        deleted=is_deleted(element, fields),
        line=line_of(element),
    )


def warehouse(element: Element) -> WarehouseRecord:
    """A warehouse."""
    fields = fields_of(element)
    return WarehouseRecord(
        onec_id=text_of(fields.get(tags.ID)),
        name=text_of(fields.get(tags.NAME)),
        deleted=is_deleted(element, fields),
        line=line_of(element),
    )


def unit(element: Element) -> UnitRecord:
    """A unit of measure; where the short name is absent the international one stands in."""
    fields = fields_of(element)
    return UnitRecord(
        onec_id=text_of(fields.get(tags.ID)) or text_of(fields.get(tags.CODE)),
        name_short=text_of(fields.get(tags.SHORT_NAME))
        or text_of(fields.get(tags.INTERNATIONAL_SHORT)),
        name_full=text_of(fields.get(tags.UNIT_FULL_NAME)),
        deleted=is_deleted(element, fields),
        line=line_of(element),
    )


def customer(element: Element) -> CustomerRecord:
    """A counterparty (rules: docs/commerceml.md, customers)."""
    fields = fields_of(element)
    emails, phones = _contacts(fields.get(tags.CONTACTS))
    return CustomerRecord(
        onec_id=text_of(fields.get(tags.ID)),
        name=text_of(fields.get(tags.NAME)),
        full_name=text_of(fields.get(tags.FULL_NAME)),
        official_name=text_of(fields.get(tags.OFFICIAL_NAME)),
        first_name=text_of(fields.get(tags.FIRST_NAME)),
        last_name=text_of(fields.get(tags.LAST_NAME)),
        inn=text_of(fields.get(tags.INN)),
        kpp=text_of(fields.get(tags.KPP)),
        roles=_roles(element),
        emails=emails,
        phones=phones,
        address=_address(fields),
        deleted=is_deleted(element, fields),
        line=line_of(element),
    )


def _roles(element: Element) -> tuple[str, ...]:
    roles = (text_of(child) for child in element if LOCAL[child.tag] == tags.ROLE)
    return tuple(role for role in roles if role)


def _contacts(block: Element | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """E-mails and phones, told apart by what 1C calls them, or by the sign in an address."""
    emails: list[str] = []
    phones: list[str] = []
    for contact in block if block is not None else ():
        fields = fields_of(contact)
        kind = text_of(fields.get(tags.CONTACT_TYPE)) or text_of(fields.get(tags.CONTACT_KIND))
        value = text_of(fields.get(tags.VALUE))
        if not value:
            continue
        if _is_email(kind.casefold(), value):
            emails.append(value)
        elif _is_phone(kind.casefold()):
            phones.append(value)
    return tuple(emails), tuple(phones)


def _is_email(kind: str, value: str) -> bool:
    if "mail" in kind or "электрон" in kind:
        return True
    return "@" in value or ("почт" in kind and "адрес" not in kind)


def _is_phone(kind: str) -> bool:
    return any(word in kind for word in ("телефон", "phone", "мобил", "сотов"))


def _address(fields: Fields) -> str:
    for name in (tags.REGISTRATION_ADDRESS, tags.LEGAL_ADDRESS, tags.ADDRESS):
        block = fields.get(name)
        if block is not None:
            text = text_of(fields_of(block).get(tags.ADDRESS_TEXT)) or text_of(block)
            if text:
                return text
    return ""
