"""A lane program as one Python function: its steps in a row, without a loop over them.

For words of a few thousand lanes the loop costs as much as the steps themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from routeengine.symbolic.program import Program, Rows

__all__ = ["Run", "straight"]

Run: TypeAlias = Callable[[Rows[int], int, int], list[int]]
"""As `Program.run`, on integers."""

MOST_STEPS = 20_000
"""Steps that are written out; it takes some 6 µs to compile each."""


def straight(program: Program) -> Run:
    """Write a program out as a function; one of very many steps stays a loop."""
    if len(program.steps) > MOST_STEPS:
        return program.run
    # INVARIANT: nothing but numbers goes into the text, so it can say nothing else.
    lines = ["def run(may, s0, s1):"]
    lines += [
        f"    s{slot} = may[{level}][{cell}]"
        for slot, (level, cell) in enumerate(program.inputs, 2)
    ]
    lines += [
        f"    s{into} = s{left} {'&' if both else '|'} s{right}"
        for both, left, right, into in program.steps
    ]
    lines.append(f"    return [{', '.join(f's{slot}' for slot in program.outputs)}]")
    names: dict[str, Run] = {}
    code = compile("\n".join(lines), "<lane program>", "exec")
    exec(code, names)  # noqa: S102  its text was made above, of numbers alone
    return names["run"]
