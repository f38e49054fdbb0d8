"""Units that goods name themselves, as CommerceML 2.x does.

They are made once and count nowhere; a list of units, when one comes, names them better.
"""

from collections.abc import Sequence

from apps.common.commerceml import ProductRecord

from ...models.base import ONEC_ID_LENGTH
from ..context import Context
from ..entities import UNITS
from ..merge import Row, fingerprint, merge
from .checks import fit


def units_of(context: Context, records: Sequence[ProductRecord]) -> list[int | None]:
    """Give the row id of each product's unit. A code without a name makes no unit."""
    known = context.known(UNITS)
    seen = context.helper(_NamedByGoods).codes
    new = {
        code: record
        for record in records
        if record.unit_name and not record.deleted and (code := _code(record)) not in seen
    }
    if new:
        rows = [_row(context, code, record) for code, record in new.items() if code not in known]
        merge(context.store, UNITS, rows, known=known)
        # A full package whose list of units lacks one that its goods use does not remove it.
        context.store.departures.mention(UNITS, [known[code].id for code in new])
        seen |= new.keys()
    states = [known.get(_code(record)) for record in records]
    return [state.id if state else None for state in states]


class _NamedByGoods:
    """Codes of the units that this run's goods have named."""

    def __init__(self, _context: Context) -> None:
        self.codes: set[str] = set()


def _code(record: ProductRecord) -> str:
    """Give the unit's 1C id; a unit without a code goes by its name."""
    return record.unit_id or record.unit_name[:ONEC_ID_LENGTH]


def _row(context: Context, code: str, record: ProductRecord) -> Row:
    values = (fit(context, UNITS, record, "name", record.unit_name), "")
    return Row(code, values, fingerprint(*values))
