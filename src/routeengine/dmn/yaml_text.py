"""YAML as a person writes it: what belongs together in one line, with comments."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeAlias

Node: TypeAlias = Any
"""What can be written: a scalar, a list, a mapping, or one of these with a comment."""

WIDTH: Final = 100

_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*")
_WORDS_OF_YAML: Final = frozenset(("true", "false", "yes", "no", "on", "off", "null", "y", "n"))


@dataclass(frozen=True, slots=True)
class Noted:
    """Something with a comment: on the line above it, or behind it."""

    node: Node
    above: tuple[str, ...] = ()
    behind: str = ""


def yaml_text(document: Mapping[str, Node], head: tuple[str, ...] = ()) -> str:
    """Return a document in YAML, after lines of comment."""
    lines = [f"# {line}".rstrip() for line in head]
    return "\n".join([*lines, *_block(document, 0)]) + "\n"


def _block(node: Mapping[str, Node], depth: int) -> Iterator[str]:
    indent = "  " * depth
    for key, one in node.items():
        noted = one if isinstance(one, Noted) else Noted(one)
        for line in noted.above:
            yield f"{indent}# {line}"
        behind = f"   # {noted.behind}" if noted.behind else ""
        name, within = f"{indent}{_scalar(key, key=True)}:", noted.node
        if _fits(within, WIDTH - len(name) - 1):
            yield f"{name} {flow(within)}{behind}"
        elif isinstance(within, Mapping):
            yield f"{name}{behind}"
            yield from _block(within, depth + 1)
        else:
            yield f"{name}{behind}"
            yield from (f"{indent}  - {flow(item)}" for item in within)


def _fits(node: Node, width: int) -> bool:
    """Return whether something stands in one line: a scalar always, and what is small and short."""
    if not isinstance(node, Mapping | list):
        return True
    return _is_small(node) and len(flow(node)) <= width


def _is_small(node: Node) -> bool:
    """Return whether it is a list, or a mapping in which no other has more than one key."""
    if isinstance(node, list):
        return True
    return not any(
        isinstance(one, Noted)
        or (isinstance(one, Mapping) and (len(one) > 1 or not _is_small(one)))
        for one in node.values()
    )


def flow(node: Node) -> str:
    """Return something in one line."""
    match node:
        case Mapping():
            pairs = (f"{_scalar(key, key=True)}: {flow(one)}" for key, one in node.items())
            return f"{{{', '.join(pairs)}}}"
        case list():
            return f"[{', '.join(map(flow, node))}]"
    return _scalar(node)


def _scalar(value: str | bool | int | Decimal | date, *, key: bool = False) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | date():
            return str(value)
        case Decimal():
            return plain_number(value)
    is_plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS_OF_YAML
    return value if is_plain or key else json.dumps(value, ensure_ascii=False)


def plain_number(value: Decimal) -> str:
    """Return a number in digits, without zeros at its end."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
