"""How pages speak of the parts of a rule set: in its own sentences, and in its labels without."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple, TypeVar

from routeengine.explanation import model, parts
from routeengine.explanation.phrases import SHORT_ID
from routeengine.lazy import cached_property
from routeengine.own_words import words_of
from routeengine.pages.anchors import Kind, anchor
from routeengine.pages.render import first_up
from routeengine.ruleset.digest import in_use
from routeengine.ruleset.domains import Value, word
from routeengine.ruleset.instance import RuleSetRef
from routeengine.ruleset.model import Outcome, RuleSet
from routeengine.ruleset.wording import (
    ConstraintWording,
    CriterionWording,
    DecisionWording,
    FactWording,
    OutcomeWording,
    Publication,
    Wording,
)
from routeengine.ruleset.words import Element, Text
from routeengine.truth import Truth

ElementT = TypeVar("ElementT", bound=Element)


class OutcomeName(NamedTuple):
    """An outcome as pages name it: `B – movement` in short, `Route B – movement` in full."""

    id: str
    short: str
    full: str
    who: str | None


def rules_of(explanation: model.ExplanationData) -> RuleSet | None:
    """Return the rule set that an explanation is by, if this process holds it."""
    one = explanation.versions
    return in_use(RuleSetRef(one.ruleset, one.version, one.sha256, one.meaning_sha256))


class Voice:
    """What is said of one explanation, in its language.

    `ruleset` is where the sentences come from: the one given, else that of the explanation if this
    process holds it. Without any, pages say what the explanation itself holds.
    """

    def __init__(self, explanation: model.ExplanationData, ruleset: RuleSet | None = None) -> None:
        self.explanation = explanation
        self.language = explanation.language
        self.ruleset = rules_of(explanation) if ruleset is None else ruleset
        wording = self.ruleset.wording if self.ruleset else None
        every = self.catalogue = words_of(wording, self.language)
        self.words, self.client, self.page = every.explanation, every.client, every.page
        self.publication = (self.ruleset and self.ruleset.publication) or Publication()
        self._wording = wording or Wording()

    def say(self, text: Text | None) -> str | None:
        """Return a text of the rule set in the language of the page, if it is there."""
        return None if text is None else text.get(self.language)

    def in_rulebook(self, kind: Kind, name: str) -> str:
        """Return the address of a part in the rule book, if it is said where that is."""
        book = self.publication.rulebook
        return f"{book}#{anchor(kind, name)}" if book else ""

    @cached_property
    def facts(self) -> dict[str, FactWording]:
        """What is said of facts, by id."""
        return _by_id(self._wording.facts)

    @cached_property
    def criteria(self) -> dict[str, CriterionWording]:
        """What is said of criteria, by id."""
        return _by_id(self._wording.criteria)

    @cached_property
    def constraints(self) -> dict[str, ConstraintWording]:
        """What is said of constraints, by id."""
        return _by_id(self._wording.constraints)

    def decision(self, name: str) -> DecisionWording:
        """Return what is said of a decision."""
        return _by_id(self._wording.decisions).get(name) or DecisionWording(name)

    def outcome(self, decision: str, name: str | None) -> OutcomeWording:
        """Return what is said of an outcome."""
        found = _by_id(self.decision(decision).outcomes).get(name or "")
        return found or OutcomeWording(name or "")

    def declared(self, decision: str, name: str | None) -> Outcome | None:
        """Return an outcome of the rule set, if there is a rule set."""
        every = self.ruleset.decision.get(decision) if self.ruleset else None
        return next((one for one in every.outcomes if one.id == name), None) if every else None

    def is_usual(self, verdict: model.VerdictNode) -> bool:
        """Return whether a decision says what it usually does, and so needs no place of its own."""
        quiet = self.decision(verdict.decision).quiet
        return verdict.status == "not_applicable" or verdict.outcome == quiet is not None

    # decisions and outcomes

    def question(self, decision: str) -> str:
        """Return what a decision answers, as a question; its name without one."""
        label = self.explanation.verdicts[decision].label
        return self.say(self.decision(decision).question) or first_up(label)

    def names(self, decision: str) -> dict[str, OutcomeName]:
        """Return the names of all outcomes, in declared order as far as that is known."""
        verdict = self.explanation.verdicts[decision]
        every = self.ruleset.decision.get(decision) if self.ruleset else None
        if every is not None:
            labels = {one.id: one.label.get(self.language, one.id) for one in every.outcomes}
        else:
            labels = {verdict.outcome: verdict.outcome_label or ""} if verdict.outcome else {}
            others = self.explanation.why_not[decision]
            labels |= {one: _bare(one, node.label) for one, node in others.items()}
        return {one: self._name(decision, one, label) for one, label in labels.items()}

    def _name(self, decision: str, outcome: str, label: str) -> OutcomeName:
        who = self.say(self.outcome(decision, outcome).who)
        short = full = first_up(label)
        # What is short is what people say; a longer id is code.
        if len(outcome) <= SHORT_ID and outcome != label:
            short = f"{outcome} – {label}"
            full = f"{first_up(self.explanation.verdicts[decision].label)} {short}"
        return OutcomeName(outcome, short, full, who)

    def name(self, decision: str, outcome: str) -> str:
        """Return the full name of an outcome, or of what else a decision can come to."""
        if outcome in ("review", "not_applicable"):
            return self.client.instead[outcome]
        found = self.names(decision).get(outcome)
        return outcome if found is None else found.full

    def are_short(self, outcomes: Iterable[parts.Named]) -> bool:
        """Return whether people call these outcomes by their ids, so a few words name all."""
        own = (one.id for one in outcomes if one.id not in self.client.instead)
        return all(len(one) <= SHORT_ID for one in own)

    def could_be(self, decision: str, outcomes: Collection[parts.Named]) -> str:
        """Name what a decision can still come to: `route A or B, or a talk first`."""
        ids = [one.id for one in outcomes]
        own = [one for one in ids if one not in self.client.instead]
        rest = [self.client.instead[one] for one in ids if one not in own]
        label = self.explanation.verdicts[decision].label
        if own and self.are_short(outcomes):
            named = f"{label} {self.words.either(own)}"
            if len(own) > 1 and rest:
                # Two times "or" ask for a comma between what they join.
                return ", ".join([named, *rest[:-1], f"{self.words.or_} {rest[-1]}"])
            rest = [named, *rest]
        else:
            rest = [*(self.lower_name(decision, one) for one in own), *rest]
        return self.words.either(rest)

    def lower_name(self, decision: str, outcome: str) -> str:
        """Return the full name of an outcome as it stands inside a sentence."""
        return self.inside(self.name(decision, outcome))

    @staticmethod
    def inside(text: str) -> str:
        """Return a text as it stands inside a sentence."""
        # An abbreviation keeps its capitals.
        return text if text[1:2].isupper() else text[:1].lower() + text[1:]

    # facts and conditions

    def label(self, fact: str, label: str) -> str:
        """Return the name of a fact; a star says that it is of a special category."""
        node = self.explanation.facts.get(fact)
        return f"{label}*" if node is not None and node.special_category else label

    def about(self, fact: str, label: str) -> str:
        """Return the clause after "we do not know yet"; without one the name of the fact."""
        wording = self.facts.get(fact)
        return (wording and self.say(wording.about)) or self.words.quoted.format(text=label)

    def proxy_effect(self, fact: str) -> str | None:
        """Return what the rule set says of what a stand-in for origin does, if it does."""
        wording = self.facts.get(fact)
        return self.say(wording.proxy_effect) if wording else None

    def unknown(self, fact: str, label: str) -> str:
        """Return that a fact is not known yet, and what of it is; without a full stop."""
        node, about = self.explanation.facts.get(fact), self.about(fact, label)
        if node is not None and node.status in ("partial", "implied"):
            return self.client.unknown_in_part.format(about=about, known=node.words)
        return self.client.unknown.format(about=about)

    def who(self, facts: Iterable[str]) -> tuple[str, ...]:
        """Return who can say whether these facts are so, as far as that is said."""
        said = (wording.verify for fact in facts if (wording := self.facts.get(fact)))
        return tuple(dict.fromkeys(self.client.verify[one] for one in said if one))

    def leaf(self, node: model.ConditionNode) -> tuple[str, str | None, bool]:
        """Return a claim on a fact or criterion, what denies it, and whether it is turned round.

        A condition that a yes-or-no fact is no, is the claim turned round.
        """
        if node.kind == "criterion":
            wording = self.criteria.get(node.reference or "")
            if wording is None:
                return node.label or node.text, None, False
            met, not_met = self.say(wording.met), self.say(wording.not_met)
            return met or node.text, not_met, False
        if node.kind != "fact":
            return node.text, None, False
        label, said = node.label or "", self.facts.get(node.reference or "")
        for turned, answer in ((False, self.words.yes), (True, self.words.no)):
            if node.text == self.words.labelled_as(label, answer):
                if said is None:
                    return label, None, turned
                return self.say(said.claim) or label, self.say(said.denial), turned
        return self._valued(node, said) or node.text, None, False

    def _valued(self, node: model.ConditionNode, said: FactWording | None) -> str | None:
        """Return what is said of a condition that asks one value of a category."""
        return next(
            (
                self.say(text)
                for value, text in (said.values if said else {}).items()
                if node.text == self.words.labelled_as(node.label or "", self._value(node, value))
            ),
            None,
        )

    def _value(self, node: model.ConditionNode, value: Value) -> str:
        fact = self.ruleset.fact.get(node.reference or "") if self.ruleset else None
        labels = {word(one): text for one, text in (fact.value_labels if fact else {}).items()}
        return self.say(labels.get(word(value))) or word(value)

    def sentence(self, node: model.ConditionNode) -> str:
        """Return what is so of one condition, as a whole sentence to the client."""
        if node.kind in EARLIER:
            return self._earlier(node)
        claim, denial, turned = self.leaf(node)
        told = self._told(claim, denial, turned=turned, node=node)
        return f"{first_up(told)}." if told[-1:] not in ".?!" else first_up(told)

    def _told(
        self, claim: str, denial: str | None, *, turned: bool, node: model.ConditionNode
    ) -> str:
        if node.points is not None:
            return node.points.words
        if node.truth is Truth.OPEN:
            if node.kind == "fact":
                return self.unknown(node.reference or "", node.label or "")
            return self.client.open_claim.format(claim=claim)
        holds = (node.truth is Truth.TRUE) != turned
        if denial is not None or (holds and claim not in (node.label, node.text)):
            said = claim if holds else denial or claim
            found = detail(node) if holds else ()
            return f"{said}: {self.words.both(found)}" if found else said
        if node.kind == "fact" and node.fact is not None:
            return self.words.labelled_as(node.fact.label, node.fact.words)
        if node.kind == "criterion":
            answer = self.words.yes if holds else self.words.no
            return self.words.labelled_as(claim, answer)
        return self.words.truth_item.format(
            text=claim, truth=self.words.met if holds else self.words.not_met
        )

    def _earlier(self, node: model.ConditionNode) -> str:
        """Return what an earlier decision came to."""
        name = node.reference or ""
        if name not in self.explanation.verdicts:
            return node.text
        step = list(self.explanation.verdicts).index(name) + 1
        answer = self.answer(name).rstrip(".")
        return self.client.from_step_says.format(step=step, answer=answer)

    def answer(self, decision: str) -> str:
        """Return in a few words what a decision came to."""
        verdict = self.explanation.verdicts[decision]
        said = self.decision(decision)
        match verdict.status:
            case "decided":
                statement = self.say(self.outcome(decision, verdict.outcome).statement)
                finding = said.kind == "finding" and statement
                return finding or self.name(decision, verdict.outcome or "")
            case "review" if verdict.reason in ("contradiction", "conflicting_evidence"):
                return self.client.answer["unclear"]
            case "review":
                names = self.could_be(decision, verdict.candidates)
                choose = self.client.choose.format(candidates=names)
                return choose if verdict.candidates else self.client.answer["review"]
            case "insufficient":
                key = "unknown" if said.kind == "finding" else "insufficient"
                return self.client.answer[key]
            case _:
                return self.none(decision)

    def none(self, decision: str) -> str:
        """Return what stands where the question of a decision does not arise."""
        return self.say(self.decision(decision).none) or self.client.answer["not_applicable"]


def detail(node: model.ConditionNode) -> tuple[str, ...]:
    """Name the facts that make a criterion true, where it asks for some of several."""
    body = node.children[0] if node.kind == "criterion" and node.children else None
    if body is None or body.kind not in ("any", "at_least", "exactly"):
        return ()
    true = (one for one in body.children if one.truth is Truth.TRUE)
    return tuple(dict.fromkeys(one.label for one in true if one.kind == "fact" and one.label))


EARLIER = ("outcome", "status", "rule")
"""The kinds of conditions on what an earlier decision came to."""


def deciding(node: model.ConditionNode) -> Iterator[model.ConditionNode]:
    """Yield the conditions that give a condition its truth: what a reader is told as reasons."""
    if node.kind == "not":
        yield from deciding(node.children[0])
        return
    same = [one for one in node.children if one.truth is node.truth]
    if node.kind not in ("all", "any") or not same:
        yield node
        return
    # One part is enough to make "any" true, and "all" false.
    enough = node.truth is not Truth.OPEN and (node.kind == "any") == (node.truth is Truth.TRUE)
    for part in _earlier_first(same)[:1] if enough else same:
        yield from deciding(part)


def _earlier_first(nodes: list[model.ConditionNode]) -> list[model.ConditionNode]:
    """Put what rests on an earlier decision before a plain fact."""
    return sorted(nodes, key=lambda one: one.kind not in EARLIER)


def _by_id(every: Iterable[ElementT]) -> dict[str, ElementT]:
    return {one.id: one for one in every}


def _bare(outcome: str, label: str) -> str:
    """Return the label of an outcome without the id that stands before it."""
    start = f"{outcome} ("
    return label[len(start) : -1] if label.startswith(start) and label.endswith(")") else label
