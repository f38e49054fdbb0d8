"""Who started sessions, by a part of the name: there are few names and many sessions."""

from django.db import connection

# One step of an index from name to name, however many sessions each has.
_STARTERS = """
WITH RECURSIVE starters(name) AS (
    SELECT min(requested_by_name) FROM import_sessions WHERE requested_by_name > ''
    UNION ALL
    SELECT (SELECT min(requested_by_name) FROM import_sessions
        WHERE requested_by_name > starters.name)
    FROM starters WHERE name IS NOT NULL
)
SELECT name FROM starters WHERE position(upper(%(text)s) IN upper(name)) > 0
"""


def starters_with(text: str) -> list[str]:
    """Give the names of starters that contain a text, in whatever case."""
    with connection.cursor() as cursor:
        cursor.execute(_STARTERS, {"text": text})
        return [name for (name,) in cursor.fetchall()]
