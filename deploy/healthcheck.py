"""Asks this container's web server whether it answers; exit code 0 or 1.

The server takes no request for a host that it does not serve, so one of ALLOWED_HOSTS is asked for.
Usage: healthcheck.py [PORT]
"""

import os
import sys
from http.client import HTTPConnection

SECONDS = 4


def host() -> str:
    """Give a name that the site answers to."""
    first = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip()
    return first.lstrip(".*") or "localhost"


def main() -> int:
    """Ask, and give the exit code."""
    connection = HTTPConnection(
        "127.0.0.1", int(sys.argv[1]) if sys.argv[1:] else 8000, timeout=SECONDS
    )
    try:
        connection.request("GET", "/healthz/", headers={"Host": host()})
        status = connection.getresponse().status
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    if status != 200:
        print(f"HTTP status {status}", file=sys.stderr)
    return int(status != 200)


if __name__ == "__main__":
    sys.exit(main())
