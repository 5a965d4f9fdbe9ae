import pytest
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

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


@pytest.mark.django_db
@pytest.mark.parametrize(
    "shown", [None, "", "Bearer ", "Bearer other", "geheim", "Bearer geheim é"]
)
@pytest.mark.parametrize("token", ["", "geheim"])
def test_what_waits_is_told_to_the_monitor_alone(
    client: Client, settings: Settings, token: str, shown: str | None
) -> None:
    settings.MONITOR_TOKEN = token
    headers = {} if shown is None else {"Authorization": shown}
    assert client.get("/health/parked", headers=headers).status_code == 404


def test_asking_to_change_it_is_refused(client: Client) -> None:
    assert client.post("/health/ready").status_code == 405
