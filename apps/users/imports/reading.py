"""A counterparty's record, read: what 1C says of a customer, in the shop's terms."""

from dataclasses import dataclass, field
from typing import Any

from apps.common.commerceml import CustomerRecord
from apps.products.imports.catalogue.checks import fit
from apps.products.imports.context import Context
from apps.products.models.base import ONEC_ID_LENGTH

from .contacts import candidates, normalise_email, normalise_phone
from .entity import CUSTOMERS
from .masks import mask_email, mask_number
from .naming import names_of, type_of
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

    `inn` is "" unless its check digits are right. `remarks` are the codes of its warnings.
    """

    onec_id: str
    line: int
    deleted: bool
    values: tuple[str, ...] = ()
    inn: str = ""
    remarks: list[str] = field(default_factory=list)

    @property
    def email(self) -> str:
        """E-mail address, or ""."""
        return self.values[0] if self.values else ""

    @property
    def email_key(self) -> str:
        """The address as it is compared: without regard to letter case."""
        return self.email.lower()


def read_customer(context: Context, record: CustomerRecord) -> Customer:
    """Read a record; warnings become issues at once.

    Raises:
        LeftOut: it has no id, no name or no usable e-mail address, or is no buyer.
    """
    _check_id(record)
    customer = Customer(record.onec_id, record.line, record.deleted)
    if not record.deleted:
        _check_buyer(record)
        customer.values = _values(context, customer, record)
    return customer


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


def _values(context: Context, customer: Customer, record: CustomerRecord) -> tuple[str, ...]:
    kind = type_of(record)
    names = names_of(record, kind)
    return (
        _email(record),
        kind.value,
        _fit(context, record, "first_name", names.first),
        _fit(context, record, "last_name", names.last),
        _fit(context, record, "company_name", names.company),
        _fit(context, record, "legal_name", names.legal),
        _inn(context, customer, record),
        _kpp(context, customer, record),
        _phone(context, customer, record),
        record.address,
    )


def _fit(context: Context, record: CustomerRecord, field: str, text: str) -> str:
    return text if len(text) <= _FITS_ANYWAY else fit(context, CUSTOMERS, record, field, text)


def _email(record: CustomerRecord) -> str:
    """Give the first good address of several, "" if there is none at all."""
    texts = list(candidates(record.emails))
    address = next(filter(None, map(normalise_email, texts)), "")
    if texts and not address:
        raise LeftOut("email_invalid", email=mask_email(texts[0])[:100])
    return address


def _phone(context: Context, customer: Customer, record: CustomerRecord) -> str:
    texts = list(candidates(record.phones))
    phone = next(filter(None, map(normalise_phone, texts)), "")
    if texts and not phone:
        remark(context, customer, "phone_unreadable", phone=mask_number(texts[0]))
    return phone


def _inn(context: Context, customer: Customer, record: CustomerRecord) -> str:
    """Give the INN as 1C has it, right or wrong: staff find the customer by it and correct it.

    Customers are matched by right ones only. One that is longer than the column is no number that
    could be found, so nothing is stored of it.
    """
    number = compact(record.inn)
    if is_inn(number):
        customer.inn = number
    elif number:
        remark(context, customer, "tax_id_wrong", tax_id=mask_number(number))
    return number if len(number) <= PERSONAL_INN_LENGTH else ""


def _kpp(context: Context, customer: Customer, record: CustomerRecord) -> str:
    number = compact(record.kpp).upper()
    if number and not is_kpp(number):
        remark(context, customer, "kpp_wrong", kpp=mask_number(number))
    return number if len(number) <= KPP_LENGTH else ""


def remark(context: Context, customer: Customer, code: str, **params: Any) -> None:
    """Warn of something about a customer who is written all the same."""
    customer.remarks.append(code)
    context.warn(CUSTOMERS, code, onec_id=customer.onec_id, line=customer.line, **params)
