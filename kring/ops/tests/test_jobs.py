"""What the house throws away at night, beside what schools keep: name cards and stray files."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.storage import default_storage

from kring.accounts.models import User
from kring.base import clock
from kring.base.ids import new_id
from kring.media.files import path_of, store
from kring.media.models import Portrait
from kring.media.tests.made import RENDERED
from kring.ops.jobs import sweep_nobodies, sweep_stray_files
from kring.schools.models import Employment, TeachingAssignment
from tests import factories
from tests.cast import Cast
from tests.unlocked import as_worker, unlocked

TWO_DAYS = timedelta(days=2)
WHOLE_DAYS = 2 * 86_400_000 << 80  # two days, in the time that stands in an id


def card(ago: timedelta = TWO_DAYS, **fields: Any) -> User:
    """Somebody whom no school knows, made some time ago."""
    made = factories.person("Kaart", **fields)
    with unlocked():
        User.objects.filter(pk=made.pk).update(created_at=clock.now() - ago)
    return made


def stays(person: User) -> bool:
    with as_worker():
        sweep_nobodies()
    with unlocked():
        return bool(User.objects.filter(pk=person.pk).exists())


# ── name cards ───────────────────────────────────────────────────────────────
def test_a_card_that_waits_for_nobody_goes_after_a_day(cast: Cast) -> None:
    with unlocked():
        before = User.objects.count()
    assert not stays(card())
    with unlocked():
        assert User.objects.count() == before  # and nobody else went with it


def test_a_card_of_today_stays(cast: Cast) -> None:
    assert stays(card(timedelta(hours=23)))


def test_a_card_with_a_child_stays_also_when_the_tie_is_over(cast: Cast) -> None:
    waits, former = card(), card()
    factories.guarded(cast.sam, waits.pk)
    factories.guarded(cast.sam, former.pk, ends_at=clock.now())
    assert stays(waits)
    assert stays(former)


@pytest.mark.parametrize("tie", [Employment, TeachingAssignment])
def test_a_card_of_a_colleague_stays(cast: Cast, tie: Any) -> None:
    waits, today = card(), clock.today()
    work = {"school_id": cast.id("wilgenhoek"), "user_id": waits.pk, "starts_on": today}
    of_it = {"role": "aide"} if tie is Employment else {"group_id": cast.id("group_5")}
    factories.made(tie(**work, **of_it))
    assert stays(waits)


@pytest.mark.parametrize(
    "way_in", [{"email": "kaart@kring.example"}, {"username": "kaart"}, {"joined_at": clock.now()}]
)
def test_an_account_stays_also_when_no_school_knows_it(cast: Cast, way_in: dict[str, Any]) -> None:
    assert stays(card(**way_in))


# ── files ────────────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("media")
def test_the_files_of_a_portrait_stay_and_those_of_none_go(cast: Cast) -> None:
    kept, stray = (UUID(int=new_id().int - WHOLE_DAYS) for _ in range(2))
    for asset_id in (kept, stray):
        store(asset_id, RENDERED)
    factories.made(Portrait(user_id=cast.id("mother"), asset_id=kept))
    with as_worker():
        sweep_stray_files()
    assert default_storage.exists(path_of(kept, "small"))
    assert default_storage.exists(path_of(kept, "large"))
    assert not default_storage.exists(path_of(stray, "small"))
