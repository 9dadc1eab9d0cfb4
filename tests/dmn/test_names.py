"""Whatever a model calls things, the rules that are made of it load."""

from __future__ import annotations

from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from dmn.models import Column, Table, model
from examples import examples
from routeengine.dmn import import_model
from routeengine.dmn.names import Names, clean, decision_id, fact_id, file_id, label_of, word_id

TEXTS = st.text(alphabet="aAbé0 _-'.\u202e\u00a0\x07{}:#“\\", max_size=12) | st.sampled_from(
    ["review", "not_applicable", "flags", "all", "decision", "client_id", "true", "ja", "null",
     "x_status", "plan_missing", "no", "~", "- a", "0", "1.5", "other", "(other)", "Age", "age"]
)  # fmt: skip


def quoted(text: str) -> str:
    """Return a text as FEEL writes it."""
    escaped = text.replace("\\", "\\\\")
    return f'"{escaped}"'


@settings(max_examples=examples(200))
@given(
    st.lists(TEXTS, min_size=6, max_size=6),
    st.sampled_from(["en", "nl"]),
    st.sampled_from([25, 0]),
)
def test_any_names_load(names: list[str], language: str, long: int) -> None:
    """Names with any signs, empty ones, reserved words and names alike become ids and labels."""
    one, other, first, second, *texts = (text.replace("\x07", "") for text in names)
    values = Column(f"In {first}", "string", ", ".join(map(quoted, dict.fromkeys((first, second)))))
    free = Column(f"In {second}.", "string")
    rows = [[quoted(first), quoted(text), quoted(text)] for text in texts]
    tables = [
        Table(f"D {name}{place}", [values, free], [Column("")], rows, notes=[name, "=1", "", "@x"])
        for place, name in enumerate((one, other))
    ]
    data = model(*tables, name=one)
    with patch("routeengine.dmn.document.LONG", long):
        imported = import_model(data, "made.dmn", language=language)
    if not imported.refusals:
        assert len(imported.ruleset().decisions) == 2


def test_ids() -> None:
    """Ids keep what can be kept, and mean nothing of their own."""
    assert fact_id("Ouder dan 18?") == "ouder_dan_18"
    assert fact_id("18+") == "x_18"
    assert fact_id("…") == "x"
    assert fact_id("all") == "all_"
    assert decision_id("Loan status") == "loan_status_"
    assert word_id("VERY LOW") == "VERY_LOW"
    assert word_id("") == "empty"
    assert word_id("review") == "review_"
    assert file_id("Één model") == "een-model"
    assert file_id("?") == "model"
    assert len(fact_id("a " * 99)) <= 40
    assert [fact_id(name) for name in ("a_fact_of_ours", "x" * 55)] == ["a_fact_of_ours", "x" * 55]


def test_labels() -> None:
    """Labels are one line that can be shown, and differ where they have to."""
    assert clean("a\n b\u202e\x07c") == "a b c"
    assert label_of("\u202e") == "(empty)"
    assert clean("x" * 300) == "x" * 199 + "…"
    names = Names()
    assert names.both("Age", fact_id) == ("age", "Age")
    assert names.both("age", fact_id) == ("age_2", "age (2)")
    assert names.both(" ", fact_id) == ("x", "(empty)")
    assert names.id("Age", fact_id) == "age_3"
