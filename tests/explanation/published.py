"""Who could publish pages: all that a letter needs, made up, and of the length that it has."""

from __future__ import annotations

from dataclasses import replace

from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.wording import Contact, Publication, Right

__all__ = ["published"]


def published(ruleset: RuleSet) -> RuleSet:
    """Return a rule set of which the owner has laid down all that a letter needs."""
    rights = (
        (
            "Klopt een gegeven niet?",
            "Bel of mail ons. Uw consulent past het aan. Daarna maken wij het advies opnieuw.",
            "Is a fact wrong?",
            "Call or mail us. Your consultant corrects the fact. Then we make the advice anew.",
        ),
        (
            "Wilt u erover praten?",
            "Dat kan altijd. U mag iemand meenemen naar het gesprek.",
            "Do you want to talk about it?",
            "You always can. You may bring somebody along to the talk.",
        ),
        (
            "Bent u het er niet mee eens?",
            "Zeg het tegen uw consulent. Hoe het verder gaat bij een besluit, staat in die brief.",
            "Do you disagree?",
            "Tell your consultant. What you can do after a decision stands in that letter.",
        ),
        (
            "Heeft u een klacht?",
            "Dan kunt u die indienen bij de gemeente. Wij helpen u daarbij als u dat wilt.",
            "Do you have a complaint?",
            "Then you can make it to the municipality. We help you with that if you like.",
        ),
    )
    publication = Publication(
        municipality={"nl": "Gemeente Voorbeeld", "en": "Municipality of Example"},
        team={"nl": "Team meedoen", "en": "Team participation"},
        contact=Contact(phone="070 000 00 00", email="meedoen@gemeente.example"),
        reply_within_days=14,
        rights=tuple(
            Right(f"right_{number}", {"nl": a, "en": c}, {"nl": b, "en": d})
            for number, (a, b, c, d) in enumerate(rights, 1)
        ),
        not_about={"nl": "Het gaat niet over uw uitkering.", "en": "It is not about your benefit."},
        time_zone="Europe/Amsterdam",
    )
    return replace(ruleset, publication=publication)
