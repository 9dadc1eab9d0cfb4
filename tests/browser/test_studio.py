"""The page to change rules on, in a browser: all of it works there, and nowhere else."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from browser.chromium import Chromium, Tab
from browser.looked_at import Looker, missing_part
from portable.pyodide_parts import absent, interpreter, parts
from portable.test_pyodide import SOON
from required import required
from routeengine.cli import main
from routeengine.loading.files import shipped_folder

pytestmark = pytest.mark.gate

RULES = shipped_folder() / "rijswijk-2023"

REFUSED = """new Promise((resolve) => {
    addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
    fetch("http://127.0.0.1:9/").catch(() => 0);
})"""
"""Ask for something elsewhere, and give what of the page's policy forbids it."""

IN_A_WORKER = f"""new Promise((resolve) => {{
    const script = new Blob([{json.dumps(f"({REFUSED}).then(postMessage)")}]);
    new Worker(URL.createObjectURL(script)).onmessage = ({{ data }}) => resolve(data);
}})"""


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder as `python -m http.server` does, and keeps what was asked for."""

    asked: list[str]

    def log_message(self, *given: object) -> None:
        """Keep what would be printed."""
        self.asked.append(self.path)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, list[str]]]:
    """Serve the page in Dutch on the loopback address; give its folder, address and requests."""
    required("node", absent())
    pyodide = interpreter(parts(tmp_path_factory.mktemp("pyodide")))
    folder, asked = tmp_path_factory.mktemp("studio"), list[str]()
    assert main(["export", "studio", "--pyodide", str(pyodide), "-o", str(folder)]) == 0
    handler = type("Kept", (Handler,), {"asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=folder)) as server:
        threading.Thread(target=server.serve_forever).start()
        yield folder, f"http://127.0.0.1:{server.server_port}/", asked
        server.shutdown()


def pressed(tab: Tab, button: str) -> None:
    """Press a button, and wait until it can be pressed again."""
    tab.until(f"!document.getElementById('{button}').disabled")
    tab.run(f"document.getElementById('{button}').click()")
    tab.until(f"!document.getElementById('{button}').disabled")


def read(tab: Tab, id_: str) -> str:
    """Return the text of a part of the page that is shown."""
    text = tab.run(f"(one => one.hidden ? '' : one.textContent)(document.getElementById('{id_}'))")
    assert isinstance(text, str)
    return text


def chosen(tab: Tab, id_: str, value: str) -> None:
    """Choose from a list, or write, as a person does."""
    one = f"document.getElementById({json.dumps(id_)})"
    tab.run(f"{one}.value = {json.dumps(value)}; {one}.dispatchEvent(new Event('input'));")
    tab.run(f"{one}.dispatchEvent(new Event('change'))")


def test_rules_are_checked_changed_compared_and_explained_in_the_page(
    studio: tuple[Path, str, list[str]],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What it tells is what the command line tells; nobody is left out, and nothing leaves it."""
    required("browser", missing_part())
    folder, address, asked = studio
    with Chromium() as chromium:
        looker = Looker(chromium, tmp_path_factory.mktemp("browser"))
        looker.visited(address)
        tab = looker.tab
        pressed(tab, "check")
        assert read(tab, "status") == "Klaar."
        assert read(tab, "checked").startswith("rijswijk-2023 1.0.0: no findings:")

        # A rule that sees fewer people leaves a gap, and who is in it is told.
        route = (RULES / "decision-2-route.yaml").read_text(encoding="utf-8")
        gap = route.replace(SOON, SOON.replace("can_start_soon", "able_to_participate"))
        chosen(tab, "file", "decision-2-route.yaml")
        assert tab.run("document.getElementById('text').value") == route
        chosen(tab, "text", gap)
        pressed(tab, "check")
        told = read(tab, "checked")
        assert "rules/decision-2-route.yaml" in told
        assert "gap" in told
        assert tab.run("document.getElementById('file').selectedOptions[0].text").endswith(" *")

        pressed(tab, "diff")
        capsys.readouterr()
        (tmp_path / "new").mkdir()
        for one in RULES.iterdir():
            (tmp_path / "new" / one.name).write_bytes(one.read_bytes())
        (tmp_path / "new" / "decision-2-route.yaml").write_text(gap, encoding="utf-8")
        assert main(["diff", str(RULES), str(tmp_path / "new"), "--lang", "nl"]) == 1
        assert read(tab, "differs") == capsys.readouterr().out.strip()

        known = {"rung": "2", "receives_benefit": "true", "current_service": "participation"}
        for name, value in known.items():
            chosen(tab, f"fact-{name}", value)
        pressed(tab, "explain")
        (tmp_path / "one.csv").write_text(
            f"client_id,{','.join(known)}\nX,{','.join(known.values())}\n", encoding="utf-8"
        )
        explain = [
            "explain",
            str(tmp_path / "one.csv"),
            "--client",
            "X",
            "--lang",
            "nl",
            "--format",
            "markdown",
        ]
        assert main([*explain, "--rules", str(tmp_path / "new")]) == 0
        assert read(tab, "explained") == capsys.readouterr().out.strip()

        # A fault in a file is told with its place, as the command line does.
        chosen(tab, "text", gap.replace("then: B", "then: Z"))
        pressed(tab, "check")
        assert "rules/decision-2-route.yaml:" in read(tab, "checked")

        assert looker.complaints() == []
        for where in (REFUSED, IN_A_WORKER):
            assert tab.run(where) == "connect-src"
        inside = {"", *(str(one.relative_to(folder)) for one in folder.rglob("*"))}
        assert {one.lstrip("/") for one in asked} <= inside
