"""The hint to put Kring among one's apps: to whom it comes, and what it says."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Windows

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ASKS_TO_INSTALL = """
  addEventListener("load", () => setTimeout(() => {
    const asking = new Event("beforeinstallprompt", { cancelable: true });
    asking.prompt = async () => (globalThis.asked = true);
    asking.userChoice = Promise.resolve({ outcome: "accepted" });
    dispatchEvent(asking);
  }, 200));
"""


def test_who_comes_back_is_offered_the_app_and_can_say_no_for_good(windows: Windows) -> None:
    page = windows()
    page.add_init_script(ASKS_TO_INSTALL)
    page.goto(windows.demo["people"]["mother"]["sign_in"])
    hint = page.get_by_role("heading", name="Kring als app")
    page.reload()
    page.wait_for_timeout(500)
    expect(hint).to_have_count(0)
    page.reload()
    expect(hint).to_be_visible()
    page.get_by_role("button", name="Installeren").click()
    page.wait_for_function("() => globalThis.asked")
    page.reload()
    page.get_by_role("button", name="Nee, bedankt").click()
    page.reload()
    page.wait_for_timeout(500)
    expect(hint).to_have_count(0)


IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
)


def test_an_iphone_is_told_where_to_tap(windows: Windows) -> None:
    page = windows("mother", user_agent=IPHONE)
    page.reload()
    page.reload()
    expect(page.locator("app-install")).to_contain_text("Zet op beginscherm")
    expect(page.get_by_role("button", name="Installeren")).to_have_count(0)


def test_the_page_of_the_app_needs_no_script_to_say_how(windows: Windows) -> None:
    page = windows("mother", java_script_enabled=False)
    expect(page.locator("article").first).to_be_visible()
    page.goto("/more/app/")
    for way in ("iPhone of iPad, met Safari", "Android"):
        expect(page.get_by_text(way, exact=True)).to_be_visible()
    expect(page.locator("private-device")).to_be_hidden()
