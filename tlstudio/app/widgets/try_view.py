"""How the Try it dock looks: header, image, answer, bars and the last tries."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QImage
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from tlstudio import RESEARCH_NOTICE
from tlstudio.app import theme
from tlstudio.app.widgets.as_it_is import knowledge, short
from tlstudio.app.widgets.buttons import button, icon_button
from tlstudio.app.widgets.card import line
from tlstudio.app.widgets.chip import Chip
from tlstudio.app.widgets.elided_label import ElidedLabel
from tlstudio.app.widgets.export_words import progress_words
from tlstudio.app.widgets.labels import label
from tlstudio.app.widgets.message_bar import MessageBar
from tlstudio.app.widgets.picture_well import PictureWell
from tlstudio.app.widgets.probability_bars import ProbabilityBars, sureness
from tlstudio.app.widgets.progress_bar import ProgressBar
from tlstudio.app.widgets.tries_row import TriesRow
from tlstudio.app.widgets.wrapping import measure_by_width
from tlstudio.events import Failed, Progress
from tlstudio.export.events import Predicted
from tlstudio.model.backbone import Backbone
from tlstudio.model.events import Recognised
from tlstudio.project.project import Run

WIDTH = 336
MARGIN = 18
HINT = "Drop any image here, or paste one with Ctrl+V."
CAVEAT = "It always names one of its {classes:,} classes, also for an image of something else."


class TryView(QWidget):
    """The parts of the dock and what each shows; it knows no project.

    Signals:
        retry_pressed: after a failure.
    """

    retry_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("Try it")
        theme.watcher().changed.connect(self._restyle)
        self._restyle()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(line(is_vertical=True))
        column = QVBoxLayout()
        column.setContentsMargins(MARGIN - 1, 18, MARGIN, 14)
        column.setSpacing(8)
        row.addLayout(column, 1)
        column.addLayout(self._header())
        self.who = label("", "body_medium", wrap=True)
        self.knows = label("", "help", "text2", wrap=True)
        column.addWidget(self.who)
        column.addWidget(self.knows)
        self.hint = label(HINT, "help", "text2", wrap=True)
        column.addWidget(self.hint)
        column.addWidget(self._middle(), 1)
        self.row = TriesRow()
        column.addWidget(self.row)
        column.addWidget(label(RESEARCH_NOTICE, "help", "text3", wrap=True))

    def _restyle(self) -> None:
        self.setFixedWidth(theme.px(WIDTH))

    def _header(self) -> QHBoxLayout:
        self.chip = Chip()
        self.close_button = icon_button("x", "Close Try it")
        header = QHBoxLayout()
        header.setSpacing(8)
        header.addWidget(label("Try it", "section"))
        header.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignVCenter)
        header.addStretch(1)
        header.addWidget(self.close_button)
        return header

    def _middle(self) -> QScrollArea:
        self.well = PictureWell()
        self.message = MessageBar()
        self.retry_button = button("Try again", "plain", "arrow-clockwise", "small")
        self.retry_button.clicked.connect(self.retry_pressed)
        self.bars = ProbabilityBars()
        inside = QWidget()
        inside.setObjectName("page_body")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.well, 10)
        self.why_not = label("", "help", "text2", wrap=True)
        self.model_button = button("Go to Model", "soft")
        column.addWidget(self.why_not)
        column.addWidget(self.model_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(self._name_row())
        column.addWidget(self.message)
        column.addWidget(self.retry_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._preparing())
        column.addLayout(self._answer_row())
        self.by = label("", "help", "text2", wrap=True)
        column.addWidget(self.by)
        column.addWidget(self.bars)
        self.caveat = label("", "help", "text2", wrap=True)
        column.addWidget(self.caveat)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        measure_by_width(inside)
        return area

    def _name_row(self) -> QHBoxLayout:
        self.file_name = ElidedLabel("", "help", "text2")
        self.choose_button = button("Choose image…", "plain", "image", "small")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.file_name, 1)
        row.addWidget(self.choose_button)
        return row

    def _preparing(self) -> QFrame:
        self.preparing = QFrame()
        self.preparing.setProperty("kind", "sunken")
        column = QVBoxLayout(self.preparing)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(8)
        self.preparing_words = label("", "help_medium", wrap=True)
        self.preparing_detail = label("", "help", "text2", wrap=True)
        self.progress = ProgressBar()
        self.prepare_button = button("Prepare for trying", "soft", "magic-wand")
        self.cancel_button = button("Cancel", "plain", "", "small")
        column.addWidget(self.preparing_words)
        column.addWidget(self.preparing_detail)
        column.addWidget(self.progress)
        column.addWidget(self.prepare_button)
        column.addWidget(self.cancel_button, 0, Qt.AlignmentFlag.AlignRight)
        return self.preparing

    def _answer_row(self) -> QHBoxLayout:
        self.answer = label("", "figure")
        self.sure = label("", "body_medium", "text2")
        self.sure.setContentsMargins(0, 0, 0, 3)  # on the line of the larger letters
        self._answer_line = QHBoxLayout()
        self._answer_line.setSpacing(8)
        self._answer_line.addWidget(self.answer)
        self._answer_line.addWidget(self.sure, 0, Qt.AlignmentFlag.AlignBottom)
        self._answer_line.addStretch(1)
        return self._answer_line

    # What is shown

    def show_nothing(self, why_not: str, *, is_training: bool) -> None:
        """There is no model yet; `why_not` says why the chosen backbone can't be tried as it is."""
        self.chip.hide()
        later = "It can be tried after the first epoch."
        self.well.show_words(
            later if is_training else "Nothing to try yet. Train a run first.", "hand-pointing"
        )
        parts = (self.hint, self.choose_button, self.file_name, self.preparing, self.row, self.retry_button)
        for part in (*parts, self.who, self.knows, self.answer, self.sure, self.by, self.bars, self.caveat):
            part.hide()
        self.why_not.setText(why_not)
        self.why_not.setVisible(bool(why_not))
        self.model_button.setVisible(bool(why_not))
        self.message.clear()

    def show_run(self, run: Run, *, is_training: bool) -> None:
        """Whose answers these are."""
        words = f"Run {run.number}, epoch {run.best_epoch} so far" if is_training else f"Run {run.number}"
        self.chip.say(words, "neutral")
        for hidden in (self.who, self.knows, self.why_not, self.model_button):
            hidden.hide()
        for part in (self.chip, self.hint, self.choose_button, self.file_name):
            part.show()

    def show_as_it_is(self, backbone: Backbone) -> None:
        """The answers are a backbone's own, as nothing is trained yet."""
        self.who.setText(f"{backbone.title} as it is")
        self.knows.setText(knowledge(backbone))
        parts = (self.chip, self.why_not, self.model_button, self.preparing)
        for hidden in (*parts, self.by, self.caveat):
            hidden.hide()
        for part in (self.who, self.knows, self.hint, self.choose_button, self.file_name):
            part.show()

    def show_image(self, name: str, picture: QImage | None, error: str) -> None:
        """The image, or why there is none; an empty name shows the drop zone."""
        self.file_name.show_text(name)
        if error:
            reason = f"{error[:1].lower()}{error[1:]}".rstrip(".")
            self.well.show_words(f"Could not read this file: {reason}.", "file-x", "bad_text")
        elif picture is not None:
            self.well.show_picture(picture, name)
        else:
            self.well.show_words("Opening the image…" if name else "Drop an image")

    def show_answer(self, answer: Predicted | None, *, is_asking: bool, by: tuple[int, int] | None) -> None:
        """The class and how sure the model is; `by`: run and epoch of the answer if not those of now."""
        if answer is not None:
            self._place_answer(answer.label, f"{sureness(answer.probabilities[answer.label])} sure")
            self.bars.show_probabilities(answer.probabilities)
            self.caveat.setText(CAVEAT.format(classes=len(answer.probabilities)))
        elif is_asking:
            self._place_answer("Asking…", "")
            self.bars.wait()
        self.answer.setVisible(answer is not None or is_asking)
        self.sure.setVisible(answer is not None)
        self.bars.setVisible(answer is not None or is_asking)
        self.caveat.setVisible(answer is not None)
        self.by.setVisible(by is not None and answer is not None)
        if by is not None:
            self.by.setText(f"The answer of run {by[0]}, epoch {by[1]}.")

    def show_seen(self, seen: Recognised | None, *, is_asking: bool) -> None:
        """What a backbone as it is sees, the most probable first."""
        if seen is not None:
            self._place_answer(short(seen.names[0]), f"{sureness(seen.probabilities[0])} sure")
            names = [short(name) for name in seen.names]
            self.bars.show_ranked(list(zip(names, seen.probabilities, strict=True)))
        elif is_asking:
            self._place_answer("Asking…", "")
            self.bars.wait()
        self.answer.setVisible(seen is not None or is_asking)
        self.sure.setVisible(seen is not None)
        self.bars.setVisible(seen is not None or is_asking)

    def show_preparing(
        self, run: Run, progress: Progress | None, *, is_preparing: bool, is_there: bool
    ) -> None:
        """What has to happen before the run can answer."""
        self.preparing.setVisible(is_preparing or not is_there)
        words, detail, fraction = progress_words(progress)
        self.preparing_words.setText(words if is_preparing else f"Run {run.number} can't answer yet.")
        once = "It is written as a file and checked once; that takes a moment."
        self.preparing_detail.setText(detail if is_preparing else once)
        self.preparing_detail.setVisible(bool(self.preparing_detail.text()))
        self.prepare_button.setText(f"Prepare run {run.number} for trying")
        self.prepare_button.setVisible(not is_preparing)
        self.progress.setVisible(is_preparing)
        self.progress.set_fraction(fraction)
        self.cancel_button.setVisible(is_preparing)

    def show_failure(self, failure: Failed | None) -> None:
        """What went wrong, with a way to try again."""
        self.retry_button.setVisible(failure is not None)
        if failure is not None:
            said = " ".join(part for part in (failure.message, failure.what_to_try) if part)
            self.message.say("bad", f"{failure.title.rstrip('.')}.", said)
        elif self.message.tone == "bad":
            self.message.clear()

    def say(self, title: str, text: str) -> None:
        """Say something that is no failure."""
        self.message.say("accent", title, text)

    def _place_answer(self, words: str, sure: str) -> None:
        room = self.width() - 2 * MARGIN - 8 - QFontMetrics(theme.font("body_medium")).horizontalAdvance(sure)
        is_short = QFontMetrics(theme.font("figure")).horizontalAdvance(words) <= room
        self.answer.set_role("figure" if is_short else "card")
        self.answer.setWordWrap(not is_short)
        self._answer_line.setStretch(0, 0 if is_short else 1)
        self._answer_line.setStretch(2, 1 if is_short else 0)
        self.answer.setText(words)
        self.sure.setText(sure)
