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


class WeightsNotFound(ModelError):
    """The weights file is gone or may not be read."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(
            "Weights can't be read",
            f"“{file}” can't be read ({reason}). Nothing was changed.",
            "Choose the file again, or start from random weights.",
        )


class WeightsUnreadable(ModelError):
    """The file is no weights file, or only a part of one."""

    def __init__(self, file: str, reason: str) -> None:
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
