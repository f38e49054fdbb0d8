"""Management commands that all apps share."""
