"""What can be shown without Windows of how the library fares there, as `docs/installing.md` says.

Nothing here runs on Windows: what is asked for by name is looked for in the code, line ends and
paths are those of Windows, and names are held against what its disks refuse.
"""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path, PureWindowsPath

import pytest

import routeengine
from routeengine.cli import main
from routeengine.loading import files
from routeengine.ruleset.digest import whole_digest

ROOT = Path(__file__).parents[2]
PACKAGE = Path(routeengine.__file__).parent

POSIX_MODULES = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}

POSIX_NAMES = {
    "os": {
        "O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "WNOHANG", "chown", "chroot",
        "fchdir", "fchmod", "fchown", "fork", "forkpty", "getegid", "geteuid", "getgid",
        "getloadavg", "getpgid", "getuid", "killpg", "lchown", "lockf", "mkfifo", "mknod", "nice",
        "pread", "pwrite", "readv", "sched_getaffinity", "sendfile", "setsid", "setuid", "sync",
        "uname", "wait", "writev",
    },
    "signal": {
        "SIGALRM", "SIGCHLD", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGQUIT", "SIGSTOP", "SIGUSR1",
        "SIGUSR2", "alarm", "pause", "pthread_kill", "pthread_sigmask", "setitimer", "sigwait",
    },
    "time": {"tzset"},
}  # fmt: skip
"""What these modules lack on Windows, as far as programs like this one ask for it."""

MARK = "Windows"
"""A line that asks for such a thing says with this word what becomes of it there."""

RESERVED = {"aux", "con", "nul", "prn", *(f"{n}{i}" for n in ("com", "lpt") for i in range(10))}
"""Names that no file can have on Windows, whatever its ending."""

LONGEST_PATH = 140
"""Of a path below the repository: Windows allows 260 signs, and a folder may have the rest."""

SETS: Mapping[str, Mapping[str, str]] = {
    "rules/rijswijk-2023": {},
    "rules/bijstand-norm": {"as_of": "2025-01-15", "variant": "limit_110"},
    "fixtures/library-card": {},
    "fixtures/permits": {},
}
"""Rule sets, and the numbers that are taken of them."""


def unmarked(text: str) -> Iterator[str]:
    """Yield what a module asks for that Windows lacks, on lines that do not say what then."""
    tree, lines = ast.parse(text), text.splitlines()
    at_top = {id(node) for node in tree.body}
    for node in ast.walk(tree):
        found = set[str]()
        match node:
            case ast.Import(names=names):
                found = {one.name for one in names} & POSIX_MODULES
            case ast.ImportFrom(module=str(module)):
                asked = {one.name for one in node.names}
                found = {module} & POSIX_MODULES | asked & POSIX_NAMES.get(module, set())
            case ast.Attribute(value=ast.Name(id=module), attr=name):
                found = {name} & POSIX_NAMES.get(module, set())
        line = getattr(node, "lineno", 0)
        if found and (id(node) in at_top or MARK not in lines[line - 1]):
            yield f"{line}: {', '.join(sorted(found))}"


