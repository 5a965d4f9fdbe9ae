"""The pages of the office about inviting."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import Viewer, seen_by
from kring.events.models import AuditEntry
from kring.joining import codes, letters
from kring.joining.homes import Home, State, Tally, homes_of, tallies, to_invite
from kring.joining.jobs import invite_many, send_invitation
from kring.joining.models import Invitation, LinkCode, LinkCodeUse
from kring.joining.posting import OvertakenError, Post, addressed
from kring.notifications.tests.conftest import waiting
from kring.schools.models import Employment, Guardianship, Household
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

OFFICE = "administrator"
PAGES = ["overview", "families", "codes", "staff"]


def url(cast: Cast, name: str, *args: Any) -> str:
    return reverse(f"inviting:{name}", args=[cast.wilgenhoek.pk, *args])


def family(cast: Cast, first_name: str = "Puck", **fields: Any) -> Guardianship:
    """A child of group 5 with a parent who has no account yet."""
    child = factories.student(cast.wilgenhoek.pk, first_name, born_on=date(2018, 3, 14))
    factories.enrolled(child, cast.group_5.pk)
    home = factories.made(Household(school_id=cast.wilgenhoek.pk, letter_language="tr"))
    card = factories.person(f"Ouder van {first_name}")
    usual: dict[str, Any] = {"household": home, "email": f"{first_name.lower()}@huis.example"}
    return factories.guarded(child, card.pk, **usual | fields)


def invitation(tie: Guardianship, **fields: Any) -> Invitation:
    usual: dict[str, Any] = {
        "person_id": tie.guardian_id,
        "kind": "guardian",
        "email": tie.email,
        "expires_at": clock.now() + timedelta(days=14),
        "sent_at": clock.now(),
    }
    return factories.made(Invitation(school_id=tie.school_id, **usual | fields))


def colleague(cast: Cast, first_name: str) -> User:
    """Somebody who works here and has no account yet."""
    made = factories.person(first_name)
    job = {"role": "teacher", "starts_on": clock.today()}
    factories.made(Employment(school_id=cast.wilgenhoek.pk, user=made, **job))
    return made


def link_code(tie: Guardianship, **fields: Any) -> LinkCode:
    usual: dict[str, Any] = {
        "student_id": tie.student_id,
        "household_id": tie.household_id,
        "selector": codes._random(6),
        "digest": "x",
        "asks_birth_date": True,
        "places": 1,
        "expires_at": clock.now() + timedelta(days=90),
    }
    return factories.made(LinkCode(school_id=tie.school_id, **usual | fields))


def key(tie: Guardianship) -> str:
    return f"{tie.student_id}:{tie.household_id or ''}"


@pytest.fixture
def office(cast: Cast, sign_in: Callable[[str], Client]) -> Client:
    """The administrator, who reads English here."""
    cast.change(cast.administrator, language="en")
    return sign_in(OFFICE)


@pytest.fixture
def home_of(cast: Cast, viewer: Callable[[str], Viewer]) -> Callable[[Guardianship], Home]:
    by = viewer(OFFICE)

    def found(tie: Guardianship) -> Home:
        with seen_by(by):
            [home] = homes_of(by, cast.wilgenhoek.pk, only=[key(tie)])
        return home

    return found


# ── who is in ────────────────────────────────────────────────────────────────
def test_a_home_says_how_far_it_is(cast: Cast, home_of: Callable[[Guardianship], Home]) -> None:
    tie = family(cast)
    assert home_of(tie).state == State.NOTHING
    cast.change(tie, email="")
    assert home_of(tie).state == State.NO_ADDRESS
    code = link_code(tie)
    assert home_of(tie).state == State.CODE
    mail = invitation(tie, email="a@huis.example")
    assert home_of(tie).state == State.CODE  # it went to an address that is not the person's now
    cast.change(tie, email="A@huis.example")
    assert home_of(tie).state == State.INVITED
    cast.change(mail, failed_at=clock.now(), sent_at=None)
    assert home_of(tie).state == State.BOUNCED
    cast.change(mail, failed_at=None, expires_at=clock.now() - timedelta(days=1))
    cast.change(code, revoked_at=clock.now())
    assert home_of(tie).state == State.NOTHING  # an invitation that ended is none
    cast.change(tie.guardian, joined_at=clock.now())
    assert home_of(tie).state == State.CONNECTED
    cast.change(tie, access="pick_up")
    assert home_of(tie).state == State.NOBODY  # who may only fetch is not the family


def test_who_is_withheld_is_not_even_named(
    cast: Cast, office: Client, home_of: Callable[[Guardianship], Home]
) -> None:
    tie = family(cast)
    withheld = factories.person("Verboden")
    factories.guarded(tie.student, withheld.pk, household=tie.household, access="withheld")
    assert [adult.name for adult in home_of(tie).adults] == ["Ouder van Puck Nieuw"]
    assert "Verboden" not in office.get(url(cast, "families")).content.decode()


def test_two_homes_are_two_letters_and_siblings_one_invitation(
    cast: Cast, viewer: Callable[[str], Viewer]
) -> None:
    mother = family(cast)
    father = factories.person("Vader")
    other = factories.made(Household(school_id=cast.wilgenhoek.pk))
    factories.guarded(mother.student, father.pk, household=other, email="v@huis.example")
    sibling = factories.student(cast.wilgenhoek.pk, "Roos")
    factories.enrolled(sibling, cast.group_5.pk)
    factories.guarded(sibling, mother.guardian_id, household=mother.household, email="x@y.example")
    by = viewer(OFFICE)
    with seen_by(by):
        homes = homes_of(by, cast.wilgenhoek.pk, group_id=cast.group_5.pk)
    mine = [home for home in homes if home.student_id in {mother.student_id, sibling.pk}]
    assert len(mine) == 3
    assert len(to_invite(mine)) == 2


def test_the_overview_counts_per_group(cast: Cast, office: Client, viewer: Any) -> None:
    by = viewer(OFFICE)

    def five() -> Tally:
        with seen_by(by):
            homes = homes_of(by, cast.wilgenhoek.pk)
        counted = {tally.group: tally for tally in tallies(homes)}
        fetch = sum(home.state == State.FETCHERS for home in homes)
        assert sum(tally.homes for tally in counted.values()) == len(homes) - fetch
        return counted["groep 5"]

    before = five()
    mail = invitation(family(cast))
    family(cast, "Roos")
    after = five()
    assert after.homes == before.homes + 2
    assert after.connected == before.connected > 0
    assert (after.invited, after.to_invite) == (before.invited + 1, before.to_invite + 1)
    assert after.letters == before.letters + 2
    cast.change(mail, failed_at=clock.now())
    assert five().bounced == 1
    factories.enrolled(factories.student(cast.wilgenhoek.pk, "Alleen"), cast.group_5.pk)
    assert five().letters == after.letters + 1  # a letter is how one hears of its parents
    page = office.get(url(cast, "overview")).content.decode()
    assert "groep 5" in page
    assert "The mail to 1 family came back." in page


@pytest.mark.parametrize("page", PAGES)
def test_only_the_office_of_this_school_gets_in(
    cast: Cast, sign_in: Callable[[str], Client], page: str
) -> None:
    for who in (OFFICE, "principal"):
        assert sign_in(who).get(url(cast, page)).status_code == 200
    for who in ("teacher", "mother", "principal_elsewhere", "aftercare"):
        assert sign_in(who).get(url(cast, page)).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_as_many_queries_for_thirty_as_for_three(cast: Cast, office: Client, page: str) -> None:
    def fill(names: range) -> None:
        for number in names:
            tie = family(cast, f"Kind{number}")
            invitation(tie)
            code = link_code(tie)
            use = {"code": code, "guardianship": tie, "user_id": tie.guardian_id}
            factories.made(LinkCodeUse(school_id=tie.school_id, **use))
            invitation(tie, person_id=colleague(cast, f"Collega{number}").pk, kind="staff")

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert office.get(url(cast, page)).status_code == 200
        return len(seen)

    fill(range(3))
    queries()  # what is looked up once in a process
    few = queries()
    fill(range(3, 30))
    assert queries() == few
    assert few < 27


def test_the_list_is_narrowed_by_group_and_state(cast: Cast, office: Client) -> None:
    family(cast, "Puck")
    family(cast, "Roos", email="")

    def shown(**query: Any) -> str:
        return office.get(url(cast, "families"), query).content.decode()

    assert "Ouder van Puck" in shown(state="waiting")
    assert "Ouder van Puck" not in shown(state="no_address")
    assert "Ouder van Roos" in shown(state="no_address", group=cast.group_5.pk)
    assert "Ouder van Roos" not in shown(group=cast.group_6.pk)
    assert "Ouder van Roos" in shown(state="nonsense", group="nonsense", page="-1")


def test_a_long_list_comes_in_pages(cast: Cast, office: Client) -> None:
    for number in range(101):
        family(cast, f"Kind{number:03}", household=None)
    first = office.get(url(cast, "families"), {"state": "waiting"}).content.decode()
    assert first.count('name="homes"') == 100
    assert "page=2" in first
    second = office.get(url(cast, "families"), {"state": "waiting", "page": "2"}).content.decode()
    assert 0 < second.count('name="homes"') < 100


# ── inviting ─────────────────────────────────────────────────────────────────
def test_the_chosen_are_invited_again_or_for_the_first_time(cast: Cast, office: Client) -> None:
    first, second, other = (family(cast, name) for name in ("Puck", "Roos", "Tijn"))
    invitation(first)
    told: dict[str, Any] = {
        "whom": "chosen",
        "homes": [key(first), key(second)],
        "state": "waiting",
        "page": "2",
    }
    response = office.post(url(cast, "invitations"), told)
    assert response.status_code == 303
    assert response.headers["Location"].endswith("?group=&state=waiting&page=2")
    with unlocked():
        made = {one.person_id: one.serial for one in Invitation.objects.all()}
    assert made == {first.guardian_id: 2, second.guardian_id: 1}
    assert other.guardian_id not in made
    assert len(waiting(send_invitation)) == 2


def test_a_whole_group_is_work_that_goes_on(cast: Cast, office: Client) -> None:
    tie = family(cast)
    told = {"whom": "group", "group": str(cast.group_5.pk)}
    response = office.post(url(cast, "invitations"), told, follow=True)
    assert "on their way" in response.content.decode()
    [arguments] = waiting(invite_many)
    invite_many(**arguments)
    with unlocked():
        assert Invitation.objects.get(person=tie.guardian_id).email == tie.email
    assert "on their way" in office.get(url(cast, "overview")).content.decode()


def test_where_nobody_can_be_invited_that_is_said(cast: Cast, office: Client) -> None:
    empty = {"whom": "group", "group": str(cast.group_6.pk)}
    for told in ({"whom": "chosen"}, empty, {"whom": "chosen", "homes": ["nonsense"]}):
        office.post(url(cast, "invitations"), told)
    with unlocked():
        assert Invitation.objects.count() == 0
    assert waiting(invite_many) == []


def test_who_may_only_fetch_is_invited_when_the_office_says_so(cast: Cast, office: Client) -> None:
    tie = family(cast, access="pick_up")
    told = {"whom": "chosen", "homes": [key(tie)]}
    office.post(url(cast, "invitations"), told)
    with unlocked():
        assert Invitation.objects.count() == 0
    office.post(url(cast, "invitations"), told | {"fetchers": "on"})
    with unlocked():
        assert Invitation.objects.get().person_id == tie.guardian_id


def test_the_office_sends_again_and_takes_back(cast: Cast, office: Client) -> None:
    mail = invitation(family(cast))
    assert office.post(url(cast, "sending", mail.pk)).status_code == 303
    assert office.post(url(cast, "revocation", mail.pk)).status_code == 303
    assert office.post(url(cast, "revocation", mail.pk)).status_code == 404
    with unlocked():
        assert Invitation.objects.get(pk=mail.pk).revoked_at


def test_an_invited_colleague_is_listed_and_sent_again(cast: Cast, office: Client) -> None:
    tie = family(cast)
    new = colleague(cast, "Nieuwe")
    mail = invitation(tie, person_id=new.pk, kind="staff", email="n@school.example")
    page = office.get(url(cast, "staff")).content.decode()
    assert "Nieuwe" in page
    response = office.post(url(cast, "sending", mail.pk))
    assert response.headers["Location"] == url(cast, "staff")


# ── letters ──────────────────────────────────────────────────────────────────
def pages(response: Any) -> list[str]:
    assert response.status_code == 200, response.status_code
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Cache-Control"] == "no-store"
    assert "attachment" in response.headers["Content-Disposition"]
    return [page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages]


def test_letters_of_the_chosen_let_those_homes_in(cast: Cast, office: Client) -> None:
    first, second, _other = (family(cast, name) for name in ("Puck", "Roos", "Tijn"))
    told = {"whom": "chosen", "homes": [key(second), key(first)]}
    made = pages(office.post(url(cast, "letters"), told))
    assert ["Puck" in made[0], "Roos" in made[1]] == [True, True]  # by name
    assert len(made) == 2
    assert "Kring’e hoş geldiniz" in made[0]
    with unlocked():
        rows = {code.student_id: code for code in LinkCode.objects.all()}
        assert set(rows) == {first.student_id, second.student_id}
        assert AuditEntry.objects.filter(verb="link_code.made").count() == 2
    text = made[0].replace("\n", "-")
    begin = text.index(codes.grouped(rows[first.student_id].selector))
    found = codes.recognise(text[begin : begin + 23])
    assert found
    assert found.student_id == first.student_id
    assert codes.fits(found, date(2018, 3, 14))


def test_letters_that_were_begun_first_and_are_ready_last_open_nothing(
    cast: Cast, viewer: Callable[[str], Viewer]
) -> None:
    tie, by = family(cast), viewer(OFFICE)
    with seen_by(by):
        wanted = addressed(homes_of(by, cast.wilgenhoek.pk, only=[key(tie)]))
    first, last = (Post(wanted, cast.wilgenhoek) for _ in range(2))  # the button was pressed twice
    for post in (first, last):
        post.drawn = codes.draw([True])
    with seen_by(by):
        last.put_in_force(by=by)
    with pytest.raises(OvertakenError), seen_by(by):
        first.put_in_force(by=by)
    with unlocked():
        assert LinkCode.objects.get(revoked_at=None).pk == last.ids[0]
        assert LinkCode.objects.count() == 1


def test_who_was_overtaken_is_told_and_gets_no_file(cast: Cast, office: Client) -> None:
    tie = family(cast)
    factories.link_code(tie.student, household=tie.household, pk=UUID(int=2**128 - 1))
    told = {"whom": "chosen", "homes": [key(tie)]}
    answer = office.post(url(cast, "letters"), told, follow=True)
    assert "Newer letters were made meanwhile." in unescape(answer.content.decode())
    with unlocked():
        assert LinkCode.objects.count() == 1


def test_letters_for_exactly_who_is_not_connected(cast: Cast, office: Client) -> None:
    tie = family(cast)
    told = {"whom": "unconnected", "group": str(cast.group_5.pk)}
    made = pages(office.post(url(cast, "letters"), told))
    assert any("Ouder van Puck" in page for page in made)
    with unlocked():
        connected = Guardianship.objects.filter(guardian__joined_at__isnull=False, ends_at=None)
        family_of = connected.filter(access__in=["in_care", "informed"])
        homes = set(family_of.values_list("student", "household"))
        assert not homes & set(LinkCode.objects.values_list("student", "household"))
        assert LinkCode.objects.get(student=tie.student_id).places == 1


def test_a_child_whose_parents_nobody_entered_gets_a_letter_for_two(
    cast: Cast, office: Client
) -> None:
    child = factories.student(cast.wilgenhoek.pk, "Alleen")
    factories.enrolled(child, cast.group_6.pk)
    told = {"whom": "group", "group": str(cast.group_6.pk)}
    made = pages(office.post(url(cast, "letters"), told))
    assert any("Alleen" in page for page in made)
    with unlocked():
        code = LinkCode.objects.get(student=child)
    assert (code.places, code.household_id, code.asks_birth_date) == (2, None, False)


def test_where_everybody_is_connected_there_is_no_letter(cast: Cast, office: Client) -> None:
    tie = family(cast)
    cast.change(tie.guardian, joined_at=clock.now())
    for told in ({"whom": "chosen", "homes": [key(tie)]}, {"whom": "chosen"}):
        assert office.post(url(cast, "letters"), told).status_code == 303
    with unlocked():
        assert LinkCode.objects.count() == 0


def test_more_letters_than_fit_in_one_file_are_refused(
    cast: Cast, office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kring.joining.printing.MOST", 1)
    homes = [key(family(cast, name)) for name in ("Puck", "Roos")]
    response = office.post(url(cast, "letters"), {"whom": "chosen", "homes": homes})
    assert response.status_code == 303
    with unlocked():
        assert LinkCode.objects.count() == 0


def test_who_lost_an_account_gets_a_letter_for_that_tie(cast: Cast, office: Client) -> None:
    with unlocked():
        tie = Guardianship.objects.get(guardian=cast.mother, student=cast.sam)
    page = office.get(url(cast, "reopening", tie.pk)).content.decode()
    assert "Fatima Amrani" in page
    [letter] = pages(office.post(url(cast, "reopening", tie.pk)))
    assert "Terug in Kring" in letter
    with unlocked():
        code = LinkCode.objects.get()
        entry = AuditEntry.objects.get(subject_id=code.pk)
    assert (code.guardianship_id, code.places) == (tie.pk, 1)
    assert (entry.student_id, entry.person_id) == (cast.sam.pk, cast.mother.pk)


def test_who_has_no_account_has_lost_none(cast: Cast, office: Client) -> None:
    tie = family(cast)
    assert office.get(url(cast, "reopening", tie.pk)).status_code == 404
    assert office.post(url(cast, "reopening", tie.pk)).status_code == 404


def test_the_office_sets_the_language_of_letters(
    cast: Cast, sign_in: Callable[[str], Client]
) -> None:
    tie = family(cast)
    told = {"home": str(tie.household_id), "language": "pl"}
    assert sign_in(OFFICE).post(url(cast, "language"), told).status_code == 303
    with unlocked():
        assert Household.objects.get(guardianships=tie).letter_language == "pl"
    for wrong in ({"language": "xx"}, {"home": "x"}):
        assert sign_in(OFFICE).post(url(cast, "language"), told | wrong).status_code == 404
    assert sign_in("principal").post(url(cast, "language"), told).status_code == 404


# ── codes ────────────────────────────────────────────────────────────────────
def test_the_office_sees_who_came_in_by_which_code_and_takes_one_back(
    cast: Cast, office: Client
) -> None:
    tie = family(cast)
    code = link_code(tie, places=2)
    use = {"code": code, "guardianship": tie, "user_id": tie.guardian_id}
    factories.made(LinkCodeUse(school_id=tie.school_id, **use))
    page = office.get(url(cast, "codes")).content.decode()
    assert "Ouder van Puck" in page
    assert codes.grouped(code.selector) in page
    assert office.post(url(cast, "code_revocation", code.pk)).status_code == 303
    assert office.post(url(cast, "code_revocation", code.pk)).status_code == 404


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"revoked_at": clock.now()}, "taken back"),
        ({"expires_at": clock.now() - timedelta(days=1)}, "ended"),
        ({"wrong_dates": 10}, "too many wrong"),
        ({"places": 0}, "used"),
        ({}, "open until"),
    ],
)
def test_a_code_says_what_became_of_it(
    cast: Cast, office: Client, fields: dict[str, Any], said: str
) -> None:
    link_code(family(cast), **fields)
    assert said in office.get(url(cast, "codes")).content.decode()


def test_a_letter_never_stands_in_a_cache_or_a_log(cast: Cast, office: Client) -> None:
    """By POST only: an address that made codes would make them again for whoever follows it."""
    assert office.get(url(cast, "letters")).status_code == 405
    assert letters.address_of("ABC").split("#") == [letters.address_of(), "ABC"]


def test_who_is_of_the_family_is_said_by_access(cast: Cast, viewer: Any) -> None:
    by = viewer(OFFICE)
    with seen_by(by):
        homes = homes_of(by, cast.wilgenhoek.pk)
    people = {adult.person_id: adult for home in homes for adult in home.adults}
    assert people[cast.mother.pk].is_family
    assert people[cast.informed_father.pk].is_family
    assert people[cast.grandmother.pk].only_fetches
    states = {home.state for home in homes if home.student_id == cast.noor.pk}
    assert states == {State.CONNECTED, State.FETCHERS}  # a grandmother's is no home that waits
    assert cast.withheld_father.pk not in people
    assert isinstance(cast.mother, User)
