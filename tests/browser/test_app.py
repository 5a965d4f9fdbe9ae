"""Kring as an app: installed, without a connection, renewed, and offered by the share menu."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import chromium as machine
from tests.browser.conftest import FLAGS, Demo, Windows

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# What Chromium itself says of a line that is cut.
CUT = ("Failed to load resource: net::ERR_INTERNET_DISCONNECTED",)
CACHES = "async () => (await caches.keys()).map((name) => name.split(' ')[0]).sort()"
READY = "async () => (await navigator.serviceWorker.ready).active.state === 'activated'"
BADGES = """
  globalThis.badges = [];
  navigator.setAppBadge = async (count) => badges.push(count);
  navigator.clearAppBadge = async () => badges.push(0);
"""
SHARE = """({ to, files, text }) => {
  const form = Object.assign(document.createElement("form"), {
    method: "post", action: to, enctype: "multipart/form-data",
  });
  const chosen = new DataTransfer();
  for (const [name, type, body] of files) chosen.items.add(new File([body], name, { type }));
  const field = Object.assign(document.createElement("input"), { type: "file", name: "files" });
  field.files = chosen.files;
  const words = Object.assign(document.createElement("input"), { name: "text", value: text });
  form.append(field, words);
  document.body.append(form);
  form.submit();
}"""


def with_worker(page: Page) -> Page:
    """The page, once the worker stands behind it."""
    page.wait_for_function(READY)
    page.reload()
    page.wait_for_function("() => navigator.serviceWorker.controller")
    return page


def share(page: Page, text: str, *files: tuple[str, str, str], to: str = "/share/") -> None:
    """What the share menu does: a form that nobody sees, posted to us."""
    with page.expect_navigation():
        page.evaluate(SHARE, {"to": to, "files": files, "text": text})


def caches_of(page: Page) -> list[str]:
    """The first words of the names of what the page's origin keeps."""
    names: list[str] = page.evaluate(CACHES)
    return names


def drafts_of(page: Page) -> list[str]:
    """The names of what was typed and not sent."""
    names: list[str] = page.evaluate(
        "Object.keys(sessionStorage).filter((name) => name.startsWith('draft'))"
    )
    return names


def is_private(page: Page, *, turned: bool) -> None:
    """Say on the page of the app whether this device is one's own."""
    page.goto("/more/app/")
    page.get_by_label("Dit toestel is van mij alleen").set_checked(turned)
    said = "worden ze hier bewaard" if turned else "niets meer bewaard"
    expect(page.locator("private-device [role=status]")).to_contain_text(said)


@pytest.fixture
def private(windows: Windows) -> Page:
    """A mother whose phone is hers alone, who has read her messages on it."""
    page = with_worker(windows("mother", forgiven=CUT))
    is_private(page, turned=True)
    page.goto("/")
    page.wait_for_function("() => caches.has('last read')")
    return page


@pytest.fixture
def at_home(chromium: Browser, demo: Demo, tmp_path: Path) -> Iterator[Page]:
    """A Chromium that remembers, as one must that installs apps."""
    window = chromium.browser_type.launch_persistent_context(
        str(tmp_path / "profile"), executable_path=machine.path(), args=FLAGS
    )
    page = window.new_page()
    page.goto(demo["people"]["mother"]["sign_in"])
    yield page
    window.close()


def test_a_device_finds_nothing_that_keeps_it_from_installing(at_home: Page) -> None:
    with_worker(at_home)
    devtools = at_home.context.new_cdp_session(at_home)
    assert devtools.send("Page.getInstallabilityErrors") == {"installabilityErrors": []}
    told = devtools.send("Page.getAppManifest")
    assert told["errors"] == []
    manifest = json.loads(told["data"])
    pictures = [*manifest["icons"], *manifest["screenshots"]]
    for picture in [*pictures, *(one["icons"][0] for one in manifest["shortcuts"])]:
        assert picture["sizes"] == "any" or size_of(at_home, picture["src"]) == picture["sizes"]


