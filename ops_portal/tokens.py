"""One-use tokens: the same form sent twice lands on the run that it already made.

A convenience only. The guard against two runs is the backend's; a form without a token is accepted.
The tokens live in the visitor's login session, so they are nobody else's and end with it.
"""

import secrets

from django.http import HttpRequest

FIELD = "token"
KEPT = 20


def new_token() -> str:
    """Give a token for one form."""
    return secrets.token_urlsafe(16)


def run_of(request: HttpRequest, slug: str) -> int | None:
    """Give the run that this form has already made."""
    made: dict[str, int] = request.session.get(_key(slug), {})
    return made.get(request.POST.get(FIELD, ""))


def remember(request: HttpRequest, slug: str, run_id: int) -> None:
    """Note what the form has made; only the newest few are kept."""
    token = request.POST.get(FIELD, "")
    if not token or len(token) > 64:
        return
    made = list(request.session.get(_key(slug), {}).items())
    request.session[_key(slug)] = dict([*made, (token, run_id)][-KEPT:])


def _key(slug: str) -> str:
    return f"ops_portal.{slug}.tokens"
