"""Certificates are confirmed by programs that share nothing with the library."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import pytest

from conformance.made import a_possible_ruleset, a_ruleset, a_ruleset_of_amounts, a_state
from conformance.richer import a_richer_ruleset
from conformance.scored import a_scored_ruleset
from examples import examples, few, gated, share
from loading.small import small
from money import MONEY
from portable.certified import Files, Told, files_of, load, put_right, run_node
from portable.spoiled import spoil
from portable.truth_of import Enumerated
from routeengine import Engine, Interview, load_ruleset
from routeengine.codec import form_of
from routeengine.errors import RuleSetError
from routeengine.executors.lanes import LanesExecutor
from routeengine.mutation.mutants import mutants
from routeengine.portable import AdviceCertifier, certify, export_rules
from routeengine.portable.certificate import Trees
from routeengine.profile import knowledge_of, read_profile
from routeengine.ruleset.model import RuleSet
from routeengine.symbolic.compiled import CompiledRuleSet
from routeengine.verification import diff

SEED = 21

ROOT = Path(__file__).parents[2]

MAKERS: tuple[Callable[[Random], RuleSet], ...] = (
    a_ruleset, a_ruleset_of_amounts, a_scored_ruleset, a_richer_ruleset,
)  # fmt: skip


def both(files: list[dict[str, str]]) -> list[Told]:
    """Give what the programs in both languages say of folders: the same, each word."""
    told = [load().told(one) for one in files]
    other = run_node({"files": one} for one in files)
    assert [one._asdict() for one in told] == other
    return told


def findings(ruleset: RuleSet) -> dict[str, str]:
    """Give what the diagrams say of each decision, as the checkers word it."""
    compiled, found = CompiledRuleSet(ruleset), {}
    masks = compiled.whole.masks(compiled.cells.everything)
    for name, decided in compiled.decisions.items():
        assert decided is not None
        reasons = {one.reason for one in compiled.whole.verdicts(decided.root, masks)}
        some = [one for one in ("gap", "overlap") if one in reasons]
        found[name] = " and ".join(some) or "total and exclusive"
    return {one.id: found[one.id] for one in ruleset.decisions}


def confirm(rulesets: list[RuleSet]) -> None:
    """Claim that rule sets certify, and that what is confirmed of them is what is proved."""
    certified = [certify(one) for one in rulesets]
    for ruleset, one, told in zip(
        rulesets, certified, both([one.files for one in certified]), strict=True
    ):
        assert not one.too_large
        lines = [f"decision {name}: {found}" for name, found in findings(ruleset).items()]
        assert told.lines[1 : 1 + len(lines)] == lines
        assert "the artefact says what the rules say" in told.lines
        assert told.status == any("total" not in line for line in lines)


@pytest.mark.gate
def test_the_shipped_rules_certify() -> None:
    """All of the policy of Rijswijk."""
    confirm([load_ruleset("rijswijk-2023")])


@pytest.mark.gate
def test_rules_that_were_written_by_hand_certify() -> None:
    """With amounts and days, points, constraints, a rule for all else, and flags."""
    confirm([small(), MONEY, load_ruleset(ROOT / "fixtures" / "library-card")])


@pytest.mark.gate
@pytest.mark.parametrize("number", gated(range(8)))
def test_published_rule_sets_certify(number: int) -> None:
    """An eighth of those of the conformance cases each."""
    published = json.loads((ROOT / "conformance" / "cases.json").read_text(encoding="utf-8"))
    read = form_of(RuleSet).read
    confirm([read(one["ruleset"], "") for one in published["rulesets"][1:][number::8]])


@pytest.mark.gate
@pytest.mark.parametrize("make", MAKERS)
def test_made_rule_sets_certify(make: Callable[[Random], RuleSet]) -> None:
    """Whatever is in them: counts, scores, amounts, days, constraints, decisions on decisions."""
    draw = Random(SEED)
    confirm([a_possible_ruleset(draw, make) for _ in range(examples(60))])


def is_confirmed(told: Told) -> bool:
    """Say whether a checker found nothing wrong with a certificate, whatever it proves."""
    return not told.lines[0].startswith(("refused", "cannot be read"))


def is_true(files: Files, told: Told) -> bool:
    """Say whether all is so that was confirmed, by enumeration."""
    every, certificate = Enumerated(files["rules"]), files["certificate"]
    if "trees" in certificate:
        found = {name: every.findings(name) for name in every.mini.decisions}
        said = [
            f"decision {name}: {' and '.join(some) or 'total and exclusive'}"
            for name, some in found.items()
            if name in certificate["trees"]["decisions"]
        ]
        whole = not any(line.startswith("not certified") for line in told.lines)
        return set(said) <= set(told.lines) and (not whole or every.is_artefact(files["artefact"]))
    return all(map(every.is_explained, certificate.get("explanations", []))) and all(
        map(every.is_asked_rightly, certificate.get("questions", []))
    )


@pytest.mark.gate
@pytest.mark.parametrize("make", MAKERS)
def test_what_is_confirmed_of_spoiled_files_is_so_all_the_same(
    make: Callable[[Random], RuleSet],
) -> None:
    """A leaf, a child, a root, a tree, a part, a condition: refused, or it comes to the same."""
    draw, files = Random(SEED), list[Files]()
    for _ in range(examples(60)):
        good = files_of(certify(a_few_profiles(draw, make)))
        files += [good, *[spoil(draw, good) for _ in range(12)]]
    told = both([put_right(one) for one in files])
    confirmed = [(one, said) for one, said in zip(files, told, strict=True) if is_confirmed(said)]
    assert all(is_true(*one) for one in confirmed)
    assert len(files) / 13 < len(confirmed) < len(files) / 2


def mutants_refused(ruleset: RuleSet, number: int) -> tuple[int, int]:
    """Claim that no mutant of a rule set passes for it; count those tried, and those refused."""
    good, refused = files_of(certify(ruleset)), 0
    tried = few(list(mutants(ruleset)), number)
    for mutant in tried:
        rules = json.loads(export_rules(mutant.ruleset))
        told = load().told(put_right({**good, "rules": rules}))
        refused += not is_confirmed(told)
        # What excludes every profile has no difference to be looked for, and is refused.
        assert not is_confirmed(told) or diff(ruleset, mutant.ruleset).same, str(mutant)
    return len(tried), refused


@pytest.mark.parametrize("ruleset", [small(), MONEY], ids=["small", "money"])
def test_a_mutant_of_the_rules_is_refused(ruleset: RuleSet) -> None:
    """With the artefact and the certificate of the rules as they were, digests put right."""
    tried, refused = mutants_refused(ruleset, 200)
    assert 3 < refused <= tried


@pytest.mark.gate
def test_a_mutant_of_the_shipped_rules_is_refused(rijswijk: RuleSet) -> None:
    """A few of them; the night tries all, and comes to the counts that docs/trust.md has."""
    tried, refused = mutants_refused(rijswijk, 50)
    assert 2 < refused <= tried
    if tried == len(list(mutants(rijswijk))):
        page = " ".join((ROOT / "docs/trust.md").read_text(encoding="utf-8").split())
        assert f"All {tried} mutants of the shipped rule set" in page
        assert f"{refused} were refused; the other {tried - refused} answer" in page


@pytest.mark.parametrize("ruleset", [small(), MONEY], ids=["small", "money"])
def test_a_certificate_of_a_mutant_does_not_save_its_old_artefact(ruleset: RuleSet) -> None:
    """Rules and trees are those of a mutant, and right: the diagrams are of the rules before."""
    good, same = files_of(certify(ruleset)), 0
    for mutant in share(list(mutants(ruleset))):
        try:
            other = files_of(certify(mutant.ruleset))
        except RuleSetError:
            continue  # it excludes every profile
        told = load().told(put_right({**other, "artefact": good["artefact"]}))
        same += is_confirmed(told)
        assert not is_confirmed(told) or diff(ruleset, mutant.ruleset).same, str(mutant)
    assert same


def a_few_profiles(draw: Random, make: Callable[[Random], RuleSet]) -> RuleSet:
    """Make rules of which all full profiles can be looked at."""
    while True:
        ruleset = a_possible_ruleset(draw, make)
        if Enumerated(json.loads(export_rules(ruleset))).few:
            return ruleset


def a_profile(draw: Random, ruleset: RuleSet) -> dict[str, Any]:
    """Make a profile in which some is known, some in part, and some may clash."""
    return {
        fact: knowledge_of(ruleset.fact[fact], known.allowed)
        for fact, known in a_state(draw, ruleset).items()
    }


def advice(draw: Random, make: Callable[[Random], RuleSet]) -> Files:
    """Make rules and the certificate of advice by them."""
    ruleset = a_few_profiles(draw, make)
    certifier = AdviceCertifier(Engine(ruleset))
    certificate = certifier.certify(a_profile(draw, ruleset))
    assert not certificate["too_large"]
    return {"rules": json.loads(certifier.rules), "certificate": certificate}


@pytest.mark.gate
@pytest.mark.parametrize("make", MAKERS)
def test_advice_is_certified(make: Callable[[Random], RuleSet]) -> None:
    """Reasons and what is possible, also of facts that clash; and what is spoiled is not so."""
    draw, files = Random(SEED), list[Files]()
    for _ in range(examples(100)):
        good = advice(draw, make)
        files += [good, *[spoil(draw, good) for _ in range(4)]]
    told = both([put_right(one) for one in files])
    assert all(is_confirmed(one) for one in told[::5])
    confirmed = [(one, said) for one, said in zip(files, told, strict=True) if is_confirmed(said)]
    assert all(is_true(*one) for one in confirmed)


@pytest.mark.gate
def test_advice_that_is_not_exact_is_named() -> None:
    """Its decisions stand in `too_large`, and nothing is claimed of them."""
    ruleset = load_ruleset(ROOT / "fixtures" / "library-card")
    engine = Engine(ruleset)
    few = LanesExecutor(ruleset, 50, 50)
    look = few.inspect(read_profile(ruleset, {}))
    inexact = [one.id for one in ruleset.decisions if not look.verdict(one).exact]
    certifier = AdviceCertifier(cast("Engine", SimpleNamespace(lanes=few, explain=engine.explain)))
    certificate = certifier.certify({})
    assert certificate["too_large"] == [f"advice on {name}" for name in inexact] != []
    (told,) = both([put_right({"rules": json.loads(certifier.rules), "certificate": certificate})])
    said = len(ruleset.decisions) - len(inexact)
    assert f"explanations confirmed: {said}" in told.lines


def test_a_reason_that_takes_too_many_boxes_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """As what is not certified; the others are."""
    engine = Engine(small())
    whole = AdviceCertifier(engine).certify({"age": 30})
    monkeypatch.setattr("routeengine.portable.advice.Trees", partial(Trees, budget=0))
    certificate = AdviceCertifier(engine).certify({"age": 30})
    split = [one["decision"] for one in whole["explanations"] if one["tree"]]
    assert certificate["too_large"] == [f"advice on {name}" for name in split] != []
    assert certificate["nodes"] == []


@pytest.mark.gate
def test_facts_that_clash_are_certified() -> None:
    """Nothing is possible of a decision that reads them; others count them as unknown."""
    draw = Random(SEED)
    while True:
        files = advice(draw, a_ruleset)
        claims = files["certificate"]["explanations"]
        if len({bool(claim["possible"]) for claim in claims}) == 2:
            break
    (told,) = both([put_right(files)])
    assert is_confirmed(told)
    assert is_true(files, told)


@pytest.mark.gate
@pytest.mark.parametrize("make", MAKERS)
def test_advice_is_confirmed_in_a_page(make: Callable[[Random], RuleSet]) -> None:
    """From the rules alone: a reason that is given, one that is found, and none that is wrong."""
    draw, tasks = Random(SEED), list[Any]()
    for _ in range(examples(100)):
        files = advice(draw, make)
        for claim in files["certificate"]["explanations"]:
            names = ("decision", "known", "possible", "because")
            given = {name: claim[name] for name in names}
            found = {name: claim[name] for name in names[:3]}
            fewer = {**given, "because": claim["because"][1:]}
            others = {**found, "possible": [*claim["possible"], "nothing"]}
            tasks.append({"rules": files["rules"], "advice": [given, found, fewer, others]})
    for task, told in zip(tasks, run_node(tasks), strict=True):
        given, found, fewer, others = told
        assert given["because"] == task["advice"][0]["because"]
        enumerated = Enumerated(task["rules"])
        assert all(map(enumerated.is_explained, found["certificate"]["explanations"]))
        assert ("error" in fewer) is bool(given["because"])
        assert "error" in others


@pytest.mark.gate
@pytest.mark.parametrize("make", MAKERS)
def test_questions_are_certified(make: Callable[[Random], RuleSet]) -> None:
    """Each that has grounds, in whole interviews with sensitive facts; and no spoiled one."""
    draw, files = Random(SEED), list[Files]()
    while len(files) < examples(100) * 4:
        plain = a_few_profiles(draw, make)
        facts = [replace(one, sensitivity=draw.randrange(4)) for one in plain.facts]
        ruleset = replace(plain, facts=tuple(facts))
        engine = Engine(ruleset)
        certifier, interview = AdviceCertifier(engine), Interview(engine, {})
        while interview.question is not None:
            certificate = certifier.certify_question(interview)
            if certificate is not None:
                good: Files = {"rules": json.loads(certifier.rules), "certificate": certificate}
                files += [good, *[spoil(draw, good) for _ in range(3)]]
            domain = ruleset.fact[interview.question].domain
            interview = interview.answer(domain.value(draw.randrange(domain.size)))
        assert certifier.certify_question(interview) is None
    told = both([put_right(one) for one in files])
    assert all(is_confirmed(one) for one in told[::4])
    confirmed = [(one, said) for one, said in zip(files, told, strict=True) if is_confirmed(said)]
    assert all(is_true(*one) for one in confirmed)
