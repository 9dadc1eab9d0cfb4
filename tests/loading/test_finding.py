"""What names rules: a shipped or offered name, a path, or texts by file; and never nothing."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loading.small import LIBRARY, SMALL, changed, small
from routeengine import load_ruleset, offered_rulesets, shipped_rulesets
from routeengine.cases import load_cases
from routeengine.errors import RecordError, RuleSetError, UsageError
from routeengine.loading import files
from routeengine.record import find_ruleset
from routeengine.ruleset.digest import reference

# Texts by the names of their files


def test_texts_by_file_name_are_a_rule_set() -> None:
    """As text or as bytes, and in the order that is given."""
    first, second = SMALL.split("decisions:")
    assert load_ruleset({"a.yaml": first, "b": ("decisions:" + second).encode()}) == small()


def test_a_fault_in_a_text_is_told_by_the_name_of_its_file() -> None:
    """The name that the user gave, whatever it looks like."""
    with pytest.raises(RuleSetError) as caught:
        load_ruleset({"mijn regels (2).yaml": changed(("version: 1.0.0", "version: one"))})
    assert str(caught.value).startswith("mijn regels (2).yaml:3:12: `one` is no version")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "no rules are given: the mapping holds no file"),
        ({"": SMALL}, "rules in a mapping are texts by the names of their files"),
        ({" ": SMALL}, "rules in a mapping are texts"),
        ({1: SMALL}, "rules in a mapping are texts"),
        ({"a.yaml": {"facts": {}}}, "rules in a mapping are texts"),
        ({"a.yaml": Path("a.yaml")}, "rules in a mapping are texts"),
        ({f"{number}.yaml": SMALL for number in range(65)}, "more than 64 rule files are given"),
    ],
)
def test_a_mapping_of_something_else_is_refused(given: Any, told: str) -> None:
    """In a sentence that says what it has to be."""
    with pytest.raises(UsageError, match=told.replace("(", r"\(")):
        load_ruleset(given)


# Nothing, and what is no name


@pytest.mark.parametrize("nothing", ["", " ", "\t", Path(), Path("./")])
def test_nothing_is_never_the_current_folder(
    nothing: str | Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the current folder holds rules; `.` as text says that it is meant."""
    (tmp_path / "rules.yaml").write_text(SMALL, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="no path is given"):
        load_ruleset(nothing)
    with pytest.raises(UsageError, match="no path is given"):
        load_cases(nothing, small())
    with pytest.raises(UsageError, match="no path is given"):
        find_ruleset("0" * 64, [nothing])
    assert load_ruleset(".") == load_ruleset(Path.cwd()) == small()


def test_a_digest_is_looked_for_in_files_and_so_many_folders_down(tmp_path: Path) -> None:
    """In a file that is named, and no more than three folders deep."""
    wanted = reference(small())
    folder = tmp_path
    for number in range(4):
        file = folder / "rules.yaml"
        file.write_text(SMALL, encoding="utf-8")
        assert find_ruleset(wanted, [file], shipped=False) == small()
        if number < 3:
            assert find_ruleset(wanted, [tmp_path], shipped=False) == small()
        else:
            with pytest.raises(RecordError):
                find_ruleset(wanted, [tmp_path], shipped=False)
        file.unlink()
        folder /= f"below-{number}"
        folder.mkdir()


def test_a_path_may_be_any_path(tmp_path: Path) -> None:
    """Whatever has a path as text; not one as bytes."""

    class Entry:
        def __fspath__(self) -> str:
            return str(LIBRARY)

    assert load_ruleset(Entry()) == load_ruleset(LIBRARY)


@pytest.mark.parametrize("given", [None, 3, True, b"rules", [], small()])
def test_what_is_no_name_path_or_mapping_is_refused(given: Any) -> None:
    """With its type, and what it has to be."""
    with pytest.raises(UsageError, match="no name or path, but a value of type"):
        load_ruleset(given)


@pytest.mark.parametrize("given", [SMALL, "a\0b"])
def test_the_text_of_rules_is_no_path(given: str) -> None:
    """Who gives the text itself is told where it goes, and the text is not repeated."""
    with pytest.raises(UsageError, match="the text of rules goes in a mapping") as caught:
        load_ruleset(given)
    assert len(str(caught.value)) < 100


def test_a_path_that_cannot_be_looked_at_is_a_fault(tmp_path: Path) -> None:
    """Too long for any file system, say."""
    with pytest.raises(RuleSetError, match="cannot be read: File name too long"):
        load_ruleset("x" * 5_000)


# What other packages offer

METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"


