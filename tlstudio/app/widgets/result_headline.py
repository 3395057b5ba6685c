"""The answer in one line: how many were right, and how far chance may have moved the figure."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout

from tlstudio.amounts import bound, percent
from tlstudio.app import theme
from tlstudio.app.widgets.card import line
from tlstudio.app.widgets.elided_label import ElidedLabel
from tlstudio.app.widgets.labels import Label, label
from tlstudio.app.widgets.plain_icon import PlainIcon
from tlstudio.evaluate.events import ClassResult, EvaluateDone


class ResultHeadline(QFrame):
    """Right answers, the average of the classes, and the class that is found least."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.right = label("", "figure")
        self.range = label("", "help", "text2")
        self.balanced = label("", "figure")
        self.weakest = label("", "figure")
        self.weakest_help = ElidedLabel("", "help", "text2")  # a class may have any name
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 0, 18, 0)
        row.setSpacing(18)
        mark = QHBoxLayout()
        mark.setSpacing(10)
        mark.addWidget(PlainIcon("target", 20, "accent_text"), 0, Qt.AlignmentFlag.AlignVCenter)
        mark.addLayout(_figure(self.right, self.range))
        row.addLayout(mark, 1)
        row.addWidget(line(is_vertical=True))
        row.addLayout(_figure(self.balanced, label("mean sensitivity of the classes", "help", "text2")))
        row.addWidget(line(is_vertical=True))
        row.addLayout(_figure(self.weakest, self.weakest_help))

    def show_result(self, result: EvaluateDone) -> None:
        """Show that judgement."""
        self.right.setText(f"{result.correct:,} of {result.images:,} right")
        self.range.setText(range_words(result))
        self.balanced.setText(percent(result.balanced_accuracy, result.images))
        weakest = found_least(result)
        if weakest is not None:
            self.weakest.setText(f"{weakest.found:,} of {weakest.images:,}")
            self.weakest_help.show_text(f"{weakest.name} found, the least of all classes")
        self.setAccessibleName(f"{self.right.text()}. {self.range.text()}.")


def range_words(result: EvaluateDone) -> str:
    """The accuracy with its likely range: "94.1%, very likely between 91.8 and 95.9%"."""
    accuracy = percent(result.accuracy, result.images)
    digits = 1 if result.images >= 100 else 0
    low, high = bound(result.accuracy_low, digits), bound(result.accuracy_high, digits)
    counted_by = f", by {result.groups:,} groups" if result.groups else ""
    return f"{accuracy}, very likely between {low} and {high}%{counted_by}"


def found_least(result: EvaluateDone) -> ClassResult | None:
    """The class of the lowest sensitivity, among those with test images."""
    judged = [known for known in result.classes if known.images]
    return min(judged, key=lambda known: known.sensitivity, default=None)


def _figure(value: Label, help_: Label) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setContentsMargins(0, theme.px(10), 0, theme.px(10))
    column.setSpacing(1)
    column.addWidget(value)
    column.addWidget(help_)
    return column
