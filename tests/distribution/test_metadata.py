"""What `pyproject.toml` and `uv.lock` say of the package, and that extras are for users."""

from __future__ import annotations

import re
import textwrap
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from required import required

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def bare(requirement: str) -> str:
    """Return the name of the package that is required, in its one spelling."""
    name = re.split(r"[\s\[<>=!~;(]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def test_extras_are_for_users() -> None:
    """What only tests and checks need is in groups, which are no part of what is published."""
    extras = PROJECT["project"]["optional-dependencies"]
    assert set(extras) == {
        "all",
        "durable",
        "excel",
        "parquet",
        "spark",
        "sql",
        "tables",
        "testing",
    }
    assert set(PROJECT["dependency-groups"]) == {
        "dev",
        "docs",
        "fuzz",
        "notebook",
        "service",
        "test",
    }


def test_no_group_asks_an_index_for_the_library_itself() -> None:
    """`pip install --group` without the library would take whoever has its name there."""
    for group in PROJECT["dependency-groups"].values():
        for one in group:
            assert isinstance(one, dict) or bare(one) != PROJECT["project"]["name"]


def test_the_pythons_that_are_named_are_those_that_are_allowed() -> None:
    """Each from the lowest on, without a gap; `.ci/release` tries each of them."""
    named = [
        int(found[1])
        for one in PROJECT["project"]["classifiers"]
        if (found := re.fullmatch(r"Programming Language :: Python :: 3\.(\d+)", one))
    ]
    assert PROJECT["project"]["requires-python"] == f">=3.{named[0]}"
    assert named == list(range(named[0], named[0] + len(named)))


def test_the_workflow_of_a_release_can_do_no_more_than_it_has_to() -> None:
    """Only the job that publishes may prove who it is, and it runs nothing of ours."""
    page = (ROOT / "RELEASING.md").read_text(encoding="utf-8")
    block = re.search(r"<!-- workflow -->\n *```yaml\n(.*?)```", page, re.DOTALL)
    assert block
    jobs = yaml.safe_load(textwrap.dedent(block[1]))["jobs"]
    assert jobs["build"]["permissions"] == {"contents": "read"}
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert ".ci/release" in [step.get("run") for step in jobs["build"]["steps"]]
    wanted = jobs["build"]["steps"][1]["with"]["python-version"].split()
    named = re.findall(
        r"Python :: (3\.\d+)\"", (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    )
    assert sorted(wanted) == sorted(named)


def test_the_locked_versions_come_from_the_public_index_alone() -> None:
    """No address of anybody's own, so that everybody can install them."""
    lock = ROOT / "uv.lock"
    required("source", None if lock.is_file() else "no part of this copy")
    text = lock.read_text(encoding="utf-8")
    hosts = {urlsplit(one).netloc for one in re.findall(r'https?://[^"\s]+', text)}
    assert hosts == {"pypi.org", "files.pythonhosted.org"}
    locked = {one["name"] for one in tomllib.loads(text)["package"]}
    asked = [*PROJECT["project"]["dependencies"]]
    for more in (PROJECT["project"]["optional-dependencies"], PROJECT["dependency-groups"]):
        asked += [one for some in more.values() for one in some if isinstance(one, str)]
    assert {bare(one) for one in asked} <= locked
