"""Where the embedded servers' files lie, and who may enter.

Everything is below ``<data dir>/embedded``: locks, passwords, data, logs. Only directories made
here get their owner and mode changed; what a user already had stays as it is.

As root the servers run as another account, which must reach its files. When a parent folder keeps
that account out (a checkout below ``/root``), the servers' home moves to a private directory below
``/var/tmp`` instead, remembered in ``<data dir>/embedded/home``: no parent is ever opened. Folders
that the account passes through stay root's, so that it cannot swap what root works on.
"""

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from freesport.embedded.accounts import Account
from freesport.embedded.errors import EmbeddedError

CONTROL = "embedded"
POINTER = "home"
ELSEWHERE = Path("/var/tmp")  # noqa: S108 - kept over a reboot; what we make there is private


@dataclass(frozen=True)
class Place:
    """``control`` holds the locks, ``home`` the servers' files; ``account`` runs the servers."""

    control: Path
    home: Path
    account: Account | None


def open_control(data_dir: Path, account: Account | None) -> Path:
    """Return ``<data dir>/embedded``, made when missing.

    Raises:
        EmbeddedError: it belongs to another user.
    """
    control = data_dir / CONTROL
    make_private(data_dir, account)
    make_private(control, account)
    owner = control.stat().st_uid
    if owner != os.geteuid():
        raise EmbeddedError(
            f"The embedded servers' directory {control} belongs to the user with the number "
            f"{owner}. Run as that user, or set FREESPORT_DATA_DIR to a directory of your own."
        )
    return control


def find(data_dir: Path, account: Account | None) -> Place | None:
    """Return the place of a data directory that was used before; None when it was not."""
    control = data_dir / CONTROL
    if not control.is_dir():
        return None
    return Place(control, _remembered_home(control) or control, account)


def settle(control: Path, account: Account | None) -> Place:
    """Decide where the servers' files lie, and remember it. Call it with the start lock held."""
    home = _remembered_home(control)
    if home is None and (account is None or account.can("-x", control)):
        home = control
    return Place(control, home or _make_home_elsewhere(control, account), account)


def make_private(path: Path, account: Account | None) -> None:
    """Make a directory (and its parents) for us alone; the server account may pass through.

    An existing one is left as it is. It appears with its final rights at once, for another process
    may be looking.
    """
    if path.is_dir():
        return
    make_private(path.parent, account)
    made = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    let_pass(made, account)
    try:
        made.rename(path)
    except OSError:
        made.rmdir()
        if not path.is_dir():
            raise


def let_pass(directory: Path, account: Account | None) -> None:
    """Let the server account's group pass through a directory of ours, and nobody else."""
    if account is not None:
        os.chown(directory, -1, account.gid)
        directory.chmod(0o710)


def make_owned(directory: Path, account: Account | None) -> None:
    """Make a directory that belongs to the server account alone."""
    directory.mkdir(mode=0o700)
    hand_over(directory, account)


def hand_over(path: Path, account: Account | None) -> None:
    """Give a file or directory in a folder of ours to the server account."""
    if account is not None:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def write_private(path: Path, text: str, account: Account | None = None) -> None:
    """Replace a file by this text at once and durably, readable by its owner alone."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    made = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        hand_over(made, account)
        made.replace(path)
    except BaseException:
        made.unlink(missing_ok=True)
        raise


def _remembered_home(control: Path) -> Path | None:
    pointer = control / POINTER
    if not pointer.is_file():
        return None
    home = Path(pointer.read_text(encoding="utf-8"))
    return home if _is_ours(home) else None


def _is_ours(directory: Path) -> bool:
    return (
        directory.is_dir()
        and not directory.is_symlink()
        and directory.lstat().st_uid == os.geteuid()
    )


def _make_home_elsewhere(control: Path, account: Account | None) -> Path:
    base = ELSEWHERE if ELSEWHERE.is_dir() else Path(tempfile.gettempdir())
    digest = hashlib.sha256(os.fsencode(control)).hexdigest()[:16]
    home = base / f"freesport-{digest}"
    if _is_ours(home):  # of a data directory that was removed: its passwords may be anybody's
        shutil.rmtree(home)
    make_private(home, account)
    if not _is_ours(home):
        raise EmbeddedError(
            f"The account {account.name if account else ''} cannot reach {control}, and {home}, "
            "meant for its files instead, is in another user's hands. Remove it, or set "
            "FREESPORT_DATA_DIR to a directory that the account can reach."
        )
    write_private(control / POINTER, os.fspath(home))
    return home
