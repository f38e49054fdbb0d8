"""What there are pictures of: the name of each, and what it shows."""

LANGUAGES = ("en", "ru")
THEMES = ("light", "dark")

PAGES = {
    "no-worker": "Start page while no worker runs: the button is off, with the reason",
    "no-data": "Start page without an export: the button is off, with the next step",
    "history-empty": "History before the first import",
    "forbidden": "What staff see who may not look at imports",
    "start": "Start page: what an import would meet, the form, the last sessions",
    "start-error": "The form refuses a value",
    "running": "A session that runs: progress, counters, log",
    "start-running": "Start page while an import runs",
    "cancel": "Asking for a reason before a session is cancelled",
    "cancelling": "A session that was asked to stop",
    "cancelled": "A cancelled session: what was saved until then",
    "both": "Start page with both imports: the customers wait for the catalogue",
    "waiting": "The session of the customers, waiting for the catalogue",
    "stalled": "A session that lives and has saved nothing for minutes",
    "lost": "A session whose process was killed",
    "failed": "A session that failed",
    "issues-found": "A session that completed with issues",
    "issues": "All issues of a session",
    "nothing-changed": "A session that changed nothing",
    "dry-run": "The session of a dry run",
    "changes": "What a dry run would do",
    "find": "Why is this product missing? A record with its state, advice and issues",
    "history": "History with filters set",
    "history-columns": "Choosing the history's columns; saved filters above the table",
    "export": "Taking the filtered history away",
    "monitoring": "The monitoring dashboard",
    "start-narrow": "Start page on a telephone",
    "running-narrow": "A session that runs, on a telephone",
    "history-narrow": "History on a telephone",
}


def file_name(page: str, language: str, theme: str) -> str:
    """Give the name of a picture's file."""
    return f"{page}-{language}-{theme}.png"
