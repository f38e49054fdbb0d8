"""A counterparty's record, read: what 1C says of a customer, in the shop's terms."""

from dataclasses import dataclass, field
from typing import Any

from apps.common.commerceml import CustomerRecord, Record
from apps.products.imports.catalogue.checks import longest
from apps.products.models.base import ONEC_ID_LENGTH

from .contacts import candidates, normalise_email, normalise_phone
from .entity import CUSTOMERS
from .masks import mask_email, mask_number
from .naming import login_for, names_of, type_of
from .taxpayer import KPP_LENGTH, PERSONAL_INN_LENGTH, compact, is_inn, is_kpp

# No column of names is shorter.
_FITS_ANYWAY = 150
BUYER = "покупатель"


class LeftOut(Exception):
    """A customer is not written; `code` and `params` are those of the issue that says why.

    `on_purpose`: a rule leaves the customer out, nothing is wrong with the record.
    """

    def __init__(self, code: str, *, on_purpose: bool = False, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.on_purpose = on_purpose
        self.params = params


@dataclass(slots=True)
class Customer:
    """What one record says. `values` are those of `ONEC_FIELDS`, none if the record is deleted.

    `inn` is "" unless its check digits are right. `email` is an address or "", `email_key` the same
    as it is compared: without regard to letter case. `login` is what a new account would get.
    `remarks` are the codes of its warnings.
    """

    onec_id: str
    line: int
    deleted: bool
    values: tuple[str, ...] = ()
    inn: str = ""
    email: str = ""
    email_key: str = ""
    login: str = ""
    remarks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Reading:
    """A record, read. `remarks` become warnings; who is `left_out` is not brought in."""

    customer: Customer
    left_out: LeftOut | None = None
    remarks: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def remark(self, code: str, **params: Any) -> None:
        """Warn of something about a customer who is written all the same."""
        self.customer.remarks.append(code)
        self.remarks.append((code, params))


def read_customer(record: Record) -> "Reading | Record":
    """Read a counterparty's record. Anything else is given back.

    A customer is left out who has no id, no name or no usable e-mail address, or is no buyer.
    """
    if not isinstance(record, CustomerRecord):
        return record
    reading = Reading(Customer(record.onec_id, record.line, record.deleted))
    try:
        _check_id(record)
        if not record.deleted:
            _check_buyer(record)
            _fill(reading, record)
    except LeftOut as reason:
        reading.left_out = reason
    return reading


def _check_id(record: CustomerRecord) -> None:
    if not record.onec_id:
        raise LeftOut("no_id")
    if len(record.onec_id) > ONEC_ID_LENGTH:
        raise LeftOut("id_too_long", limit=ONEC_ID_LENGTH)


def _check_buyer(record: CustomerRecord) -> None:
    if record.roles and BUYER not in map(str.casefold, record.roles):
        raise LeftOut("not_a_buyer", on_purpose=True, roles=", ".join(record.roles)[:200])
    if not record.name:
        raise LeftOut("no_name")


def _fill(reading: Reading, record: CustomerRecord) -> None:
    customer = reading.customer
    customer.values = _values(reading, record)
    customer.email = customer.values[0]
    customer.email_key = customer.email.lower()
    customer.login = login_for(customer.onec_id)


def _values(reading: Reading, record: CustomerRecord) -> tuple[str, ...]:
    kind = type_of(record)
    names = names_of(record, kind)
    return (
        _email(record),
        kind.value,
        _fit(reading, "first_name", names.first),
        _fit(reading, "last_name", names.last),
        _fit(reading, "company_name", names.company),
        _fit(reading, "legal_name", names.legal),
        _inn(reading, record),
        _kpp(reading, record),
        _phone(reading, record),
        record.address,
    )


def _fit(reading: Reading, field: str, text: str) -> str:
    """Cut a text to its column's length, and say so."""
    limit = longest(CUSTOMERS.model, field) if len(text) > _FITS_ANYWAY else None
    if limit is None or len(text) <= limit:
        return text
    about = {"field": field, "length": len(text), "limit": limit}
    reading.remarks.append(("text_too_long", about))
    return text[:limit]


def _email(record: CustomerRecord) -> str:
    """Give the first good address of several, "" if there is none at all."""
    texts = list(candidates(record.emails))
    address = next(filter(None, map(normalise_email, texts)), "")
    if texts and not address:
        raise LeftOut("email_invalid", email=mask_email(texts[0])[:100])
    return address


def _phone(reading: Reading, record: CustomerRecord) -> str:
    texts = list(candidates(record.phones))
    phone = next(filter(None, map(normalise_phone, texts)), "")
    if texts and not phone:
        reading.remark("phone_unreadable", phone=mask_number(texts[0]))
    return phone


def _inn(reading: Reading, record: CustomerRecord) -> str:
    """Give the INN as 1C has it, right or wrong: staff find the customer by it and correct it.

    Customers are matched by right ones only. One that is longer than the column is no number that
    could be found, so nothing is stored of it.
    """
    number = compact(record.inn)
    if is_inn(number):
        reading.customer.inn = number
    elif number:
        reading.remark("tax_id_wrong", tax_id=mask_number(number))
    return number if len(number) <= PERSONAL_INN_LENGTH else ""


def _kpp(reading: Reading, record: CustomerRecord) -> str:
    number = compact(record.kpp).upper()
    if number and not is_kpp(number):
        reading.remark("kpp_wrong", kpp=mask_number(number))
    return number if len(number) <= KPP_LENGTH else ""
