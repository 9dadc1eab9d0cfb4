"""Pages of an explanation as HTML, by reader."""

from __future__ import annotations

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
