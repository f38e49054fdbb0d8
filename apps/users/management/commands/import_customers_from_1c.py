"""Import customers from a directory of CommerceML files."""

from collections.abc import Sequence
from typing import Any

from apps.products.imports.command import ImportCommand, absolute
from apps.products.imports.stages import Stage
from apps.products.sessions.parameters import Parameters
from apps.products.sessions.states import ImportType
from apps.users.imports.customers import STAGES


class Command(ImportCommand):
    """Counterparties with the role of a buyer, wherever in the directory they lie."""

    help = "Import customers from 1C's CommerceML files."
    import_type = ImportType.CUSTOMERS

    def parameters(self, options: dict[str, Any]) -> Parameters:
        """Make the import's parameters from the command's options."""
        return Parameters(
            import_type=self.import_type,
            data_dir=absolute(options["data_dir"]),
            chunk_size=options["chunk_size"],
            dry_run=options["dry_run"],
            skip_backup=options["skip_backup"],
        )

    def stages(self, parameters: Parameters) -> Sequence[Stage]:  # noqa: ARG002
        """Give the one stage of customers."""
        return STAGES
