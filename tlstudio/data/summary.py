"""The table of images in numbers, as a scan reports it and a project file keeps it."""

from collections import Counter
from collections.abc import Iterable, Sequence

from tlstudio.data.events import ImagesScanned
from tlstudio.data.table import SPLITS, ImageRow, fingerprint


def summary(
    rows: Iterable[ImageRow], classes: Sequence[str], rejected: int, pattern: str | None, split_by: str
) -> ImagesScanned:
    """What the rows hold.

    Args:
        rows: of the table; those that are set aside count for nothing.
        classes: in the order that the network will have them.
        rejected: how many files were set aside.
        pattern: the group pattern in force.
        split_by: see `DataSettings`; empty if nobody knows.
    """
    usable = [row for row in rows if not row.is_set_aside]
    split = Counter(row.split for row in usable)
    per_class = Counter(row.class_name for row in usable)
    return ImagesScanned(
        images=len(usable),
        classes=list(classes),
        rejected=rejected,
        groups=len({row.group for row in usable}),
        split={name: split[name] for name in SPLITS},
        class_counts={name: per_class[name] for name in classes},
        fingerprint=fingerprint(usable),
        group_pattern=pattern,
        split_by=split_by,
    )
