"""Django's connection data in the words of libpq."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from apps.common.backups import BackupError
from apps.common.backups.target import Target, access, current_target


@pytest.fixture
def options(db: None) -> Iterator[dict[str, Any]]:
    """The connection's OPTIONS; what a test changes is put back. The connection itself stays."""
    before = dict(connection.settings_dict["OPTIONS"])
    yield connection.settings_dict["OPTIONS"]
    connection.settings_dict["OPTIONS"].clear()
    connection.settings_dict["OPTIONS"].update(before)


class TestTarget:
    def test_carries_the_options_of_the_url_over(self, options: dict[str, Any]) -> None:
        options |= {
            "sslmode": "prefer",
            "connect_timeout": 7,
            "application_name": "shop",
            "target_session_attrs": "any",
            "options": "-c work_mem=8MB",
        }
        variables = current_target().variables
        assert variables["PGSSLMODE"] == "prefer"
        assert variables["PGCONNECT_TIMEOUT"] == "7"
        assert variables["PGAPPNAME"] == "shop"
        assert variables["PGTARGETSESSIONATTRS"] == "any"
        assert variables["PGOPTIONS"] == "-c work_mem=8MB"
        assert variables["PGDATABASE"] == connection.settings_dict["NAME"]
        assert variables["PGPORT"] == str(connection.settings_dict["PORT"])
        assert not {"PGPASSWORD", "PGCLIENTENCODING"} & set(variables)

    def test_takes_over_the_role(self, options: dict[str, Any]) -> None:
        options["assume_role"] = "shop_owner"
        assert current_target().role == "shop_owner"

    def test_refuses_what_programs_cannot_be_told(self, options: dict[str, Any]) -> None:
        options["sslpassword"] = "key's own"
        with pytest.raises(BackupError, match="sslpassword cannot be handed to pg_dump") as caught:
            current_target()
        assert "key's own" not in str(caught.value)

    def test_does_not_show_secrets(self) -> None:
        target = Target("shop", 150020, password="s3cret", variables={"PGUSER": "me"})
        assert "s3cret" not in repr(target)
        assert target.redact("login with s3cret failed") == "login with *** failed"


class TestAccess:
    def test_hands_the_password_over_in_a_private_file_that_goes(self) -> None:
        target = Target("shop", 150020, password="a:b\\c ж")
        with access(target) as granted:
            file = Path(granted.environment["PGPASSFILE"])
            assert file.read_text(encoding="utf-8") == "*:*:*:*:a\\:b\\\\c ж\n"
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            assert "PGPASSWORD" not in granted.environment
            real = Path(os.path.realpath(file))
        assert not real.exists()
        for descriptor in granted.inherited:
            with pytest.raises(OSError, match="Bad file descriptor"):
                os.fstat(descriptor)

    def test_hands_over_nothing_of_ours_but_what_programs_need(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", "postgresql://me:s3cret@127.0.0.1/shop")
        monkeypatch.setenv("SECRET_KEY", "s3cret")
        monkeypatch.setenv("PGPASSWORD", "s3cret")
        with access(Target("shop", 150020)) as granted:
            assert "s3cret" not in " ".join(granted.environment.values())
            assert granted.environment["PATH"] == os.environ["PATH"]
            assert granted.environment["LC_ALL"] == "C"

    def test_refuses_a_password_that_a_file_cannot_hold(self) -> None:
        with (
            pytest.raises(BackupError, match="line break"),
            access(Target("shop", 150020, password="two\nlines")),
        ):
            pass
