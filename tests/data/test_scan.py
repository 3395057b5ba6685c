import hashlib
import json
import os
import shutil
import threading
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from tlstudio.data.errors import FolderNotFound, NoImages, TableNotWritable, TooFewImages
from tlstudio.data.events import ImageSetAside, ImagesScanned
from tlstudio.data.scan import scan
from tlstudio.data.settings import DataSettings
from tlstudio.data.table import fingerprint, read_table
from tlstudio.events import Noted, Progress, from_json, to_json


def class_folders(*names, images=8):
    return [f"{name}/{name}_{i:02d}.png" for name in names for i in range(images)]


@pytest.fixture
def root(tmp_path, make_images):
    return make_images(tmp_path / "images", *class_folders("cats", "dogs"))


def run(root, table, **settings):
    return list(scan(DataSettings(root=str(root), **settings), table))


def test_that_a_scan_ends_with_the_facts_and_a_table_that_agrees(root, tmp_path):
    *_, done = run(root, tmp_path / "images.csv")

    rows = read_table(tmp_path / "images.csv")
    assert isinstance(done, ImagesScanned)
    assert (done.images, done.rejected, done.groups) == (16, 0, 16)
    assert (done.classes, done.class_counts) == (["cats", "dogs"], {"cats": 8, "dogs": 8})
    assert done.split == Counter(row.split for row in rows)
    assert done.fingerprint == fingerprint(rows)
    assert from_json(to_json(done), [ImagesScanned]) == done
    assert [row.path for row in rows] == sorted(class_folders("cats", "dogs"))
    first = rows[0]
    content = (root / first.path).read_bytes()
    assert (first.class_name, first.width, first.height) == ("cats", 24, 16)
    assert first.sha256 == hashlib.sha256(content).hexdigest()


def test_that_bad_files_are_set_aside_with_their_reasons_and_stay(root, tmp_path, draw):
    whole = (root / "cats/cats_00.png").read_bytes()
    bad = {
        "cats/cut.png": (whole[:200], "The file is cut off"),
        "cats/empty.jpg": (b"", "The file is empty"),
        "dogs/text.png": (b"no picture at all", "The file is not an image, or of a kind that can't be read"),
    }
    for path, (content, _) in bad.items():
        (root / path).write_bytes(content)

    events = run(root, tmp_path / "images.csv")

    assert [event for event in events if isinstance(event, ImageSetAside)] == [
        ImageSetAside(path, reason) for path, (_, reason) in bad.items()
    ]
    assert (events[-1].images, events[-1].rejected) == (16, 3)
    aside = {row.path: row for row in read_table(tmp_path / "images.csv") if row.is_set_aside}
    assert {path: row.flags for path, row in aside.items()} == {p: reason for p, (_, reason) in bad.items()}
    assert all((root / path).read_bytes() == content for path, (content, _) in bad.items())


def test_that_odd_kinds_of_image_are_flagged_and_used(root, tmp_path):
    Image.fromarray(np.arange(256, dtype=np.uint16).reshape(16, 16) * 256).save(root / "cats/deep.png")
    Image.new("CMYK", (9, 9)).save(root / "dogs/print.jpg")
    shutil.copy(root / "cats/deep.png", root / "dogs/wrong.jpg")

    run(root, tmp_path / "images.csv")

    flags = {row.path: row.flags for row in read_table(tmp_path / "images.csv") if row.flags}
    assert flags == {
        "cats/deep.png": "16-bit",
        "dogs/print.jpg": "CMYK",
        "dogs/wrong.jpg": "16-bit; really PNG",
    }


def test_that_the_same_files_give_the_same_table_every_time(root, tmp_path):
    run(root, tmp_path / "1.csv")
    first = run(root, tmp_path / "1.csv")[-1]
    moved = root.rename(tmp_path / "elsewhere")
    second = run(moved, tmp_path / "2.csv")[-1]

    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()
    assert first == second


