"""A PostgreSQL of our own, in single-user mode or as a server of this machine; nothing stays."""

from __future__ import annotations

import csv
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from routeengine.ruleset.model import RuleSet
from sql.tabled import Row, columns_of, create_table

Shown = dict[str, tuple[str, ...]]


def binary(name: str) -> str | None:
    """Find a program of PostgreSQL: on the path, or where Debian keeps the newest one."""
    there = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: p.parts[4])
    return shutil.which(name) or (str(there[-1]) if there else None)


def other_user() -> list[str]:
    """Give the words before a command that run it as another user than root."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={owner().pw_uid}", f"--regid={owner().pw_gid}", "--clear-groups"]


def owner() -> pwd.struct_passwd:
    """Give the user that PostgreSQL runs as where we are root, which it refuses."""
    names = {user.pw_name for user in pwd.getpwall()}
    return pwd.getpwnam("postgres" if "postgres" in names else "nobody")


class Database:
    """A database in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._run([binary("initdb"), "-D", "data", "-E", "UTF8", "--locale=C", "--no-sync"])

    def _run(self, command: Sequence[str | None], script: str = "") -> None:
        words = [*other_user(), *(word for word in command if word)]
        done = subprocess.run(
            words, input=script, cwd=self.folder, capture_output=True, text=True, check=False
        )
        wrong = [line for line in done.stderr.splitlines() if "ERROR: " in line]
        if done.returncode or wrong:
            raise AssertionError("\n".join(wrong) or done.stderr)

    def execute(self, *statements: str) -> None:
        """Run statements; each error is raised. No statement may hold an empty line."""
        script = "".join(f"{one.rstrip().rstrip(';')};\n\n" for one in statements)
        options = ["-j", "-D", "data", "-F", "-c", "log_min_messages=error"]
        self._run([binary("postgres"), "--single", *options, "postgres"], script)

    @contextmanager
    def served(self) -> Iterator[str]:
        """Start a server that only this machine's files lead to, and give its address."""
        command = [str(binary("postgres")), "-D", "data", "-F", "-k", str(self.folder), "-h", ""]
        with subprocess.Popen(
            [*other_user(), *command], cwd=self.folder, stderr=subprocess.PIPE, text=True
        ) as server:
            assert server.stderr is not None
            for line in server.stderr:
                if "ready to accept connections" in line:
                    break
            else:
                raise AssertionError("the server of the database did not start")
            try:
                user = owner().pw_name if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
                yield f"postgresql:///postgres?host={self.folder}&user={user}"
            finally:
                server.terminate()

    def show(self, ruleset: RuleSet, view: str, rows: Sequence[Row]) -> Shown:
        """Make the table and the view, and give the view's rows by client, as text."""
        given, shown = self.folder / "given.csv", self.folder / "shown.csv"
        with given.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(as_text(row) for row in rows)
        given.chmod(0o644)
        columns = ", ".join(f'"{name}"' for name in columns_of(ruleset))
        self.execute(
            'DROP TABLE IF EXISTS "clients" CASCADE',
            create_table(ruleset),
            f"COPY \"clients\" FROM '{given}' (FORMAT csv, NULL '\\N')",
            view,
            f"COPY (SELECT {columns} FROM \"advice\") TO '{shown}' (FORMAT csv, NULL '\\N')",  # noqa: S608  our own names
        )
        with shown.open(encoding="utf-8", newline="") as file:
            return {row[0]: tuple(row) for row in csv.reader(file)}


def as_text(row: Row) -> tuple[str, ...]:
    """Give a row as the database writes it."""
    return tuple("\\N" if cell is None else str(cell) for cell in row)


@contextmanager
def database() -> Iterator[Database]:
    """Make a database, and remove it afterwards."""
    # Not pytest's folder, which another user cannot look into.
    with tempfile.TemporaryDirectory(prefix="routeengine-") as name:
        if os.geteuid() == 0:
            os.chown(name, owner().pw_uid, owner().pw_gid)
        yield Database(Path(name))
