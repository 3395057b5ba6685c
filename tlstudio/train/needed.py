"""What a run will need, told from what a few images cost, without torch and at once."""

import math
from dataclasses import dataclass

from tlstudio.train.events import CostMeasured
from tlstudio.train.keeping import (
    READ_BYTES_PER_SECOND,
    affordable_views,
    gain_of_keeping,
    views_at_most,
    views_to_keep,
)
from tlstudio.train.probing import (
    LEAST_TURNS,
    LOOKED_AT_IMAGES,
    MOST_TURNS,
    PROBED_IMAGES,
    SECONDS_OF_PROBE,
    WORTHWHILE_GAIN,
)
from tlstudio.train.save_interval import seconds_until_next
from tlstudio.train.settings import TrainSettings, applied
from tlstudio.train.steps import steps_per_epoch

KEPT_BYTES = 2
"""Of each number that crosses a boundary: it is kept in half precision."""

WRITE_BYTES_PER_SECOND = 4e8
ROW_SECONDS = 1.5e-5
"""To find a row, whatever its length."""

FLOAT_BYTES = 4
OPTIMIZER_VALUES = 2
"""AdamW remembers two numbers for each that it trains."""

SPARE_SHARE = 0.1
"""Of the memory, for what is freed and not given back."""


@dataclass(frozen=True)
class Work:
    """What is to be done.

    Attributes:
        depth: how many groups are frozen.
        train: the settings of the run.
        train_images: how many images it learns from.
        validation_images: how many it is checked on after each epoch.
        cache_bytes: that kept features of the project may take.
        views_kept: of every image at this boundary, by an earlier run.
        shallower_depth: of the deepest boundary before it where earlier runs have kept some; 0 if none has.
        shallower_views: of every image that are kept there.
        is_decoded: whether the images are decoded already.
        is_tried: whether an earlier run has settled the precision at this depth.
    """

    depth: int
    train: TrainSettings
    train_images: int
    validation_images: int
    cache_bytes: int
    views_kept: int = 0
    shallower_depth: int = 0
    shallower_views: int = 0
    is_decoded: bool = False
    is_tried: bool = False


@dataclass(frozen=True)
class Needed:
    """What a run of all its epochs needs.

    Attributes:
        preparing: seconds before the first epoch.
        filling: seconds that the frozen part takes for what is kept, once.
        learning: seconds of all epochs beside that.
        memory_bytes: at its highest.
        feature_bytes: that are added to the kept features.
        image_bytes: of decoded images, that are added.
        run_bytes: of the run's folder.
        kept_bytes: of features that are used and were kept before.
        views: of each image.
        is_kept: whether what the frozen part makes of the images is kept.
        precision: that it is likely to be trained in.
    """

    preparing: float
    filling: float
    learning: float
    memory_bytes: int
    feature_bytes: int
    image_bytes: int
    run_bytes: int
    kept_bytes: int
    views: int
    is_kept: bool
    precision: str

    @property
    def seconds(self) -> float:
        """Of all."""
        return self.preparing + self.filling + self.learning

    @property
    def disk_bytes(self) -> int:
        """That are added to the project's folder."""
        return self.feature_bytes + self.image_bytes + self.run_bytes


@dataclass(frozen=True)
class _Fed:
    """What it takes to bring what is learned from to the boundary.

    Attributes:
        once: seconds of what is kept from then on.
        in_epoch: seconds of every epoch.
        views: of each image.
        is_kept: whether anything is.
        added_bytes: to the kept features.
        used_bytes: of kept features that are there already.
    """

    once: float
    in_epoch: float
    views: int
    is_kept: bool = False
    added_bytes: int = 0
    used_bytes: int = 0


def needed(cost: CostMeasured, work: Work) -> Needed:
    """What the work needs by that measurement; it says the most, as a run may end early."""
    depth, settings = work.depth, work.train
    place = _precision(cost, depth)
    fed = _kept(cost, work, place) if _is_kept(cost, work, place) else _computed(cost, work, place)
    epochs = settings.epochs * (_epoch(cost, work, place) + fed.in_epoch)
    images = work.train_images + work.validation_images
    preparing = _preparing(cost, depth, is_tried=work.is_tried)
    if not work.is_decoded:
        preparing += images * cost.images.decode_seconds
    if not fed.is_kept:  # a look at the head's features, which kept ones are filled by
        draw, _ = _draw_seconds(cost, settings)
        preparing += min(LOOKED_AT_IMAGES, work.train_images) * (draw + cost.network.forward[place][-1])
    return Needed(
        preparing=preparing,
        filling=fed.once,
        learning=epochs + _saving(cost, depth, settings, fed.once + epochs),
        memory_bytes=_memory(cost, work, cost.network.held[place][depth]),
        feature_bytes=fed.added_bytes,
        image_bytes=0 if work.is_decoded else round(images * cost.images.decoded_bytes),
        run_bytes=_run_bytes(cost, depth, settings),
        kept_bytes=fed.used_bytes,
        views=fed.views,
        is_kept=fed.is_kept,
        precision=cost.network.precisions[place],
    )


def _epoch(cost: CostMeasured, work: Work, place: int) -> float:
    """Seconds behind the boundary."""
    network, depth = cost.network, work.depth
    step = network.fixed[place][depth] + network.update[depth]
    checking = network.forward[place][-1] - network.forward[place][depth]
    return (
        work.train_images * network.learning[place][depth]
        + _steps(work) * step
        + work.validation_images * checking
    )


def _steps(work: Work) -> int:
    return steps_per_epoch(work.train_images, work.train.batch_size)


