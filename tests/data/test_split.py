import random
from collections import Counter, defaultdict
from dataclasses import replace

import pytest

from tlstudio.data.errors import FractionsDontFit, TooFewGroups, TooFewImages
from tlstudio.data.settings import DataSettings
from tlstudio.data.split import SplitImage, join_copies, split_images

SETTINGS = DataSettings()


def image(path, class_name="a", group=None, given="", sha256=None):
    return SplitImage(path, class_name, group or path, sha256 or path, given)


def many(counts, given="", prefix=""):
    return [image(f"{prefix}{c}/{i}.png", c, given=given) for c, n in counts.items() for i in range(n)]


def shares(images, splitting):
    counts = defaultdict(Counter)
    for one in images:
        counts[one.class_name][splitting.splits[one.path]] += 1
    return {
        c: tuple(n[split] / n.total() for split in ("train", "validation", "test")) for c, n in counts.items()
    }


def counts(images, splitting):
    return Counter((one.class_name, splitting.splits[one.path]) for one in images)


def random_set(seed):
    """Patients with 1 to 8 images of one to three classes, one of them rare."""
    lot = random.Random(seed)
    images = []
    for patient in range(lot.randrange(30, 90)):
        own = lot.choices("abc", (5, 4, 2), k=lot.randrange(1, 3))
        for i in range(lot.randrange(1, 9)):
            c = lot.choice(own)
            images.append(image(f"{c}/{patient}_{i}.png", c, f"p{patient}"))
    lot.shuffle(images)
    return images


@pytest.mark.parametrize("seed", range(25))
def test_that_no_group_stands_in_two_splits_and_classes_keep_their_shares(seed):
    images = random_set(seed)

    splitting = split_images(images, replace(SETTINGS, seed=seed))

    splits_of = defaultdict(set)
    for one in images:
        splits_of[one.group].add(splitting.splits[one.path])
    assert all(len(splits) == 1 for splits in splits_of.values())
    for train, validation, test in shares(images, splitting).values():
        assert abs(train - 0.70) < 0.08
        assert abs(validation - 0.15) < 0.06
        assert abs(test - 0.15) < 0.06


def test_that_independent_images_are_divided_exactly():
    images = many({"a": 100, "b": 40})

    splitting = split_images(images, SETTINGS)

    assert counts(images, splitting) == {
        ("a", "train"): 70,
        ("a", "validation"): 15,
        ("a", "test"): 15,
        ("b", "train"): 28,
        ("b", "validation"): 6,
        ("b", "test"): 6,
    }


def test_that_the_split_depends_on_the_seed_and_on_nothing_else():
    images = random_set(3)
    first = split_images(images, SETTINGS)

    assert split_images(images[::-1], SETTINGS) == first
    assert split_images(images, replace(SETTINGS, seed=1)).splits != first.splits


def test_that_other_shares_are_kept_too():
    images = many({"a": 100, "b": 100})

    splitting = split_images(images, replace(SETTINGS, train_fraction=0.5, validation_fraction=0.3))

    assert shares(images, splitting)["a"] == (0.5, 0.3, 0.2)


@pytest.mark.parametrize(
    ("train", "validation"), [(0.0, 0.5), (1.0, 0.1), (0.7, 0.3), (0.7, 0.0), (-1.0, 0.5)]
)
def test_that_shares_that_leave_nothing_are_refused(train, validation):
    with pytest.raises(FractionsDontFit):
        split_images(
            many({"a": 9, "b": 9}), replace(SETTINGS, train_fraction=train, validation_fraction=validation)
        )


@pytest.mark.parametrize("seed", range(10))
def test_that_a_class_of_three_groups_is_in_every_split(seed):
    images = [*many({"a": 200, "b": 100}), *many({"rare": 3})]
    big = [image(f"big/{g}_{i}.png", "big", f"g{g}") for g, n in enumerate((90, 2, 1)) for i in range(n)]

    splitting = split_images([*images, *big], replace(SETTINGS, seed=seed))

    found = counts([*images, *big], splitting)
    for c in ("rare", "big"):
        assert {split for (name, split) in found if name == c} == {"train", "validation", "test"}


