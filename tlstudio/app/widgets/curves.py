"""A chart card of two curves over the epochs, Training and Validation, that grow while a run trains."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from tlstudio.app import theme
from tlstudio.app.widgets.card import Card
from tlstudio.app.widgets.chart_overlay import ChartMarks, ChartOverlay, room_for_names
from tlstudio.app.widgets.chart_scale import epoch_steps, steps
from tlstudio.app.widgets.curve_data import CurveData
from tlstudio.app.widgets.curve_key import CurveKey
from tlstudio.app.widgets.labels import label
from tlstudio.app.widgets.raw_curve import Point

AIR = 0.02  # of the range on each side: pyqtgraph drops labels that lie on the edge


class CurveCard(Card):
    """One chart with its title, key and read-out.

    Signals:
        epoch_read: the epoch whose values the pointer or the arrow keys ask for; 0 for none.
    """

    epoch_read = Signal(int)

    def __init__(
        self, title: str, meaning: str, written: Callable[[float], str], ticks: Callable[[float], str]
    ) -> None:
        super().__init__(title, meaning)
        self._written, self._ticks = written, ticks
        self._data: CurveData | None = None
        self._read_epoch = 0
        self._plot: _Plot | None = None
        self.head.addWidget(CurveKey())
        self._room = QWidget()
        self._stack = QStackedLayout(self._room)
        self._stack.setStackingMode(QStackedLayout.StackingMode.StackOne)
        self._empty = label("Curves appear after the first epoch", "body", "text3")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(self._empty)
        self._room.setMinimumHeight(theme.px(150))
        self.body.addWidget(self._room, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"{title}, {meaning}")

    def show_data(self, data: CurveData | None) -> None:
        """Draw these curves, or say that there are none yet."""
        self._data = data
        has_any = data is not None and bool(data.training or data.raw)
        if has_any and self._plot is None and self.isVisible():
            self._plot = _Plot(self.epoch_read.emit)
            self._stack.addWidget(self._plot)
        if self._plot is not None and data is not None:
            self._plot.show_data(data, self._written, self._ticks)
            self._plot.overlay.read(self._read_epoch)
        self._stack.setCurrentIndex(1 if has_any and self._plot is not None else 0)
        self.setAccessibleDescription(self._spoken())

    def read(self, epoch: int) -> None:
        """Show the read-out of that epoch; 0 takes it away."""
        self._read_epoch = epoch
        if self._plot is not None:
            self._plot.overlay.read(epoch)
        self.setAccessibleDescription(self._spoken())

    def drawn(self) -> dict[str, int]:
        """How many points each curve is drawn with."""
        return {} if self._plot is None else self._plot.drawn()

    def _known_epochs(self) -> list[int]:
        return [] if self._data is None else [int(x) for x, _ in self._data.training]

    def _spoken(self) -> str:
        known = self._known_epochs()
        if self._data is None or not known:
            return self._empty.text()
        epoch = self._read_epoch if self._read_epoch in known else known[-1]
        values = [(name, dict(points).get(epoch)) for name, points in self._curves(self._data)]
        said = ", ".join(f"{name} {self._written(value)}" for name, value in values if value is not None)
        return f"Epoch {epoch} of {self._data.epochs}. {said}."

    @staticmethod
    def _curves(data: CurveData) -> Sequence[tuple[str, Sequence[Point]]]:
        return (("Training", data.training), ("Validation", data.validation))

    # Qt's own names

    def showEvent(self, event: QShowEvent) -> None:
        """Build the plot when it is first seen: pyqtgraph takes a moment to load."""
        super().showEvent(event)
        self.show_data(self._data)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys, Home and End move the read-out from epoch to epoch; Escape takes it away."""
        known = self._known_epochs()
        places = {
            Qt.Key.Key_Right: self._read_epoch + 1 if self._read_epoch else (known or [0])[0],
            Qt.Key.Key_Left: self._read_epoch - 1 if self._read_epoch else (known or [0])[-1],
            Qt.Key.Key_Home: (known or [0])[0],
            Qt.Key.Key_End: (known or [0])[-1],
        }
        wanted = places.get(Qt.Key(event.key()))
        if wanted in known:
            self.epoch_read.emit(wanted)
        elif event.key() == Qt.Key.Key_Escape and self._read_epoch:
            self.epoch_read.emit(0)
        elif wanted is None:
            super().keyPressEvent(event)


