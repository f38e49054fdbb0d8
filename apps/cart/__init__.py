"""Carts, and the task that clears abandoned ones."""
