"""A run's best weights as a network again, with the facts that belong to it."""

from dataclasses import dataclass
from pathlib import Path

from torch import nn

from tlstudio.data.preprocess import Preprocessing
from tlstudio.model.backbone import Backbone
from tlstudio.model.backbones import find_backbone
from tlstudio.model.network import create
from tlstudio.train.errors import RunUnreadable
from tlstudio.train.run_info import RunInfo, read_info
from tlstudio.train.tensor_file import read_tensors

BEST_NAME = "best.safetensors"
LAST_NAME = "last.safetensors"
PREVIOUS_NAME = "last.previous.safetensors"


@dataclass(frozen=True)
class TrainedRun:
    """A run's best weights, ready to be asked.

    Attributes:
        network: on the CPU, in eval mode, without gradients.
        classes: in the order of the network's outputs.
        preprocessing: that every image goes through.
        backbone: its row of the table.
        info: the whole run.json.
    """

    network: nn.Module
    classes: tuple[str, ...]
    preprocessing: Preprocessing
    backbone: Backbone
    info: RunInfo


def load_run(run_folder: Path) -> TrainedRun:
    """The run's network with its best weights.

    Raises:
        RunUnreadable: if run.json or the weights are missing or damaged.
        UnknownBackbone: if this version does not know the backbone.
    """
    info = read_info(run_folder)
    backbone = find_backbone(info.model.backbone)
    network = create(backbone, len(info.classes))
    found = read_tensors(run_folder / BEST_NAME)
    if found is None:
        reason = "damaged" if (run_folder / BEST_NAME).exists() else "missing"
        raise RunUnreadable(run_folder.name, BEST_NAME, f"it is {reason}")
    try:
        network.load_state_dict(found[0])
    except RuntimeError as error:
        raise RunUnreadable(run_folder.name, BEST_NAME, "it belongs to another network") from error
    network.eval().requires_grad_(requires_grad=False)
    return TrainedRun(network, info.classes, info.preprocessing, backbone, info)
