"""Every mail at 320 pixels, in the dark, with pictures off: it fits, and can be read."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.test_mails import LARGEST, TEMPLATES, contrast, made

pytestmark = pytest.mark.browser

NARROW = 320  # pixels
READABLE = 4.5  # WCAG 2.2, 1.4.3
WIDER = """() => [...document.querySelectorAll("body *")]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => one.tagName + " " + one.textContent.trim().slice(0, 40))"""
# Every piece of text with its own ink and the paper behind it, as they come out.
PAIRS = """() => {
  const hex = (colour) => "#" + colour.match(/[\\d.]+/g).slice(0, 3)
    .map((part) => Number(part).toString(16).padStart(2, "0")).join("");
  const isClear = (colour) => colour === "transparent" || /, 0\\)$/.test(colour);
  const paper = (one) => {
    for (; one; one = one.parentElement) {
      const { backgroundColor } = getComputedStyle(one);
      if (!isClear(backgroundColor)) return hex(backgroundColor);
    }
    return "#0e1f23";
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    const text = walker.currentNode.data.trim();
    if (!text || one.closest("style") || !one.checkVisibility()) continue;
    if (!one.getBoundingClientRect().height) continue;
    found.push([text.slice(0, 40), hex(getComputedStyle(one).color), paper(one)]);
  }
  return found;
}"""


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_can_be_read_without_pictures(
    chromium: Browser, template: str, scheme: str
) -> None:
    _text, html = made(template)
    window = chromium.new_context(
        viewport={"width": NARROW, "height": 640},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    asked: list[str] = []
    window.route("**/*", lambda route: route.abort())
    page = window.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(html)
    shown = page.evaluate("document.documentElement.scrollWidth")
    wider, pairs = page.evaluate(WIDER), page.evaluate(PAIRS)
    window.close()
    assert shown <= NARROW, wider
    assert not wider
    assert not asked  # it loads nothing, so that nothing is missed
    assert pairs
    dim = [pair for pair in pairs if contrast(pair[1], pair[2]) < READABLE]
    assert not dim
    assert len(html) < LARGEST
