"""Records of kinds that are not imported: counted and named, once per file and kind."""

from collections import Counter
from collections.abc import Sequence

from apps.common.commerceml import Kind, Record, UnknownRecord
from apps.common.commerceml.inventory import Inventory

from ..models.sessions import Severity
from .context import Issues


class UnknownRecords:
    """Collects them. A file that several stages read shows them to each; the first one counts."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._lines: dict[tuple[str, str], int] = {}
        self._counted_by: dict[str, Kind] = {}

    def note(self, file: str, stage: Kind, records: Sequence[Record]) -> None:
        """Count what stands among the records that `stage` reads."""
        if self._counted_by.setdefault(file, stage) is not stage:
            return
        for record in records:
            if isinstance(record, UnknownRecord):
                self._counts[file, record.kind] += 1
                self._lines.setdefault((file, record.kind), record.line)

    def report(self, inventory: Inventory, issues: Issues) -> None:
        """Leave a warning per file and kind; what stands outside all packages counts too."""
        counts = self._counts + Counter(
            {(f.name, kind): count for f in inventory.readable for kind, count in f.unknown.items()}
        )
        for (file, kind), count in sorted(counts.items()):
            line = self._lines.get((file, kind))
            issues.add(
                Severity.WARNING, "unknown_record", file=file, line=line, kind=kind, count=count
            )
