"""What happened to clients: a file beside a caseload, and what it says of each of them."""

from routeengine.events.model import Activation, ClientEvents, Decided, Events
from routeengine.events.reading import EVENTS, read_events

__all__ = ["EVENTS", "Activation", "ClientEvents", "Decided", "Events", "read_events"]
