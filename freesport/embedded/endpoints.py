"""What callers get to see: addresses and states of the embedded servers."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Endpoints:
    """Addresses of database and broker, and which of them this process provided itself.

    A process that inherits the addresses of an embedded server from its parent sees them as given:
    it does not answer for the servers' life.
    """

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    database_embedded: bool
    redis_embedded: bool

    def __repr__(self) -> str:
        """Show the addresses without their passwords."""
        return (
            f"Endpoints(database_url={redacted(self.database_url)!r}, "
            f"redis_url={redacted(self.redis_url)!r}, "
            f"database_embedded={self.database_embedded}, redis_embedded={self.redis_embedded})"
        )


@dataclass(frozen=True)
class ServerStatus:
    """One embedded server as found: ``pid`` and ``url`` are None when it does not run."""

    name: str
    variable: str
    directory: Path
    pid: int | None = None
    port: int | None = None
    url: str | None = field(default=None, repr=False)


def redacted(url: str) -> str:
    """Return a URL with its password replaced by ``***``."""
    parts = urlsplit(url)
    credentials, at, address = parts.netloc.rpartition("@")
    if not at:
        return url
    user = credentials.partition(":")[0]
    return parts._replace(netloc=f"{user}:***@{address}").geturl()
