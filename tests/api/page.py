"""Writes docs/api.md: `python tests/api/page.py` makes the page again.

The names are those that the package itself, its packages and the modules at its top list in
`__all__`. What is said of each is the first sentence of its docstring. Both are read from the
source without importing it, so that no optional package is needed.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PAGE = ROOT / "docs/api.md"

INNER = ("routeengine.cli", "routeengine.i18n", "routeengine.lazy")
"""What the packages share among themselves: listed apart, and not promised."""

MODULE = re.compile(r"##+ (?P<module>routeengine[\w.]*)")
"""A heading of the page, above the names of a module."""

NAME = re.compile(r"\| `(?P<name>\w+)` \|")
"""How the row of a name begins."""

HEAD = """\
# Every public name

One line for each name that `routeengine`, its packages and its top-level modules list in
`__all__`: the first sentence of its docstring. On the site each name leads to its signature and
the whole of its docstring, which `help()` and editors show too. [What we promise](promises.md) says
what may change, and when. Everything else is internal. `python tests/api/page.py` writes this page,
and a test fails if it is out of date.
"""

SHARED = """
## Shared between the packages

Also listed in `__all__`, for the library's own use. Nothing is promised about these.
"""


class Source:
    """The modules of a package, by their names with dots."""

    def __init__(self, package: Path) -> None:
        self.trees: dict[str, ast.Module] = {}
        for path in sorted(package.rglob("*.py")):
            parts = path.relative_to(package.parent).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            self.trees[name] = ast.parse(path.read_text(encoding="utf-8"))

    def public(self, module: str) -> list[str]:
        """Return what a module lists in `__all__`."""
        for node in self.trees[module].body:
            match node:
                case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=names)):
                    return [ast.literal_eval(name) for name in names]
        return []

    def docstring(self, module: str, name: str) -> str:
        """Return the docstring of a name, wherever it is defined; empty if it has none."""
        # What a type checker is told instead of the truth is no part of the page.
        body = [
            one
            for node in self.trees[module].body
            for one in (isinstance(node, ast.If) and node.orelse) or [node]
        ]
        for node, following in zip(body, [*body[1:], None], strict=True):
            match node:
                case ast.ClassDef(name=found) | ast.FunctionDef(name=found) if found == name:
                    return ast.get_docstring(node) or ""
                case (
                    ast.Assign(targets=[ast.Name(id=found)])
                    | ast.AnnAssign(target=ast.Name(id=found))
                ) if found == name:
                    match following:
                        case ast.Expr(value=ast.Constant(value=str(text))):
                            return text
                    return ""
        for inner in ast.walk(self.trees[module]):
            match inner:
                case ast.ImportFrom(module=str(origin), names=names) if origin in self.trees:
                    if name in [alias.name for alias in names]:
                        return self.docstring(origin, name)
        return ""


def sentence(text: str) -> str:
    """Return the first sentence of a docstring, on one line."""
    first = " ".join(text.strip().partition("\n\n")[0].split())
    return re.split(r"(?<=\.)\s+(?=[A-Z`])", first, maxsplit=1)[0]


def section(source: Source, module: str) -> Iterator[str]:
    """Yield the part of the page on one module."""
    said = sentence(ast.get_docstring(source.trees[module]) or "")
    yield f"\n## {module}\n\n{said}\n\n| name | what it is |\n| --- | --- |\n"
    for name in source.public(module):
        what = sentence(source.docstring(module, name)).replace("|", "\\|")
        yield f"| `{name}` | {what} |\n"


def page(package: Path) -> str:
    """Return the whole page for the package in a folder."""
    source = Source(package)
    public = [module for module in source.trees if source.public(module)]
    parts = [HEAD]
    for module in public:
        if module not in INNER:
            parts += section(source, module)
    parts.append(SHARED)
    for module in public:
        if module in INNER:
            parts += (text.replace("\n## ", "\n### ") for text in section(source, module))
    return "".join(parts)


if __name__ == "__main__":
    sys.stdout.write(f"{PAGE}\n")
    PAGE.write_text(page(ROOT / "src/routeengine"), encoding="utf-8")
