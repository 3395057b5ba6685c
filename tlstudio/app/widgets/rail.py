"""The rail at the left: where the user is, what each step has come to, and this computer."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from tlstudio.app import theme
from tlstudio.app.overview import StepState
from tlstudio.app.widgets.buttons import IconButton, icon_button
from tlstudio.app.widgets.card import line
from tlstudio.app.widgets.labels import Label
from tlstudio.app.widgets.rail_step import RailLink, RailStep

WIDTH = 224
FOLDED_WIDTH = 64
STEPS = 5
READY = "Ready. No internet needed."


class Rail(QWidget):
    """Home, the five steps, Compare runs, Try it, this computer, preferences.

    Signals:
        went: the page that the user asks for: "home", "data", …, "compare", or "try".
        asked: "preferences", "theme" or "help".
    """

    went = Signal(str)
    asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._is_folded = False
        self._has_project = False
        self.brand = _Brand()
        self.home = RailLink("Home", "house")
        self.home.setCheckable(True)
        self.home.clicked.connect(lambda: self.went.emit("home"))
        self.project_name = _Elided("section", "text")
        self.project_text = _Elided("help", "text2")
        self.steps = [RailStep(number + 1, STEPS) for number in range(STEPS)]
        self._group = QButtonGroup(self)
        for step in self.steps:
            self._group.addButton(step)
            step.clicked.connect(self._step_pressed)
        self._line = line()
        self.compare = RailLink("Compare runs", "chart-line")
        self.compare.setCheckable(True)
        self.compare.clicked.connect(lambda: self.went.emit("compare"))
        self.try_it = RailLink("Try it", "hand-pointing")
        self.try_it.setCheckable(True)
        self.try_it.clicked.connect(lambda: self.went.emit("try"))
        self.computer = _ComputerCard()
        self._tools = self._make_tools()
        self._lay_out()
        theme.watcher().changed.connect(self._restyle)
        self._restyle()
        self.show_project("", "", ())

    @property
    def is_folded(self) -> bool:
        """Whether only numbers and icons are shown."""
        return self._is_folded

    def fold(self, *, is_folded: bool) -> None:
        """Show numbers and icons only, or everything."""
        self._is_folded = is_folded
        for entry in (self.home, self.compare, self.try_it, *self.steps):
            entry.fold(is_folded=is_folded)
        self._show_parts()
        self._restyle()

    def show_project(self, name: str, text: str, states: tuple[StepState, ...], runs: int = 0) -> None:
        """Show a project's steps, and how many runs it has; without states the rail of Home."""
        self._has_project = bool(states)
        self.project_name.say(name)
        self.project_text.say(text)
        self.compare.show_count(runs)
        self.home.show_icon("arrow-left" if states else "house")
        for step, state in zip(self.steps, states, strict=False):
            step.show_state(state)
        self._show_parts()

    def show_page(self, name: str) -> None:
        """Mark where the user is."""
        self._group.setExclusive(False)
        for step in self.steps:
            step.setChecked(self._has_project and step.state.name == name)
        self._make_one_stop()
        self._group.setExclusive(True)  # with it, arrows go from step to step even where none is checked
        self.home.setChecked(name == "home")
        self.compare.setChecked(self._has_project and name == "compare")

    def _make_one_stop(self) -> None:
        """Let the Tab key enter the steps where the user is, as arrows go on from there to other pages."""
        entry = self._group.checkedButton() or self.steps[0]
        for step in self.steps:
            takes_tab = Qt.FocusPolicy.StrongFocus if step is entry else Qt.FocusPolicy.ClickFocus
            step.setFocusPolicy(takes_tab)

    def _show_parts(self) -> None:
        has, wide = self._has_project, not self._is_folded
        self.brand.setVisible(not has)
        self.brand.fold(is_folded=self._is_folded)
        self.project_name.setVisible(has and wide)
        self.project_text.setVisible(has and wide)
        for part in (*self.steps, self._line, self.compare, self.try_it):
            part.setVisible(has)
        self.computer.setVisible(wide)
        self._tools_row.setDirection(
            self._tools_row.Direction.LeftToRight if wide else self._tools_row.Direction.TopToBottom
        )

    def _step_pressed(self) -> None:
        step = self.sender()
        if isinstance(step, RailStep):
            self.went.emit(step.state.name)

    def _make_tools(self) -> QWidget:
        tools = QWidget()
        self._tool_buttons: dict[str, IconButton] = {}
        self._tools_row = QHBoxLayout(tools)
        self._tools_row.setContentsMargins(0, 0, 0, 0)
        self._tools_row.setSpacing(4)
        for name, icon, tip in (
            ("preferences", "gear", "Preferences"),
            ("theme", "moon", "Switch between light and dark"),
            ("help", "question", "How it works, keyboard shortcuts"),
        ):
            made = icon_button(icon, tip)
            made.setObjectName(name)
            made.clicked.connect(self._tool_pressed)
            self._tool_buttons[name] = made
            self._tools_row.addWidget(made)
        self._tools_row.addStretch(1)
        return tools

    def _tool_pressed(self) -> None:
        self.asked.emit(self.sender().objectName())

    def _lay_out(self) -> None:
        self._column = QVBoxLayout(self)
        self._words = QVBoxLayout()
        self._words.addWidget(self.project_name)
        self._words.addWidget(self.project_text)
        self._column.addWidget(self.brand)
        self._column.addWidget(self.home)
        self._column.addLayout(self._words)
        for step in self.steps:
            self._column.addWidget(step)
        self._ruler = QHBoxLayout()
        self._ruler.addWidget(self._line)
        self._column.addLayout(self._ruler)
        self._column.addWidget(self.compare)
        self._column.addWidget(self.try_it)
        self._column.addStretch(1)
        self._column.addWidget(self.computer)
        self._column.addWidget(self._tools)

    def _restyle(self) -> None:
        self._tool_buttons["theme"].setIcon(theme.icon("sun" if theme.is_dark() else "moon"))
        self.setFixedWidth(theme.px(FOLDED_WIDTH if self._is_folded else WIDTH))
        side = theme.px(8)
        self._column.setContentsMargins(side, theme.px(12), side + 1, theme.px(12))
        self._column.setSpacing(0)
        self._words.setContentsMargins(theme.px(12), theme.px(4), theme.px(8), theme.px(8))
        self._words.setSpacing(0)
        self._ruler.setContentsMargins(theme.px(12), theme.px(8), theme.px(12), theme.px(8))
        self._tools_row.setContentsMargins(theme.px(3), theme.px(6), 0, 0)


