import pytest

from tlstudio.app.widgets.freeze_stages import (
    memorising_risk,
    stage_border,
    stages,
    strategy,
    what_it_does,
)


@pytest.mark.parametrize("groups", range(1, 41))
def test_that_the_stages_hold_every_group_once_in_order(groups):
    cut = stages(groups)

    covered = [place for stage in cut for place in range(stage.first, stage.first + stage.groups)]
    assert covered == list(range(groups))
    assert all(stage.groups > 0 for stage in cut)


def test_that_five_groups_get_one_stage_each():
    assert [(stage.name, stage.groups) for stage in stages(5)] == [
        ("Edges", 1), ("Textures", 1), ("Patterns", 1), ("Parts of things", 1), ("Whole things", 1),
    ]  # fmt: skip


def test_that_fifteen_groups_leave_the_first_alone_and_lengthen_the_later_stages():
    assert [stage.groups for stage in stages(15)] == [1, 3, 3, 4, 4]


def test_that_a_stage_step_goes_to_the_next_border_and_ends_at_the_ends():
    cut = stages(15)  # borders 0, 1, 4, 7, 11, 15

    assert [stage_border(depth, cut, 1) for depth in (0, 1, 2, 11, 15)] == [1, 4, 4, 15, 15]
    assert [stage_border(depth, cut, -1) for depth in (15, 12, 4, 1, 0)] == [11, 11, 1, 0, 0]


def test_that_the_ends_have_the_names_of_the_field():
    assert [strategy(depth, 5) for depth in (0, 1, 4, 5)] == [
        "Full fine-tuning", "Partial fine-tuning", "Partial fine-tuning", "Feature extraction",
    ]  # fmt: skip


@pytest.mark.parametrize("is_pretrained", [True, False])
def test_that_the_risk_rises_with_values_per_image(is_pretrained):
    low, medium = (10_000, 100_000) if is_pretrained else (1_000, 10_000)

    said = [memorising_risk(value * 10, 10, is_pretrained=is_pretrained) for value in (low - 1, low, medium)]

    assert said == ["low", "medium", "high"]


def test_that_freezing_random_weights_is_said_to_keep_random_values():
    assert what_it_does(0, 5, is_pretrained=False).startswith("Learns everything from your images alone")
    assert "random values" in what_it_does(2, 5, is_pretrained=False)
    assert (
        what_it_does(2, 5, is_pretrained=True)
        == "Keeps what it sees up to textures, relearns what comes after."
    )


def test_that_trials_are_named_only_where_everything_relearns():
    said = [what_it_does(depth, 5, is_pretrained=True, is_best_in_trials=True) for depth in (0, 2, 5)]

    assert ["trials" in words for words in said] == [True, False, False]
