"""Where documents are kept: in SQLite, or in PostgreSQL if the name of the database says so."""

from contextlib import closing
from importlib import import_module
from typing import Any

from fastapi import HTTPException

TABLE = """CREATE TABLE IF NOT EXISTS documents (sha256 TEXT PRIMARY KEY, about TEXT NOT NULL,
    place INTEGER NOT NULL, data {} NOT NULL, UNIQUE (about, place))"""
ADD = "INSERT INTO documents (sha256, about, place, data) VALUES ({0}, {0}, {0}, {0})"


class Store:
    """Documents by the record that they are about: the record itself, and what came after it."""

    def __init__(self, database: str) -> None:
        self._database, self._mark, self._driver = database, "?", import_module("sqlite3")
        if database.startswith("postgresql:"):
            self._mark, self._driver = "%s", import_module("psycopg")
        self._run(TABLE.format("BLOB" if self._mark == "?" else "BYTEA"))

    def add(self, sha256: str, about: str, place: int, data: bytes) -> str:
        """Add a document. Of two for one place after a record one is refused: a chain has one."""
        try:
            self._run(ADD, sha256, about, place, data)
        except self._driver.IntegrityError:
            raise HTTPException(409, "another one was kept meanwhile") from None
        return sha256

    def about(self, sha256: str) -> list[bytes]:
        """Return the record of this digest, and then what is about it."""
        if found := self._run("SELECT data FROM documents WHERE about = {} ORDER BY place", sha256):
            return [bytes(data) for (data,) in found]
        raise HTTPException(404, "there is no such record")

    def _run(self, sql: str, *values: Any) -> list[Any]:
        connection: Any = self._driver.connect(self._database)
        with closing(connection), connection:
            cursor = connection.execute(sql.format(self._mark), values)
            return list(cursor) if cursor.description else []
