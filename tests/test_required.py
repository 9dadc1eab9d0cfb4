"""The claims of `required`: absent is skipped aloud, and fails where it has to be there."""

from __future__ import annotations

import pytest

from required import required


def test_what_is_there_is_tested(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is skipped where nothing is absent."""
    monkeypatch.setenv("ROUTEENGINE_REQUIRE", "java")
    required("java", None)


def test_what_is_absent_is_skipped_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads the summary sees what was not tested, and why."""
    monkeypatch.setenv("ROUTEENGINE_REQUIRE", "other")
    with pytest.raises(pytest.skip.Exception, match="without java: there is no `java`"):
        required("java", "there is no `java`")


def test_what_the_gate_requires_fails_where_it_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the gate nothing is skipped for want of an installation."""
    monkeypatch.setenv("ROUTEENGINE_REQUIRE", "other,java")
    with pytest.raises(pytest.fail.Exception, match="java is required here: there is no `java`"):
        required("java", "there is no `java`")