def size_of(page: Page, picture: str) -> str:
    """As the browser itself sees it."""
    size: str = page.evaluate(
        """async (from) => {
          const image = new Image();
          image.src = from;
          await image.decode();
          return `${image.naturalWidth}x${image.naturalHeight}`;
        }""",
        picture,
    )
    return size


def test_without_a_connection_a_page_says_so_and_nothing_of_a_person_is_kept(
    windows: Windows,
) -> None:
    page = with_worker(windows("mother", forgiven=CUT))
    page.goto("/more/")
    assert caches_of(page) == ["files", "language"]
    page.context.set_offline(True)
    page.goto("/")
    expect(page.get_by_role("heading", name="Er is geen verbinding")).to_be_visible()
    expect(page.locator("article")).to_have_count(0)
    page.get_by_role("link", name="Opnieuw").click()
    expect(page.get_by_role("heading", name="Er is geen verbinding")).to_be_visible()
    page.context.set_offline(False)  # which the page hears
    expect(page.locator("article").first).to_be_visible()


def test_a_connection_that_is_back_before_the_page_listens_is_found(windows: Windows) -> None:
    page = with_worker(windows("mother", forgiven=CUT))
    page.add_init_script(
        """const add = window.addEventListener;
        window.addEventListener = (name, ...rest) =>
          name === "online" || add.call(window, name, ...rest);"""
    )
    page.context.set_offline(True)
    page.goto("/")
    expect(page.get_by_role("heading", name="Er is geen verbinding")).to_be_visible()
    page.context.set_offline(False)
    page.evaluate(
        """() => {
          const deaf = document.querySelector("offline-page");
          deaf.replaceWith(deaf.cloneNode(true));
        }"""
    )
    expect(page.locator("article").first).to_be_visible()


def test_the_page_without_a_connection_speaks_the_last_language(windows: Windows) -> None:
    page = windows(forgiven=CUT, locale="en-GB")
    page.goto("/account/sign-in/")
    with_worker(page).wait_for_function("() => caches.has('language')")
    page.context.set_offline(True)
    page.goto("/account/sign-in/")
    expect(page.get_by_role("heading", name="There is no connection")).to_be_visible()


def test_files_that_are_kept_hold_no_page_of_anybody(windows: Windows) -> None:
    page = with_worker(windows("teacher"))
    for path in ("/", "/more/", "/posts/new/"):
        page.goto(path)
    kept: list[str] = page.evaluate(
        """async () => {
          const shelves = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
          const asked = await Promise.all(shelves.map((shelf) => shelf.keys()));
          return asked.flat().map(({ url }) => new URL(url).pathname);
        }"""
    )
    known = re.compile(r"^/static/.+\.[0-9a-f]{12}\.[^/]+$|^/offline/(nl|en)/$|^/language$")
    assert [path for path in kept if not known.match(path)] == []
    assert len(kept) > 20


def test_a_private_device_shows_what_was_last_read(private: Page) -> None:
    text = private.locator("article .text p").first.inner_text()
    private.context.set_offline(True)
    private.goto("/")
    expect(private.get_by_role("heading", name="Je bent offline")).to_be_visible()
    expect(private.locator(".kept .note")).to_contain_text(
        re.compile(r"Dit is wat je laatst las, vandaag \d\d:\d\d\.")
    )
    expect(private.locator("article").first).to_contain_text(text.split("\n", maxsplit=1)[0])
    expect(private.locator("article img")).to_have_count(0)


def test_a_message_of_photos_only_says_there_how_many(private: Page) -> None:
    private.evaluate(
        """async () => {
          const shelf = await caches.open("last read");
          const kept = await (await shelf.match("/last-read")).json();
          const some = kept.posts.find((one) => one.pictures.count) ?? kept.posts[0];
          if (!some.pictures.count) some.pictures = { count: 2, films: false };
          globalThis.count = some.pictures.count;
          Object.assign(some, { paragraphs: [], papers: ["brief.pdf"] });
          kept.posts = [some];
          await shelf.put("/last-read", Response.json(kept));
        }"""
    )
    count = private.evaluate("count")
    private.context.set_offline(True)
    private.goto("/")
    said = private.locator("article > .meta")
    expect(said).to_have_text(re.compile(rf"^{count} foto('s)?( en films)? · brief\.pdf$"))


