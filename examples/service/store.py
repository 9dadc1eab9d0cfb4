"""Where documents are kept: in SQLite, or in PostgreSQL if the name of the database says so."""

import sqlite3
from contextlib import closing
from typing import Any

from fastapi import HTTPException

TABLE = """CREATE TABLE IF NOT EXISTS documents (sha256 TEXT PRIMARY KEY, about TEXT NOT NULL,
    place INTEGER NOT NULL, data {} NOT NULL, UNIQUE (about, place))"""
ADD = "INSERT INTO documents SELECT {0}, {0}, count(*), {0} FROM documents WHERE about = {0}"
FIND = "SELECT data FROM documents WHERE about = {0} ORDER BY place"


class Store:
    """Documents by the record that they are about: the record itself, and what came after it."""

    def __init__(self, database: str) -> None:
        self._database, self._mark, self._connect = database, "?", sqlite3.connect
        if database.startswith("postgresql:"):
            import psycopg  # for those who need it

            self._mark, self._connect = "%s", psycopg.connect
        self._run(TABLE.format("BLOB" if self._mark == "?" else "BYTEA"))

    def add(self, sha256: str, about: str, data: bytes) -> str:
        """Add a document. Of two at once about one record, one fails: a chain has one order."""
        self._run(ADD, sha256, about, data, about)
        return sha256

    def about(self, sha256: str) -> list[bytes]:
        """Return the record of this digest, and then what is about it."""
        if found := self._run(FIND, sha256):
            return [bytes(data) for (data,) in found]
        raise HTTPException(404, "there is no such record")

    def _run(self, sql: str, *values: Any) -> list[Any]:
        connection: Any = self._connect(self._database)
        with closing(connection), connection:
            cursor = connection.execute(sql.format(self._mark), values)
            return list(cursor) if cursor.description else []
