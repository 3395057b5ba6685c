"""The card above the curves: the time left as the largest text, then what is reached so far."""

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout

from tlstudio.amounts import counted, percent
from tlstudio.app.widgets.card import Card, line
from tlstudio.app.widgets.figure import Figure
from tlstudio.app.widgets.labels import label
from tlstudio.app.widgets.progress_bar import ProgressBar
from tlstudio.app.widgets.run_words import RunSummary, goes_on
from tlstudio.project.project import Run


class RunProgress(Card):
    """Headline, bar, and three figures."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout()
        row.setSpacing(16)
        words = QVBoxLayout()
        words.setSpacing(2)
        self.headline = label("", "hero")
        self.detail = label("", "help", "text2")
        words.addWidget(self.headline)
        words.addWidget(self.detail)
        words.addStretch(1)
        row.addLayout(words, 1)
        self.best = Figure("Best so far")
        self.found = Figure("Rarest class found")
        self.stops = Figure("Stops early")
        for figure in (self.best, self.found, self.stops):
            row.addWidget(line(is_vertical=True))
            row.addWidget(figure)
        self.body.addLayout(row)
        self.bar = ProgressBar()
        self.body.addWidget(self.bar)

    def show_summary(self, summary: RunSummary, run: Run | None) -> None:
        """Say it."""
        self.headline.setText(summary.headline)
        self.detail.setText(summary.detail)
        self.bar.set_fraction(summary.fraction)
        self.bar.set_token("text3" if run is not None and run.state == "failed" else "accent")
        self.headline.setAccessibleDescription(summary.detail)
        self.best.show_all(*best_reached(run))
        self.found.show_all(*least_found(run))
        self.stops.set_value(*early_stop(run))


def best_reached(run: Run | None) -> tuple[str, str, str]:
    """Validation accuracy of the best epoch, which that is, and how many images it rests on."""
    title = "Best so far" if goes_on(run) else "Best"
    best = run.best if run else None
    if run is None or best is None:
        return title, "–", _why_nothing(run)
    images = run.started.validation_images
    right = round(best.validation_accuracy * images)
    return title, percent(best.validation_accuracy, images), f"epoch {best.epoch}, {right:,} of {images:,}"


def least_found(run: Run | None) -> tuple[str, str, str]:
    """How many of the class with the fewest validation images were found.

    Where all have equally many, none is rare: then it is the class of which the smallest share was found.
    It tells of the newest epoch; of a run that has ended, of the best, whose weights are kept.
    """
    known = _found(run)
    if not known:
        return "Rarest class found", "–", _why_nothing(run)
    is_even = len(known) > 1 and len({images for _, images in known.values()}) == 1
    title = "Least found class" if is_even else "Rarest class found"
    name = min(known, key=lambda name: (known[name][1], known[name][0] / known[name][1], name))
    right, images = known[name]
    are_alike = is_even and len(set(known.values())) == 1
    return title, f"{right:,} of {images:,}", "each class" if are_alike else name


def early_stop(run: Run | None) -> tuple[str, str]:
    """After how many flat epochs it ends, and how many there were in a row."""
    if run is None:
        return "–", "known once it runs"
    limit = run.train.early_stop_epochs
    if limit is None:
        return "never", "all epochs are trained"
    flat = run.epochs[-1].epoch - run.best_epoch if run.epochs else 0
    return counted(limit, "flat epoch"), f"{flat} so far" if goes_on(run) else f"{flat} at the end"


def _why_nothing(run: Run | None) -> str:
    if run is not None and run.epochs:
        return "not kept of this run"
    return "after the first epoch" if goes_on(run) else "no epoch was finished"


def _found(run: Run | None) -> dict[str, tuple[int, int]]:
    """Found and all validation images of the classes that have any."""
    if run is None or not run.epochs:
        return {}
    told = run.epochs[-1] if goes_on(run) else run.best or run.epochs[-1]
    return {name: counts for name, counts in told.found.items() if counts[1]}
