"""What is computed from a run: per cent, rate, remaining time."""

from datetime import UTC, datetime, timedelta

import pytest

from ops_portal.runs import Amount, Run, Sheet, State

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def run(**values):
    """A run that has been at work for 10 seconds."""
    defaults = {
        "pk": 1,
        "title": "Import",
        "state": State.IN_PROGRESS,
        "state_label": "Running",
        "created_at": NOW,
        "started_at": NOW - timedelta(seconds=10),
        "now": NOW,
    }
    return Run(**(defaults | values))


class TestPercent:
    @pytest.mark.parametrize(
        ("done", "total", "percent"),
        [
            (0, 200, 0),
            (1, 200, 0),
            (199, 200, 99),
            (200, 200, 100),
            (300, 200, 100),
            (5, None, None),
        ],
    )
    def test_it_is_rounded_down_and_never_beyond_the_whole(self, done, total, percent):
        assert run(done=done, total=total).percent == percent

    def test_an_empty_but_finished_run_is_whole(self):
        assert run(state=State.COMPLETED, done=0, total=0).percent == 100

    def test_a_total_of_none_is_unknown(self):
        assert run(done=0, total=0).percent is None

    def test_the_bar_never_leaves_its_frame(self):
        assert run(done=300, total=200).bar_value == 200


class TestRemaining:
    def test_it_follows_from_the_rate(self):
        going = run(done=100, total=400)
        assert going.rate == 10
        assert going.remaining == timedelta(seconds=30)

    def test_a_young_run_promises_nothing(self):
        assert run(done=100, total=400, started_at=NOW - timedelta(seconds=1)).remaining is None

    def test_a_wrong_total_ends_in_nought(self):
        assert run(done=500, total=400).remaining == timedelta(0)

    @pytest.mark.parametrize("state", [State.COMPLETED, State.FAILED, State.CANCELLED])
    def test_a_finished_run_has_none(self, state):
        assert run(state=state, done=100, total=400).remaining is None

    def test_clocks_that_differ_give_no_negative_duration(self):
        assert run(started_at=NOW + timedelta(seconds=3)).elapsed == timedelta(0)


class TestStates:
    def test_only_the_three_ends_are_final(self):
        final = {state for state in State if not state.active}
        assert final == {State.COMPLETED, State.FAILED, State.CANCELLED}

    def test_only_a_completed_run_can_have_changed_nothing(self):
        assert run(state=State.COMPLETED).changed_nothing
        assert not run(state=State.FAILED).changed_nothing
        assert not run(state=State.COMPLETED, changed=1).changed_nothing


class TestSheet:
    def test_headers_stand_where_their_columns_stand(self):
        rows = [["Goods", 3, Amount("2 KB"), "today", True], ["Prices", 0, Amount("1 KB"), 5, True]]
        sheet = Sheet("Found", ["Content", "Records", "Size", "Age", "Read"], rows)
        assert [figures for _header, figures in sheet.heads] == [False, True, True, False, False]

    def test_an_empty_one_has_its_headers(self):
        assert Sheet("Found", ["Content", "Size"], []).heads == [
            ("Content", False),
            ("Size", False),
        ]
