"""How many steps an epoch has."""

FEWEST_STEPS = 8
"""In an epoch, so that training on fifty images does not end after forty steps in all: fine-tuned on five
images of each of ten digits, FasterNet-T0 came to less than with random weights (measured)."""

FEWEST_IMAGES = 4
"""In a step of such a small set; BatchNorm needs a few."""


def steps_per_epoch(images: int, batch_size: int) -> int:
    """As few as the batch size allows; of a small set more, of fewer images each.

    Args:
        images: of the training split.
        batch_size: at most so many in a step.
    """
    return max(-(-images // batch_size), min(FEWEST_STEPS, images // FEWEST_IMAGES))
