"""The card above the curves: the time left as the largest text, then what is reached so far."""

from collections.abc import Mapping

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout

from tlstudio.amounts import counted, percent
from tlstudio.app.widgets.card import Card, line
from tlstudio.app.widgets.figure import Figure
from tlstudio.app.widgets.labels import label
from tlstudio.app.widgets.progress_bar import ProgressBar
from tlstudio.app.widgets.run_words import RunSummary
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
        self.best.set_value(*best_so_far(run))
        self.found.set_value(*rarest_found(run))
        self.stops.set_value(*early_stop(run))


def best_so_far(run: Run | None) -> tuple[str, str]:
    """Validation accuracy of the best epoch, which that is, and how many images it rests on."""
    best = run.best if run else None
    if run is None or best is None:
        return "–", "after the first epoch"
    images = run.started.validation_images
    right = round(best.validation_accuracy * images)
    return percent(best.validation_accuracy, images), f"epoch {best.epoch}, {right:,} of {images:,}"


def rarest_found(run: Run | None) -> tuple[str, str]:
    """Of the class with the fewest validation images, how many the newest epoch found."""
    found: Mapping[str, tuple[int, int]] = run.epochs[-1].found if run and run.epochs else {}
    known = {name: counts for name, counts in found.items() if counts[1]}
    if not known:
        return "–", "after the first epoch"
    name, (right, images) = min(known.items(), key=lambda item: (item[1][1], item[0]))
    return f"{right:,} of {images:,}", name


def early_stop(run: Run | None) -> tuple[str, str]:
    """After how many flat epochs it ends, and how many there were in a row."""
    if run is None:
        return "–", "known once it runs"
    limit = run.train.early_stop_epochs
    if limit is None:
        return "never", "all epochs are trained"
    flat = run.epochs[-1].epoch - run.best_epoch if run.epochs else 0
    return counted(limit, "flat epoch"), f"{flat} so far"
