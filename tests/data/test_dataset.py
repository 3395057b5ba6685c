import errno
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from tlstudio.data import dataset
from tlstudio.data.dataset import ResizedImages, bounded
from tlstudio.data.errors import CacheNotWritable, FolderNotFound, NoImages, UnreadableImage
from tlstudio.data.images import read_image
from tlstudio.data.preprocess import Preprocessing, crop, prepare, resize
from tlstudio.data.scan import scan
from tlstudio.data.settings import DataSettings
from tlstudio.data.table import read_table
from tlstudio.events import Noted, Progress

P = Preprocessing(28, 32, "bicubic", (0.5,) * 3, (0.5,) * 3)


@pytest.fixture
def root(tmp_path, make_images):
    root = tmp_path / "images"
    make_images(root, *(f"{c}/{c}_{i}.png" for c in ("größe", "细胞") for i in range(4)))
    return root


@pytest.fixture
def rows(root, tmp_path):
    list(scan(DataSettings(root=str(root)), tmp_path / "images.csv"))
    return read_table(tmp_path / "images.csv")


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "project" / "cache"


def fill(rows, root, cache, p=P):
    images = ResizedImages()
    events = list(images.fill(rows, root, cache, p))
    return images, events


def decoded(events):
    return max((event.total for event in events if isinstance(event, Progress)), default=0)


def test_that_every_image_is_there_resized_and_not_cropped(rows, root, cache):
    images, events = fill(rows, root, cache)

    assert images.rows == rows
    assert len(images) == 8
    assert events[-1] == Progress("Preparing images", 8, 8)
    for index, row in enumerate(rows):
        image = read_image(root / row.path)
        assert np.array_equal(images[index], np.asarray(resize(image, P)))
        assert np.array_equal(np.asarray(crop(Image.fromarray(images[index]), P)), prepare(image, P))
    assert images[0].shape == (32, 48, 3)
    assert images[0].dtype == np.uint8
    assert not images[0].flags.writeable


def test_that_a_second_filling_decodes_nothing_and_a_new_image_alone(
    rows, root, cache, make_images, tmp_path
):
    fill(rows, root, cache)
    _, again = fill(rows, root, cache)
    make_images(root, "细胞/new.png")
    list(scan(DataSettings(root=str(root)), tmp_path / "images.csv"))
    images, more = fill(read_table(tmp_path / "images.csv"), root, cache)

    assert again == []
    assert decoded(more) == 1
    assert len(images) == 9


def test_that_other_sizes_are_other_pictures_and_other_colours_are_not(rows, root, cache):
    fill(rows, root, cache)

    larger, events = fill(rows, root, cache, replace(P, resize_px=40))
    _, same_pixels = fill(rows, root, cache, replace(P, input_px=20, mean=(0.1,) * 3))

    assert decoded(events) == 8
    assert larger[0].shape == (40, 60, 3)
    assert same_pixels == []


def test_that_images_are_decoded_anew_by_a_program_that_reads_them_otherwise(rows, root, cache, monkeypatch):
    fill(rows, root, cache)

    monkeypatch.setattr(dataset, "READER_VERSION", "another")

    assert decoded(fill(rows, root, cache)[1]) == 8


def test_that_training_goes_on_from_a_full_cache_when_the_images_are_gone(rows, root, cache):
    fill(rows, root, cache)
    shutil.rmtree(root)

    images, events = fill(rows, root, cache)

    assert events == []
    assert len(images) == 8


def test_that_a_missing_folder_is_named_when_the_cache_does_not_hold_all(rows, root, cache):
    fill(rows[:4], root, cache)
    shutil.rmtree(root)

    with pytest.raises(FolderNotFound, match="“images”"):
        fill(rows, root, cache)


def test_that_vanished_changed_and_damaged_files_are_left_out_and_named(rows, root, cache):
    (root / rows[0].path).unlink()
    shutil.copy(root / rows[2].path, root / rows[1].path)
    (root / rows[7].path).write_bytes(b"")

    images, events = fill(rows, root, cache)

    assert images.rows == rows[2:7]
    assert events[-1] == Noted(
        "3 images are left out, because the file vanished, changed or can't be read any more: "
        f"“{rows[0].path}”, “{rows[1].path}” and “{rows[7].path}”."
    )