def package(folder: Path, name: str, code: str, *offers: str) -> Path:
    """Write a package that is installed in a folder, and offers rule sets."""
    module = folder / name.replace("-", "_")
    module.mkdir(parents=True)
    (module / "__init__.py").write_text(code, encoding="utf-8")
    (module / "rules.yaml").write_text(SMALL, encoding="utf-8")
    about = folder / f"{module.name}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(METADATA.format(name=name), encoding="utf-8")
    lines = ["[routeengine.rulesets]", *offers, ""]
    (about / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")
    return module


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a folder that packages are imported from; what is imported is forgotten after."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    before = set(sys.modules)
    yield folder
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_another_package_offers_a_rule_set(site: Path) -> None:
    """It is listed apart, and its code runs when it is asked for by name, and not before."""
    package(site, "delft-rules", "", "delft-2025 = delft_rules")
    assert offered_rulesets() == ("delft-2025",)
    assert "delft-2025" not in shipped_rulesets()
    load_ruleset("rijswijk-2023")
    with pytest.raises(RuleSetError, match="did you mean `delft-2025`"):
        load_ruleset("delft-2052")
    assert "delft_rules" not in sys.modules
    ruleset = load_ruleset("delft-2025")
    assert "delft_rules" in sys.modules
    assert ruleset == small()
    assert ruleset.facts[0].place.file == "delft-2025/rules.yaml"


@pytest.mark.gate
def test_a_record_is_not_looked_up_in_what_is_offered(site: Path) -> None:
    """To replay a record runs no code of another package."""
    package(site, "delft-rules", "raise SystemExit", "delft-2025 = delft_rules")
    shipped = load_ruleset("rijswijk-2023")
    assert find_ruleset(reference(shipped)) == shipped
    assert "delft_rules" not in sys.modules


@pytest.mark.parametrize(
    "code",
    [
        "from pathlib import Path\nRULES = Path(__file__).parent",
        "from pathlib import Path\nRULES = str(Path(__file__).parent / 'rules.yaml')",
        "from importlib.resources import files\nRULES = files(__name__) / 'rules.yaml'",
    ],
)
def test_a_folder_a_file_and_a_resource_can_be_offered(site: Path, code: str) -> None:
    """As path, as text, or as what `importlib.resources` gives."""
    package(site, "delft-rules", code, "delft-2025 = delft_rules:RULES")
    assert load_ruleset("delft-2025") == small()


def test_a_rule_set_may_come_out_of_a_zip(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that is never unpacked can offer versions like any other."""
    module = package(site, "delft-rules", "", "delft = delft_rules")
    (module / "rules.yaml").unlink()
    for year in (2024, 2025):
        (module / str(year)).mkdir()
        text = changed(("  version", f"  valid_from: {year}-01-01\n  version"))
        if year == 2024:
            text = changed(("  version", "  valid_until: 2024-12-31\n  version"), text=text)
        (module / str(year) / "rules.yaml").write_text(text, encoding="utf-8")
    packed = site.parent / "packed.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for one in sorted(site.rglob("*")):
            archive.write(one, one.relative_to(site))
    monkeypatch.setattr(sys, "path", [str(packed), *(one for one in sys.path if one != str(site))])
    assert offered_rulesets() == ("delft",)
    ruleset = load_ruleset("delft", as_of="2025-03-01")
    assert str(ruleset.valid_from) == "2025-01-01"
    assert ruleset.facts[0].place.file == "delft/2025/rules.yaml"


def test_a_shipped_name_comes_before_an_offered_one_and_that_before_a_path(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`./name` is always a path, and a `Path` is one too."""
    package(site, "x-rules", "", "rijswijk-2023 = x_rules", "mine = x_rules")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.yaml").write_text(changed(("id: small", "id: mine")), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert load_ruleset("rijswijk-2023").id == "rijswijk-2023"
    assert load_ruleset("mine").id == "small"
    assert load_ruleset("./mine").id == load_ruleset(Path("mine")).id == "mine"
    assert load_ruleset(str(tmp_path / "mine")).id == "mine"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("", "is offered by `x-rules`, and cannot be loaded: AttributeError"),
        ("raise RuntimeError('boom')", "is offered by `x-rules`, and cannot be loaded: RuntimeErr"),
        ("RULES = 3", "is offered by `x-rules` as something else than a package, the full path"),
        ("RULES = ''", "is offered by `x-rules` as something else"),
        ("RULES = 'rules'", "is offered by `x-rules` as something else"),
        ("RULES = '/nowhere/at/all'", "mine: cannot be read: No such file or directory"),
    ],
)
def test_an_offer_that_fails_names_the_package(site: Path, code: str, told: str) -> None:
    """Whatever its code does is a fault of the name that was asked for."""
    package(site, "x-rules", code, "mine = x_rules:RULES")
    with pytest.raises(RuleSetError, match=r"^mine: ") as caught:
        load_ruleset("mine")
    assert told in str(caught.value)


def test_a_name_that_two_packages_offer_is_refused(site: Path) -> None:
    """Which of them is meant is not for us to say; both are named."""
    for name in ("a-rules", "b-rules"):
        package(site, name, "", f"mine = {name.replace('-', '_')}")
    with pytest.raises(RuleSetError, match="is offered by more than one package: `a-rules` and `b"):
        load_ruleset("mine")
    assert offered_rulesets() == ("mine",)
    assert "a_rules" not in sys.modules


def test_hidden_folders_hold_no_rules(tmp_path: Path) -> None:
    """What a tool keeps beside the rules is not taken for a version."""
    (tmp_path / "rules.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / ".tool").mkdir()
    (tmp_path / ".tool" / "settings.yaml").write_text("a: 1", encoding="utf-8")
    assert load_ruleset(tmp_path) == small()
    assert files.yaml_files(tmp_path) == [tmp_path / "rules.yaml"]