def test_that_a_class_in_one_group_is_trained_on_and_told_not_to_be_judged():
    images = [*many({"a": 20, "b": 20}), *(image(f"c/{i}.png", "c", "only") for i in range(9))]

    splitting = split_images(images, SETTINGS)

    assert counts(images, splitting)["c", "train"] == 9
    assert splitting.notes == (
        "All images of “c” belong to one group, so it is in training only: how well it is found on new "
        "groups can't be judged.",
    )


def test_that_a_class_in_two_groups_is_trained_and_tested_and_missing_from_validation():
    images = [*many({"a": 20, "b": 20}), *(image(f"c/{i}.png", "c", f"g{i % 2}") for i in range(8))]

    splitting = split_images(images, SETTINGS)

    assert counts(images, splitting)["c", "train"] == counts(images, splitting)["c", "test"] == 4
    assert "it is missing from validation" in splitting.notes[0]


def test_that_one_group_for_everything_is_refused():
    images = [image(f"{c}/{i}.png", c, "g") for c in "ab" for i in range(9)]

    with pytest.raises(TooFewGroups, match="fall into one group"):
        split_images(images, SETTINGS)


@pytest.mark.parametrize(("readable", "words"), [(1, "one readable image"), (2, "2 readable images")])
def test_that_a_class_of_one_or_two_images_is_refused_by_name(readable, words):
    with pytest.raises(TooFewImages, match=f"“b” has {words}; it needs at least 3"):
        split_images(many({"a": 20, "b": readable}), SETTINGS)


def test_that_the_smallest_set_has_one_image_of_each_class_in_each_split():
    images = many({"a": 3, "b": 3})

    assert set(counts(images, split_images(images, SETTINGS)).values()) == {1}


@pytest.mark.parametrize("seed", range(10))
def test_that_equal_files_never_stand_in_two_splits(seed):
    images = [image(f"{c}/{i}.png", c, sha256=f"{i % 20}") for c in "ab" for i in range(40)]

    splitting = split_images(images, replace(SETTINGS, seed=seed))

    splits_of = defaultdict(set)
    for one in images:
        splits_of[one.sha256].add(splitting.splits[one.path])
    assert all(len(splits) == 1 for splits in splits_of.values())
    assert splitting.copies[0] == "60 images are exact copies of others; copies stay in the same split."
    assert "lies in two classes, such as “a/0.png”" in splitting.copies[1]


def test_that_copies_join_whole_groups_in_a_chain():
    images = [
        image("1", group="p1", sha256="x"),
        image("2", group="p2", sha256="x"),
        image("3", group="p2", sha256="y"),
        image("4", group="p3", sha256="y"),
        image("5", group="p4", sha256="z"),
    ]

    groups, notes = join_copies(images, are_dealt=True)

    assert groups == {"1": "p1", "2": "p1", "3": "p1", "4": "p1", "5": "p4"}
    assert notes == ["2 images are exact copies of others; copies stay in the same split."]
    assert join_copies(images, are_dealt=False) == (groups, ["2 images are exact copies of others."])


def test_that_images_split_before_stay_where_they_were():
    images = random_set(5)
    before = split_images(images, SETTINGS)
    more = [image(f"{c}/new{i}.png", c) for c in "abc" for i in range(10)]

    after = split_images([*images, *more], replace(SETTINGS, seed=9), before.splits)

    assert {one.path: after.splits[one.path] for one in images} == before.splits


def test_that_one_image_that_joins_two_groups_moves_nothing_out_of_the_test():
    images = [
        SplitImage(f"{c}/p{p:02d}_{i}.png", c, f"{c}{p:02d}", f"{c}{p}{i}")
        for c in "ab"
        for p in range(10)
        for i in range(3)
    ]
    before = split_images(images, SETTINGS).splits
    judged = next(one for one in images if before[one.path] == "test")
    learned = next(one for one in images if before[one.path] == "train")
    copy = SplitImage("a/new.png", judged.class_name, judged.group, learned.sha256)

    after = split_images([*images, copy], SETTINGS, before).splits

    joined = {one.path for one in images if one.group in (judged.group, learned.group)} | {copy.path}
    assert {after[path] for path in joined} == {"test"}
    assert {path for path in before if after[path] != before[path]} <= joined


