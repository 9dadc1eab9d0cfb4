# ruff: noqa: E501  a table reads best with an entry to a line
# fmt: off
"""One broken variant of the small rule set for each way to be wrong: name -> changes."""

from __future__ import annotations

INTERPRETATION = """\
        basis: interpretation
        interpretation:
          choice: {nl: ja, en: yes}
          because: {nl: zo, en: so}
          alternative: {nl: nee, en: no}
"""
WHEN_A = "when: {all: [willing, free]}"
WHEN_B = "when: {age: {between: [0, 17]}}"
WHEN_LOAN = "when: {at_least: {count: 1, of: [{decision: card, outcome: A}, willing]}}"
THEN_B = "then: {review: [A, B]}"


def when(condition: str) -> tuple[str, str]:
    """Give the change that puts a condition in place of that of `card_b`."""
    return WHEN_B, f"when: {condition}"


def score(of: str, condition: str = "{need: {at_least: 3}}") -> tuple[tuple[str, str], ...]:
    """Give the changes that put a score with these parts in, and ask it in the rule `card_b`."""
    entry = f"  need: {{label: {{nl: n, en: n}}, of: {of}, basis: source, cites: [first]}}\n"
    return ("constraints:\n", f"scores:\n{entry}constraints:\n"), when(condition)


PARTS = "[{when: willing, worth: 2}, {when: {debt: none}, worth: -1}]"

