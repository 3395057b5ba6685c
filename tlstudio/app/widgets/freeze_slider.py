"""The freeze slider: the diagram of the network whose border between frozen and relearning is the handle."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, QVariantAnimation, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QToolTip, QWidget

from tlstudio.app import theme
from tlstudio.app.widgets.amounts import in_millions
from tlstudio.app.widgets.freeze_layout import FreezeLayout, lay_out
from tlstudio.app.widgets.freeze_picture import FreezeLook, paint, pin_place
from tlstudio.app.widgets.freeze_stages import Stage, stage_border, stages, strategy
from tlstudio.model.backbones import Backbone

HIGHEST_PX = 340
BLEND_MS, BETWEEN_BLOCKS_MS = 160, 15


class FreezeSlider(QAbstractSlider):
    """Its value is the number of frozen groups, 0 … head_depth.

    Signals:
        depth_chosen: the user settled on a depth: a key, a click, or the end of a drag.
    """

    depth_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._backbone: Backbone | None = None
        self._stages: tuple[Stage, ...] = stages(1)
        self._layout: FreezeLayout | None = None
        self._classes = 0
        self._example = ""
        self._image: QPixmap | None = None
        self._recommended, self._reason = 0, ""
        self._hovered: int | None = None
        self._warmth: list[float] = []
        self._blend = _Blend(self, self._show_warmth)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMaximumHeight(theme.px(HIGHEST_PX))
        self.setAccessibleName("Freeze depth")
        # The ring is drawn around the handle, where the eye is, and not around the whole diagram.
        self.setProperty("paints_own_focus", True)  # noqa: FBT003 (Qt's own signature)
        self.valueChanged.connect(self._turned)
        theme.watcher().changed.connect(self._restyle)

    def show_backbone(self, backbone: Backbone, depth: int, recommended: int, reason: str = "") -> None:
        """Draw that network, frozen so far, with the pin at the recommended depth.

        Args:
            backbone: the network.
            depth: its frozen groups.
            recommended: by a rule of thumb, or by measurements.
            reason: what the measurements say; empty for the rule of thumb.
        """
        is_new = self._backbone is None or self._backbone.name != backbone.name
        self._backbone, self._recommended, self._reason = backbone, recommended, reason
        self.blockSignals(True)  # noqa: FBT003
        self.setRange(0, backbone.head_depth)
        self.setValue(depth)
        self.blockSignals(False)  # noqa: FBT003
        if is_new:
            self._stages = stages(backbone.head_depth)
            self._layout = None
            self._blend.stop()
            self._warmth = self._target()
        self._turned()

    def show_example(self, class_name: str, classes: int, image: QPixmap | None = None) -> None:
        """Put one of the user's own images before the network and its class behind it."""
        self._example, self._classes, self._image = class_name, classes, image
        self.update()

    @property
    def recommended(self) -> int:
        """The depth under the pin."""
        return self._recommended

    @property
    def pin(self) -> str:
        """What stands in the pin's chip."""
        return "Recommended, measured" if self._reason else "Recommended"

    def _is_on_pin(self, point: QPointF) -> bool:
        return pin_place(self._lies(), self._recommended, self.pin).contains(point)

    @property
    def frozen_look(self) -> tuple[bool, ...]:
        """For each block whether it is drawn as frozen now."""
        return tuple(warmth < 0.5 for warmth in self._warmth)

    def _target(self) -> list[float]:
        return [float(place >= self.value()) for place in range(self.maximum())]

    def _turned(self) -> None:
        depth, groups = self.value(), self.maximum()
        measured = f" Measurements recommend {self._recommended}." if self._reason else ""
        frozen = f"{depth} of {groups} groups frozen. {strategy(depth, groups)}."
        self.setAccessibleDescription(f"{frozen}{measured}")
        self._blend.run(self._warmth, self._target())
        self.update()

    def _show_warmth(self, warmth: list[float]) -> None:
        self._warmth = warmth
        self.update()

    def _restyle(self) -> None:
        self._layout = None
        self.setMaximumHeight(theme.px(HIGHEST_PX))
        self.updateGeometry()
        self.update()

    def _choose(self, depth: int) -> None:
        self.setValue(depth)
        self.depth_chosen.emit(self.value())

    def _lies(self) -> FreezeLayout:
        if self._layout is None:
            self._layout = lay_out(self.width(), self.height(), self._stages, theme.px(100) / 100)
        return self._layout

    def _look(self) -> FreezeLook:
        is_by_keyboard = self.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
        return FreezeLook(
            lies=self._lies(),
            stages=self._stages,
            depth=self.value(),
            recommended=self._recommended,
            warmth=tuple(self._warmth),
            parameters=tuple(group.parameters for group in self._backbone.groups) if self._backbone else (),
            hovered=self._hovered,
            classes=self._classes,
            example=self._example,
            image=self._image,
            pin=self.pin,
            is_ringed=self.isSliderDown() or (self.hasFocus() and is_by_keyboard),
        )

    # Qt's own names

    def sizeHint(self) -> QSize:
        """As high as it must be: it is the one thing on its page that grows, up to 340 pixels."""
        return QSize(760, theme.px(190))

    def minimumSizeHint(self) -> QSize:
        """The least at which every block can still be told from its neighbour."""
        return QSize(520, theme.px(190))

    def event(self, event: QEvent) -> bool:
        """Show what a block is in a tooltip."""
        if isinstance(event, QHelpEvent) and self._backbone is not None:
            number = self._lies().block_at(QPointF(event.pos()))
            if number is None and self._reason and self._is_on_pin(QPointF(event.pos())):
                QToolTip.showText(event.globalPos(), self._reason, self)
            elif number is None:
                QToolTip.hideText()
            else:
                group = self._backbone.groups[number]
                state = "frozen" if number < self.value() else "relearns"
                words = f"{group.name} · {in_millions(group.parameters)} values · {state}"
                QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the diagram; nothing before a network is known."""
        if self._backbone is not None:
            painter = QPainter(self)
            paint(painter, self._look())
            painter.end()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Lay out anew."""
        self._layout = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the border to the pointer, or to the pin if that was pressed."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        lies, point = self._lies(), event.position()
        if self._is_on_pin(point):
            self._choose(self._recommended)
        elif lies.track.left() - 24 <= point.x() <= lies.decision.right() + 8:
            self.setSliderDown(True)
            self.setValue(lies.depth_at(point.x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the border, or light up the block under the pointer."""
        lies, point = self._lies(), event.position()
        if self.isSliderDown():
            self.setValue(lies.depth_at(point.x()))
            return
        hovered = lies.block_at(point)
        is_near = abs(point.y() - lies.track.center().y()) < 18 and lies.track.left() - 16 <= point.x()
        over = hovered is not None or is_near or self._is_on_pin(point)
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
        if hovered != self._hovered:
            self._hovered = hovered
            self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """End a drag and settle on its depth."""
        if self.isSliderDown():
            self.setSliderDown(False)
            self.depth_chosen.emit(self.value())
            self.update()

    def leaveEvent(self, _event: QEvent) -> None:
        """Put the light out."""
        self._hovered = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll: a wheel over the diagram must not change the network."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows one group, Page Up and Down one stage, Home, End, R the recommended depth."""
        depth = self.value()
        depths = {
            Qt.Key.Key_Right: depth + 1,
            Qt.Key.Key_Up: depth + 1,
            Qt.Key.Key_Left: depth - 1,
            Qt.Key.Key_Down: depth - 1,
            Qt.Key.Key_PageUp: stage_border(depth, self._stages, 1),
            Qt.Key.Key_PageDown: stage_border(depth, self._stages, -1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: self.maximum(),
            Qt.Key.Key_R: self._recommended,
        }
        wanted = depths.get(Qt.Key(event.key()))
        if wanted is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            event.ignore()
        else:
            self._choose(wanted)


class _Blend:
    """One animation for all blocks: each turns frozen or warm a little after its left neighbour."""

    def __init__(self, parent: QWidget, show: Callable[[list[float]], None]) -> None:
        self._show = show
        self._from: list[float] = []
        self._to: list[float] = []
        self._animation = QVariantAnimation(parent)
        self._animation.setStartValue(0.0)
        self._animation.valueChanged.connect(self._at)

    def run(self, now: list[float], to: list[float]) -> None:
        """Blend from what is shown now; at once if motion is reduced."""
        if len(now) != len(to) or theme.is_motion_reduced():
            self._animation.stop()
            self._show(to)
            return
        if self._animation.state() == QVariantAnimation.State.Running and to == self._to:
            return
        self._animation.stop()
        self._from, self._to = now, to
        changed = sum(a != b for a, b in zip(now, to, strict=True))
        if changed:
            length = BLEND_MS + BETWEEN_BLOCKS_MS * (changed - 1)
            self._animation.setDuration(length)
            self._animation.setEndValue(float(length))
            self._animation.start()

    def stop(self) -> None:
        """Leave everything as it is."""
        self._animation.stop()

    def _at(self, elapsed_ms: float) -> None:
        shown, waiting = [], 0
        for a, b in zip(self._from, self._to, strict=True):
            begun = (elapsed_ms - waiting * BETWEEN_BLOCKS_MS) / BLEND_MS
            waiting += a != b
            shown.append(a + (b - a) * min(1.0, max(0.0, begun)))
        self._show(shown)
