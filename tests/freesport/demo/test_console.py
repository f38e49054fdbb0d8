"""What the demo prints."""

from freesport.demo.console import table


class TestTable:
    def test_names_stand_to_the_left_and_figures_to_the_right(self) -> None:
        lines = list(table(("", "read", "created"), [("prices", 12, 3), ("total", 1200, 3)]))
        assert lines == [
            "        read  created",
            "prices    12        3",
            "total   1200        3",
        ]
