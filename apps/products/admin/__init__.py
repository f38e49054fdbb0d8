"""The catalogue and the import sessions in the admin."""

from . import brands, categories, products, properties, sessions, trade, variants

__all__ = ["brands", "categories", "products", "properties", "sessions", "trade", "variants"]
