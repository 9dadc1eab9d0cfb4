"""What a reader is shown of an explanation, and in what order: the same for text, Markdown, HTML.

A document is a list of blocks. Each names the node of the explanation that it
comes from, so that a check can hold every sentence against the data. The rule
that decides is shown in full, other outcomes in short: the rest is in the data.
"""

from __future__ import annotations

from collections.abc import Iterator

from routeengine.explanation import arguments, model
from routeengine.explanation.arguments import Block, Foreign
from routeengine.explanation.parts import CitedPlace
from routeengine.i18n import wording_of
from routeengine.i18n.words import ExplanationWording
from routeengine.truth import Truth

MOST_QUESTIONS = 5
"""Questions that are shown; they stand best first, and the data hold them all."""


def document(explanation: model.ExplanationData, *, short: bool = False) -> list[Block]:
    """Return everything that a reader is shown, in order.

    `short` leaves out the conditions, the other outcomes, the policy and the facts; so is what was
    read from short JSON, which does not have them.
    """
    page = _Page(explanation, wording_of(explanation.language))
    return list(page.short() if short or explanation.short else page.blocks())


def opened(text: str) -> str:
    """Begin a text with a capital, and leave the rest as it is."""
    return text[:1].upper() + text[1:]


class _Page:
    def __init__(self, explanation: model.ExplanationData, wording: ExplanationWording) -> None:
        self.explanation = explanation
        self.wording = wording
        self.asked: set[str] = set()
        self.changed: set[str] = set()

    def blocks(self) -> Iterator[Block]:
        yield from self.summary()
        yield from self.advice()
        for name, verdict in self.explanation.verdicts.items():
            yield from self.decision(name, verdict)
        yield from self.flags()
        yield from self.readings()
        yield from self.places()
        yield from self.facts()
        yield from self.versions()

    def short(self) -> Iterator[Block]:
        """Yield the answers, why in a few words, what is missing or would change, who decides."""
        yield from self.summary()
        for name, verdict in self.explanation.verdicts.items():
            yield from self.result(verdict)
            for rule in self.explanation.why[name].rules:
                if verdict.status == "decided":
                    yield Block("sentence", rule.reason, rule.id)
            yield from self.questions(verdict)
            yield from self.changes(self.explanation.why_not[name], verdict)
        yield from self.flags(possible=False)
        yield Block("heading", self.wording.heading_decides, "explanation")
        yield from self.advice()

    def summary(self) -> Iterator[Block]:
        words, client = self.wording, self.explanation.client_id
        title = words.title if client is None else words.title_client.format(client=client)
        yield Block("title", title, "explanation")
        yield Block("heading", words.heading_summary, "explanation")
        for verdict in self.explanation.verdicts.values():
            text = words.labelled_as(opened(verdict.label), verdict.short)
            yield Block("item", text, verdict.id)
            for decision in verdict.decisions[-1:]:
                yield Block("item", decision.short, decision.id, level=1)

    def advice(self) -> Iterator[Block]:
        for sentence in self.explanation.advice:
            yield Block("sentence", sentence, "explanation")
        if self.explanation.hidden:
            yield Block("sentence", self.wording.masked_notice, "explanation")

    def decision(self, name: str, verdict: model.VerdictNode) -> Iterator[Block]:
        yield from self.result(verdict)
        yield from self.questions(verdict)
        yield from self.why(self.explanation.why[name], verdict)
        if not self.explanation.why[name].masked:
            yield from self.why_not(self.explanation.why_not[name], verdict)
        yield from self.changes(self.explanation.why_not[name], verdict)

    def result(self, verdict: model.VerdictNode) -> Iterator[Block]:
        yield Block("heading", opened(verdict.label), verdict.id)
        first, *rest = verdict.sentences
        yield Block("result", first, verdict.id)
        if verdict.description is not None:
            yield Block("sentence", verdict.description, verdict.id)
        for sentence in rest:
            yield Block("sentence", sentence, verdict.id)
        if verdict.progression is not None:
            text = self.wording.progression.format(progression=verdict.progression)
            yield Block("sentence", text, verdict.id)
        for decision in verdict.decisions:
            yield Block("sentence", decision.text, decision.id)

    def questions(self, verdict: model.VerdictNode) -> Iterator[Block]:
        if not verdict.missing:
            return
        yield Block("subheading", self.wording.heading_missing, verdict.id)
        one = len(verdict.missing) == 1
        text = self.wording.missing_one if one else self.wording.missing
        yield Block("sentence", text, verdict.id)
        for question in verdict.missing[:MOST_QUESTIONS]:
            yield Block("question", question.question, question.id)
            if question.fact not in self.asked:
                self.asked.add(question.fact)
                yield Block("item", question.why_needed, question.id, level=1)
            if leads := arguments.leading(question, self.wording):
                yield Block("item", leads, question.id, level=1)
        left = len(verdict.missing) - MOST_QUESTIONS
        if left > 0:
            template = self.wording.missing_one_more if left == 1 else self.wording.missing_more
            yield Block("sentence", template.format(count=left), verdict.id)

    def why(self, why: model.Why, verdict: model.VerdictNode) -> Iterator[Block]:
        if why.masked:
            return
        blocks = [*self.grounds_of_verdict(why, verdict), *self.because(why, verdict)]
        if blocks:
            heading = {
                "insufficient": self.wording.heading_why_open,
                "not_applicable": self.wording.heading_why_not_applicable,
            }.get(verdict.status, self.wording.heading_why)
            yield Block("subheading", heading, why.id)
            yield from blocks

    def grounds_of_verdict(self, why: model.Why, verdict: model.VerdictNode) -> Iterator[Block]:
        if verdict.status == "not_applicable" and why.applies_when is not None:
            yield from arguments.conditions(why.applies_when, self.wording)
        elif len(why.rules) == 1:
            (rule,) = why.rules
            if verdict.status == "decided":
                yield Block("sentence", rule.reason, rule.id)
            yield from self.rule(rule)
        elif why.rules:
            names = [self.wording.quoted.format(text=rule.label) for rule in why.rules]
            if verdict.status == "decided":
                text = self.wording.decided_several.format(rules=self.wording.either(names))
                yield Block("sentence", text, why.id)
            for rule in why.rules:
                yield from self.rule(rule)

    def rule(self, rule: model.RuleNode) -> Iterator[Block]:
        yield Block("sentence", self.wording.rule.format(rule=rule.label), rule.id)
        if rule.when is None:
            yield Block("item", self.wording.otherwise, rule.id)
        else:
            yield from arguments.conditions(rule.when, self.wording)

    def because(self, why: model.Why, verdict: model.VerdictNode) -> Iterator[Block]:
        """Name the facts that are enough by themselves."""
        words = self.wording
        names = [f"{leaf.label}: {leaf.words}" for leaf in why.because_facts]
        review = verdict.status == "review"
        if verdict.reason == "contradiction":
            return
        if verdict.status == "insufficient" or verdict.reason == "conflicting_evidence":
            template = words.because_open if names else ""
        elif not names:
            template = words.because_nothing
        elif self.just_shown(why):
            template = words.because_these_review if review else words.because_these
        elif review:
            template = words.because_review_one if len(names) == 1 else words.because_review
        else:
            template = words.because_one if len(names) == 1 else words.because
        if template:
            yield Block("sentence", template.format(facts="; ".join(names)), why.id)

    def just_shown(self, why: model.Why) -> bool:
        """Return whether the conditions name just the facts that are enough, each by itself."""
        shown = [part for rule in why.rules if rule.when for part in arguments.parts_of(rule.when)]
        if why.not_applicable_because is not None and why.applies_when is not None:
            shown = model.decisive_parts(why.applies_when)
        return bool(shown) and {node.fact and node.fact.fact for node in shown} == set(why.because)

    def why_not(
        self, outcomes: dict[str, model.WhyNot], verdict: model.VerdictNode
    ) -> Iterator[Block]:
        if verdict.status == "not_applicable" or verdict.reason == "contradiction" or not outcomes:
            return
        words = self.wording
        heading = {
            "insufficient": words.heading_why_not_open,
            "review": words.heading_why_not_review,
        }.get(verdict.status, words.heading_why_not)
        yield Block("subheading", heading, verdict.id)
        for why_not in outcomes.values():
            yield from self.other(why_not)

    def changes(
        self, outcomes: dict[str, model.WhyNot], verdict: model.VerdictNode
    ) -> Iterator[Block]:
        """Show what would lead elsewhere, as far as a person can act on it."""
        # What leads elsewhere in one decision often does in the next: it is shown once.
        found = [
            (one, text)
            for one in outcomes.values()
            for text in arguments.nearest(verdict, one, self.wording)
            if text not in self.changed
        ]
        self.changed.update(text for _, text in found)
        if found:
            yield Block("subheading", self.wording.heading_changes, verdict.id)
            yield Block("sentence", self.wording.changes, verdict.id)
        for why_not, changes in found:
            outcome = opened(why_not.label)
            text = self.wording.change.format(outcome=outcome, changes=changes)
            yield Block("item", text, why_not.id)

    def other(self, why_not: model.WhyNot) -> Iterator[Block]:
        """Yield in short why one other outcome is not the answer, rule by rule."""
        words, status = self.wording, why_not.status
        if why_not.rules and status not in ("candidate", "review"):
            for rule in why_not.rules:
                yield Block("item", self.rule_not(why_not, rule), rule.id)
            return
        whole = {"candidate": words.why_candidate, "review": words.why_review}
        template = whole.get(status, words.why_no_rule)
        yield Block("item", template.format(outcome=opened(why_not.label)), why_not.id)

    def rule_not(self, why_not: model.WhyNot, rule: model.RuleNode) -> str:
        """Return why one rule does not, or not yet, lead to its outcome."""
        words, outcome = self.wording, opened(why_not.label)
        before = rule.outranked_by or rule.maybe_outranked_by
        lacks = arguments.unmet_parts(rule.when, words)
        if rule.applies is Truth.FALSE and rule.when is not None:
            template = words.why_unsettled if self.unsettled(rule.when) else words.why_failed
        elif rule.applies is Truth.FALSE:
            template = words.why_otherwise
        elif before and (why_not.status == "outranked" or rule.outranked_by):
            certain = rule.applies is Truth.TRUE and rule.outranked_by
            template = words.why_outranked if certain else words.why_outranked_where
        else:
            template = words.why_open if lacks else words.why_still
        rules = words.both([words.quoted.format(text=one.label) for one in before])
        return template.format(outcome=outcome, conditions=lacks, rules=rules)

    def unsettled(self, node: model.ConditionNode) -> bool:
        """Return whether a condition fails only as a person has yet to choose what it asks for."""
        failing = [part for part in node.children if part.truth is node.truth]
        if node.kind == "any":
            return any(map(self.unsettled, failing))
        if node.kind == "all" and failing:
            return all(map(self.unsettled, failing))
        asked = self.explanation.verdicts.get(node.reference or "")
        return node.kind == "outcome" and asked is not None and asked.status == "review"

    def readings(self) -> Iterator[Block]:
        """Show each interpretation that an answer rests on, and the reading not chosen."""
        words = self.wording
        whys = self.explanation.why.values()
        found = {
            reading.id: (label, reading)
            for why in whys
            for label, reading in arguments.readings(why)
        }
        if found:
            yield Block("heading", words.heading_reading, "explanation")
        for label, reading in found.values():
            text = words.labelled_as(opened(label), reading.choice)
            yield Block("item", text, reading.id)
            text = words.reading_because.format(because=reading.because)
            yield Block("item", text, reading.id, level=1)
            text = words.reading_alternative.format(alternative=reading.alternative)
            yield Block("item", text, reading.id, level=1)

    def places(self) -> Iterator[Block]:
        """Show per decision which passages the answer rests on."""
        words, shown = self.wording, list[Block]()
        for name, why in self.explanation.why.items():
            decision = opened(self.explanation.verdicts[name].label)
            for paragraphs in arguments.passages(why).values():
                first = paragraphs[0][0]
                text = words.source.format(decision=decision, kind=first.kind, number=first.number)
                shown.append(Block("item", text, first.id))
                for places in paragraphs:
                    shown.append(self.passage(places))
        if shown:
            yield Block("heading", words.heading_places, "explanation")
            yield from shown

    def passage(self, places: list[CitedPlace]) -> Block:
        """Name sentences of one paragraph; the heading they stand under is the source's own."""
        first, numbers = places[0], [place.sentence for place in places]
        text = self.wording.passage(first.section, first.paragraph, numbers)
        foreign = None
        if first.section and first.language not in (None, self.explanation.language):
            start = self.wording.passage("\0", first.paragraph, numbers).index("\0")
            foreign = Foreign(start, start + len(first.section), first.language)
        return Block("item", text, first.id, level=1, foreign=foreign)

    def flags(self, *, possible: bool = True) -> Iterator[Block]:
        explanation, words = self.explanation, self.wording
        maybe = explanation.flags_possible if possible else ()
        if explanation.flags or maybe:
            yield Block("heading", words.heading_flags, "explanation")
            yield Block("sentence", words.flags, "explanation")
        for flag in explanation.flags:
            yield Block("item", opened(flag.label), flag.id)
        if maybe:
            yield Block("sentence", words.flags_possible, "explanation")
        for flag in maybe:
            yield Block("item", opened(flag.label), flag.id)

    def facts(self) -> Iterator[Block]:
        nodes = [node for node in self.explanation.facts.values() if node.read_by]
        left = [node for node in nodes if node.status in ("unknown", "declined", "masked")]
        known = [node for node in nodes if node not in left or node.evidence is not None]
        words = self.wording
        yield Block("heading", words.heading_facts, "explanation")
        for node in known:
            yield Block("item", opened(arguments.leaf_text(node, words)), node.id)
            if node.evidence is not None:
                for text, one in arguments.recorded(
                    node.evidence, words, self.explanation.language
                ):
                    alert = text == words.evidence_stale
                    yield Block("item", text, one, level=1, alert=alert)
        for status, template in (
            ("unknown", words.facts_unknown),
            ("declined", words.facts_declined),
            ("masked", words.facts_masked),
        ):
            names = [one.label for one in left if one.status == status and one not in known]
            if names:
                text = template.format(facts=words.both(names))
                yield Block("sentence", text, "explanation")

    def versions(self) -> Iterator[Block]:
        words, versions = self.wording, self.explanation.versions
        yield Block("heading", words.heading_versions, versions.id)
        for text in arguments.versions_in_words(versions, words, self.explanation.language):
            yield Block("item", text, versions.id)
