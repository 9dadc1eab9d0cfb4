"""Whether Spark can be tried on this machine."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec

__all__ = ["ABSENT"]

ABSENT: str | None = None
"""What is not there, and how to get it; None where all is there."""

if find_spec("pyspark") is None:
    ABSENT = "there is no pyspark: install `routeengine[spark]`"
elif not (shutil.which("java") or os.environ.get("JAVA_HOME")):
    ABSENT = "there is no Java: install Debian's package `openjdk-17-jre-headless`"
