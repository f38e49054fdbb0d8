"""Who is certainly not among the shop's accounts: one look-up serves several chunks.

Most customers of a first import are new, and looking each chunk of a hundred up costs more than
writing it. Whoever may be there is looked up in the chunk's own transaction all the same.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from apps.products.imports.context import Context

from .accounts import look_up
from .entity import ONEC_FIELDS
from .newcomers import login_for, taken_logins
from .reading import Customer, Reading

_INN = ONEC_FIELDS.index("tax_id")
_Key = tuple[str, str]


class Absence:
    """Ids, INNs, addresses and logins that nobody had when several chunks were looked up at once.

    What a chunk may have written is taken off it, so that the next one looks for itself.
    """

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._looked_at: Sequence[Any] = ()
        self._free: set[_Key] = set()
        self._pays = True

    def look(self, together: Sequence[Any]) -> None:
        """Look the customers of these chunks up, once; not any more where most are known."""
        if together is self._looked_at:
            return
        self._looked_at, self._free = together, set()
        if not self._pays:
            return
        readings = [r for r in together if isinstance(r, Reading) and r.left_out is None]
        customers = [reading.customer for reading in readings]
        accounts = look_up(self._store, customers) if customers else []
        self._free = {key for customer in customers for key in _keys(customer)}
        for account in accounts:
            self._free -= {
                ("id", account.onec_id or ""),
                ("inn", account.values[_INN]),
                ("email", account.email_key),
            }
        taken = taken_logins(customer.onec_id for customer in customers)
        self._free -= {("login", login) for login in taken}
        self._pays = 2 * len(accounts) < len(customers)

    def perhaps_known(self, customers: Iterable[Customer]) -> list[Customer]:
        """Give those customers whose account has to be looked for."""
        return [customer for customer in customers if not self._free.issuperset(_keys(customer))]

    def taken_logins(self, onec_ids: Iterable[str]) -> set[str]:
        """Give those of the customers' logins that somebody has."""
        return taken_logins(i for i in onec_ids if ("login", login_for(i)) not in self._free)

    def forget(self, customers: Iterable[Customer]) -> None:
        """Take off what these customers may have got."""
        for customer in customers:
            self._free.difference_update(_keys(customer))


def _keys(customer: Customer) -> Iterator[_Key]:
    yield "id", customer.onec_id
    yield "login", login_for(customer.onec_id)
    if customer.inn:
        yield "inn", customer.inn
    if customer.email:
        yield "email", customer.email_key
