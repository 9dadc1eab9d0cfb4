"""Run the command line as `python -m routeengine`."""

import sys

from routeengine.cli import main

if __name__ == "__main__":
    sys.exit(main())
