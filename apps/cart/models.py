"""Carts of customers and of visitors."""

from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Cart(models.Model):
    """A cart, owned by a customer or by a visitor's browser session."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("customer"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="carts",
    )
    session_key = models.CharField(_("browser session"), max_length=40, blank=True, default="")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last touched"), auto_now=True, db_index=True)

    class Meta:
        verbose_name = _("cart")
        verbose_name_plural = _("carts")

    def __str__(self) -> str:
        return f"#{self.pk}"


def _touch(cart_id: int) -> None:
    """Note that the cart's owner was here, so that it does not count as abandoned."""
    Cart.objects.filter(pk=cart_id).update(updated_at=timezone.now())


class CartItem(models.Model):
    """So many of a variant in a cart. Saving or deleting one touches the cart."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="items")
    variant = models.ForeignKey(
        "products.ProductVariant", verbose_name=_("variant"), on_delete=models.CASCADE
    )
    quantity = models.DecimalField(
        _("quantity"), max_digits=12, decimal_places=3, validators=[MinValueValidator(0)]
    )

    class Meta:
        verbose_name = _("cart item")
        verbose_name_plural = _("cart items")
        constraints = [
            models.UniqueConstraint(fields=["cart", "variant"], name="cart_item_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.variant} × {self.quantity}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and touch the cart."""
        super().save(*args, **kwargs)
        _touch(self.cart_id)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete, and touch the cart."""
        deleted = super().delete(*args, **kwargs)
        _touch(self.cart_id)
        return deleted
