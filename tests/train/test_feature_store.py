"""Rows survive whatever breaks off, and a damaged one is never handed out."""

import multiprocessing
import os
import zlib

import pytest

from tlstudio.train import feature_store
from tlstudio.train.feature_room import stored_bytes
from tlstudio.train.feature_store import FeatureStore, Layout, RowName

LAYOUT = Layout(((2, 3), (4,)), "float16")  # 10 values of 2 bytes
MUCH = 10**9


def name(number, view="centre"):
    return RowName(f"{number:064x}", view)


def row(number):
    return bytes([number]) * 20


@pytest.fixture
def store(tmp_path):
    opened = FeatureStore(tmp_path / "store", LAYOUT, MUCH)
    yield opened
    opened.close()


def reopened(store, layout=LAYOUT):
    store.close()
    return FeatureStore(store.folder, layout, MUCH)


def test_that_a_row_holds_all_values_of_all_tensors():
    assert LAYOUT.row_bytes == 20
    assert Layout(((2, 3), (4,)), "float32").row_bytes == 40


def test_that_rows_are_found_again_by_image_and_view(store):
    store.add([(name(1), row(1)), (name(1, "light-0"), row(2)), (name(2), row(3))])

    assert store.read(name(1)) == row(1)
    assert store.read(name(1, "light-0")) == row(2)
    assert store.read(name(2)) == row(3)
    assert store.read(name(3)) is None


def test_that_a_later_run_finds_the_rows(store):
    store.add([(name(1), row(1)), (name(2), row(2))])
    again = reopened(store)

    assert (again.read(name(1)), again.read(name(2)), len(again)) == (row(1), row(2), 2)
    again.close()


def test_that_copies_in_one_batch_take_one_row_and_every_later_run_finds_all(store):
    store.add([(name(1), row(1)), (name(1), row(1)), (name(2), row(2)), (name(3), row(3))])

    for _ in range(3):
        store = reopened(store)
        assert [store.read(name(number)) for number in (1, 2, 3)] == [row(1), row(2), row(3)]
    store.close()


def test_that_a_row_made_again_after_damage_is_found_by_every_later_run(store):
    store.add([(name(1), row(1)), (name(2), row(2))])
    rows = store.folder / feature_store.ROWS_NAME
    rows.write_bytes(b"x" * 20 + rows.read_bytes()[20:])
    assert store.read(name(1)) is None
    store.add([(name(1), row(1)), (name(3), row(3))])

    for _ in range(3):
        store = reopened(store)
        assert [store.read(name(number)) for number in (1, 2, 3)] == [row(1), row(2), row(3)]
    store.close()


def test_that_rows_of_no_use_give_way_where_the_wanted_ones_would_not_fit(tmp_path):
    store = FeatureStore(tmp_path / "store", LAYOUT, 3 * 20)
    store.add([(name(1, "light-0"), row(1)), (name(1), row(2)), (name(2, "light-0"), row(3))])
    wanted = {name(1), name(1, "strong-0"), name(2, "strong-0")}

    assert not store.has_room_for(2)
    store.keep_only(wanted)
    assert store.has_room_for(2)
    store.add([(each, row(4)) for each in sorted(wanted - {name(1)}, key=str)])

    assert store.problem == ""
    assert store.names() == wanted
    again = FeatureStore(tmp_path / "store", LAYOUT, 3 * 20, is_reader=True)
    assert (again.read(name(1)), again.read(name(2, "strong-0"))) == (row(2), row(4))
    store.close()
    again.close()


def test_that_a_store_that_another_run_fills_keeps_its_rows(store):
    store.add([(name(1, "light-0"), row(1))])
    second = FeatureStore(store.folder, LAYOUT, MUCH)

    second.keep_only({name(1, "strong-0")})

    assert second.read(name(1, "light-0")) == row(1)
    second.close()


def test_that_a_store_of_another_layout_is_begun_anew(store):
    store.add([(name(1), row(1))])
    again = reopened(store, Layout(((10,),), "float16"))

    assert len(again) == 0
    assert stored_bytes(again.folder) < 200
    again.close()


