"""Codes on letters: how they read, what is kept of them, and who can guess them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from kring.accounts.passwords import Argon2id
from kring.base import clock
from kring.base.visibility import Viewer, seen_by
from kring.events.models import AuditEntry
from kring.joining import codes
from kring.joining.codes import Issued, Recognised
from kring.joining.models import MOST_WRONG_DATES, LinkCode, LinkCodeUse
from kring.schools.models import Guardianship, Household, Student
from tests import factories
from tests.cast import Cast
from tests.unlocked import as_worker, unlocked

BORN = date(2018, 3, 14)


@pytest.fixture
def child(cast: Cast) -> Student:
    made = factories.student(cast.wilgenhoek.pk, "Puck", born_on=BORN)
    factories.enrolled(made, cast.group_5.pk)
    return made


@pytest.fixture
def home(cast: Cast) -> Household:
    return factories.made(Household(school_id=cast.wilgenhoek.pk))


@pytest.fixture
def parents(child: Student, home: Household) -> list[Guardianship]:
    names = ("Anneke", "Bert")
    return [factories.guarded(child, factories.person(name).pk, household=home) for name in names]


@pytest.fixture
def issued(
    child: Student, home: Household, parents: list[Guardianship], viewer: Callable[[str], Viewer]
) -> Issued:
    return made_for(child, home, viewer("administrator"), places=len(parents))


def made_for(child: Student, home: Household | None, by: Viewer, places: int = 2) -> Issued:
    with seen_by(by):
        return codes.issue(child, home, places=places, by=by)


def change(code: LinkCode, **fields: object) -> None:
    with unlocked():
        LinkCode.objects.filter(pk=code.pk).update(**fields)


def test_a_code_is_kept_as_a_beginning_and_a_digest(issued: Issued) -> None:
    symbols = issued.text.replace("-", "")
    assert len(symbols) == codes.SELECTOR + codes.SHORT
    assert issued.row.selector == symbols[:6]
    assert symbols[6:] not in issued.row.digest
    assert issued.row.digest.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_code_has_sixty_bits_with_a_birth_date_and_ninety_without(
    cast: Cast, child: Student, viewer: Callable[[str], Viewer]
) -> None:
    assert len(codes.ALPHABET) == 2**5
    assert codes.SHORT * 5 == 60
    nameless = factories.student(cast.wilgenhoek.pk, "Roos")
    long = made_for(nameless, None, viewer("administrator"))
    assert not long.row.asks_birth_date
    assert len(long.text.replace("-", "")) - codes.SELECTOR == 90 / 5
    found = codes.recognise(long.text)
    assert found
    assert not found.asks_birth_date


@pytest.mark.parametrize(
    "way",
    [
        str.lower,
        lambda text: text.replace("-", " "),
        lambda text: text.replace("-", ""),
        lambda text: text.replace("-", " – "),
        lambda text: f"  {text}\n",
        lambda text: text.replace("0", "O").replace("1", "l"),
        lambda text: text.replace("0", "o").replace("1", "I"),
        lambda text: text.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
        lambda text: text.translate(str.maketrans("ABEKMHPCTX", "АВЕКМНРСТХ")),
    ],
)
def test_a_code_is_read_as_people_type_it(issued: Issued, way: Callable[[str], str]) -> None:
    found = codes.recognise(way(issued.text))
    assert found
    assert found.id == issued.row.pk
    assert found.places_left == 2


def test_no_sign_of_the_alphabet_is_read_as_another() -> None:
    text = codes.ALPHABET[: codes.SELECTOR + codes.SHORT]
    assert codes.read(text) == (text[:6], text[6:])
    rest = codes.ALPHABET[-codes.SELECTOR - codes.SHORT :]
    assert codes.read(rest) == (rest[:6], rest[6:])


@pytest.mark.parametrize("text", ["", "x", "u" * 18, "A" * 19, "A" * 100_000, "\x00" * 18, "—"])
def test_what_is_no_code_is_nothing(cast: Cast, text: str) -> None:
    assert codes.recognise(text) is None


def test_a_newer_letter_of_the_same_home_ends_the_older(
    child: Student, home: Household, issued: Issued, viewer: Callable[[str], Viewer]
) -> None:
    elsewhere = made_for(child, None, viewer("administrator"))
    newer = made_for(child, home, viewer("principal"))
    assert codes.recognise(issued.text) is None
    assert codes.recognise(newer.text)
    assert codes.recognise(elsewhere.text)


def test_a_code_that_is_over_says_no_more_than_a_wrong_one(
    issued: Issued, viewer: Callable[[str], Viewer]
) -> None:
    wrong = issued.text[:-1] + ("A" if issued.text[-1] != "A" else "B")
    assert codes.recognise(wrong) is None
    change(issued.row, expires_at=clock.now() - timedelta(seconds=1))
    assert codes.recognise(issued.text) is None
    change(issued.row, expires_at=clock.now() + codes_live())
    assert codes.recognise(issued.text)
    by = viewer("principal")
    with seen_by(by):
        assert issued.row.revoke(by=by)
        assert not issued.row.revoke(by=by)
    assert codes.recognise(issued.text) is None


def codes_live() -> timedelta:
    return timedelta(days=90)


def test_a_code_lives_for_ninety_days(issued: Issued) -> None:
    assert abs(issued.row.expires_at - clock.now() - codes_live()) < timedelta(minutes=1)


def test_every_wrong_answer_costs_a_hash(issued: Issued, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same work, whether nothing like it exists, the row does, or it is no code at all."""
    verify, compared = Argon2id.verify, list[str]()

    def counting(self: Argon2id, secret: str, digest: str) -> bool:
        compared.append(digest.rpartition("$")[0].rpartition("$")[0])  # what a comparison costs
        return bool(verify(self, secret, digest))

    monkeypatch.setattr(Argon2id, "verify", counting)
    wrong = [issued.text[:-1] + "Z", "Z" * 18, "Z" * 24, "nonsense", ""]
    for number, text in enumerate([issued.text, *wrong], start=1):
        codes.recognise(text)
        assert len(compared) == number
    assert len(set(compared)) == 1


