"""``python -m kring``."""

import sys

from kring.cli import main

if __name__ == "__main__":
    sys.exit(main())
