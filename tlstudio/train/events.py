"""What training reports."""

from dataclasses import dataclass
from typing import Literal

from tlstudio.events import Event, Failed
from tlstudio.train.cost import ImageCost, NetworkCost
from tlstudio.train.settings import Augmentation


@dataclass(frozen=True)
class RunStarted(Event):
    """A run has its number, folder, device and network; epoch 1 (or the next one) begins."""

    run: int
    started_at: str  # ISO 8601, UTC
    epochs: int
    epochs_done: int  # more than 0 when a run is resumed
    device: str  # for people: "CPU, 2 threads" or "NVIDIA RTX A2000"
    precision: str  # "float32", "bfloat16" or "float16"
    batch_size: int  # images in the largest step; small sets have fewer than the settings allow
    frozen_groups: int
    trainable_parameters: int
    total_parameters: int
    train_images: int
    validation_images: int
    weights: str  # "random", the pretrained weights' name, or a file's name without its folder
    data_fingerprint: str
    weights_sha256: str = ""  # of the file that they came from; empty if random
    views: int = 0  # of each training image that the run draws; 0 in runs of older versions
    is_kept: bool = False  # whether what the frozen layers make of the images is kept on the disk
    seed: int = -1  # of the run; -1 in runs of older versions
    augmentation: Augmentation | Literal[""] = ""  # what "auto" stood for; empty in runs of older versions


@dataclass(frozen=True)
class BatchDone(Event):
    """Training went on within an epoch; at most ten a second."""

    run: int
    epoch: int  # from 1
    fraction: float  # of this epoch's images, 0 … 1
    train_loss: float  # running mean over this epoch
    train_accuracy: float
    images_per_second: float


@dataclass(frozen=True)
class SamplePrediction:
    """What the network says now about one validation image."""

    path: str  # relative to the data root
    label: str
    predicted: str
    probability: float


@dataclass(frozen=True)
class EpochDone(Event):
    """Every training image was shown once, and the validation images were judged."""

    run: int
    epoch: int  # from 1
    epochs: int
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    seconds: float
    is_best: bool
    learning_rate: float
    found: dict[str, tuple[int, int]]  # class → (found, of so many) validation images
    samples: list[SamplePrediction]  # the same six validation images after every epoch
    accuracy_low: float | None = None  # 95 % interval of the validation accuracy, see `grouped_interval`;
    accuracy_high: float | None = None  # None in runs of older versions


@dataclass(frozen=True)
class BatchHalved(Event):
    """The memory did not suffice; the batch is halved, gradients are accumulated, nothing is lost."""

    run: int
    batch_size: int  # images at a time now
    accumulated: int  # steps that add up to the batch that was asked for


@dataclass(frozen=True)
class TrainDone(Event):
    """The run ended by itself; its best weights are kept."""

    run: int
    best_epoch: int
    validation_accuracy: float  # of the best epoch
    seconds: float
    seconds_preparing: float  # before the first epoch: decoding, the network, probes
    trainable_parameters: int
    stopped_early: bool
    views: int = 0  # of each training image that the run saw


@dataclass(frozen=True)
class RunFailed(Failed):
    """One of several runs ended with an error; the others go on."""

    run: int = 0  # its number; 0 if it did not begin


@dataclass(frozen=True)
class CostMeasured(Event):
    """What training a backbone on a project's images costs on this computer; remembered, see `needed`."""

    backbone: str
    input_px: int
    wanted_device: str  # of the settings
    device: str  # for people
    processor: str
    torch: str  # version that computed
    data_fingerprint: str
    start_seconds: float  # that device, network and weights take
    save_seconds: float  # to write all values
    process_bytes: int  # that the program takes by itself; 0 where the memory is a graphics card's
    network: NetworkCost
    images: ImageCost


EVENTS: tuple[type[Event], ...] = (
    RunStarted,
    BatchDone,
    EpochDone,
    BatchHalved,
    TrainDone,
    RunFailed,
    CostMeasured,
)
