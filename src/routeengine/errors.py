"""Every error this package raises on purpose, with one base class.

`str(error)` is the whole message, and the fields that a class names are public. No message and no
field of an error holds the value of a client's fact, for that is data about health and debts. The
name of a fact and the values that are allowed may stand there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

__all__ = [
    "BudgetError",
    "CaseloadError",
    "DepartureError",
    "DossierError",
    "DossierFault",
    "Fault",
    "LanguageError",
    "MissingExtraError",
    "ProfileError",
    "ProfileFault",
    "RecordError",
    "RouteEngineError",
    "RuleSetError",
    "UsageError",
    "WireError",
]

F = TypeVar("F")


def listed(names: Iterable[str]) -> str:
    """Return names in backticks with commas between them, for a message."""
    return ", ".join(f"`{name}`" for name in names)


def shown(name: object) -> str:
    """Return the name of a file with each sign escaped that could steer a terminal or end a line.

    A line end is shown as two signs, and so is half a character by its code: it stands for a byte
    that is no text.
    """
    text = str(name)
    if text.isprintable():
        return text
    escaped = (one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
    return "".join(escaped)


class RouteEngineError(Exception):
    """Base class of every error that routeengine raises on purpose.

    Its message is written for whoever made the call: where, what is wrong, and what to try.

    Examples:
        >>> from routeengine import RouteEngineError, load_ruleset
        >>> try:
        ...     load_ruleset("rijswik-2023")
        ... except RouteEngineError as error:
        ...     print(error)
        rijswik-2023: is no shipped rule set and no file or folder (did you mean `rijswijk-2023`?)
    """

    # By itself an exception is pickled as its class, called with its message; these are made from
    # their fields, which are what goes along here.
    def __reduce__(self) -> tuple[object, ...]:
        return type(self).__new__, (type(self), *self.args), vars(self)


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong in a rule file or case file, and where.

    Faults are ordered by file, line and column. `str(fault)` is `FILE:LINE:COLUMN: message (hint)`.

    Attributes:
        file: The name of the file, as it was given.
        line: The line, counted from 1; 0 if the fault is of the file as a whole.
        column: The column, counted from 1; 0 if the fault is of the file as a whole.
        message: What is wrong.
        hint: What to try; empty if nothing sensible can be said.
        field: The column of a table of rules by its name, empty elsewhere. It then stands in place
            of `column`.
    """

    file: str
    line: int
    column: int
    message: str
    hint: str = ""
    field: str = ""

    def __str__(self) -> str:
        """Return the fault as `FILE:LINE:COLUMN: message (hint)`."""
        file = shown(self.file)
        column = shown(self.field) or self.column
        place = f"{file}:{self.line}:{column}" if self.line else file
        return f"{place}: {self.message}" + (f" ({self.hint})" if self.hint else "")


MAX_LISTED = 100
"""Faults that a message lists; the error holds all."""


class _FaultsError(RouteEngineError, Generic[F]):
    """An error that holds all faults there are; its message has each, but for very many."""

    _between: ClassVar[str] = "; "

    def __init__(self, faults: tuple[F, ...]) -> None:
        self.faults = faults
        listed = [str(fault) for fault in faults[:MAX_LISTED]]
        if more := len(faults) - len(listed):
            listed.append(f"and {more} more")
        super().__init__(self._between.join(listed))


class RuleSetError(_FaultsError[Fault]):
    """A rule set or a case file cannot be used; holds every fault at once.

    `faults` is a tuple of at least one `Fault`, in order of file, line and column. The message has
    a line for each of the first hundred.
    """

    _between = "\n"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(tuple(sorted(faults)))


@dataclass(frozen=True, slots=True, order=True)
class ProfileFault:
    """One field of a profile that cannot be accepted: its name and what is allowed.

    `field` is the id of a fact, `client_id`, or a name in parentheses for what has none. `message`
    says what it must be. The value that was given is left out on purpose.
    """

    field: str
    message: str

    def __str__(self) -> str:
        """Return the fault as `field: message`."""
        return f"{self.field}: {self.message}"


