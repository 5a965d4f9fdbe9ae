import pytest
from django.db import connection
from django.test import Client

from tests.database import Urls


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_anybody_may_ask_whether_it_serves(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


def test_it_lives_but_cannot_serve_while_the_database_is_away(
    own_database: Urls, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/live").status_code == 200


def test_asking_to_change_it_is_refused(client: Client) -> None:
    assert client.post("/health/ready").status_code == 405
