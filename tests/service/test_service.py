"""The example of a web service does what its page says, and answers in the library's own types."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from examples import gated
from record.recorded import PROFILE
from required import required
from routeengine import Engine, Interview, Record, Result, WhatIf
from sql.postgres import binary, database

HERE = Path(__file__).parents[2] / "examples" / "service"
PACKAGES = ("fastapi", "httpx2", "psycopg")
ABSENT = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
required("service", f"{', '.join(ABSENT)} not installed" if ABSENT else None)
PROGRAMS = binary("postgres") and binary("initdb")


@pytest.fixture(scope="module", params=gated(["sqlite", "postgresql"]))
def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """Start the service with an empty database of either kind."""
    if request.param == "sqlite":
        yield from started(str(tmp_path_factory.mktemp("service") / "records.sqlite"))
        return
    required("postgresql", None if PROGRAMS else "install Debian's package `postgresql`")
    with database() as folder, folder.served() as address:
        yield from started(address)


def started(address: str) -> Iterator[Any]:
    """Start the service with this database."""
    from fastapi.testclient import TestClient

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE", address)
        patch.syspath_prepend(str(HERE))
        patch.setitem(sys.modules, "app", None)
        patch.setitem(sys.modules, "store", None)
        del sys.modules["app"], sys.modules["store"]
        with TestClient(importlib.import_module("app").app) as client:
            yield client


def ask(service: Any, path: str, data: Any = None, **query: str) -> Any:
    """Post JSON, and return the JSON that comes back."""
    answer = service.post(path, json=data, params=query)
    assert answer.is_success, answer.text
    return answer.json()


def test_answers_are_the_librarys_own(service: Any, engine: Engine) -> None:
    """Plain JSON, of which the library makes what its engine gives."""
    assert Result.from_dict(ask(service, "/classify", PROFILE)) == engine.classify(PROFILE)
    partly = PROFILE | {"finances": {"one_of": ["none", "mild"]}, "willing": {"declined": True}}
    assert Result.from_dict(ask(service, "/classify", partly)) == engine.classify(partly)
    given = {"profile": PROFILE, "changes": {"willing": False}}
    expected = engine.what_if(PROFILE, {"willing": False})
    assert WhatIf.from_dict(ask(service, "/what-if", given)) == expected
    html = service.post("/explain", json=PROFILE, params={"lang": "en"}).text
    assert html == engine.explain(PROFILE, "en").to_html_fragment()


def test_an_interview_goes_to_and_fro(service: Any, engine: Engine) -> None:
    """All that is needed to go on stands in what comes back."""
    now, here = (
        ask(service, "/interviews", {"client_id": "c1"}),
        Interview(engine, {"client_id": "c1"}),
    )
    while here.question is not None:
        assert now == here.to_dict()
        value = engine.ruleset.fact[here.question].domain.value(0)
        now = ask(service, "/interviews/answer", {"interview": now, "value": value})
        here = here.answer(value)
    assert now == here.to_dict()


def test_what_was_observed_is_weighed(service: Any) -> None:
    """Evidence and flags come along."""
    seen = {"fact": "finances", "source": "conversation", "assessor": "consulent"}
    observed = [seen | {"value": "mild", "date": "2024-01-02"}]
    given = {"client_id": "c1", "as_of": "2024-02-01", "observations": observed}
    result = Result.from_dict(ask(service, "/dossiers", given))
    assert [one.assessor for one in result.provenance["finances"]] == ["consulent"]


@pytest.mark.gate
def test_records_and_departures_are_kept_as_bytes(service: Any, engine: Engine) -> None:
    """What comes back is what was digested; replayed it is the same, and a chain has one order."""
    sha256 = ask(service, "/records", PROFILE, asked_by="intake")
    record = Record(service.get(f"/records/{sha256}").content)
    assert record.sha256 == sha256
    assert record.result == engine.classify(PROFILE)
    assert ask(service, f"/records/{sha256}/replay")["differences"] == []
    today = datetime.now(UTC).date().isoformat()
    departure = {"decision": "scope", "role": "teamleider", "reason": "dat past", "date": today}
    for outcome in ("wsp", "no_benefit"):
        ask(service, f"/records/{sha256}/departures", departure | {"outcome": outcome})
    told = service.get(f"/records/{sha256}/departures", params={"lang": "nl"}).json()
    assert told.count("teamleider") == 2
    assert service.get("/records/none").status_code == 404


@pytest.mark.gate
def test_of_two_departures_at_once_one_is_refused(
    service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both follow the same document: kept one after the other, they would be no chain."""
    sha256 = ask(service, "/records", PROFILE, asked_by="two at once")
    store, today = sys.modules["app"].store, datetime.now(UTC).date().isoformat()
    departure = {"decision": "scope", "role": "teamleider", "reason": "dat past", "date": today}
    path, before = f"/records/{sha256}/departures", store.about(sha256)
    with monkeypatch.context() as stale:
        stale.setattr(store, "about", lambda _: before)  # what both read
        answers = [
            service.post(path, json=departure | {"outcome": outcome})
            for outcome in ("wsp", "no_benefit")
        ]
    assert [answer.status_code for answer in answers] == [201, 409]
    assert service.get(path).json().count("teamleider") == 1


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/classify", {"finances": "SECRET"}),
        ("/classify", {"finances": {"one_of": ["SECRET"]}}),
        ("/what-if", {"profile": {}, "changes": {"finances": "SECRET"}}),
        ("/interviews/answer", {"interview": {"result": "SECRET"}, "value": 1}),
        ("/dossiers", {"as_of": "2024-01-01", "observations": [{"value": "SECRET"}]}),
    ],
)
def test_what_is_refused_is_not_repeated(service: Any, path: str, data: Any) -> None:
    """Status 422, what is allowed, and no value: the body may be about somebody's health."""
    answer = service.post(path, json=data)
    assert answer.status_code == 422
    assert "SECRET" not in answer.text
    assert "must be" in answer.text or "is missing" in answer.text


@pytest.mark.gate
def test_openapi_is_typed_by_the_library(service: Any, engine: Engine) -> None:
    """Whoever generates a client gets these types, and an answer is what they say."""
    described = service.get("/openapi.json").json()
    schemas = described["components"]["schemas"]
    assert {"Result", "Verdict", "WhatIf", "Interview", "Observation", "Replay"} <= set(schemas)
    assert '"title": "Departure"' in json.dumps(described)
    text = json.dumps(schemas["Result"]).replace("#/components/schemas/", "#/$defs/")
    defs = json.loads(json.dumps(schemas).replace("#/components/schemas/", "#/$defs/"))
    jsonschema.validate(engine.classify(PROFILE).to_dict(), json.loads(text) | {"$defs": defs})
    assert (
        schemas["Profile"]["properties"]["finances"]["title"]
        == engine.ruleset.fact["finances"].label["nl"]
    )
