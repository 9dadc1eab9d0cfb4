"""Every small fault that can be made in a module of Python.

A fault replaces one piece of the text and leaves the rest as it is, so that a mutant is the module
as it was written but for that. Left out is what no test should pin down: documentation,
annotations, decorators, `__all__`, and what only type checkers read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

__all__ = ["KINDS", "Fault", "Kind", "faults_in"]

Kind: TypeAlias = Literal[
    "comparison", "logic", "condition", "arithmetic", "number", "text", "return", "statement"
]
"""What a fault is about. `text` is words and names; all others change what is worked out."""

KINDS: tuple[Kind, ...] = get_args(Kind)

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip

OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult,
    ast.LShift: ast.RShift, ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitOr,
}  # fmt: skip

MARK = "~"
"""What is put behind a text that is changed."""

LONGEST_SHOWN = 70
"""Characters of code that a report repeats at most."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: at which line, of what kind, and which bytes it puts in place of which."""

    line: int
    kind: Kind
    start: int
    end: int
    before: str
    after: str

    def __str__(self) -> str:
        """Give what becomes what, on one line."""
        return f"{self.kind}: {_short(self.before)} becomes {_short(self.after)}"

    def put_in(self, source: str) -> str:
        """Give the text of the module with this fault."""
        data = source.encode()
        return (data[: self.start] + self.after.encode() + data[self.end :]).decode()


def _short(code: str) -> str:
    flat = " ".join(code.split())
    return f"`{flat}`" if len(flat) <= LONGEST_SHOWN else f"`{flat[: LONGEST_SHOWN - 1]}…`"


def faults_in(source: str) -> Iterator[Fault]:
    """Yield every fault of a module, in the order of the nodes that it has."""
    data = source.encode()
    begins = [0]
    for line in data.splitlines(keepends=True):
        begins.append(begins[-1] + len(line))
    for node in _code(ast.parse(source)):
        for kind, old, new in _changes(node):
            start = begins[old.lineno - 1] + old.col_offset
            end = begins[(old.end_lineno or 0) - 1] + (old.end_col_offset or 0)
            yield Fault(old.lineno, kind, start, end, data[start:end].decode(), new)


def _code(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a tree that are worth changing."""
    todo = [tree]
    while todo:
        node = todo.pop()
        yield node
        todo += reversed(list(_inside(node)))


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes in a node, but for those that no test should pin down."""
    match node:
        case ast.FunctionDef():
            yield from node.args.defaults
            yield from (one for one in node.args.kw_defaults if one is not None)
            yield from node.body
        case ast.ClassDef():
            yield from node.body
        case ast.AnnAssign(annotation=ast.Name(id="TypeAlias")):
            pass
        case ast.AnnAssign(value=value):
            yield from () if value is None else (value,)
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            pass
        case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=orelse):
            yield from orelse
        case ast.Call(func=ast.Name(id="TypeVar" | "cast"), args=[_, *rest]):
            yield from rest
        # What stands in an f-string has no place of its own before Python 3.12.
        case ast.Expr(value=ast.Constant()) | ast.JoinedStr():
            pass
        case _:
            yield from ast.iter_child_nodes(node)


Change: TypeAlias = tuple[Kind, ast.expr | ast.stmt, str]
"""Of what kind, which node, and the code that comes in its place."""


def _changes(node: ast.AST) -> Iterator[Change]:
    """Yield what can be put in the place of a node or of what stands directly in it."""
    match node:
        case ast.stmt():
            yield from _changes_of_statement(node)
        case ast.Constant() | ast.JoinedStr():
            yield from _changes_of_value(node)
        case ast.Compare(left=left, ops=[op], comparators=comparators):
            other = ast.Compare(left, [COMPARISONS[type(op)]()], comparators)
            yield "comparison", node, _code_of(other)
        case ast.BoolOp(op=op, values=values):
            opposite = ast.Or() if isinstance(op, ast.And) else ast.And()
            yield "logic", node, _code_of(ast.BoolOp(opposite, values))
            for number in range(len(values)):
                rest = values[:number] + values[number + 1 :]
                yield "logic", node, _code_of(ast.BoolOp(op, rest) if rest[1:] else rest[0])
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "logic", node, _code_of(operand)
        case ast.UnaryOp(op=ast.USub() | ast.Invert(), operand=operand):
            yield "arithmetic", node, _code_of(operand)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            yield "arithmetic", node, _code_of(ast.BinOp(left, OPERATORS[type(op)](), right))
        case ast.IfExp(test=test):
            yield "condition", test, "True"
            yield "condition", test, "False"
        case ast.comprehension(ifs=ifs):
            yield from (("condition", one, "True") for one in ifs)


def _changes_of_value(node: ast.Constant | ast.JoinedStr) -> Iterator[Change]:
    match node:
        case ast.Constant(value=bool() | int() as value):
            changed = not value if isinstance(value, bool) else value + 1
            yield "number", node, repr(changed)
        case ast.Constant(value=str() as text):
            yield "text", node, repr(text + MARK)
        case ast.Constant(value=bytes() as raw):
            yield "text", node, repr(raw + MARK.encode())
        case ast.JoinedStr(values=values):
            yield "text", node, ast.unparse(ast.JoinedStr([*values, ast.Constant(MARK)]))


def _changes_of_statement(node: ast.stmt) -> Iterator[Change]:
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            pass
        case ast.If(test=test):
            yield "condition", test, "True"
            yield "condition", test, "False"
        case ast.While(test=test):
            yield "condition", test, "False"
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
            yield "return", node, "return None"
        case ast.Continue():
            yield "statement", node, "break"
        case ast.Expr(value=ast.Constant()):
            pass
        case ast.Expr() | ast.Raise() | ast.Delete():
            yield "statement", node, "pass"
        case ast.AugAssign(op=op):
            yield "statement", node, "pass"
            other = ast.AugAssign(node.target, OPERATORS[type(op)](), node.value)
            yield "arithmetic", node, ast.unparse(other)
        # Without a plain name that is assigned, little would run at all.
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield "statement", node, "pass"


def _code_of(expression: ast.expr) -> str:
    return f"({ast.unparse(expression)})"
