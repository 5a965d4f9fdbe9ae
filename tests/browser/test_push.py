"""A push message in a real service worker: shown, pressed, and the switch that asks for it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from playwright.sync_api import Page, expect

from kring.notifications.pushing.message import payload
from tests.browser.conftest import Demo, Windows

TOLD = {
    "title": "De Wilgenhoek",
    "body": "Nieuw bericht",
    "path": "/notifications/settings/",
    "tag": "one",
    "urgent": False,
}
# What a browser with a push service would do; this one has none.
SUBSCRIBES = """
const told = () => ({
  endpoint: "https://fcm.googleapis.com/fcm/send/x".padEnd(60, "y"), expirationTime: null,
  keys: {p256dh: "%s", auth: "AAAAAAAAAAAAAAAAAAAAAA"},
});
let now = null;
PushManager.prototype.getSubscription = async () => now;
PushManager.prototype.subscribe = async (options) => {
  globalThis.asked = options.applicationServerKey.length;
  return (now = {toJSON: told, unsubscribe: async () => { now = null; return true; }});
};
"""
POINT = (  # of the curve: the base point
    "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"
)


def worker_of(page: Page) -> None:
    """Wait until the service worker of Kring is at work."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def push(page: Page, told: dict[str, Any]) -> None:
    """Have the browser give its service worker a message, as its push service would."""
    session = page.context.new_cdp_session(page)
    found: list[str] = []

    def note(event: dict[str, Any]) -> None:
        found.extend(one["registrationId"] for one in event["registrations"])

    session.on("ServiceWorker.workerRegistrationUpdated", note)
    session.send("ServiceWorker.enable")
    while not found:
        page.wait_for_timeout(50)
    origin = page.evaluate("location.origin")
    data = {"origin": origin, "registrationId": found[-1], "data": json.dumps(told)}
    session.send("ServiceWorker.deliverPushMessage", data)


SHOWN = """async () => {
  const found = await (await navigator.serviceWorker.ready).getNotifications();
  return found.map(({title, body, tag, data, requireInteraction}) =>
    ({title, body, tag, data, requireInteraction}));
}"""


def wait_for(page: Page, body: str) -> None:
    """Until this is what stands on the screen; a promise in wait_for_function is not waited for."""
    for _ in range(100):
        if body in {one["body"] for one in page.evaluate(SHOWN)}:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{body} was not shown")


def test_a_push_is_shown_and_leads_to_the_thing(windows: Windows, demo: Demo) -> None:
    page = windows("mother", permissions=["notifications"])
    worker_of(page)
    push(page, TOLD)
    wait_for(page, str(TOLD["body"]))
    push(page, TOLD | {"body": "Spoedbericht", "urgent": True})
    wait_for(page, "Spoedbericht")
    assert page.evaluate(SHOWN) == [  # the second took the place of the first
        {
            "title": "De Wilgenhoek",
            "body": "Spoedbericht",
            "tag": "one",
            "data": TOLD["path"],
            "requireInteraction": True,
        }
    ]
    page.goto("/")  # another page of Kring: the one window is what a press goes to
    pressed(page)
    page.wait_for_url("**" + str(TOLD["path"]))
    expect(page.locator("#devices")).to_be_visible()
    assert len(page.context.pages) == 1
    assert page.evaluate(SHOWN) == []
    assert demo["address"].rstrip("/") + TOLD["path"] == page.url


def pressed(page: Page) -> list[str]:
    """Press the push message that is shown; says which windows were opened for it."""
    (worker,) = page.context.service_workers
    opened: list[str] = worker.evaluate(
        """async () => {
          const opened = [];
          clients.openWindow = async (url) => opened.push(url);
          // Only a finger may bring a window to the front.
          WindowClient.prototype.focus = async function () { return this; };
          const [notification] = await registration.getNotifications();
          const waits = [];
          const press = new NotificationEvent("notificationclick", {notification});
          press.waitUntil = (one) => waits.push(one);
          dispatchEvent(press);
          await Promise.all(waits);
          return opened;
        }"""
    )
    return opened


def test_a_real_push_leads_to_its_message_and_takes_nothing_that_is_being_typed(
    windows: Windows,
) -> None:
    """With the address that the server sends: one of the list, which leads on to the thing."""
    page = windows("mother", permissions=["notifications"])
    worker_of(page)
    page.goto("/notifications/")
    row = page.locator(".rows li[id]:has(a[href*='/posts/'])").first
    notification = UUID((row.get_attribute("id") or "").removeprefix("told-"))
    post = row.locator("a").get_attribute("href") or ""
    told = {"school": "De Wilgenhoek", "verb": "post.published", "kind": "group", "language": "nl"}
    sent = json.loads(payload(**told, urgent=False, notification_id=notification))
    push(page, sent)
    wait_for(page, sent["body"])
    assert pressed(page) == []
    page.wait_for_url(f"**{post}")
    expect(page.locator("article").first).to_be_visible()
    comment = page.locator("form[method=post] textarea").first
    comment.fill("Ik was nog aan het typen")
    push(page, sent)
    wait_for(page, sent["body"])
    assert [urlsplit(one).path for one in pressed(page)] == [sent["path"]]  # a window beside it
    expect(comment).to_have_value("Ik was nog aan het typen")


def test_the_switch_asks_only_when_it_is_pressed(windows: Windows) -> None:
    page = windows("mother", permissions=["notifications"])
    page.add_init_script(SUBSCRIBES % POINT)
    page.goto("/notifications/settings/")
    switch = page.locator("#devices push-switch")
    assert page.evaluate("globalThis.asked") is None
    switch.locator("[data-part=on]:visible").click()
    expect(switch.locator("[data-part=off]")).to_be_visible()
    assert page.evaluate("globalThis.asked") == 65
    switch.locator("[data-part=trial] button").click()
    expect(page.locator(".notes .success")).to_be_visible()
    expect(page.locator("#devices li")).to_have_count(1)
    page.locator("#devices form[action$='removal/'] button").click()
    expect(page.locator("#devices li")).to_have_count(0)


def test_a_browser_that_blocks_says_how_to_undo_it(windows: Windows) -> None:
    page = windows("mother")
    page.add_init_script("Object.defineProperty(Notification, 'permission', {get: () => 'denied'})")
    page.goto("/notifications/settings/")
    expect(page.locator("#devices [data-when=blocked]")).to_be_visible()
    expect(page.locator("#devices [data-part=on]")).to_be_hidden()


def test_an_iphone_is_told_to_put_kring_on_its_home_screen(windows: Windows) -> None:
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"
    page = windows("mother", user_agent=agent)
    page.add_init_script("delete globalThis.PushManager")
    page.goto("/notifications/settings/")
    expect(page.locator("#devices [data-when=home-screen] a")).to_be_visible()


def test_a_browser_without_push_says_so(windows: Windows) -> None:
    page = windows("mother")
    page.add_init_script("delete globalThis.PushManager")
    page.goto("/notifications/settings/")
    expect(page.locator("#devices [data-when=unable]")).to_be_visible()
