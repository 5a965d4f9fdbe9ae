"""The feed with sixty pictures on a line of 1.6 Mbit/s: what is fetched, in which order.

Nothing here is timed against a clock, for the machine may do much else; bytes and order are the
same on any. ``bin/bench phone`` says how quick it is.
"""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Windows
from tests.browser.photos import many
from tests.browser.walking import UNDO

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BYTES_A_SECOND = 1_600_000 / 8
LINE = {"offline": False, "latency": 150, "downloadThroughput": BYTES_A_SECOND}
LINE |= {"uploadThroughput": 750_000 / 8}
POSTS, EACH = 20, 3
MOST_PICTURES = 24  # Chromium fetches 12: what some screens show
MOST_BYTES = 600_000
OBSERVE = """
  globalThis.shifted = 0;
  const add = (list) => list.getEntries().forEach((one) => {
    if (!one.hadRecentInput) shifted += one.value;
  });
  new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
"""
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
CAME = """() => performance.getEntriesByType("resource")
  .filter((one) => one.name.includes("/media/"))
  .map((one) => ({ end: one.responseEnd, bytes: one.encodedBodySize }))"""


@pytest.fixture
def writer(windows: Windows, tmp_path: Path) -> Page:
    """A teacher with twenty messages of three photos each, which are out."""
    page = windows("teacher_parent", service_workers="block", forgiven=("Service Worker",))
    page.goto("/posts/new/")
    field = page.locator(".compose [name=csrfmiddlewaretoken]").first
    school = page.locator(".compose [name=school]").input_value()
    usual = {"csrfmiddlewaretoken": field.input_value(), "school": school}
    group = page.locator("[name=audience]:checked").input_value()
    sent: list[str] = []
    for photo in many(tmp_path, POSTS * EACH, width=1000):
        sent.append(upload(page, usual, photo))
        if len(sent) == EACH:
            words = {"text": f"Zestig {uuid4().hex[:8]}", "key": str(uuid4()), "audience": group}
            told: dict[str, Any] = usual | words | {"assets": ",".join(sent)}
            answer = page.request.post("/posts/new/", form=told, headers=ours(page))
            assert answer.ok, answer.text()
            sent.clear()
    page.wait_for_timeout((UNDO + 1) * 1000)
    return page


def ours(page: Page) -> dict[str, str]:
    """What a browser says of itself with a form."""
    return {"Referer": page.url, "Sec-Fetch-Site": "same-origin"}


def upload(page: Page, usual: dict[str, str], photo: Path) -> str:
    content = {"name": photo.name, "mimeType": "image/jpeg", "buffer": photo.read_bytes()}
    told: dict[str, Any] = usual | {"file": content}
    answer = page.request.post("/media/uploads/", multipart=told, headers=ours(page))
    assert answer.ok, answer.text()
    return str(answer.json()["id"])


def test_the_feed_with_60_pictures_is_quick_on_a_throttled_line(writer: Page) -> None:
    line = writer.context.new_cdp_session(writer)
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    line.send("Network.emulateNetworkConditions", LINE)
    writer.add_init_script(OBSERVE)
    writer.goto("/", wait_until="load")
    assert writer.locator(".mosaic img").count() >= POSTS * EACH
    painted = writer.wait_for_function(PAINTED).json_value()
    writer.wait_for_load_state("networkidle")
    came = writer.evaluate(CAME)
    assert 0 < len(came) <= MOST_PICTURES, "what is far below waits until one comes near"
    assert sum(picture["bytes"] for picture in came) <= MOST_BYTES
    later = [picture for picture in came if picture["end"] > painted]
    assert len(later) >= len(came) // 2, "there is text before there are pictures"
    writer.mouse.wheel(0, 1500)
    writer.wait_for_timeout(1000)
    assert writer.evaluate("shifted") < 0.05
