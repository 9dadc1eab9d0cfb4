"""What the text of an argument stands for; what cannot be used is refused in words.

Nothing in these words is a sign that steers a terminal.
"""

from __future__ import annotations

import argparse
import csv
import sys
from datetime import datetime
from typing import NoReturn

from routeengine.cli.output import show, tell
from routeengine.errors import shown


class Parser(argparse.ArgumentParser):
    """Refuses what cannot be used in a message that no argument can steer a terminal by."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and leave with status 2."""
        super().error(shown(message))

    def _print_message(self, message: str, file: object = None) -> None:
        (show if file is sys.stdout else tell)(message, end="")


def filled(text: str) -> str:
    """Take a text that is there: an empty path would be the current folder."""
    if not text.strip():
        raise argparse.ArgumentTypeError("is empty")
    return text


def some(text: str) -> int:
    """Take a whole number from 1."""
    if not (text.isascii() and text.isdecimal() and int(text[:9]) > 0):
        raise argparse.ArgumentTypeError("must be a whole number from 1")
    return int(text[:9])


def names(text: str) -> tuple[str, ...]:
    """Take names with commas between them, in quotes where a comma is part of one."""
    try:
        found = next(csv.reader([text], strict=True, skipinitialspace=True), [])
    except csv.Error:
        raise argparse.ArgumentTypeError("has a quote that is not closed") from None
    if not any(name.strip() for name in found):
        raise argparse.ArgumentTypeError("is empty")
    return tuple(name.strip() for name in found if name.strip())


def count(text: str) -> int:
    """Take a whole number from 0."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise argparse.ArgumentTypeError("must be a whole number")
    return int(text)


def moment(text: str) -> datetime:
    """Take a day and time with its distance from UTC."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.utcoffset() is None:
        raise argparse.ArgumentTypeError("must be as 2024-05-06T10:15+02:00")
    return at


def decimals(text: str) -> tuple[str, int]:
    """Take a number of decimals, with the name of an input before it or without."""
    name, _, number = text.rpartition("=")
    if number not in tuple("0123456"):
        raise argparse.ArgumentTypeError("must be a number from 0 to 6, or INPUT=N")
    return " ".join(name.split()), int(number)
