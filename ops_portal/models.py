"""What the portal remembers of each of its visitors. Runs belong to the operations' backends."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST_NAME = 60
# Longer than any address of filters that pages make; web servers take 8,000 and more.
LONGEST_QUERY = 2_000


class ListView(models.Model):
    """How a user wants an operation's history: what holds where the address says nothing.

    `columns` are names in no order, all usual ones when empty; `per_page` is 0 when never chosen.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # the unique constraint's index begins with it
    )
    operation = models.CharField(_("operation"), max_length=100)
    columns = models.JSONField(_("columns"), default=list)
    per_page = models.PositiveSmallIntegerField(_("rows per page"), default=0)

    class Meta:
        db_table = "ops_list_views"
        verbose_name = _("view of a history")
        verbose_name_plural = _("views of histories")
        constraints = [
            models.UniqueConstraint(fields=["user", "operation"], name="ops_list_view_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.operation}: {self.user}"


class SavedFilter(models.Model):
    """Filters and order of a history under a name, for one user. `query` is that of an address."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # the unique constraint's index begins with it
    )
    operation = models.CharField(_("operation"), max_length=100)
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    query = models.CharField(_("filters"), max_length=LONGEST_QUERY)

    class Meta:
        db_table = "ops_saved_filters"
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "operation", "name"], name="ops_saved_filter_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.name
