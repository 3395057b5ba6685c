"""Kept features stay within their room, and deleting them deletes nothing else."""

import os
import shutil

import pytest

from tlstudio.train.feature_room import (
    GIGABYTE,
    RoomTaken,
    forget_features,
    limit_in_bytes,
    make_room,
    room_taken,
    stored_bytes,
)
from tlstudio.train.feature_store import FeatureStore, Layout, RowName

LAYOUT = Layout(((10,),), "float16")
MUCH = 10**9


def name(number):
    return RowName(f"{number:064x}", "centre")


@pytest.fixture
def filled(tmp_path):
    """filled("s1") makes a store of a hundred rows in the cache's folder of features."""
    stores = []

    def fill(folder):
        store = FeatureStore(tmp_path / "features" / folder, LAYOUT, MUCH)
        store.add([(name(index), bytes(20)) for index in range(100)])
        stores.append(store)
        return store

    yield fill
    for store in stores:
        store.close()


def test_that_the_least_recently_used_stores_make_room(tmp_path, filled):
    stores = []
    for number in range(3):
        store = filled(f"s{number}")
        store.close()
        os.utime(store.folder / "store.json", (1000 + number, 1000 + number))
        stores.append(store.folder)
    one = stored_bytes(stores[0])
    new = tmp_path / "features" / "new"
    room = make_room(new.parent, limit_bytes=2 * one + 100, wanted_bytes=one, keep={new})

    assert [store.exists() for store in stores] == [False, False, True]
    assert room == one + 100


def test_that_a_store_in_use_makes_no_room(filled):
    store = filled("s0")
    new = store.folder.parent / "new"
    make_room(new.parent, limit_bytes=0, wanted_bytes=1000, keep={new})

    assert store.read(name(1)) == bytes(20)
    assert (store.folder / "store.json").exists()


def test_that_the_limit_is_what_the_user_allows(tmp_path):
    assert limit_in_bytes(tmp_path, 0) == 0
    assert limit_in_bytes(tmp_path, 1.5) == 1.5 * GIGABYTE


def test_that_without_a_limit_it_is_a_tenth_of_what_the_disk_could_give_at_most(tmp_path, monkeypatch):
    free = {"bytes": 50 * GIGABYTE}
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=free["bytes"]))

    assert limit_in_bytes(tmp_path / "not yet there", None) == 5 * GIGABYTE
    free["bytes"] = 5000 * GIGABYTE
    assert limit_in_bytes(tmp_path, None) == 20 * GIGABYTE


def test_that_what_is_kept_is_counted_and_deleting_it_leaves_the_images(tmp_path, filled):
    filled("s0").close()
    filled("s1").close()
    (tmp_path / "images-5d-1.pixels").write_bytes(bytes(500))
    (tmp_path / "images-5d-1.json").write_text("{}")
    kept = stored_bytes(tmp_path / "features")

    assert room_taken(tmp_path) == RoomTaken(kept, 502)
    assert kept > 2 * 2000
    assert forget_features(tmp_path) == RoomTaken(0, 502)
    assert not (tmp_path / "features").exists()


def test_that_a_store_that_is_being_filled_stays_whole(tmp_path, filled):
    used, unused = filled("used"), filled("unused")
    unused.close()

    left = forget_features(tmp_path)

    assert left.features == stored_bytes(used.folder)
    assert not unused.folder.exists()
    used.add([(name(200), bytes(20))])
    assert used.read(name(200)) == bytes(20)


def test_that_files_which_are_of_no_store_are_never_deleted(tmp_path, filled):
    store = filled("s0")
    store.close()
    photo = store.folder / "photo.jpg"
    photo.write_bytes(b"mine")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "rows.bin").write_bytes(b"mine too")
    (tmp_path / "features" / "link").symlink_to(elsewhere, target_is_directory=True)

    forget_features(tmp_path)

    assert photo.read_bytes() == b"mine"
    assert (elsewhere / "rows.bin").read_bytes() == b"mine too"


def test_that_a_project_without_a_cache_keeps_nothing(tmp_path):
    assert forget_features(tmp_path / "none") == RoomTaken(0, 0)
