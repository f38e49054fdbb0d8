"""Import the catalogue from a directory of CommerceML files."""

from collections.abc import Sequence
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from apps.products.imports.command import ImportCommand, absolute
from apps.products.imports.stages import Stage, stages_for
from apps.products.sessions.parameters import FILE_TYPES, Parameters
from apps.products.sessions.states import ImportType


class Command(ImportCommand):
    """Groups, properties, price types, warehouses, units, products, variants, prices and stock."""

    help = "Import the catalogue from 1C's CommerceML files."
    import_type = ImportType.CATALOG

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options of the catalogue."""
        super().add_arguments(parser)
        parser.add_argument(
            "--file-type", choices=FILE_TYPES, default="all", help=_("Import this part only.")
        )
        parser.add_argument("--skip-images", action="store_true", help=_("Leave images alone."))
        parser.add_argument(
            "--allow-mass-hide",
            action="store_true",
            help=_("Lift the brake on hiding a large share of the catalogue."),
        )

    def parameters(self, options: dict[str, Any]) -> Parameters:
        """Make the import's parameters from the command's options."""
        return Parameters(
            import_type=self.import_type,
            data_dir=absolute(options["data_dir"]),
            file_type=options["file_type"],
            chunk_size=options["chunk_size"],
            dry_run=options["dry_run"],
            skip_backup=options["skip_backup"],
            skip_images=options["skip_images"],
            allow_mass_hide=options["allow_mass_hide"],
        )

    def stages(self, parameters: Parameters) -> Sequence[Stage]:
        """Give the stages that `--file-type` leaves."""
        return stages_for(parameters.file_type)
