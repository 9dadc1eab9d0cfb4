"""An explanation with what can be made of it: text, a page, JSON, the part that others may see."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import fields, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias, TypeVar, get_args

from routeengine.errors import UsageError, WireError, listed
from routeengine.explanation import model, parts
from routeengine.explanation.page.voice import rules_of
from routeengine.i18n.words import ExplanationWording
from routeengine.own_words import words_of
from routeengine.ruleset.model import RuleSet
from routeengine.wire import Wire, published_schema

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic_core import CoreSchema

    from routeengine.explanation.page.prose import Block

Audience: TypeAlias = Literal["client", "consultant", "auditor"]
"""Who reads a page: each reads what bears on what they do with it."""

T = TypeVar("T")
ExplanationT = TypeVar("ExplanationT", bound=model.ExplanationData)


class Explanation(model.ExplanationData, Wire):
    """Why one client was classified so, in one language: as data, as text and as pages.

    It is frozen, and equal to another one of which all fields are equal. It holds the client's
    facts, so it belongs in no log; `repr` shows nothing of it. JSON has the same fields, and
    `schemas/explanation.schema.json` describes them all.

    - `verdicts[decision]` is the answer: `status`, `outcome`, `reason`, `possible` and `candidates`
      as in `Verdict`, each with its label; `short` and `sentences` say it in words, and `missing`
      has the questions that can still change it, with what each answer would lead to.
    - `why[decision]` is why: `rule` and `rules` with the truth of every condition, and `because`,
      the ids of known facts that force the verdict by themselves. None of these can be left out.
    - `why_not[decision][outcome]` is why not, for each outcome that is not the answer: its
      `status`, the `rules` that lead there, and in `nearest` the sets of fewest differences that
      would lead there.
    - `flags` and `flags_possible` are the flags that are raised, and those that may be.
    - `facts[fact]` is what is known of each fact: its `label`, its `value`, and `words` for it.
    - `advice` says in sentences that this is advice, and that a person decides.
    - `versions` says which rules and which engine answered, to what, and when.
    - `language` and `client_id` are those that were given.
    - `hidden` names the facts that this reader may not see (see `masked`), and `short` is True if
      only the gist is there.
    - `certificate` is a certificate of the advice, if whoever made the explanation put one in
      (`docs/trust.md`).
    """

    __slots__ = ()

    def to_text(self, *, short: bool = False) -> str:
        """Return the explanation as plain text, for the client to read on paper or aloud.

        `short` keeps to the answers, why in a few words, what is missing, what would change it, and
        who decides.

        Examples:
            >>> from routeengine import Engine, load_ruleset
            >>> engine = Engine(load_ruleset("rijswijk-2023"))
            >>> explanation = engine.explain({"current_service": "wsp"}, lang="en")
            >>> print(explanation.to_text(short=True))  # doctest: +ELLIPSIS
            We are not giving you advice now
            ================================
            <BLANKLINE>
            This is no advice, but what we see
            ----------------------------------
            <BLANKLINE>
            The employer service point (WSP) helps you.
            ...
        """
        from routeengine.explanation.page.prose import as_text  # many want only data

        return as_text(self._blocks(short=short))

    def to_markdown(self, *, short: bool = False) -> str:
        """Return the text of `to_text` as Markdown (CommonMark); `short` is as there."""
        from routeengine.explanation.page.prose import as_markdown

        return as_markdown(self._blocks(short=short))

    def _blocks(self, *, short: bool) -> list[Block]:
        from routeengine.explanation.page.prose import blocks_of

        return blocks_of(_gist(self) if short else self)

    def to_html(
        self,
        *,
        audience: Audience = "auditor",
        short: bool = False,
        ruleset: RuleSet | None = None,
        large: bool = False,
        letter: bool = False,
    ) -> str:
        """Return the explanation as one self-contained HTML page, for one reader.

        The page makes no requests. `audience` is "client", "consultant" or "auditor".

        - `short` is as in `to_text`.
        - `ruleset` is where sentences for pages and the sender come from, if this process does not
          hold the rule set of the explanation.
        - `large` prints in large letters.
        - `letter` keeps to the first part of a client's page.

        Raises UsageError for a reader that there is not, or a letter to another than the client.
        """
        if audience not in get_args(Audience):
            raise UsageError(f"no such audience: use {listed(get_args(Audience))}")
        if letter and audience != "client":
            raise UsageError("a letter is the first part of the client's page: `audience='client'`")
        from routeengine.explanation.page.html import client_html, staff_html  # Jinja2 is slow

        one = _gist(self) if short else self
        # Of a short one all readers read the same: it holds no more.
        if audience == "client" or (audience == "auditor" and one.short):
            return client_html(one, ruleset, large=large, letter=letter)
        return staff_html(one, ruleset, audience, large=large)

    def to_html_fragment(self, *, short: bool = False) -> str:
        """Return the client's page as one `section`, for a page that has a style of its own.

        `short` is as in `to_text`.
        """
        from routeengine.explanation.page.html import client_fragment  # Jinja2 is slow to import

        return client_fragment(_gist(self) if short else self)

    def _repr_html_(self) -> str | None:
        """Return what a notebook shows, which may be saved with it: the gist, masked."""
        if self.short and not self.hidden:
            return None  # nobody can tell what may stay
        from routeengine.explanation.page.prose import as_html, blocks_of

        return as_html(blocks_of(_gist(self.masked())), self.language)

    def masked(self) -> Self:
        """Return the explanation for a reader who may not see special-category data.

        Of a decision that reads such a fact only the answer stays: every rule, reason, question,
        change and set of facts that is enough could tell the value. So what is left depends on the
        other facts, on the answers and on the flags that are shown, and on nothing else of what is
        known of the client. Masking twice is masking once.

        Raises UsageError for an explanation that was read from short JSON, unless it was masked
        before.

        Examples:
            >>> from routeengine import Engine, load_ruleset
            >>> engine = Engine(load_ruleset("rijswijk-2023"))
            >>> explanation = engine.explain({"mental_health": "serious"}, lang="en")
            >>> explanation.facts["mental_health"].words
            'serious problem'
            >>> explanation.masked().facts["mental_health"].words
            'not shown'
        """
        if self.short:
            if not self.hidden:
                # It does not say what depends on what, so nobody can tell what may stay.
                raise UsageError("a short explanation cannot be masked: mask the whole one first")
            return self
        facts, hidden, words = self.facts, self._sensitive, self._words
        touched = {decision for name in hidden for decision in facts[name].read_by}

        def shown(flags: tuple[model.FlagNode, ...]) -> tuple[model.FlagNode, ...]:
            return tuple(flag for flag in flags if not _depends_on(flag, hidden, touched))

        if not hidden:
            return self
        # The reasons that persons gave go from every decision, also from those that read no such
        # fact: what a person writes does not keep to the facts of a decision.
        verdicts = {name: _without_reasons(node) for name, node in self.verdicts.items()}
        return replace(
            self,
            hidden=tuple(name for name in facts if name in hidden),
            certificate=None,
            # Whoever has the digest and all other facts can try the few values of a hidden one
            # until the digests are equal.
            versions=replace(self.versions, input_sha256=None),
            verdicts=_changed(verdicts, touched, lambda node: _answer(node, words)),
            why=_changed(self.why, touched, lambda node: model.Why(node.id, masked=True)),
            why_not={
                name: _changed(others, others, partial(_why_not, self.verdicts[name]))
                if name in touched
                else others
                for name, others in self.why_not.items()
            },
            flags=shown(self.flags),
            flags_possible=shown(self.flags_possible),
            facts={
                name: _fact(node, words) if name in hidden else _shown(node)
                for name, node in facts.items()
            },
        )

    @property
    def _words(self) -> ExplanationWording:
        rules = rules_of(self)
        return words_of(rules.wording if rules else None, self.language).explanation

    @property
    def _sensitive(self) -> set[str]:
        """The facts of special categories, and those that a constraint ties to one of them."""
        names = {name for name, node in self.facts.items() if node.special_category}
        return names | {tied for name in names for tied in self.facts[name].coupled_with}

    def model_dump_json(self, *, indent: int | None = None, short: bool = False) -> str:
        """Return the explanation as JSON, in the form of `schemas/explanation.schema.json`.

        `indent` is the number of blanks to indent by; without it all stands on one line. `short`
        keeps to what `to_text(short=True)` shows, and what was left out cannot be read back.
        """
        from routeengine.explanation.encode import written  # pydantic is slow to import

        return written(_gist(self) if short else self, indent)

    @classmethod
    def model_validate_json(cls, text: str | bytes) -> Self:
        """Return the explanation that was written as JSON, in this form or in the one before it.

        Raises UsageError, which shows no value, for what is no explanation.
        """
        from routeengine.explanation.decode import read  # pydantic is slow to import

        return cls._of(read(text))

    def to_dict(self) -> dict[str, Any]:
        """Return what `model_dump_json` writes, as plain JSON: `from_dict` makes an equal one."""
        from routeengine.explanation.encode import plain  # pydantic is slow to import

        return plain(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the explanation that `to_dict` wrote.

        Raises WireError for anything else: where and what is wrong, and no value.
        """
        from routeengine.explanation.decode import from_data  # pydantic is slow to import

        try:
            return cls._of(from_data(data))
        except UsageError as error:
            message = str(error)
        raise WireError(message)

    @classmethod
    def _of(cls, data: model.ExplanationData) -> Self:
        return cls(**{one.name: getattr(data, one.name) for one in fields(data)})

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return published_schema("explanation")


