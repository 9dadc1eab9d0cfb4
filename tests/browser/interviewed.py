"""A client at the page of an interview, and what the engine says of the same answers."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from browser.chromium import Tab
from routeengine import Engine
from routeengine.interview import Interview
from routeengine.profile import plain_knowledge, read_knowledge
from routeengine.ruleset.model import Fact, RuleSet

__all__ = ["IN_SCOPE", "Conversation", "clients", "confirmed", "differences", "driven"]

PAGE = Path(__file__).with_name("interview.js").read_text(encoding="utf-8")

IN_SCOPE = {"rung": 1, "receives_benefit": True, "current_service": "participation"}
"""Of whom the shipped rules have most to ask."""

MOST = 80
"""Steps after which a conversation should have ended."""


class Conversation:
    """A page that stands open in a tab."""

    def __init__(self, tab: Tab, page: Path) -> None:
        self._tab = tab
        self.asked = [one for one in tab.open(page) if not one.startswith("data:")]
        tab.run(f"globalThis.page = {PAGE.strip()}; 0")
        self.state: dict[str, Any] = tab.run("page.state()")

    def do(self, call: str) -> None:
        """Do something on the page, and look at it again."""
        self.state = self._tab.run(f"page.{call}; page.state()")

    def answer(self, client: Mapping[str, Any], facts: Mapping[str, Fact]) -> None:
        """Answer the question as a client does: `unknown`, `declined` or a value."""
        name = self.state["question"]
        said, fact = client[name], facts[name]
        if said in ("unknown", "declined"):
            self.do(f"click('#{said}')")
            told = None if said == "unknown" else {"declined": True}
        else:
            told = next(one for one in self.state["options"] if holds(fact, one, said))
            self.do(f"choose({self.state['options'].index(told)})")
        assert dict(self.state["answers"])[name] == told

    def whole(self, client: Mapping[str, Any], facts: Mapping[str, Fact]) -> None:
        """Answer until nothing is asked any more."""
        for _ in range(MOST):
            if self.state["question"] is None:
                return
            self.answer(client, facts)
        raise AssertionError("it does not end")


def holds(fact: Fact, known: Any, value: Any) -> bool:
    """Return whether what is known of a fact, in a form of JSON, can be a value."""
    found, one = (read_knowledge(fact, plain_knowledge(some)) for some in (known, value))
    assert found is not None
    assert one is not None
    return one.allowed <= found.allowed


def differences(engine: Engine, state: Mapping[str, Any]) -> list[str]:
    """Return in what a page is not as the engine and an interview have it for its answers."""
    profile = dict(state["answers"])
    result = engine.classify(profile)
    want = {
        name: [one.status, one.outcome or "", " ".join(one.possible)]
        for name, one in result.verdicts.items()
    }
    missing = {fact for one in result.verdicts.values() for fact in one.missing}
    # A band that a later change opened is asked more closely.
    opened = {name for name, one in profile.items() if isinstance(one, dict) and "between" in one}
    asked = [name for name in profile if name not in opened & missing]
    question = Interview(engine, profile, asked=asked).question
    clash = {fact for one in result.verdicts.values() for fact in one.conflict}
    told = {
        "verdicts": state["verdicts"] == want,
        "flags": state["flags"] == list(result.flags),
        "question": state["question"] == question,
        "clash": clash <= set(state["clashes"]),
    }
    return [name for name, same in told.items() if not same]


def clients(
    ruleset: RuleSet, count: int, seed: int, usual: Mapping[str, Any] | None = None
) -> Iterator[dict[str, Any]]:
    """Yield clients of any kind, who may contradict themselves; two thirds keep something back.

    Of most of them the `usual` is so.
    """
    draw = random.Random(seed)
    for number in range(count):
        client: dict[str, Any] = {}
        for fact in ruleset.facts:
            value = fact.domain.value(draw.randrange(fact.domain.size))
            kept = draw.random() < (0, 0.1, 0.3)[number % 3]
            client[fact.id] = draw.choice(["unknown", "declined"]) if kept else value
        yield {**client, **(usual or {})} if draw.random() < 0.8 else client


def confirmed(tab: Tab, talk: Conversation) -> bool:
    """Press the button that has the advice checked, and return whether it is confirmed."""
    talk.do("click('#check')")
    told: str = tab.run("document.getElementById('checked').className")
    assert tab.run("document.getElementById('checked').textContent.length") > 10
    return told == "small met"


def driven(
    tab: Tab,
    page: Path,
    ruleset: RuleSet,
    count: int,
    seed: int,
    usual: Mapping[str, Any] | None = None,
) -> int:
    """Have clients answer, and return after how many answers the page was as it should be.

    Some go back, or give another answer to what they were asked before; at the end each has the
    advice checked.
    """
    engine, draw, steps = Engine(ruleset), random.Random(seed), 0
    for number, client in enumerate(clients(ruleset, count, seed, usual)):
        talk = Conversation(tab, page)
        assert talk.asked == []
        assert differences(engine, talk.state) == []
        while (fact := talk.state["question"]) is not None:
            talk.answer(client, ruleset.fact)
            steps += 1
            assert steps < MOST * count
            assert differences(engine, talk.state) == [], (number, talk.state)
            assert talk.state["focus"] == "question"
            if draw.random() < 0.1:
                talk.do("click('#back')")
                assert talk.state["question"] == fact
                assert fact not in dict(talk.state["answers"])
                talk.answer(client, ruleset.fact)
            if draw.random() < 0.1:
                names = [name for name, _ in talk.state["answers"]]
                again = draw.choice(names)
                talk.do(f"click('#answers [data-change={again}]')")
                assert talk.state["question"] == again
                talk.do(f"choose({draw.randrange(len(talk.state['options']))})")
                assert [name for name, _ in talk.state["answers"]] == names
                assert differences(engine, talk.state) == [], (number, talk.state)
        assert confirmed(tab, talk)
        statuses = [one[0] for one in talk.state["verdicts"].values()]
        if talk.state["clashes"]:
            assert talk.state["end"] in ("contradictory", "open", "settled")
        else:
            assert talk.state["end"] == ("open" if "insufficient" in statuses else "settled")
    return steps
