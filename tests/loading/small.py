"""The rule set that the tests of loading start from, and ways to change it."""

from __future__ import annotations

from pathlib import Path

from routeengine.errors import Fault, RuleSetError
from routeengine.loading import load_ruleset
from routeengine.ruleset.model import RuleSet

REPOSITORY = Path(__file__).resolve().parents[2]
LIBRARY = REPOSITORY / "fixtures" / "library-card"

SMALL = """\
ruleset:
  id: small
  version: 1.0.0
  languages: [nl, en]
  title: {nl: klein, en: small}
  purpose: {nl: om te proberen, en: to try things}
  owner: {nl: wij, en: us}
  unknown: [onbekend]
  declined: [geen antwoord]
sources:
  paper:
    title: {nl: stuk, en: paper}
    number: P1
    kind: {nl: brief, en: letter}
    headings: [One]
citations:
  first:
    source: paper
    section: One
    paragraph: 1
    sentence: 1
    sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
refused:
  name: {reason: {nl: niet nodig, en: not needed}}
facts:
  age:
    type: integer
    minimum: 0
    maximum: 120
    label: {nl: leeftijd, en: age}
    question: {nl: hoe oud, en: how old}
    why_needed: {nl: daarom, en: because}
  willing:
    type: boolean
    label: {nl: wil, en: willing}
    question: {nl: wilt u, en: are you willing}
    why_needed: {nl: daarom, en: because}
  debt:
    type: category
    values:
      none: {label: {nl: geen, en: none}}
      mild: {label: {nl: licht, en: mild}}
      serious: {label: {nl: ernstig, en: serious}}
    label: {nl: schuld, en: debt}
    question: {nl: is er schuld, en: is there debt}
    why_needed: {nl: daarom, en: because}
constraints:
  young_without_debt:
    label: {nl: jong zonder schuld, en: young without debt}
    forbids: {all: [{age: {at_most: 10}}, {debt: serious}]}
    basis: source
    cites: [first]
criteria:
  adult:
    label: {nl: volwassen, en: adult}
    when: {age: {at_least: 18}}
    basis: source
    cites: [first]
  free:
    label: {nl: vrij, en: free}
    when: {all: [adult, {not: {debt: serious}}]}
    basis: source
    cites: [first]
decisions:
  card:
    label: {nl: pas, en: card}
    outcomes:
      A:
        label: {nl: a, en: a}
        description: {nl: a, en: a}
      B:
        label: {nl: b, en: b}
        description: {nl: b, en: b}
    rules:
      card_a:
        label: {nl: a, en: a}
        when: {all: [willing, free]}
        then: A
        outranks: [card_b]
        reason: {nl: a, en: a}
        basis: source
        cites: [first]
      card_b:
        label: {nl: b, en: b}
        when: {age: {between: [0, 17]}}
        then: {review: [A, B]}
        reason: {nl: b, en: b}
        basis: source
        cites: [first]
  loan:
    label: {nl: lening, en: loan}
    applies_when: {decision: card, status: decided}
    not_applicable_because: {nl: geen pas, en: no card}
    outcomes:
      1:
        label: {nl: een, en: one}
        description: {nl: een, en: one}
        progression: {label: {nl: later, en: later}, due_from: 6, overdue_after: 12}
    rules:
      loan_one:
        label: {nl: een, en: one}
        when: {at_least: {count: 1, of: [{decision: card, outcome: A}, willing]}}
        then: 1
        reason: {nl: een, en: one}
        basis: interpretation
        interpretation:
          choice: {nl: ja, en: yes}
          because: {nl: zo, en: so}
          alternative: {nl: nee, en: no}
flags:
  talk:
    label: {nl: praten, en: talk}
    when: {decision: card, rule: card_b}
    basis: source
    cites: [first]
"""


def changed(*changes: tuple[str, str], text: str = SMALL) -> str:
    """Give the small rule set with each text replaced where it first stands; it must stand."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def small(*changes: tuple[str, str]) -> RuleSet:
    """Build the small rule set, changed."""
    return load_ruleset({"small.yaml": changed(*changes)})


def faults_of(files: dict[str, str | bytes]) -> tuple[Fault, ...]:
    """Give the faults of a rule set; none where it can be used."""
    try:
        load_ruleset(files)
    except RuleSetError as error:
        return error.faults
    return ()
