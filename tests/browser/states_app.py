"""Kring as an app: its pages, and those without a connection, in every state."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.reaching import NOBODY, State, at

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
)


def own_device(page: Page, folder: Path) -> None:
    """The switch is on, and says what comes of it."""
    page.goto("/more/app/")
    page.locator("private-device input").check()
    expect(page.locator("private-device [role=status]")).not_to_be_empty()


def every_way(page: Page, folder: Path) -> None:
    """With the way of each device open."""
    page.goto("/more/app/")
    for way in page.locator("details.way summary").all():
        way.click()


def kept(page: Page, folder: Path) -> None:
    """What was last read, as the page shows it without a connection."""
    own_device(page, folder)
    page.goto("/")
    page.wait_for_function("() => caches.has('last read')")
    language = page.locator("html").get_attribute("lang")
    page.goto(f"/offline/{language}/")
    expect(page.locator(".kept article").first).to_be_visible()


def newer(page: Page, folder: Path) -> None:
    """There is a new version of Kring."""
    page.goto("/")
    page.wait_for_function("async () => (await navigator.serviceWorker.ready).active")
    page.locator("app-frame").evaluate("(frame) => (frame.hidden = false)")


def shared_elsewhere(page: Page, folder: Path) -> None:
    """A page of another website posts to us; what it sent is thrown away."""
    here = page.url.partition("/")[0] + "//" + page.url.split("/")[2]
    page.goto("about:blank")
    page.set_content(f"<a href='{here}/share/?key=of-nobody'>Kijk</a>")
    page.locator("a").click()
    expect(page.locator(".empty h1")).to_be_visible()


def hint(page: Page, folder: Path) -> None:
    """The offer to install, for who comes back; here on an iPhone."""
    page.add_init_script(
        f"Object.defineProperty(navigator, 'userAgent', {{ get: () => {IPHONE!r} }});"
    )
    page.set_extra_http_headers({"User-Agent": IPHONE})
    for _ in range(3):
        page.goto("/")
    expect(page.locator("app-install")).to_be_visible()


def offline(page: Page, folder: Path) -> None:
    """The page that knows nobody, in the language of the browser."""
    page.goto("/account/sign-in/")
    page.goto(f"/offline/{page.locator('html').get_attribute('lang')}/")


OF_APP = {
    "app": State("mother", every_way),
    "app-own-device": State("mother", own_device, alone=True),
    "app-hint": State("mother", hint, alone=True),
    "app-newer": State("mother", newer, alone=True),
    "offline": State(NOBODY, offline),
    "offline-last-read": State("mother", kept, alone=True),
    "shared-not-writing": State("mother", at("/share/")),
    "shared-by-another-website": State("teacher", shared_elsewhere, alone=True),
    "shared-too-early": State("teacher", at("/share/?again=1")),
}
