"""What can go wrong with a weights pack, in words for people."""

from collections.abc import Sequence

from tlstudio.errors import ModelError


class NothingToPack(ModelError):
    """Only backbones were named that every machine has."""

    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__(
            "Nothing to pack",
            f"{_listed(titles)} {'comes' if len(titles) == 1 else 'come'} with TL Studio on every machine, "
            "so no pack is needed. Nothing was written.",
            "Name a backbone whose weights were downloaded; `tlstudio backbones` says which are.",
        )


class PackNeedsWeights(ModelError):
    """Some of the backbones to pack have no weights on this computer."""

    def __init__(self, names: Sequence[str], can_be_had: Sequence[str]) -> None:
        downloads = "; ".join(f"tlstudio backbones download {name}" for name in can_be_had)
        super().__init__(
            "Weights not here",
            f"The weights of {_listed(names)} are not on this computer. Nothing was written.",
            f"Download them first: {downloads}" if downloads else "Leave them out of the pack.",
        )


class PackNotWritable(ModelError):
    """The folder to pack into can't be written."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            "Pack can't be written",
            f"The folder for the pack can't be written ({reason}). The weights on this computer are safe.",
            "Make room there or choose another folder, then pack again.",
        )


class NoPack(ModelError):
    """The folder is not one that `pack` wrote."""

    def __init__(self, folder: str, reason: str) -> None:
        super().__init__(
            "No weights pack",
            f"“{folder}” is no weights pack: {reason}. Nothing was imported.",
            "Choose the folder that `tlstudio backbones pack` wrote; it holds a manifest.json.",
        )


class PackTooNew(ModelError):
    """A later version wrote the pack."""

    def __init__(self, folder: str) -> None:
        super().__init__(
            "Pack of a newer version",
            f"“{folder}” was written by a newer version of TL Studio. Nothing was imported.",
            "Update TL Studio on this machine, or write the pack with this version.",
        )


class PackRefused(ModelError):
    """The pack is damaged, or made to do harm; it is not told apart."""

    def __init__(self, folder: str, reason: str) -> None:
        super().__init__(
            "Pack refused",
            f"The pack in “{folder}” can't be trusted: {reason}. Nothing was imported.",
            "Write the pack again on the machine that it comes from, and copy its folder as it is.",
        )


class PackNotImported(ModelError):
    """The model folder can't be written."""

    def __init__(self, reason: str, imported: Sequence[str] = ()) -> None:
        so_far = f"{_listed(imported)} had been imported before." if imported else "Nothing was imported."
        super().__init__(
            "Pack can't be imported",
            f"The folder for weights on this computer can't be written ({reason}). {so_far}",
            "Make room on this computer, then import the pack again.",
        )


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