def test_that_a_pattern_groups_and_a_proposal_is_told(tmp_path, make_images):
    paths = [f"{c}/slide{s}_{c}{i}.png" for c in ("cats", "dogs") for s in range(6) for i in range(3)]
    root = make_images(tmp_path / "images", *paths)

    chosen = run(root, tmp_path / "images.csv", group_pattern=r"slide\d")
    proposed = run(root, tmp_path / "images.csv")
    alone = run(root, tmp_path / "images.csv", is_independent=True)

    assert (chosen[-1].groups, chosen[-1].group_pattern) == (6, r"slide\d")
    assert not [event for event in chosen if isinstance(event, Noted)]
    assert proposed[-1].groups == 6
    assert proposed[-1].group_pattern
    assert "suggest 6 groups" in next(event.message for event in proposed if isinstance(event, Noted))
    assert (alone[-1].groups, alone[-1].group_pattern) == (36, None)
    assert not [event for event in alone if isinstance(event, Noted)]
    by_group = {}
    run(root, tmp_path / "images.csv")
    for row in read_table(tmp_path / "images.csv"):
        assert by_group.setdefault(row.group, row.split) == row.split


def test_that_given_splits_stay_as_given(tmp_path, make_images):
    paths = [f"{s}/{c}/{i}.png" for s in ("train", "val", "test") for c in "ab" for i in range(2)]
    root = make_images(tmp_path / "images", *paths)

    run(root, tmp_path / "images.csv", is_independent=True)

    assert {(row.path.split("/")[0], row.split) for row in read_table(tmp_path / "images.csv")} == {
        ("train", "train"),
        ("val", "validation"),
        ("test", "test"),
    }


def test_that_the_result_holds_what_was_noted_of_folders_and_splits_but_not_what_the_table_tells(
    make_images, tmp_path
):
    root = tmp_path / "given"
    for split, count in (("train", 12), ("test", 4)):
        make_images(root, *(f"{split}/{name}/{i}.png" for name in ("cats", "dogs") for i in range(count)))
    shutil.copy(root / "train/cats/0.png", root / "test/cats/copy.png")

    events = list(scan(DataSettings(root=str(root), is_independent=True), tmp_path / "images.csv"))

    (note,) = events[-1].notes
    assert note.startswith("There is no validation folder, so 18% of the training images")
    noted = [event.message for event in events if isinstance(event, Noted)]
    assert note in noted
    assert any("in more than one of the given splits" in message for message in noted)


def again(root, table, **settings):
    """What a second scan notes, and path → split before and after it."""
    before = read_table(table)
    events = scan(DataSettings(root=str(root), is_independent=True, **settings), table, before)
    notes = [event.message for event in events if isinstance(event, Noted)]
    return notes, *({row.path: row.split for row in rows} for rows in (before, read_table(table)))


def test_that_images_of_an_earlier_scan_keep_their_split_when_others_come_in(root, tmp_path, make_images):
    run(root, tmp_path / "images.csv", is_independent=True)
    make_images(root, *(f"cats/new{i}.png" for i in range(10)))

    notes, before, after = again(root, tmp_path / "images.csv", seed=5)

    assert after.items() >= before.items()
    assert len(after) == 26
    assert notes == ["10 new images were added to the splits."]


def test_that_images_that_were_moved_to_another_class_or_changed_keep_their_split(root, tmp_path):
    run(root, tmp_path / "images.csv", is_independent=True)
    (root / "cats").rename(root / "kittens")
    first = root / "dogs/dogs_00.png"
    Image.new("RGB", (24, 16), (1, 2, 3)).save(first)

    notes, before, after = again(root, tmp_path / "images.csv")

    assert after == {path.replace("cats/", "kittens/"): split for path, split in before.items()}
    assert notes == []


def test_that_a_split_that_lost_its_images_is_filled_from_training(root, tmp_path):
    run(root, tmp_path / "images.csv", is_independent=True)
    for row in read_table(tmp_path / "images.csv"):
        if row.split == "test":
            (root / row.path).unlink()

    notes, before, after = again(root, tmp_path / "images.csv")

    moved = {path: split for path, split in after.items() if split != before[path]}
    assert sorted(path.split("/")[0] for path in moved) == ["cats", "dogs"]
    assert {(before[path], split) for path, split in moved.items()} == {("train", "test")}
    assert notes[-1].startswith("2 of the images that were read before are in another split now")


@pytest.mark.parametrize("name", ["größe", "细胞", "🔬 zell", "with  space", "line\nbreak", 'quo"te, comma'])
def test_that_any_legal_name_is_imported(name, tmp_path, make_images):
    root = make_images(tmp_path / name, *class_folders(name, "other", images=3))

    done = run(root, tmp_path / "images.csv")[-1]

    assert name in done.classes
    assert sum(row.class_name == name for row in read_table(tmp_path / "images.csv")) == 3


