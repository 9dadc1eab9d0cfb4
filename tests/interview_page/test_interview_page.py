"""The file of an interview: it holds the artefact, and asks nobody for anything."""

from __future__ import annotations

import json
import os
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from browser.interview_measured import sizes
from explanation.published import published
from loading.test_named_schema import DIEMEN
from money import MONEY
from pages_read import Page
from routeengine import BudgetError, load_ruleset, portable
from routeengine.canonical import canonical_json
from routeengine.cli import main
from routeengine.errors import LanguageError
from routeengine.i18n import LANGUAGES
from routeengine.interview_page import interview_page, module
from routeengine.portable import export_artefact, export_rules, folder
from routeengine.portable.folder import portable_folder

SHIPPED = "rijswijk-2023"


def elements(page: str, opening: str) -> list[str]:
    """Return what stands in each element that opens so."""
    name = opening[1:].split(maxsplit=1)[0].rstrip(">")
    return re.findall(f"{re.escape(opening)}(.*?)</{name}>", page, re.DOTALL)


def held(page: str, name: str) -> Any:
    """Return the data of this name in a page."""
    (text,) = elements(page, f'<script type="application/json" id="{name}">')
    return json.loads(text)


@pytest.mark.gate
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_asks_for_nothing(language: str) -> None:
    """No address stands in it, and its policy allows just the script and style that stand in it."""
    page = interview_page(load_ruleset(SHIPPED), language)
    for sign in ("http:", "https:", "src=", "@import", "url(", "//www", "localStorage", "cookie"):
        assert sign not in page, sign
    assert Page(page).lost() == []
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="(.*?)"', page)
    rules = dict(one.split(" ", 1) for one in policy.split("; "))
    (style,), (script,) = elements(page, "<style>"), elements(page, '<script type="module">')
    assert rules == {
        "default-src": "'none'",
        "script-src": digest(script),
        "style-src": digest(style),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    # Nothing that runs or looks stands anywhere else.
    assert (
        re.findall(r"<script(?! type=\"(?:module|application/json)\")| style=| on\w+=\"", page)
        == []
    )
    assert page.index(policy) < page.index("<style>")


def digest(text: str) -> str:
    """Return the source of a policy that allows just this text."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@pytest.mark.gate
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_artefact_stands_in_it_byte_for_byte(language: str) -> None:
    """With the digest at its end; and the same rules give the same page."""
    ruleset = load_ruleset(SHIPPED)
    page, text = interview_page(ruleset, language), export_artefact(ruleset)
    assert elements(page, '<script type="application/json" id="rules">') == [export_rules(ruleset)]
    assert elements(page, '<script type="application/json" id="artefact">') == [text]
    assert json.loads(text)["sha256"] in Page(page).said
    assert interview_page(load_ruleset(SHIPPED), language) == page


def test_no_text_of_a_rule_set_gets_out_of_its_place() -> None:
    """What looks like markup or the end of a script is text, and the artefact is still the same."""
    bad = "</script><script>alert(1)</script><!-- <img> \\u003c"
    ruleset = replace(MONEY, title={"nl": bad, "en": bad}, purpose={"nl": bad, "en": bad})
    page = interview_page(ruleset)
    assert page.count("<script") == 4
    assert "<img" not in page
    assert canonical_json(held(page, "artefact")) == export_artefact(ruleset)
    assert held(page, "artefact")["title"]["nl"] == bad
    assert unescape("".join(elements(page, "<h1>"))) == bad


@pytest.mark.gate
@pytest.mark.parametrize("language", LANGUAGES)
def test_its_words_are_pinned(language: str) -> None:
    """`ROUTEENGINE_RECORD=1 pytest tests/interview_page` writes them anew, to be read."""
    page = interview_page(load_ruleset(SHIPPED), language)
    said = re.sub(r"[0-9a-f]{64}", "…", "\n".join(words(page)))
    golden = Path(__file__).with_name(f"words.{language}.golden")
    if os.environ.get("ROUTEENGINE_RECORD"):
        golden.write_text(said, encoding="utf-8")
    assert said == golden.read_text(encoding="utf-8")


def words(page: str) -> list[str]:
    """Return what the page says: around the interview, and what its script puts together."""
    body = re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL)
    lines = [" ".join(unescape(re.sub("<[^>]*>", " ", one)).split()) for one in body.splitlines()]
    said = json.dumps(held(page, "said"), indent=1, ensure_ascii=False)
    return [*filter(None, lines), said, ""]


@pytest.mark.gate
def test_a_page_is_a_draft_until_what_clients_need_is_recorded() -> None:
    """It names what lacks; and with all of that it is none, and says where to turn to."""
    ruleset = load_ruleset(SHIPPED)
    draft = Page(interview_page(ruleset, "nl")).said
    assert "CONCEPT. Gebruik deze pagina nog niet voor een echt advies" in draft
    assert "een telefoonnummer of e-mailadres, wat u kunt doen als u het er niet mee" in draft
    full = published(ruleset)
    page = interview_page(full, "nl")
    assert "CONCEPT" not in Page(page).said
    assert '--draft: ""' in page
    publication = full.publication
    assert publication is not None
    assert publication.contact is not None
    assert f"Bellen: {publication.contact.phone}." in Page(page).said
    for right in publication.rights:
        assert right.title["nl"] in Page(page).said


def test_amounts_and_days_are_called_as_people_write_them() -> None:
    """Both ends of each run of values that no condition tells apart."""
    facts = held(interview_page(MONEY, "nl"), "said")["facts"]
    assert facts["income"]["ends"] == [
        ["€\u00a00,00", "€\u00a00,00"], ["€\u00a00,01", "€\u00a0545,86"],
        ["€\u00a0545,87", "€\u00a01.091,71"], ["€\u00a01.091,72", "€\u00a010.000.000,00"],
    ]  # fmt: skip
    assert facts["born"]["ends"][0] == ["1 januari 1900", "31 december 1958"]
    assert facts["alone"]["values"] == ["nee", "ja"]


def test_it_is_of_one_day_and_variant(tmp_path: Path) -> None:
    """`--as-of` and `--variant` as with every form, and the page says whose numbers it holds."""
    rules = tmp_path / "rules.yaml"
    rules.write_text(DIEMEN, encoding="utf-8")
    target = tmp_path / "page.html"
    command = ["export", "interview", "-o", str(target), "--rules", str(rules)]
    assert main([*command, "--as-of", "2026-07-01", "--variant", "diemen"]) == 0
    page = target.read_text(encoding="utf-8")
    assert page == f"{interview_page(load_ruleset(rules, '2026-07-01', 'diemen'))}\n"
    assert held(page, "artefact")["ruleset"]["instance"]["variant"] == "diemen"
    assert "diemen" in Page(page).said


@pytest.mark.gate
def test_the_command_speaks_a_language_of_the_rules(tmp_path: Path) -> None:
    """The one that is asked for, and else their first; another is refused."""
    target = tmp_path / "page.html"
    for lang, more in (("nl", []), ("nl", ["--lang", "nl"]), ("en", ["--lang", "en"])):
        assert main(["export", "interview", *more, "-o", str(target)]) == 0
        assert f'<html lang="{lang}">' in target.read_text(encoding="utf-8")
    with pytest.raises(LanguageError):
        interview_page(replace(MONEY, languages=("en",)), "nl")


@pytest.mark.gate
def test_rules_that_are_too_large_get_no_page(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command says which part, writes nothing, and could not run: exit status 2."""
    monkeypatch.setattr(portable.export_artefact, "__kwdefaults__", {"words": True, "budget": 10})
    with pytest.raises(BudgetError, match="`scope` does not fit"):
        interview_page(load_ruleset(SHIPPED))
    assert main(["export", "interview"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "too large to export: the decision `scope` does not fit the budget of nodes" in err


@pytest.mark.gate
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sizes_in_the_documentation_are_so(language: str) -> None:
    """To a twentieth: a page grows with every program that it holds."""
    page = (Path(__file__).parents[2] / "docs/interview-page.md").read_text(encoding="utf-8")
    (told,) = re.findall(rf"\| {language} \| (\d+) kB \| (\d+) kB \|", page)
    assert [float(one) for one in told] == pytest.approx(sizes(language), rel=0.05)


def test_a_module_becomes_an_object_with_what_it_exports(tmp_path: Path) -> None:
    """In one file nothing can be imported; what is not exported stays inside."""
    path = tmp_path / "some.mjs"
    path.write_text(
        "const inner = 1;\nexport const A = inner;\nexport function* b() {}\nexport class C {}\n"
    )
    told = module("Some", path)
    assert told.startswith(
        "const Some = await (async () => {\nconst inner = 1;\nconst A = inner;\nfunction* b"
    )
    assert told.endswith("return { A, b, C };\n})();\n")


def test_programs_stand_in_the_package_or_beside_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Inside an installed package; at the top of a checkout."""
    assert (portable_folder() / "js" / "eval.mjs").is_file()
    inside = tmp_path / "src" / "routeengine" / "portable"
    inside.mkdir(parents=True)
    monkeypatch.setattr(folder, "__file__", str(inside / "folder.py"))
    assert portable_folder() == tmp_path / "portable"
    (inside / "check").mkdir()
    assert portable_folder() == inside