def test_the_switch_takes_it_all_away_again(private: Page) -> None:
    is_private(private, turned=False)
    assert "last" not in caches_of(private)
    private.goto("/")
    private.wait_for_load_state()
    assert "last" not in caches_of(private)


def test_what_was_read_more_than_a_week_ago_is_thrown_away(private: Page) -> None:
    private.goto("/more/")
    private.evaluate(
        """async () => {
          const shelf = await caches.open("last read");
          const kept = await (await shelf.match("/last-read")).json();
          kept.at -= 7 * 24 * 60 * 60 * 1000 + 1;
          await shelf.put("/last-read", Response.json(kept));
        }"""
    )
    private.context.set_offline(True)
    private.goto("/")
    expect(private.get_by_role("heading", name="Er is geen verbinding")).to_be_visible()
    private.wait_for_function("async () => !(await caches.has('last read'))")


def test_signing_out_leaves_nothing_on_a_private_device(private: Page) -> None:
    private.evaluate("sessionStorage.setItem('draft somebody /posts/new/', '{}')")
    private.goto("/more/")
    private.get_by_role("button", name="Uitloggen").click()
    expect(private.get_by_text("Je bent uitgelogd.")).to_be_visible()
    private.wait_for_function("async () => !(await caches.has('last read'))")
    assert private.evaluate("localStorage.getItem('private')") is None
    assert drafts_of(private) == []


def test_a_session_that_ended_elsewhere_leaves_nothing_either(private: Page) -> None:
    private.evaluate("sessionStorage.setItem('draft somebody /posts/new/', '{}')")
    private.context.clear_cookies()
    private.goto("/")
    expect(private.get_by_role("heading", name="Inloggen")).to_be_visible()
    private.wait_for_function("async () => !(await caches.has('last read'))")
    assert private.evaluate("localStorage.getItem('private')") is None
    assert drafts_of(private) == []


def test_somebody_else_on_the_same_device_finds_nothing(private: Page, demo: Demo) -> None:
    private.goto(demo["people"]["co_parent"]["sign_in"])
    private.wait_for_function("async () => !(await caches.has('last read'))")
    private.goto("/more/app/")
    expect(private.get_by_label("Dit toestel is van mij alleen")).not_to_be_checked()


def test_a_shared_tablet_is_nobodys_own(private: Page, demo: Demo) -> None:
    private.context.add_cookies([{"name": "tablet", "value": "some", "url": demo["address"]}])
    private.goto("/")
    private.wait_for_function("async () => !(await caches.has('last read'))")
    private.goto("/more/app/")
    expect(private.get_by_text("Dit is een gedeelde tablet.")).to_be_visible()
    expect(private.locator("private-device")).to_have_count(0)


def test_the_icon_counts_what_is_new_until_it_is_read(windows: Windows) -> None:
    page = windows()
    page.add_init_script(BADGES)
    page.goto(windows.demo["people"]["co_parent"]["sign_in"])
    assert page.evaluate("badges[0]") == page.locator("[data-unread]").count()
    marks = "() => document.querySelectorAll('article').forEach((one) => %s)"
    page.evaluate(marks % "one.toggleAttribute('data-unread', true)")
    count = page.locator("article").count()
    page.wait_for_function("(count) => badges.at(-1) === count", arg=count)
    page.evaluate(marks % "one.toggleAttribute('data-unread', false)")
    page.wait_for_function("() => badges.at(-1) === 0")


def test_a_new_version_is_told_of_and_waits_for_the_person(windows: Windows) -> None:
    page = with_worker(windows("teacher"))
    page.goto("/posts/new/")
    page.get_by_label("Bericht").fill("Half af")
    renewed(page)
    note = page.get_by_text("Er is een nieuwe versie van Kring.")
    expect(note).to_be_visible()
    expect(page.get_by_label("Bericht")).to_have_value("Half af")
    with page.expect_navigation():
        page.get_by_role("button", name="Vernieuwen").click()
    expect(page.get_by_label("Bericht")).to_have_value("Half af")


