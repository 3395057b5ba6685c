"""The line of advice between table and charts: which run is ahead, and what to try next."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout

from tlstudio.app import theme
from tlstudio.app.widgets.buttons import Button
from tlstudio.app.widgets.labels import Label
from tlstudio.app.widgets.run_verdict import Verdict


class VerdictBar(QFrame):
    """Like a message, but it stays.

    Signals:
        planned: so many frozen groups are to be tried.
    """

    planned = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "message")
        self.setProperty("tone", "accent")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.setMinimumHeight(1)  # its wrapped labels would otherwise ask for a narrow window's height
        self._depth = 0
        self._picture = Label()
        self._title = Label("", "body_strong", "accent_text", wrap=True)
        self._text = Label("", "help", "text2", wrap=True)
        self.plan = Button("")
        self.plan.clicked.connect(self._plan)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._text)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignVCenter)
        self._row.addLayout(words, 1)
        self._row.addWidget(self.plan)
        theme.watcher().changed.connect(self._restyle)
        self._restyle()

    @property
    def title(self) -> str:
        """Its first line."""
        return self._title.text()

    @property
    def text(self) -> str:
        """What it rests on."""
        return self._text.text()

    def show_verdict(self, verdict: Verdict, *, may_plan: bool) -> None:
        """Say it."""
        self._title.setText(verdict.title)
        self._text.setText(verdict.text)
        self._text.setVisible(bool(verdict.text))
        self._depth = verdict.planned_depth
        self.plan.setVisible(verdict.between is not None and may_plan)
        if verdict.between is not None:
            self.plan.setText("Plan a run between {} and {}".format(*verdict.between))
        self.setAccessibleName(f"{verdict.title} {verdict.text}")

    def _plan(self) -> None:
        self.planned.emit(self._depth)

    def _restyle(self) -> None:
        self._picture.setPixmap(
            theme.pixmap("lightbulb", "accent_text", theme.px(17), self.devicePixelRatioF())
        )
        self._row.setContentsMargins(theme.px(14), theme.px(8), theme.px(10), theme.px(8))
        self._row.setSpacing(theme.px(10))
        self.style().unpolish(self)
        self.style().polish(self)
        self._title.set_token("text")  # polishing gives the letters their old colour back
        self._title.set_token("accent_text")
