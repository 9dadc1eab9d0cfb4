# A notebook of marimo: a program that it shows as cells, each with what its last line gives.
import marimo

app = marimo.App(width="medium", app_title="A caseload, looked into")


@app.cell
def _():
    import os
    from pathlib import Path

    import marimo as mo
    import polars as pl

    from routeengine import Engine, load_ruleset
    from routeengine.verification import diff, verify

    caseload = Path(os.environ.get("CASELOAD", "fixtures/caseload.csv"))
    mo.md("# A caseload, looked into\n\nThe clients are made: none of them exists.")
    return Engine, caseload, diff, load_ruleset, mo, pl, verify


@app.cell
def _(Engine, load_ruleset):
    rules = load_ruleset("rijswijk-2023")
    engine = Engine(rules)
    rules
    return engine, rules


@app.cell
def _(mo):
    mo.md("## All clients at once")
    return


@app.cell
def _(caseload, engine, pl):
    clients = pl.read_csv(caseload, infer_schema=False)
    answers = engine.classify_table(clients)
    answers.group_by("scope", "route_status", "route").len().sort("len", descending=True)
    return answers, clients


@app.cell
def _(mo):
    mo.md("""
    ## One of them

    A notebook keeps what it shows. So health data, and what would give it away, is left out.
    """)
    return


@app.cell
def _(caseload, engine):
    from routeengine.caseload import open_caseload

    with open_caseload(caseload, engine.ruleset) as _rows:
        profile = next(row.profile for row in _rows if row.client_id == "R-0002")
    result = engine.classify(profile)
    result
    return profile, result


@app.cell
def _(engine, result):
    engine.explain(result, lang="en")
    return


@app.cell
def _(mo):
    mo.md("## What is proved of the rules")
    return


@app.cell
def _(rules, verify):
    verify(rules)
    return


@app.cell
def _(mo):
    mo.md("""
    ## What a change of the rules would change

    Suppose that problems in three domains count as multiple, and no longer in two.
    """)
    return


@app.cell
def _(diff, rules):
    from dataclasses import replace

    from routeengine.ruleset.conditions import AtLeast

    _criteria = [
        replace(one, when=replace(one.when, count=3)) if isinstance(one.when, AtLeast) else one
        for one in rules.criteria
    ]
    stricter = replace(rules, version="1.1.0", criteria=tuple(_criteria))
    diff(rules, stricter)
    return (stricter,)


@app.cell
def _(Engine, answers, clients, mo, stricter):
    then = Engine(stricter).classify_table(clients)
    moved = then.filter(then["route"].cast(str).ne_missing(answers["route"].cast(str)))
    mo.md(f"{moved.height} of {then.height} clients would get another route than now.")
    return


if __name__ == "__main__":
    app.run()
