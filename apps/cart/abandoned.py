"""Carts that nobody has touched for a while: found and deleted in batches."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from .models import Cart

BATCH_SIZE = 1000  # carts in one transaction: locks stay short


def abandoned_carts(days: int) -> QuerySet[Cart]:
    """Give the carts that were last touched at least `days` days ago."""
    return Cart.objects.filter(updated_at__lte=timezone.now() - timedelta(days=days))


def delete_abandoned_carts(days: int, *, batch_size: int = BATCH_SIZE) -> int:
    """Delete abandoned carts with their items; each batch is a transaction of its own.

    A cart that its owner touches at this moment is locked or young again: it stays.

    Returns:
        How many carts were deleted.
    """
    deleted = 0
    last_id = 0
    while True:
        ids = _delete_batch(abandoned_carts(days).filter(pk__gt=last_id), batch_size)
        if not ids:
            return deleted
        deleted += len(ids)
        last_id = ids[-1]


@transaction.atomic
def _delete_batch(carts: QuerySet[Cart], size: int) -> list[int]:
    locked = carts.order_by("pk").select_for_update(skip_locked=True)
    ids = list(locked.values_list("pk", flat=True)[:size])
    Cart.objects.filter(pk__in=ids).delete()
    return ids
