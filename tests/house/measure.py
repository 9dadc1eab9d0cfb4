"""Measures the code under `src`: how much there is, how long its parts are, and who imports whom.

    python tests/house/measure.py
    python tests/house/measure.py --check

It prints a table. With `--check` the exit status is 1 when a figure is past its bar. A bar is
lowered as the code gets better; raising one takes a reason in the commit.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

ROOT = Path(__file__).resolve().parents[2]

BARS: dict[str, int] = {
    "code lines": 37_939,
    "modules": 312,
    "longest file": 379,
    "longest function": 45,
    "longest step of a command": 36,
    "largest command": 174,
    "comment lines": 1_000,
    "modules in an import cycle": 0,
    "small rooms": 0,
}
"""The most that is allowed, and of comment lines the least: what holds today."""

SMALL = 60
"""Lines below which a module with a single importer should be part of that importer."""

DIRECTIVE = re.compile(r"#\s*(noqa|type:|fmt:|pyright:|mypy:|pragma:)")
"""A comment for a tool: it explains nothing."""

Imports: TypeAlias = Mapping[str, AbstractSet[str]]
"""Per module the modules of the same tree that it imports."""


@dataclass(frozen=True)
class Module:
    """One file: its name with dots, its syntax tree, and its lines."""

    name: str
    is_package: bool
    tree: ast.Module
    lines: int
    code_lines: int
    comment_lines: int

    @property
    def length(self) -> int:
        """How many lines it has, docstrings aside: to explain more makes nothing longer."""
        return self.lines - len(docstrings(self.tree))

    @property
    def functions(self) -> Iterator[tuple[str, int]]:
        """Each function with its length, from `def` to its last line, docstrings aside."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                whole = (node.end_lineno or node.lineno) - node.lineno + 1
                yield node.name, whole - len(docstrings(node))


