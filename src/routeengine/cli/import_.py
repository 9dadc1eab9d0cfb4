"""`routeengine import`: the tables of a decision model as a folder of rule files, to review."""

from __future__ import annotations

import argparse
from pathlib import Path

from routeengine.caseload.folders import new_folder, write_folder
from routeengine.cli.output import show, tell
from routeengine.dmn import Imported, import_model
from routeengine.dmn.elements import MAX_BYTES
from routeengine.errors import UsageError, shown

FINE, FOUND, FAILED = 0, 1, 2


def run(arguments: argparse.Namespace) -> int:
    """Write the folder; 1 if something of the model is refused, 2 if no decision could be read."""
    folder = new_folder(arguments.output)
    with Path(arguments.model).open("rb") as file:
        data = file.read(MAX_BYTES + 1)  # one more tells that there is too much
    places, places_of = _places(arguments.places)
    imported = import_model(
        data,
        arguments.model,
        language=arguments.lang or "en",
        places=places,
        places_of=places_of,
        as_facts=arguments.as_facts,
    )
    for refusal in imported.refusals:
        tell(refusal.told(arguments.model))
    if unmet := [name for name in places_of if name not in imported.facts]:
        named = ", ".join(f"`{shown(name)}`" for name in unmet)
        raise UsageError(f"`--places` names what is no input that was read: {named}")
    if not imported.files:
        tell(f"{shown(arguments.model)}: no decision can be read, so that nothing is written")
        return FAILED
    imported.ruleset()  # what is written loads
    write_folder(folder, imported.files)
    _tell_what_is_there(imported, shown(arguments.output))
    return FOUND if imported.refusals else FINE


def _places(given: list[tuple[str, int]]) -> tuple[int, dict[str, int]]:
    """Return the decimals of numbers, and those of single inputs."""
    general = [places for name, places in given if not name]
    return (general[-1] if general else 2), {name: places for name, places in given if name}


def _tell_what_is_there(imported: Imported, folder: str) -> None:
    """Say how much was read, and what the author has to confirm."""
    decisions = sum(map(len, imported.answers.values()))
    refused = len({refusal.where.partition(", ")[0] for refusal in imported.refusals})
    scores = f", scores {len(imported.scores)}" if imported.scores else ""
    read = f"decisions {decisions}, facts {len(imported.facts)}{scores}"
    show(f"{folder}: {read}, tables refused {refused}")
    for name, fact in imported.facts.items():
        if unsaid := sorted(fact.domain.unsaid, reverse=True):
            show(f"confirm: {' and '.join(unsaid)} of `{name}`, which the model does not say")
        if fact.domain.open:
            show(f"confirm: the values of `{name}`; `other` is added, as the model lists none")
        if fact.domain.kind == "number":
            show(f"confirm: `{name}` has {fact.domain.places} decimals")
