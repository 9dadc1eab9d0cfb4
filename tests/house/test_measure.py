"""What measures the code counts rightly, on a made-up tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from house.measure import BARS, main, measure

TREE = {
    "shop/__init__.py": '"""A shop."""\n\nfrom shop.till import Till\n\n__all__ = ["Till"]\n',
    "shop/till.py": '''"""Where one pays.

Two lines more
of docstring.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import json  # a comment beside code

if TYPE_CHECKING:
    from shop.stock.goods import Good

# A comment on a line
# of its own, and another.
LIMIT = 5  # type: int
"""Documented, so no code."""

SIGN = """A text
# of three lines
is code."""


class Till:
    """Takes money."""

    @property
    def total(self) -> str:
        """Return a sum."""
        return json.dumps(
            [],
        )
''',
    "shop/stock/__init__.py": '"""' + "Much is in stock.\n" * 70 + '"""\n',
    "shop/stock/goods.py": "def price() -> object:\n    from .. import till\n\n    return till\n",
    "shop/stock/shelf.py": "from shop.stock.goods import price\n\nprint(price)\n",
    "shop/stock/count.py": "from . import shelf\nimport shop.stock.shelf\n" + "shelf\n" * 60,
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Write the tree."""
    for name, text in TREE.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_figures_are_what_is_counted_by_hand(tree: Path) -> None:
    """Blank lines, comments and docstrings are no code; a text of several lines is."""
    figures = measure(tree).figures
    till = 3 + 2 + 1 + 3 + 1 + 1 + 1 + 3  # imports; `if` and its import; LIMIT; SIGN; the class
    assert figures["code lines"] == 2 + till + 3 + 2 + 62
    assert measure(tree).details["code lines"] == [
        f"shop.stock: {3 + 2 + 62}", f"shop.till: {till}", "shop: 2",
    ]  # fmt: skip
    assert figures["modules"] == 6
    assert figures["longest file"] == 62
    assert figures["longest function"] == 4
    assert figures["comment lines"] == 3


def test_cycles_are_found_also_by_way_of_types_and_functions(tree: Path) -> None:
    """The till knows goods for type checkers only, and goods the till inside a function."""
    found = measure(tree)
    assert found.figures["modules in an import cycle"] == 2
    assert found.details["modules in an import cycle"] == ["shop.stock.goods, shop.till"]


def test_a_command_is_a_module_of_the_command_line_with_a_run(tree: Path) -> None:
    """Its longest function and its lines are measured; what several commands share is none."""
    (tree / "shop/cli").mkdir()
    (tree / "shop/cli/__init__.py").write_text("def run():\n    return 1\n" + "run()\n" * 9)
    (tree / "shop/cli/sell.py").write_text("def run():\n    return 1\n\n\nX = 1\n# Why.\n")
    (tree / "shop/cli/shared.py").write_text("def ran():\n    return 1\n" + "ran()\n" * 9)
    figures = measure(tree).figures
    assert (figures["longest step of a command"], figures["largest command"]) == (2, 3)


def test_small_rooms_are_short_modules_with_one_importer(tree: Path) -> None:
    """Not the till, which is at the top; nor goods, which two import; nor what nobody imports."""
    assert measure(tree).details["small rooms"] == [
        "shop.stock.shelf: 3, imported by shop.stock.count"
    ]


def test_nothing_to_measure(tmp_path: Path) -> None:
    """An empty folder has no cycles and no longest file; only comments are too few."""
    found = measure(tmp_path)
    assert found.over == ["comment lines"]
    assert sum(found.figures.values()) == 0


def test_the_command_fails_only_when_it_checks(
    tree: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is past its bar is marked, and is the exit status with `--check`."""
    loose = {"comment lines": 3, "modules in an import cycle": 9, "small rooms": 9}
    for name, bar in loose.items():
        monkeypatch.setitem(BARS, name, bar)
    assert main([str(tree), "--check"]) == 0
    assert "past its bar" not in capsys.readouterr().out
    monkeypatch.setitem(BARS, "longest file", 61)
    assert main([str(tree)]) == 0
    assert main([str(tree), "--check"]) == 1
    printed = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in printed if "past its bar" in line] == [
        "longest file",
        "longest file",
    ]
