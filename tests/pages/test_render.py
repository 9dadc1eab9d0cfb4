"""One way to draw a page: whatever is in the model is text, and nothing is fetched."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from routeengine.i18n import LANGUAGES, catalogue
from routeengine.pages import render

MODEL: dict[str, Any] = {
    "title": "Titel",
    "running": "R-1",
    "draft": False,
    "made": False,
    "sender": "Gemeente",
    "team": "",
    "body_class": "",
    "large": False,
}


def page(language: str = "nl", **changes: object) -> str:
    """Render the page on which every other one builds."""
    return render.render("base.html", language, {**MODEL, **changes})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_one_file_that_fetches_nothing(language: str) -> None:
    """It says its language, may load nothing, and has neither a script nor an address to fetch."""
    text = page(language)
    assert text.startswith("<!DOCTYPE html>")
    assert f'<html lang="{language}"' in text
    assert "default-src 'none'" in text
    assert not re.search(r"<script|<link|<img|@import|url\(|\ssrc=", text)


@given(st.text(), st.text())
def test_what_is_in_the_model_is_text(title: str, sender: str) -> None:
    """No character of it becomes markup or style: the page has the elements it had."""
    tags = re.compile(r"<[a-z!/][^>]*>")
    spoiled = page(title=f"</title>{title}", sender=f"<b>{sender}", running=f"</style>{title}\\")
    assert len(tags.findall(spoiled)) == len(tags.findall(page()))


def test_a_name_that_the_model_lacks_is_an_error() -> None:
    """A slip in a template or a model does not become a hole in a page."""
    with pytest.raises(jinja2.UndefinedError, match="title"):
        render.render("base.html", "nl", {})


@given(st.text())
def test_a_text_in_the_style_sheet_stays_one_string(text: str) -> None:
    """Read back as CSS reads it, it is the text; and nothing in it ends the string or the rule."""
    inner = render.css_text(text)
    assert not re.search(r"[\x00-\x1f\"'<>&]", inner)
    assert str(escape(inner)) == inner
    assert re.sub(r"\\([0-9a-f]{6})", lambda m: chr(int(m[1], 16)), inner) == text


def test_the_first_letter_goes_up_and_no_other_changes() -> None:
    """Unlike `str.capitalize`, which would turn "route D" into "Route d"."""
    assert render.first_up("route D") == "Route D"
    assert render.first_up("één probleem") == "Eén probleem"
    assert render.first_up("") == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_that_is_not_recorded_is_told_so(language: str) -> None:
    """Nothing stands empty."""
    assert render.day_in_words(None, language) == catalogue(language).page.not_recorded
    assert "2024" in render.day_in_words(date(2024, 5, 1), language)
