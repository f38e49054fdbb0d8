"""The one exception of the demo."""


class DemoError(Exception):
    """A step failed; the message says which, why, and what to do."""
