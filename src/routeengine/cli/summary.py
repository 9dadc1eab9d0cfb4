"""The summary table at the end of `routeengine classify`."""

from __future__ import annotations

from collections.abc import Mapping

from routeengine.ruleset.model import RuleSet

WORDS = {
    "nl": {
        "review": "een mens bekijkt het",
        "insufficient": "nog niet genoeg bekend",
        "not_applicable": "niet van toepassing",
        "faulty": "niet te gebruiken rijen",
        "clients": "cliënten",
        "advice": "Dit is een advies: een mens beslist.",
    },
    "en": {
        "review": "a person reviews",
        "insufficient": "not enough known yet",
        "not_applicable": "not applicable",
        "faulty": "rows that could not be used",
        "clients": "clients",
        "advice": "This is advice: a person decides.",
    },
}


def summary(ruleset: RuleSet, counts: Mapping[tuple[str, str], int], faulty: int, lang: str) -> str:
    """Give the numbers per decision, outcome and status as an aligned table."""
    words = WORDS[lang]
    first = ruleset.decisions[0].id
    clients = sum(number for (decision, _), number in counts.items() if decision == first)
    rows: list[tuple[str, str, int]] = []
    for decision in ruleset.decisions:
        name = decision.label[lang]
        for key, label in [
            *((outcome.id, outcome.label[lang]) for outcome in decision.outcomes),
            *((status, words[status]) for status in ("review", "insufficient", "not_applicable")),
        ]:
            shown = label if key in words or key == label else f"{key}  {label}"
            rows.append((name, shown, counts.get((decision.id, key), 0)))
            name = ""
    wide = max(len(name) for name, _, _ in rows), max(len(label) for _, label, _ in rows)
    lines = [f"{ruleset.title[lang]} ({ruleset.id} {ruleset.version})", ""]
    for name, label, number in rows:
        if name and len(lines) > 2:
            lines.append("")
        lines.append(f"{name:<{wide[0]}}  {label:<{wide[1]}}  {number:>9,}".replace(",", "\u00a0"))
    lines += ["", f"{clients} {words['clients']}, {faulty} {words['faulty']}", words["advice"]]
    return "\n".join(lines)
