"""What can go wrong with a backbone or its weights, in words for people."""

from collections.abc import Sequence
from typing import Any

from tlstudio.errors import ModelError


class UnknownBackbone(ModelError):
    """No row of the table has that name."""

    def __init__(self, name: str, similar: Sequence[str]) -> None:
        hint = f"Did you mean {' or '.join(similar)}? " if similar else ""
        super().__init__(
            "Unknown backbone",
            f"There is no backbone called “{name}”. Nothing was changed.",
            f"{hint}`tlstudio backbones` lists them all.",
        )


class NetworkNotInspected(UnknownBackbone):
    """Timm has a network of that name, but nobody looked at it on this computer."""

    def __init__(self, name: str) -> None:
        super(UnknownBackbone, self).__init__(
            "Network not looked over yet",
            f"“{name}” is one of timm's networks, and it was not tried here yet. Nothing was changed.",
            f"Choose it among all networks of the Model page, or run `tlstudio backbones inspect {name}`.",
        )


class NetworkNotUsable(ModelError):
    """The network was looked over and does not work here."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            "Network can't be used", f"{name}: {reason} Nothing was changed.", "Choose another backbone."
        )


class NetworkGone(ModelError):
    """The installed timm no longer has the network."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "Network no longer available",
            f"The installed timm has no network called “{name}” any more. The project, its runs and exported "
            "files are unchanged; exported files go on working.",
            "Choose another backbone for new runs, or install the version of timm that the run names.",
        )


class FreezeDepthOutOfRange(ModelError):
    """The backbone has fewer groups than should be frozen."""

    def __init__(self, backbone: str, expected: int, received: Any) -> None:
        super().__init__(
            "Freeze depth out of range",
            f"{backbone} can freeze 0 to {expected} groups, and {received} were asked for. "
            "Nothing was changed.",
            f"Choose a depth from 0 (train everything) to {expected} (train the head only).",
        )


class WeightsNotHere(ModelError):
    """The backbone's own weights are not on this computer."""

    def __init__(self, backbone: str, name: str, *, can_be_had: bool) -> None:
        super().__init__(
            "Pretrained weights not here",
            f"The pretrained weights of {backbone} are not on this computer. Nothing was changed.",
            f"Download them in the gallery of the Model page or with `tlstudio backbones download {name}`, "
            "import a weights pack, or start from random weights."
            if can_be_had
            else "Choose another backbone, or start from random weights.",
        )


class ModelFolderNotWritable(ModelError):
    """The program's own folder of weights can't be written."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            "Weights folder can't be written",
            f"The folder of weights can't be written ({reason}). What lies there is unchanged.",
            "Make room on the disk, or let TLSTUDIO_MODELS_DIR name another folder.",
        )


class KnowsNoNames(ModelError):
    """The backbone has no classifier whose classes have names."""

    def __init__(self, backbone: str, trained_on: str, easiest: str) -> None:
        made = f"pretrained on {trained_on}" if trained_on else "made without photographs"
        super().__init__(
            "No names without training",
            f"{backbone} was {made} and knows no names for what it sees. Nothing was changed.",
            "Train it on your own classes first, or download a backbone that knows names: "
            f"tlstudio backbones download {easiest}",
        )


class NothingKnowsNames(ModelError):
    """No backbone on this computer could be asked as it is."""

    def __init__(self, easiest: str) -> None:
        super().__init__(
            "No backbone knows names yet",
            "Of the backbones on this computer none can name what it sees without training. "
            "Nothing was changed.",
            f"Download one that can: tlstudio backbones download {easiest}",
        )


class NoNamesInWeights(ModelError):
    """The file's classifier is missing, or made for classes that nobody has named."""

    def __init__(self, file: str) -> None:
        super().__init__(
            "No names in the weights",
            f"“{file}” holds no classifier whose classes have known names, such as ImageNet's 1,000. "
            "Nothing was changed.",
            "Choose the file as it was published, with its classifier.",
        )


class WeightsNotFound(ModelError):
    """The weights file is gone or may not be read."""

    def __init__(self, file: str, reason: str) -> None:
        self.reason = reason
        super().__init__(
            "Weights can't be read",
            f"“{file}” can't be read ({reason}). Nothing was changed.",
            "Choose the file again, or start from random weights.",
        )


class WeightsUnreadable(ModelError):
    """The file is no weights file, or only a part of one."""

    def __init__(self, file: str, reason: str) -> None:
        self.reason = reason
        super().__init__(
            "Not a weights file",
            f"“{file}” holds no weights that can be used: {reason}. Nothing was loaded.",
            "Download the file again, or choose another .safetensors file.",
        )


class WeightsDamaged(ModelError):
    """The file in the model folder is not the one that was put there."""

    def __init__(self, backbone: str, file: str) -> None:
        super().__init__(
            "Weights are damaged",
            f"The weights of {backbone} (“{file}”) are not those that were checked when they came. "
            "Nothing was loaded.",
            "Download or import them again, or start from random weights.",
        )


class WeightsCarryCode(ModelError):
    """Opening the file would run a program that is hidden in it."""

    def __init__(self, file: str) -> None:
        super().__init__(
            "Weights refused",
            f"“{file}” holds more than weights: opening it would run a program. It was not opened.",
            "Use a .safetensors file of the same weights; that kind can't hold programs.",
        )


class WeightsDoNotFit(ModelError):
    """The file's tensors are those of another network."""

    def __init__(self, file: str, backbone: str, matched: int, expected: int, reason: str) -> None:
        super().__init__(
            "Weights don't fit",
            f"“{file}” fits {matched} of the {expected} tensors of {backbone}, so it belongs to another "
            f"network: {reason}. Nothing was loaded.",
            "Choose the backbone that the file was made for, or another file.",
        )


class CannotCut(ModelError):
    """The network can't be divided where its frozen groups end; training computes them every time."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            "Frozen layers can't be kept",
            f"The network can't be divided where its frozen layers end, because {reason}. Nothing was "
            "changed; every epoch computes the frozen layers anew, with the same result.",
            "Another freeze depth or backbone may train faster.",
        )
        self.reason = reason
