"""Words that stand on a page in the wrong language, by what the translations know of both."""

import re
from functools import cache

import polib
from playwright.sync_api import Page

from kring.demo import cast, crowd
from tests.browser.conftest import TOP

CATALOGUE = TOP / "kring/locale/nl/LC_MESSAGES/django.po"
WORD = re.compile(r"[a-zà-ÿ]{3,}")
NO_WORDS = re.compile(r"%\(\w+\)\w|\{\w+\}|<[^>]*>|https?://\S+")  # places to fill in, and markup
# Everything that a person reads or hears, but for what people wrote themselves.
READ = """() => {
  const written = ".text, .said, .written, textarea, code, .plain, iframe, .letter";
  const own = `${written}, [href^='mailto:'], [lang]:not(html)`;
  const said = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.parentElement.closest(`${own}, script, style`)) said.push(node.data);
  }
  for (const name of ["aria-label", "title", "placeholder", "alt", "aria-roledescription"]) {
    for (const one of document.body.querySelectorAll(`[${name}]`)) {
      if (!one.closest(own)) said.push(one.getAttribute(name));
    }
  }
  for (const one of document.querySelectorAll("template")) {
    const { part, styles, ...words } = one.dataset;
    said.push(one.content.textContent, ...Object.values(words));
  }
  return said.join("\\n");
}"""


def foreign(page: Page, language: str) -> set[str]:
    """The words of a page that only the other language has."""
    said = set(WORD.findall(NO_WORDS.sub(" ", page.evaluate(READ)).lower()))
    return said & _only("nl" if language == "en" else "en")


@cache
def _only(language: str) -> frozenset[str]:
    """The words of our sentences that the other language does not have, nor any name."""
    english, dutch = set[str](), set[str]()
    for entry in polib.pofile(str(CATALOGUE)):
        english |= _words(entry.msgid, entry.msgid_plural)
        dutch |= _words(entry.msgstr, *entry.msgstr_plural.values())
    names = _words(
        *(f"{one.first} {one.infix} {one.last}" for one in cast.IN_THE_DEMO.values()),
        *(" ".join(map(str, child)) for child in cast.CHILDREN.values()),
        *(str(group[1]) for group in cast.GROUPS.values()),
        *(job[3] for job in cast.JOBS),
        *map(cast.address, cast.IN_THE_DEMO),
        crowd.address(1),
        "De Wilgenhoek BSO De Vijver Het Kompas",
    )
    found = english - dutch if language == "en" else dutch - english
    return frozenset(found - names)


def _words(*texts: str) -> set[str]:
    return {word for text in texts for word in WORD.findall(NO_WORDS.sub(" ", text).lower())}
