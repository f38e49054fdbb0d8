"""The tree of categories: paths for lists, and a filter that walks down the branches."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, TextField
from django.db.models.expressions import RawSQL
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..models import Category

SEPARATOR = " › "
# 1C's trees are a handful of levels deep. The cap ends a loop that a broken export may hold.
MAX_DEPTH = 30

PATH_SQL = f"""(
    WITH RECURSIVE ancestors AS (
        SELECT c.parent_id, coalesce(nullif(c.display_name, ''), c.name) AS title, 1 AS depth
        FROM products_category c WHERE c.id = products_category.id
        UNION ALL
        SELECT c.parent_id, coalesce(nullif(c.display_name, ''), c.name), depth + 1
        FROM products_category c JOIN ancestors a ON c.id = a.parent_id
        WHERE depth < {MAX_DEPTH}
    )
    SELECT string_agg(title, '{SEPARATOR}' ORDER BY depth DESC) FROM ancestors
)"""  # noqa: S608  (constants of this module)


# The names from the root down to a category, fit for showing and for sorting.
PATH = RawSQL(PATH_SQL, (), output_field=TextField())  # noqa: S611  (constant)


class Tree:
    """All categories in one query: a shop has thousands at most."""

    def __init__(self, rows: Iterable[tuple[int, int | None, str, str]]) -> None:
        self.parents: dict[int, int | None] = {}
        self.titles: dict[int, str] = {}
        self.children: dict[int | None, list[int]] = defaultdict(list)
        for pk, parent, name, display_name in rows:
            self.parents[pk] = parent
            self.titles[pk] = display_name or name
            self.children[parent].append(pk)

    @classmethod
    def load(cls) -> "Tree":
        """Read the tree, siblings by name."""
        return cls(
            Category.objects.order_by("name").values_list("pk", "parent_id", "name", "display_name")
        )

    def lineage(self, pk: int) -> list[int]:
        """Give the category's ancestors from the root down, and itself."""
        line: list[int] = []
        current: int | None = pk
        while current is not None and current not in line:
            line.append(current)
            current = self.parents.get(current)
        return line[::-1]

    def branch(self, pk: int) -> set[int]:
        """Give the category and everything below it."""
        found = {pk}
        waiting = [pk]
        while waiting:
            below = set(self.children[waiting.pop()]) - found
            found |= below
            waiting.extend(below)
        return found


class BranchFilter(admin.SimpleListFilter):
    """Filters by a branch of the tree; offers the way up and the next level down."""

    title = _("category")
    parameter_name = "branch"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        """Give the lineage of the chosen category and its children, or the roots."""
        chosen = self.chosen
        line = self.tree.lineage(chosen) if chosen else []
        indent = "\u2003"
        shown = [(str(pk), indent * depth + self.tree.titles[pk]) for depth, pk in enumerate(line)]
        below = indent * len(line)
        return shown + [
            (str(pk), below + self.tree.titles[pk]) for pk in self.tree.children[chosen]
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """Keep what lies anywhere in the chosen branch."""
        if self.value() is None:
            return queryset
        if self.chosen is None:
            return queryset.none()
        return queryset.filter(category__in=self.tree.branch(self.chosen))

    def has_output(self) -> bool:
        """Stay on the page where the filter names a category that is gone."""
        return super().has_output() or self.value() is not None

    @cached_property
    def tree(self) -> Tree:
        """The categories as they are now."""
        return Tree.load()

    @property
    def chosen(self) -> int | None:
        """The category in the address, if there is such a one."""
        value = self.value() or ""
        pk = int(value) if value.isascii() and value.isdigit() else None
        return pk if pk in self.tree.parents else None
