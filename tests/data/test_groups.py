import random
import time

import pytest

from tlstudio.data.errors import GroupPatternNotUnderstood
from tlstudio.data.groups import CANDIDATES, group_images, may_take_forever, propose_group_pattern
from tlstudio.data.samples import SAMPLES
from tlstudio.data.settings import DataSettings

LOT = random.Random(0)


def hex_name():
    return f"{LOT.randrange(10**8, 10**10)}_{LOT.randrange(16**10):010x}.jpg"


SMEARS = [f"{c}/BloodImage_{s:05d}_{i:02d}.jpg" for s in range(20) for i in range(4) for c in ("RBC", "WBC")]
PATIENTS = [f"{c}/P{p:03d}_{c}_{p * 40 + i}.png" for p in range(12) for i in range(3) for c in ("NEU", "LYM")]
SLIDES = [f"{c}/slide{s:02d}_cell{i}.png" for s in range(8) for i in range(5) for c in "ab"]


@pytest.mark.parametrize(
    ("paths", "path", "group"),
    [
        (SMEARS, "RBC/BloodImage_00012_03.jpg", "BloodImage_00012"),
        (PATIENTS, "NEU/P004_NEU_161.png", "P004"),
        (SLIDES, "a/slide07_cell1.png", "slide07"),
        ([f"x/{i}_{eye}.png" for i in range(9) for eye in ("left", "right")], "x/3_left.png", "3"),
        (
            [f"x/IM-{i:04d}-{j:04d}.jpeg" for i in range(9) for j in range(2)],
            "x/IM-0003-0001.jpeg",
            "IM-0003",
        ),
        (
            [f"x/person{i}_virus_{j}.jpeg" for i in range(9) for j in range(2)],
            "x/person3_virus_1.jpeg",
            "person3",
        ),
        ([f"x/v1_P{i}_{j}.png" for i in range(9) for j in range(3)], "x/v1_P3_1.png", "v1_P3"),
        (
            [f"{c}/patient{i}/{j}.png" for c in "ab" for i in range(5) for j in range(3)],
            "a/patient3/1.png",
            "patient3",
        ),
        (
            [
                f"{s}/{c}/patient{i}/{j}.png"
                for s in ("Train", "val")
                for c in "ab"
                for i in range(5)
                for j in "12"
            ],
            "val/a/patient3/1.png",
            "patient3",
        ),
        (
            [f"train/grade{c}/patient{i}_{j}.png" for c in "12" for i in range(5) for j in range(3)],
            "train/grade1/patient3_1.png",
            "patient3",
        ),
        (
            [f"train/{c}/s{i}_{j}.png" for c in "ab" for i in range(5) for j in range(3)],
            "train/a/s3_1.png",
            "s3",
        ),
        ([f"x/größe {i} 细胞{j}.png" for i in range(9) for j in range(3)], "x/größe 3 细胞1.png", "größe 3"),
    ],
)
def test_that_a_code_shared_by_several_images_is_proposed(paths, path, group):
    proposed = propose_group_pattern(paths)

    assert proposed is not None
    assert path in paths
    grouping = group_images(paths, DataSettings())
    assert dict(zip(paths, grouping.groups, strict=True))[path] == group


@pytest.mark.parametrize(
    "paths",
    [
        [f"x/{i:07d}.jpg" for i in range(13000, 13050)],
        [f"ants/{hex_name()}" for _ in range(60)],
        [f"x/img_{i:03d}.jpg" for i in range(50)],
        [f"x/IMG_{i}.png" for i in range(50)],
        [f"x/image ({i}).png" for i in range(50)],
        [f"x/ISIC_{i:07d}.jpg" for i in range(50)],
        [f"{c}/cat.{i}.jpg" for i in range(50) for c in "ab"],
        [f"{c}/{c}_{i:03d}.jpg" for i in range(50) for c in "0123456"],
        [f"train/grade{c}/{i}.jpg" for i in range(20) for c in range(5)],
        [f"x/v1_{i:03d}.jpg" for i in range(50)],
        [],
        ["a/1.png"],
    ],
    ids=lambda paths: paths[0] if paths else "none",
)
def test_that_counters_and_random_names_propose_nothing(paths):
    assert propose_group_pattern(paths) is None


