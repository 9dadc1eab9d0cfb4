"""The checker that others run (`portable/check`): the one that makes certificates asks it too.

What is settled on a box is what the checker says of it, so there is no second definition of that.
"""

from __future__ import annotations

from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

from routeengine.portable.folder import portable_folder


@cache
def checker() -> ModuleType:
    """Return the module `check_rules`, which imports nothing of this library."""
    path = portable_folder() / "check" / "check_rules.py"
    spec = spec_from_file_location("routeengine_check_rules", path)
    if spec is None or spec.loader is None:
        raise ImportError("the checker of certificates is not there")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
