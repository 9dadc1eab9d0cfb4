"""Whatever is in a file, it is read or refused: nothing else comes of it."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from dmn.models import ALL_KINDS
from examples import examples
from routeengine.dmn import import_model
from routeengine.errors import RuleSetError

LINES = ALL_KINDS.decode().splitlines()

WHAT = st.sampled_from(["drop", "twice", "text", "tag"])
TEXTS = st.sampled_from(
    ["-", "", "null", "Age", "Shared", "[0..", '"x"', "1.234", "tAge", "tCase", "9" * 40, "not(-)",
     'date("2024-01-01")', "Case", "Case.Sum.Sum", "Shared.a", "COLLECT", "true"]
)  # fmt: skip


@settings(max_examples=examples(600))
@given(st.data())
def test_damaged_models_are_read_or_refused(data: st.DataObject) -> None:
    """Elements left out, doubled or filled otherwise give rules that load, or refusals."""
    lines = list(LINES)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(1, len(lines) - 2))
        match data.draw(WHAT):
            case "drop":
                del lines[place]
            case "twice":
                lines.insert(place, lines[place])
            case "text":
                text = data.draw(TEXTS).replace("<", "&lt;")
                lines[place] = f"<text>{text}</text>"
            case _:
                lines[place] = data.draw(
                    st.sampled_from(["<rule/>", "<input/>", "<output/>", "<x/>"])
                )
    written = "\n".join(lines).encode()
    for as_facts in (False, True):
        imported = None
        with suppress(RuleSetError):  # no XML any more
            imported = import_model(written, "m.dmn", as_facts=as_facts)
        if imported is not None and imported.files:
            imported.ruleset()
