"""The one exception of the embedded servers, and the sentences for failures of the system."""

import errno
from pathlib import Path

# What C programs print for these errors (our servers run with LC_ALL=C).
FULL_DISK_TEXTS = ("No space left on device", "Disk quota exceeded", "File too large")
FULL_DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class EmbeddedError(Exception):
    """An embedded server cannot be provided; the message says why and what to do."""


def full_disk(directory: Path) -> EmbeddedError:
    """Return the error for a full disk, quota or file size limit, naming the directory."""
    return EmbeddedError(
        f"There is no space left for the embedded servers' data in {directory} "
        "(disk full, or a quota or file size limit reached). Free some space, or set "
        "FREESPORT_DATA_DIR to a directory on another disk."
    )


def tells_full_disk(output: str) -> bool:
    """Tell whether a program's output complains about a full disk."""
    return any(text in output for text in FULL_DISK_TEXTS)


def from_os_error(error: OSError, directory: Path) -> EmbeddedError:
    """Turn a failure of the operating system into a sentence for the reader."""
    if error.errno in FULL_DISK_ERRORS:
        return full_disk(directory)
    return EmbeddedError(
        f"The embedded servers cannot use {directory}: {error}. Check the directory and its "
        "owner, set FREESPORT_DATA_DIR to another one, or set DATABASE_URL and REDIS_URL to "
        "servers of your own."
    )
