"""The Django app: Open Forms finds the plug-in when it starts."""

from __future__ import annotations

from django.apps import AppConfig


class RouteEngineConfig(AppConfig):
    """Registers the plug-in when all apps are there."""

    name = "openforms_routeengine"
    label = "dmn_routeengine"
    verbose_name = "routeengine"

    def ready(self) -> None:
        """Import the plug-in, which registers it."""
        from openforms_routeengine import plugin  # noqa: F401  # to import it is all
