"""File names of the three layouts."""

from collections.abc import Callable
from typing import Protocol

from .chance import guid

_FLAT_PREFIXES = {
    "goods": "import",
    "groups": "import",
    "propertiesGoods": "import",
    "propertiesOffers": "offers",
}


class Naming(Protocol):
    """Names a layout's files, relative to the export's directory."""

    pictures: str

    def file(self, entity: str, number: int) -> str:
        """The name of an entity's file number `number`, from 1."""


class SplitNaming:
    """One directory per entity, `<entity>_<pack>_<n>_<uuid>.xml` (3.1 as FREESPORT sends it)."""

    pictures = "goods/"

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def file(self, entity: str, number: int) -> str:
        """As in `goods/goods_1_2_….xml`."""
        return f"{entity}/{entity}_1_{number}_{guid(self._seed, 'file', entity, number)}.xml"


class FlatNaming:
    """All in one directory; the prefix says little, the content decides (2.09 and 3.1)."""

    pictures = ""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def file(self, entity: str, number: int) -> str:
        """As in `import___….xml`."""
        prefix = _FLAT_PREFIXES.get(entity, entity)
        return f"{prefix}___{guid(self._seed, 'file', entity, number)}.xml"


class SingleNaming:
    """`import.xml`, `offers.xml` and `contragents.xml`, nothing else (2.x)."""

    pictures = ""

    def file(self, entity: str, number: int) -> str:
        """The one file of the entity."""
        del number
        return {"goods": "import.xml"}.get(entity, f"{entity}.xml")


def numbered(naming: Naming, entity: str) -> Callable[[int], str]:
    """The names of one entity's segments."""
    return lambda number: naming.file(entity, number)
