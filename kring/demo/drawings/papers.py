"""Letters that the school of the demo attaches, set by typst."""

from pathlib import Path

import typst

FONTS = Path(__file__).resolve().parents[3] / "build/fonts"
_HEAD = """#set page(paper: "a4", margin: 2.5cm)
#set text(font: "Atkinson Hyperlegible Next", size: 11pt, lang: "nl")
#set par(leading: 0.8em)
#text(size: 20pt, weight: "bold", fill: rgb("#12343b"))[Kindcentrum De Kring]
#line(length: 100%, stroke: 2pt + rgb("#f7b928"))
#v(0.6cm)
"""
PAPERS = {
    "overblijven": """= Overblijven
Beste ouders,

Ook volgend jaar eten de kinderen tussen de middag op school. Er verandert weinig.

- Eten duurt van 12.00 tot 12.20 uur, daarna wordt er buiten gespeeld.
- Neem een broodtrommel en een beker mee, met de naam erop.
- Fruit is er elke dag, voor iedereen.
- De prijs blijft gelijk.

Heeft je kind een allergie, geef het door aan de leerkracht.

Met vriendelijke groet,\\
Annemiek van der Plas
""",
    "jaarkalender": """= Studiedagen en vakanties
#table(columns: (1fr, 2fr), stroke: 0.5pt + gray, inset: 8pt,
  [*Wanneer*], [*Wat*],
  [oktober], [herfstvakantie, één week],
  [november], [studiedag, Sint-Maarten],
  [december], [Sinterklaas, kerstdiner, twee weken kerstvakantie],
  [februari], [studiedag, voorjaarsvakantie],
  [april], [koningsspelen, meivakantie],
  [juni], [schoolreis van groep 3 tot en met 7],
  [juli], [musical en afscheid van groep 8])
""",
    "open-dagen": """= Open dagen van de middelbare scholen
Ga bij meer dan één school kijken, samen met je kind. Dit helpt bij het vergelijken:

- Hoe voelt het als je door de gang loopt?
- Hoe groot zijn de klassen in het eerste jaar?
- Wat kun je er na schooltijd doen?
- Hoe ver is het fietsen, ook als het regent?

Meester Wim heeft op dinsdag spreekuur van 15.00 tot 16.00 uur.
""",
}


def pdf(name: str) -> bytes:
    """One of them."""
    source = (_HEAD + PAPERS[name]).encode()
    setter = typst.Compiler(  # type: ignore[misc]  # bytes it takes, its stub does not say so
        source, font_paths=[str(FONTS)], ignore_system_fonts=True
    )
    made = setter.compile(format="pdf", timestamp=0)  # the same file every time
    assert isinstance(made, bytes)  # one file, so one answer
    return made
