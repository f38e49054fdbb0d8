"""A history of any length, written by one statement: ten years of imports in a few seconds.

What belongs together in life does here, for that is where a page is slow: failed sessions are
short and changed little, long ones changed much, ids grow with time.
"""

from psycopg2 import sql

from .server import connect

STARTERS = 8
MINUTES_APART = 5

_FILL = sql.SQL(
    """
INSERT INTO import_sessions (
    import_type, status, trigger, requested_by_id, requested_by_name, parameters, dry_run, source,
    stage, progress_done, progress_total, report_details, changed_count, warning_count,
    error_count, error_message, celery_task_id, worker, created_at, started_at, finished_at,
    duration_ms, backup_path
)
SELECT
    CASE WHEN luck_1 < 0.8 THEN 'catalog' ELSE 'customers' END,
    status, trigger, starter_id, starter_name,
    '{"data_dir": "/srv/1c", "file_type": "all", "chunk_size": 1000}',
    luck_8 < 0.08, '{}', '', done, done,
    jsonb_build_object('counters', jsonb_build_object('total', jsonb_build_object(
        'read', done, 'created', 0, 'updated', changed, 'unchanged', done - changed,
        'hidden', 0, 'skipped', 0, 'failed', 0))),
    changed,
    CASE WHEN luck_3 < 0.10 THEN 1 + floor(luck_4 * 40) ELSE 0 END,
    CASE WHEN luck_3 < 0.03 THEN 1 + floor(luck_4 * 9) ELSE 0 END,
    CASE status
        WHEN 'failed' THEN format((%(messages)s)[1 + floor(luck_4 * 5)::int], number)
        WHEN 'cancelled' THEN format('Cancelled by %%s: wrong files.', starter_name)
        ELSE '' END,
    md5(number::text), 'worker@shop-1', moment - interval '1 second', moment,
    moment + duration * interval '1 millisecond', duration, ''
FROM (
    SELECT *,
        CASE WHEN status = 'completed' AND luck_5 < 0.4 THEN floor(luck_5 * luck_4 * 50000)::bigint
            ELSE 0 END AS changed,
        CASE status WHEN 'completed' THEN 20000 + floor(luck_1 * 100)::bigint
            ELSE floor(luck_1 * 20000)::bigint END AS done,
        CASE status
            WHEN 'completed' THEN 3000 + floor(luck_5 * luck_4 * 900000 + luck_2 * 900)::bigint
            ELSE 200 + floor(luck_2 * 3000)::bigint END AS duration,
        CASE trigger WHEN 'portal' THEN (%(ids)s)[1 + number %% %(starters)s] END AS starter_id,
        CASE trigger WHEN 'portal' THEN (%(names)s)[1 + number %% %(starters)s]
            WHEN 'cli' THEN 'root' ELSE '' END AS starter_name
    FROM (
        SELECT number, luck_1, luck_2, luck_3, luck_4, luck_5, luck_8,
            now() - (%(rows)s - number) * interval %(apart)s AS moment,
            CASE WHEN luck_6 < 0.93 THEN 'completed' WHEN luck_6 < 0.98 THEN 'failed'
                ELSE 'cancelled' END AS status,
            CASE WHEN luck_7 < 0.80 THEN 'schedule' WHEN luck_7 < 0.95 THEN 'portal'
                ELSE 'cli' END AS trigger
        FROM (
            SELECT number, random() AS luck_1, random() AS luck_2, random() AS luck_3,
                random() AS luck_4, random() AS luck_5, random() AS luck_6, random() AS luck_7,
                random() AS luck_8
            FROM generate_series(1, %(rows)s) AS number
        ) AS dice
    ) AS fate
) AS session
"""
)
_MESSAGES = [
    "The file goods_%s.xml is cut off: its end is missing. Copy it again.",
    "The directory /srv/1c/%s does not exist. Correct the path.",
    "No space left on device while the backup %s was written.",
    "The connection to the database was lost at record %s.",
    "The import would hide %s products, more than is allowed at once.",
]


def fill_history(rows: int, starters: list[tuple[int, str]]) -> None:
    """Append `rows` ended sessions, the newest now, and let the server look at them.

    `starters` are ids and names of the users who started those from the portal.
    """
    values = {
        "rows": rows,
        "apart": f"{MINUTES_APART} minutes",
        "messages": _MESSAGES,
        "starters": len(starters),
        "ids": [pk for pk, _name in starters],
        "names": [name for _pk, name in starters],
    }
    with connect() as connection, connection.cursor() as cursor:
        # A commit that is not on the disk yet is not yet visible to VACUUM: half of the table would
        # stay unmarked, and be read where an index is enough.
        cursor.execute("SET synchronous_commit = on")
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(_FILL, values)
        cursor.execute("VACUUM import_sessions")
        cursor.execute("ANALYZE")


def empty_history() -> None:
    """Remove all sessions."""
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("TRUNCATE import_sessions RESTART IDENTITY CASCADE")
