"""Which numbers sessions of a span of time have.

Numbers grow with time, but PostgreSQL does not know: asked for old sessions by number, newest
first, it passes all later ones. The index over blocks of numbers (`ImportSession.Meta`) tells in
which blocks there is a session of the span; nothing is supposed about the order within time.
"""

from datetime import datetime

from django.db import connection
from django.db.models import Q

from apps.products.models.sessions import BLOCK

_IN_SPAN = "started_at >= %(since)s AND started_at < %(until)s"
# OFFSET keeps the planner from walking through all numbers to the least or greatest of a block.
_OF_BLOCK = f"""
SELECT id FROM import_sessions WHERE id / {BLOCK} = {{}} AND {_IN_SPAN} OFFSET 0
"""  # noqa: S608  (constants of our own)
# One step from block to block that exists, however far apart the numbers are.
_NUMBERS = f"""
WITH RECURSIVE blocks(block) AS (
    SELECT min(id) / {BLOCK} FROM import_sessions
    UNION ALL
    SELECT (SELECT min(id) / {BLOCK} FROM import_sessions WHERE id >= (block + 1) * {BLOCK})
    FROM blocks WHERE block IS NOT NULL
), ends AS (
    SELECT min(block) AS first, max(block) AS last FROM blocks
    WHERE EXISTS (SELECT 1 FROM import_sessions WHERE id / {BLOCK} = block AND {_IN_SPAN})
)
SELECT (SELECT min(id) FROM ({_OF_BLOCK.format("first")}) AS numbers),
    (SELECT max(id) FROM ({_OF_BLOCK.format("last")}) AS numbers)
FROM ends
"""  # noqa: S608  (constants of our own)


def numbers_of(since: datetime | None, until: datetime | None) -> Q:
    """Give a condition on the numbers of all sessions that started from `since` to `until`."""
    values = {"since": since or "-infinity", "until": until or "infinity"}
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, values)
        first, last = cursor.fetchone()
    return Q() if first is None else Q(pk__gte=first, pk__lte=last)
