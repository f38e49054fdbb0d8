"""Whose 1C ids and logins are certainly not among the shop's accounts: one look serves many chunks.

Most customers of a first import are new, and looking each chunk of a hundred up by everything costs
more than writing it. Only imports give 1C ids, and one runs at a time. INNs and e-mail addresses
are looked up chunk by chunk: anybody may register with them meanwhile.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from apps.products.imports.context import Context
from apps.products.imports.sql import text_array

from .entity import CUSTOMERS
from .newcomers import taken_logins
from .reading import Customer, Reading


class Absence:
    """Ids and logins that nobody had when several chunks were looked up at once.

    What a chunk may have written is taken off it, so that the next one looks for itself.
    """

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._looked_at: Sequence[Any] = ()
        self._ids: set[str] = set()
        self._logins: set[str] = set()
        self._pays = True

    def look(self, together: Sequence[Any]) -> None:
        """Look the customers of these chunks up, once; not any more where most are known."""
        if together is self._looked_at:
            return
        self._looked_at, self._ids, self._logins = together, set(), set()
        if not self._pays:
            return
        customers = [r.customer for r in together if isinstance(r, Reading) and r.left_out is None]
        ids = {customer.onec_id for customer in customers}
        self._ids = ids - self._known(ids)
        logins = {customer.login for customer in customers if customer.login}
        self._logins = logins - taken_logins(logins)
        self._pays = 2 * len(self._ids) > len(ids)

    def of(self, customers: Iterable[Customer]) -> set[str]:
        """Give the 1C ids of those whom no account has."""
        return self._ids.intersection(customer.onec_id for customer in customers)

    def taken_logins(self, customers: Iterable[Customer]) -> set[str]:
        """Give those of the customers' logins that somebody has."""
        return taken_logins({customer.login for customer in customers} - self._logins)

    def forget(self, customers: Iterable[Customer]) -> None:
        """Take off what these customers may have got."""
        for customer in customers:
            self._ids.discard(customer.onec_id)
            self._logins.discard(customer.login)

    def _known(self, ids: set[str]) -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT onec_id FROM {self._store.relation(CUSTOMERS)} AS rows "  # noqa: S608
                "WHERE onec_id = ANY(%s::text[])",
                [text_array(ids)],
            )
            return {row[0] for row in cursor}