def _draw_seconds(cost: CostMeasured, settings: TrainSettings) -> tuple[float, float]:
    """Of a view to learn from, and of one to check on."""
    centre = cost.images.views["none"]
    return cost.images.views.get(applied(settings), centre), centre


def _row_bytes(cost: CostMeasured, depth: int) -> int:
    return KEPT_BYTES * cost.network.crossing[depth]


def _is_kept(cost: CostMeasured, work: Work, place: int) -> bool:
    return (
        0 < cost.network.shallowest_cut <= work.depth
        and work.cache_bytes > 0
        and gain_of_keeping(cost.network.frozen_seconds(place, work.depth), _row_bytes(cost, work.depth)) > 1
    )


def _computed(cost: CostMeasured, work: Work, place: int) -> _Fed:
    """Every image in every epoch."""
    frozen = cost.network.frozen_seconds(place, work.depth)
    draw, centre = _draw_seconds(cost, work.train)
    seconds = work.train_images * (draw + frozen) + work.validation_images * (centre + frozen)
    return _Fed(once=0.0, in_epoch=seconds, views=views_at_most(work.train))


def _kept(cost: CostMeasured, work: Work, place: int) -> _Fed:
    """Every view once, unless an earlier run has kept it, here or at a shallower boundary."""
    forward, frozen = cost.network.forward[place], cost.network.frozen_seconds(place, work.depth)
    draw, centre = _draw_seconds(cost, work.train)
    row_bytes, shallower_row_bytes = (_row_bytes(cost, depth) for depth in (work.depth, work.shallower_depth))
    view_bytes, validation_bytes = row_bytes * work.train_images, row_bytes * work.validation_images
    views = affordable_views(views_to_keep(work.train), work.cache_bytes, view_bytes, validation_bytes)
    kept = min(work.views_kept, views)
    led_on = max(0, min(work.shallower_views, views) - kept)
    # What finds no room is computed in every epoch.
    share = min(1.0, work.cache_bytes / (views * view_bytes + validation_bytes))
    reading = (work.train_images + work.validation_images) * _read_seconds(row_bytes)
    anew, writing = draw + frozen, row_bytes / WRITE_BYTES_PER_SECOND
    leading_on = forward[work.depth] - forward[work.shallower_depth] + _read_seconds(shallower_row_bytes)
    of_image = (views - kept - led_on) * anew + led_on * leading_on + (views - kept) * writing
    once = share * work.train_images * of_image
    added = round(share * (views - kept) * view_bytes)
    used = kept * view_bytes + led_on * work.train_images * shallower_row_bytes
    if work.views_kept:
        used += validation_bytes
    else:
        of_image = leading_on if work.shallower_views else centre + frozen
        once += work.validation_images * (of_image + writing)
        added += validation_bytes
    in_epoch = (1 - share) * work.train_images * anew + reading
    return _Fed(once, in_epoch, views, is_kept=True, added_bytes=added, used_bytes=used)


def _read_seconds(row_bytes: int) -> float:
    return ROW_SECONDS + row_bytes / READ_BYTES_PER_SECOND


def _precision(cost: CostMeasured, depth: int) -> int:
    """Place of the precision that a run will choose at that depth; by whole steps, as the run does."""
    if len(cost.network.precisions) == 1:
        return 0
    exact, half = (_few(cost, place, depth) for place in (0, 1))
    return int(exact >= WORTHWHILE_GAIN * half)


def _few(cost: CostMeasured, place: int, depth: int) -> float:
    """Seconds that the few images take that the precision is tried with, without an update."""
    each = cost.network.forward[place][depth] + cost.network.learning[place][depth]
    return PROBED_IMAGES * each + cost.network.fixed[place][depth]


def _preparing(cost: CostMeasured, depth: int, *, is_tried: bool) -> float:
    seconds = cost.start_seconds
    if depth > 0:
        seconds += cost.network.cut_seconds + 2 * PROBED_IMAGES * cost.network.forward[0][depth]
    if is_tried:
        return seconds
    if len(cost.network.precisions) > 1:
        turn = sum(_few(cost, place, depth) for place in range(len(cost.network.precisions)))
        seconds += turn * min(MOST_TURNS, max(LEAST_TURNS, math.ceil(SECONDS_OF_PROBE / turn)))
    return seconds + (3 * PROBED_IMAGES * cost.network.forward[0][depth] if depth > 0 else 0)


def _saving(cost: CostMeasured, depth: int, settings: TrainSettings, seconds: float) -> float:
    """To write checkpoints; the best weights go with some of them."""
    values = cost.network.values + OPTIMIZER_VALUES * cost.network.trainable[depth] + cost.network.values / 2
    each = cost.save_seconds * values / cost.network.values
    return each * min(settings.epochs, 2 + seconds / seconds_until_next(each))


def _run_bytes(cost: CostMeasured, depth: int, settings: TrainSettings) -> int:
    """The best weights, the newest checkpoint and the one before."""
    weights = cost.network.values * (2 if settings.is_averaged else 1)
    checkpoint = weights + OPTIMIZER_VALUES * cost.network.trainable[depth]
    return FLOAT_BYTES * (cost.network.values + checkpoint * min(2, settings.epochs))


def _memory(cost: CostMeasured, work: Work, activations: float) -> int:
    """Of a step; weights, their gradients, what the optimizer knows, and the copies for the checkpoint."""
    trained, steps = cost.network.trainable[work.depth], _steps(work)
    values = cost.network.values * (3 if work.train.is_averaged else 1)
    values += trained * (2 + 2 * OPTIMIZER_VALUES + 1)
    images = -(-work.train_images // steps)  # in the largest of them
    step = FLOAT_BYTES * values + images * (activations + 3 * cost.network.widest)
    return round(cost.process_bytes + step * (1 + SPARE_SHARE))
