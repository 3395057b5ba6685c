"""What the user chooses about the images."""

from dataclasses import dataclass

from tlstudio.data.table import SPLITS


@dataclass(frozen=True)
class DataSettings:
    """Where the images lie, and how they are grouped and split.

    Attributes:
        root: absolute path of the folder that every image's path is relative to. Stays in the project
            file; nothing that leaves the machine carries it.
        folders: names of the class folders inside `root` to use; empty for all of them.
        group_pattern: a regular expression searched in each relative path; its first group (or the
            whole match) names the group, such as a patient or a slide. None: no grouping by name.
        is_independent: the user said that every image is its own patient, slide or part.
        train_fraction: share of the images to train on.
        validation_fraction: share that chooses the best epoch; what remains is the test split.
        seed: of the random split.
    """

    root: str = ""
    folders: tuple[str, ...] = ()
    group_pattern: str | None = None
    is_independent: bool = False
    train_fraction: float = 0.70
    validation_fraction: float = 0.15
    seed: int = 0

    @property
    def split_by(self) -> str:
        """How images are dealt to splits where no folder decides: the shares and the seed, in words."""
        test = 1 - self.train_fraction - self.validation_fraction
        shares = zip((self.train_fraction, self.validation_fraction, test), SPLITS, strict=True)
        return ", ".join([*(f"{100 * share:.4g}% {name}" for share, name in shares), f"seed {self.seed}"])
