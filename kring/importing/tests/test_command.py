"""``kring import``: the same way for who has no pages, as the owner of the database."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

from kring.base import clock
from kring.importing.command import StopImportError, import_files
from kring.importing.models import Import
from kring.importing.sources import MOST_BYTES
from kring.importing.tests import made
from kring.importing.tests.taking import Office
from kring.schools.models import Guardianship, Student
from kring.serving import clean_environment
from tests.cast import Cast
from tests.database import Urls
from tests.unlocked import unlocked

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def office(cast: Cast) -> Iterator[Office]:
    with unlocked():
        yield Office.of_new_school(brin="99ZZ00")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "EDEX.XML"
    path.write_bytes(made.edexml(50, 0))
    return path


def take(source: str, *paths: Path, **more: Any) -> list[str]:
    told: dict[str, Any] = {"school": "de nieuwe", "dry_run": False, "yes_gone": False}
    return import_files(source, paths, **told | more)


def students(office: Office) -> int:
    return Student.objects.filter(school=office.school).count()


def states(office: Office) -> list[str]:
    return list(Import.objects.filter(school=office.school).values_list("state", flat=True))


def test_a_file_goes_in_and_the_same_file_again_changes_nothing(office: Office, file: Path) -> None:
    said = take("edexml", file)
    assert any("50" in line for line in said)
    assert students(office) == 50
    again = take("edexml", file)
    assert len(again) == len([line for line in again if "50" not in line])
    assert states(office) == ["applied"]  # of what changes nothing, nothing is kept


def test_a_dry_run_writes_nothing(office: Office, file: Path) -> None:
    assert any("50" in line for line in take("edexml", file, dry_run=True))
    assert (students(office), states(office)) == (0, [])


def test_a_list_goes_in_with_its_columns_as_they_were_guessed(
    office: Office, file: Path, tmp_path: Path
) -> None:
    take("edexml", file)
    path = tmp_path / "ouders.csv"
    path.write_bytes(made.as_csv(made.carer_rows(50)))
    take("carers", path)
    assert Guardianship.objects.filter(school=office.school).count() == 100


def test_who_is_not_in_the_file_stays_unless_it_is_said(
    office: Office, file: Path, tmp_path: Path
) -> None:
    take("edexml", file)
    less = tmp_path / "less.xml"
    less.write_bytes(made.edexml(10, 0))
    here = Student.objects.filter(school=office.school, enrollments__ends_on=None)
    take("edexml", less)
    assert here.count() == 50
    take("edexml", less, yes_gone=True)
    assert here.count() == 10


def test_what_only_a_person_can_decide_stops_it(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "ouders.csv"
    path.write_bytes(made.as_csv(made.carer_rows(1)))
    with pytest.raises(StopImportError) as stopped:
        take("carers", path)
    assert len(stopped.value.lines) >= 3
    assert states(office) == []


@pytest.mark.parametrize(("source", "school"), [("edexml", "Nergens"), ("nothing", "De Nieuwe")])
def test_an_unknown_school_or_source_is_said(
    office: Office, file: Path, source: str, school: str
) -> None:
    with pytest.raises(StopImportError):
        take(source, file, school=school)


def test_what_is_refused_is_said_with_its_place(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "EDEX.XML"
    path.write_bytes(made.edexml(1, 0).replace(b"2026-2027", b"2026-2030"))
    with pytest.raises(StopImportError) as stopped:
        take("edexml", path)
    assert stopped.value.lines[0].startswith("EDEX.XML")


def test_a_file_of_another_school_or_too_large_a_one_is_refused(
    office: Office, file: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.xml"
    other.write_bytes(made.edexml(1, 0, brin="98XX"))
    with pytest.raises(StopImportError) as stopped:
        take("edexml", other)
    assert "98XX00" in str(stopped.value)
    large = tmp_path / "large.xml"
    with large.open("wb") as written:
        written.truncate(MOST_BYTES + 1)
    with pytest.raises(StopImportError):
        take("edexml", large)
    assert states(office) == []


@pytest.mark.slow
def test_the_command_line_takes_a_school_in(own_database: Urls, file: Path) -> None:
    file.write_bytes(made.edexml(50, 0, brin="99ZZ"))
    told = clean_environment() | {
        "DATABASE_URL": own_database.owner,
        "SECRET_KEY": settings.SECRET_KEY,
        "KRING_ORIGIN": settings.ORIGIN,
    }

    def kring(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "kring", "import", "edexml", str(file), *words]
        return subprocess.run(
            command, cwd=ROOT, env=told, capture_output=True, text=True, check=False
        )

    refused = kring("--school", "De Wilgenhoek")  # which has another number
    assert (refused.returncode, refused.stderr) == (1, "")
    assert "99ZZ00" in refused.stdout
    with psycopg.connect(own_database.owner, autocommit=True) as owner:
        owner.execute("UPDATE schools_school SET brin = '' WHERE name = 'Het Kompas'")
    later = clock.today().year + 2  # after what the cast has
    file.write_bytes(made.edexml(50, 0, year=f"{later}-{later + 1}"))
    done = kring("--school", "Het Kompas")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "50" in done.stdout
