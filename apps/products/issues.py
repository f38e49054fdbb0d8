"""The sentences of import issues: what happened, and what to do in 1C.

An issue stores its code and parameters; the sentence is made in the language of who reads it.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .wording import Lenient, in_words

_SENTENCES: dict[str, Promise] = {
    # Files
    "broken_xml": _(
        "The file is damaged: %(reason)s. Records before that place were imported. "
        "Export again in 1C, or copy the file again."
    ),
    "truncated": _(
        "The file is cut off: its end is missing. Nothing of it was imported. "
        "Copy it again and wait until the copy is complete."
    ),
    "not_commerceml": _(
        "The file is not CommerceML: %(reason)s. Remove it, or export for a site in 1C."
    ),
    "doctype_refused": _(
        "The file declares a DOCTYPE, which 1C never writes, so nothing of it was read. "
        "Find out where the file comes from."
    ),
    "binary_file": _(
        "The file is not XML text: %(reason)s. Unpack archives before copying them here."
    ),
    "bad_encoding": _("The file's encoding can't be read: %(reason)s. Export again in 1C."),
    "too_many_children": _(
        "The file holds more in one place than any real export: %(reason)s. "
        "Find out where the file comes from."
    ),
    "unreadable": _("The file can't be opened: %(reason)s. Correct its permissions."),
    "not_a_file": _(
        "This is not a regular file inside the data directory: %(reason)s. Put a plain file there."
    ),
    "empty_file": _("The file is empty. Copy it again and wait until the copy is complete."),
    "empty_full_package": _(
        "The file says that it holds the whole catalogue, but it is empty. Nothing was hidden. "
        "If the shop should not be empty, export again in 1C."
    ),
    # Records
    "no_id": _("The record has no 1C id, so it was left out. Correct it in 1C and export again."),
    "id_too_long": _(
        "The 1C id is longer than %(limit)s characters, so the record was left out. "
        "Correct it in 1C and export again."
    ),
    "unit_without_code": _(
        "The unit of measure has no code, so no product can use it and it was left out. "
        "Give it a code in 1C."
    ),
    "no_name": _("The record has no name, so it was left out. Name it in 1C and export again."),
    "text_too_long": _(
        "“%(field)s” has %(length)s characters; the shop keeps the first %(limit)s. "
        "Shorten it in 1C."
    ),
    "bad_number": _("“%(text)s” is not a number, so the row was left out. Correct it in 1C."),
    "number_too_large": _(
        "The number %(text)s is too large for the shop, so the row was left out. Correct it in 1C."
    ),
    "no_price_type": _(
        "The price names no price type, so it was left out. Choose a price type in 1C."
    ),
    "unknown_product": _(
        "The product %(product)s is not in the shop, so its offers, prices and stock were left "
        "out. Include the product in the export from 1C."
    ),
    "unknown_offer": _(
        "No offer with this id was ever exported, so its prices and stock were left out. "
        "Export the product's characteristics (offers) from 1C."
    ),
    "unknown_group": _(
        "The group is not in the shop, so the product %(product)s stands outside all groups. "
        "Include the groups in the export from 1C."
    ),
    "unknown_parent": _(
        "The parent group %(parent)s is not in the shop, so the group stands at the top. "
        "Include it in the export from 1C."
    ),
    "unknown_property": _(
        "The property is not in the shop, so its values were left out (first met at %(product)s). "
        "Include the properties in the export from 1C."
    ),
    "unknown_brand": _(
        "No dictionary has the brand with this id, so the product %(product)s and others stand "
        "without one. Include the properties in the export from 1C."
    ),
    "image_missing": _(
        "The picture %(path)s is not in the export, so the product has none from it yet. "
        "Copy the folder import_files too, then import again."
    ),
    "image_broken": _(
        "The picture %(path)s was left out: %(reason)s. Replace it in 1C and export again."
    ),
    "unknown_price_type": _(
        "The price type was never exported. It was added without a customer role, so nobody sees "
        "its prices. Export price types from 1C, then choose the role in the admin."
    ),
    "unknown_warehouse": _(
        "The warehouse was never exported. It was added under its id. "
        "Export warehouses from 1C to give it a name."
    ),
    "unknown_record": _(
        "The file holds %(count)s records of a kind that is not imported: %(kind)s. "
        "If the shop needs them, tell the developers."
    ),
    # Customers
    "not_a_buyer": _(
        "The counterparty is no buyer (its roles: %(roles)s), so it was left out. If it buys in "
        "the shop, tick “Buyer” on its card in 1C."
    ),
    "email_invalid": _(
        "The e-mail address %(email)s is none, so the customer was left out. "
        "Correct or clear it in 1C and export again."
    ),
    "email_taken": _(
        "The e-mail address %(email)s already belongs to another account (1C id %(other)s), so "
        "this customer has none in the shop. Give each customer an address of its own in 1C, or "
        "delete the double there."
    ),
    "email_kept": _(
        "1C has the e-mail address %(email)s; the customer registered with another one, which "
        "stays. Ask the customer, then correct the address in 1C."
    ),
    "phone_unreadable": _(
        "The telephone number %(phone)s can't be read, so it was not taken over. Write it as "
        "+7 and ten digits in 1C."
    ),
    "tax_id_wrong": _(
        "The INN %(tax_id)s has a wrong length or wrong check digits, so it finds no account. "
        "Correct it in 1C."
    ),
    "tax_id_ambiguous": _(
        "Several accounts of the shop have this customer's INN, and no e-mail address tells which "
        "is meant, so the customer was left out. Enter the account's e-mail address in 1C."
    ),
    "kpp_wrong": _("The KPP %(kpp)s does not have the form of one. Correct it in 1C."),
    "staff_account": _(
        "The data belong to the account of a staff member, which imports never touch, so the "
        "record was left out. Use another e-mail address and INN for the customer in 1C."
    ),
    "customer_conflict": _(
        "The account differed from 1C in: %(fields)s. 1C's values were taken; the shop's are kept "
        "in the customer sync log. Compare them and correct 1C where the shop was right."
    ),
    "deleted_account_kept": _(
        "1C has deleted the customer, but the account was registered in the shop, so it stays "
        "active. Switch it off in the admin if it is no longer wanted, or restore it in 1C."
    ),
}

CODES = tuple(_SENTENCES)


def sentence_for(code: str, params: Mapping[str, Any]) -> str:
    """Give an issue's sentence in the active language; an unknown code speaks for itself."""
    text = _SENTENCES.get(code)
    return code if text is None else str(text) % Lenient(in_words(params))
