"""The checker that others run (`portable/check`): the one that makes certificates asks it too.

What is settled on a box is what the checker says of it, so there is no second definition of that.
"""

from __future__ import annotations

from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType


@cache
def checker() -> ModuleType:
    """Return the module `check_rules`, which imports nothing of this library."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "portable" / "check"  # in the wheel; in a copy of the repository at its top
    folder = inside if inside.is_dir() else package.parents[1] / "portable" / "check"
    spec = spec_from_file_location("routeengine_check_rules", folder / "check_rules.py")
    if spec is None or spec.loader is None:
        raise ImportError("the checker of certificates is not there")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
