"""A draft entry for the algorithm register: what rules say, what their owner says, and no more."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loading.small import SMALL, small
from routeengine import load_ruleset
from routeengine.cli import main
from routeengine.errors import LanguageError, UsageError
from routeengine.register import FIELDS, json_schema, register_entry
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.wording import Contact, Publication
from urgency import urgency

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "schemas" / "register.schema.json"
"""`ROUTEENGINE_RECORD=1 pytest tests/register` writes it anew."""

TEXTS = ("goal", "proportionality", "human_intervention", "risks", "lawful_basis")
FULL = Publication(
    municipality={"nl": "Gemeente", "en": "Municipality"},
    contact=Contact(email="a@b.example"),
    status="in_use",
    in_use_since=date(2024, 5, 6),
    in_use_until=date(2025, 1, 2),
    category=("Werk",),
    website="https://a.example",
    impact_assessment={"nl": "Gedaan.", "en": "Done."},
    **{name: {"nl": f"{name} nl", "en": f"{name} en"} for name in TEXTS},  # type: ignore[arg-type]
)


def published(publication: Publication | None) -> RuleSet:
    """Give the small rule set with this publication."""
    return replace(small(), publication=publication)


def test_points_are_told() -> None:
    """Whoever reads how the rules work reads that the program adds up."""
    methods = register_entry(urgency()).fields["methods_and_models"]
    assert str(methods).endswith("Het programma telt punten op voor: behoefte.")


def test_a_full_publication_makes_a_full_entry() -> None:
    """Every field that a rule set can say is there, in the order of the standard, in Dutch."""
    entry = register_entry(published(FULL))
    said = [field.name for field in FIELDS if field.name in entry.fields]
    assert list(entry.fields) == said
    assert entry.lacking == ()
    assert {field.said_in for field in entry.left_out} == {""}
    assert entry.fields["name"] == "klein"
    assert entry.fields["goal"] == "goal nl"
    assert entry.fields["status"] == "In gebruik"
    assert (entry.fields["begin_date"], entry.fields["end_date"]) == ("2024-05", "2025-01")
    assert entry.fields["impacttoetsen"] == "Gedaan."
    assert (entry.fields["lang"], entry.fields["publication_category"]) == (
        "nld",
        "Impactvolle algoritmes",
    )
    jsonschema.validate(dict(entry.fields), json_schema())


def test_nothing_is_made_up() -> None:
    """Without a publication only what the rules themselves say is there; the rest is named."""
    entry = register_entry(published(None))
    assert set(entry.fields) == {
        "name",
        "description_short",
        "publication_category",
        "source_data",
        "methods_and_models",
        "lang",
        "standard_version",
        "source_id",
    }
    assert [field.name for field in entry.lacking] == ["organization", "status", "contact_email"]
    named = {field.name for field in (*entry.lacking, *entry.left_out)}
    assert named | set(entry.fields) == {field.name for field in FIELDS}
    assert not named & set(entry.fields)


@pytest.mark.gate
def test_which_data_are_used_is_said_by_the_facts() -> None:
    """Each by its label, the special ones and those that may stand in for origin once more."""
    data = str(register_entry(published(None)).fields["source_data"])
    assert "leeftijd; wil; schuld." in data
    assert "geen bijzondere persoonsgegevens" in data
    assert "zegt geen gegeven iets over afkomst" in data
    data = str(register_entry(load_ruleset("rijswijk-2023")).fields["source_data"])
    assert "Bijzondere persoonsgegevens zijn: lichamelijke gezondheid;" in data
    assert "afkomst: huidige dienstverlening." in data
    assert data.endswith("gesprek; formulier van het heronderzoek; dossier.")


def test_what_the_owner_says_goes_before_what_is_worked_out() -> None:
    """The data and the method in the owner's own words, if there are any."""
    own = replace(FULL, source_data={"nl": "Eigen."}, methods_and_models={"nl": "Zelf."})
    fields = register_entry(published(own)).fields
    assert (fields["source_data"], fields["methods_and_models"]) == ("Eigen.", "Zelf.")


@given(st.sampled_from(TEXTS), st.integers(0, 4000))
def test_a_text_is_taken_up_to_its_limit(name: str, more: int) -> None:
    """2,500 characters is none too many, and one more is refused, by field and number."""
    owner = replace(FULL, **{name: {"nl": "x" * (2500 + more)}})  # type: ignore[arg-type]
    if not more:
        jsonschema.validate(dict(register_entry(published(owner)).fields), json_schema())
        return
    with pytest.raises(UsageError) as caught:
        register_entry(published(owner))
    told = f"`{name}` has {2500 + more:,} characters, 2,500 at most (write a shorter "
    assert str(caught.value) == f"{told}`publication.{name}`)"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("nl: klein", f"nl: {'k' * 101}"), "`name` has 101 characters, 100 at most"),
        (("nl: om te proberen", f"nl: {'o' * 351}"), "`description_short` has 351 characters, 350"),
    ],
)
def test_every_field_has_a_limit_of_its_own(change: tuple[str, str], told: str) -> None:
    """The name and the short description are shorter than the rest."""
    with pytest.raises(UsageError, match=re.escape(told)):
        register_entry(small(change))