def read(path: Path, source: Path) -> Module:
    """Read the module in a file somewhere below the folder `source`."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    parts = path.relative_to(source).with_suffix("").parts
    is_package = parts[-1] == "__init__"
    name = ".".join(parts[:-1] if is_package else parts)
    code, comments = count_lines(text, tree)
    return Module(name, is_package, tree, len(text.splitlines()), code, comments)


def count_lines(text: str, tree: ast.Module) -> tuple[int, int]:
    """Count the lines of code and of comments.

    A line of code is one that is not blank, not a comment and not part of a docstring.
    """
    code, comments = set[int](), 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            comments += DIRECTIVE.match(token.string) is None
        elif token.string.strip():
            code.update(range(token.start[0], token.end[0] + 1))
    return len(code - docstrings(tree)), comments


def docstrings(tree: ast.AST) -> set[int]:
    """Return the lines that docstrings stand on.

    Any string that stands alone as a statement is one: attributes are documented that way too.
    """
    found = set[int]()
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant(value=str())):
                found.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return found


def imported(module: Module, names: AbstractSet[str]) -> Iterator[str]:
    """Yield the modules among `names` that a module imports.

    Imports inside functions count, and so do those for type checkers only. `from a import b`
    imports `a.b` if that is a module, and else `a`.
    """
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from names & {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            # `from . import x` in `a.b.c` starts at `a.b`; in the package `a.b` it does so too.
            here = module.name.split(".")
            up = here[: len(here) - node.level + module.is_package] if node.level else []
            base = ".".join([*up, *([node.module] if node.module else [])])
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield from names & {inner if inner in names else base}


def import_graph(modules: Sequence[Module]) -> Imports:
    """Return who imports whom."""
    names = {module.name for module in modules}
    return {module.name: {*imported(module, names)} - {module.name} for module in modules}


def cycles(graph: Imports) -> list[list[str]]:
    """Return the groups of modules that import each other, directly or by way of others."""
    reached = {name: reachable(graph, name) for name in graph}
    groups = {
        frozenset(other for other in reached[name] if name in reached[other])
        for name in graph
        if name in reached[name]
    }
    return sorted(sorted(group) for group in groups)


def reachable(graph: Imports, start: str) -> set[str]:
    """Return what a module imports, directly or by way of others; itself only in a cycle."""
    found = set[str]()
    todo = [*graph[start]]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += graph[name]
    return found


def small_rooms(modules: Sequence[Module], graph: Imports) -> list[tuple[str, int, str]]:
    """Return the short modules that one other module imports: name, lines and importer.

    Only modules inside a package are meant. A package's own `__init__` and the modules at the top
    are public, so their importers are elsewhere too.
    """
    found = []
    for module in modules:
        importers = [name for name, names in graph.items() if module.name in names]
        inside = not module.is_package and module.name.count(".") > 1
        if inside and module.lines < SMALL and len(importers) == 1:
            found.append((module.name, module.lines, importers[0]))
    return found


def is_command(module: Module) -> bool:
    """Say whether a module is a command of the command line: it is in `cli` and has a `run`.

    A command parses, calls and prints; what it decides or writes out belongs below it.
    """
    inside = ".cli." in module.name
    return inside and any(name == "run" for name, _ in module.functions)


def by_part(modules: Sequence[Module]) -> Counter[str]:
    """Return the lines of code per package, and per module at the top."""
    counted = Counter[str]()
    for module in modules:
        counted[".".join(module.name.split(".")[:2])] += module.code_lines
    return counted


def longest(lengths: Iterable[tuple[int, str]], bar: int) -> list[str]:
    """Return what is past its bar, and at least the longest three."""
    ranked = sorted(lengths, reverse=True)
    return [f"{name}: {length}" for n, (length, name) in enumerate(ranked) if n < 3 or length > bar]


@dataclass(frozen=True)
class Measures:
    """All that is measured: the figures, and what stands behind each."""

    figures: Mapping[str, int]
    details: Mapping[str, Sequence[str]]

    @property
    def over(self) -> list[str]:
        """The names of the figures that are past their bar."""
        return [name for name, figure in self.figures.items() if is_over(name, figure)]


def is_over(name: str, figure: int) -> bool:
    """Say whether a figure is past its bar."""
    return figure < BARS[name] if name == "comment lines" else figure > BARS[name]


def measure(source: Path) -> Measures:
    """Measure all modules below a folder, such as `src`."""
    modules = [read(path, source) for path in sorted(source.rglob("*.py"))]
    graph = import_graph(modules)
    files = [(module.length, module.name) for module in modules]
    functions = [
        (length, f"{module.name}.{name}") for module in modules for name, length in module.functions
    ]
    commands = [module for module in modules if is_command(module)]
    steps = [(n, f"{one.name}.{name}") for one in commands for name, n in one.functions]
    larger = [(one.code_lines, one.name) for one in commands]
    circles, rooms = cycles(graph), small_rooms(modules, graph)
    return Measures(
        {
            "code lines": sum(module.code_lines for module in modules),
            "modules": len(modules),
            "longest file": max(files, default=(0, ""))[0],
            "longest function": max(functions, default=(0, ""))[0],
            "longest step of a command": max(steps, default=(0, ""))[0],
            "largest command": max(larger, default=(0, ""))[0],
            "comment lines": sum(module.comment_lines for module in modules),
            "modules in an import cycle": sum(map(len, circles)),
            "small rooms": len(rooms),
        },
        {
            "code lines": [f"{name}: {lines:,}" for name, lines in by_part(modules).most_common()],
            "longest file": longest(files, BARS["longest file"]),
            "longest function": longest(functions, BARS["longest function"]),
            "longest step of a command": longest(steps, BARS["longest step of a command"]),
            "largest command": longest(larger, BARS["largest command"]),
            "modules in an import cycle": [", ".join(group) for group in circles],
            "small rooms": [
                f"{name}: {lines}, imported by {importer}" for name, lines, importer in rooms
            ],
        },
    )


def table(measures: Measures) -> Iterator[str]:
    """Yield the lines of the report, with what stands behind a figure below it."""
    for name, figure in measures.figures.items():
        bar = f"{'at least' if name == 'comment lines' else 'at most'} {BARS[name]:,}"
        mark = "  <-- past its bar" if is_over(name, figure) else ""
        yield f"{name:<28}{figure:>8,}   {bar}{mark}"
        yield from (f"    {detail}" for detail in measures.details.get(name, ()))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; with `--check`, return 1 when something is past its bar."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "src")
    parser.add_argument("--check", action="store_true", help="exit status 1 when past a bar")
    options = parser.parse_args(arguments)
    measures = measure(options.folder)
    sys.stdout.writelines(f"{line}\n" for line in table(measures))
    return 1 if options.check and measures.over else 0


if __name__ == "__main__":
    sys.exit(main())
