"""Which system account the servers run as.

PostgreSQL refuses to run as root. As root we therefore step down to an unprivileged account; an
ordinary user runs the servers as itself.
"""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from freesport.embedded.errors import EmbeddedError

CANDIDATES = ("postgres", "nobody")  # initdb looks the account up, so a bare number will not do


class Identity(TypedDict, total=False):
    """Arguments of ``subprocess`` that choose the account."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """An unprivileged account for the servers, used when we are root."""

    name: str
    uid: int
    gid: int

    def can(self, test: str, path: Path) -> bool:
        """Ask the system whether the account may do this: ``-x`` enter or run, ``-r`` read."""
        command = ["/bin/sh", "-c", f'test {test} "$1"', "sh", os.fspath(path)]
        done = subprocess.run(command, check=False, cwd="/", **identity(self))  # noqa: S603 - our own words
        return done.returncode == 0


def server_account() -> Account | None:
    """Return the account to step down to, or None when we are an ordinary user.

    Raises:
        EmbeddedError: we are root and the system has no suitable account.
    """
    if os.geteuid() != 0:
        return None
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedError(
        f"PostgreSQL does not run as root, and this system has no account {' or '.join(CANDIDATES)}"
        " to run it as. Run as an ordinary user, or set DATABASE_URL and REDIS_URL."
    )


def identity(account: Account | None) -> Identity:
    """Return the ``subprocess`` arguments that run a program as this account."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}
