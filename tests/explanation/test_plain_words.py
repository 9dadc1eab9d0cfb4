"""Plain words: short sentences, a person acts, and one word for who decides.

Long sentences and passive forms are found by two small rules rather than by a package: a score of
readability says that a text is hard, not which sentence, and no package that knows Dutch is light.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from i18n import test_catalogue as catalogue
from routeengine.explanation import LANGUAGES
from routeengine.ruleset.model import Review, RuleSet

LONGEST = 15
"""Words in a sentence of a template; what is filled in, such as a list of facts, comes on top."""

# Dutch makes a passive with `worden`, and a finished one with `zijn` and a participle.
PASSIVE = {
    "nl": r"\b(?:word|wordt|worden|werd|werden)\b(?: \w+){0,5}? \w{0,4}(?:ge|be|ver|ont)\w{2,}\b"
    r"|\b(is|zijn|was|waren)\b(?: \w+){0,3}? (\w{0,4}ge\w{2,}(?:d|t|en))\b",
    "en": r"\b(?:is|are|was|were|be|been|being)\b(?: (?:not|then|also|already))? \w+ed\b"
    r"|\b(?:is|are|was|were|be|been)\b (?:chosen|given|known to|seen|taken|told|written)\b",
}

OTHER_WORDS = {
    "nl": r"\b(een mens|mensen|iemand|ambtenaar|medewerker|medewerkster)\b",
    "en": r"\b(a person|people|somebody|official|employee|member of staff)\b",
}


def templates(language: str, ruleset: RuleSet | None = None) -> Iterator[tuple[str, str]]:
    """Yield every template that clients read, with its name: of explanations and departures."""
    for name, text in catalogue.templates(language, ruleset).items():
        if name.startswith(("explanation.", "departure.", "client.")):
            yield name, text


def read_by_clients(ruleset: RuleSet) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the texts of a rule set that speak to the client or are asked."""
    for fact in ruleset.facts:
        yield f"{fact.id}.question", dict(fact.question)
        yield f"{fact.id}.why_needed", dict(fact.why_needed)
    for decision in ruleset.decisions:
        if decision.not_applicable_because is not None:
            yield f"{decision.id}.not_applicable", dict(decision.not_applicable_because)
        for outcome in decision.outcomes:
            yield f"{outcome.id}.description", dict(outcome.description)
        for rule in decision.rules:
            yield f"{rule.id}.reason", dict(rule.reason)
            if isinstance(rule.then, Review) and rule.then.no_candidates_because is not None:
                yield f"{rule.id}.no_candidates", dict(rule.then.no_candidates_because)


def sentences(text: str) -> list[str]:
    """Take a text apart into sentences."""
    return [part for part in re.split(r"(?<=[.?!:;])\s", text) if part]


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_of_templates_are_short(language: str) -> None:
    """One idea a sentence."""
    for name, text in templates(language):
        for sentence in sentences(text):
            assert len(sentence.split()) <= LONGEST, (name, sentence)


@pytest.mark.parametrize("language", LANGUAGES)
def test_somebody_acts(language: str, rijswijk: RuleSet) -> None:
    """No template, and nothing that the policy says to the client, hides who acts."""
    every = [*templates(language)]
    every += [(name, text[language]) for name, text in read_by_clients(rijswijk)]
    assert len(every) > 150
    for name, text in every:
        found = re.search(PASSIVE[language], text, re.IGNORECASE)
        assert found is None, (name, found and found.group(0))


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_word_for_who_decides(language: str, rijswijk: RuleSet) -> None:
    """It is "een consulent", "a consultant", wherever the templates and this policy speak."""
    word = {"nl": "consulent", "en": "consultant"}[language]
    assert sum(word in text for _, text in templates(language, rijswijk)) > 8
    for name, text in templates(language, rijswijk):
        assert not re.search(OTHER_WORDS[language], text, re.IGNORECASE), name
    for name, text_of in read_by_clients(rijswijk):
        other = r"\b(een mens|een medewerker|a person|member of staff)\b"
        assert not re.search(other, text_of[language], re.IGNORECASE), name


@pytest.mark.parametrize(
    ("language", "text", "passive"),
    [
        ("nl", "De route wordt gekozen.", True),
        ("nl", "De vragen zijn gesteld.", True),
        ("nl", "De routes zijn voor u bedoeld.", False),
        ("nl", "Een consulent kiest de route.", False),
        ("en", "The route is not decided.", True),
        ("en", "The route is chosen.", True),
        ("en", "A consultant needs to know.", False),
    ],
)
def test_the_rule_finds_passives(language: str, text: str, passive: bool) -> None:
    """What the small rule finds, and what it lets be."""
    assert bool(re.search(PASSIVE[language], text)) == passive