def test_that_images_that_are_grouped_by_another_rule_are_dealt_anew_where_they_lie_apart():
    alone = [image(f"{c}/{i:02d}.png", c) for c in "ab" for i in range(40)]
    before = split_images(alone, SETTINGS).splits
    grouped = [replace(one, group=f"{one.class_name}{place // 4}") for place, one in enumerate(alone)]

    after = split_images(grouped, SETTINGS, before, is_regrouped=True).splits

    assert set(after.values()) == {"train", "validation", "test"}
    assert sum(split == "train" for split in after.values()) == pytest.approx(0.7 * 80, abs=8)


GIVEN = [
    *many({"a": 10, "b": 10}, "train", "train/"),
    *many({"a": 6, "b": 8}, "validation", "val/"),
    *many({"a": 4, "b": 4}, "test", "test/"),
]


def given(*splits):
    return [one for one in GIVEN if one.given in splits]


def test_that_three_given_splits_are_kept_exactly():
    splitting = split_images(GIVEN, SETTINGS)

    assert splitting.splits == {one.path: one.given for one in GIVEN}
    assert splitting.notes == ()


def test_that_without_a_test_folder_validation_is_halved_and_training_stays():
    images = given("train", "validation")

    splitting = split_images(images, SETTINGS)

    found = counts(images, splitting)
    assert all(splitting.splits[one.path] == "train" for one in given("train"))
    assert (found["a", "validation"], found["a", "test"]) == (3, 3)
    assert (found["b", "validation"], found["b", "test"]) == (4, 4)
    assert "validation images were divided in half" in splitting.notes[0]
    assert "training images stay exactly as given" in splitting.notes[0]


def test_that_without_a_validation_folder_a_part_of_training_validates_and_the_test_stays():
    images = given("train", "test")

    splitting = split_images(images, SETTINGS)

    found = counts(images, splitting)
    assert all(splitting.splits[one.path] == "test" for one in given("test"))
    assert (found["a", "train"], found["a", "validation"]) == (8, 2)  # 15 of 85 % of ten
    assert "18% of the training images" in splitting.notes[0]


def test_that_halves_keep_groups_whole():
    held_out = [image(f"val/{c}/{i}.png", c, f"p{i // 4}", "validation") for c in "ab" for i in range(16)]

    splitting = split_images([*given("train"), *held_out], SETTINGS)

    by_group = defaultdict(set)
    for one in held_out:
        by_group[one.group].add(splitting.splits[one.path])
    assert all(len(splits) == 1 for splits in by_group.values())
    assert set.union(*by_group.values()) == {"validation", "test"}


def test_that_only_a_train_folder_is_split_like_any_other():
    images = many({"a": 100, "b": 100}, "train", "train/")

    assert shares(images, split_images(images, SETTINGS))["a"] == (0.7, 0.15, 0.15)


def test_that_groups_in_two_given_splits_are_kept_and_counted_as_a_leak():
    images = [
        image("train/a/1.png", "a", "p1", "train"),
        image("train/b/1.png", "b", "p2", "train"),
        image("val/a/1.png", "a", "p1", "validation"),
        image("val/b/1.png", "b", "p3", "validation"),
        image("test/a/1.png", "a", "p4", "test", sha256="train/b/1.png"),
        image("test/b/1.png", "b", "p5", "test"),
    ]

    splitting = split_images(images, SETTINGS)

    assert splitting.splits == {one.path: one.given for one in images}
    leak = splitting.copies[-1]
    assert leak.startswith("2 groups stand in more than one of the given splits, such as “p1”")


def test_that_a_class_without_readable_training_images_is_refused():
    images = [one for one in GIVEN if not (one.given == "train" and one.class_name == "b")]

    with pytest.raises(TooFewImages, match="“b”"):
        split_images(images, SETTINGS)


def test_that_a_class_with_one_held_out_image_cannot_be_halved():
    held_out = many({"a": 5, "b": 1}, "validation", "val/")

    with pytest.raises(TooFewImages, match="“b” has one readable image"):
        split_images([*given("train"), *held_out], SETTINGS)


def test_that_fifty_thousand_images_are_split_in_seconds():
    images = many(dict.fromkeys("abcde", 10_000))

    splitting = split_images(images, SETTINGS)

    assert shares(images, splitting)["c"] == (0.7, 0.15, 0.15)