def test_that_nothing_left_is_refused(rows, root, cache):
    for row in rows:
        (root / row.path).unlink()

    with pytest.raises(NoImages):
        fill(rows, root, cache)


def test_that_rows_set_aside_take_no_part(rows, root, cache):
    images, _ = fill([replace(rows[0], split="", sha256=""), *rows[1:]], root, cache)

    assert images.rows == rows[1:]


def files(cache, suffix):
    return sorted(cache.glob(f"*{suffix}"))


def cut_pixels(cache):
    os.truncate(files(cache, ".pixels")[0], 1000)


def empty_pixels(cache):
    os.truncate(files(cache, ".pixels")[0], 0)


def delete_pixels(cache):
    files(cache, ".pixels")[0].unlink()


def delete_index(cache):
    files(cache, ".json")[0].unlink()


def cut_index(cache):
    content = files(cache, ".json")[0].read_bytes()
    files(cache, ".json")[0].write_bytes(content[: len(content) // 2])


def foreign_index(cache):
    files(cache, ".json")[0].write_text(json.dumps(["something", "else"]))


def newer_index(cache):
    index = json.loads(files(cache, ".json")[0].read_text())
    files(cache, ".json")[0].write_text(json.dumps({**index, "format": 99}))


def places_outside(cache):
    index = json.loads(files(cache, ".json")[0].read_text())
    index["images"] = {sha: [10**9, 32, 48, 0] for sha in index["images"]}
    files(cache, ".json")[0].write_text(json.dumps(index))


def flip_one_bit(cache):
    content = bytearray(files(cache, ".pixels")[0].read_bytes())
    content[100] ^= 1
    files(cache, ".pixels")[0].write_bytes(content)


def delete_all(cache):
    shutil.rmtree(cache)


DAMAGES = [
    cut_pixels,
    empty_pixels,
    delete_pixels,
    delete_index,
    cut_index,
    foreign_index,
    newer_index,
    places_outside,
    delete_all,
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_that_a_damaged_cache_is_made_again_silently(damage, rows, root, cache):
    before, _ = fill(rows, root, cache)
    expected = [np.array(before[index]) for index in range(8)]
    del before
    damage(cache)

    images, events = fill(rows, root, cache)

    assert not [event for event in events if isinstance(event, Noted)]
    assert 1 <= decoded(events) <= 8
    assert all(np.array_equal(images[index], expected[index]) for index in range(8))
    assert fill(rows, root, cache)[1] == []


@pytest.mark.parametrize("damage", [flip_one_bit, cut_pixels, delete_pixels, delete_all])
def test_that_a_cache_that_breaks_while_it_is_used_gives_the_same_pixels(damage, rows, root, cache):
    images, _ = fill(rows, root, cache)
    expected = [np.array(images[index]) for index in range(8)]

    damage(cache)

    assert all(np.array_equal(images[index], expected[index]) for index in range(8))
    assert 1 <= decoded(fill(rows, root, cache)[1]) <= 8


def test_that_an_image_gone_from_the_cache_and_the_disk_is_named(rows, root, cache):
    images, _ = fill(rows, root, cache)
    delete_all(cache)
    (root / rows[3].path).unlink()

    with pytest.raises(UnreadableImage) as caught:
        images[3]

    assert rows[3].path.split("/")[-1] in caught.value.message


def test_that_a_filling_that_is_stopped_leaves_nothing_half(rows, root, cache):
    images = ResizedImages()
    events = images.fill(rows, root, cache, P)
    next(events)
    events.close()

    assert list(cache.iterdir()) == []
    assert len(images) == 0
    assert decoded(fill(rows, root, cache)[1]) == 8


def test_that_two_that_fill_in_turns_do_no_harm(rows, root, cache):
    first, second = ResizedImages(), ResizedImages()
    runs = [first.fill(rows, root, cache, P), second.fill(rows, root, cache, P)]
    while runs:
        runs = [run for run in runs if next(run, None) is not None]

    assert all(np.array_equal(first[index], second[index]) for index in range(8))
    assert fill(rows, root, cache)[1] == []


PROGRAM = """
import sys
from pathlib import Path
from tlstudio.data.dataset import ResizedImages
from tlstudio.data.preprocess import Preprocessing
from tlstudio.data.table import read_table
table, root, cache = map(Path, sys.argv[1:])
images = ResizedImages()
rows = read_table(table)
list(images.fill(rows, root, cache, Preprocessing(28, 32, "bicubic", (0.5,) * 3, (0.5,) * 3)))
print(len(images), sum(int(images[i].sum()) for i in range(len(images))))
"""


def test_that_two_processes_may_fill_at_once(rows, root, cache, tmp_path):
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "images.csv"), str(root), str(cache)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = [process.communicate(timeout=60)[0] for process in processes]

    images, events = fill(rows, root, cache)
    total = sum(int(images[index].sum()) for index in range(8))
    assert answers == [f"8 {total}\n"] * 2
    assert events == []


def test_that_a_full_disk_is_told_and_leaves_nothing_behind(rows, root, cache):
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        with pytest.raises(CacheNotWritable) as caught:
            fill(rows, root, cache)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert os.strerror(errno.EFBIG).lower() in caught.value.message
    assert "images and finished runs are unchanged" in caught.value.message
    assert list(cache.iterdir()) == []
    assert decoded(fill(rows, root, cache)[1]) == 8


@pytest.mark.parametrize(("free_bytes", "left"), [(0, 0), (10**9, 1)])
def test_that_images_of_another_size_give_way_where_the_disk_has_no_room(
    rows, root, cache, monkeypatch, free_bytes, left
):
    fill(rows, root, cache)
    (old,) = cache.glob("images-*.json")
    usage = shutil.disk_usage(cache)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=free_bytes))

    larger = replace(P, resize_px=40)
    fill(rows, root, cache, larger)

    assert old.exists() == old.with_suffix(".pixels").exists() == bool(left)
    assert len(list(cache.glob("images-*.json"))) == 1 + left
    assert decoded(fill(rows, root, cache, larger)[1]) == 0