def _changed(nodes: dict[str, T], names: Collection[str], change: Callable[[T], T]) -> dict[str, T]:
    """Return the nodes, those with these names changed."""
    return {name: change(node) if name in names else node for name, node in nodes.items()}


def _fact(node: model.FactNode, words: ExplanationWording) -> model.FactNode:
    return replace(
        node,
        status="masked", value=None, words=words.masked, ranges=(), evidence=None, otherwise=(),
    )  # fmt: skip


def _shown(node: model.FactNode) -> model.FactNode:
    """Leave out who settled a fact by an observation of another one, which may be hidden.

    What the answers would be under another value depends on all facts, and on hidden ones too.
    """
    settled = node.evidence is not None and node.evidence.settled
    return replace(node, evidence=None if settled else node.evidence, otherwise=())


def _answer(node: model.VerdictNode, words: ExplanationWording) -> model.VerdictNode:
    """Return what a decision came to, and nothing of how.

    It is put together anew, so that a field says nothing here unless it is named. The questions
    are not: which facts still matter, and where each answer leads, follows from those that are
    hidden, also where a question is on a fact that may be seen.
    """
    return model.VerdictNode(
        id=node.id,
        decision=node.decision,
        label=node.label,
        status=node.status,
        short=node.short,
        sentences=tuple(_sentences(node, words)),
        outcome=node.outcome,
        outcome_label=node.outcome_label,
        description=node.description,
        progression=node.progression,
        candidates=node.candidates,
        possible=node.possible,
        exact=node.exact,
        decisions=node.decisions,
    )


