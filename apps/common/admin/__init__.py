"""The audit logs in the admin, and what the admins of all apps have in common."""

from . import logs

__all__ = ["logs"]
