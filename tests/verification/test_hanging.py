"""On which fact a decision hangs: just where enumeration finds it, and through just those rules."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from generated import BOTH, GROUNDS, rulesets
from routeengine import load_ruleset
from routeengine.cli import main
from routeengine.errors import UsageError
from routeengine.executors.reference import FullProfile
from routeengine.i18n import catalogue
from routeengine.profile import read_knowledge
from routeengine.ruleset.conditions import All, FactIs, Not
from routeengine.ruleset.dependencies import facts_read
from routeengine.ruleset.model import Constraint, RuleSet
from routeengine.ruleset.resolution import CompleteVerdict
from routeengine.suppress import Figure
from routeengine.value_set import ValueSet, single
from routeengine.verification import Hanging, hanging, hanging_clients, hangs_on
from routeengine.verification.comparison import meaning
from verification.broken import LIBRARY
from verification.moving import version
from verification.pairs import all_profiles, allowed, overlapping, with_rule

WORDS = catalogue("en").hanging

Profile = tuple[tuple[str, int], ...]


def enumerated(
    ruleset: RuleSet, fact: str, decision: str
) -> tuple[dict[Profile, CompleteVerdict], set[Profile], dict[str, set[Profile]]]:
    """Return all that is possible, where the verdict hangs on a fact, and where rules do too."""
    found: dict[Profile, dict[Profile, CompleteVerdict]] = defaultdict(dict)
    for full in all_profiles(ruleset):
        profile = FullProfile(ruleset, full).decide()
        if allowed(profile):
            rest = tuple((name, value) for name, value in full.items() if name != fact)
            found[rest][tuple(full.items())] = profile.verdicts[decision]
    hangs, rules = set[Profile](), defaultdict[str, set[Profile]](set)
    for some in found.values():
        for (_, one), (_, other) in combinations(some.items(), 2):
            if meaning(one) != meaning(other):
                hangs |= some.keys()
                for rule in {*one.rules} ^ {*other.rules}:
                    rules[rule] |= some.keys()
    whole = {key: verdict for some in found.values() for key, verdict in some.items()}
    return whole, hangs, rules


def check(ruleset: RuleSet, found: Hanging) -> None:
    """Hold one answer against enumeration."""
    whole, hangs, rules = enumerated(ruleset, found.fact, found.decision)
    assert not found.undetermined
    assert found.hangs == bool(hangs)
    assert found.covers.profiles == len(hangs)
    assert {one.rule: one.covers.profiles for one in found.rules} == {
        rule: len(some) for rule, some in rules.items()
    }
    assert found.read == (found.fact in facts_read(ruleset, found.decision))
    if found.read:
        assert found.whole.profiles == len(whole)
    if found.pair is not None:
        one, other = found.pair
        numbers = [
            tuple((f.id, f.domain.index(some.profile[f.id])) for f in ruleset.facts)
            for some in found.pair
        ]
        assert {*numbers} <= hangs
        assert [name for name in one.profile if one.profile[name] != other.profile[name]] == [
            found.fact
        ]
        assert whole[numbers[0]] == one.verdict  # type: ignore[index]  # each value has a number
        assert meaning(one.verdict) != meaning(other.verdict)
    shown = set[Profile]()
    for region in found.regions:
        known = {n: read_knowledge(ruleset.fact[n], some) for n, some in region.where.items()}
        shown |= {
            key
            for key in whole
            if all(one is None or dict(key)[name] in one.allowed for name, one in known.items())
        }
    assert shown == hangs


@pytest.mark.gate
@given(rulesets(max_facts=4), st.data())
@settings(max_examples=examples(60), deadline=None)
def test_a_decision_hangs_on_a_fact_just_where_enumeration_says_so(
    ruleset: RuleSet, data: st.DataObject
) -> None:
    """How much, for whom, by which rules, with two profiles that show it; or a proof of no."""
    fact = data.draw(st.sampled_from([one.id for one in ruleset.facts]))
    for found in hangs_on(ruleset, [fact]):
        check(ruleset, found)


@given(overlapping().map(lambda both: both[0]))
@settings(max_examples=examples(30), deadline=None)
def test_an_overlap_of_other_outcomes_is_another_verdict(ruleset: RuleSet) -> None:
    """Where winners name A or B by one value of the fact, and A or C by another."""
    for found in hangs_on(ruleset, [one.id for one in ruleset.facts]):
        check(ruleset, found)


def test_what_may_stand_in_for_origin_is_looked_at_unless_facts_are_named() -> None:
    """Of the library that is where somebody lives; the van does not read it at all."""
    ruleset = load_ruleset(LIBRARY)
    found = {one.decision: one for one in hangs_on(ruleset)}
    assert {one.fact for one in found.values()} == {"lives_in_town"}
    assert {name: (one.read, one.hangs) for name, one in found.items()} == {
        "card": (True, True),
        "loans": (True, True),
        "van": (True, False),
    }
    assert [(one.rule, one.through) for one in found["loans"].rules] == [
        ("loans_member", "decision"),
        ("loans_guest", "decision"),
    ]
    (one,) = hangs_on(ruleset, ["overdue"], ["card"])
    assert (one.read, one.hangs, one.pair, one.regions) == (False, False, None, ())
    bare = replace(ruleset, facts=tuple(replace(f, possible_proxy=False) for f in ruleset.facts))
    assert hangs_on(bare) == ()


def test_a_name_that_is_not_there_is_refused() -> None:
    """With one that is like it."""
    ruleset = load_ruleset(LIBRARY)
    with pytest.raises(UsageError, match=r"`agee` is no fact \(did you mean `age`"):
        hangs_on(ruleset, ["agee"])
    with pytest.raises(UsageError, match="`cart` is no decision"):
        hangs_on(ruleset, None, ["cart"])


def test_what_is_too_large_is_no_proof() -> None:
    """It is told as undetermined, and hangs for nobody who could be shown."""
    ruleset = load_ruleset(LIBRARY)
    found = hangs_on(ruleset, ["age"], budget=60)
    assert any(one.undetermined and not one.hangs for one in found)


# Clients


def readers(folder: Path, many: int) -> Path:
    """Write adults who live here and fine or not, and children, and one who is not understood."""
    file = folder / "readers.csv"
    lines = ["client_id,age,lives_in_town,staff_family,fine,overdue,has_borrowed"]
    lines += [f"adult{n},30,true,false,none,0,true" for n in range(many)]
    lines += [f"child{n},9,true,false,none,0,true" for n in range(20)]
    lines += ["open,30,,false,none,0,true", "odd,30,perhaps,false,none,0,true"]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


@pytest.mark.parametrize("many", [12, 2])
def test_clients_whose_verdict_hangs_on_it_are_counted_and_never_named(
    many: int, tmp_path: Path
) -> None:
    """Whoever is not known to live here counts too; few are hidden."""
    ruleset = load_ruleset(LIBRARY)
    found = hangs_on(ruleset)
    counted = hanging_clients(ruleset, found, readers(tmp_path, many))
    assert len(counted.faults) == 1
    of = {one.decision: figure for one, figure in zip(found, counted.counts, strict=True)}
    assert of["card"] == (Figure(many + 1) if many > 5 else Figure(None))
    assert of["van"] == Figure(0)
    assert counted.clients.number == many + 21


# The command


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_command_says_for_whom_and_through_which_rule(
    language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 1 where something hangs on it; the same as data with `--json`."""
    rules = str(LIBRARY)
    arguments = ["check", rules, "--stands-in", "--lang", language]
    assert main([*arguments, "--caseload", str(readers(tmp_path, 12))]) == 1
    told = capsys.readouterr().out
    assert told.count("25") >= 1
    assert "13" in told
    assert "{" not in told
    assert (
        main(["check", rules, "--hangs-on", "overdue", "--decision", "card", *arguments[3:]]) == 0
    )
    assert "overdue" in capsys.readouterr().out or language == "nl"
    assert main(["check", rules, "--hangs-on", "age", "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert [one["decision"] for one in data["hanging"]] == ["card", "loans", "van"]
    assert data["hanging"][0]["pair"][0]["rules"]


def test_the_command_needs_a_fact_to_look_at(capsys: pytest.CaptureFixture[str]) -> None:
    """A caseload or a decision alone is not understood, and says so."""
    assert main(["check", str(LIBRARY), "--decision", "card"]) == 2
    assert "--hangs-on" in capsys.readouterr().err
    assert main(["check", str(LIBRARY), "--stands-in", "--against", str(LIBRARY)]) == 2


def test_how_a_rule_hangs_on_it_is_told(rijswijk: RuleSet) -> None:
    """By its own condition, as others go first, as its decision applies, or by an earlier one."""
    found = {one.decision: one for one in hangs_on(rijswijk, ["current_service"])}
    ways = {name: {rule.rule: rule.through for rule in one.rules} for name, one in found.items()}
    assert ways["scope"]["scope_wsp"] == "condition"
    assert ways["scope"]["scope_no_benefit"] == "others"
    assert {*ways["route"].values()} == {"applies"}
    assert {*ways["path"].values()} == {"decision"}


def test_rules_that_take_turns_to_say_the_same_are_no_way_in() -> None:
    """By the fact one of two rules wins, and both lead to the same: neither is told."""
    was, now = FactIs("was", single(0)), FactIs("now", single(0))
    ruleset = version("now")
    for rule, when, then in (
        ("to_a", All((now, was)), "a"),
        ("to_b", All((now, Not(was))), "a"),
        ("to_c", All((Not(now), was)), "c"),
        ("to_review", All((Not(now), Not(was))), "b"),
    ):
        ruleset = with_rule(ruleset, rule, when=when, then=then)
    (found,) = hangs_on(ruleset, ["was"])
    check(ruleset, found)
    assert {one.rule for one in found.rules} == {"to_c", "to_review"}


def test_a_value_that_constraints_forbid_shows_nothing() -> None:
    """The nearest value that leads elsewhere cannot be, so the one after it is shown."""
    never = Constraint("never", FactIs("now", ValueSet.of([1, 2])), BOTH, GROUNDS)
    ruleset = replace(version("now"), constraints=(never,))
    (found,) = hangs_on(ruleset, ["now"])
    check(ruleset, found)
    assert found.pair is not None
    assert {one.profile["now"] for one in found.pair} <= {"a", "review", "not_applicable"}


def test_a_witness_that_shows_nothing_is_never_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reference evaluator has the last word."""
    monkeypatch.setattr(hanging._Search, "_seen", lambda *_: None)
    with pytest.raises(AssertionError, match="please report it"):
        hangs_on(load_ruleset(LIBRARY))


def test_values_that_contradict_what_is_known_of_a_client_do_not_count(tmp_path: Path) -> None:
    """Whoever has books overdue has borrowed: only of those who have none does it hang on that."""
    ruleset = load_ruleset(LIBRARY)
    file = tmp_path / "readers.csv"
    rows = "\n".join(f"r{n},30,true,false,small,{n % 2},true" for n in range(18))
    head = "client_id,age,lives_in_town,staff_family,fine,overdue,has_borrowed"
    file.write_text(f"{head}\n{rows}\n", encoding="utf-8")
    found = hangs_on(ruleset, ["has_borrowed"], ["loans"])
    assert found[0].hangs
    assert hanging_clients(ruleset, found, file).counts == (Figure(9),)


def test_rules_without_such_a_fact_say_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing hangs on nothing: exit status 0."""
    rules = tmp_path / "rules"
    shutil.copytree(LIBRARY, rules)
    facts = rules / "2-facts.yaml"
    text = facts.read_text(encoding="utf-8")
    facts.write_text(text.replace("    possible_proxy: true\n", ""), encoding="utf-8")
    assert main(["check", str(rules), "--stands-in", "--lang", "en"]) == 0
    assert WORDS.none in capsys.readouterr().out
    assert main(["check", str(rules), "--hangs-on", "family_of_staff"]) == 2
    assert main(["check", str(rules), "--hangs-on", "fine", "--lang", "en"]) == 1
    assert WORDS.says_nothing not in capsys.readouterr().out
