"""What a dry run would have done."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportChange(models.Model):
    """One row that a dry run would create, update, hide or remove.

    `fields` holds `{column: [from, to]}` of an update; a property's name stands behind
    `OF_PROPERTY` in the place of a column. At most `LISTED` per entity are kept; the
    session's counters tell how many there are.
    """

    LISTED = 10_000
    OF_PROPERTY = "property:"

    class Action(models.TextChoices):
        """What would be done."""

        CREATE = "create", _("Create")
        UPDATE = "update", _("Change")
        HIDE = "hide", _("Hide")
        REMOVE = "remove", _("Remove")

    session = models.ForeignKey(
        "products.ImportSession",
        verbose_name=_("session"),
        on_delete=models.CASCADE,
        related_name="changes",
    )
    entity = models.CharField(_("entity"), max_length=30)
    action = models.CharField(_("action"), max_length=10, choices=Action.choices)
    onec_id = models.CharField(_("1C id"), max_length=255)
    name = models.CharField(_("name"), max_length=500, blank=True, default="")
    fields = models.JSONField(_("fields"), default=dict, blank=True)

    class Meta:
        verbose_name = _("change of a dry run")
        verbose_name_plural = _("changes of a dry run")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.name or self.onec_id}"
