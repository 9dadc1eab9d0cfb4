"""One Chromium without a window, asked through its pipe: no package stands between."""

from __future__ import annotations

import base64
import json
import os
import select
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

__all__ = ["Chromium", "Tab", "absent"]

PROGRAM = os.environ.get("CHROMIUM", "/usr/bin/chromium")

FLAGS = (
    "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu",
    "--disable-dev-shm-usage", "--disable-extensions", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--hide-scrollbars",
)  # fmt: skip

PATIENCE = 60
"""Seconds that one answer may take."""


def absent() -> str | None:
    """Return why there is no browser to ask, or None."""
    return None if Path(PROGRAM).is_file() else f"there is no {PROGRAM} (CHROMIUM names another)"


class Chromium:
    """A browser process that is there while the `with` block runs."""

    def __enter__(self) -> Self:
        self._home = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        # It reads from its descriptor 3 and writes to 4, a NUL after each message.
        theirs_in, self._to = os.pipe()
        self._from, theirs_out = os.pipe()
        self._number, self._rest, self.events = 0, b"", list[dict[str, Any]]()
        script = f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}'
        home = f"--user-data-dir={self._home.name}"
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", script, "bash", PROGRAM, home, *FLAGS],
            pass_fds=(theirs_in, theirs_out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(RuntimeError, OSError):
            self.ask("Browser.close")
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        self._process.kill()
        self._process.wait()
        os.close(self._to)
        os.close(self._from)
        self._home.cleanup()

    def ask(self, method: str, session: str | None = None, **given: Any) -> dict[str, Any]:
        """Return the answer to one command; what else comes meanwhile is kept in `events`."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": given}
        if session is not None:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._to, data) :]
        while True:
            got = self._next()
            if got.get("id") == self._number:
                if "error" in got:
                    raise RuntimeError(f"{method}: {got['error']['message']}")
                answer: dict[str, Any] = got["result"]
                return answer

    def wait_for(self, method: str, session: str) -> None:
        """Wait until something of this name has happened since it was last waited for."""
        while True:
            for place, event in enumerate(self.events):
                if event["method"] == method and event.get("sessionId") == session:
                    del self.events[place]
                    return
            self._next()

    def _next(self) -> dict[str, Any]:
        """Return the next message, and keep it if it is an event."""
        until = time.monotonic() + PATIENCE
        while b"\0" not in self._rest:
            if not select.select([self._from], [], [], max(0, until - time.monotonic()))[0]:
                raise RuntimeError("the browser does not answer")
            data = os.read(self._from, 1 << 20)
            if not data:
                raise RuntimeError("the browser is gone")
            self._rest += data
        one, _, self._rest = self._rest.partition(b"\0")
        got: dict[str, Any] = json.loads(one)
        if "method" in got:
            self.events.append(got)
        return got


class Tab:
    """One tab, for page after page."""

    def __init__(self, chromium: Chromium) -> None:
        self._chromium = chromium
        target = chromium.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = chromium.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session: str = attached["sessionId"]
        for domain in ("Page", "Network", "Runtime"):
            self._ask(f"{domain}.enable")

    def _ask(self, method: str, **given: Any) -> dict[str, Any]:
        return self._chromium.ask(method, self._session, **given)

    def open(self, path: Path) -> list[str]:
        """Open a file, and return what it asked for besides itself."""
        return self.visit(path.as_uri())

    def visit(self, address: str) -> list[str]:
        """Open an address, and return what was asked for until it had loaded, besides itself."""
        self._chromium.events.clear()
        self.show()
        self._ask("Page.navigate", url=address)
        self._chromium.wait_for("Page.loadEventFired", self._session)
        return [one for one in self.asked() if one != address]

    def asked(self) -> list[str]:
        """Return all that was asked for since the page was opened, itself among it."""
        return [
            event["params"]["request"]["url"]
            for event in self._chromium.events
            if event["method"] == "Network.requestWillBeSent"
        ]

    def type(self, text: str) -> None:
        """Type where the page waits for a text."""
        self._ask("Input.insertText", text=text)

    def until(self, script: str) -> None:
        """Wait until what a script gives is true; nobody asks for it meanwhile."""
        looking = f"""new Promise((resolve) => {{
            const until = Date.now() + {PATIENCE // 2}e3;
            const look = () => {{
                const found = Boolean({script});
                if (found || Date.now() > until) resolve(found); else setTimeout(look, 50);
            }};
            look();
        }})"""
        if not any(self.run(looking) for _ in range(10)):
            raise RuntimeError(f"never came: {script}")

    def show(self, *, width: int = 1280, scheme: str = "light", media: str = "") -> None:
        """Show the page so wide, in this colour scheme, on a screen or as if on paper."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self._ask("Emulation.setEmulatedMedia", media=media, features=features)
        self._ask(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=900, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip

    def run(self, script: str) -> Any:
        """Return what a script gives; one that is a promise is waited for."""
        got = self._ask(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in got:
            raise RuntimeError(str(got["exceptionDetails"].get("exception")))
        return got["result"].get("value")

    def press(self, *keys: str) -> None:
        """Press some keys of a keyboard, by their names or letters."""
        for key in keys:
            code, text = {"Enter": (13, "\r"), "Tab": (9, ""), " ": (32, " ")}[key]
            named = {
                "key": key,
                "code": key if key != " " else "Space",
                "windowsVirtualKeyCode": code,
            }
            kind = "keyDown" if text else "rawKeyDown"
            self._ask("Input.dispatchKeyEvent", type=kind, text=text, **named)
            self._ask("Input.dispatchKeyEvent", type="keyUp", **named)

    def printed(self) -> bytes:
        """Return the page as a PDF, on the paper that its style asks for."""
        self.show()
        return self._picture("Page.printToPDF", preferCSSPageSize=True, printBackground=True)

    def screenshot(self) -> bytes:
        """Return a picture (PNG) of the whole page, for people to look at."""
        return self._picture("Page.captureScreenshot", captureBeyondViewport=True)

    def top(self, width: int, height: int, scale: float) -> bytes:
        """Return a picture (WebP) of the top of the page, for documentation."""
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": scale}
        return self._picture("Page.captureScreenshot", format="webp", quality=66, clip=clip)

    def _picture(self, method: str, **given: object) -> bytes:
        answer: Mapping[str, str] = self._ask(method, **given)
        return base64.b64decode(answer["data"])