@pytest.mark.skipif(os.name == "nt" or os.uname().sysname == "Darwin", reason="names are text there")
def test_that_a_name_that_is_no_text_is_set_aside(root, tmp_path):
    shutil.copy(root / "cats/cats_00.png", os.fsencode(root / "cats") + b"/\xff\xfe.png")

    events = run(root, tmp_path / "images.csv")

    assert [event.reason for event in events if isinstance(event, ImageSetAside)] == [
        "Its name can't be kept in a project"
    ]
    assert (events[-1].images, events[-1].rejected) == (16, 1)
    assert json.loads(to_json(events[-1]))
    assert len(read_table(tmp_path / "images.csv")) == 16


@pytest.mark.parametrize("readable", [0, 1, 2])
def test_that_a_class_with_too_few_readable_images_is_refused_by_name(readable, root, tmp_path, make_images):
    make_images(root, *(f"birds/{i}.png" for i in range(readable)))
    (root / "birds").mkdir(exist_ok=True)
    (root / "birds" / "bad.png").touch()

    with pytest.raises(TooFewImages) as caught:
        run(root, tmp_path / "images.csv")
    assert "“birds”" in caught.value.message
    assert "1 could not be read" in caught.value.message
    assert not (tmp_path / "images.csv").exists()


def test_that_a_folder_of_nothing_but_bad_files_is_refused(tmp_path):
    for path in class_folders("a", "b"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("no image")
    (tmp_path / class_folders("a")[0]).write_bytes(b"")

    with pytest.raises(NoImages, match="None of the 16 images") as caught:
        run(tmp_path, tmp_path / "images.csv")

    not_an_image = "The file is not an image, or of a kind that can't be read: 15."
    assert f"{not_an_image} The file is empty: 1. Your files" in caught.value.message


def advance_until_reading(events):
    for event in events:
        if isinstance(event, Progress) and event.what == "Reading images":
            return event
    raise AssertionError("no image was read")


def test_that_a_file_that_vanishes_while_scanning_is_set_aside(tmp_path, make_images):
    root = make_images(tmp_path / "images", *class_folders("a", "b", images=60))
    events = scan(DataSettings(root=str(root)), tmp_path / "images.csv")
    advance_until_reading(events)
    (root / "b/b_59.png").unlink()

    rest = list(events)

    assert ImageSetAside("b/b_59.png", "The file is gone") in rest
    assert rest[-1].images == 119


def test_that_a_folder_deleted_while_scanning_is_named_and_the_earlier_table_stays(tmp_path, make_images):
    root = make_images(tmp_path / "images", *class_folders("a", "b", images=60))
    (tmp_path / "images.csv").write_text("earlier")
    events = scan(DataSettings(root=str(root)), tmp_path / "images.csv")
    advance_until_reading(events)
    shutil.rmtree(root)

    with pytest.raises(FolderNotFound, match="“images” was not found"):
        list(events)
    assert (tmp_path / "images.csv").read_text() == "earlier"


def test_that_closing_a_scan_ends_its_threads_and_writes_nothing(tmp_path, make_images):
    root = make_images(tmp_path / "images", *class_folders("a", "b", images=60))
    threads = threading.active_count()
    events = scan(DataSettings(root=str(root)), tmp_path / "images.csv")
    advance_until_reading(events)

    events.close()

    assert threading.active_count() == threads
    assert not (tmp_path / "images.csv").exists()


def test_that_progress_ends_complete_and_stays_rare(root, tmp_path):
    reports = [event for event in run(root, tmp_path / "images.csv") if isinstance(event, Progress)]

    assert reports[0] == Progress("Looking for images", 0, 0)
    assert reports[-1] == Progress("Reading images", 16, 16)
    assert len(reports) < 16


def test_that_a_table_that_cannot_be_written_is_told(root, tmp_path):
    with pytest.raises(TableNotWritable):
        run(root, tmp_path / "no such folder" / "images.csv")


def test_that_a_pipe_named_like_an_image_does_not_block(root, tmp_path):
    if not hasattr(os, "mkfifo"):
        pytest.skip("needs pipes")
    os.mkfifo(root / "cats/pipe.png")

    events = run(root, tmp_path / "images.csv")

    assert ImageSetAside("cats/pipe.png", "It is not a file") in events