BROKEN: dict[str, tuple[tuple[str, str], ...]] = {
    # keys
    "unknown key with a near one": (("outranks:", "outrank:"),),
    "unknown key with none near": (("outranks:", "zzz:"),),
    "unknown section": (("refused:", "refusals:"),),
    "missing key": (("    number: P1\n", ""),),
    "missing label of a rule": (("        label: {nl: a, en: a}\n        when", "        when"),),
    "missing section facts": (
        ("facts:\n", "sources2:\n"),
    ),
    "missing header": (("ruleset:\n", "flags2:\n"),),
    "duplicate key": (("        then: A\n", "        then: A\n        then: B\n"),),
    "duplicate section": (("constraints:\n", "refused: {}\nconstraints:\n"),),
    "text where a flag must be": (("  talk:\n", "  talk: no\n  talks:\n"),),
    "duplicate id": (("  willing:\n    type", "  age:\n    type"),),
    # scores
    "score without parts": score("[]"),
    "score whose parts are no list": score("{when: willing, worth: 2}"),
    "part of a score without worth": score("[{when: willing}]"),
    "part of a score without a condition": score("[{worth: 2}]"),
    "part worth nothing": score("[{when: willing, worth: 0}]"),
    "part worth half a point": score("[{when: willing, worth: 0.5}]"),
    "part that appears twice": score("[{when: willing, worth: 1}, {when: {willing: true}, worth: 2}]"),
    "parts worth too much": score("[{when: willing, worth: 9000}, {when: {debt: none}, worth: 1001}]"),
    "parts that take away too much": score("[{when: willing, worth: -10001}]"),
    "score of itself": score("[{when: {need: {at_least: 1}}, worth: 1}]"),
    "score and criterion in a circle": (*score("[{when: adult, worth: 1}]"), ("when: {age: {at_least: 18}}", "when: {need: {at_least: 1}}")),
    "score of a decision": score("[{when: {decision: card, outcome: A}, worth: 1}]"),
    "score of an unknown fact": score("[{when: {dept: none}, worth: 1}]"),
    "score without a bound": score(PARTS, "need"),
    "score with a value": score(PARTS, "{need: 3}"),
    "score with values": score(PARTS, "{need: [3, 4]}"),
    "score with `not`": score(PARTS, "{need: {not: 3}}"),
    "score before a day": score(PARTS, "{need: {before: 2025-01-01}}"),
    "score with two bounds": score(PARTS, "{need: {at_least: 1, at_most: 2}}"),
    "score with a text": score(PARTS, "{need: {at_least: many}}"),
    "score with a quoted number": score(PARTS, "{need: {at_most: '3'}}"),
    "score between three": score(PARTS, "{need: {between: [1, 2, 3]}}"),
    "score between the wrong way round": score(PARTS, "{need: {between: [2, 1]}}"),
    "score with an unknown key": score(PARTS, "{need: {at_leest: 1}}"),
    "unknown score": score(PARTS, "{needs: {at_least: 1}}"),
    "score with the id of a fact": (("constraints:\n", "scores:\n  age: {label: {nl: n, en: n}, of: [{when: willing, worth: 2}], basis: source, cites: [first]}\nconstraints:\n"),),
    "score with the id of a criterion": (("constraints:\n", "scores:\n  adult: {label: {nl: n, en: n}, of: [{when: willing, worth: 2}], basis: source, cites: [first]}\nconstraints:\n"),),
    "score that begins a condition": (("constraints:\n", "scores:\n  all: {label: {nl: n, en: n}, of: [{when: willing, worth: 2}], basis: source, cites: [first]}\nconstraints:\n"),),
    "scores that are no table": (("constraints:\n", "scores: many\nconstraints:\n"), when("{need: {at_least: 1}}")),
    # types of values
    "text where a number must be": (("minimum: 0", "minimum: zero"),),
    "nothing where a number must be": (("minimum: 0", "minimum:"),),
    "nothing where outcomes must be": (("outcome: A}", "outcome: }"),),
    "quoted number": (("minimum: 0", 'minimum: "0"'),),
    "number that is too long": (("minimum: 0", "minimum: 12345678901"),),
    "list where text must be": (("number: P1", "number: [P1]"),),
    "nothing where text must be": (("number: P1", "number:"),),
    "empty text": (("number: P1", "number: ' '"),),
    "text where a mapping must be": (("  name: {reason: {nl: niet nodig, en: not needed}}", "  name: no"),),
    "nothing where a mapping must be": (("  name: {reason: {nl: niet nodig, en: not needed}}", "  name:"),),
    "text where a table must be": (("refused:\n  name: {reason: {nl: niet nodig, en: not needed}}", "refused: none"),),
    "text where a list must be": (("headings: [One]", "headings: One"),),
    "language without words": (("[nl, en]", "[fy]"),),
    "text without languages": (("title: {nl: stuk, en: paper}", "title: paper"),),
    "yes where true must be": (("  willing:\n    type: boolean", "  willing:\n    special_category: yes\n    type: boolean"),),
    "quoted truth value": (("  willing:\n    type: boolean", "  willing:\n    special_category: 'true'\n    type: boolean"),),
    "list where a truth value must be": (("  willing:\n    type: boolean", "  willing:\n    special_category: []\n    type: boolean"),),
    "sensitivity below 0": (("  willing:\n    type: boolean", "  willing:\n    sensitivity: -1\n    type: boolean"),),
    "sensitivity above 3": (("  willing:\n    type: boolean", "  willing:\n    sensitivity: 4\n    type: boolean"),),
    "sensitivity in words": (("  willing:\n    type: boolean", "  willing:\n    sensitivity: high\n    type: boolean"),),
    "topic where there are none": (("  willing:\n    type: boolean", "  willing:\n    topic: health\n    type: boolean"),),
    "unknown topic": (("facts:\n", "topics: {health: {label: {nl: g, en: h}}}\nfacts:\n"), ("  willing:\n    type: boolean", "  willing:\n    topic: helth\n    type: boolean")),
    "topic in one language": (("facts:\n", "topics: {health: {label: {nl: g}}}\nfacts:\n"),),
    "topic that cannot be an id": (("facts:\n", "topics: {Health: {label: {nl: g, en: h}}}\nfacts:\n"),),
    "unknown type": (("type: category", "type: categry"),),
    "list where a choice must be": (("type: category", "type: [category]"),),
    "unknown basis": (("basis: source", "basis: law"),),
    "no date": (("  version: 1.0.0\n", "  version: 1.0.0\n  valid_from: 2024-13-01\n"),),
    "date in another form": (("  version: 1.0.0\n", "  version: 1.0.0\n  valid_from: 1 May\n"),),
    "list where a date must be": (("  version: 1.0.0\n", "  version: 1.0.0\n  valid_from: []\n"),),
    # header
    "id of the rule set": (("id: small", "id: Small Set"),),
    "version": (("version: 1.0.0", "version: 1.0"),),
    "no languages": (("languages: [nl, en]", "languages: []"),),
    "language in words": (("languages: [nl, en]", "languages: [nl, en, German]"),),
    "list among the languages": (("languages: [nl, en]", "languages: [nl, [en]]"),),
    "empty name": (("unknown: [onbekend]", 'unknown: [""]'),),
    "language twice": (("languages: [nl, en]", "languages: [nl, en, nl]"),),
    "validity that ends before it begins": (
        ("  version: 1.0.0\n", "  version: 1.0.0\n  valid_from: 2024-02-01\n  valid_until: 2024-01-01\n"),
    ),
    # translations
    "missing translation": (("{nl: leeftijd, en: age}", "{nl: leeftijd}"),),
    "language that is not declared": (("{nl: leeftijd, en: age}", "{nl: leeftijd, en: age, fr: âge}"),),
    "missing translation in an interpretation": (("choice: {nl: ja, en: yes}", "choice: {nl: ja}"),),
    "missing translation in a progression": (("{label: {nl: later, en: later}", "{label: {en: later}"),),
    "missing translation of a value": (("{label: {nl: licht, en: mild}}", "{label: {nl: licht}}"),),
    # names
    "id in capitals": (("  willing:\n    type", "  Willing:\n    type"), (WHEN_A, "when: free"), ("outcome: A}, willing", "outcome: A}")),
    "reserved id of a fact": (("  name: {reason", "  nom: {reason"), ("  age:\n    type", "  error:\n    type")),
    "reserved id of an outcome": (("      1:\n", "      review:\n"), ("then: 1", "then: review")),
    "word of the language as id": (("  talk:\n", "  talk:\n"), ("  free:\n", "  any:\n")),
    "ending of a decision's id": (("  loan:\n", "  loan_status:\n"),),
    "outcome with a space": (("      1:\n", "      one book:\n"), ("then: 1", "then: one book")),
    "value with a space": (("      mild: {", "      rather mild: {"),),
    "fact and criterion of one name": (("  adult:\n", "  willing:\n"), ("all: [adult,", "all: [willing,")),
    "criterion and decision of one name": (("  loan:\n", "  free:\n"),),
    "rule id in two decisions": (("      loan_one:\n", "      card_b:\n"),),
    "columns that cannot be told apart": (("label: {nl: wil, en: willing}", "label: {nl: Leeftijd, en: willing}"),),
    "column of a refused field": (("label: {nl: wil, en: willing}", "label: {nl: na-me, en: willing}"),),
    "column of the client id": (("  unknown: [onbekend]", "  client_id: [AGE]\n  unknown: [onbekend]"),),
    "values that cannot be told apart": (("{label: {nl: licht, en: mild}}", "{label: {nl: licht, en: mild}, aliases: [Géen]}"),),
    "value that means unknown": (("{label: {nl: licht, en: mild}}", "{label: {nl: licht, en: mild}, aliases: [Onbekend]}"),),
    "boolean value that means its opposite": (
        ("  willing:\n    type: boolean", "  willing:\n    values: {true: {label: {nl: nee, en: okay}}}\n    type: boolean"),
    ),
    "text that means unknown and declined": (("declined: [geen antwoord]", "declined: [ONBEKEND]"),),
    "text that means unknown and a number": (("unknown: [onbekend]", 'unknown: [onbekend, "99"]'),),
    # facts
    "integer without maximum": (("    maximum: 120\n", ""),),
    "integer with values": (("    maximum: 120\n", "    maximum: 120\n    values: {}\n"),),
    "category without values": (
        ("    values:\n      none: {label: {nl: geen, en: none}}\n      mild: {label: {nl: licht, en: mild}}\n      serious: {label: {nl: ernstig, en: serious}}\n", ""),
    ),
    "category of one value": (
        ("      mild: {label: {nl: licht, en: mild}}\n      serious: {label: {nl: ernstig, en: serious}}\n", ""),
        ("{debt: serious}", "{debt: none}"), ("{debt: serious}", "{debt: none}"),
    ),
    "boolean with a third value": (
        ("  willing:\n    type: boolean", "  willing:\n    values: {maybe: {label: {nl: x, en: x}}}\n    type: boolean"),
    ),
    "boolean with a minimum": (("  willing:\n    type: boolean", "  willing:\n    minimum: 0\n    type: boolean"),),
    "minimum above maximum": (("minimum: 0", "minimum: 200"),),
    "domain too large": (("maximum: 120", "maximum: 9999999999999999"),),
    # conditions: names
    "unknown name": (when("wiling"),),
    "unknown fact": (when("{agee: 3}"),),
    "nothing near": (when("zzz"),),
    "criterion asked for a value": (when("{adult: true}"),),
    "decision by itself": (when("loan"),),
    "fact that is no boolean by itself": (when("age"),),
    "unknown decision": (when("willing"), ("{decision: card, status", "{decision: cart, status")),
    "unknown outcome of a decision": (("outcome: A}", "outcome: [A, C]}"),),
    "unknown single outcome of a decision": (("outcome: A}", "outcome: zzz}"),),
    "unknown status": (("status: decided", "status: decide"),),
    "status insufficient": (("status: decided", "status: insufficient"),),
    "unknown rule of a decision": (("rule: card_b}", "rule: card_c}"),),
    "rule of another decision": (("rule: card_b}", "rule: loan_one}"),),
    "empty list of outcomes": (("outcome: A}", "outcome: []}"),),
    "two questions to a decision": (("outcome: A}", "outcome: A, status: decided}"),),
    "no question to a decision": (("outcome: A}", "}"),),
    "criterion on a decision": (("when: {age: {at_least: 18}}", "when: {decision: card, outcome: A}"),),
    "constraint on a decision": (("{age: {at_most: 10}}", "{decision: card, outcome: A}"),),
    # conditions: values
    "value outside a category": (when("{debt: [mild, seriuos]}"),),
    "value that appears twice": (when("{debt: [mild, mild]}"),),
    "number outside the domain": (when("{age: {at_least: 200}}"),),
    "quoted number in a condition": (when('{age: "12"}'),),
    "word for a number": (when("{age: twelve}"),),
    "no truth value": (when("{willing: yes}"),),
    "quoted truth value in a condition": (when('{willing: "true"}'),),
    "number bounds on a boolean": (when("{willing: {at_least: 1}}"),),
    "number bounds on a category": (when("{debt: {between: [none, mild]}}"),),
    "two bounds": (when("{age: {at_least: 1, at_most: 2}}"),),
    "no bounds": (when("{age: {}}"),),
    "unknown bound": (when("{age: {atleast: 1}}"),),
    "nothing left by not": (when("{willing: {not: [true, false]}}"),),
    "empty list of values": (when("{debt: []}"),),
    "list in a list of values": (when("{debt: [[mild]]}"),),
    "nothing as a value": (when("{debt: }"),),
    "between with one number": (when("{age: {between: [1]}}"),),
    "between the wrong way round": (when("{age: {between: [9, 3]}}"),),
    "between with a wrong end": (when("{age: {between: [1, 900]}}"),),
    # conditions: form
    "list as a condition": (when("[willing]"),),
    "nothing as a condition": (when(""),),
    "empty mapping as a condition": (when("{}"),),
    "two keys in a condition": (when("{willing: true, age: 3}"),),
    "empty all": (when("{all: []}"),),
    "text under any": (when("{any: willing}"),),
    "count of nothing": (when("{at_least: {count: 1, of: []}}"),),
    "count too large": (when("{at_least: {count: 3, of: [willing, adult]}}"),),
    "count of none": (when("{at_least: {count: 0, of: [willing, adult]}}"),),
    "exactly too many": (when("{exactly: {count: 2, of: [willing]}}"),),
    "count without count": (when("{exactly: {of: [willing]}}"),),
    "at_least without of": (when("{at_least: 3}"),),
    "condition twice in all": (("all: [willing, free]", "all: [willing, free, {willing: true}]"),),
    "condition twice in any": (when("{any: [{age: {at_least: 18}}, adult, {age: {between: [18, 120]}}]}"),),
    "condition twice in at_least": (when("\n          at_least:\n            count: 2\n            of:\n              - willing\n              - adult\n              - free\n              - willing"),),
    "condition thrice in exactly": (when("{exactly: {count: 1, of: [{debt: [mild]}, {debt: mild}, {debt: {not: [none, serious]}}]}}"),),
    "condition twice, combined": (when("{not: {any: [{all: [adult, {not: willing}]}, free, {all: [adult, {not: {willing: true}}]}]}}"),),
    "question to a decision twice": (("outcome: A}, willing", "outcome: A}, {decision: card, outcome: [A]}, {decision: card, status: review}, {decision: card, status: [review]}, {decision: card, rule: card_a}, {decision: card, rule: [card_a]}"),),
    "conditions with faults are not the same": (when("{any: [wiling, {age: twelve}, {not: wiling}, {not: {age: 200}}, {any: []}, {any: []}]}"),),
    "fault deep inside": (when("{any: [{not: {all: [willing, {exactly: {count: 1, of: [wiling]}}]}}]}"),),
    # circles
    "criteria in a circle": (("when: {age: {at_least: 18}}", "when: {not: free}"),),
    "criterion that refers to itself": (("when: {age: {at_least: 18}}", "when: {not: adult}"),),
    "decisions in a circle": (when("{decision: loan, outcome: 1}"),),
    "rules that outrank each other": ((THEN_B, THEN_B + "\n        outranks: [card_a]"),),
    "rule that outranks itself": (("outranks: [card_b]", "outranks: [card_a]"),),
    "unknown rule outranked": (("outranks: [card_b]", "outranks: [card_bb]"),),
    "rule of another decision outranked": (("outranks: [card_b]", "outranks: [loan_one]"),),
    # grounds
    "source without citation": (("        basis: source\n        cites: [first]\n      card_b", "        basis: source\n      card_b"),),
    "unknown citation": (("cites: [first]", "cites: [frist]"),),
    "citation twice": (("cites: [first]", "cites: [first, first]"),),
    "missing basis": (("        basis: source\n        cites: [first]\n      card_b", "        cites: [first]\n      card_b"),),
    "interpretation without its reading": (("    basis: source", "    basis: interpretation"),),
    "reading beside a source": (
        ("        basis: source\n        cites: [first]\n      card_b", INTERPRETATION.replace("interpretation\n", "source\n        cites: [first]\n", 1) + "      card_b"),
    ),
    "interpretation without alternative": (("          alternative: {nl: nee, en: no}\n", ""),),
    "unknown source": (("source: paper", "source: papr"),),
    "unknown heading": (("section: One", "section: Onee"),),
    "paragraph zero": (("paragraph: 1", "paragraph: 0"),),
    "no language of a source": (("headings: [One]", "headings: [One]\n    language: Dutch"),),
    "digest of another form": (("sha256: aaaa", "sha256: XYZ"),),
    # decisions
    "unknown outcome": (("then: A", "then: a"),),
    "unknown candidate": ((THEN_B, "then: {review: [A, X]}"),),
    "candidate twice": ((THEN_B, "then: {review: [A, A]}"),),
    "review without candidates and reason": ((THEN_B, "then: {review: []}"),),
    "review with candidates and a needless reason": ((THEN_B, "then: {review: [A], because: {nl: x, en: x}}"),),
    "review without list": ((THEN_B, "then: {because: {nl: x, en: x}}"),),
    "list as a target": ((THEN_B, "then: [A, B]"),),
    "two otherwise rules": ((WHEN_A, "otherwise: true"), (WHEN_B, "otherwise: true")),
    "when and otherwise": ((WHEN_A, WHEN_A + "\n        otherwise: true"),),
    "neither when nor otherwise": (("        " + WHEN_A + "\n", ""),),
    "otherwise false": ((WHEN_A, "otherwise: false"),),
    "applies_when without reason": (("    not_applicable_because: {nl: geen pas, en: no card}\n", ""),),
    "reason without applies_when": (("    applies_when: {decision: card, status: decided}\n", ""),),
    "decision without rules": (("    rules:\n      loan_one:", "    rules: {}\n    zzz:\n      loan_one:"),),
    "decision without outcomes": (("    outcomes:\n      1:", "    outcomes: {}\n    zzz:\n      1:"),),
    "progression the wrong way round": (("due_from: 6", "due_from: 24"),),
    "progression below zero": (("due_from: 6", "due_from: -6"),),
    # flags
    "flag with when and raised_by": (("rule: card_b}\n", "rule: card_b}\n    raised_by: dossier\n"),),
    "flag without either": (("    when: {decision: card, rule: card_b}\n", ""),),
    "flag raised by another": (("when: {decision: card, rule: card_b}", "raised_by: me"),),
    # evidence and follow-up
    "evidence that names nothing that is there": (("flags:\n", """evidence:
  newer_conflict_months: -1
  flags: {superseded: tlak, conflict: talk}
  sources:
    desk: {label: {nl: balie}, rank: high, sets: {age: 200, willng: true}, max_age_months: 3}
    form: {label: {nl: f, en: f}, rank: 1, sets: {willing: true, debt: "none"}}
    mail: {label: {nl: m, en: m}, rank: 1, sets: {willing: false}}
flags:
"""),),
    "evidence without sources": (("flags:\n", "evidence: {sources: {}}\nflags:\n"),),
    "follow-up that names nothing that is there": (("flags:\n", """follow_up:
  decision: cart
  upwards: [A, A]
  fact: agee
  forms: {one: {label: {nl: een, en: one}, part_of: tow}, two: {label: {nl: t, en: t}, part_of: two}}
flags:
"""),),
    "follow-up of an outcome that is not there": (("flags:\n", "follow_up: {decision: card, upwards: [A, C]}\nflags:\n"),),
    # expectations and acceptances
    "expectation of what is not there": (("flags:\n", """expect:
  One: {label: {nl: x}, when: wiling, decision: cart, never: A}
  two: {label: {nl: x, en: x}, when: {decision: card, outcome: C}, decision: card, always: [C, A, A]}
  three: {label: {nl: x, en: x}, change: {fact: agee, from: 1, to: 2}, decision: card, never: {from: revew, to: B}}
flags:
"""),),
    "expectation that says nothing": (("flags:\n", """expect:
  one: {label: {nl: x, en: x}, decision: card}
  two: {label: {nl: x, en: x}, when: willing, decision: card, never: A, always: B}
flags:
"""),),
    "expectation of the wrong form": (("flags:\n", """expect:
  one: {label: {nl: x, en: x}, when: willing, decision: card, along: [A]}
  two: {label: {nl: x, en: x}, when: willing, decision: card, never: {from: A, to: B}}
  three: {label: {nl: x, en: x}, change: {fact: age}, decision: card, always: A}
  four: {label: {nl: x, en: x}, change: {fact: age, from: 3}, decision: card, never: A}
  five: {label: {nl: x, en: x}, change: {fact: age, from: 3, to: 3}, decision: card, never: A}
  six: {label: {nl: x, en: x}, change: {fact: age, from: 3, to: 400}, decision: card, never: A}
  seven: {label: {nl: x, en: x}, change: age, decision: card, never: []}
  eight: {label: {nl: x, en: x}, change: {fact: age}, decision: card, never: {to: A}}
flags:
"""),),
    "acceptance of what is not there": (("flags:\n", """accept:
  one: {finding: idle_outrank, about: [card_a], because: {nl: x, en: x}}
  two: {finding: idle_outranks, about: card_a, because: {nl: x, en: x}}
  three: {finding: idle_outranks, about: [card_b, card_a], because: {nl: x, en: x}}
  four: {finding: never_wins, about: card_d, because: {nl: x}}
  five: {finding: unreachable, about: [card, C], because: {nl: x, en: x}}
  six: {finding: gap, about: card, because: {nl: x, en: x}}
  seven: {finding: idle_fact, about: agee, because: {nl: x, en: x}}
  eight: {finding: idle_criterion, about: adlt, because: {nl: x, en: x}}
  nine: {finding: idle_constraint, about: young, because: {nl: x, en: x}}
  ten: {finding: idle_flag, about: tlak, because: {nl: x, en: x}}
  eleven: {finding: idle_expectation, about: none, because: {nl: x, en: x}}
  twelve: {finding: never_applies, about: cart, because: {nl: x, en: x}}
  thirteen: {finding: unreachable, about: [], because: {nl: x, en: x}}
  fourteen: {finding: idle_outranks, about: [card_x, card_a], because: {nl: x, en: x}}
  fifteen: {finding: decided_under_review, about: [card, card], because: {nl: x, en: x}}
  sixteen: {finding: decided_under_review, about: [cart, card], because: {nl: x, en: x}}
flags:
"""),),
    # YAML
    "tab as indentation": (("  id: small", "\tid: small"),),
    "colon in plain text": (("{nl: klein, en: small}", "\n    nl: klein: heel\n    en: small"),),
    "bracket left open": (("[nl, en]", "[nl, en"),),
    "quote left open": (("number: P1", 'number: "P1'),),
    "comma in braces": (("{nl: leeftijd, en: age}", "{nl: leeftijd, in jaren, en: age, in years }"),),
    "text in braces with quotes in it": (("{nl: klein, en: small}", '{nl: klein, en: "small" rules}'),),
    "key without colon": (("  id: small\n", "  id: small\n  other\n"),),
    "indentation that does not fit": (("  version: 1.0.0", " version: 1.0.0"),),
    "anchor": (("{nl: klein, en: small}", "&title {nl: klein, en: small}"),),
    "alias": (("{nl: klein, en: small}", "*title"),),
    "tag": (("{nl: klein, en: small}", "!!python/object/apply:os.system [x]"),),
    "bare tag": (("id: small", "id: ! small"),),
    "merge key": (("{nl: klein, en: small}", "{<<: {nl: klein}, en: small}"),),
    "key that is a list": (("id: small", "[id]: small"),),
    "key that is asked for": (("id: small", "? id\n  : small"),),
    "second document": (("sources:\n", "---\nsources:\n"),),
    "list as a file": (("ruleset:\n", "- ruleset:\n"),),
    "control character by a backslash": (("nl: klein", 'nl: "klein\\0"'),),
}
