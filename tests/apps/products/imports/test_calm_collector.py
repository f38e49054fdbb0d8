"""Fewer searches for reference cycles, only while an import runs."""

import gc

import pytest

from apps.products.imports.calm_collector import calm_collector


class TestCalmCollector:
    def test_searches_less_often_but_goes_on_searching(self) -> None:
        usual = gc.get_threshold()[0]
        with calm_collector():
            assert gc.isenabled()
            assert gc.get_threshold()[0] > usual

    def test_leaves_the_collector_as_it_was_even_after_an_error(self) -> None:
        before = gc.get_threshold()
        with pytest.raises(ZeroDivisionError), calm_collector():
            _ = 1 / 0
        assert gc.get_threshold() == before
        assert gc.get_freeze_count() == 0
