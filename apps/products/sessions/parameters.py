"""What an import is asked to do. The same for portal, command line and schedule."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from .states import ImportType

MIN_CHUNK_SIZE = 1
MAX_CHUNK_SIZE = 10_000
DEFAULT_CHUNK_SIZE = {ImportType.CATALOG: 1000, ImportType.CUSTOMERS: 100}
FILE_TYPES = ("all", "groups", "goods", "offers", "prices", "rests")


@dataclass(frozen=True)
class Parameters:
    """Parameters of one import. `chunk_size` counts records; None takes the type's default.

    Raises:
        ValueError: when a value is outside what the contract allows; the text names it.
    """

    import_type: ImportType
    data_dir: Path
    file_type: str = "all"
    chunk_size: int | None = None
    dry_run: bool = False
    skip_backup: bool = False
    skip_images: bool = False
    allow_mass_hide: bool = False

    def __post_init__(self) -> None:
        if self.file_type not in FILE_TYPES:
            raise ValueError(
                _("file_type is “%(value)s”, not one of %(choices)s.")
                % {"value": self.file_type, "choices": ", ".join(FILE_TYPES)}
            )
        if not MIN_CHUNK_SIZE <= self.records_per_chunk <= MAX_CHUNK_SIZE:
            raise ValueError(
                _("chunk_size is %(value)s, not between %(least)d and %(most)d.")
                % {"value": self.chunk_size, "least": MIN_CHUNK_SIZE, "most": MAX_CHUNK_SIZE}
            )

    @property
    def records_per_chunk(self) -> int:
        """Records in one transaction."""
        if self.chunk_size is None:
            return DEFAULT_CHUNK_SIZE[self.import_type]
        return self.chunk_size

    def as_json(self) -> dict[str, Any]:
        """Give what `ImportSession.parameters` holds."""
        values = asdict(self)
        del values["import_type"]  # a column of its own
        return values | {"data_dir": str(self.data_dir), "chunk_size": self.records_per_chunk}

    @classmethod
    def from_json(cls, import_type: str, values: dict[str, Any]) -> "Parameters":
        """Read what `as_json` gave."""
        return cls(
            import_type=ImportType(import_type),
            **(values | {"data_dir": Path(values["data_dir"])}),
        )
