"""A reader who follows one explanation from the profile to its JSON opens few files."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType

import pytest

import routeengine
from routeengine import Engine, load_ruleset

PACKAGE = Path(routeengine.__file__).parent

MOST_FILES = 32
"""Files in which anything runs. It is lowered as they get fewer."""


@pytest.mark.gate
def test_an_explanation_runs_through_few_files() -> None:
    """Of a client never explained before, by an engine that explained another."""
    engine, files = Engine(load_ruleset("rijswijk-2023")), set[str]()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            files.add(frame.f_code.co_filename)

    engine.explain({"rung": 2}).model_dump_json()
    before = sys.getprofile()
    sys.setprofile(note)
    try:
        engine.explain({"rung": 1, "finances": "mild", "willing": True}).model_dump_json()
    finally:
        sys.setprofile(before)
    inside = {name for name in files if Path(name).is_relative_to(PACKAGE)}
    assert len(inside) <= MOST_FILES, sorted(inside)
