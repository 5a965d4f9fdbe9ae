from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse

from kring.accounts.models import User
from kring.accounts.tests.conftest import ADDRESS, Browser, last_code

GUESSES = 16


@pytest.mark.usefixtures("own_database")
@pytest.mark.slow
def test_guesses_side_by_side_are_counted_each() -> None:
    """The session is read and written by each of them alone; the limit must not be."""
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION AUTHORIZATION DEFAULT")
        User.objects.create_user(ADDRESS, first_name="Anneke", last_name="Elburg")
        cursor.execute("SET SESSION AUTHORIZATION kring_web")
    here = Browser()
    here.ask()
    key = here.cookies["session"].value

    def guess(_number: int) -> int:
        there = Browser()
        there.cookies["session"] = key
        try:
            return int(there.type_code("0000 0000").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(GUESSES)))
    assert answers.count(422) <= 5
    assert here.type_code(last_code()).headers["Location"] == reverse("account_login")
