"""What a writer says is to be seen on a picture: kept with it, whatever happens to the form."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.test import Client

from kring.feed.models import Post, PostPhoto
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]

COMPOSE = "/posts/new/"
SAID = 'Een egel onder "blad" <b>'
ESCAPED = 'value="Een egel onder &quot;blad&quot; &lt;b&gt;"'


@pytest.fixture
def egel(cast: Cast, media: Callable[[UUID, UUID], UUID]) -> UUID:
    """A photo of the teacher."""
    return media(cast.id("wilgenhoek"), cast.id("teacher"))


def form(cast: Cast, asset: UUID, **typed: object) -> dict[str, object]:
    told: dict[str, object] = {
        "audience": [f"group:{cast.id('group_5')}"],
        "text": "Kijk eens.",
        "key": str(uuid4()),
        "assets": str(asset),
        f"description-{asset}": f"  {SAID}\n",
    }
    return told | typed


def test_it_is_the_alternative_text_of_the_picture(cast: Cast, sign_in: SignIn, egel: UUID) -> None:
    teacher = sign_in("teacher")
    assert teacher.post(COMPOSE, form(cast, egel)).status_code == 303
    with unlocked():
        assert PostPhoto.objects.get(asset_id=egel).description == SAID
    assert 'alt="Een egel onder &quot;blad&quot; &lt;b&gt;"' in teacher.get("/").text


def test_it_stays_when_the_form_has_an_error(cast: Cast, sign_in: SignIn, egel: UUID) -> None:
    answer = sign_in("teacher").post(COMPOSE, form(cast, egel, audience=[]))
    assert answer.status_code == 422
    assert ESCAPED in answer.text


def test_it_comes_back_with_what_was_taken_back(cast: Cast, sign_in: SignIn, egel: UUID) -> None:
    teacher = sign_in("teacher")
    teacher.post(COMPOSE, form(cast, egel))
    with unlocked():
        post = Post.objects.latest("created_at")
    teacher.post(f"/posts/{post.pk}/withdrawal/", {"undo": "yes"})
    assert ESCAPED in teacher.get(f"{COMPOSE}?again={post.pk}").text
