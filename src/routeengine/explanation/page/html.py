"""Pages of an explanation as HTML, by reader."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Literal

from routeengine.explanation import model
from routeengine.explanation.page.auditor import audit
from routeengine.explanation.page.client import client_page
from routeengine.explanation.page.consultant import staff_page
from routeengine.explanation.page.staff import StaffVoice
from routeengine.i18n import catalogue
from routeengine.pages.render import render
from routeengine.ruleset.model import RuleSet


def client_html(
    explanation: model.ExplanationData,
    ruleset: RuleSet | None = None,
    *,
    large: bool = False,
    letter: bool = False,
) -> str:
    """Return the page of a client as one HTML file."""
    page = client_page(explanation, ruleset, letter=letter)
    head, said = page.head, catalogue(page.language).client
    lacks = said.draft_lacks.format(names=", ".join(head.lacking)) if head.draft else ""
    return render(
        "client.html",
        page.language,
        {
            "title": " – ".join(filter(None, (page.title, explanation.client_id))),
            "running": head.running,
            "draft": head.draft,
            "lacks": lacks,
            "made": None,
            "sender": head.sender,
            "team": head.team,
            "body_class": "client",
            "large": large,
            "words": said,
            "page": page,
        },
    )


def staff_html(
    explanation: model.ExplanationData,
    ruleset: RuleSet | None,
    audience: Literal["consultant", "auditor"],
    *,
    large: bool = False,
) -> str:
    """Return the page of a consultant or an auditor as one HTML file."""
    voice = StaffVoice(explanation, ruleset)
    page = staff_page(voice, audience)
    more: dict[str, Any] = {}
    if audience == "auditor":
        more = {"letter": client_page(explanation, ruleset), "audit": audit(voice)}
    return render(
        f"{audience}.html",
        voice.language,
        {
            "title": page.title,
            "running": page.running,
            # Staff work with it; nothing of it goes out.
            "draft": False,
            "made": None,
            "sender": page.sender,
            "team": page.team,
            "body_class": f"wide staff {audience}",
            "large": large,
            "words": voice.client,
            "staff": voice.staff,
            "page": page,
            **more,
        },
    )


def client_fragment(explanation: model.ExplanationData) -> str:
    """Return the page of a client as one `section`, for a page that has a style of its own."""
    # The style that shows one of the two drawings of a picture is not there.
    page = replace(client_page(explanation), timeline=None)
    words = catalogue(page.language).client
    html = render("client_fragment.html", page.language, {"page": page, "words": words})
    lines = "\n".join(line for line in map(str.strip, html.splitlines()) if line)
    # It stands below the title of that page. Text holds no bare "<", so these are headings all.
    deeper = re.sub(r"(?<=<)(/?)h([1-5])(?=[ >])", lambda one: f"{one[1]}h{int(one[2]) + 1}", lines)
    return deeper + "\n"
