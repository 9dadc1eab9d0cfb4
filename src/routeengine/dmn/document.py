"""Rule files that say what the tables of a decision model say, for a person to review."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, Final

from routeengine.dmn.inputs import Fact, Written, written_runs
from routeengine.dmn.names import Names, clean, fact_id, file_id, label_of
from routeengine.dmn.points import Points
from routeengine.dmn.reading import SUM
from routeengine.dmn.rules import Answer, Drawn, Reading, RuleRow, all_of
from routeengine.dmn.sheet import row_id, sheet_text
from routeengine.dmn.words import Speaker
from routeengine.dmn.yaml_text import Noted, yaml_text
from routeengine.verification.part_checks import BY_DIGEST

Entry = dict[str, Any]

SEPARATE: Final = 50
"""Decisions that get a file each; of more all stand in one."""

LONG: Final = 25
"""Rows that stand in the rule files; of more they stand in a table beside them."""

CONFIRM: Final = "the model does not say: confirm what can be"


def rule_files(reading: Reading, language: str) -> dict[str, str]:
    """Return the texts of the rule files of a model, by the name of the file."""
    writer = _Writer(reading, Speaker(language))
    files = {"1-ruleset.yaml": writer.header(), "2-facts.yaml": writer.facts()}
    for number, score in enumerate(reading.scores.values(), 1):
        name = f"3-score-{number:02}-{file_id(score.table.name)}.yaml"
        files[name] = yaml_text(writer.score(score))
    width, merged = len(str(len(reading.drawn))), dict[str, Entry]()
    for number, drawn in enumerate(reading.drawn.values(), 1):
        name = f"3-decision-{number:0{width}}-{file_id(drawn.table.name)}"
        sheet = sheet_text(drawn, writer.speaker) if writer.fits_sheet(drawn) else None
        if sheet is not None:
            files[f"{name}.csv"] = sheet
        sections = writer.decision(drawn, f"{name}.csv" if sheet is not None else "")
        if len(reading.drawn) <= SEPARATE:
            files[f"{name}.yaml"] = yaml_text(sections)
        for section, entries in sections.items():
            merged.setdefault(section, {}).update(entries)
    if len(reading.drawn) > SEPARATE:
        files["3-decisions.yaml"] = yaml_text(merged)
    return files


class _Writer:
    """Puts what was read into the sections of rule files."""

    def __init__(self, reading: Reading, speaker: Speaker) -> None:
        self._reading, self.speaker = reading, speaker
        self._say = speaker.say
        # A criterion may be called as no fact or decision is.
        taken = [one.id for one in reading.facts.values()]
        taken += [name for one in reading.scores.values() for name in (one.id, one.counts)]
        taken += [one.id for drawn in reading.drawn.values() for one in drawn.answers]
        self._names = Names(taken=taken)

    # What the rule set is

    def header(self) -> str:
        model = self._reading.model
        file = label_of(PurePath(model.file).name)
        title = self.speaker.text(label_of(model.name))
        head = (
            f"Imported from {file}",
            f"(SHA-256 {model.sha256}).",
            "Review it: what is marked `confirm`, and every row against its grounds.",
            *(f"Not imported: line {one.line}, {clean(one.where)}: {clean(one.what)}"
              for one in self._reading.refusals),
        )  # fmt: skip
        ruleset = {
            "id": file_id(model.name),
            "version": "1.0.0",
            "languages": [self.speaker.language],
            "title": title,
            "purpose": self._say("purpose", file=file),
            "owner": Noted(self._say("owner"), behind="confirm"),
        }
        source = {
            "title": title,
            "number": f"{BY_DIGEST}{model.sha256}",
            "kind": self._say("kind"),
            "status": self._say("status"),
        }
        return yaml_text({"ruleset": ruleset, "sources": {"decision_model": source}}, head)

    # Facts

    def facts(self) -> str:
        facts = self._reading.facts.values()
        document: Entry = {"facts": {one.id: self._fact(one) for one in facts}}
        if constraints := {
            f"only_{one.id}": self._constraint(one) for one in facts if len(one.domain.runs) > 1
        }:
            document["constraints"] = constraints
        return yaml_text(document)

    def _fact(self, fact: Fact) -> Entry:
        return {
            **self._domain(fact),
            "label": self.speaker.text(fact.label),
            "question": self._say("question", name=fact.label),
            "why_needed": self._say("why"),
        }

    def _domain(self, fact: Fact) -> Entry:
        domain = fact.domain
        match domain.kind:
            case "boolean":
                return {"type": "boolean"}
            case "string":
                values: Entry = {
                    name: {"label": self.speaker.text(label)}
                    for name, label in fact.values.values()
                }
                if domain.open:
                    other = {"label": self._say("other")}
                    note = "any other text: the model does not list what can be"
                    values["other"] = Noted(other, behind=note)
                return {"type": "category", "values": values}
        kind = "date" if domain.kind == "date" else "decimal" if domain.places else "integer"
        ends = {"minimum": domain.value(domain.low), "maximum": domain.value(domain.high)}
        bounds = {
            side: Noted(value, behind=CONFIRM) if side in domain.unsaid else value
            for side, value in ends.items()
        }
        return {"type": kind, **({"places": domain.places} if domain.places else {}), **bounds}

    def _constraint(self, fact: Fact) -> Entry:
        between = written_runs(fact, fact.domain.runs)
        return {
            "label": self._say("cannot", name=fact.label),
            "forbids": {"not": between},
            **self._grounds(self._say("choice_values", name=fact.label)),
        }

    def _grounds(self, choice: Mapping[str, str]) -> Entry:
        reading = {
            "choice": choice,
            "because": self._say("because"),
            "alternative": self._say("alternative"),
        }
        return {"basis": "interpretation", "interpretation": reading}

    # Scores

    def score(self, score: Points) -> dict[str, Entry]:
        """Return the sections of a table that adds up."""
        table = label_of(score.table.name)
        grounds = self._grounds(self._say("choice_table", table=table))
        parts = [{"when": when, "worth": worth} for when, worth in score.parts.values()]
        scored = {"label": self.speaker.text(table), "of": parts, **grounds}
        about = (f"Line {score.table.table.line}: hit policy {SUM}.",)
        sections: dict[str, Entry] = {"scores": {score.id: Noted(scored, about)}}
        if score.counts:
            when = score.applies[0] if len(score.applies) == 1 else {"any": list(score.applies)}
            label = self._say("counts", table=table)
            sections["criteria"] = {score.counts: {"label": label, "when": when, **grounds}}
        return sections

    # Decisions

    def fits_sheet(self, drawn: Drawn) -> bool:
        """Return whether a table is so long that a table of rules reads best, and can be one."""
        beaten = (_ranking(drawn, number, one)[1] for number, one in enumerate(drawn.answers))
        return len(drawn.rows) > LONG and not any(map(any, beaten))

    def decision(self, drawn: Drawn, sheet: str) -> dict[str, Entry]:
        """Return the sections of a table: a decision per output, over rows that stand once.

        `sheet` is the file in which its rows stand, or empty where they stand here.
        """
        sections: dict[str, Entry] = {}
        whens = [all_of((*row.facts, *row.decisions)) for row in drawn.rows]
        if len(drawn.answers) > 1 and not sheet:
            criteria, whens = self._criteria(drawn)
            sections = {"criteria": criteria} if criteria else {}
        decided = {
            answer.id: self._of_sheet(drawn, number, answer, sheet)
            if sheet
            else self._decided(drawn, number, answer, whens)
            for number, answer in enumerate(drawn.answers)
        }
        about = self._about(drawn)
        sections["decisions"] = {name: Noted(one, about) for name, one in decided.items()}
        return sections

    def _about(self, drawn: Drawn) -> tuple[str, ...]:
        table = drawn.table.table
        asks = " | ".join(clean(column.named.name) for column in drawn.table.columns)
        return (f"Line {table.line}: hit policy {table.hit_policy}. The rows ask: {asks}",)

    def _criteria(self, drawn: Drawn) -> tuple[Entry, list[Written]]:
        """Return a criterion per row for what it asks of facts, and when each row applies."""
        criteria: Entry = {}
        whens = []
        for row in drawn.rows:
            number = row.row.row.number
            parts = row.decisions
            if row.facts:
                name = self._names.id(f"{fact_id(drawn.table.name)}_row_{number}", str)
                table = label_of(drawn.table.name)
                criteria[name] = {
                    "label": self._label(
                        row, f"{table}: {self.speaker.words('row', number=number)}"
                    ),
                    "when": all_of(row.facts),
                    **self._grounds(self._say("choice", table=table, number=number)),
                }
                parts = (name, *parts)
            whens.append(all_of(parts))
        return criteria, whens

    def _label(self, row: RuleRow, words: str) -> dict[str, str]:
        notes = clean(" – ".join(filter(None, row.row.row.notes)))
        return self.speaker.text(notes or words)

    def _decided(self, drawn: Drawn, number: int, answer: Answer, whens: list[Written]) -> Entry:
        ranking, beaten = _ranking(drawn, number, answer)
        rules: Entry = {
            _rule_id(answer, row): self._rule(
                drawn, row, when, answer.outcome(row.row.answers[number]), beats
            )
            for row, when, beats in zip(drawn.rows, whens, beaten, strict=True)
        }
        return self._whole(answer, ranking, rules | self._otherwise(drawn, number, answer))

    def _of_sheet(self, drawn: Drawn, number: int, answer: Answer, sheet: str) -> Entry:
        """Return a decision of which the rows stand in a sheet."""
        rules: Entry = {
            "table": sheet,
            **({"hit": "unique"} if drawn.table.table.hit_policy == "UNIQUE" else {}),
            "grounds": self._grounds(self._say("choice_table", table=label_of(drawn.table.name))),
        }
        ranking, _ = _ranking(drawn, number, answer)
        return self._whole(answer, ranking, rules | self._otherwise(drawn, number, answer))

    def _whole(self, answer: Answer, ranking: Entry, rules: Entry) -> Entry:
        outcomes = {
            one.id: {
                "label": self.speaker.text(one.label),
                "description": self.speaker.text(one.label),
            }
            for one in answer.outcomes
        }
        label = self.speaker.text(label_of(answer.label))
        return {"label": label, **ranking, "outcomes": outcomes, "rules": rules}

    def _rule(
        self, drawn: Drawn, row: RuleRow, when: Written, then: str, beats: list[str]
    ) -> Noted:
        number, table = row.row.row.number, label_of(drawn.table.name)
        rule = {
            "label": self._label(row, self.speaker.words("row", number=number)),
            **({"always": True} if when is None else {"when": when}),
            "then": then,
            **({"outranks": beats} if beats else {}),
            "reason": self._say("applies", number=number, table=table),
            **self._grounds(self._say("choice", table=table, number=number)),
        }
        return Noted(rule, above=(_shown(row),))

    def _otherwise(self, drawn: Drawn, number: int, answer: Answer) -> Entry:
        """Return the rule for where no row applies, if the table says what is then."""
        default, table = drawn.table.outputs[number].default, label_of(drawn.table.name)
        if default is None:
            return {}
        rule = {
            "label": self._say("default"),
            "otherwise": True,
            "then": answer.outcome(default),
            "reason": self._say("none_applies", table=table),
            **self._grounds(self._say("choice_default", table=table)),
        }
        return {f"{answer.id}_else": rule}


def _rule_id(answer: Answer, row: RuleRow) -> str:
    return f"{answer.id}_{row_id(row)}"


def _shown(row: RuleRow) -> str:
    """Return a row as the table has it."""
    asked, given = (
        " | ".join(clean(cell.text) or "-" for cell in cells)
        for cells in (row.row.row.tests, row.row.row.answers)
    )
    return clean_comment(f"line {row.row.row.line}: {asked} -> {given}")


def clean_comment(text: str) -> str:
    """Return a comment that does not run on without end."""
    return text if len(text) <= 400 else text[:399] + "…"


def _ranking(drawn: Drawn, number: int, answer: Answer) -> tuple[Entry, list[list[str]]]:
    """Return what beats what where several rows apply: the keys of the decision, and of each rule.

    Rows of one priority beat each other only where they answer alike, so that it makes no
    difference. Otherwise no order of all rows says it, and each names those of the next priority.
    """
    policy, ids = drawn.table.table.hit_policy, [_rule_id(answer, row) for row in drawn.rows]
    nothing = [list[str]() for _ in ids]
    if policy not in ("FIRST", "PRIORITY") or len(ids) == 1:
        return {}, nothing
    if policy == "FIRST":
        return {"order": ids}, nothing
    if len(drawn.answers) == 1:
        ranked = [answer.outcome(one) for one in drawn.table.outputs[number].values]
        return ({"priority": ranked} if len(ranked) > 1 else {}), nothing
    ranks = drawn.table.ranks()
    levels = sorted(set(ranks))
    given = {(rank, row.answers[number]) for rank, row in zip(ranks, drawn.table.rows, strict=True)}
    if len(given) == len(levels):
        return {"order": [name for _, name in sorted(zip(ranks, ids, strict=True))]}, nothing
    below = dict(zip(levels, [*levels[1:], None], strict=True))
    beaten = [
        [name for name, other in zip(ids, ranks, strict=True) if other == below[rank]]
        for rank in ranks
    ]
    return {}, beaten