def test_two_codes_never_begin_alike(
    issued: Issued, monkeypatch: pytest.MonkeyPatch, cast: Cast
) -> None:
    drawn = iter([issued.row.selector, issued.row.selector, "222222"])
    made_up = codes._random
    monkeypatch.setattr(
        codes,
        "_random",
        lambda length: next(drawn) if length == codes.SELECTOR else made_up(length),
    )
    [one] = codes.draw([True])
    assert one.selector == "222222"


# ── the birth date ───────────────────────────────────────────────────────────
def test_the_birth_date_must_fit(issued: Issued) -> None:
    found = codes.recognise(issued.text)
    assert found
    assert not codes.fits(found, date(2018, 3, 15))
    assert codes.fits(found, BORN)


def test_who_keeps_guessing_the_birth_date_ends_the_code(issued: Issued) -> None:
    found = codes.recognise(issued.text)
    assert found
    for day in range(MOST_WRONG_DATES):
        assert codes.recognise(issued.text)
        assert not codes.fits(found, BORN + timedelta(days=day + 1))
    assert codes.recognise(issued.text) is None
    assert not codes.fits(found, BORN)  # nor for who was under way


def test_the_right_date_forgets_the_wrong_ones(issued: Issued) -> None:
    found = codes.recognise(issued.text)
    assert found
    for _ in range(3):
        for day in range(MOST_WRONG_DATES - 1):
            codes.fits(found, BORN + timedelta(days=day + 1))
        assert codes.fits(found, BORN)


# ── places ───────────────────────────────────────────────────────────────────
def take(cast: Cast, issued: Issued, tie: Guardianship) -> LinkCodeUse | None:
    found = codes.recognise(issued.text)
    if found is None:
        return None
    with seen_by(Viewer.service(found.school_id)):
        person = factories.person("Gekomen")
        return LinkCode.take(found.id, guardianship_id=tie.pk, user_id=person.pk)


def test_each_place_is_taken_once(cast: Cast, issued: Issued, parents: list[Guardianship]) -> None:
    first, second = parents
    assert take(cast, issued, first)
    assert take(cast, issued, first) is None
    found = codes.recognise(issued.text)
    assert found
    assert found.places_left == 1
    assert take(cast, issued, second)
    assert codes.recognise(issued.text) is None  # all places are taken
    with unlocked():
        used = AuditEntry.objects.filter(verb="link_code.used", student_id=issued.row.student_id)
        assert used.count() == 2


def late(cast: Cast, found: Recognised, tie: Guardianship) -> LinkCodeUse | None:
    return LinkCode.take(found.id, guardianship_id=tie.pk, user_id=cast.id("operator"))


