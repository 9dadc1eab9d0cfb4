"""Makes the site of the documentation: `PYTHONPATH=tests python tests/website/build.py [FOLDER]`.

Pages stay where repository hosts show them. They are laid out in a folder of their own, together
with those at the top of the repository and whatever else a page links to, and zensical makes the
site of them. It is read from disk: `build/docs/site/index.html`, unless another folder is named.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath

from api.page import INNER, MODULE, NAME, PAGE

__all__ = ["PROGRAM", "ROOT", "build", "lay_out"]

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = Path(sys.executable).with_name("zensical")

TOP = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "RELEASING.md")
"""Pages that hosts look for at the top of a repository."""

MENDED = (
    (r"<article ", '<article lang="nl" '),  # of a Dutch page; what surrounds it is English
    (r"<th([^>]*)></th>", r"<td\1></td>"),  # above a column without a heading
    (r'class="md-path" aria-label="Navigation"', 'class="md-path" aria-label="Breadcrumbs"'),
)
"""What axe-core finds in the pages that zensical makes, and what it should be."""

TARGET = re.compile(
    r"^(?P<opening> *```\w*)[^\n]*(?P<block>.*?^ *```$)|`[^`\n]+`"  # code
    r"|(?P<before>\]\(|\b(?:src|srcset|href)=\")(?P<target>[^)\"\s]+)",
    re.MULTILINE | re.DOTALL,
)

ELSEWHERE = re.compile(r"[a-z]+:|#")

LISTED = '{ "In Python" = ["api.md"] }'
"""Where the navigation names the page of public names; those of the modules come after it."""


def place(path: Path) -> PurePosixPath:
    """Return where a file of the repository has its place in the site."""
    inside = PurePosixPath(path.relative_to(ROOT).as_posix())
    if inside.parts[0] == "docs":
        return inside.relative_to("docs")
    return PurePosixPath(inside.name.lower()) if str(inside) in TOP else "files" / inside


class Layout:
    """The pages as they are laid out for the site, and the files that they link to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._done = set[Path]()

    def add(self, path: Path) -> None:
        """Lay out a file, and what it links to if it is a page."""
        if path in self._done:
            return
        self._done.add(path)
        there = self._folder / place(path)
        there.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".md":
            there.write_text(self._page(path), encoding="utf-8")
        else:
            shutil.copyfile(path, there)

    def _page(self, path: Path) -> str:
        """Return a page with its links as they are in the site."""
        # A page:      [the gate](../CONTRIBUTING.md#the-gate-and-the-night), `[this](stays.md)`
        # in the site: [the gate](contributing.md#the-gate-and-the-night), `[this](stays.md)`

        def replace(match: re.Match[str]) -> str:
            target = match["target"]
            if match["opening"] is not None:
                # A second word, as that of a file, is for the tests that run the block.
                return f"{match['opening']}{match['block']}"
            if target is None or ELSEWHERE.match(target):
                return match[0]
            name, mark, anchor = target.partition("#")
            file = self._page_or_file((path.parent / name).resolve())
            relative = os.path.relpath(place(file), place(path).parent)
            return f"{match['before']}{relative}{mark}{anchor}"

        return TARGET.sub(replace, path.read_text(encoding="utf-8"))

    def _page_or_file(self, path: Path) -> Path:
        """Lay out what a link leads to, and return it; of a folder, the page on it."""
        if not path.is_dir():
            self.add(path)
            return path
        page = path / "README.md"
        if page.is_file():
            self.add(page)
        else:
            inside = sorted(one for one in path.iterdir() if one.is_file())
            for one in inside:
                self.add(one)
            listed = [f"- [`{one.name}`]({one.name})\n" for one in inside]
            text = f"# {path.relative_to(ROOT).as_posix()}\n\n{''.join(listed)}"
            (self._folder / place(page)).write_text(text, encoding="utf-8")
        return page


def reference(folder: Path) -> list[str]:
    """Lay out a page for each module that users import, and link the list of all names to them.

    Return the pages, as the navigation has them. What stands on them is made from docstrings and
    signatures while the site is built, so that neither has a copy in the repository.
    """
    # In docs/api.md: a heading `## routeengine.wire`, and below it a row `| `Wire` | Whatever … |`.
    (folder / "api").mkdir()
    module, pages, lines = "", dict[str, str](), list[str]()
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if heading := MODULE.fullmatch(line):
            module = heading["module"]
            if module not in INNER:
                pages[module] = f"# {module}\n\n::: {module}\n"
        elif module in pages and (row := NAME.match(line)):
            name, at = row["name"], f"{module}.{row['name']}"
            # A function that is called as its file is: the file would be described in its place.
            if (ROOT / "src" / at.replace(".", "/")).with_suffix(".py").is_file():
                at += f".{name}"
                pages[module] += f"\n::: {at}\n    options:\n      show_root_heading: true\n"
            lines.append(f"| [`{name}`](api/{module}.md#{at}) |{line.removeprefix(row[0])}")
            continue
        lines.append(line)
    (folder / PAGE.name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    for module, text in pages.items():
        (folder / f"api/{module}.md").write_text(text, encoding="utf-8")
    return [f"api/{module}.md" for module in pages]


def lay_out(folder: Path) -> None:
    """Fill an empty folder with all that zensical needs: pages, theme and settings."""
    layout = Layout(folder / "pages")
    docs = ROOT / "docs"
    own = {docs / "theme", docs / "zensical.toml"}
    for path in sorted(docs.rglob("*")):
        if path.is_file() and own.isdisjoint((path, *path.parents)):
            layout.add(path)
    for name in TOP:
        layout.add(ROOT / name)
    shutil.copytree(docs / "theme", folder / "theme")
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    modules = "".join(f', "{page}"' for page in reference(folder / "pages"))
    settings = (docs / "zensical.toml").read_text(encoding="utf-8")
    nav = settings.replace(LISTED, LISTED.replace('"api.md"', f'"api.md"{modules}'))
    (folder / "zensical.toml").write_text(nav, encoding="utf-8")


def build(folder: Path) -> Path:
    """Make the site in a folder, strictly, and return where it begins.

    Raises RuntimeError with what zensical says if a link or an anchor leads nowhere.
    """
    for old in ("pages", "theme", "src", "site", ".cache"):
        shutil.rmtree(folder / old, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    lay_out(folder)
    command = [str(PROGRAM), "build", "--clean", "--strict"]
    made = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    if made.returncode:
        raise RuntimeError(re.sub(r"\x1b\[[\d;]*m", "", made.stdout + made.stderr))
    site = folder / "site"
    # It is for a server at one address, and this is for any.
    (site / "404.html").unlink()
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for old, new in MENDED if page.match("*.nl.html") else MENDED[1:]:
            text = re.sub(old, new, text)
        page.write_text(text, encoding="utf-8")
    return site / "index.html"


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build/docs"
    sys.stdout.write(f"{build(folder)}\n")
