"""Every part of a rule set, with the path at which it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from routeengine.ruleset.conditions import Condition
from routeengine.ruleset.flaws import Path

_KEYS = {
    "refusals": ("refused",),
    "expectations": ("expect",),
    "acceptances": ("accept",),
    "no_candidates_because": ("because",),
    # Grounds have no key of their own: their keys stand beside those of what they are of.
    "grounds": (),
}


def parts(part: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """Yield a rule set, or a part of one, and all parts in it, each with its path.

    A part is what has a class of its own, or a text. A condition is one, and those that it combines
    are none. Of several in a list, each has its id in its path: `("decisions", "route", "rules",
    "a")`. A rule set's own texts stand in the header, `("ruleset", "title")`.
    """
    yield path, part
    if not is_dataclass(part) or isinstance(part, Condition):
        return
    for field in fields(part):
        value = getattr(part, field.name)
        at = (*path, *_KEYS.get(field.name, (field.name,)))
        # Annotations are kept as they are written.
        if field.type in {"Text", "Text | None"} and value is not None:
            yield at if path else ("ruleset", *at), value
        # Places, which are not compared, are no parts.
        elif field.compare and is_dataclass(value):
            yield from parts(value, at)
        for one in value if isinstance(value, tuple) else ():
            if hasattr(one, "id"):
                yield from parts(one, (*at, one.id))
