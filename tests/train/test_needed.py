"""What a run needs, against numbers worked out by hand."""

from dataclasses import replace

import pytest

from tlstudio.train.cost import ImageCost, NetworkCost
from tlstudio.train.events import CostMeasured
from tlstudio.train.needed import Work, needed
from tlstudio.train.save_interval import seconds_until_next
from tlstudio.train.settings import TrainSettings

NETWORK = NetworkCost(
    precisions=["float32"],
    forward=[[0.0, 0.25, 0.5, 0.625]],  # nothing, the stem, everything but the head, all of it
    frozen_share=[1.0],
    learning=[[1.5, 0.75, 0.0]],
    held=[[3e6, 1e6, 0.0]],
    widest=1e6,
    fixed=[[0.5, 0.25, 0.0]],
    update=[0.25, 0.125, 0.0],
    crossing=[3000, 250_000_000, 100],
    trainable=[1_000_000, 600_000, 1_000],
    values=1_000_000,
    shallowest_cut=1,
    cut_seconds=2.0,
)
COST = CostMeasured(
    backbone="resnet18",
    input_px=224,
    wanted_device="auto",
    device="CPU",
    processor="P",
    torch="2",
    data_fingerprint="f",
    start_seconds=1.0,
    save_seconds=0.0,
    process_bytes=400_000_000,
    network=NETWORK,
    images=ImageCost(0.5, 200_000.0, {"none": 0.25, "light": 0.5}),
)
TRAIN = TrainSettings(epochs=8, batch_size=10, augmentation="light", views=4, early_stop_epochs=None)
WORK = Work(0, TRAIN, train_images=20, validation_images=4, cache_bytes=10**9)


def test_that_with_nothing_frozen_every_epoch_draws_learns_and_checks():
    found = needed(COST, WORK)

    drawn, learned, checked = 20 * 0.5, 20 * 1.5 + 5 * (0.5 + 0.25), 4 * (0.25 + 0.625)
    assert found.learning == pytest.approx(8 * (drawn + learned + checked))
    assert (found.filling, found.is_kept, found.feature_bytes) == (0, False, 0)
    assert found.preparing == pytest.approx(1.0 + 24 * 0.5 + 20 * (0.5 + 0.625))
    assert found.image_bytes == 24 * 200_000


def test_that_frozen_blocks_are_paid_once_for_each_view_where_they_are_kept():
    found = needed(COST, replace(WORK, depth=2))

    assert (found.is_kept, found.views) == (True, 4)
    once = 4 * 20 * (0.5 + 0.5) + 4 * (0.25 + 0.5)
    assert found.filling == pytest.approx(once, rel=1e-3)
    assert found.learning == pytest.approx(8 * 4 * 0.125, rel=1e-2)
    assert found.feature_bytes == (4 * 20 + 4) * 2 * 100
    assert found.preparing == pytest.approx(1.0 + 2.0 + 24 * 0.5 + 20 * 0.5)


def test_that_frozen_layers_that_were_made_faster_are_paid_as_such():
    found = needed(
        replace(COST, network=replace(NETWORK, frozen_share=[0.75])), replace(WORK, depth=2, cache_bytes=0)
    )

    drawn, checked = 20 * (0.5 + 0.75 * 0.5), 4 * (0.25 + 0.75 * 0.5 + 0.125)
    assert found.learning == pytest.approx(8 * (drawn + checked))


def test_that_what_is_slower_to_read_than_to_compute_is_computed_in_every_epoch():
    found = needed(COST, replace(WORK, depth=1))  # half a gigabyte for each image

    assert not found.is_kept
    drawn, learned = 20 * (0.5 + 0.25 + 0.75), 5 * (0.25 + 0.125)
    checked = 4 * (0.25 + 0.625)
    assert found.learning == pytest.approx(8 * (drawn + learned + checked))


