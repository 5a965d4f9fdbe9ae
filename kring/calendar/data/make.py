"""Make the tables of holidays anew: ``python -m kring.calendar.data.make FOLDER``.

FOLDER holds three files of OpenHolidays (openpotato/openholidaysapi.data, ``src/nl``), the school
holidays flat and mended: see README.md beside this file. What comes out is a derived database, so
it stays under the Open Database License.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
REGIONS = {"NO": "noord", "MI": "midden", "ZU": "zuid"}


def holidays(folder: Path) -> Iterator[Sequence[str]]:
    """School year, region, name, first and last day, and whether the minister fixed it."""
    [source] = folder.glob("schoolvakanties_*.csv")
    rows = csv.DictReader(source.read_text(encoding="utf-8").splitlines())
    yield "year", "region", "name", "first", "last", "kind"
    for row in rows:
        kind = "fixed" if row["soort"] == "vast" else "advice"
        names = ("schooljaar", "regio", "vakantie", "eerste_dag", "laatste_dag")
        yield *(row[name] for name in names), kind


def public_days(folder: Path) -> Iterator[Sequence[str]]:
    """Each public holiday of the whole country."""
    yield "day", "name"
    for row in _open(folder / "holidays.public.csv"):
        yield row["StartDate"], _dutch(row["Name"])


def municipalities(folder: Path) -> Iterator[Sequence[str]]:
    """Each municipality with its region; four of them lie in two."""
    yield "municipality", "regions"
    for row in _open(folder / "subdivisions.csv"):
        if "gemeente" in row["Category"]:
            regions = (REGIONS[one] for one in row["Groups"].split(","))
            yield _dutch(row["Name"]), " ".join(regions)


def _open(path: Path) -> Iterable[dict[str, str]]:
    return csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=";")


def _dutch(names: str) -> str:
    """Of ``NL Koningsdag,DE Königstag,EN King's Day``."""
    return next(one[3:] for one in names.split(",") if one.startswith("NL "))


def main(folder: Path) -> None:
    """Write the three tables beside this file."""
    tables = {"holidays": holidays, "public_days": public_days, "municipalities": municipalities}
    for name, made in tables.items():
        with (HERE / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(made(folder))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
