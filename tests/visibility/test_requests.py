"""The second lock around a view, through all the middleware of a real request."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import ProgrammingError
from django.test import Client
from pytest_django.fixtures import Settings

from kring.feed.models import Post, Reading
from tests import factories
from tests.cast import EVERYBODY, Cast
from tests.unlocked import unlocked
from tests.visibility import scene
from tests.visibility.test_rights import POSTS, SCHOOL, UNDER_A_POST

type SignIn = Callable[[str], Client]
CHILDREN = {
    "Sam",
    "Noor",
    "Lina",
    "Milan",
    "Yara, who comes later",
    "Sam at the BSO",
    "child elsewhere",
}


@pytest.fixture(autouse=True)
def _scratch_views(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.visibility.scratch"


def readings() -> int:
    with unlocked():
        return Reading.objects.count()


@pytest.mark.parametrize("key", [key for key in EVERYBODY if key != "anonymous"])
def test_a_forgotten_visible_to_shows_nothing_that_is_somebody_elses(
    cast: Cast, sign_in: SignIn, key: str
) -> None:
    things = scene.everything(cast)
    shown = {pk for pks in sign_in(key).get("/scratch/forgetful/").json().values() for pk in pks}
    rights = POSTS | UNDER_A_POST | {name: SCHOOL[name] for name in CHILDREN}
    for name, who in rights.items():
        if not name.startswith(("photo", "document", "former", "call ")):
            assert (str(things[name].pk) in shown) == (key in who), name


def test_nobody_is_shown_nothing(cast: Cast, sign_in: SignIn) -> None:
    scene.everything(cast)
    assert not any(sign_in("anonymous").get("/scratch/open/").json().values())
    assert sign_in("anonymous").get("/scratch/forgetful/").status_code == 302


def test_outside_the_block_there_is_nothing_to_ask(cast: Cast, sign_in: SignIn) -> None:
    cast.post("group_5", by="teacher")
    with pytest.raises(ProgrammingError, match="permission denied for table feed_post"):
        sign_in("principal").get("/scratch/outside/")


@pytest.mark.parametrize(
    ("address", "status"), [("/scratch/breaking/", 500), ("/scratch/not-there/", 404)]
)
def test_a_view_that_breaks_after_writing_leaves_nothing(
    cast: Cast, sign_in: SignIn, address: str, status: int
) -> None:
    cast.post("group_5", by="teacher")
    client = sign_in("mother")
    client.raise_request_exception = False
    assert client.get(address).status_code == status
    assert readings() == 0
    assert client.get("/scratch/working/").status_code == 200
    assert readings() == 1


def test_an_ended_tie_shows_nothing_on_the_next_request(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher")
    factories.comment(post, cast.id("teacher"))
    client = sign_in("english_mother")
    assert client.get("/scratch/forgetful/").json()["Post"] == [str(post.pk)]
    with unlocked():
        tie = cast.english_mother.guardianships.get()
    cast.change(tie, ends_at=post.published_at)
    assert not any(client.get("/scratch/forgetful/").json().values())
    with unlocked():
        assert Post.objects.count() == 1
