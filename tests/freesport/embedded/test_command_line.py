"""``python -m freesport.embedded``."""

from tests.freesport.embedded.lab import Lab


class TestNothingRuns:
    def test_status_and_urls_say_so_by_their_exit_code(self, empty_lab: Lab) -> None:
        status, urls = empty_lab.command("status"), empty_lab.command("urls")
        assert (status.returncode, urls.returncode) == (3, 3)
        assert "PostgreSQL does not run" in status.stdout
        assert urls.stdout == ""
        assert not empty_lab.data_dir.exists()

    def test_stop_has_nothing_to_do(self, empty_lab: Lab) -> None:
        assert empty_lab.command("stop").stdout == "Stopped: nothing ran.\n"


class TestServersRun:
    def test_status_urls_and_stop_tell_what_they_find(self, lab: Lab) -> None:
        user = lab.start()
        addresses = user.answer()
        status = lab.command("status")
        assert status.returncode == 0
        assert f"process {lab.pid()} " in status.stdout
        assert lab.command("urls").stdout.splitlines() == [
            f"DATABASE_URL={addresses['database']}",
            f"REDIS_URL={addresses['redis']}",
        ]
        assert lab.command("stop", str(lab.data_dir)).stdout == "Stopped: PostgreSQL, Valkey.\n"
        assert lab.pid() is None
        assert user.end() == 0
