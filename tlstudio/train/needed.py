"""What a run will need, told from what a few images cost, without torch and at once."""

import math
from dataclasses import dataclass

from tlstudio.train.events import CostMeasured
from tlstudio.train.keeping import (
    READ_BYTES_PER_SECOND,
    affordable_views,
    gain_of_keeping,
    views_to_keep,
)
from tlstudio.train.save_interval import seconds_until_next
from tlstudio.train.settings import TrainSettings

KEPT_BYTES = 2
"""Of each number that crosses a boundary: it is kept in half precision."""

WRITE_BYTES_PER_SECOND = 4e8
ROW_SECONDS = 1.5e-5
"""To find a row, whatever its length."""

WORTHWHILE_GAIN = 1.3
"""See `precision`: half precision is chosen on a processor where it is so many times faster."""

PROBED_IMAGES = 4
LAST_TURN_STARTS_BEFORE = 1.0
TURNS = (2, 4)
"""What choosing the precision takes: so many turns, no new one after so many seconds."""

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


def needed(cost: CostMeasured, work: Work) -> Needed:
    """What the work needs by that measurement; it says the most, as a run may end early."""
    depth, settings = work.depth, work.train
    place = _precision(cost, depth)
    frozen, learning = cost.network.forward[place][depth], cost.network.learning[place][depth]
    checking = cost.network.forward[place][-1] - frozen
    centre = cost.images.views["none"]
    draw = cost.images.views.get(settings.augmentation, centre)
    row_bytes = KEPT_BYTES * cost.network.crossing[depth]
    steps = -(-work.train_images // settings.batch_size)
    step = cost.network.fixed[place][depth] + cost.network.update[depth]
    epoch = work.train_images * learning + steps * step + work.validation_images * checking
    is_kept = (
        depth > 0
        and cost.network.is_cuttable
        and work.cache_bytes > 0
        and gain_of_keeping(frozen, row_bytes) > 1
    )
    views, kept, filling = settings.epochs, 0, 0.0
    feature_bytes = kept_bytes = 0
    if is_kept:
        view_bytes, validation_bytes = row_bytes * work.train_images, row_bytes * work.validation_images
        wanted = views_to_keep(settings)
        views = affordable_views(wanted, work.cache_bytes, view_bytes, validation_bytes)
        kept = min(work.views_kept, views)
        is_checked_before = work.views_kept > 0
        # What finds no room is computed in every epoch.
        share = min(1.0, work.cache_bytes / (views * view_bytes + validation_bytes))
        epoch += (1 - share) * work.train_images * (draw + frozen)
        reading = ROW_SECONDS + row_bytes / READ_BYTES_PER_SECOND
        epoch += (work.train_images + work.validation_images) * reading
        writing = row_bytes / WRITE_BYTES_PER_SECOND
        led_on = max(0, min(work.shallower_views, views) - kept)
        led_row_bytes = KEPT_BYTES * cost.network.crossing[work.shallower_depth]
        leading_on = frozen - cost.network.forward[place][work.shallower_depth]
        leading_on += ROW_SECONDS + led_row_bytes / READ_BYTES_PER_SECOND
        of_image = (views - kept - led_on) * (draw + frozen) + led_on * leading_on
        filling = share * work.train_images * (of_image + (views - kept) * writing)
        feature_bytes = round(share * (views - kept) * view_bytes)
        kept_bytes = kept * view_bytes + is_checked_before * validation_bytes
        kept_bytes += led_on * work.train_images * led_row_bytes
        if not is_checked_before:
            of_image = leading_on if work.shallower_views else centre + frozen
            filling += work.validation_images * (of_image + writing)
            feature_bytes += validation_bytes
    else:
        epoch += work.train_images * (draw + frozen) + work.validation_images * (centre + frozen)
    images = work.train_images + work.validation_images
    preparing = _preparing(cost, depth, is_tried=work.is_tried)
    if not work.is_decoded:
        preparing += images * cost.images.decode_seconds
    epochs = settings.epochs * epoch
    return Needed(
        preparing=preparing,
        filling=filling,
        learning=epochs + _saving(cost, depth, settings, filling + epochs),
        memory_bytes=_memory(cost, work, cost.network.held[place][depth]),
        feature_bytes=feature_bytes,
        image_bytes=0 if work.is_decoded else round(images * cost.images.decoded_bytes),
        run_bytes=_run_bytes(cost, depth, settings),
        kept_bytes=kept_bytes,
        views=views,
        is_kept=is_kept,
        precision=cost.network.precisions[place],
    )


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
        least, most = TURNS
        seconds += turn * min(most, max(least, math.ceil(LAST_TURN_STARTS_BEFORE / turn)))
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
    trained, images = cost.network.trainable[work.depth], min(work.train.batch_size, work.train_images)
    values = cost.network.values * (3 if work.train.is_averaged else 1)
    values += trained * (2 + 2 * OPTIMIZER_VALUES + 1)
    step = FLOAT_BYTES * values + images * (activations + 3 * cost.network.widest)
    return round(cost.process_bytes + step * (1 + SPARE_SHARE))
