"""The kit needs an extra, and says so."""

from __future__ import annotations

import sys
from importlib import import_module

import pytest

import routeengine.testing as kit
from routeengine.errors import MissingExtraError


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Hypothesis there is one clear message, and not the name of a module."""
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    monkeypatch.delitem(sys.modules, kit.__name__)
    with pytest.raises(MissingExtraError, match=r"pip install 'routeengine\[testing\]'"):
        import_module(kit.__name__)
