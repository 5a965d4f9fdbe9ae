"""The setting that names a bucket."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env
from tests.seaweed import Seaweed


def test_one_setting_says_it_all(seaweed: Seaweed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KRING_S3", seaweed.address)
    assert env.object_store("KRING_S3") == seaweed.store
    monkeypatch.setenv("KRING_S3", "https://k:s@s3.example/school?region=eu-west-1")
    store = env.object_store("KRING_S3")
    assert store == ("https://s3.example", "school", "", "eu-west-1", "k", "s")
    monkeypatch.setenv("KRING_S3", "")
    assert env.object_store("KRING_S3") is None


@pytest.mark.parametrize(
    "value",
    [
        "s3://k:hidden@host/bucket",
        "https://host/bucket",
        "https://k@host/bucket",
        "https://k:hidden@host",
        "https://k:hidden@host:none/bucket",
        "https://k:hidden@host/bucket/../other",
        "https://k:hidden@host/bucket/a b",
        "https://k:hidden@/bucket",
        "bucket",
    ],
)
def test_a_wrong_one_is_refused_without_its_secret(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("KRING_S3", value)
    with pytest.raises(ImproperlyConfigured) as refused:
        env.object_store("KRING_S3")
    assert "hidden" not in str(refused.value)
    assert "KRING_S3" in str(refused.value)