def test_that_a_cache_folder_that_cannot_be_made_is_told(rows, root, cache):
    cache.parent.mkdir()
    cache.write_text("a file in its place")

    with pytest.raises(CacheNotWritable):
        fill(rows, root, cache)


def test_that_leftovers_of_killed_processes_are_swept_away_and_fresh_ones_are_not(rows, root, cache):
    cache.mkdir(parents=True)
    for name in (".old.pixels.x.tmp", "old.pixels", ".new.pixels.x.tmp", "new.pixels"):
        (cache / name).write_bytes(b"half")
        if "old" in name:
            os.utime(cache / name, (0, 0))

    fill(rows, root, cache)

    left = {path.name for path in cache.iterdir() if not path.name.startswith("images-")}
    assert left == {".new.pixels.x.tmp", "new.pixels"}


@pytest.mark.parametrize("length", range(120, 140))
def test_that_a_long_strip_is_bounded_and_its_centre_crop_stays_the_same(length):
    strip = np.random.default_rng(length).integers(0, 256, (28, length, 3), np.uint8)

    middle = bounded(strip)

    assert middle.shape[1] <= 4 * 28 + 3
    for input_px in (27, 28):
        p = replace(P, input_px=input_px)
        assert np.array_equal(
            np.asarray(crop(Image.fromarray(strip), p)),
            np.asarray(crop(Image.fromarray(np.ascontiguousarray(middle)), p)),
        )
        upright = np.ascontiguousarray(bounded(strip.transpose(1, 0, 2)))
        assert np.array_equal(
            np.asarray(crop(Image.fromarray(strip.transpose(1, 0, 2).copy()), p)),
            np.asarray(crop(Image.fromarray(upright), p)),
        )


def test_that_a_cached_strip_takes_no_more_room_than_a_few_images(root, cache, tmp_path):
    Image.new("RGB", (6000, 4), "red").save(root / "größe" / "strip.png")
    list(scan(DataSettings(root=str(root)), tmp_path / "images.csv"))

    images, _ = fill(read_table(tmp_path / "images.csv"), root, cache)

    assert max(images[index].shape[1] for index in range(9)) <= 4 * 32 + 3
