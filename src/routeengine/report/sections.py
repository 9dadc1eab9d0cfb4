"""What a report counts, section by section; the same for every rule set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from routeengine.pages.render import first_up
from routeengine.report.drafts import Draft, Drawing, Keyed, Names, Sentence
from routeengine.report.groups import Grid, Line, Named, by_column, crossed, listed
from routeengine.report.standing import CONTRADICTION, INSUFFICIENT, REVIEW
from routeengine.ruleset.evidence import ActivationForm
from routeengine.ruleset.model import Decision, Review
from routeengine.suppress import Group

MAX_DRAWN = 8
"""Facts that a picture has; the table has them all."""


class Drafter:
    """Counts everything that a report tells."""

    def __init__(self, names: Names, *, with_events: bool, with_earlier: bool) -> None:
        self.names = names
        self.words = names.words
        self.groups = groups = names.groups
        self._with_events = with_events
        self._with_earlier = with_earlier
        knows = any(one.screened is not None for one in groups.standings)
        self.screened = groups.of(lambda one: one.screened) if knows else groups.everybody
        self.spoken = groups.of(lambda one: one.spoken)
        self.active = groups.of(lambda one: one.form)

    def drafts(self) -> Iterator[Draft]:
        """Yield every section, in order."""
        follow_up = self.names.ruleset.follow_up
        yield self._screened()
        yield self._spoken()
        if follow_up is not None and follow_up.forms:
            yield self._activated(follow_up.forms)
        yield from map(self._path, self.names.roles.later)
        yield self._reviews()
        yield self._missing()
        if follow_up is not None:
            yield self._course()
            yield self._departures()

    def tiles(self) -> tuple[tuple[str, Group, str], ...]:
        """Return the groups at the head of the report: name, clients, and a published figure."""
        words, route = self.words, self.names.route
        return (
            (words.step_screened, self.screened, "screened"),
            (words.step_spoken, self.spoken, "spoken"),
            (words.step_active, self.active, "active"),
            (first_up(words.keys["insufficient"]), route(INSUFFICIENT) & self.screened, ""),
            (first_up(words.keys["review"]), route(REVIEW) & self.screened, ""),
        )

    @property
    def figures(self) -> tuple[str, ...]:
        """The names of all figures that may be published beside those of a report."""
        roles, follow_up = self.names.roles, self.names.ruleset.follow_up
        streams = [] if roles.stream is None else [one.id for one in roles.stream.outcomes]
        routes = [one.id for one in roles.followed.outcomes]
        forms = [one.id for one in follow_up.forms] if follow_up else []
        return (
            "screened",
            *(f"screened.{key}" for key in streams),
            "spoken",
            *(f"spoken.{key}" for key in (*routes, *streams)),
            "active",
            *(f"active.{form}" for form in forms),
        )

    def _publish(self, lines: Sequence[Line], figures: Sequence[str]) -> tuple[Line, ...]:
        """Give lines the name of the figure that may be published beside their last group."""
        return tuple(
            replace(line, figure=figure) for line, figure in zip(lines, figures, strict=True)
        )

    @property
    def _absent(self) -> str:
        return self.words.nobody_here if self._with_events else self.words.no_events

    def _screened(self) -> Draft:
        words, names, within = self.words, self.names, self.screened
        routes, streams = names.routes(within), names.streams(within)
        decision, followed = names.roles.stream, names.roles.followed
        route = followed.label[names.lang]
        caption, head = words.screened_alone.format(route=route), words.group
        rows: list[Named] = [(words.people, within)]
        figures: list[str] = []
        if decision is not None and streams:
            stream = decision.label[names.lang]
            caption = words.screened_caption.format(stream=stream, route=route)
            head, rows = first_up(stream), [(one.name, one.group) for one in streams]
            figures = [f"screened.{one.key}" for one in streams]
        columns = [(one.name, one.group) for one in routes]
        lines = crossed(self.groups, rows, columns, within, words.total)
        # Where there are no streams the total is all there is.
        lines = lines if streams else lines[-1:]
        drawing = self._stacked("screened", caption, followed, rows, routes, within)
        return Draft(
            "screened",
            words.screened_title,
            (
                Sentence(words.screened, within),
                *self._largest(routes, within),
            ),
            (drawing,),
            (
                Grid(
                    caption,
                    (head, *(one.name for one in routes), words.total),
                    self._publish(lines, [*figures, "screened"]),
                ),
            ),
            within,
            words.nobody,
        )

    def _largest(self, routes: Sequence[Keyed], within: Group) -> Iterator[Sentence]:
        """Yield which outcome most clients have; all of them must be seen for that to show."""
        largest = max(routes, key=lambda one: (one.group & within).bit_count())
        if not largest.key.startswith(":"):
            others = tuple(one.group & within for one in routes)
            words = {"name": largest.name}
            yield Sentence(self.words.largest, largest.group & within, words, others)

    def _stacked(
        self,
        name: str,
        caption: str,
        decision: Decision,
        rows: Sequence[Named],
        parts: Sequence[Keyed],
        within: Group,
    ) -> Drawing:
        """Return a picture with a bar for each row, in the parts of a decision."""
        colours = [self.names.colour(decision, one.key) for one in parts]
        drawn = tuple(
            (
                row,
                tuple(
                    (colour, group & one.group & within)
                    for colour, one in zip(colours, parts, strict=True)
                ),
                group & within,
            )
            for row, group in rows
        )
        key = [
            (colour, one.name)
            for colour, one in zip(colours, parts, strict=True)
            if one.group & within
        ]
        return Drawing(name, caption, drawn, tuple(key))

    def _spoken(self) -> Draft:
        words, within = self.words, self.spoken
        rows = self.names.all_groups(within)
        lines = listed(self.groups, [(r.name, r.group) for r in rows], within, words.total)
        steps = (
            (words.step_screened, (("r", self.screened),), self.screened),
            (words.step_spoken, (("b", within),), within),
            (words.step_active, (("c", self.active),), self.active),
        )
        self.groups.show(self.screened, within, self.active)
        figures = [*(f"spoken.{one.key}" for one in rows), "spoken"]
        return Draft(
            "spoken",
            words.spoken_title,
            (Sentence(words.spoken, within),),
            (Drawing("steps", words.steps_caption, steps),),
            (
                Grid(words.steps_caption, (words.step, words.people), self._steps()),
                Grid(
                    words.spoken_caption,
                    (words.group, words.people),
                    self._publish(lines, figures),
                ),
            ),
            within,
            words.nobody_here,
        )

    def _steps(self) -> tuple[Line, ...]:
        words = self.words
        lines = [
            Line(words.step_screened, (self.screened,)),
            Line(words.step_spoken, (self.spoken,)),
            Line(words.step_active, (self.active,)),
        ]
        return self._publish(lines, ["screened", "spoken", "active"])

    def _activated(self, forms: Sequence[ActivationForm]) -> Draft:
        words, names, groups = self.words, self.names, self.groups
        whole = dict(groups.by_each(lambda one: [one.form] if one.form else []))
        whole = {one.id: whole.get(one.id, 0) for one in forms}
        # A part is declared after its whole, and counts in it.
        for one in reversed(forms):
            if one.part_of is not None:
                whole[one.part_of] |= whole[one.id]
        top = [one for one in forms if one.part_of is None]
        groups.add_up(self.active, [whole[one.id] for one in top])
        lines, drawn = [], []
        for one in forms:
            name = one.label[names.lang]
            shown = first_up(name) if one.part_of is None else words.part_of.format(name=name)
            lines.append(Line(shown, (whole[one.id],)))
            parts = [whole[part.id] for part in forms if part.part_of == one.id]
            rest = whole[one.id] & ~sum(parts)
            groups.add_up(whole[one.id], [*parts, rest] if parts else [whole[one.id]])
            if one in top:
                pieces = (*(("r", part) for part in parts), ("a", rest))
                drawn.append((shown, pieces, whole[one.id]))
        lines.append(Line(words.total, (self.active,), is_total=True))
        figures = [*(f"active.{one.id}" for one in forms), "active"]
        within = ", ".join(one.label[names.lang] for one in forms if one.part_of is not None)
        note = " ".join([words.square, *([words.striped.format(name=within)] if within else [])])
        head = (words.form, words.people)
        return Draft(
            "forms",
            words.forms_title,
            (Sentence(words.forms, self.active),),
            (Drawing("forms", words.forms_caption, tuple(drawn), note=note, squares=True),),
            (Grid(words.forms_caption, head, self._publish(lines, figures)),),
            self.active,
            self._absent,
        )

    def _path(self, decision: Decision) -> Draft:
        words, names, groups = self.words, self.names, self.groups
        by_key = groups.by(lambda one: one.later[decision.id])
        within = groups.of(lambda one: one.later[decision.id] != ":not_applicable")
        keyed = names.keyed(decision, by_key, within)
        columns = [(one.name, one.group) for one in names.all_groups(within)]
        rows = [(one.name, one.group) for one in keyed]
        # A total of each row would make most of the table hidden: some columns are small.
        lines = by_column(groups, rows, columns, within)
        groups.add_up(within, [column & within for _, column in columns])
        totals = Line(words.total, tuple(c & within for _, c in columns), is_total=True)
        caption = words.later_caption.format(name=names.head(decision))
        head = (names.head(decision), *(name for name, _ in columns))
        name = f"decision-{decision.id}"
        return Draft(
            name,
            names.question(decision),
            (Sentence(words.later, within),),
            (self._stacked(name, caption, decision, columns, keyed, within),),
            (Grid(caption, head, (*lines, totals)),),
            within,
            words.nobody_here,
        )

    def _reviews(self) -> Draft:
        words, names, groups = self.words, self.names, self.groups
        clash = names.route(CONTRADICTION) & self.screened
        within = names.route(REVIEW) & self.screened | clash
        by_reason = groups.by(lambda one: one.reason or "")
        rows: list[tuple[str, Group, str]] = []
        for rule in names.roles.followed.rules:
            if isinstance(rule.then, Review):
                choice = words.or_.join(rule.then.candidates) or words.none
                rows.append((first_up(rule.label[names.lang]), by_reason[rule.id], choice))
        others = ("several", "conflicting_evidence")
        rows += [(first_up(words.keys[key]), by_reason[f":{key}"], words.none) for key in others]
        rows.append((first_up(words.keys["contradiction"]), clash, words.none))
        rows = [row for row in rows if row[1] & within]
        named = [(name, group) for name, group, _ in rows]
        lines = listed(groups, named, within, words.total)
        choices = [*(choice for *_, choice in rows), ""]
        worded = (replace(line, words=(one,)) for line, one in zip(lines, choices, strict=True))
        drawn = tuple((name, (("b", group & within),), group & within) for name, group in named)
        return Draft(
            "reviews",
            words.reviews_title,
            (Sentence(words.reviews, within), Sentence(words.contradicted, clash)),
            (Drawing("reviews", words.reviews_caption, drawn),),
            (
                Grid(
                    words.reviews_caption, (words.reason, words.people, words.choice), tuple(worded)
                ),
            ),
            within,
            words.nobody_here,
        )

    def _missing(self) -> Draft:
        words, groups, lang = self.words, self.groups, self.names.lang
        within = self.names.route(INSUFFICIENT) & self.screened
        missing = groups.by_each(lambda one: one.missing)
        enough = groups.by_each(lambda one: one.enough)
        some = within & groups.of(lambda one: one.enough)
        rows = [
            (first_up(fact.label[lang]), missing[fact.id] & within, enough[fact.id] & within)
            for fact in self.names.ruleset.facts
            if missing[fact.id] & within
        ]
        rows.sort(key=lambda row: -row[1].bit_count())
        groups.show(within, some)
        for _, all_, own in rows:
            groups.add_up(all_, [own, all_ & ~own])
        lines = [Line(name, (all_, own)) for name, all_, own in rows]
        lines.append(Line(words.anything, (within, some), is_total=True))
        drawn = tuple(
            (name, (("a", own), ("n", all_ & ~own)), all_) for name, all_, own in rows[:MAX_DRAWN]
        )
        said = [Sentence(words.missing, within), Sentence(words.enough, some)]
        if rows:
            name, _, own = max(rows, key=lambda row: row[2].bit_count())
            said.append(Sentence(words.enough_of, own, {"name": name}))
        head = (words.fact, words.missing_at, words.enough_at)
        key = (("a", words.key_enough), ("n", words.key_more))
        return Draft(
            "missing",
            words.missing_title,
            tuple(said),
            (Drawing("missing", words.missing_caption, drawn, key),),
            (Grid(words.missing_caption, head, tuple(lines), words.missing_note),),
            within,
            words.nobody_here,
        )

    def _course(self) -> Draft:
        words, names, groups = self.words, self.names, self.groups
        decision = names.roles.followed
        within = groups.of(lambda one: one.course)
        states = groups.by_each(lambda one: one.course[:1])
        then, now = (
            groups.by_each(lambda one: one.course[1:2]),
            groups.by_each(lambda one: one.course[2:]),
        )
        there = [state for state in words.progress if states[state]]
        progress = names.ruleset.wording.progress if names.ruleset.wording else ()
        own = {one.id: one for one in progress}
        labels = [own[s].label[names.lang] if s in own else words.progress[s] for s in there]
        meanings = [own[s].meaning[names.lang] if s in own else "" for s in there]
        rows = [(first_up(one), states[s]) for one, s in zip(labels, there, strict=True)]
        before = [(k.name, k.group) for k in names.keyed(decision, then, within) if k.group]
        after = [(k.name, k.group) for k in names.keyed(decision, now, within) if k.group]
        lines = crossed(groups, rows, before, within, words.total)
        worded = tuple(
            replace(line, words=(one,)) for line, one in zip(lines, [*meanings, ""], strict=True)
        )
        colours = dict(zip(words.progress, "abdcrrnn", strict=True))
        drawn = tuple(
            (name, ((colours[s], group),), group)
            for (name, group), s in zip(rows, there, strict=True)
        )
        caption = words.course_caption.format(route=decision.label[names.lang])
        head = (words.standing, *(name for name, _ in before), words.total, words.meaning)
        moves = crossed(groups, before, after, within, words.total)
        to = (words.then, *(words.now.format(name=name) for name, _ in after), words.total)
        return Draft(
            "course",
            words.course_title,
            (Sentence(words.course, within), Sentence(words.progressed, states["progressed"])),
            (Drawing("course", words.standing_caption, drawn),),
            (
                Grid(caption, head, worded),
                Grid(words.moves_caption.format(route=names.head(decision)), to, moves),
            ),
            within,
            words.nobody_here if self._with_earlier else self._absent,
        )

    def _departures(self) -> Draft:
        words, groups = self.words, self.groups
        within = groups.of(lambda one: one.decided)
        departed = groups.of(lambda one: one.departed)
        rows = [(one.name, one.group & within) for one in self.names.all_groups(within)]
        groups.add_up(within, [group for _, group in rows])
        groups.add_up(departed, [group & departed for _, group in rows])
        for group in (within, *(group for _, group in rows)):
            groups.add_up(group, [group & departed, group & ~departed])
        lines = [Line(name, (group, group & departed)) for name, group in rows]
        lines.append(Line(words.total, (within, departed), is_total=True))
        head = (words.advice, words.taken, words.otherwise)
        return Draft(
            "departures",
            words.departures_title,
            (Sentence(words.decided, within), Sentence(words.departed, departed)),
            (),
            (Grid(words.departures_caption, head, tuple(lines), words.departures_note),),
            within,
            self._absent,
        )
