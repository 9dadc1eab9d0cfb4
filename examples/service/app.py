"""A web service around one rule set: `uvicorn --app-dir examples/service app:app`."""

import os
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from fastapi import Body, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel
from store import Store

import routeengine as r
from routeengine.departure import DepartureRecord, advice_with_departures, record_departure
from routeengine.profile_model import profile_model
from routeengine.record import Replay

engine = r.Engine(r.load_ruleset(os.environ.get("RULES", "rijswijk-2023")))
store = Store(os.environ.get("DATABASE", "records.sqlite"))
Profile: Any = profile_model(engine.ruleset)
app = FastAPI(title=engine.ruleset.title["en"], version=engine.ruleset.version)


class Observed(BaseModel):
    """All that was recorded of a client, as seen on a day."""

    client_id: str | None = None
    as_of: date
    observations: list[r.Observation]


@app.exception_handler(r.RouteEngineError)
@app.exception_handler(RequestValidationError)
def refuse(_: Request, error: Any) -> JSONResponse:
    """Say what is wrong, and never with the value: it can be about somebody's health."""
    faults = error.errors() if isinstance(error, RequestValidationError) else [{"msg": str(error)}]
    told = [{name: one.get(name) for name in ("loc", "msg")} for one in faults]
    return JSONResponse({"detail": told}, status_code=422)


@app.post("/classify")
def classify(profile: Profile) -> r.Result:
    """Advise on one client."""
    return engine.classify(profile)


@app.post("/explain", response_class=HTMLResponse)
def explain(profile: Profile, lang: Literal["nl", "en"] = "nl") -> str:
    """Explain the advice, as a part of a page."""
    return engine.explain(profile, lang).to_html_fragment()


@app.post("/what-if")
def what_if(profile: Profile, changes: dict[str, Any]) -> r.WhatIf:
    """Say what would differ with these facts otherwise."""
    return engine.what_if(profile, changes)


@app.post("/interviews")
def begin(profile: Profile) -> r.Interview:
    """Begin to ask, with what is known already."""
    return r.Interview(engine, profile)


@app.post("/interviews/answer")
def answer(interview: Annotated[r.Interview, Body()], value: Annotated[Any, Body()]) -> r.Interview:
    """Go on after an answer; what comes back has the next question, or none."""
    return interview.answer(value)


@app.post("/dossiers")
def weigh(observed: Observed) -> r.Result:
    """Advise on what was observed: by whom, and when."""
    return engine.classify(r.Dossier(engine.ruleset, **dict(observed)).profile())


@app.post("/records", status_code=201)
def record(profile: Profile, asked_by: str | None = None) -> str:
    """Classify, and keep a record: its bytes, for they are what its digest is of."""
    made = engine.record(engine.classify(profile), datetime.now(UTC), asked_by=asked_by)
    return store.add(made.sha256, made.sha256, 0, made.data)


@app.get("/records/{sha256}")
def read(sha256: str) -> Response:
    """Return a record as it was written."""
    return Response(store.about(sha256)[0], media_type="application/json")


@app.post("/records/{sha256}/replay")
def replay(sha256: str) -> Replay:
    """Work a record out again, and say what differs."""
    return engine.replay(store.about(sha256)[0])


@app.post("/records/{sha256}/departures", status_code=201)
def depart(sha256: str, departure: r.Departure) -> str:
    """Keep what a person decided instead, after the departures before it."""
    first, *others = store.about(sha256)
    chain, now = [DepartureRecord(data) for data in others], datetime.now(UTC)
    made = record_departure(r.Record(first), departure, now, earlier=chain)
    return store.add(made.sha256, sha256, 1 + len(others), made.data)


@app.get("/records/{sha256}/departures")
def decided(sha256: str, lang: Literal["nl", "en"] = "nl") -> str:
    """Return the advice in words, and beside it what persons decided."""
    first, *others = store.about(sha256)
    return advice_with_departures(r.Record(first), list(map(DepartureRecord, others))).to_text(lang)
