"""Pictures of every page for people to look at: ``python -m tests.browser.gallery OUT [NAME…]``."""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import django
from playwright.sync_api import Browser, Page

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()  # the states know the cast by its models

from tests.browser.conftest import Demo, running_chromium, running_demo  # noqa: E402
from tests.browser.reaching import State  # noqa: E402
from tests.browser.states import STATES  # noqa: E402

WIDTHS = {390: 844, 820: 1180, 1440: 900}  # phone, tablet, desktop, with their heights
MOST = 2600  # pixels of a page that is long: what follows looks like what stands above


def main() -> int:
    """Write OUT/NAME-WIDTH-THEME.png of all states, or of those that are named."""
    out, *names = sys.argv[1:]
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory() as data,
        TemporaryDirectory() as made,
        running_demo(Path(data)) as demo,
        running_chromium() as chromium,
    ):
        for name in names or STATES:
            visit(chromium, demo, STATES[name], folder / name, Path(made))
    return 0


def visit(chromium: Browser, demo: Demo, state: State, name: Path, made: Path) -> None:
    """Come to one state and take its pictures."""
    window = chromium.new_context(
        base_url=demo["address"], locale="nl-NL", reduced_motion="reduce", device_scale_factor=1
    )
    page = window.new_page()
    if state.person:
        page.goto(demo["people"][state.person]["sign_in"])
    state.reach(page, made)
    for width, height in WIDTHS.items():
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            picture(page, name.with_name(f"{name.name}-{width}-{theme}.png"), width, height)
    window.close()


def picture(page: Page, path: Path, width: int, height: int) -> None:
    """The page in a window as long as itself, so that the bar stands at its end."""
    page.set_viewport_size({"width": width, "height": height})
    long = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(max(long, height), MOST)})
    page.evaluate("document.fonts.ready")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=path, animations="disabled")


if __name__ == "__main__":
    sys.exit(main())
