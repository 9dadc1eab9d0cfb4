"""Open Forms, or what stands in for it.

Without more the plug-in is tested with a stand-in of the few classes that it uses. With
OPEN_FORMS_SOURCE, the path of a copy of Open Forms, its own base class, registry and types are
used, and what those import besides (Django, settings, telemetry) is the stand-in: nothing here
starts Open Forms.
"""

from __future__ import annotations

import os
import sys
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

import pytest

SOURCE = os.environ.get("OPEN_FORMS_SOURCE")


class BasePlugin(ABC):
    """What a plug-in of the DMN module has to have."""

    def __init__(self, identifier: str) -> None:
        self.identifier = identifier

    @abstractmethod
    def get_available_decision_definitions(self) -> Any: ...

    @abstractmethod
    def evaluate(self, definition_id: str, *, version: str = "", input_values: Any) -> Any: ...

    @abstractmethod
    def get_decision_definition_parameters(self, definition_id: str, version: str = "") -> Any: ...


@dataclass
class DecisionDefinition:
    """A definition that an editor of forms can choose."""

    identifier: str
    label: str


@dataclass
class DecisionDefinitionVersion:
    """A version of one."""

    id: str
    label: str


@dataclass
class GenericInputOutput:
    """The parameters of a definition."""

    inputs: list[Any]
    outputs: list[Any]


class InvalidPluginConfiguration(Exception):  # noqa: N818  # its name in Open Forms
    """What `check_config` raises."""


class Registry(dict[str, Any]):
    """Plug-ins by their identifier, each an object of its class."""

    def __call__(self, identifier: str) -> Any:
        """Return what registers a class."""

        def add(cls: Any) -> Any:
            self[identifier] = cls(identifier)
            return cls

        return add


def module(name: str, **names: object) -> None:
    """Have a module of this name be there, with these names in it."""
    made = ModuleType(name)
    made.__dict__.update(names)
    sys.modules[name] = made


@pytest.fixture(scope="session")
def registry() -> Any:
    """Return the registry of Open Forms after the plug-in has been imported."""
    translation = MagicMock(get_language=lambda: "en-gb", gettext_lazy=str)
    module("django")
    module("django.utils")
    sys.modules["django.utils.translation"] = translation
    if SOURCE:
        from_source(Path(SOURCE) / "src")
    else:
        for name in ("openforms", "openforms.dmn", "openforms.plugins"):
            module(name)
        module(
            "openforms.dmn.base",
            BasePlugin=BasePlugin,
            DecisionDefinition=DecisionDefinition,
            DecisionDefinitionVersion=DecisionDefinitionVersion,
        )
        module("openforms.dmn.registry", register=Registry())
        types = {"DMNInputOutput": object, "GenericInputOutput": GenericInputOutput}
        module("openforms.dmn.types", **types)
        module(
            "openforms.plugins.exceptions", InvalidPluginConfiguration=InvalidPluginConfiguration
        )
    from openforms_routeengine import plugin

    return plugin.register


def from_source(source: Path) -> None:
    """Take the packages of a copy of Open Forms, with a stand-in for what they import besides."""
    assert (source / "openforms/dmn/base.py").is_file(), "no copy of Open Forms"
    for name in ("openforms", "openforms.dmn", "openforms.plugins"):
        module(name, __path__=[str(source / name.replace(".", "/"))])
    for name in (
        "django.db", "flags", "flags.state", "opentelemetry", "openforms.config",
        "openforms.config.data", "openforms.config.models", "openforms.typing", "openforms.forms",
        "openforms.forms.constants", "openforms.forms.models",
    ):  # fmt: skip
        sys.modules[name] = MagicMock()
