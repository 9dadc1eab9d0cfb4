"""Pages of an explanation as HTML, by reader."""

from __future__ import annotations

import re

from routeengine.explanation import model
from routeengine.explanation.page.client import client_page
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


def client_fragment(explanation: model.ExplanationData) -> str:
    """Return the page of a client as one `section`, for a page that has a style of its own."""
    page = client_page(explanation)
    words = catalogue(page.language).client
    html = render("client_fragment.html", page.language, {"page": page, "words": words})
    lines = "\n".join(line for line in map(str.strip, html.splitlines()) if line)
    # It stands below the title of that page. Text holds no bare "<", so these are headings all.
    deeper = re.sub(r"(?<=<)(/?)h([1-5])(?=[ >])", lambda one: f"{one[1]}h{int(one[2]) + 1}", lines)
    return deeper + "\n"
