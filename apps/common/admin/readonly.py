"""Admins that show and never change: history that imports write."""

import json
from typing import Any, ClassVar

from django.db.models import Model
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from .typed import ModelT, ParentT, TypedAdmin, TypedInline


class ReadOnlyAdmin(TypedAdmin[ModelT]):
    """No adding, changing or deleting, whatever a user's permissions say."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Imports write these rows."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """What has happened stays as it was."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """History is kept."""
        return False


class ReadOnlyInline(TypedInline[ModelT, ParentT]):
    """Rows on their parent's page, to look at."""

    extra = 0
    can_delete = False
    classes = ["readonly-rows"]

    class Media:
        """Style of rows that are only shown."""

        css: ClassVar[dict[str, list[str]]] = {"all": ["common/readonly_rows.css"]}

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Imports write these rows."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """1C owns these values."""
        return False


def pretty_json(value: Any) -> SafeString:
    """Give JSON as people read it: indented, letters as letters."""
    return format_html("<pre>{}</pre>", json.dumps(value, indent=2, ensure_ascii=False))
