"""What can be wrong with images and their folders, each in a person's words."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tlstudio.errors import DataError

UNCHANGED = "Your files are unchanged."

MOST_REASONS = 3


def listed(names: Sequence[str], most: int = 3) -> str:
    """Names for a sentence: “a”, “b” and 4 more."""
    shown = [f"“{name}”" for name in names[:most]]
    if len(names) > most:
        return f"{', '.join(shown)} and {len(names) - most} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


class UnreadableImage(DataError):
    """A file can't be shown as an image.

    Attributes:
        reason: a sentence without its full stop: "The file is cut off".
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            "The image can't be read",
            f"“{name}” can't be used: {reason[:1].lower()}{reason[1:]}. The file is unchanged.",
            "Open it in another program and save it again as PNG or JPEG, or leave it out.",
        )
        self.reason = reason


class FolderNotFound(DataError):
    """The folder of the images is not there, or no longer."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "The folder is not there",
            f"“{name}” was not found. The project and its runs are unchanged.",
            "Plug in its drive or put the folder back where it was, then try again.",
        )


class NotAFolder(DataError):
    """A file was named where the images' folder is wanted."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "This is no folder",
            f"“{name}” is a file. {UNCHANGED}",
            "Choose the folder that holds the images, with a folder in it for each class.",
        )


class FolderNotReadable(DataError):
    """The system does not let the folder be read."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            "The folder can't be read",
            f"“{name}” can't be opened: {reason}. {UNCHANGED}",
            "Give yourself permission to read it or copy the images elsewhere, then try again.",
        )


class NoImages(DataError):
    """There is nothing to learn from."""

    def __init__(self, name: str, *, is_empty: bool, set_aside: int = 0, reasons: Sequence[str] = ()) -> None:
        title = "No images were found"
        what_to_try = "Choose a folder that holds one folder of images for each class."
        if is_empty:
            message = f"“{name}” is empty."
        elif set_aside:
            title = "No image can be read"
            usual = Counter(reasons).most_common(MOST_REASONS)
            why = "".join(f" {reason}: {count:,}." for reason, count in usual)
            message = f"None of the {set_aside:,} images in “{name}” can be read.{why} {UNCHANGED}"
            what_to_try = "Look whether another program opens them, or choose another folder."
        else:
            message = f"“{name}” holds no class folders with images. {UNCHANGED}"
        super().__init__(title, message, what_to_try)


class NoImagesGiven(DataError):
    """There is nothing to ask a network about."""

    def __init__(self, given: Sequence[Path]) -> None:
        where = "“" + "”, “".join(path.name for path in given[:3]) + "”" if given else "what was given"
        is_missing = bool(given) and not any(path.exists() for path in given)
        super().__init__(
            "No images were found",
            f"{where} can't be found."
            if is_missing
            else f"There is no image in {where}. Nothing was written.",
            "Check the name, and whether its drive is plugged in. Nothing was written."
            if is_missing
            else "Name an image (JPEG, PNG, TIFF, BMP, WebP or GIF) or a folder that holds some.",
        )


class NoImageReadable(DataError):
    """Each file that a network was to be asked about turned out unreadable."""

    def __init__(self, names: Sequence[str]) -> None:
        what = f"“{names[0]}” can't" if len(names) == 1 else f"None of the {len(names):,} files can"
        super().__init__(
            "No image could be read",
            f"{what} be read as an image. Nothing was written, and your files are unchanged.",
            "The reason is told for each file; open it in another program and save it again as PNG or JPEG.",
        )


class OnlyOneClass(DataError):
    """There is nothing to tell apart."""

    def __init__(self, class_name: str, *, has_subfolders: bool = False) -> None:
        super().__init__(
            "Only one class was found",
            f"All images lie in “{class_name}”; a network learns to tell at least two classes apart.",
            f"If the folders inside “{class_name}” are the classes, choose “{class_name}” itself."
            if has_subfolders
            else "Add a folder of images for a second class.",
        )


class ClassNamesTooAlike(DataError):
    """Two class names are the same to some systems and to most people."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(
            "Two classes look alike",
            f"“{first}” and “{second}” differ only in upper case or in how accents are stored. {UNCHANGED}",
            "Rename one of the folders, or put their images into one.",
        )


class ClassFolderNotFound(DataError):
    """A class folder that was chosen is not there."""

    def __init__(self, class_name: str, root: str) -> None:
        super().__init__(
            "A class folder is missing",
            f"“{class_name}” was not found with images in “{root}”. {UNCHANGED}",
            "Put the folder back, or choose the classes again.",
        )


class ClassesDiffer(DataError):
    """The given splits don't name the same classes."""

    def __init__(self, split_folder: str, missing: Sequence[str], other_folder: str) -> None:
        super().__init__(
            "The classes differ",
            f"“{other_folder}” has {listed(missing)}, and “{split_folder}” does not. {UNCHANGED}",
            "Make the class folders the same in each of them.",
        )


class TooFewImages(DataError):
    """A class can't be trained, validated and tested."""

    def __init__(self, class_name: str, readable: int, needed: int, set_aside: int = 0) -> None:
        have = {0: "no readable image", 1: "one readable image"}.get(readable, f"{readable} readable images")
        aside = f" ({set_aside} could not be read)" if set_aside else ""
        need = "one" if needed == 1 else f"at least {needed}"
        super().__init__(
            "Too few images",
            f"The class “{class_name}” has {have}{aside}; it needs {need} to learn from and be tested on. "
            f"{UNCHANGED}",
            f"Add images to “{class_name}”, or leave this class out.",
        )


class TooFewGroups(DataError):
    """Whole groups can't fill training, validation and test."""

    def __init__(self, groups: int, needed: int) -> None:
        have = "one group" if groups == 1 else f"{groups} groups"
        super().__init__(
            "Too few groups",
            f"The images to be divided fall into {have}, and each split needs a group of its own, "
            f"at least {needed} in all. {UNCHANGED}",
            "Choose another way of grouping, or say that every image is independent.",
        )


class GroupPatternNotUnderstood(DataError):
    """The pattern that finds the group in a name can't be used."""

    def __init__(self, pattern: str, reason: str) -> None:
        super().__init__(
            "The group pattern doesn't work",
            f"“{pattern[:80]}” {reason}. {UNCHANGED}",
            r"Put the part that names the group in brackets, such as (patient\d+).",
        )


class FractionsDontFit(DataError):
    """The shares of the splits leave nothing for one of them."""

    def __init__(self, train: float, validation: float) -> None:
        super().__init__(
            "The shares don't fit",
            f"Training {train:.0%} and validation {validation:.0%} leave nothing sensible for the test.",
            "Choose shares above 0 % that add up to less than 100 %.",
        )


class TableNotWritable(DataError):
    """The list of images can't be saved."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            "The image list wasn't saved",
            f"images.csv could not be written: {reason}. The earlier list and your images are unchanged.",
            "Free some space or choose a folder that you may write to, then try again.",
        )


class TableUnreadable(DataError):
    """The list of images is missing, damaged or points outside its folder."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            "The image list can't be read",
            f"images.csv can't be used: {reason}. The images and the runs are unchanged.",
            "Read the images again on the Data page.",
        )


class CacheNotWritable(DataError):
    """There is no room for the decoded images."""

    def __init__(self, reason: str, megabytes: int) -> None:
        super().__init__(
            "No room for prepared images",
            f"The project's cache folder could not take about {megabytes:,} MB: {reason}. "
            "The images and finished runs are unchanged.",
            "Free some space on the project's drive, then start again.",
        )
