"""The part of FEEL that says which values a cell takes: values, lists, ranges, and their contrary.

    -                        any value
    "High", "Low"            one of these
    >= 18                    this or more
    ]0..100]                 more than 0, at most 100
    not("High")              none of these
    date("2024-05-06")       a day; so are @"2024-05-06" and date(2024, 5, 6)

Whatever else FEEL has would have to be worked out from values, and is refused by what it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import le, lt
from typing import Final, Literal, NamedTuple, NoReturn, TypeAlias, TypeVar

Kind: TypeAlias = Literal["string", "boolean", "number", "date"]

Value: TypeAlias = str | bool | Decimal | date

_T = TypeVar("_T")

ANYTHING: Final = ("", "-")
"""What stands in a cell that takes any value."""

_TOKEN: Final = re.compile(
    r"""\s*(?:
      (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<number>\d+(?:\.\d+)?|\.\d+)
    | (?P<sign>\.\.|<=|>=|!=|[<>=()\[\],@?-])
    | (?P<name>[^\W\d]\w*)
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_ESCAPED: Final = {"n": "\n", "r": "\r", "t": "\t"}
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")

COMPUTED: Final = "work it out before, and let what comes out be an input"
IS_NULL: Final = (
    "an input that is not known is asked for; let `none` be a value of the input if it is one"
)


class FeelError(Exception):
    """What cannot be read: what it is, and what to do about it."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what, hint)
        self.what, self.hint = what, hint


class Span(NamedTuple):
    """The values from `low` to `high`; None leaves a side open, and an open end is left out."""

    low: Value | None
    high: Value | None
    low_open: bool = False
    high_open: bool = False

    @property
    def ends(self) -> tuple[Value, ...]:
        """The ends that are said; a value by itself is both."""
        return tuple(end for end in (self.low, self.high) if end is not None)

    def holds(self, value: Value) -> bool:
        """Return whether a value lies in it; one of another kind never does."""
        if any(kind_of(end) != kind_of(value) for end in self.ends):
            return False
        if isinstance(value, bool | str):
            return value == self.low  # these have no order, so that it is one value
        here = _place(value)
        from_low, to_high = (lt if is_open else le for is_open in (self.low_open, self.high_open))
        return (self.low is None or from_low(_place(self.low), here)) and (
            self.high is None or to_high(here, _place(self.high))
        )


@dataclass(frozen=True, slots=True)
class Tests:
    """One of these spans, or where `negated` none of them."""

    spans: tuple[Span, ...]
    negated: bool = False

    @property
    def values(self) -> tuple[Value, ...]:
        """Every value that is named, in the order of the text."""
        return each_once([end for span in self.spans for end in span.ends])

    @property
    def takes_null(self) -> bool:
        """Whether no value at all passes: it is equal to none, and compares with none."""
        return self.negated and all(span.low == span.high for span in self.spans)

    def holds(self, value: Value) -> bool:
        """Return whether a value passes."""
        return any(span.holds(value) for span in self.spans) != self.negated


def kind_of(value: Value) -> Kind:
    """Return what kind of value it is."""
    match value:
        case bool():
            return "boolean"
        case str():
            return "string"
        case Decimal():
            return "number"
    return "date"


def each_once(values: Sequence[Value]) -> tuple[Value, ...]:
    """Return values without those that stand there already; `true` is not the number one."""
    return tuple({(kind_of(one), one): one for one in values}.values())


def _place(value: Value) -> Decimal:
    """Return where a number or a day stands among others of its kind."""
    return Decimal(value.toordinal() if isinstance(value, date) else value)


def parse_tests(text: str) -> Tests | None:
    """Return what a cell takes; None for any value. Raises FeelError."""
    if text.strip() in ANYTHING:
        return None
    return _Parser(text).tests()


def parse_allowed(text: str) -> Tests | None:
    """Return the values that an input can have; None for any. Raises FeelError.

    Null stands there for "may be unknown", which every fact may be, and is passed over.
    """
    if text.strip() in ANYTHING:
        return None
    tests = _Parser(text, nullable=True).tests()
    return tests if tests.spans else None


def parse_value(text: str) -> Value:
    """Return the one value that a text is. Raises FeelError."""
    return _Parser(text).alone()


def parse_values(text: str) -> tuple[Value, ...]:
    """Return the values of a list, null aside; of an empty text none. Raises FeelError."""
    tests = parse_allowed(text)
    if tests is None:
        return ()
    if tests.negated or any(one.low != one.high for one in tests.spans):
        raise FeelError(f"`{' '.join(text.split())}` is no list of values", "list every value")
    return tests.values


class _Token(NamedTuple):
    kind: str
    text: str


class _Parser:
    """Reads one text from left to right."""

    def __init__(self, text: str, *, nullable: bool = False) -> None:
        self._text = text.strip()
        self._nullable = nullable
        self._tokens = self._scan()
        self._at = 0

    def _scan(self) -> Sequence[_Token]:
        tokens, at = list[_Token](), 0
        while at < len(self._text):
            found = _TOKEN.match(self._text, at)
            if found is None:
                self._refuse()
            kind = found.lastgroup or ""
            tokens.append(_Token(kind, found[kind]))
            at = found.end()
        return tokens

    def tests(self) -> Tests:
        negated = self._take("not")
        if negated:
            self._expect("(")
        elif self._peek(1) == "!=" or self._peek() == "!=":
            self._take("?")
            self._expect("!=")
            return self._ended(Tests((self._point(),), negated=True))
        spans = [*self._listed()]
        while self._take(","):
            spans += self._listed()
        if negated:
            self._expect(")")
        return self._ended(Tests(tuple(spans), negated))

    def alone(self) -> Value:
        return self._ended(self._value())

    def _listed(self) -> tuple[Span, ...]:
        return () if self._nullable and self._take("null") else (self._test(),)

    def _test(self) -> Span:
        asked = self._take("?")
        for sign in ("<=", "<", ">=", ">"):
            if self._take(sign):
                end, is_open = self._value(ordered=True), len(sign) == 1
                if sign[0] == "<":
                    return Span(None, end, high_open=is_open)
                return Span(end, None, low_open=is_open)
        if self._take("="):
            return self._point()
        if asked:
            self._refuse()
        for sign in "[(]":
            if self._take(sign):
                return self._range(low_open=sign != "[")
        return self._point()

    def _range(self, *, low_open: bool) -> Span:
        low = self._value(ordered=True)
        self._expect("..")
        high = self._value(ordered=True)
        if kind_of(low) != kind_of(high):
            self._refuse("a range between two kinds of values", "give both ends one type")
        if _place(low) > _place(high):
            self._refuse("a range that ends before it begins", "write its lower end first")
        closing = self._next().text
        if closing not in ("]", ")", "["):
            self._refuse()
        return Span(low, high, low_open, closing != "]")

    def _point(self) -> Span:
        value = self._value()
        return Span(value, value)

    def _value(self, *, ordered: bool = False) -> Value:
        token = self._next()
        value: Value
        match token.kind, token.text:
            case "string", text:
                value = _unescaped(text)
            case "number", text:
                value = Decimal(text)
            case "sign", "-" if self._kind() == "number":
                value = -Decimal(self._next().text)
            case "name", "true" | "false":
                value = token.text == "true"
            case "sign", "@":
                value = self._day()
            case "name", "date" if self._peek() == "(":
                self._expect("(")
                value = self._day()
                self._expect(")")
            case _:
                self._refuse()
        if ordered and kind_of(value) not in ("number", "date"):
            what = "an order of texts or truth values"
            self._refuse(what, "list the values that are meant")
        return value

    def _day(self) -> date:
        token = self._next()
        text = _unescaped(token.text) if token.kind == "string" else ""
        try:
            if token.kind == "number":  # date(2024, 5, 6)
                numbers = [token.text]
                while self._take(","):
                    numbers.append(self._next().text)
                text = "{:0>4}-{:0>2}-{:0>2}".format(*numbers) if len(numbers) == 3 else ""
            return date.fromisoformat(text if _DAY.fullmatch(text) else "")
        except ValueError:
            self._refuse("a moment, a length of time or no day at all", "write days as 2024-05-06")

    # The tokens, one by one

    def _peek(self, ahead: int = 0) -> str:
        at = self._at + ahead
        return self._tokens[at].text if at < len(self._tokens) else ""

    def _kind(self) -> str:
        return self._tokens[self._at].kind if self._at < len(self._tokens) else ""

    def _next(self) -> _Token:
        if self._at == len(self._tokens):
            self._refuse()
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, text: str) -> bool:
        # A text in quotes keeps its quotes here, so that it is never taken for a sign.
        found = self._peek() == text
        self._at += found
        return found

    def _expect(self, text: str) -> None:
        if not self._take(text):
            self._refuse()

    def _ended(self, read: _T) -> _T:
        if self._at < len(self._tokens):
            self._refuse()
        return read

    def _refuse(self, what: str = "", hint: str = "") -> NoReturn:
        shown = " ".join(self._text.split())
        if not shown:
            raise FeelError("is empty", "write a value")
        if not what and re.search(r"\bnull\b", re.sub(r'"[^"]*"', "", shown)):
            raise FeelError(f"`{shown}` tests on null", IS_NULL)
        if what:
            raise FeelError(f"`{shown}` is {what}", hint)
        raise FeelError(f"`{shown}` is no value, list or range: it would be computed", COMPUTED)


def _unescaped(quoted: str) -> str:
    def one(found: re.Match[str]) -> str:
        sign = found[1]
        return chr(int(sign[1:], 16)) if len(sign) == 5 else _ESCAPED.get(sign, sign)

    return _ESCAPE.sub(one, quoted[1:-1])
