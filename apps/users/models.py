"""The shop's user: a customer known to 1C, a customer of the shop alone, or staff."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """Logs in by username. What 1C owns and what the shop owns: docs/glossary.md, "customer"."""

    class Role(models.TextChoices):
        """Which prices a customer sees; `unregistered` sees the retail ones."""

        RETAIL = "retail", _("Retail")
        WHOLESALE_LEVEL1 = "wholesale_level1", _("Wholesale, level 1")
        WHOLESALE_LEVEL2 = "wholesale_level2", _("Wholesale, level 2")
        WHOLESALE_LEVEL3 = "wholesale_level3", _("Wholesale, level 3")
        TRAINER = "trainer", _("Trainer")
        FEDERATION_REP = "federation_rep", _("Federation representative")
        UNREGISTERED = "unregistered", _("Unregistered")

    class CustomerType(models.TextChoices):
        """What the customer is before the law."""

        PERSON = "person", _("Person")
        ENTREPRENEUR = "entrepreneur", _("Sole proprietor")
        LEGAL_ENTITY = "legal_entity", _("Legal entity")

    email = models.EmailField(_("e-mail address"), blank=True, default="")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.RETAIL)
    customer_type = models.CharField(
        _("customer type"), max_length=20, choices=CustomerType.choices, default=CustomerType.PERSON
    )
    onec_id = models.CharField(_("1C id"), max_length=80, null=True, blank=True)  # noqa: DJ001  (NULL: unknown to 1C)
    company_name = models.CharField(_("company"), max_length=500, blank=True, default="")
    legal_name = models.CharField(_("legal name"), max_length=500, blank=True, default="")
    tax_id = models.CharField(_("INN"), max_length=12, blank=True, default="")
    kpp = models.CharField(_("KPP"), max_length=9, blank=True, default="")
    phone = models.CharField(_("phone"), max_length=20, blank=True, default="")
    legal_address = models.TextField(_("legal address"), blank=True, default="")
    created_in_1c = models.BooleanField(_("created in 1C"), default=False)
    last_sync_at = models.DateTimeField(_("last sync"), null=True, blank=True)
    deactivated_by_1c = models.BooleanField(
        _("deactivated by 1C"),
        default=False,
        help_text=_("An import switched the account off because 1C deleted the customer."),
    )
    # Digest of what 1C owns, as an import last wrote it: tells edits in the shop from those in 1C.
    fingerprint = models.BigIntegerField(null=True, editable=False)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(fields=["onec_id"], name="user_onec_id_unique"),
            models.UniqueConstraint(
                Lower("email"), condition=~models.Q(email=""), name="user_email_unique_or_empty"
            ),
        ]
        indexes = [
            models.Index(fields=["tax_id"], condition=~models.Q(tax_id=""), name="user_tax_id_idx"),
        ]

    def __str__(self) -> str:
        return self.company_name or self.get_full_name() or self.username
