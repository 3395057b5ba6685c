"""Every field of the training settings as a person reads it: label, unit, help and the values it may take."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["whole", "decimal", "choice", "switch", "optional", "automatic", "automatic_decimal"]


@dataclass(frozen=True)
class TrainField:
    """One field of `TrainSettings`.

    Attributes:
        name: of the field.
        unit: behind the number, or empty.
        low: smallest value; likewise high.
        decimals: shown behind the point.
        choices: (value, words) of a choice.
    """

    name: str
    label: str
    kind: Kind
    help: str
    unit: str = ""
    low: float = 0
    high: float = 0
    decimals: int = 0
    choices: tuple[tuple[str, str], ...] = ()


AUGMENTATIONS = (
    ("auto", "Automatic: light or none"),
    ("none", "None"),
    ("light", "Light: flips, small shifts"),
    ("standard", "Standard: also colour and crops"),
    ("strong", "Strong: for photos, many changes"),
    ("medical", "Medical: no flips, no colour"),
    ("medical_light", "Medical, light: hardly any change"),
)
DEVICES = (
    ("auto", "The fastest that works"),
    ("cpu", "Processor (CPU)"),
    ("cuda", "NVIDIA graphics card (CUDA)"),
    ("mps", "Apple graphics (MPS)"),
)

FIELDS = (
    TrainField(
        "epochs", "Epochs", "whole", "At most so many passes over the training images.", " epochs", 1, 1000
    ),
    TrainField(
        "early_stop_epochs",
        "Stop early",
        "optional",
        "Stops after so many epochs without a better one, by Validation accuracy. The best is kept anyway.",
        " epochs",
        1,
        1000,
    ),
    TrainField(
        "batch_size",
        "Batch size",
        "whole",
        "Images in one step, fewer in a small set. Halved by itself when the memory does not suffice.",
        " images",
        1,
        1024,
    ),
    TrainField(
        "learning_rate",
        "Learning rate",
        "automatic_decimal",
        "How large its steps are. Lower it if the loss jumps; raise it if nothing moves.",
        "",
        0.000001,
        1.0,
        6,
    ),
    TrainField(
        "layer_decay",
        "Layer decay",
        "decimal",
        "Each block learns this much slower than the next, so early ones change least. 1: all alike.",
        "",
        0.0,
        1.0,
        2,
    ),
    TrainField(
        "warmup_epochs",
        "Warm-up",
        "whole",
        "The learning rate rises over these, then falls slowly. Keeps the first steps from undoing much.",
        " epochs",
        0,
        100,
    ),
    TrainField(
        "weight_decay",
        "Weight decay",
        "decimal",
        "Pulls the values towards zero, which may keep it from learning by heart.",
        "",
        0.0,
        1.0,
        4,
    ),
    TrainField(
        "label_smoothing",
        "Label smoothing",
        "decimal",
        "Makes it a little less sure of each label. Helps where some labels may be wrong.",
        "",
        0.0,
        0.9,
        2,
    ),
    TrainField(
        "augmentation",
        "Augmentation",
        "choice",
        "Random changes of training images; your files stay. Automatic: none up to 100 images, else light.",
        choices=AUGMENTATIONS,
    ),
    TrainField(
        "views",
        "Kept views",
        "automatic",
        "Where blocks are frozen, so many random views of each image are computed once and used again.",
        " views",
        1,
        1000,
    ),
    TrainField(
        "mixup",
        "Mix images (mixup)",
        "decimal",
        "Blends training images in pairs, and their labels. 0.2 is usual, 0 is off; Training accuracy drops.",
        "",
        0.0,
        2.0,
        2,
    ),
    TrainField(
        "patch_drop",
        "Drop patches",
        "decimal",
        "For vision transformers: hides this share of each image in each step. 0.25 is usual, 0 is off.",
        "",
        0.0,
        0.9,
        2,
    ),
    TrainField(
        "is_class_weighted",
        "Balance while training",
        "switch",
        "Rare classes count more in the loss. Your files stay as they are.",
    ),
    TrainField(
        "is_averaged",
        "Average the weights",
        "switch",
        "Keeps a moving average of the weights, and judges and keeps that. Often calmer, a little slower.",
    ),
    TrainField(
        "seed",
        "Seed",
        "whole",
        "Start of all chance. The same seed repeats a run on the same computer.",
        "",
        0,
        2**31 - 1,
    ),
    TrainField(
        "device", "Device", "choice", "Where to train. Each is tried by a real step first.", choices=DEVICES
    ),
)