class ProfileError(_FaultsError[ProfileFault]):
    """A client profile cannot be used; holds every fault at once.

    `faults` is a tuple of at least one `ProfileFault`: facts in declared order, then keys that are
    no facts. `position` is the place of the profile among several, counted from 0, and None if
    there was one.

    Examples:
        >>> from routeengine import Engine, ProfileError, load_ruleset
        >>> engine = Engine(load_ruleset("rijswijk-2023"))
        >>> try:
        ...     engine.classify({"rung": 9, "wiling": True})
        ... except ProfileError as error:
        ...     for fault in error.faults:
        ...         print(fault)
        rung: must be a whole number from 1 to 6
        wiling: is no fact of the rule set `rijswijk-2023` (did you mean `willing`?)
    """

    def __init__(self, faults: tuple[ProfileFault, ...], position: int | None = None) -> None:
        super().__init__(faults)
        self.position = position

    def __str__(self) -> str:
        """Return the whole message: after the position, if there is one."""
        message = super().__str__()
        return message if self.position is None else f"profile {self.position}: {message}"


@dataclass(frozen=True, slots=True, order=True)
class DossierFault:
    """One thing that is wrong with what was recorded of a client.

    `number` counts the observations as they were given, from 1; 0 means that the fault is of the
    dossier as a whole. `field` is the id of a fact, or the part of the observation that is wrong,
    and `message` what it must be. What was given there is left out on purpose.
    """

    number: int
    field: str
    message: str

    def __str__(self) -> str:
        """Return the fault as `item N: field: message`."""
        where = f"item {self.number}: " if self.number else ""
        return f"{where}{self.field}: {self.message}"


class DossierError(_FaultsError[DossierFault]):
    """What was recorded of a client cannot be used; holds every fault at once.

    `faults` is a tuple of at least one `DossierFault`, in the order of the observations.
    """


class CaseloadError(RouteEngineError):
    """A caseload file as a whole cannot be read or written.

    `path` is the file and `message` what is wrong, without the place. `row` is the line or row it
    was found at, or 0 for the whole file. A fault of a single row is no error: it is reported with
    that row, as a `RowFault`.
    """

    def __init__(self, path: str, message: str, row: int = 0) -> None:
        self.path = path
        self.row = row
        self.message = message
        place = f"{shown(path)}:{row}" if row else shown(path)
        super().__init__(f"{place}: {message}")


class MissingExtraError(RouteEngineError):
    """An optional package is not installed; `extra` names what installs it.

    `package` is the package that is missing and `purpose` what needs it. The message holds the
    command: `pip install 'routeengine[EXTRA]'`.
    """

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        self.package = package
        self.extra = extra
        self.purpose = purpose
        super().__init__(
            f"{purpose} needs the package `{package}`: install it with "
            f"`pip install 'routeengine[{extra}]'`"
        )


class UsageError(RouteEngineError, ValueError):
    """A call names something that does not exist, or asks for what makes no sense.

    It is a `ValueError` as well.
    """


class LanguageError(UsageError):
    """Words were asked in a language that is not there; `allowed` names those that are.

    `language` is the one that was asked for.
    """

    def __init__(self, language: str, allowed: Iterable[str]) -> None:
        self.language = language
        self.allowed = tuple(allowed)
        choices = listed(self.allowed) or "none"
        super().__init__(f"no words in `{language}`: the languages are {choices}")


class BudgetError(RouteEngineError):
    """A computation was stopped at its limit rather than left to run on.

    The message says which part is too large, or which limit was reached.
    """


class RecordError(RouteEngineError):
    """A record cannot be made, read or replayed.

    `path` is the field it was found at, with dots between the steps, and "" for the record as a
    whole. `message` is what is wrong there. `refused` is True if the bytes were refused unread, for
    their size or depth.
    """

    def __init__(self, message: str, path: str = "", *, refused: bool = False) -> None:
        self.message = message
        self.path = path
        self.refused = refused
        super().__init__(f"{path or 'the record'}: {message}")


class WireError(RouteEngineError, ValueError):
    """Data does not have the form that `to_dict` gives; `path` is where ("" for the whole).

    `message` is what is wrong there, and never shows the value. It is a `ValueError` as well.
    """

    def __init__(self, message: str, path: str = "") -> None:
        self.message = message
        self.path = path
        super().__init__(f"{path or 'the data'}: {message}")


class DepartureError(RouteEngineError):
    """A departure from the advice cannot be taken; `field` is the part that is wrong.

    `field` names a field of `Departure`, and `message` says what it must be.
    """

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        self.message = message
        super().__init__(f"{field}: {message}")
