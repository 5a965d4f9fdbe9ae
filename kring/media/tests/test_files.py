from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.files.storage import default_storage
from pytest_django import Settings

from kring.media.files import copy_files, delete_files, path_of, store, stored_ids
from kring.media.tests.made import RENDERED, store_in
from kring.media.uploads import Photo, stored

ASSET = UUID("0193a1b2-0000-7000-8000-00000000abcd")


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    store_in(tmp_path, settings)
    return tmp_path


def test_all_renditions_lie_under_the_id(folder: Path) -> None:
    store(ASSET, RENDERED)
    assert path_of(ASSET, "small") == "photos/cd/0193a1b200007000800000000000abcd/small.webp"
    for size in ("large", "medium", "small"):
        assert (folder / path_of(ASSET, size)).read_bytes() == f"the {size}".encode()


def test_only_the_owner_of_the_process_can_read_them(folder: Path) -> None:
    store(ASSET, RENDERED)
    assert (folder / path_of(ASSET, "small")).stat().st_mode & 0o077 == 0
    assert (folder / "photos").stat().st_mode & 0o077 == 0


def test_a_photo_is_never_written_over(folder: Path) -> None:
    store(ASSET, RENDERED)
    with pytest.raises(FileExistsError):
        store(ASSET, RENDERED)
    assert len(list((folder / path_of(ASSET, "small")).parent.iterdir())) == 3


def test_a_copy_has_files_of_its_own(folder: Path) -> None:
    store(ASSET, RENDERED)
    copy_id = uuid4()
    copy_files(ASSET, copy_id)
    delete_files(ASSET)
    for size in ("large", "medium", "small"):
        assert (folder / path_of(copy_id, size)).read_bytes() == f"the {size}".encode()


def test_deleting_leaves_nothing_and_may_be_done_twice(folder: Path) -> None:
    store(ASSET, RENDERED)
    delete_files(ASSET)
    delete_files(ASSET)
    assert not list(folder.rglob("*.webp"))
    assert not list(folder.rglob(ASSET.hex))


def test_what_is_in_storage_can_be_listed_for_a_sweep() -> None:
    assert not list(stored_ids())
    others = {uuid4(), uuid4(), ASSET}
    for asset_id in others:
        store(asset_id, RENDERED)
    delete_files(ASSET)
    assert set(stored_ids()) == others - {ASSET}


def test_files_go_again_when_their_rows_do_not_come() -> None:
    photos = [Photo(name="a.jpg", rendered=RENDERED), Photo(name="b.jpg", rendered=RENDERED)]
    with pytest.raises(FileExistsError), stored(photos) as kept:
        store(kept[1].id, RENDERED)  # any failure will do
    assert not list(stored_ids())
    with stored(photos):
        pass
    assert default_storage.exists(path_of(photos[0].id, "large"))
