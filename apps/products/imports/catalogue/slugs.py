"""Slugs of new rows. Staff own them afterwards."""

from django.utils.text import slugify

_LONGEST = 250


def make_slug(name: str, row_id: int) -> str:
    """Give a readable address part that is unique because it ends in the row's id."""
    return f"{slugify(name[:_LONGEST], allow_unicode=True)}-{row_id}".lstrip("-")
