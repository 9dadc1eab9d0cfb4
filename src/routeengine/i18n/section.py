"""What a section of a language's file is made of."""

from __future__ import annotations

from typing import Any, NoReturn, Self


class Section:
    """Texts by name: those that its class is annotated with, all of them and no others.

    A dataclass would be written out, text by text, whenever a process starts to speak: 20 classes
    with a thousand texts take longer than to read the file.
    """

    def __init__(self, **texts: Any) -> None:
        """Hold the texts of one section; raises TypeError if one is missing, or is too many."""
        asked = type(self).__annotations__
        if asked.keys() != texts.keys():
            names = ", ".join(sorted(asked.keys() ^ texts.keys()))
            raise TypeError(f"{type(self).__name__} lacks these texts, or has no such: {names}")
        self.__dict__.update(texts)

    def replaced(self, **texts: Any) -> Self:
        """Return the section with these texts in place of its own; raises TypeError as it does."""
        return type(self)(**vars(self) | texts)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Refuse: everyone who speaks a language has the same words."""
        raise AttributeError(f"{type(self).__name__} cannot be changed: {name}")
