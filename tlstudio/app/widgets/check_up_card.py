"""The check-up: findings as rows, each with one button and one link."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.card import Card, line
from tlstudio.app.widgets.chip import Chip
from tlstudio.app.widgets.findings import Finding, to_look_at
from tlstudio.app.widgets.labels import label
from tlstudio.app.widgets.plain_icon import PlainIcon

ICON_TOKENS = {"warn": "warn", "advice": "accent_text", "ok": "ok"}


class CheckUpCard(Card):
    """All findings, or one line that there is nothing to look at.

    Signals:
        acted: the button of a finding was pressed; the Finding.
        shown: its link was pressed; the Finding.
        about_to_change: the rows give way to others, and with them what they hold below.
    """

    acted = Signal(object)
    shown = Signal(object)
    about_to_change = Signal()

    def __init__(self) -> None:
        super().__init__("Check-up")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.chip = Chip()
        self.head.insertWidget(2, self.chip)
        self._findings: tuple[Finding, ...] | None = None
        self._rows: list[QWidget] = []
        self.slot = QVBoxLayout()
        self.slot.setSpacing(0)
        self.body.addLayout(self.slot)

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Show other findings; the same ones stay as they are, with the keyboard's place."""
        if tuple(findings) == self._findings:
            return
        self.about_to_change.emit()
        self._findings = tuple(findings)
        count = to_look_at(findings)
        self.chip.say(f"{count} to look at" if count else "Nothing to look at", "warn" if count else "ok")
        for row in self._rows:
            self.slot.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = [FindingRow(self, finding, is_first=not place) for place, finding in enumerate(findings)]
        for row in self._rows:
            self.slot.addWidget(row)

    def row(self, kind: str) -> "FindingRow | None":
        """The row of the first finding of that kind."""
        rows = (row for row in self._rows if isinstance(row, FindingRow))
        return next((row for row in rows if row.finding.kind == kind), None)


class FindingRow(QWidget):
    """One finding; `below` takes what it opens, such as the editor of the groups."""

    def __init__(self, card: CheckUpCard, finding: Finding, *, is_first: bool) -> None:
        super().__init__()
        self.finding = finding
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.below = QVBoxLayout()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0 if is_first else 12, 0, 0)
        outer.setSpacing(10)
        if not is_first:
            outer.addWidget(line())
        beside = QHBoxLayout()
        beside.setSpacing(10)
        icon = "check-circle-fill" if finding.tone == "ok" else finding.icon
        beside.addWidget(PlainIcon(icon, 17, ICON_TOKENS[finding.tone]), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addWidget(label(finding.title, "body_medium", wrap=True))
        if finding.why:
            words.addWidget(label(finding.why, "help", "text2", wrap=True))
        self.action = button(finding.action, "plain" if finding.tone != "ok" else "link", size="small")
        self.link = button(finding.link, "link", size="small")
        self.action.setAccessibleDescription(finding.title)
        self.link.setAccessibleDescription(finding.title)
        if finding.action or finding.link:
            words.addSpacing(3)
            words.addLayout(self._buttons())
        words.addLayout(self.below)
        beside.addLayout(words, 1)
        outer.addLayout(beside)
        self.action.clicked.connect(lambda: card.acted.emit(finding))
        self.link.clicked.connect(lambda: card.shown.emit(finding))

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        for each, words in ((self.action, self.finding.action), (self.link, self.finding.link)):
            if words:
                row.addWidget(each)
            else:
                each.setParent(self)
                each.hide()
        row.addStretch(1)
        return row
