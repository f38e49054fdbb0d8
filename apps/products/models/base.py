"""What the catalogue's models have in common."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

# Longest id met in real exports: two GUIDs joined by "#" (docs/glossary.md, "1C id").
ONEC_ID_LENGTH = 80


class Imported(models.Model):
    """A row that an import writes and compares by fingerprint.

    `fingerprint` is a 64-bit digest of the values that 1C owns, as last written. NULL means "not
    known": the next import writes the row again. Times have database defaults because rows come
    by COPY.
    """

    fingerprint = models.BigIntegerField(_("fingerprint"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    updated_at = models.DateTimeField(_("updated"), db_default=Now(), editable=False)

    class Meta:
        abstract = True


class FromOnec(Imported):
    """A row with an id of its own in 1C. It is hidden when 1C deletes it, never deleted."""

    onec_id = models.CharField(_("1C id"), max_length=ONEC_ID_LENGTH)
    is_active = models.BooleanField(
        _("visible"), default=True, db_default=True, help_text=_("Set by imports from 1C.")
    )

    class Meta:
        abstract = True


class HideableByStaff(models.Model):
    """A row that staff may switch off by hand; no import switches it on again."""

    hidden_by_staff = models.BooleanField(
        _("hidden by staff"),
        default=False,
        db_default=False,
        help_text=_("Keeps the record hidden whatever 1C says. Imports never change it."),
    )

    class Meta:
        abstract = True


def unique_onec_id(table: str) -> models.UniqueConstraint:
    """Give the constraint for `onec_id`.

    `unique=True` on a text column would add a second index for LIKE, which every import pays for.
    """
    return models.UniqueConstraint(fields=["onec_id"], name=f"{table}_onec_id_unique")


def filled_only(field: str, table: str) -> models.Index:
    """Give an index that finds a record by a text that many records do not have.

    Empty ones are left out: they are never looked for, and each import pays for an index.
    """
    return models.Index(
        fields=[field], condition=~models.Q(**{field: ""}), name=f"{table}_{field}_filled"
    )
