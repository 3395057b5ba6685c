from dataclasses import replace

import pytest

from tlstudio.app.widgets.findings import check_up, to_look_at
from tlstudio.app.widgets.group_editor import preview
from tlstudio.data.events import ImagesScanned
from tlstudio.data.settings import DataSettings
from tlstudio.data.table import ImageRow


def images(counts, pattern=None, groups=9):
    total = sum(counts.values())
    return ImagesScanned(total, list(counts), 0, groups, {"train": total}, counts, "f", pattern)


def row(path, side=64, flags="", split="train", sha256=""):
    return ImageRow(path, path.partition("/")[0], path, split, sha256, side, side, flags)


def kinds(found):
    return {finding.kind: finding for finding in found}


def look(counts, rows=(), data=None, pattern=None, is_class_weighted=True):
    return check_up(
        images(counts, pattern), rows, data or DataSettings(), is_class_weighted=is_class_weighted
    )


def test_that_balanced_independent_images_leave_nothing_to_look_at():
    found = look({"a": 100, "b": 90}, data=DataSettings(is_independent=True))

    assert to_look_at(found) == 0
    assert [finding.kind for finding in found] == ["groups"]


def test_that_files_set_aside_are_counted_with_their_reasons():
    rows = [row("a/1.png"), *(row(f"a/{n}.png", 0, "The file is cut off", "") for n in (2, 3))]
    finding = kinds(look({"a": 50, "b": 50}, rows))["set_aside"]

    assert finding.title == "2 files set aside"
    assert "The file is cut off: 2" in finding.why
    assert finding.why.startswith("They stay where they are and are not used.")
    assert finding.link == "Show them"


def test_that_a_single_file_set_aside_is_spoken_of_as_one():
    finding = kinds(look({"a": 50, "b": 50}, [row("a/1.png", 0, "The file is cut off", "")]))["set_aside"]

    assert finding.title == "1 file set aside"
    assert finding.why.startswith("It stays where it is and is not used.")
    assert finding.link == "Show it"


def test_that_the_same_picture_in_two_classes_is_to_be_looked_at():
    rows = [row("a/1.png", sha256="x"), row("a/2.png", sha256="y"), row("b/dup.png", sha256="x")]
    finding = kinds(look({"a": 50, "b": 50}, rows))["two_classes"]

    assert (finding.title, finding.tone) == ("1 image lies in two classes", "warn")
    assert finding.why.splitlines() == [
        "The same picture has two labels, so one of them is learned and judged wrongly.",
        "a/1.png and b/dup.png",
    ]


def test_that_pictures_in_several_classes_are_counted_once_each():
    rows = [row(f"{name}/1.png", sha256="x") for name in "abc"]
    rows += [row(f"{name}/2.png", sha256="y") for name in "ab"]
    finding = kinds(look({"a": 50, "b": 50, "c": 50}, rows))["two_classes"]

    assert finding.title == "2 images lie in several classes"
    assert finding.why.startswith("The same picture has several labels, so all but one of them are learned")


def test_that_only_some_of_many_pictures_in_two_classes_are_named():
    rows = [row(f"{name}/{n}.png", sha256=str(n)) for n in range(6) for name in "ab"]
    finding = kinds(look({"a": 50, "b": 50}, rows))["two_classes"]

    assert finding.title == "6 images lie in two classes"
    assert finding.why.splitlines()[-2:] == ["a/3.png and b/3.png", "and 2 more"]


def test_that_a_long_path_is_shortened_in_the_middle():
    rows = [row(f"{name}/patient_0123456789_field_0001.png", sha256="x") for name in "ab"]
    finding = kinds(look({"a": 50, "b": 50}, rows))["two_classes"]

    assert finding.why.splitlines()[1] == "a/patien…_field_0001.png and b/patien…_field_0001.png"


def test_that_copies_in_one_class_or_set_aside_or_unread_have_no_two_labels():
    rows = [row("a/1.png", sha256="x"), row("a/2.png", sha256="x")]
    rows += [row("b/1.png", split="", sha256="x"), row("a/3.png"), row("b/3.png")]

    assert "two_classes" not in kinds(look({"a": 50, "b": 50}, rows))


def test_that_a_class_three_times_smaller_is_an_imbalance_and_one_click_mends_it():
    found = kinds(look({"Blast": 100, "Neutrophil": 300}, is_class_weighted=False))["imbalance"]
    mended = kinds(look({"Blast": 100, "Neutrophil": 300}, is_class_weighted=True))["imbalance"]
    level = look({"Blast": 101, "Neutrophil": 300})

    assert (found.title, found.tone) == ("Blast has 3 times fewer images", "warn")
    assert found.action == "Balance while training"
    assert (mended.tone, mended.action) == ("ok", "Turn off")
    assert "imbalance" not in kinds(level)


