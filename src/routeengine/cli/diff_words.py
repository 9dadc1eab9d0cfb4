"""The words of `routeengine diff`, per language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DiffWords:
    """What stands around the labels of the rule set."""

    same: str
    differs: str
    facts: str
    new: str
    gone: str
    renamed: str
    values_lost: str
    values_gained: str
    decision: str
    flag: str
    now_possible: str
    no_longer: str
    raised: str
    not_raised: str
    gap: str
    overlap: str
    none: str
    various: str
    size: str
    always: str
    one_of: str
    one_of_alone: str
    everyone: str
    instance: str
    left_over: str
    reading: str
    reads_too: str
    reads_no_more: str
    evidence: str
    undetermined: str
    clients: str
    moved: str
    nobody: str
    unusable: str
    was_now: str


WORDS = {
    "nl": DiffWords(
        same="De twee versies betekenen hetzelfde.",
        differs="De twee versies betekenen niet hetzelfde.",
        facts="Gegevens",
        new="nieuw: {name}",
        gone="vervallen: {name}",
        renamed="andere naam: {name}",
        values_lost="{name}: niet meer mogelijk is {values}",
        values_gained="{name}: nu ook mogelijk is {values}",
        decision="de beslissing {name}",
        flag="signaal ‘{name}’",
        now_possible="gegevens die nu samen kunnen gaan",
        no_longer="gegevens die niet meer samen kunnen gaan",
        raised="aan",
        not_raised="uit",
        gap="geen regel past",
        overlap="meer regels passen",
        none="geen keuze genoemd",
        various="wisselende keuzes",
        size="{combinations} combinaties van gegevens, {profiles} volledige profielen",
        always="Steeds geldt: {words}.",
        one_of="En daarbij een van deze:",
        one_of_alone="Een van deze:",
        everyone="wat de gegevens ook zijn",
        instance="bijvoorbeeld: {words}",
        left_over="en verder nog {size}",
        reading="Als gegevens elkaar tegenspreken, kan {decision} anders uitkomen:",
        reads_too="leest nu ook {names}",
        reads_no_more="leest niet meer {names}",
        evidence="Een dossier weegt de waarnemingen anders.",
        undetermined="Te groot om te vergelijken: {names}.",
        clients="{number} cliënten vergeleken",
        moved="Cliënten die verschuiven: {number}",
        nobody="Geen cliënt verschuift.",
        unusable="niet te gebruiken",
        was_now="was, nu",
    ),
    "en": DiffWords(
        same="The two versions mean the same.",
        differs="The two versions do not mean the same.",
        facts="Facts",
        new="new: {name}",
        gone="gone: {name}",
        renamed="another name: {name}",
        values_lost="{name}: no longer possible is {values}",
        values_gained="{name}: now also possible is {values}",
        decision="the decision {name}",
        flag="flag ‘{name}’",
        now_possible="facts that can now stand together",
        no_longer="facts that can no longer stand together",
        raised="raised",
        not_raised="not raised",
        gap="no rule fits",
        overlap="more rules fit",
        none="no candidate named",
        various="various candidates",
        size="{combinations} combinations of facts, {profiles} full profiles",
        always="Always: {words}.",
        one_of="And with that one of these:",
        one_of_alone="One of these:",
        everyone="whatever the facts are",
        instance="for instance: {words}",
        left_over="and besides {size}",
        reading="Where facts contradict each other, {decision} may come out otherwise:",
        reads_too="now also reads {names}",
        reads_no_more="no longer reads {names}",
        evidence="A dossier weighs observations otherwise.",
        undetermined="Too large to be compared: {names}.",
        clients="{number} clients compared",
        moved="Clients who move: {number}",
        nobody="No client moves.",
        unusable="cannot be used",
        was_now="was, is",
    ),
}
"""Every language of the command line."""