def test_that_what_earlier_runs_have_kept_is_not_paid_again():
    first = needed(COST, replace(WORK, depth=2))
    again = needed(COST, replace(WORK, depth=2, views_kept=4, is_decoded=True, is_tried=True))

    assert (again.filling, again.feature_bytes, again.image_bytes) == (0, 0, 0)
    assert again.kept_bytes == first.feature_bytes
    assert again.learning == pytest.approx(first.learning, rel=1e-2)
    assert again.preparing < first.preparing


@pytest.mark.parametrize("change", [{"cache_bytes": 0}, {"depth": 0}])
def test_that_without_room_or_anything_frozen_nothing_is_kept(change):
    assert not needed(COST, replace(WORK, **{"depth": 2, **change})).is_kept


def test_that_a_network_that_can_not_be_cut_keeps_nothing():
    cost = replace(COST, network=replace(NETWORK, shallowest_cut=0))

    assert not needed(cost, replace(WORK, depth=2)).is_kept


def test_that_a_network_of_which_only_the_head_comes_off_keeps_features_there_alone():
    cost = replace(COST, network=replace(NETWORK, crossing=[3000, 100, 100], shallowest_cut=2))

    assert [needed(cost, replace(WORK, depth=depth)).is_kept for depth in (1, 2)] == [False, True]


def test_that_fewer_views_are_drawn_where_the_room_ends():
    room = (2 * 20 + 4) * 2 * 100

    assert needed(COST, replace(WORK, depth=2, cache_bytes=room)).views == 2


def test_that_views_of_a_shallower_boundary_are_led_on_from_there():
    # Two of the four views are kept behind the stem, whose quarter of a second is so spared, and the drawing.
    small = replace(NETWORK, crossing=[3000, 100, 100])
    work = replace(WORK, depth=2, shallower_depth=1, shallower_views=2)
    found = needed(replace(COST, network=small), work)

    anew, led_on, checked = 2 * 20 * (0.5 + 0.5), 2 * 20 * (0.5 - 0.25), 4 * (0.5 - 0.25)
    assert found.filling == pytest.approx(anew + led_on + checked, rel=1e-3)
    assert found.kept_bytes == 2 * 20 * 2 * 100


@pytest.mark.parametrize("depth", [0, 2])
def test_that_without_augmentation_there_is_one_view(depth):
    train = replace(TRAIN, augmentation="none")

    assert needed(COST, replace(WORK, depth=depth, train=train)).views == 1


def test_that_memory_is_that_of_the_program_the_values_and_a_step():
    found = needed(COST, WORK)

    values = 4 * (1_000_000 + 7 * 1_000_000)
    step = 4 * (3e6 + 3 * 1e6)
    assert found.memory_bytes == pytest.approx(400e6 + 1.1 * (values + step), rel=1e-6)
    assert needed(COST, replace(WORK, depth=2)).memory_bytes < found.memory_bytes


def test_that_the_run_keeps_its_best_and_two_checkpoints():
    assert needed(COST, WORK).run_bytes == 4 * (1_000_000 + 2 * 3_000_000)


def test_that_half_precision_is_expected_where_it_is_clearly_faster():
    half = replace(
        NETWORK,
        precisions=["float32", "bfloat16"],
        forward=[*NETWORK.forward, [0.0, 0.125, 0.25, 0.3125]],
        frozen_share=[1.0, 1.0],
        learning=[*NETWORK.learning, [0.75, 0.375, 0.0]],
        held=[*NETWORK.held, [1e6, 5e5, 0.0]],
        fixed=[*NETWORK.fixed, [0.25, 0.125, 0.0]],
    )
    cost = replace(COST, network=half)

    assert needed(cost, WORK).precision == "bfloat16"
    assert needed(COST, WORK).precision == "float32"
    drawn, learned, checked = 20 * 0.5, 20 * 0.75 + 5 * (0.25 + 0.25), 4 * (0.25 + 0.3125)
    assert needed(cost, WORK).learning == pytest.approx(8 * (drawn + learned + checked))


@pytest.mark.parametrize(("save_seconds", "between"), [(0.1, 2.0), (0.5, 5.0), (10.0, 60.0)])
def test_that_saving_takes_about_a_tenth_of_the_time_at_most(save_seconds, between):
    assert seconds_until_next(save_seconds) == between
