"""The office's pages of importing: a file comes in."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from kring.accounts.models import User
from kring.importing.differences import FieldChange
from kring.importing.models import Import
from kring.importing.sources import MOST_BYTES
from kring.importing.tests.handing_in import (
    address,
    as_guessed,
    compared,
    csv,
    edexml,
    imports,
    page,
    pupil,
    text,
    upload,
    work,
)
from kring.importing.views.shown import Change
from kring.schools.models import Employment, Enrollment, Guardianship, Household, Student
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]

ROOT = Path(__file__).parents[3]
PEOPLE: tuple[type[Model], ...] = (Student, Enrollment, Guardianship, Household, User)
HOSTILE = '"><script>alert(1)</script>\u202egnp.' + "lang" * 60 + ".xml"
S = Import.State


# ── a file comes in ──────────────────────────────────────────────────────────
def test_before_the_first_import_the_page_says_how_to_begin(cast: Cast, office: Client) -> None:
    shown = text(office.get(address(cast)))
    assert "How to begin" in shown
    assert "EDEXML" in shown
    assert 'value="aftercare"' not in shown  # what would be refused is not offered


def test_a_file_is_read_and_compared_while_the_office_does_something_else(
    cast: Cast, office: Client
) -> None:
    answer = upload(office, cast, edexml(pupil("1", "Puck", "Nieuw")))
    [made] = imports()
    assert answer.headers["Location"] == address(cast, "import", made.pk)
    waiting = page(office, cast, made)
    assert "Kring looks for the differences" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    assert "<noscript>" in waiting
    ready = page(office, cast, work(made))
    assert "1 new" in ready
    assert "Puck Nieuw" in ready
    assert 'hx-trigger="every' not in ready


def test_a_list_of_the_office_says_what_is_dropped_and_never_its_value(
    cast: Cast, office: Client
) -> None:
    pupils = (
        pupil(str(one), "Puck", f"Nieuw{one}", more="<bsn>999999990</bsn>") for one in range(3)
    )
    shown = page(office, cast, compared(office, cast, *pupils))
    assert "BSN or education number in 3 lines: not read." in shown
    assert "999999990" not in shown


def test_nothing_of_a_file_stays_on_disk(
    cast: Cast, office: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR, settings.FILE_UPLOAD_MAX_MEMORY_SIZE = str(tmp_path), 1
    assert upload(office, cast, edexml(pupil("1", "Puck", "Nieuw"))).status_code == 303
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("in_memory", [1, 2 * MOST_BYTES])
def test_a_file_that_is_too_large_is_refused_in_a_sentence(
    cast: Cast, office: Client, settings: Settings, in_memory: int
) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = in_memory
    settings.PHOTO_MAX_BYTES = 1  # which says nothing of rosters
    answer = upload(office, cast, b" " * (MOST_BYTES + 1))
    assert answer.status_code == 422
    assert "EDEX.XML is larger than 20 MB." in text(answer)
    assert imports() == []


def test_a_form_without_a_file_says_so_and_writes_nothing(cast: Cast, office: Client) -> None:
    answer = office.post(address(cast), {"source": "edexml"})
    assert answer.status_code == 422
    assert "Choose the file to check." in text(answer)
    assert re.search(r'value="edexml"[^>]*checked', text(answer))
    assert "Choose what kind of file it is." in text(office.post(address(cast), {}))
    assert imports() == []


def test_an_empty_file_and_too_many_files_are_refused(cast: Cast, office: Client) -> None:
    assert "EDEX.XML is empty" in text(upload(office, cast, b""))
    many = [SimpleUploadedFile(f"{number}.xml", b"<EDEX/>") for number in range(11)]
    answer = office.post(address(cast), {"source": "edexml", "file": many})
    assert "At most 10 files" in text(answer)


def test_a_hostile_name_is_escaped_and_short(cast: Cast, office: Client) -> None:
    upload(office, cast, edexml(pupil("1", "Puck", "Nieuw")), name=HOSTILE)
    [made] = imports()
    assert len(made.file_names[0]) <= 60
    for shown in (page(office, cast, made), text(office.get(address(cast)))):
        assert "<script>alert" not in shown
        assert "\u202e" not in shown


def test_a_name_in_the_file_is_text_and_no_markup(cast: Cast, office: Client) -> None:
    made = compared(office, cast, pupil("1", "&lt;b onclick=x&gt;Puck", "Nieuw"))
    assert "&lt;b onclick=x&gt;Puck" in page(office, cast, made)


def test_a_form_from_elsewhere_is_not_taken(cast: Cast, office: Client) -> None:
    office.handler.enforce_csrf_checks = True
    assert upload(office, cast, edexml(pupil("1", "Puck", "Nieuw"))).status_code == 403
    assert imports() == []


def test_the_principal_sees_all_and_does_nothing(
    cast: Cast, office: Client, sign_in: SignIn
) -> None:
    made = compared(office, cast, pupil("1", "Puck", "Nieuw"))
    principal = sign_in("principal")
    assert "<form" not in page(principal, cast, made)
    shown = text(principal.get(address(cast)))
    assert 'type="file"' not in shown
    assert "Corrie Jansma" in shown


# ── a file that cannot go in ─────────────────────────────────────────────────
def test_a_refused_file_shows_where_and_why(cast: Cast, office: Client) -> None:
    content = edexml(pupil("1", "Puck", "Nieuw"), pupil("1", "Mees", "Nieuw"))
    upload(office, cast, content)
    [made] = imports()
    assert made.state == S.REFUSED
    shown = page(office, cast, made)
    assert "Nothing was written." in shown
    assert "is in the file more than once" in shown
    assert address(cast, "report", made.pk) in shown


def rows_of_people() -> list[int]:
    with unlocked():
        return [one._base_manager.count() for one in PEOPLE]


def test_a_refused_file_leaves_everything_as_it_was_and_says_so_in_dutch(
    cast: Cast, office: Client
) -> None:
    cast.change(cast.administrator, language="nl")
    before = rows_of_people()
    mees = pupil("2", "Mees", "Nieuw").replace('"g5"', '"g9"')
    upload(office, cast, edexml(pupil("1", "Puck", "Nieuw"), mees))
    [made] = imports()
    assert made.state == S.REFUSED
    assert rows_of_people() == before
    reason = "De groep “g9” staat niet in het bestand."
    shown = page(office, cast, made)
    assert "Er is niets opgeslagen." in shown
    assert reason in shown
    for head, cell in (("Bestand", "EDEX.XML"), ("Regel", "4"), ("Kolom", "groep")):
        assert re.search(rf'data-label="{head}"[^>]*>(<span lang="">)?{cell}<', shown)
    report = office.get(address(cast, "report", made.pk)).content.decode("utf-8-sig")
    head, line = report.splitlines()
    assert head == "Bestand;Regel;Kolom;Wat er mis is;Wat er staat"
    assert line.startswith("EDEX.XML;4;groep;")
    assert reason in line


def test_a_telephone_is_shown_as_people_dial_it() -> None:
    change = FieldChange(field="telephone", before="", after="+31600000001")
    assert Change.of(change).after == "06 00000001"


def test_the_report_is_a_list_that_no_spreadsheet_executes(cast: Cast, office: Client) -> None:
    upload(office, cast, edexml(pupil("=1+1", "Puck", "Nieuw"), pupil("=1+1", "Mees", "Nieuw")))
    answer = office.get(address(cast, "report", imports()[0].pk))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = answer.content.decode("utf-8-sig").splitlines()
    assert rows[0] == "File;Line;Column;What is wrong;What stands there"
    assert rows[1].startswith("EDEX.XML;")
    assert "'=1+1" in rows[1]
    assert not [cell for row in rows for cell in row.split(";") if cell[:1] in "=+-@" and cell]


def test_the_sample_of_the_after_school_care_can_be_imported(cast: Cast, office: Client) -> None:
    sample = office.get(address(cast, "sample")).content
    written = (ROOT / "docs/import/bso.csv").read_bytes()
    assert sample.splitlines() == written.splitlines()
    upload(office, cast, sample, name="bso.csv", source="aftercare")
    [made] = imports()
    assert made.state == S.MAPPING
    office.post(address(cast, "columns", made.pk), as_guessed(made))
    assert not [one for one in imports()[0].problems if one.get("level") != "warning"]
    assert imports()[0].state == S.COMPARING


# ── columns ──────────────────────────────────────────────────────────────────


def test_the_columns_of_a_list_are_guessed_and_shown(
    cast: Cast, office: Client, listed: Import
) -> None:
    assert listed.state == S.MAPPING
    shown = page(office, cast, listed)
    assert "E-mail 1" in shown
    assert "iemand@post.example" in shown
    assert re.search(r'value="first_name" selected', shown)


def test_columns_that_were_guessed_right_need_no_file_again(
    cast: Cast, office: Client, listed: Import
) -> None:
    answer = office.post(address(cast, "columns", listed.pk), as_guessed(listed))
    assert answer.status_code == 303
    assert imports()[-1].state == S.COMPARING


def test_another_column_needs_the_file_again_and_keeps_what_was_chosen(
    cast: Cast, office: Client, listed: Import
) -> None:
    chosen = as_guessed(listed) | {"column-4": ""}
    answer = office.post(address(cast, "columns", listed.pk), chosen)
    assert answer.status_code == 422
    assert "Choose the same files again" in text(answer)
    assert not re.search(r'value="carer_1_email" selected', text(answer))
    assert imports()[-1].state == S.MAPPING


def test_another_column_with_the_file_is_read_anew(
    cast: Cast, office: Client, listed: Import
) -> None:
    content = csv("Sam;van der Meulen;13-04-2018;iemand@post.example")
    file = SimpleUploadedFile("ouders.csv", content)
    chosen = as_guessed(listed, file=file) | {"column-3": ""}
    assert office.post(address(cast, "columns", listed.pk), chosen).status_code == 303
    made = imports()[-1]
    assert made.state == S.COMPARING
    assert "2018-04-13" not in str(made.roster)


def test_one_field_in_two_columns_is_refused(cast: Cast, office: Client, listed: Import) -> None:
    chosen = as_guessed(listed) | {"column-2": "first_name"}
    answer = office.post(address(cast, "columns", listed.pk), chosen)
    assert answer.status_code == 422
    assert "More than one column is" in text(answer)


def test_a_column_that_does_not_exist_is_refused(
    cast: Cast, office: Client, listed: Import
) -> None:
    chosen = as_guessed(listed) | {"column-2": "bsn_of_the_child"}
    assert office.post(address(cast, "columns", listed.pk), chosen).status_code == 422


def test_columns_are_not_for_the_principal_to_choose(
    cast: Cast, listed: Import, sign_in: SignIn
) -> None:
    shown = page(sign_in("principal"), cast, listed)
    assert "The office still has to check the columns." in shown
    assert "<select" not in shown


def test_an_after_school_care_begins_with_its_list(cast: Cast, sign_in: SignIn) -> None:
    works = {"school_id": cast.id("vijver"), "user_id": cast.id("aftercare")}
    factories.made(Employment(**works, role="administrator", starts_on="2020-01-01"))
    answer = sign_in("aftercare").get(reverse("importing:imports", args=[cast.id("vijver")]))
    assert re.search(r'value="aftercare"[^>]*checked', text(answer))
    assert reverse("importing:sample", args=[cast.id("vijver")]) in text(answer)
    assert "EDEXML" not in text(answer)


def test_what_could_not_be_undone_stands_on_the_page(
    cast: Cast, office: Client, applied: Import
) -> None:
    with unlocked():
        Student.objects.filter(school=applied.school, last_name="Nieuw").update(infix="de")
    office.post(address(cast, "undoing", applied.pk))
    shown = page(office, cast, work(applied))
    assert "This import is undone, but for what stands below." in shown
    assert "was worked with after the import" in shown
