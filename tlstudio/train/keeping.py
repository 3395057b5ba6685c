"""The rule by which the output of frozen groups is kept on the disk or computed anew in every epoch."""

from tlstudio.train.settings import TrainSettings, applied

FEW_VIEWS, DEFAULT_VIEWS = 2, 4
"""Each costs a pass through the frozen layers, and light augmentation needs few. Best validation accuracy of
ants and bees with 1, 2 and 4 views, means of 3 to 5 seeds, from the bundled weights: ResNet-10's head
0.850, 0.900, 0.879, last stage 0.851, 0.864, 0.864, half of it 0.855, 0.860, 0.864; FasterNet-T0's head
0.761, 0.758, 0.768, last stage 0.772, 0.785, 0.781. Views of stronger augmentation differ more.
"""

MILD = ("light", "medical_light")

READ_BYTES_PER_SECOND = 6e8
"""With checksums and from a busy disk's memory; what is slower to read than to compute is not kept."""


def gain_of_keeping(seconds_per_image: float, row_bytes: float) -> float:
    """How many times faster an image's features are read than computed; kept if that is more than 1."""
    return seconds_per_image * READ_BYTES_PER_SECOND / max(1.0, row_bytes)


def views_at_most(settings: TrainSettings) -> int:
    """Of an image in a run: a new one in each epoch, or the same in all without augmentation."""
    return 1 if applied(settings) == "none" else settings.epochs


def views_to_keep(settings: TrainSettings, views: int | None = None) -> int:
    """How many views of each image are drawn where they are kept.

    Args:
        settings: of the run.
        views: of a run that goes on; None for a new one.
    """
    usual = FEW_VIEWS if applied(settings) in MILD else DEFAULT_VIEWS
    return min(views or settings.views or usual, views_at_most(settings))


def affordable_views(wanted: int, room: int, view_bytes: int, validation_bytes: int) -> int:
    """How many of the wanted views find room beside the validation images; one is drawn in any case."""
    return max(1, min(wanted, (room - validation_bytes) // max(1, view_bytes)))
