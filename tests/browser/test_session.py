"""What a shared tablet keeps of somebody who has left it: nothing."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_signing_out_has_the_browser_forget_and_going_back_shows_nothing(windows: Windows) -> None:
    page = windows("mother")
    page.locator("article header a").first.click()
    page.goto("/more/")
    with page.expect_response("**/sign-out/") as leaving:
        page.get_by_role("button", name="Uitloggen").click()
    assert leaving.value.header_value("clear-site-data") == '"cache", "storage"'
    expect(page.get_by_text("Je bent uitgelogd.")).to_be_visible()
    for _ in range(3):
        page.go_back()
        expect(page.get_by_role("heading", name="Inloggen")).to_be_visible()
        expect(page.locator("body")).not_to_contain_text("Fatima")


def test_who_comes_next_on_the_same_device_sees_nothing_of_who_was_there(windows: Windows) -> None:
    page = windows("principal_elsewhere")
    expect(page.get_by_text("Het schoolplein is weer open.")).to_be_visible()
    page.goto("/account/sign-out/")
    page.get_by_role("main").get_by_role("button", name="Uitloggen").click()
    page.goto(windows.demo["people"]["grandmother"]["sign_in"])
    expect(page.get_by_role("heading", name="Je mag ophalen")).to_be_visible()
    page.go_back()
    expect(page.locator("body")).not_to_contain_text("Het schoolplein is weer open.")


def test_signing_out_everywhere_ends_the_other_window(windows: Windows) -> None:
    here, there = windows("aftercare"), windows("aftercare")
    assert here.locator("article").count() == there.locator("article").count() > 0
    here.goto("/account/devices/")
    here.get_by_role("button", name="Overal uitloggen").click()
    expect(here.get_by_text("Je bent uitgelogd.")).to_be_visible()
    for page in (here, there):
        page.goto("/")
        expect(page.get_by_role("heading", name="Inloggen")).to_be_visible()


def test_one_device_is_signed_out_from_another(windows: Windows) -> None:
    here, there = windows("substitute_today"), windows("substitute_today")
    here.goto("/account/devices/")
    devices = here.get_by_role("listitem").filter(has=here.get_by_role("button"))
    other = devices.filter(has_not_text="Dit apparaat")
    expect(other).to_have_count(1)
    other.get_by_role("button", name="Uitloggen").click()
    expect(here.get_by_text("Je bent uitgelogd op dat apparaat.")).to_be_visible()
    there.goto("/")
    expect(there.get_by_role("heading", name="Inloggen")).to_be_visible()


def test_the_address_of_a_picture_opens_in_the_session_that_it_was_signed_for_only(
    windows: Windows,
) -> None:
    mother, again, father = windows("mother"), windows("mother"), windows("co_parent")
    picture = mother.locator(".mosaic a").first.get_attribute("href") or ""
    assert seen(mother, picture) == 200
    assert [seen(page, picture) for page in (again, father, windows())] == [404, 404, 404]
    mother.goto("/more/")
    mother.get_by_role("button", name="Uitloggen").click()
    expect(mother.get_by_text("Je bent uitgelogd.")).to_be_visible()
    assert seen(mother, picture) == 404


def seen(page: Page, picture: str) -> int:
    return page.request.get(picture).status