def test_a_full_code_gives_no_place_to_who_was_under_way(
    cast: Cast, issued: Issued, parents: list[Guardianship]
) -> None:
    found = codes.recognise(issued.text)
    assert found
    change(issued.row, places=1)
    assert take(cast, issued, parents[0])
    with seen_by(Viewer.service(found.school_id)):
        assert late(cast, found, parents[1]) is None
    change(issued.row, revoked_at=clock.now(), places=5)
    with seen_by(Viewer.service(found.school_id)):
        assert late(cast, found, parents[1]) is None


def test_places_are_of_that_home_and_of_who_is_not_in_yet(
    cast: Cast,
    child: Student,
    home: Household,
    parents: list[Guardianship],
    viewer: Callable[[str], Viewer],
) -> None:
    access = Guardianship.Access
    other = factories.made(Household(school_id=cast.wilgenhoek.pk))
    in_already = factories.person("Is er al", joined_at=clock.now())
    others: dict[UUID, dict[str, Any]] = {
        factories.person("Elders").pk: {"household": other},
        in_already.pk: {"household": home},
        factories.person("Oma").pk: {"household": home, "access": access.PICK_UP},
        factories.person("Nooit").pk: {"household": home, "access": access.WITHHELD},
        factories.person("Weg").pk: {"household": home, "ends_at": clock.now()},
    }
    for who, fields in others.items():
        factories.guarded(child, who, **fields)
    issued = made_for(child, home, viewer("administrator"))
    assert names(issued) == ["Anneke", "Bert"]
    change(issued.row, lets_fetchers_in=True)
    assert names(issued) == ["Anneke", "Bert", "Oma"]
    with unlocked():
        tie = Guardianship.objects.get(guardian=in_already)
    change(issued.row, guardianship=tie, lets_fetchers_in=False)
    assert names(issued) == ["Is er al"]


def names(issued: Issued) -> list[str]:
    found = codes.recognise(issued.text)
    assert found
    with seen_by(Viewer.service(found.school_id)):
        [code] = LinkCode.objects.filter(pk=found.id)
        return sorted(code.takers().values_list("guardian__first_name", flat=True))


# ── guessing ─────────────────────────────────────────────────────────────────
def tries(text: Callable[[int], str], address: Callable[[int], str], most: int) -> int:
    """How many tries are let through."""
    asked = RequestFactory()
    return sum(
        codes.may_try(asked.post("/join/", headers={"X-Forwarded-For": address(at)}), text(at))
        for at in range(most)
    )


def test_ten_thousand_guesses_at_one_code_from_many_addresses_stop_after_a_few(
    cast: Cast, issued: Issued, settings: Settings
) -> None:
    # Counted in memory, or the counting alone would take a minute.
    backend = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": backend, "OPTIONS": {"MAX_ENTRIES": 100_000}}}
    beginning = issued.row.selector

    def guess(at: int) -> str:
        return f"{beginning}{at:012d}"

    assert tries(guess, lambda at: f"198.51.{at // 250}.{at % 250}", 10_000) == 20


def test_random_codes_from_one_network_are_stopped(cast: Cast) -> None:
    assert tries(lambda at: f"{at:018d}"[::-1], lambda _at: "203.0.113.9", 300) == 60


def test_a_code_that_does_not_exist_is_counted_just_so(cast: Cast) -> None:
    made_up = "222222" + "3" * 12
    assert tries(lambda _at: made_up, lambda at: f"198.51.100.{at}", 40) == 20
    assert tries(lambda _at: "nonsense", lambda at: f"198.51.101.{at}", 40) == 40


# ── who may ask ──────────────────────────────────────────────────────────────
def test_only_the_web_outside_any_block_looks_up_a_code(
    cast: Cast, issued: Issued, viewer: Callable[[str], Viewer]
) -> None:
    def refused() -> bool:
        try:
            with transaction.atomic():
                codes.recognise(issued.text)
        except DatabaseError as error:
            return "permission denied" in str(error)
        return False

    assert not refused()
    with as_worker():
        assert refused()
    with seen_by(viewer("administrator")):
        assert refused()


def test_a_teacher_makes_no_codes(
    child: Student, home: Household, viewer: Callable[[str], Viewer]
) -> None:
    with pytest.raises(DatabaseError, match="row-level security"):
        made_for(child, home, viewer("teacher"))


def test_no_code_is_in_any_table(issued: Issued) -> None:
    secret = issued.text.replace("-", "")[6:]
    with unlocked(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT t::text FROM joining_linkcode t UNION ALL SELECT t::text FROM events_auditentry"
            " t UNION ALL SELECT t::text FROM procrastinate_jobs t"
        )
        everything = "".join(said for (said,) in cursor.fetchall())
    assert issued.row.selector in everything
    assert secret not in everything