def renewed(page: Page) -> None:
    """An older page than the server's: the worker of the new build comes to stand beside it."""
    page.evaluate(
        """() => {
          document.querySelector("app-frame").dataset.version = "an older build";
          return navigator.serviceWorker.register("/sw.js?anew");
        }"""
    )


def test_the_share_menu_leads_to_the_composer_with_what_was_shared(windows: Windows) -> None:
    page = with_worker(windows("teacher"))
    share(page, "Kijk eens", ("brief.txt", "text/plain", "Lieve ouders"))
    expect(page).to_have_url(re.compile(r"/posts/new/$"))
    expect(page.get_by_label("Bericht")).to_have_value("Kijk eens")
    expect(page.locator("media-picker .papers")).to_contain_text("brief.txt")
    assert "shared" not in caches_of(page)
    page.reload()
    expect(page.get_by_label("Bericht")).to_have_value("Kijk eens")


def test_who_writes_no_messages_is_told_so_and_what_was_shared_is_gone(windows: Windows) -> None:
    page = with_worker(windows("mother"))
    share(page, "Kijk eens", ("brief.txt", "text/plain", "Lieve ouders"))
    expect(page.get_by_role("heading", name="Alleen medewerkers schrijven")).to_be_visible()
    page.wait_for_function("async () => !(await caches.has('shared'))")


def test_another_website_can_put_nothing_in_a_message(windows: Windows) -> None:
    page = with_worker(windows("teacher"))
    there = page.context.new_page()
    elsewhere = "data:text/html,<meta name=referrer content=no-referrer>"
    there.goto(elsewhere)
    share(there, "Boos", ("boos.png", "image/png", "x"), to=f"{windows.demo['address']}share/")
    expect(there.get_by_role("heading", name="Dit kwam niet van je toestel")).to_be_visible()
    there.wait_for_function("async () => !(await caches.has('shared'))")
    page.goto("/posts/new/")
    expect(page.get_by_label("Bericht")).to_have_value("")


def test_without_a_worker_nothing_is_taken_in_and_a_page_says_so(windows: Windows) -> None:
    said = ("Service Worker registration blocked by Playwright",)
    page = windows("teacher", service_workers="block", forgiven=said)
    share(page, "Kijk eens", ("brief.txt", "text/plain", "Lieve ouders"))
    expect(page.get_by_role("heading", name="niet meegekomen")).to_be_visible()
    page.get_by_role("link", name="Bericht schrijven").click()
    expect(page).to_have_url(re.compile(r"/posts/new/$"))


def test_a_photo_still_opens_when_the_files_of_its_page_are_gone(windows: Windows) -> None:
    """As on a page that stayed open while a new build took the place of the old one."""
    # What a worker fetches, no route of a page stands before.
    page = windows("mother", service_workers="block", forgiven=("Service Worker",))
    page.route(re.compile(r"photoswipe"), lambda route: route.fulfill(status=404))
    page.reload()
    page.locator("photo-lightbox a").first.click()
    expect(page).to_have_url(re.compile(r"/media/.+/large/"))


def test_a_slow_line_shows_what_was_last_read_where_that_is_kept(private: Page) -> None:
    line = {"offline": False, "latency": 20_000, "downloadThroughput": -1, "uploadThroughput": -1}
    devtools = private.context.new_cdp_session(private)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", line)
    private.goto("/more/")
    expect(private.get_by_role("heading", name="Je bent offline")).to_be_visible()


def test_a_card_becomes_the_page_of_its_message_but_not_for_who_wants_no_motion(
    windows: Windows,
) -> None:
    told = """addEventListener("pagereveal", ({ viewTransition }) => {
      sessionStorage.setItem("moved", Boolean(viewTransition));
    });"""
    for motion, moved in (("no-preference", "true"), ("reduce", "false")):
        page = windows("mother", reduced_motion=motion)
        page.add_init_script(told)
        page.locator("article header a").first.click()
        expect(page.locator(".back")).to_be_visible()
        assert page.evaluate("sessionStorage.getItem('moved')") == moved
        page.locator(".back").click()
        expect(page.locator("article").nth(1)).to_be_visible()
        assert page.evaluate("sessionStorage.getItem('moved')") == moved
