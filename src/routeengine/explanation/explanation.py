"""An explanation with what can be made of it: text, a page, JSON, the part that others may see."""

from __future__ import annotations

from dataclasses import fields
from typing import Self

from routeengine.explanation.document import document
from routeengine.explanation.html import as_html
from routeengine.explanation.masking import masked
from routeengine.explanation.model import ExplanationData
from routeengine.explanation.text import as_markdown, as_text


class Explanation(ExplanationData):
    """Why one client was classified so, in one language: see `ExplanationData` for what it holds.

    It is frozen, and equal to one of which all fields are equal.
    """

    __slots__ = ()

    def to_text(self, *, short: bool = False) -> str:
        """Return the explanation as plain text, for reading on paper or aloud.

        `short` keeps to the answers, why in a few words, what is missing, what would change it,
        and who decides.
        """
        return as_text(document(self, short=short))

    def to_markdown(self, *, short: bool = False) -> str:
        """Return the explanation as Markdown (CommonMark); `short` as in `to_text`."""
        return as_markdown(document(self, short=short))

    def to_html(self, *, short: bool = False) -> str:
        """Return the explanation as one self-contained HTML page; `short` as in `to_text`."""
        return as_html(document(self, short=short), self.language)

    def masked(self) -> Self:
        """Return the explanation for a reader who may not see special-category data.

        It has no value of such a fact, nor anything that depends on one beyond the
        verdicts and flags themselves. Masking twice is masking once.
        """
        return masked(self)

    def model_dump_json(self, *, indent: int | None = None) -> str:
        """Return the explanation as JSON, in the form of `schemas/explanation.schema.json`."""
        from routeengine.explanation.encode import written  # pydantic is slow to import

        return written(self, indent)

    @classmethod
    def model_validate_json(cls, text: str | bytes) -> Self:
        """Read an explanation that was written as JSON, in this form or in the one before it.

        Raises UsageError, which shows no value, for what is no explanation.
        """
        from routeengine.explanation.decode import read  # pydantic is slow to import

        data = read(text)
        return cls(**{one.name: getattr(data, one.name) for one in fields(data)})