def _without_reasons(node: model.VerdictNode) -> model.VerdictNode:
    """Leave out why persons decided otherwise: whoever wrote that may have told of health."""
    decisions = tuple(replace(one, reason=None, text=one.short) for one in node.decisions)
    return replace(node, decisions=decisions) if decisions else node


def _sentences(node: model.VerdictNode, words: ExplanationWording) -> Iterator[str]:
    """Yield the sentences that say no more than the answer."""
    yield node.sentences[0]
    if node.status == "insufficient":
        possible = words.either([one.label for one in node.possible])
        yield words.insufficient_possible.format(possible=possible)
    if node.status == "review":
        yield from words.candidates_of([one.label for one in node.candidates])
    if not node.exact:
        yield words.inexact
    yield words.masked_verdict
    if node.status == "insufficient":
        yield words.masked_missing


def _why_not(verdict: model.VerdictNode, node: model.WhyNot) -> model.WhyNot:
    """Return of another outcome what the answer says of it itself: that it is open, say."""
    status: model.WhyNotStatus = "masked"
    if verdict.status == "not_applicable":
        status = "not_applicable"
    elif any(one.id == node.outcome for one in verdict.candidates):
        status = "candidate"
    elif any(one.id == node.outcome for one in verdict.possible):
        status = "open"
    # "Outranked" would tell that a rule for it holds, and "failed" that none does: either may give
    # away what is hidden.
    return model.WhyNot(node.id, node.outcome, node.label, status)


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


def _gist(explanation: ExplanationT) -> ExplanationT:
    """Return what a short text shows, as data: all else is left out."""
    verdicts = {name: replace(node, broken=()) for name, node in explanation.verdicts.items()}
    why_not = {
        name: {one: replace(node, rules=()) for one, node in others.items()}
        for name, others in explanation.why_not.items()
    }
    named = set(explanation.hidden)
    for name, node in verdicts.items():
        named |= {one.fact for one in node.missing}
        named |= {one.id for one in (*node.conflict, *node.conflicting)}
        sets = [some for other in why_not[name].values() for some in other.nearest or ()]
        named |= {change.fact for some in sets for change in (*some.changes, *some.answers)}
        # What was asked and not answered.
        named |= {
            one
            for one, fact in explanation.facts.items()
            if fact.status == "declined" and name in fact.read_by
        }
    return replace(
        explanation,
        short=True,
        certificate=None,
        versions=replace(explanation.versions, input_sha256=None),
        verdicts=verdicts,
        why={
            name: model.Why(why.id, why.rule, tuple(map(_rule, why.rules)), masked=why.masked)
            for name, why in explanation.why.items()
        },
        why_not=why_not,
        flags=tuple(replace(one, when=None, grounds=_basis(one)) for one in explanation.flags),
        flags_possible=(),
        facts={
            name: replace(node, coupled_with=(), evidence=None, otherwise=())
            for name, node in explanation.facts.items()
            if name in named
        },
    )


def _basis(node: model.RuleNode | model.FlagNode) -> parts.GroundsNode:
    return parts.GroundsNode(node.grounds.basis)


def _rule(node: model.RuleNode) -> model.RuleNode:
    """Return a rule with its reason, and without what it asks and what goes before it."""
    return model.RuleNode(
        node.id, node.rule, node.label, node.reason, node.standing, node.applies, _basis(node),
        node.outcome, node.candidates, node.no_candidates_because,
    )  # fmt: skip
