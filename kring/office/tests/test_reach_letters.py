"""From each list of who is hard to reach: one button, and a letter for exactly those."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from pypdf import PdfReader

from kring.base import clock
from kring.base.visibility import seen_by
from kring.events.models import AuditEntry
from kring.joining.homes import homes_of, tallies
from kring.joining.models import LinkCode
from kring.joining.posting import Post
from kring.notifications.models import digest_of
from kring.office.reach import Lack, SchoolReach
from kring.office.tests.books import SignIn, at
from kring.schools.models import Employment, Guardianship, Household, Mourning, Student
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

LISTS = ["", *Lack]
BUTTON = re.compile(r"Make (\d+) letters?<")


@pytest.fixture
def office(cast: Cast, sign_in: SignIn) -> Any:
    """The principal, who reads English here."""
    cast.change(cast.principal, language="en")
    return sign_in("principal")


def child(cast: Cast, name: str, group: str = "group_5") -> Student:
    made = factories.student(cast.id("wilgenhoek"), name, born_on=date(2018, 3, 14))
    factories.enrolled(made, cast.id(group))
    return made


def home(cast: Cast, language: str = "nl", **fields: Any) -> Household:
    told = {"school_id": cast.id("wilgenhoek"), "letter_language": language}
    return factories.made(Household(**told | fields))


def connected(cast: Cast, name: str, at_home: Household | None = None, **person: Any) -> Student:
    """A child with a guardian who is in, without a device; by default without an address."""
    made = child(cast, name)
    guardian = factories.person(f"Ouder van {name}", **{"email": None} | person)
    cast.change(guardian, joined_at=clock.now())
    factories.guarded(made, guardian.pk, household=at_home)
    return made


def unconnected(cast: Cast, name: str, **tie: Any) -> Guardianship:
    return factories.guarded(child(cast, name), factories.person(f"Ouder van {name}").pk, **tie)


def everything(cast: Cast) -> None:
    """Families of each sort, in two groups."""
    address = digest_of(cast.mother.email)
    factories.bounce(cast.id("wilgenhoek"), cast.id("mother"), address=address)
    connected(cast, "Kaya", home(cast, "tr"))
    connected(cast, "Lena", home(cast, "uk"), email="lena@huis.example")
    unconnected(cast, "Mila", email="", household=home(cast, "pl"))
    unconnected(cast, "Noud", email="noud@huis.example")
    child(cast, "Alleen", "group_6")  # of whom no parent is known


def made(cast: Cast, office: Any, lack: str, group: str = "") -> list[str]:
    """The pages of the file."""
    address = at(cast, "reach_letters")
    answer = office.post(address, {"lack": lack, "group": str(cast.id(group)) if group else ""})
    if answer.status_code == 303:
        return []
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    read = PdfReader(io.BytesIO(answer.content)).pages
    return [" ".join(one.extract_text().split()) for one in read]


@pytest.mark.parametrize("group", ["", "group_5", "group_6"])
@pytest.mark.parametrize("lack", LISTS)
def test_the_button_the_list_and_the_file_have_one_number(
    cast: Cast, office: Any, lack: str, group: str
) -> None:
    everything(cast)
    asked = f"?lack={lack}&group={cast.id(group) if group else ''}"
    page = office.get(f"{at(cast, 'reach')}{asked}")
    lines = list(page.context["page"].paginator.object_list)
    button = [int(number) for number in BUTTON.findall(page.text)]
    file = made(cast, office, lack, group)
    assert button == ([len(lines)] if lines else [])
    assert len(file) == len(lines)
    for line, letter in zip(lines, file, strict=True):  # in the same order
        assert f"{line.home.group} · {line.home.first_name}" in letter
    assert lines or group == "group_6"


@pytest.mark.parametrize("lack", LISTS)
def test_who_is_connected_gets_no_code(cast: Cast, office: Any, lack: str) -> None:
    everything(cast)
    made(cast, office, lack)
    with unlocked():
        coded = set(LinkCode.objects.values_list("student__first_name", flat=True))
        inside = set(Guardianship.objects.exclude(guardian__joined_at=None).values_list("student"))
        assert not inside & set(LinkCode.objects.values_list("student"))
    assert coded >= {"": {"Mila", "Noud"}, "address": {"Mila"}, "push": set()}.get(lack, {"Noud"})
    assert not coded & {"Kaya", "Lena"}
    if lack in {Lack.ADDRESS, Lack.PUSH}:
        assert "Noud" not in coded  # who has an address at which he was not invited yet


def test_without_an_address_each_reads_what_helps(cast: Cast, office: Any) -> None:
    everything(cast)
    file = {name: page for page in made(cast, office, "address") for name in NAMED if name in page}
    assert "Kring’e çalışan bir e-posta adresi verin" in file["Kaya"]
    assert "/account/address/" in file["Kaya"]
    assert "Geef Kring een mailadres dat werkt" in file["Fatima"]  # her mail came back
    assert cast.mother.email not in " ".join(file.values())  # the school need not know it
    assert "Witamy w Kring" in file["Mila"]
    assert "Lena" not in file


NAMED = ("Kaya", "Lena", "Mila", "Fatima")


def test_without_push_one_reads_how_on_both_phones(cast: Cast, office: Any) -> None:
    everything(cast)
    [lena] = [page for page in made(cast, office, "push", "group_5") if "Lena" in page]
    assert "Увімкніть сповіщення на телефоні" in lena
    assert "Android" in lena
    assert "iPhone" in lena
    assert "‘Hier aanzetten’" in lena
    with unlocked():
        assert not LinkCode.objects.exists()
        assert not AuditEntry.objects.filter(verb="link_code.made").exists()


def test_one_device_at_home_is_enough(cast: Cast, office: Any) -> None:
    lena = connected(cast, "Lena", email="lena@huis.example")
    with unlocked():
        guardian = Guardianship.objects.get(student=lena).guardian_id
    factories.push_device(guardian)
    assert not [page for page in made(cast, office, "push") if "Lena" in page]


@pytest.mark.parametrize("lack", LISTS)
def test_who_mourns_is_left_out_and_that_is_said(cast: Cast, office: Any, lack: str) -> None:
    everything(cast)
    before = made(cast, office, lack)
    with unlocked():
        names = before[0].split(" · ")[1].split()[0]
        chosen = Student.objects.filter(first_name=names, school=cast.id("wilgenhoek"))[0]
    principal = cast.viewer("principal")
    with seen_by(principal):
        Mourning.begin(chosen, by=principal)
    after = made(cast, office, lack)
    assert len(after) < len(before)
    assert not [page for page in after if f" · {names} " in page]
    asked = office.get(f"{at(cast, 'reach')}?lack={lack}")
    assert "Left out: 1 family." in asked.text
    assert len(after) == asked.context["page"].paginator.count


def test_a_letter_holds_no_secret_and_nobody_of_the_other_home(cast: Cast, office: Any) -> None:
    zorah = connected(cast, "Zorah", home(cast, street="Schuilweg 7", city="Verweggistan"))
    with unlocked():
        Guardianship.objects.filter(student=zorah).update(has_secret_address=True)
    other = factories.person("Andere", email=None)
    cast.change(other, joined_at=clock.now())
    factories.guarded(zorah, other.pk, household=home(cast, street="Elders 1"))
    withheld = factories.person("Verboden", email=None)
    cast.change(withheld, joined_at=clock.now())
    factories.guarded(zorah, withheld.pk, access="withheld")
    for lack in ("address", "push"):
        theirs = [page for page in made(cast, office, lack) if "Zorah" in page]
        assert len(theirs) == 2  # one for each home
        assert not [page for page in theirs if "Andere" in page and "Ouder van Zorah" in page]
        for word in ("Schuilweg", "Verweggistan", "Elders", "Verboden"):
            assert word not in " ".join(theirs)


def test_whose_tie_or_stay_ended_gets_nothing(cast: Cast, office: Any) -> None:
    gone, left = connected(cast, "Gerda"), connected(cast, "Joppe")
    assert [page for page in made(cast, office, "push") if "Gerda" in page or "Joppe" in page]
    with unlocked():
        Guardianship.objects.filter(student=gone).update(ends_at=clock.now())
        left.enrollments.update(ends_on=date(2020, 1, 1), starts_on=date(2019, 1, 1))
    file = made(cast, office, "push")
    assert not [page for page in file if "Ouder van Gerda" in page or "Joppe" in page]


def test_a_group_of_another_school_has_nobody_here(cast: Cast, office: Any) -> None:
    everything(cast)
    for lack in LISTS:
        assert made(cast, office, lack, "group_elsewhere") == []
    with unlocked():
        assert not LinkCode.objects.exists()


@pytest.mark.parametrize("who", ["mother", "teacher", "aftercare", "principal_elsewhere"])
def test_nobody_else_makes_them(cast: Cast, sign_in: SignIn, who: str) -> None:
    everything(cast)
    for lack in LISTS:
        assert sign_in(who).post(at(cast, "reach_letters"), {"lack": lack}).status_code == 404
    with unlocked():
        assert not LinkCode.objects.exists()


@pytest.mark.parametrize("lack", LISTS)
def test_who_loses_the_office_meanwhile_gets_no_file(
    cast: Cast, office: Any, monkeypatch: pytest.MonkeyPatch, lack: str
) -> None:
    everything(cast)
    written = Post.write

    def slowly(post: Post) -> bytes:
        with unlocked():
            jobs = Employment.objects.filter(user=cast.principal)
            jobs.update(starts_on=date(2019, 1, 1), ends_on=date(2020, 1, 1))
        return written(post)

    monkeypatch.setattr(Post, "write", slowly)
    assert office.post(at(cast, "reach_letters"), {"lack": lack}).status_code == 404
    with unlocked():
        assert not LinkCode.objects.exists()


def test_too_many_for_one_file_is_said_before_and_after(
    cast: Cast, office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything(cast)
    for where in ("kring.joining.printing.MOST", "kring.office.views.reach.MOST"):
        monkeypatch.setattr(where, 1)
    page = office.get(at(cast, "reach"))
    assert "More than 1 letters do not fit" in page.text
    assert not BUTTON.search(page.text)
    answer = office.post(at(cast, "reach_letters"), {"lack": "push"}, follow=True)
    assert answer.redirect_chain == [(f"{at(cast, 'reach')}?lack=push&group=", 303)]
    assert "Make them group by group." in answer.text


def test_the_file_says_what_it_is(cast: Cast, office: Any) -> None:
    everything(cast)
    told = {"lack": "push", "group": str(cast.id("group_5"))}
    name = office.post(at(cast, "reach_letters"), told).headers["Content-Disposition"]
    assert f"kring-groep-5-no-push-on-a-phone-{clock.today():%Y-%m-%d}.pdf" in name


def test_an_invitation_that_came_back_is_called_so_until_the_address_is_mended(
    cast: Cast, office: Any
) -> None:
    tie = unconnected(cast, "Puck", email="oud@huis.example")
    told = {"kind": "guardian", "email": tie.email, "failed_at": clock.now()}
    factories.invitation(tie.guardian, tie.school_id, **told)
    page = office.get(f"{at(cast, 'reach')}?lack=address").text
    assert "at oud@huis.example came back: correct the address" in page
    listed = office.get(f"{reverse('inviting:families', args=[tie.school_id])}?state=bounced")
    assert "Puck" in listed.text
    cast.change(tie, email="nieuw@huis.example")
    assert "Ouder van Puck" not in office.get(f"{at(cast, 'reach')}?lack=address").text


def test_the_page_of_the_invitations_counts_the_same_homes(cast: Cast) -> None:
    everything(cast)
    principal = cast.viewer("principal")
    with seen_by(principal):
        Mourning.begin(cast.sam, by=principal)
        invited = tallies(homes_of(principal, cast.id("wilgenhoek")))
        reached = SchoolReach(cast.wilgenhoek, principal).tallies
    assert [(one.group, one.homes, one.connected, one.letters) for one in invited] == [
        (one.group, one.homes, one.connected, one.unconnected) for one in reached
    ]


def test_the_two_pages_lead_to_each_other_and_speak_alike(cast: Cast, office: Any) -> None:
    everything(cast)
    reach, inviting = at(cast, "reach"), reverse("inviting:overview", args=[cast.id("wilgenhoek")])
    pages = {one: office.get(one).text.partition("</nav>")[2] for one in (reach, inviting)}
    for one, other in ((reach, inviting), (inviting, reach)):
        assert f'<a href="{other}">' in pages[one]
        assert "Not connected yet" in pages[one]
    assert "not connected yet" in office.get(f"{inviting}families/").text
