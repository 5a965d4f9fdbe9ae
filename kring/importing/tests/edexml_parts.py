"""EDEXML by hand, a part at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from kring.importing.roster import Roster
from kring.importing.sources import Reading
from kring.importing.sources.edexml import Edexml
from kring.importing.tests import made

HERE = Path(__file__).parent / "data"
SHARED = Path(__file__).resolve().parents[4] / "shared/data/edexml"
SCHOOL = "<school><schooljaar>2026-2027</schooljaar><brincode>99ZZ</brincode></school>"
GROUP = '<groep key="G3"><naam>Groep 3</naam><jaargroep>3</jaargroep></groep>\n'


def pupil(key: str = "1", more: str = "", name: str = "<roepnaam>Noor</roepnaam>") -> str:
    inside = f"{name}<achternaam>Vos</achternaam>{more}"
    return f'<leerling key="{key}">{inside}<groep key="G3"/></leerling>\n'


def read(content: str | bytes, name: str = "EDEX.XML") -> Reading:
    data = content if isinstance(content, bytes) else content.encode()
    return Edexml().read([made.as_file(data, name)])


def roster(
    *, school: str = SCHOOL, groups: str = GROUP, pupils: str = "", staff: str = ""
) -> Roster:
    reading = read(made.document(school, groups, pupils or pupil(), staff))
    assert reading.roster, reading.problems
    return reading.roster


def problems(reading: Reading) -> list[tuple[str, str, int | None, str, str]]:
    return [(one.level, one.code, one.line, one.column, one.value) for one in reading.problems]


def refusals(
    *, school: str = SCHOOL, groups: str = GROUP, pupils: str = "", staff: str = ""
) -> list[tuple[str, int | None, str]]:
    reading = read(made.document(school, groups, pupils or pupil(), staff))
    found = [one for one in reading.problems if one.level == "refused"]
    assert reading.is_refused == bool(found)
    return [(one.code, one.line, one.column) for one in found]


def shared(name: str) -> bytes:
    if not SHARED.exists():
        pytest.skip("the shared data are not here")
    return (SHARED / name).read_bytes()
