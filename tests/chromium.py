"""Where this machine has a Chromium; browser tests are skipped where there is none."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def path() -> str | None:
    """The program of CHROMIUM, or the first that is found; None where there is none."""
    named = os.environ.get("CHROMIUM")
    return next(filter(None, map(shutil.which, [named] if named else NAMES)), None)