@pytest.mark.parametrize("key", SAMPLES)
def test_that_the_sample_sets_are_grouped_as_they_were_drawn(key):
    sample = SAMPLES[key]
    paths = [
        f"{name}/{sample.group}{1 + i % sample.groups:02d}_{i + 1:03d}.png"
        for name in sample.classes
        for i in range(sample.images_per_class)
    ]

    by_name = group_images(paths, DataSettings())

    assert by_name.groups == group_images(paths, DataSettings(group_pattern=sample.group_pattern)).groups


def test_that_a_proposal_is_used_and_told_with_the_way_out():
    grouping = group_images(SLIDES, DataSettings())

    assert grouping.pattern == propose_group_pattern(SLIDES)
    assert len(set(grouping.groups)) == 8
    (note,) = grouping.notes
    assert "8 groups, such as “slide00”" in note
    assert "choose another group pattern or say that every image is independent" in note


def test_that_without_a_proposal_every_image_stands_alone_and_the_risk_is_told():
    paths = [f"x/img_{i:03d}.jpg" for i in range(50)]

    grouping = group_images(paths, DataSettings())

    assert grouping.groups == tuple(paths)
    assert grouping.pattern is None
    assert "one patient, slide or part" in grouping.notes[0]


def test_that_images_said_to_be_independent_are_not_grouped():
    grouping = group_images(SLIDES, DataSettings(is_independent=True))

    assert (grouping.groups, grouping.pattern, grouping.notes) == (tuple(SLIDES), None, ())


@pytest.mark.parametrize(
    ("pattern", "group"),
    [
        (r"BloodImage_(\d+)", "00012"),
        (r"BloodImage_\d+", "BloodImage_00012"),
        (r"(RBC)|(WBC)", "RBC"),
        (r"^[^/]+/(?P<patient>[^_]+_\d+)_", "BloodImage_00012"),
    ],
)
def test_that_the_first_bracket_or_the_whole_match_names_the_group(pattern, group):
    paths = ["RBC/BloodImage_00012_03.jpg"]

    assert group_images(paths, DataSettings(group_pattern=pattern)).groups == (group,)


def test_that_images_that_do_not_match_stand_alone_and_are_counted():
    grouping = group_images(["a/p1_1.png", "a/x.png", "a/y.png"], DataSettings(group_pattern=r"p\d"))

    assert grouping.groups == ("p1", "a/x.png", "a/y.png")
    assert grouping.notes[0].startswith("2 images don't match the group pattern")


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(", "is no regular expression"),
        ("*a", "is no regular expression"),
        ("[z-a]", "is no regular expression"),
        ("patient", "matches no file name"),
        ("a" * 301, "is longer than 300"),
        (r"(a+)+$", "can take forever"),
    ],
)
def test_that_a_pattern_that_does_not_work_is_refused_with_the_reason(pattern, reason):
    with pytest.raises(GroupPatternNotUnderstood) as caught:
        group_images(["a/1.png"], DataSettings(group_pattern=pattern))

    assert reason in caught.value.message
    assert caught.value.what_to_try


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+b",
        "(a*)*",
        "(a|a)*b",
        "((a+))+",
        "(a{1,9}){1,9}",
        r"(\w+\s?)*$",
        ".*.*.*.*x",
        "(?:x+x+)+y",
        r"([^/]+)*z",
        "(a?){26}a{26}",
        "a?" * 26 + "a" * 26,
    ],
)
def test_that_patterns_that_can_take_forever_are_known(pattern):
    assert may_take_forever(pattern)


@pytest.mark.parametrize(
    "pattern",
    [*CANDIDATES, r"(\d+)_", r"[(+*]+", r"\(a+\)+", r"(?P<p>\w+)-(\d{4})", r"(P\d+)?_x", "(?:p|q)?a??b*?-?c"],
)
def test_that_ordinary_patterns_are_allowed(pattern):
    assert not may_take_forever(pattern)


@pytest.mark.parametrize("pattern", CANDIDATES)
def test_that_a_proposal_is_fast_on_hostile_names(pattern):
    hostile = [
        "x/" + "a_" * 120 + ".png",
        "x/" + "1" * 250 + ".png",
        "x/" + "-" * 250,
        "a1/" * 100 + "_.png",
    ] * 5
    began = time.thread_time()  # of this thread alone, however busy the machine is

    group_images(
        [*hostile, "x/a1_1.png", "x/y/b_a1_1.png", "x1/x1/c_b_a1_1", "x/d_c_b_a1_1", "test/a/b1/c"],
        DataSettings(group_pattern=pattern),
    )

    assert time.thread_time() - began < 2
