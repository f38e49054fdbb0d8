"""Background work on carts: a shared task around a management command."""

from celery import shared_task
from django.core.management import call_command


@shared_task
def clear_abandoned_carts_task(days: int | None = None, *, dry_run: bool = False) -> None:
    """Run `clear_abandoned_carts` in a worker, with the command's own options and defaults."""
    call_command("clear_abandoned_carts", days=days, dry_run=dry_run)
