"""CommerceML in, records out: versions 2.03 to 3.1, any layout, in constant memory.

``take_inventory`` says what lies in a directory, ``read`` streams the records of one file. The
package imports neither Django nor a database driver, and the Russian words of CommerceML stay
inside it (``tags``). The rules it follows are told in docs/commerceml.md.
"""

from .errors import BadValue, BrokenFile, CommerceMLError, Problem, ProblemCode
from .inventory import Container, Inventory, Package, SourceFile
from .kinds import ALL_KINDS, Kind
from .reader import read
from .records import (
    CustomerRecord,
    GroupRecord,
    OfferRecord,
    PriceItem,
    PriceTypeRecord,
    ProductRecord,
    PropertyRecord,
    Record,
    StockItem,
    UnitRecord,
    UnknownRecord,
    WarehouseRecord,
)
from .sniff import NoDirectory, take_inventory
from .values import split_id

__all__ = [
    "ALL_KINDS",
    "BadValue",
    "BrokenFile",
    "CommerceMLError",
    "Container",
    "CustomerRecord",
    "GroupRecord",
    "Inventory",
    "Kind",
    "NoDirectory",
    "OfferRecord",
    "Package",
    "PriceItem",
    "PriceTypeRecord",
    "Problem",
    "ProblemCode",
    "ProductRecord",
    "PropertyRecord",
    "Record",
    "SourceFile",
    "StockItem",
    "UnitRecord",
    "UnknownRecord",
    "WarehouseRecord",
    "read",
    "split_id",
    "take_inventory",
]