def test_that_a_class_below_twenty_images_is_named():
    finding = kinds(look({"a": 19, "b": 20}))["small_class"]

    assert (finding.title, finding.class_name) == ("a has only 19 images", "a")


def test_that_many_small_classes_are_one_thing_to_look_at():
    found = look({f"class_{place}": 8 for place in range(40)})
    finding = kinds(found)["small_classes"]

    assert "small_class" not in kinds(found)
    assert finding.title == "40 classes have fewer than 20 images"
    assert "“class_0”, “class_1”, “class_2” and 37 more" in finding.why


def test_that_very_small_images_are_counted_but_not_those_set_aside():
    rows = [row("a/1.png", 31), row("a/2.png", 32), row("a/3.png", 0, "cut off", "")]

    assert kinds(look({"a": 50, "b": 50}, rows))["small_images"].title == "1 image smaller than 32 px"


@pytest.mark.parametrize(
    ("data", "pattern", "tone", "action"),
    [
        (DataSettings(), None, "advice", "Set groups"),
        (DataSettings(), "(P1)", "advice", "Change"),
        (DataSettings(group_pattern="(P1)"), "(P1)", "ok", "Change"),
        (DataSettings(is_independent=True), None, "ok", "Change"),
    ],
)
def test_that_groups_are_asked_about_until_the_user_has_said_what_they_are(data, pattern, tone, action):
    finding = kinds(look({"a": 50, "b": 50}, data=data, pattern=pattern))["groups"]

    assert (finding.tone, finding.action) == (tone, action)


@pytest.mark.parametrize("data", [DataSettings(), DataSettings(is_independent=True)])
def test_that_copies_in_train_and_test_folders_come_before_anything_said_of_groups(data):
    copies = (row("train/a/1.png"), row("test/a/1.png", split="test"))
    rows = [replace(copy, class_name="a", group="train/a/1.png") for copy in copies]
    finding = kinds(look({"a": 50, "b": 50}, rows, data=data))["groups"]

    assert finding.tone == "warn"
    assert finding.title == "1 image has exact copies in another split"


def test_that_what_neither_counts_nor_the_table_show_is_told_too():
    told = images({"a": 50, "b": 50})
    told = replace(
        told, notes=["There is no test folder, so the images were divided. Others stay.", "One more."]
    )
    found = check_up(told, (), DataSettings(is_independent=True), is_class_weighted=True)

    assert [(finding.title, finding.why) for finding in found if finding.kind == "note"] == [
        ("There is no test folder, so the images were divided", "Others stay."),
        ("One more", ""),
    ]
    assert to_look_at(found) == 2


def test_that_the_preview_counts_groups_and_names_the_largest():
    words, is_possible = preview(["a/P1_1.png", "a/P1_2.png", "b/P2_1.png"], r"(P\d)_", is_independent=False)

    assert is_possible
    assert words == "2 groups. The largest is “P1” with 2 images."


@pytest.mark.parametrize("pattern", ["", "(P1", "(a+)+$", "nowhere"])
def test_that_a_pattern_that_can_not_be_used_is_refused_in_words(pattern):
    words, is_possible = preview(["a/P1_1.png"], pattern, is_independent=False)

    assert not is_possible
    assert words


def test_that_every_image_alone_needs_no_pattern():
    assert preview(["a/1.png", "a/2.png"], "", is_independent=True) == ("2 images, each on its own.", True)


def test_that_images_of_odd_brightness_are_told_with_what_helps():
    rows = [
        row("a/1.tif", flags="16-bit; 12 of 16 bits used"),
        row("a/2.tif", flags="float; scaled by its own range"),
    ]
    rows += [row("a/3.tif", flags="16-bit"), row("a/4.tif", split="", flags="12 of 16 bits used")]

    found = kinds(look({"a": 50, "b": 50}, rows))

    assert found["dark_images"].title == "1 image uses few of its 16 bits"
    assert "MaxSampleValue" in found["dark_images"].why
    assert found["own_range"].title == "1 image is scaled by its own range"


def test_that_groups_that_given_folders_tear_apart_are_to_be_looked_at():
    rows = [
        ImageRow(f"{split}/a/p{group}_{n}.png", "a", f"p{group}", split, "", 64, 64, "")
        for group, splits in ((1, ("train", "test")), (2, ("train",)), (3, ("test", "validation")))
        for split in splits
        for n in range(2)
    ]
    finding = kinds(look({"a": 50, "b": 50}, rows, pattern="x"))["groups"]

    assert (finding.title, finding.tone, finding.action) == (
        "2 groups stand in several splits",
        "warn",
        "Change",
    )
    whole = kinds(look({"a": 50, "b": 50}, [row for row in rows if row.split == "train"], pattern="x"))[
        "groups"
    ]
    assert whole.title == "9 groups found in the names"