def test_all_that_is_wrong_is_told_at_once() -> None:
    """A theme that the register does not have is told beside what is too long."""
    owner = replace(FULL, category=("Werk", "Wrk"), goal={"nl": "x" * 2501})
    with pytest.raises(UsageError) as caught:
        register_entry(published(owner))
    assert "`goal` has 2,501 characters" in str(caught.value)
    assert "`category` cannot be `Wrk`: the register has Organisatie" in str(caught.value)


def test_rules_that_are_not_in_dutch_are_refused() -> None:
    """The register is in Dutch, and no text is translated by itself."""
    with pytest.raises(LanguageError):
        register_entry(load_ruleset({"a.yaml": in_english()}))


def in_english() -> str:
    """Give the small rule set in English alone."""
    text = re.sub(r"nl: [^,{}]+, (?=en:)", "", SMALL)
    return text.replace("languages: [nl, en]", "languages: [en]")


def test_the_schema_is_the_one_that_is_published() -> None:
    """It takes what is complete, and refuses what lacks something or has something of its own."""
    text = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("ROUTEENGINE_RECORD"):
        PUBLISHED.write_text(text, encoding="utf-8")
    assert text == PUBLISHED.read_text(encoding="utf-8")
    jsonschema.Draft202012Validator.check_schema(json_schema())
    validator = jsonschema.Draft202012Validator(json_schema())
    complete = dict(register_entry(published(FULL)).fields)
    assert validator.is_valid(complete)
    for field in FIELDS:
        less = {name: value for name, value in complete.items() if name != field.name}
        assert validator.is_valid(less) is not field.needed, field.name
        assert not validator.is_valid(complete | {field.name: {}}), field.name
    assert not validator.is_valid(complete | {"extra": "x"})


# On the command line


def rules(folder: Path, publication: str = "") -> str:
    """Write the small rule set with a publication, and give where it is."""
    (folder / "rules").mkdir()
    (folder / "rules" / "a.yaml").write_text(SMALL + publication, encoding="utf-8")
    return str(folder / "rules")


COMPLETE = """\
publication:
  municipality: {nl: Gemeente, en: Municipality}
  contact: {email: a@b.example}
  status: in_development
"""


def test_a_draft_is_written_and_what_lacks_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A line for what the register needs, and a line for what else is left out; the status is 0."""
    assert main(["export", "register", "--rules", rules(tmp_path)]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["name"] == "klein"
    needed, left_out = printed.err.splitlines()
    assert needed == (
        "draft: the register needs what is not recorded: organization "
        "(`publication.municipality`), status (`publication.status`), "
        "contact_email (`publication.contact.email`)"
    )
    assert left_out.startswith("left out, as it is not recorded: category, begin_date, ")


def test_one_that_lacks_something_is_not_final(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The status is 2, nothing is written, and it is said what lacks."""
    target = tmp_path / "entry.json"
    options = ["--rules", rules(tmp_path), "--final", "-o", str(target)]
    assert main(["export", "register", *options]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("the register needs what is not recorded: organization (")
    assert not target.exists()


def test_one_that_lacks_nothing_is_final(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """It is written to the file, and the fields that are optional are told."""
    target = tmp_path / "entry.json"
    options = ["--rules", rules(tmp_path, COMPLETE), "--final", "-o", str(target)]
    assert main(["export", "register", *options]) == 0
    jsonschema.validate(json.loads(target.read_text(encoding="utf-8")), json_schema())
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("left out")


def test_what_is_too_long_cannot_be_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The status is 2, and the message names the field and the number."""
    goal = f"  goal: {{nl: {'x' * 2501}, en: y}}\n"
    assert main(["export", "register", "--rules", rules(tmp_path, COMPLETE + goal)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == (
        "`goal` has 2,501 characters, 2,500 at most (write a shorter `publication.goal`)\n"
    )


def test_the_page_lists_every_field() -> None:
    """docs/register.md says of each field where it comes from, its limit, and if it is needed."""
    page = (ROOT / "docs" / "register.md").read_text(encoding="utf-8")
    lines = [line.strip("|").split("|") for line in page.splitlines() if line.startswith("| `")]
    rows = {row[0].strip(): [cell.strip() for cell in row[1:]] for row in lines}
    assert list(rows) == [f"`{field.name}`" for field in FIELDS]
    properties = json_schema()["properties"]
    assert isinstance(properties, dict)
    for field in FIELDS:
        said_in, limit, needed = rows[f"`{field.name}`"]
        assert f"`{field.said_in}`" in said_in or not field.said_in, field.name
        longest = properties[field.name].get("maxLength")
        assert limit == (f"{longest:,}" if longest else ""), field.name
        assert needed == ("yes" if field.needed else ""), field.name
