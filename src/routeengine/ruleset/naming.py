"""Names in a rule set: their form, which are taken, and which cannot be told apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from routeengine.ruleset.conditions import CONDITION_WORDS
from routeengine.ruleset.domains import CategoryDomain, IntegerDomain, RangeDomain, word
from routeengine.ruleset.flaws import Flaw, Part, Path, quote
from routeengine.ruleset.model import Criterion, Decision, Fact, Flag, Outcome, Rule, RuleSet, Score
from routeengine.ruleset.wording import Named
from routeengine.ruleset.words import Text

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
    # "Cliënt-Nummer " -> "client nummer"; "-1" keeps its sign, for no word stands before it.
    parts = unicodedata.normalize("NFD", " ".join(text.split())).casefold()
    signs = (sign for sign in parts if unicodedata.category(sign) not in {"Mn", "Cf"})
    return _JOINTS.sub(" ", "".join(signs)).strip()


def fold_name(text: str) -> str:
    """Fold the name of a column: as `fold`, and with the spaces left out."""
    return fold(text).replace(" ", "")


def check_names(ruleset: RuleSet, every: Iterable[Part]) -> Iterator[Flaw]:
    """Yield what is wrong with the ids of a rule set and with the names in caseloads.

    `every` are the parts of the rule set.
    """
    first: dict[Path, str] = {}
    for path, part in every:
        if path and hasattr(part, "id"):
            if not isinstance(part, Named):  # called as what it is about, which is checked there
                yield from _check_id(path, part)
            yield from _check_shared(path, part, first)
    for fact in ruleset.facts:
        for value in fact.domain.values if isinstance(fact.domain, CategoryDomain) else ():
            yield from _check_word(("facts", fact.id, "values", value), "a value")
    yield from _check_columns(ruleset)
    valueless = list(_valueless(ruleset))
    yield from _clashes("text", valueless)
    for fact in ruleset.facts:
        yield from _check_values(fact, valueless)


def _check_id(path: Path, part: object) -> Iterator[Flaw]:
    name = str(path[-1])
    other = "choose another id"
    if isinstance(part, Outcome):
        yield from _check_word(path, "an outcome")
    elif not _ID.fullmatch(name):
        yield Flaw(path, f"{quote(name)} cannot be an id", _ID_FORM, key=True)
    if name in RESERVED and isinstance(
        part, Fact | Criterion | Score | Decision | Flag | Rule | Outcome
    ):
        yield Flaw(path, f"`{name}` is a reserved word", other, key=True)
    if name in CONDITION_WORDS and isinstance(part, Fact | Criterion | Score):
        message = f"`{name}` begins a condition, so that it cannot be an id here"
        yield Flaw(path, message, other, key=True)
    for ending in RESERVED_ENDINGS if isinstance(part, Decision) else ():
        if name.endswith(ending):
            yield Flaw(path, f"the id of a decision cannot end in `{ending}`", other, key=True)


def _check_word(path: Path, what: str) -> Iterator[Flaw]:
    name = str(path[-1])
    if not _WORD.fullmatch(name):
        yield Flaw(path, f"{quote(name)} cannot be the id of {what}", _WORD_FORM, key=True)


def _check_shared(path: Path, part: object, first: dict[Path, str]) -> Iterator[Flaw]:
    """Yield a flaw if an id is taken; `first` has what each was the id of first."""
    name, hint = path[-1], "choose another id"
    key: Path
    # Facts, criteria, scores and decisions are named in one breath, and rules across decisions; of
    # all else an id stands once in its list.
    match part:
        case Fact() | Criterion() | Score() | Decision():
            key, what = ("", name), f"the id of a {type(part).__name__.lower()}"
        case Rule():
            key, what = ("rules", name), f"a rule of `{path[1]}`"
            hint = "rule ids are unique in the whole rule set"
        case _:
            key, what = path, f"the id of an earlier one of `{path[-2]}`"
    if key in first:
        yield Flaw(path, f"`{name}` is also {first[key]}", hint, key=True)
    first.setdefault(key, what)


def _check_columns(ruleset: RuleSet) -> Iterator[Flaw]:
    """Every column of a caseload must mean one thing."""
    # A fact is found by its label in any language, so a Dutch label may clash with an English one.
    names: list[_Owned] = [_Owned((), "client_id", "`client_id`")]
    for number, alias in enumerate(ruleset.client_id_aliases):
        names.append(_Owned(("ruleset", "client_id", number), alias, "`client_id`"))
    for fact in ruleset.facts:
        names += _names(("facts", fact.id), fact.label, fact.aliases)
    for refusal in ruleset.refusals:
        names += _names(("refused", refusal.id), {}, refusal.aliases)
    yield from _clashes("column", names)


def _check_values(fact: Fact, valueless: Sequence[_Owned]) -> Iterator[Flaw]:
    """A text means one value of a fact, or unknown, or declined, and never two of these."""
    domain = fact.domain
    if isinstance(domain, RangeDomain):
        # Of numbers and days no list of names is made: only what could be one of them is looked at.
        what = "a date" if fact.kind == "date" else "a number"
        for one in valueless:
            number = isinstance(domain, IntegerDomain) and _NUMBER.fullmatch(one.name)
            if domain.index(int(one.name) if number else one.name) is not None:
                yield _clash("text", one, f"{what} of `{fact.id}`")
        return
    names = list(valueless)
    for value in fact.domain.values:
        path: Path = ("facts", fact.id, "values", word(value))
        if isinstance(value, bool):
            names += (_Owned(path, text, f"`{word(value)}`") for text in BOOLEAN_TEXTS[value])
        label, aliases = fact.value_labels.get(value, {}), fact.value_aliases.get(value, ())
        names += _names(path, label, aliases)
    yield from _clashes("text", names, f" of `{fact.id}`")


class _Owned(NamedTuple):
    """A name, where it stands, and what it is a name of."""

    path: Path
    name: str
    owner: str


def _names(path: Path, label: Text, aliases: Iterable[str]) -> Iterator[_Owned]:
    """Yield the names of what stands at a path: its id there, its label and its aliases."""
    owner = f"`{path[-1]}`"
    yield _Owned(path, str(path[-1]), owner)
    for language, words in label.items():
        yield _Owned((*path, "label", language), words, owner)
    for number, words in enumerate(aliases):
        yield _Owned((*path, "aliases", number), words, owner)


def _valueless(ruleset: RuleSet) -> Iterator[_Owned]:
    """Yield the texts that mean a value of no fact: unknown, or declined."""
    for owner, texts in (("unknown", ruleset.unknown_texts), ("declined", ruleset.declined_texts)):
        for number, text in enumerate(texts):
            yield _Owned(("ruleset", owner, number), text, owner)


def _clashes(what: str, names: Iterable[_Owned], where: str = "") -> Iterator[Flaw]:
    """Yield a flaw for each name that something else has too, after folding.

    `where` is the fact that texts belong to. A clash in what the rule set says for
    all facts is reported once, and not for each fact.
    """
    # A fact `zip_code`, and another with the alias "Zip-Code": both fold to "zipcode", and a column
    # of that name could hold either.
    first: dict[str, str] = {}
    for one in names:
        folded = fold_name(one.name) if what == "column" else fold(one.name)
        owner = first.setdefault(folded, one.owner)
        if owner != one.owner and not (where and one.path[0] == "ruleset"):
            yield _clash(what, one, owner, where)


def _clash(what: str, one: _Owned, other: str, where: str = "") -> Flaw:
    return Flaw(
        one.path,
        f"the {what} {quote(one.name)}{where} would mean both {other} and {one.owner}",
        "case, accents, spaces and dashes do not tell names apart",
    )
