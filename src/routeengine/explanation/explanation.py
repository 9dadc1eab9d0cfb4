"""An explanation with what can be made of it: text, a page, JSON, the part that others may see."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import fields, replace
from typing import Self, TypeVar

from routeengine.explanation import model
from routeengine.explanation.document import document
from routeengine.explanation.rendering import as_html, as_html_fragment, as_markdown, as_text
from routeengine.i18n import wording_of
from routeengine.i18n.words import ExplanationWording

T = TypeVar("T")


class Explanation(model.ExplanationData):
    """Why one client was classified so, in one language: see `ExplanationData` for what it holds.

    It is frozen, and equal to one of which all fields are equal.
    """

    __slots__ = ()

    def to_text(self, *, short: bool = False) -> str:
        """Return the explanation as plain text, for reading on paper or aloud.

        `short` keeps to the answers, why in a few words, what is missing, what would change it,
        and who decides.
        """
        return as_text(document(self, short=short))

    def to_markdown(self, *, short: bool = False) -> str:
        """Return the explanation as Markdown (CommonMark); `short` as in `to_text`."""
        return as_markdown(document(self, short=short))

    def to_html(self, *, short: bool = False) -> str:
        """Return the explanation as one self-contained HTML page; `short` as in `to_text`."""
        return as_html(document(self, short=short), self.language)

    def to_html_fragment(self, *, short: bool = False) -> str:
        """Return the explanation as one HTML `section`, for a page that has a style of its own."""
        return as_html_fragment(document(self, short=short), self.language)

    def masked(self) -> Self:
        """Return the explanation for a reader who may not see special-category data.

        Of a decision that reads such a fact only the answer stays: every rule, reason, change and
        set of facts that is enough could tell the value. So what is left depends on what the reader
        may see, on the verdicts and on the flags, and on nothing else. Masking twice is masking
        once.
        """
        facts = self.facts
        hidden = {name for name, node in facts.items() if node.special_category}
        # What a constraint ties to such a fact may tell its value.
        hidden |= {tied for name in hidden for tied in facts[name].coupled_with}
        touched = {decision for name in hidden for decision in facts[name].read_by}
        words = wording_of(self.language)

        def shown(flags: tuple[model.FlagNode, ...]) -> tuple[model.FlagNode, ...]:
            return tuple(flag for flag in flags if not _depends_on(flag, hidden, touched))

        if not hidden:
            return self
        return replace(
            self,
            hidden=tuple(name for name in facts if name in hidden),
            # Whoever has the digest and all other facts can try the few values of a hidden one
            # until the digests are equal.
            versions=replace(self.versions, input_sha256=None),
            # The reasons that persons gave go from every decision, also from those that read no
            # such fact: what a person writes does not keep to the facts of a decision.
            verdicts=_changed(
                {name: _without_reasons(node) for name, node in self.verdicts.items()},
                touched,
                lambda node: _verdict(node, hidden, words),
            ),
            why=_changed(self.why, touched, lambda node: model.Why(node.id, masked=True)),
            why_not=_changed(
                self.why_not,
                touched,
                lambda others: {one: _why_not(node) for one, node in others.items()},
            ),
            flags=shown(self.flags),
            flags_possible=shown(self.flags_possible),
            facts=_changed(facts, hidden, lambda node: _fact(node, words)),
        )

    def model_dump_json(self, *, indent: int | None = None) -> str:
        """Return the explanation as JSON, in the form of `schemas/explanation.schema.json`."""
        from routeengine.explanation.encode import written  # pydantic is slow to import

        return written(self, indent)

    @classmethod
    def model_validate_json(cls, text: str | bytes) -> Self:
        """Read an explanation that was written as JSON, in this form or in the one before it.

        Raises UsageError, which shows no value, for what is no explanation.
        """
        from routeengine.explanation.decode import read  # pydantic is slow to import

        data = read(text)
        return cls(**{one.name: getattr(data, one.name) for one in fields(data)})


def _changed(nodes: dict[str, T], names: Collection[str], change: Callable[[T], T]) -> dict[str, T]:
    """Return the nodes, those with these names changed."""
    return {name: change(node) if name in names else node for name, node in nodes.items()}


def _fact(node: model.FactNode, words: ExplanationWording) -> model.FactNode:
    return replace(node, status="masked", value=None, words=words.masked, ranges=(), evidence=None)


def _verdict(
    node: model.VerdictNode, hidden: Collection[str], words: ExplanationWording
) -> model.VerdictNode:
    return replace(
        node,
        sentences=tuple(_sentences(node, words)),
        rule=None,
        rules=(),
        reason=None,
        missing=tuple(
            replace(question, answers=())
            for question in node.missing
            if question.fact not in hidden
        ),
        conflict=(),
        conflicting=(),
        broken=(),
    )


def _without_reasons(node: model.VerdictNode) -> model.VerdictNode:
    """Leave out why persons decided otherwise: whoever wrote that may have told of health."""
    decisions = tuple(replace(one, reason=None, text=one.short) for one in node.decisions)
    return replace(node, decisions=decisions) if decisions else node


def _sentences(node: model.VerdictNode, words: ExplanationWording) -> Iterator[str]:
    """Yield the sentences that say no more than the verdict."""
    yield node.sentences[0]
    if node.status == "insufficient":
        possible = words.either([one.label for one in node.possible])
        yield words.insufficient_possible.format(possible=possible)
    if node.status == "review":
        yield from words.candidates_of([one.label for one in node.candidates])
    yield words.masked_verdict


def _why_not(node: model.WhyNot) -> model.WhyNot:
    # That an outcome is still open, or a candidate, the verdict says itself. Of the others,
    # "outranked" would tell that a rule for it holds, and "failed" that none does: either may give
    # away what is hidden.
    told_by_verdict = node.status in ("open", "candidate", "not_applicable")
    return replace(
        node,
        status=node.status if told_by_verdict else "masked",
        rules=(),
        distance=None,
        nearest=None,
    )


def _depends_on(flag: model.FlagNode, facts: Collection[str], decisions: Collection[str]) -> bool:
    """Return whether a flag is raised by what is not shown; one of a dossier tells no value."""
    return flag.when is not None and any(
        (node.fact is not None and node.reference in facts)
        or (node.kind in ("outcome", "status", "rule") and node.reference in decisions)
        for node in _within(flag.when)
    )


def _within(node: model.ConditionNode) -> Iterator[model.ConditionNode]:
    yield node
    for child in node.children:
        yield from _within(child)
