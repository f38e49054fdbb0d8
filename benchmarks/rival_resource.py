"""One table's resource for django-import-export."""

from pathlib import Path

import tablib
from django.db.models import Model
from import_export.fields import Field
from import_export.instance_loaders import CachedInstanceLoader
from import_export.resources import ModelResource, modelresource_factory
from import_export.widgets import IntegerWidget

from .tables import columns_of_1c


def import_file(model: type[Model], path: Path, outcome: str) -> int:
    """Import a CSV file; give the number of its rows.

    Raises:
        RuntimeError: not every row ended as `outcome` ("new" or "skip"): the figure would be void.
    """
    rows = tablib.Dataset().load(path.read_text(encoding="utf-8"), format="csv")
    result = _resource(model).import_data(rows, raise_errors=True)
    if result.totals[outcome] != len(rows):
        raise RuntimeError(f"{path.name}: {dict(result.totals)}, but all should be {outcome}.")
    return len(rows)


def _resource(model: type[Model]) -> ModelResource:
    columns = columns_of_1c(model)
    references = {
        field.column: Field(field.attname, field.column, widget=IntegerWidget())
        for field in model._meta.concrete_fields  # noqa: SLF001  (Django's documented model API)
        if field.is_relation
    }
    options = {
        "fields": columns,
        "import_id_fields": ["id"],
        "instance_loader_class": CachedInstanceLoader,
        "use_bulk": True,
        "batch_size": 1000,
        "skip_unchanged": True,
        "report_skipped": False,
        "skip_html_diff": True,
        "skip_diff": False,
    }
    factory = modelresource_factory(model, meta_options=options, custom_fields=references)
    resource: ModelResource = factory()
    return resource