class _Plot(QWidget):
    """The plot and, over it, everything that is not a curve, a grid line or an axis."""

    def __init__(self, read: Callable[[int], None]) -> None:
        super().__init__()
        # Only here: importing pyqtgraph costs 0.4 s, which the start of the program must not pay.
        import pyqtgraph  # noqa: PLC0415

        self._pyqtgraph = pyqtgraph
        self._data: CurveData | None = None
        self._ticks: Callable[[float], str] = str
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        self._widget = pyqtgraph.PlotWidget(self, background=None)
        # Its hint of 640 × 480 would squeeze the neighbours.
        self._widget.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._widget.setMinimumHeight(theme.px(140))
        self._widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._item: Any = self._widget.getPlotItem()
        self._item.setMenuEnabled(False)
        self._item.hideButtons()
        self._item.setMouseEnabled(False, False)  # noqa: FBT003
        self._item.getViewBox().setDefaultPadding(0)
        box.addWidget(self._widget)
        self._grid: list[Any] = []
        self._raw = self._item.plot()
        self._training = self._item.plot(antialias=True)
        self._validation = self._item.plot(symbol="o", antialias=True)
        self.overlay = ChartOverlay(self, self._to_pixels, read)
        self._restyle()
        theme.watcher().changed.connect(self._restyle)

    def show_data(
        self, data: CurveData, written: Callable[[float], str], ticks: Callable[[float], str]
    ) -> None:
        is_new_range = self._data is None or _range(self._data) != _range(data)
        self._data, self._ticks = data, ticks
        if is_new_range:
            self._fix_axes(data)
        inside = [(x, y) for x, y in data.raw if data.low <= y <= data.high]
        for item, points in (
            (self._raw, inside),
            (self._training, data.training),
            (self._validation, data.validation),
        ):
            item.setData([x for x, _ in points], [y for _, y in points])
        self.overlay.show_marks(
            ChartMarks(data.training, data.validation, data.best_epoch, written, data.low, data.high)
        )

    def drawn(self) -> dict[str, int]:
        items = {"raw": self._raw, "training": self._training, "validation": self._validation}
        counts = {name: item.getData()[0] for name, item in items.items()}
        return {name: 0 if xs is None else len(xs) for name, xs in counts.items()}

    def _fix_axes(self, data: CurveData) -> None:
        air = (data.high - data.low) * AIR
        self._item.setXRange(-data.epochs * AIR, data.epochs * (1 + AIR), padding=0)
        self._item.setYRange(data.low - air, data.high + air, padding=0)
        self._item.getAxis("bottom").setTicks([[(epoch, str(epoch)) for epoch in epoch_steps(data.epochs)]])
        stops = steps(data.low, data.high)
        self._item.getAxis("left").setTicks([[(y, self._ticks(y)) for y in stops]])
        for line in self._grid:
            self._item.removeItem(line)
        self._grid = [self._item.addLine(y=y, pen=theme.color("grid"), z=-10) for y in stops]

    def _restyle(self) -> None:
        pen, color = self._pyqtgraph.mkPen, theme.color
        self._widget.setBackground(color("card"))
        faint = color("s_train")
        faint.setAlphaF(0.25)
        self._raw.setPen(pen(faint, width=1))
        dashes = pen(color("s_train"), width=2, style=Qt.PenStyle.CustomDashLine)
        dashes.setDashPattern([4, 2.5])
        self._training.setPen(dashes)
        self._validation.setPen(pen(color("s_val"), width=2.6))
        self._validation.setSymbolBrush(color("s_val"))
        self._validation.setSymbolPen(pen(color("card"), width=1.5))
        self._validation.setSymbolSize(9)
        for name in ("left", "bottom"):
            axis = self._item.getAxis(name)
            axis.setStyle(hideOverlappingLabels=False, tickLength=0, tickAlpha=0, tickFont=theme.font("help"))
            axis.setPen(None)
            axis.setTextPen(color("axis"))
        for line in self._grid:
            line.setPen(color("grid"))
        # Half a label above the highest line, and the curves' names right of the last epoch.
        self._item.setContentsMargins(0, theme.px(7), room_for_names(), 0)
        self._item.getAxis("left").setWidth(theme.px(44))
        self._item.setLabel(
            "bottom", "Epoch", color=color("axis").name(), **{"font-size": f"{theme.px(12)}px"}
        )
        self.overlay.update()

    def _to_pixels(self, x: float, y: float) -> tuple[float, float]:
        scene = self._item.getViewBox().mapViewToScene(self._pyqtgraph.Point(x, y))
        point = self._widget.mapFromScene(scene)
        return float(point.x()), float(point.y())

    # Qt's own names

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.overlay.setGeometry(self.rect())
        self.overlay.raise_()


def _range(data: CurveData) -> tuple[int, float, float]:
    return data.epochs, data.low, data.high
