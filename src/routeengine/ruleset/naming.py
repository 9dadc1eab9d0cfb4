"""Names in a rule set: their form, which are taken, and which cannot be told apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from routeengine.ruleset.domains import IntegerDomain
from routeengine.ruleset.flaws import Flaw, Path, shown
from routeengine.ruleset.model import Fact, RuleSet, Text

__all__ = [
    "BOOLEAN_TEXTS",
    "CONDITION_WORDS",
    "RESERVED",
    "RESERVED_ENDINGS",
    "check_names",
    "fold",
    "fold_name",
]

CONDITION_WORDS = ("all", "any", "not", "at_least", "exactly", "decision")
"""The words that begin a condition, so that no fact or criterion can be called so."""

RESERVED = frozenset(
    (
        "review", "not_applicable", "insufficient", "decided", "flags", "error",
        "client_id", "ruleset", "ruleset_version", "ruleset_sha256",
    )
)  # fmt: skip
"""Words that mean something in what a classification answers."""

RESERVED_ENDINGS = ("_status", "_rule", "_candidates", "_possible", "_reason", "_missing")
"""Endings of columns that stand beside the column of a decision."""

BOOLEAN_TEXTS = {
    True: ("true", "1", "ja", "yes", "waar"),
    False: ("false", "0", "nee", "no", "onwaar"),
}
"""Texts that every boolean fact understands, whatever the rule set adds."""

# A dash or underscore between two words is as good as a space; before a number it is a minus.
_JOINTS = re.compile(r"(?<=\w)[\s_\-\u2010-\u2015]+(?=\w)")

_ID = re.compile(r"[a-z][a-z0-9_]{0,63}")
_ID_FORM = "begin with a lower-case letter, then lower-case letters, digits and underscores"
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}")
_WORD_FORM = "use letters, digits, underscores and hyphens"


def fold(text: str) -> str:
    """Fold case, accents, white space, and the dashes and underscores between words.

    Texts of a caseload are compared so.
    """
    parts = unicodedata.normalize("NFD", " ".join(text.split())).casefold()
    kept = (sign for sign in parts if unicodedata.category(sign) not in {"Mn", "Cf"})
    return _JOINTS.sub(" ", "".join(kept)).strip()


def fold_name(text: str) -> str:
    """Fold the name of a column: as `fold`, and with the spaces left out."""
    return fold(text).replace(" ", "")


def check_names(ruleset: RuleSet) -> Iterator[Flaw]:
    """Yield what is wrong with the ids of a rule set and with the names in caseloads."""
    for path, taken in _ids(ruleset):
        yield from _check_id(path, reserved=taken)
    for decision in ruleset.decisions:
        for outcome in decision.outcomes:
            path = ("decisions", decision.id, "outcomes", outcome.id)
            yield from _check_word(path, outcome.id, "an outcome")
            if outcome.id in RESERVED:
                yield _is_reserved(path)
        if decision.id.endswith(RESERVED_ENDINGS):
            ending = next(one for one in RESERVED_ENDINGS if decision.id.endswith(one))
            message = f"the id of a decision cannot end in `{ending}`"
            yield Flaw(("decisions", decision.id), message, "choose another id", key=True)
    for fact in ruleset.facts:
        for value in fact.domain.values if fact.kind == "category" else ():
            path = ("facts", fact.id, "values", str(value))
            yield from _check_word(path, str(value), "a value")
    yield from _check_namespace(ruleset)
    yield from _check_rule_ids(ruleset)
    yield from _check_columns(ruleset)
    yield from _check_valueless(ruleset)
    for fact in ruleset.facts:
        yield from _check_values(ruleset, fact)


def _ids(ruleset: RuleSet) -> Iterator[tuple[Path, bool]]:
    """Yield the path of every id of the common form, and whether reserved words count."""
    for section, things, taken in (
        ("sources", ruleset.sources, False),
        ("citations", ruleset.citations, False),
        ("refused", ruleset.refusals, False),
        ("facts", ruleset.facts, True),
        ("constraints", ruleset.constraints, False),
        ("criteria", ruleset.criteria, True),
        ("decisions", ruleset.decisions, True),
        ("flags", ruleset.flags, True),
        ("expect", ruleset.expectations, False),
        ("accept", ruleset.acceptances, False),
    ):
        for thing in things:
            yield (section, thing.id), taken
    for decision in ruleset.decisions:
        for rule in decision.rules:
            yield ("decisions", decision.id, "rules", rule.id), True
    for source in () if ruleset.evidence is None else ruleset.evidence.sources:
        yield ("evidence", "sources", source.id), False
    for form in () if ruleset.follow_up is None else ruleset.follow_up.forms:
        yield ("follow_up", "forms", form.id), False


def _check_id(path: Path, *, reserved: bool) -> Iterator[Flaw]:
    name = str(path[-1])
    if not _ID.fullmatch(name):
        yield Flaw(path, f"{shown(name)} cannot be an id", _ID_FORM, key=True)
    elif reserved and name in RESERVED:
        yield _is_reserved(path)
    elif path[0] in {"facts", "criteria"} and name in CONDITION_WORDS:
        message = f"`{name}` begins a condition, so that it cannot be an id here"
        yield Flaw(path, message, "choose another id", key=True)


def _check_word(path: Path, name: str, what: str) -> Iterator[Flaw]:
    if not _WORD.fullmatch(name):
        yield Flaw(path, f"{shown(name)} cannot be the id of {what}", _WORD_FORM, key=True)


def _is_reserved(path: Path) -> Flaw:
    return Flaw(path, f"`{path[-1]}` is a reserved word", "choose another id", key=True)


def _check_namespace(ruleset: RuleSet) -> Iterator[Flaw]:
    """Facts, criteria and decisions are named in one breath, and cannot share a name."""
    first: dict[str, str] = {}
    sections = (
        ("facts", "a fact", ruleset.facts),
        ("criteria", "a criterion", ruleset.criteria),
        ("decisions", "a decision", ruleset.decisions),
    )
    for section, what, things in sections:
        for thing in things:
            if thing.id in first:
                message = f"`{thing.id}` is also the id of {first[thing.id]}"
                yield Flaw((section, thing.id), message, "choose another id", key=True)
            first.setdefault(thing.id, what)


def _check_rule_ids(ruleset: RuleSet) -> Iterator[Flaw]:
    first: dict[str, str] = {}
    for decision in ruleset.decisions:
        for rule in decision.rules:
            if rule.id in first:
                yield Flaw(
                    ("decisions", decision.id, "rules", rule.id),
                    f"`{rule.id}` is also a rule of `{first[rule.id]}`",
                    "rule ids are unique in the whole rule set",
                    key=True,
                )
            first.setdefault(rule.id, decision.id)


def _check_columns(ruleset: RuleSet) -> Iterator[Flaw]:
    """Every column of a caseload must mean one thing."""
    names: list[_Owned] = [_Owned((), "client_id", "`client_id`")]
    for number, alias in enumerate(ruleset.client_id_aliases):
        names.append(_Owned(("ruleset", "client_id", number), alias, "`client_id`"))
    for fact in ruleset.facts:
        names += _names(("facts", fact.id), fact.id, fact.id, fact.label, fact.aliases)
    for refusal in ruleset.refusals:
        names += _names(("refused", refusal.id), refusal.id, refusal.id, {}, refusal.aliases)
    yield from _clashes("column", names, fold=fold_name)


def _check_values(ruleset: RuleSet, fact: Fact) -> Iterator[Flaw]:
    """A text means one value of a fact, or unknown, or declined, and never two of these."""
    names = list(_valueless(ruleset))
    for value in fact.domain.values if not isinstance(fact.domain, IntegerDomain) else ():
        word = str(value).lower() if isinstance(value, bool) else str(value)
        path: Path = ("facts", fact.id, "values", word)
        if isinstance(value, bool):
            names += (_Owned(path, text, f"`{word}`") for text in BOOLEAN_TEXTS[value])
        label, aliases = fact.value_labels.get(value, {}), fact.value_aliases.get(value, ())
        names += _names(path, word, word, label, aliases)
    yield from _clashes("text", names, f" of `{fact.id}`")


def _check_valueless(ruleset: RuleSet) -> Iterator[Flaw]:
    """What means unknown cannot mean declined, nor be a number that a fact can have."""
    names = list(_valueless(ruleset))
    yield from _clashes("text", names)
    for fact in ruleset.facts:
        for one in names if isinstance(fact.domain, IntegerDomain) else ():
            if _NUMBER.fullmatch(one.name) and fact.domain.index(int(one.name)) is not None:
                number = f"a number of `{fact.id}`"
                yield _clash("text", one, number)


class _Owned(NamedTuple):
    """A name, where it stands, and what it is a name of."""

    path: Path
    name: str
    owner: str


def _names(
    path: Path, name: str, owner: str, label: Text, aliases: Iterable[str]
) -> Iterator[_Owned]:
    yield _Owned(path, name, f"`{owner}`")
    for language, words in label.items():
        yield _Owned((*path, "label", language), words, f"`{owner}`")
    for number, words in enumerate(aliases):
        yield _Owned((*path, "aliases", number), words, f"`{owner}`")


def _valueless(ruleset: RuleSet) -> Iterator[_Owned]:
    for number, text in enumerate(ruleset.unknown_texts):
        yield _Owned(("ruleset", "unknown", number), text, "unknown")
    for number, text in enumerate(ruleset.declined_texts):
        yield _Owned(("ruleset", "declined", number), text, "declined")


def _clashes(
    what: str,
    names: Iterable[_Owned],
    where: str = "",
    fold: Callable[[str], str] = fold,
) -> Iterator[Flaw]:
    """Yield a flaw for each name that something else has too, after folding.

    `where` is the fact that texts belong to. A clash in what the rule set says for
    all facts is told once, and not for each fact.
    """
    first: dict[str, str] = {}
    for one in names:
        owner = first.setdefault(fold(one.name), one.owner)
        if owner != one.owner and not (where and one.path[0] == "ruleset"):
            yield _clash(what, one, owner, where)


def _clash(what: str, one: _Owned, other: str, where: str = "") -> Flaw:
    return Flaw(
        one.path,
        f"the {what} {shown(one.name)}{where} would mean both {other} and {one.owner}",
        "case, accents, spaces and dashes do not tell names apart",
    )