@pytest.mark.parametrize("lost_bytes", [1, 19, 20, 39])
def test_that_a_truncated_file_loses_its_last_rows_only(store, lost_bytes):
    store.add([(name(number), row(number)) for number in range(4)])
    store.close()
    os.truncate(store.folder / "rows.bin", 80 - lost_bytes)
    again = FeatureStore(store.folder, LAYOUT, MUCH)
    whole = 3 if lost_bytes <= 20 else 2

    assert [again.read(name(number)) for number in range(4)] == [
        row(number) if number < whole else None for number in range(4)
    ]
    again.add([(name(3), row(3))])
    assert again.read(name(3)) == row(3)
    again.close()


def test_that_a_file_truncated_while_it_is_open_gives_none_instead_of_wrong_values(store):
    store.add([(name(number), row(number)) for number in range(4)])
    os.truncate(store.folder / "rows.bin", 30)

    assert store.read(name(0)) == row(0)
    assert store.read(name(1)) is None
    store.add([(name(1), row(1))])
    assert store.problem == "another program changed it"


def test_that_a_flipped_bit_is_noticed(store):
    store.add([(name(1), row(1)), (name(2), row(2))])
    content = bytearray((store.folder / "rows.bin").read_bytes())
    content[5] ^= 1
    (store.folder / "rows.bin").write_bytes(content)

    assert store.read(name(1)) is None
    assert store.read(name(2)) == row(2)
    store.add([(name(1), row(1))])
    assert store.read(name(1)) == row(1)


@pytest.mark.parametrize("damage", ["cut off", "a checksum of 5,000 digits"])
def test_that_a_damaged_name_is_no_name(store, damage):
    store.add([(name(1), row(1)), (name(2), row(2))])
    store.close()
    names = store.folder / "rows.txt"
    if damage == "cut off":
        os.truncate(names, names.stat().st_size - 3)
    else:
        first, second = names.read_text().splitlines()
        names.write_text(f"{first}\n{' '.join(second.split()[:2])} {'1' * 5_000} .\n")
    again = FeatureStore(store.folder, LAYOUT, MUCH)

    assert again.read(name(1)) == row(1)
    assert again.read(name(2)) is None
    again.add([(name(3), row(3))])
    assert again.read(name(3)) == row(3)
    again.close()


def test_that_a_deleted_store_is_still_read_and_no_longer_filled(store):
    store.add([(name(1), row(1))])
    for file in store.folder.iterdir():
        file.unlink()
    store.add([(name(2), row(2))])

    assert store.read(name(1)) == row(1)
    assert store.problem


def test_that_the_limit_ends_the_keeping_and_says_so(tmp_path):
    store = FeatureStore(tmp_path / "small", LAYOUT, most_bytes=50)
    store.add([(name(number), row(number)) for number in range(4)])

    assert [store.read(name(number)) is None for number in range(4)] == [False, False, True, True]
    assert store.problem == "the space for kept features is used up"
    store.close()


def test_that_a_full_disk_ends_the_keeping_and_nothing_else(tmp_path):
    if not os.path.exists("/dev/full"):
        pytest.skip("needs a device that is always full")
    store = FeatureStore(tmp_path / "store", LAYOUT, MUCH)
    (store.folder / "rows.bin").unlink()
    (store.folder / "rows.bin").symlink_to("/dev/full")
    store.add([(name(1), row(1))])

    assert store.problem == "no space left on device"
    assert store.read(name(1)) is None
    store.close()


def fill_elsewhere(folder, done):
    other = FeatureStore(folder, LAYOUT, MUCH)
    other.add([(name(9), row(9))])
    done.put((other.read(name(1)), other.read(name(9))))


def test_that_a_second_process_reads_and_leaves_the_filling_to_the_first(store):
    store.add([(name(1), row(1))])
    context = multiprocessing.get_context("spawn")
    done = context.Queue()
    other = context.Process(target=fill_elsewhere, args=(store.folder, done))
    other.start()
    answers = done.get(timeout=60)
    other.join()

    assert answers == (row(1), None)
    store.add([(name(2), row(2))])
    assert store.read(name(2)) == row(2)


def test_that_checksums_are_those_of_zlib(store):
    store.add([(name(1), row(1))])

    assert (store.folder / "rows.txt").read_text() == f"{1:064x} centre {zlib.crc32(row(1))} .\n"
    assert feature_store.FORMAT == 1
