"""The three files of a certificate with one thing in them made otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

from portable.certified import Files

__all__ = ["spoil"]

JUNK: tuple[Any, ...] = (
    None, True, False, -1, 0, 1, 2, 2**53, 2**70, "", "x", [], {}, [0], [[0, 0]], {"is": "All"},
)  # fmt: skip


def places(data: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every container in some data with each of its keys or places."""
    todo = [data]
    while todo:
        one = todo.pop()
        keys = one.keys() if isinstance(one, dict) else range(len(one))
        for key in keys:
            yield one, key
            if isinstance(one[key], dict | list):
                todo.append(one[key])


def spoil(draw: Random, files: Files) -> Files:
    """Give files of which one value is another: mostly one that could stand there as well."""
    spoiled = deepcopy(files)
    name = draw.choice([name for name in ("artefact", "certificate", "rules") if name in files])
    if name == "artefact" and draw.random() < 0.5:
        _redirect(draw, spoiled["artefact"])
        return spoiled
    container, key = draw.choice(list(places(spoiled[name])))
    change = draw.randrange(4)
    before = container[key]
    if change == 0 and isinstance(container, list):
        del container[key]
    elif change == 1 and isinstance(container, list):
        container.insert(key, draw.choice(container))
    elif change < 3:
        like = [one[at] for one, at in places(spoiled) if type(one[at]) is type(before)]
        container[key] = deepcopy(draw.choice(like))
    else:
        container[key] = draw.choice(JUNK)
    return spoiled


def _redirect(draw: Random, artefact: Any) -> None:
    """Lead one child or root elsewhere in the diagrams."""
    first = len(artefact["leaves"])
    roots = [
        (one, key)
        for one, key in places([artefact["decisions"], artefact["couplings"], artefact["flags"]])
        if key in ("root", "wins")
    ]
    children = [(node, at) for node in artefact["nodes"] for at in range(1, len(node))]
    container, key = draw.choice([*roots, *children])
    container[key] = draw.randrange(first + len(artefact["nodes"]))
