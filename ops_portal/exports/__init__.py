"""Files of a listing: streamed, formula-safe, in the reader's language and time zone."""

from .responses import export_response

__all__ = ["export_response"]