class _Brand(QWidget):
    """The mark and the name of the program."""

    def __init__(self) -> None:
        super().__init__()
        self._is_folded = False
        self.setAccessibleName("TL Studio")
        theme.watcher().changed.connect(self.update)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def fold(self, *, is_folded: bool) -> None:
        self._is_folded = is_folded
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(48), theme.px(50))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        side = theme.px(28)
        left = (self.width() - side) / 2 if self._is_folded else theme.px(10)
        paint_mark(painter, QRectF(left, theme.px(6), side, side))
        if not self._is_folded:
            painter.setFont(theme.font("section"))
            painter.setPen(theme.color("text"))
            place = QRectF(left + side + theme.px(10), theme.px(6), self.width(), side)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, "TL Studio")


def paint_mark(painter: QPainter, place: QRectF) -> None:
    """The program's mark: two frozen blocks and one that relearns."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("accent"))
    painter.drawRoundedRect(place, place.width() / 4, place.width() / 4)
    unit = place.width() / 28
    for column, (token, top, high) in enumerate((("frozen", 6, 16), ("frozen", 8.5, 14), ("warm", 11, 9))):
        painter.setBrush(theme.color(token if not theme.is_dark() else f"{token}_text"))
        bar = QRectF(
            place.left() + (5.5 + 6 * column) * unit, place.top() + top * unit, 5 * unit, high * unit
        )
        painter.drawRoundedRect(bar, 2 * unit, 2 * unit)


class _Elided(QWidget):
    """One line that is shortened by an ellipsis where it does not fit."""

    def __init__(self, role: str, token: str) -> None:
        super().__init__()
        self._role, self._token, self._text = role, token, ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.watcher().changed.connect(self._restyle)

    def say(self, text: str) -> None:
        self._text = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.update()

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(60), theme.px(20 if self._role == "section" else 18))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setFont(theme.font(self._role))
        painter.setPen(theme.color(self._token))
        metrics = QFontMetricsF(painter.font())
        shown = metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(QPointF(0, (self.height() + metrics.ascent() - metrics.descent()) / 2), shown)


class _ComputerCard(QFrame):
    """What this computer calculates with."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._icon = Label()
        self._title = Label("This computer", "help_medium", "text2")
        self._name = _Elided("help", "text2")
        self._ready_icon = Label()
        self._ready = Label(READY, "help", "text2")
        self._column = QVBoxLayout(self)
        first, last = QHBoxLayout(), QHBoxLayout()
        for row, parts in ((first, (self._icon, self._title)), (last, (self._ready_icon, self._ready))):
            row.setSpacing(6)
            for part in parts:
                row.addWidget(part)
            row.addStretch(1)
        self._column.addLayout(first)
        self._column.addWidget(self._name)
        self._column.addLayout(last)
        theme.watcher().changed.connect(self._restyle)
        self._restyle()

    def say(self, name: str) -> None:
        """Name the processor or graphics card."""
        self._name.say(name)

    def _restyle(self) -> None:
        dpr = self.devicePixelRatioF()
        self._icon.setPixmap(theme.pixmap("cpu", "text2", theme.px(16), dpr))
        self._ready_icon.setPixmap(theme.pixmap("check-circle-fill", "ok", theme.px(14), dpr))
        self._column.setContentsMargins(theme.px(11), theme.px(8), theme.px(6), theme.px(8))
        self._column.setSpacing(1)