def untold(text: str) -> Iterator[str]:
    """Yield where a text is read without an encoding, or written without line ends, being said."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        if name not in {"open", "fdopen", "read_text", "write_text", "TextIOWrapper"}:
            continue
        texts = [one.value for one in node.args if isinstance(one, ast.Constant)]
        modes = [one for one in texts if isinstance(one, str) and set(one) <= set("rwxabt+")]
        if name in {"open", "fdopen"} and not any("b" not in one for one in modes):
            continue  # bytes, or a method of our own that has the name
        said = {one.arg for one in node.keywords}
        needed = {"encoding"}
        if name == "write_text" or any(set(one) & set("wxa") for one in modes):
            needed.add("newline")
        if needed - said and not _is_ours(node):
            yield f"{node.lineno}: {name} without {', '.join(sorted(needed - said))}"


def _is_ours(node: ast.Call) -> bool:
    """`read_text(file, path, collector)` of the loader, which reads bytes."""
    return isinstance(node.func, ast.Name) and node.func.id == "read_text"


def each_module() -> list[Path]:
    """Return the modules of the library, and of its examples."""
    return [*sorted(PACKAGE.rglob("*.py")), *sorted((ROOT / "examples").rglob("*.py"))]


@pytest.mark.gate
def test_nothing_hangs_on_the_machine() -> None:
    """What Windows lacks is asked for when no module is imported, and elsewhere with a mark.

    Texts have an encoding and line ends: cp1252 and CRLF are Windows's own.
    """
    found = {
        str(path): [*unmarked(text), *untold(text)]
        for path in each_module()
        for text in [path.read_text(encoding="utf-8")]
    }
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "text",
    [
        "import fcntl  # not on Windows",
        "def f():\n    import resource",
        "from os import fork",
        "import os\nos.fork()",
        "import signal\nENDS = [signal.SIGHUP]",
        "def f():\n    from pwd import getpwnam",
    ],
)
def test_what_windows_lacks_is_found(text: str) -> None:
    """At the top in any case, and elsewhere where the line does not say what then."""
    assert [*unmarked(text)]
    assert not [*unmarked("def f():\n    import resource  # not on Windows")]


@pytest.mark.parametrize(
    "text",
    [
        "p.read_text()",
        "p.write_text(t, encoding='utf-8')",
        "open(p, 'w', encoding='utf-8')",
        "open(p, 'r')",
        "p.open('a', newline='')",
        "io.TextIOWrapper(b)",
    ],
)
def test_what_hangs_on_the_machine_is_found(text: str) -> None:
    """An encoding or a line end that is not said."""
    assert [*untold(text)]
    assert not [*untold("p.open('rb'); p.write_text(t, encoding='utf-8', newline='\\n')")]


@pytest.mark.gate
@pytest.mark.parametrize("name", SETS)
def test_rules_of_windows_mean_the_same(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files that end their lines with CRLF, named as Windows names them: no digest changes.

    Of the table of `permits` the bytes are in the digest, and `.gitattributes` has them kept.
    """
    here = tmp_path / "rules"
    shutil.copytree(ROOT / name, here)
    for path in here.iterdir():
        if path.suffix == ".yaml":
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    before = routeengine.load_ruleset(ROOT / name, **SETS[name])
    monkeypatch.setattr(files, "PurePath", PureWindowsPath)
    after = routeengine.load_ruleset(here, **SETS[name])
    assert after == before
    assert whole_digest(after) == whole_digest(before)


@pytest.mark.gate
def test_cases_and_a_caseload_of_windows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """CRLF and a byte-order mark change no answer: the same table and the same report."""
    said: list[tuple[int, str, bytes]] = []
    for end, mark in ((b"\n", b""), (b"\r\n", b"\xef\xbb\xbf")):
        here = tmp_path / f"{len(said)}"
        here.mkdir()
        for name in ("caseload.csv", "cases/pinned.yaml"):
            text = mark + (ROOT / "fixtures" / name).read_bytes().replace(b"\n", end)
            (here / Path(name).name).write_bytes(text)
        out = here / "out.csv"
        assert main(["classify", str(here / "caseload.csv"), "-o", str(out)]) == 0
        capsys.readouterr()
        status = main(["test", "rijswijk-2023", str(here / "pinned.yaml")])
        shown = capsys.readouterr().out.replace(str(here), "")
        said.append((status, shown, out.read_bytes()))
    assert said[0] == said[1]


def test_every_file_can_be_on_a_disk_of_windows() -> None:
    """No reserved name or sign, no two alike but for case, no end in a dot, none too long."""
    paths = list(tracked())
    assert len({str(path).casefold() for path in paths}) == len(paths)
    for path in paths:
        assert len(str(path)) <= LONGEST_PATH
        for part in path.parts:
            assert part.split(".")[0].lower() not in RESERVED, path
            assert not set(part) & set('<>:"\\|?*'), path
            assert part[-1] not in ". ", path


def tracked() -> Iterator[Path]:
    """Yield the paths of the project's files: not what tools leave, nor what hides."""
    for top in ("conformance", "docs", "examples", "fixtures", "portable", "rules", "schemas"):
        for one in (ROOT / top).rglob("*"):
            if "__pycache__" not in one.parts:
                yield one.relative_to(ROOT)
    for one in PACKAGE.rglob("*.py"):
        yield "src" / one.relative_to(PACKAGE.parent)  # the package may be installed elsewhere
    for one in (ROOT / "tests").rglob("*.py"):
        yield one.relative_to(ROOT)


@pytest.mark.gate
def test_a_client_who_is_called_as_a_device(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """CON, nul. and com1.html are clients like any other: the number comes first in a name."""
    caseload = tmp_path / "in.csv"
    ids = ["CON", "nul.", "com1.html", "LPT9", "aux:x", "con", "a" * 200]
    lines = ["client_id,rung", *(f"{one},2" for one in ids)]
    caseload.write_text("\n".join(lines), encoding="utf-8", newline="\n")
    assert main(["explain", str(caseload), "--all", "-o", str(tmp_path / "out")]) == 0
    capsys.readouterr()
    names = [one.name for one in (tmp_path / "out").iterdir()]
    assert len({one.casefold() for one in names}) == len(ids)
    for one in names:
        assert one.split(".")[0].lower() not in RESERVED
        assert not set(one) & set('<>:"/\\|?*')
        assert len(one) < 60
