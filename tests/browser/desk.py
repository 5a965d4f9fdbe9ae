"""Somebody at a desk: does what pages ask, and counts how long a person would take."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page

# How long people take: a pointing and a click with the thought before it, a letter that is typed
# (both of the keystroke-level model), and a word that is read (200 in a minute).
CLICK, LETTER, WORD = 3.0, 0.28, 0.3
# What is on a page to be read: no lists to choose from that are folded up.
WORDS = """() => {
  const main = document.querySelector("main").cloneNode(true);
  document.body.append(main);
  for (const one of main.querySelectorAll("option, template, script")) one.remove();
  const said = main.innerText;
  main.remove();
  return said;
}"""


@dataclass
class Step:
    """One part of the work, and what it asked."""

    name: str
    by_hand: float = 0.0  # seconds that something beside the pages takes: a mail, a telephone
    machine: float = 0.0
    clicks: int = 0
    fields: int = 0
    letters: int = 0
    words: int = 0
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """How long a person takes who reads every word that is new."""
        acting = (self.clicks + self.fields) * CLICK + self.letters * LETTER
        return self.by_hand + self.machine + acting + self.words * WORD

    def __str__(self) -> str:
        asked = f"{self.clicks} clicks, {self.fields} fields, {self.words} words"
        return f"{self.name}: machine {self.machine:.1f} s, {asked}: {self.seconds / 60:.1f} min"


class Desk:
    """The one window of an administrator."""

    def __init__(self, page: Page) -> None:
        self.page, self.steps = page, list[Step]()
        self._known: set[str] = set()  # sentences that were read before

    def begin(self, name: str, by_hand: float = 0.0) -> None:
        """The next part; ``by_hand`` are seconds beside the pages."""
        self.end()
        self.steps.append(Step(name, by_hand))

    def end(self) -> None:
        """The part is done: read what it came to."""
        if self.steps and not self.steps[-1].machine:
            self.read()
            self.steps[-1].machine = time.monotonic() - self.steps[-1].began

    def click(self, what: Locator) -> None:
        """Read the page, then click."""
        self.read()
        self.steps[-1].clicks += 1
        what.click()

    def fill(self, what: Locator, text: str) -> None:
        """Go to a field and type."""
        self.steps[-1].fields += 1
        self.steps[-1].letters += len(text)
        what.fill(text)

    def choose(self, what: Locator, path: object) -> None:
        """Look a file up on the disk: three clicks."""
        self.steps[-1].clicks += 3
        what.set_input_files(str(path))

    def read(self) -> None:
        """All that stands here and did not stand on a page before."""
        for line in self.page.evaluate(WORDS).splitlines():
            if line not in self._known:
                self._known.add(line)
                self.steps[-1].words += len(re.findall(r"\w+", line))

    @property
    def minutes(self) -> float:
        """All parts together."""
        return sum(step.seconds for step in self.steps) / 60
