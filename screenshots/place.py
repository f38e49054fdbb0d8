"""A place for one language's story: servers, a database, files. Nothing of it stays."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import redis

from freesport import embedded
from freesport.demo.place import Place
from freesport.embedded.scratch import scratch_database

_OWNER = "deploy"  # who starts imports on the command line


@contextmanager
def own_place(language: str) -> Iterator[Place]:
    """Point this process and its children at servers and directories that only it uses.

    Servers that `DATABASE_URL` and `REDIS_URL` name are used, with a database and keys of our own.
    """
    data = embedded.default_data_dir() / "screenshots"
    server = embedded.ensure(data)
    name = f"freesport_pictures_{language}_{os.getpid()}"
    place = Place(data / name, own_database=True)
    place.exports.mkdir(parents=True)
    try:
        with scratch_database(server.database_url, name) as url:
            os.environ |= _environment(place, language, url, name)
            yield place
    finally:
        os.environ["DATABASE_URL"] = server.database_url
        shutil.rmtree(place.home)
        _forget_keys(server.redis_url, name)


def _environment(place: Place, language: str, database_url: str, prefix: str) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "screenshots.settings",
        "PICTURES_LANGUAGE": language,
        "DATABASE_URL": database_url,
        "REDIS_KEY_PREFIX": prefix,
        "ONEC_DATA_DIR": str(place.exports),
        "BACKUP_DIR": str(place.home / "backups"),
        "MEDIA_ROOT": str(place.home / "media"),
        "TIME_ZONE": "Europe/Moscow",
        "OPS_PORTAL_ENABLED": "true",
        "LOGNAME": _OWNER,
        # Playwright keeps an event loop in our thread, which Django's ORM takes for asynchronous.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    }


def _forget_keys(url: str, prefix: str) -> None:
    with redis.Redis.from_url(url, socket_connect_timeout=2) as client:
        for key in client.scan_iter(f"{prefix}*", count=1000):
            client.delete(key)
