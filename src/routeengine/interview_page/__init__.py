"""An interview as one HTML file that keeps everything to itself.

It holds the artefact of the rules and an evaluator of it, asks what `Interview` would ask, and
shows what `Engine` would say; and the rules with a checker, which confirms that. It can ask nobody
for anything: its policy allows just the script and the style that stand in it, by their digests.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from routeengine.canonical import canonical_json
from routeengine.engine import Engine
from routeengine.explanation.page.voice import Voice
from routeengine.i18n import language_for
from routeengine.interview_page.said import frame, said
from routeengine.pages.render import render
from routeengine.portable import export_artefact, export_rules
from routeengine.portable.folder import portable_folder
from routeengine.ruleset.model import RuleSet

__all__ = ["interview_page"]

POLICY = (
    "default-src 'none'; script-src {script}; style-src {style}; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
"""What the page may do: show what stands in it, and nothing else."""

EXPORT = re.compile(r"^export (?:const|class|(?:async )?function\*?) (\w+)", re.MULTILINE)


def interview_page(ruleset: RuleSet, language: str | None = None) -> str:
    """Return an interview on a rule set as one HTML page that works without a server.

    `language` is a language of the rule set that the library has words in, the first such if it is
    None.

    Raises LanguageError for another, and BudgetError if a part of the rule set does not fit its
    budget of nodes: then no diagram gives its exact answers.
    """
    spoken = language_for(ruleset.languages, language)
    artefact = export_artefact(ruleset)
    data = json.loads(artefact)
    voice = Voice(Engine(ruleset).explain({}, spoken), ruleset)
    page = render(
        "interview.html",
        spoken,
        frame(voice, ruleset, data["sha256"])
        | {
            "artefact": artefact,
            "rules": export_rules(ruleset),
            "said": canonical_json(said(voice, ruleset, data)),
            "script": _script(),
            "policy": "POLICY",
        },
    )
    return page.replace('content="POLICY"', f'content="{_policy(page)}"')


def _script() -> str:
    evaluating = module("Evaluating", portable_folder() / "js" / "eval.mjs")
    checking = module("Checking", portable_folder() / "check" / "check.mjs")
    page = Path(__file__).with_name("page.mjs").read_text(encoding="utf-8")
    return f"\n{evaluating}\n{checking}\n{page}"


def module(name: str, path: Path) -> str:
    """Return a module as an object with what it exports: in one file nothing can be imported."""
    text = path.read_text(encoding="utf-8")
    exported = [found[1] for found in EXPORT.finditer(text)]
    inner = EXPORT.sub(lambda found: found[0].removeprefix("export "), text)
    body = f"{inner}\nreturn {{ {', '.join(exported)} }};"
    return f"const {name} = await (async () => {{\n{body}\n}})();\n"


def _policy(page: str) -> str:
    """Return the policy for the scripts and styles that stand in a page."""
    return POLICY.format(
        script=_digests(r'<script type="module">(.*?)</script>', page),
        style=_digests("<style>(.*?)</style>", page),
    )


def _digests(pattern: str, page: str) -> str:
    found = [sha256(one.encode()).digest() for one in re.findall(pattern, page, re.DOTALL)]
    return " ".join(f"'sha256-{b64encode(one).decode()}'" for one in found)
