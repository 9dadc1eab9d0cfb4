"""The words of the policy: complete in both languages, plain, and its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path

from routeengine import RuleSet
from routeengine.citations import sentences

REPOSITORY = Path(__file__).resolve().parents[2]
READ_BY_PEOPLE = {".md", ".yaml", ".py", ".csv", ".txt", ".json"}
FOLDERS = ("rules", "src", "docs", "fixtures", "tests", "README.md", "CHANGELOG.md")

# A classification advises: these words oblige, punish or rank.
UNFIT = {
    "nl": r"\b(verplicht\w*|moet\w*|sanctie\w*|straf\w*|beter|slechter|best|slechtst\w*"
    r"|weiger\w*|onwillig\w*|kansloos|kansarm)\b",
    "en": r"\b(must|oblig\w+|sanction\w*|punish\w*|better|worse|best|worst|refus\w+|unwilling)\b",
}
LONGEST_SENTENCE = {"nl": 22, "en": 26}
COPIED_WORDS = 8


def texts(node: object, path: str = "") -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield every text of a rule set with the way to it."""
    if isinstance(node, Mapping):
        if "nl" in node or "en" in node:
            yield path, node
        else:
            for key, value in node.items():
                yield from texts(value, f"{path}/{key}")
    elif isinstance(node, tuple):
        for value in node:
            yield from texts(value, path)
    elif is_dataclass(node):
        name = getattr(node, "id", "")
        for field in fields(node):
            if field.name == "not_words":  # the words that no text may hold
                continue
            yield from texts(getattr(node, field.name), f"{path}/{name}.{field.name}")


def test_every_text_stands_in_both_languages(ruleset: RuleSet) -> None:
    """Whatever people read is there in Dutch and in English, and not empty."""
    found = list(texts(ruleset))
    assert len(found) > 200
    for path, text in found:
        assert set(text) == {"nl", "en"}, path
        assert all(words.strip() == words and words for words in text.values()), path


def test_no_text_obliges_or_ranks(ruleset: RuleSet) -> None:
    """No text of the policy obliges, punishes, or says that one route is better than another.

    One says that none is, and says no more.
    """
    none = {"nl": "Geen route is beter dan een andere.", "en": "No route is better than another."}
    assert none in [text for _, text in texts(ruleset)]
    for path, text in texts(ruleset):
        if text == none:
            continue
        for language, pattern in UNFIT.items():
            assert not re.search(pattern, text[language], re.IGNORECASE), (path, language)


def test_sentences_are_short(ruleset: RuleSet) -> None:
    """No sentence runs longer than plain language bears."""
    for path, text in texts(ruleset):
        for language, longest in LONGEST_SENTENCE.items():
            for sentence in re.split(r"[.?!:]\s", text[language]):
                assert len(sentence.split()) <= longest, (path, language, sentence)


def test_reasons_speak_to_the_client(ruleset: RuleSet) -> None:
    """The reason of each rule is what the client reads, so it speaks to the client."""
    for rule in ruleset.rule.values():
        assert re.search(r"\b(u|uw)\b", rule.reason["nl"], re.IGNORECASE), rule.id
        assert re.search(r"\b(you|your)\b", rule.reason["en"], re.IGNORECASE), rule.id


def test_no_two_columns_share_a_name(ruleset: RuleSet) -> None:
    """A column name points to one fact, the client's pseudonym, or one refused field."""
    named: Counter[str] = Counter()
    for fact in ruleset.facts:
        named.update({fold(name) for name in (fact.id, *fact.label.values(), *fact.aliases)})
    for refusal in ruleset.refusals:
        named.update({fold(name) for name in (refusal.id, *refusal.aliases)})
    named.update({fold(name) for name in ("client_id", *ruleset.client_id_aliases)})
    assert [name for name, count in named.items() if count > 1] == []


def test_no_two_values_share_a_name(ruleset: RuleSet) -> None:
    """A text in a column points to one value of its fact, and to nothing else."""
    unknown = {fold(text) for text in (*ruleset.unknown_texts, *ruleset.declined_texts)}
    for fact in ruleset.facts:
        named: Counter[str] = Counter()
        for value, label in fact.value_labels.items():
            aliases = fact.value_aliases.get(value, ())
            named.update({fold(name) for name in (str(value), *label.values(), *aliases)})
        assert [name for name, count in named.items() if count > 1] == [], fact.id
        assert not unknown & set(named), fact.id


def fold(name: str) -> str:
    """Fold a name as somebody who is in a hurry would write it."""
    return re.sub(r"[\s_\-./]+", "", name).casefold()


def test_marks_on_facts(ruleset: RuleSet) -> None:
    """Health data and the possible proxy are marked; nobody is ever advised to stop an activity."""
    health = {fact.id for fact in ruleset.facts if fact.special_category}
    assert health == {
        "physical_health", "mental_health", "addiction",
        "physical_health_long_term", "mental_health_long_term",
    }  # fmt: skip
    assert {fact.id for fact in ruleset.facts if fact.possible_proxy} == {"current_service"}
    down = {fact.id for fact in ruleset.facts if fact.actionable in {"down", "any"}}
    assert all("none" in ruleset.fact[fact].domain.values for fact in down)


def test_every_citation_is_used(ruleset: RuleSet) -> None:
    """Each sentence that is listed is cited by something."""
    grounds = [criterion.grounds for criterion in ruleset.criteria]
    grounds += [constraint.grounds for constraint in ruleset.constraints]
    grounds += [rule.grounds for rule in ruleset.rule.values()]
    grounds += [flag.grounds for flag in ruleset.flags]
    cited = {cite for one in grounds for cite in one.cites}
    assert cited == {citation.id for citation in ruleset.citations}


def repository_files() -> Iterator[Path]:
    """Yield the files of the repository that people read."""
    for name in FOLDERS:
        path = REPOSITORY / name
        yield from [path] if path.is_file() else path.rglob("*")


def words(text: str) -> list[str]:
    """Give the words of a text, without case and punctuation."""
    return re.findall(r"\w+", text.casefold())


def test_no_sentence_of_the_letter_is_copied(ruleset: RuleSet, letter: str) -> None:
    """No run of eight words of the letter, and no whole sentence of five, stands in the project."""
    runs = set()
    for sentence in sentences(letter, ruleset.sources[0]):
        parts = words(sentence.text)
        size = min(COPIED_WORDS, len(parts))
        if size >= 5:
            runs |= {" ".join(parts[i : i + size]) for i in range(len(parts) - size + 1)}
    assert len(runs) > 500
    headings = [" ".join(words(heading)) for heading in ruleset.sources[0].headings]
    files = [path for path in repository_files() if path.suffix in READ_BY_PEOPLE]
    assert len(files) > 20
    for path in files:
        text = " ".join(words(path.read_text(encoding="utf-8", errors="replace")))
        for heading in headings:
            text = text.replace(heading, "|")
        parts = text.split()
        for size in range(5, COPIED_WORDS + 1):
            found = {" ".join(parts[i : i + size]) for i in range(len(parts) - size + 1)} & runs
            assert not found, path.relative_to(REPOSITORY)
