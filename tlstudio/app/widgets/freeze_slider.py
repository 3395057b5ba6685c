"""The freeze slider: the diagram of the network whose border between frozen and relearning is the handle."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QVariantAnimation, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QToolTip, QWidget

from tlstudio.app import theme
from tlstudio.app.widgets.amounts import brief_count, counted, in_millions
from tlstudio.app.widgets.brush import (
    LEFT,
    RIGHT,
    between,
    bold,
    draw_icon,
    draw_text,
    middle_square,
    rounded,
)
from tlstudio.app.widgets.freeze_layout import FreezeLayout, lay_out
from tlstudio.app.widgets.freeze_stages import Stage, stage_border, stages, strategy
from tlstudio.model.backbones import Backbone

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
        self._recommended = 0
        self._hovered: int | None = None
        self._warmth: list[float] = []
        self._blend = _Blend(self, self._show_warmth)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Freeze depth")
        # The ring is drawn around the handle, where the eye is, and not around the whole diagram.
        self.setProperty("paints_own_focus", True)  # noqa: FBT003 (Qt's own signature)
        self.valueChanged.connect(self._turned)
        theme.watcher().changed.connect(self._restyle)

    def show_backbone(self, backbone: Backbone, depth: int, recommended: int) -> None:
        """Draw that network, frozen so far, with the pin at the recommended depth."""
        is_new = self._backbone is None or self._backbone.name != backbone.name
        self._backbone, self._recommended = backbone, recommended
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
    def frozen_look(self) -> tuple[bool, ...]:
        """For each block whether it is drawn as frozen now."""
        return tuple(warmth < 0.5 for warmth in self._warmth)

    def _target(self) -> list[float]:
        return [float(place >= self.value()) for place in range(self.maximum())]

    def _turned(self) -> None:
        depth, groups = self.value(), self.maximum()
        self.setAccessibleDescription(f"{depth} of {groups} groups frozen. {strategy(depth, groups)}.")
        self._blend.run(self._warmth, self._target())
        self.update()

    def _show_warmth(self, warmth: list[float]) -> None:
        self._warmth = warmth
        self.update()

    def _restyle(self) -> None:
        self._layout = None
        self.updateGeometry()
        self.update()

    def _choose(self, depth: int) -> None:
        self.setValue(depth)
        self.depth_chosen.emit(self.value())

    def _lies(self) -> FreezeLayout:
        if self._layout is None:
            self._layout = lay_out(self.width(), self.height(), self._stages, theme.px(100) / 100)
        return self._layout

    # Painting, from back to front

    def _paint(self, painter: QPainter) -> None:
        lies = self._lies()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._paint_captions(painter, lies)
        self._paint_wire(painter, lies)
        self._paint_image(painter, lies.image)
        for place, block in enumerate(lies.blocks):
            self._paint_block(painter, place, block)
        self._paint_ends(painter, lies)
        self._paint_track(painter, lies)
        self._paint_counts(painter, lies)
        self._paint_pin(painter, lies)
        self._paint_handle(painter, lies)

    def _paint_captions(self, painter: QPainter, lies: FreezeLayout) -> None:
        painter.setFont(theme.font("help_medium"))
        painter.setPen(theme.color("text2"))
        named = list(zip((stage.name for stage in self._stages), lies.captions, strict=True))
        ends = [
            ("Your image", lies.image_caption),
            ("Decision", lies.decision_caption),
            ("Answer", lies.answer_caption),
        ]
        for name, place in named + ends:
            draw_text(painter, place, name)

    def _paint_wire(self, painter: QPainter, lies: FreezeLayout) -> None:
        painter.setPen(QPen(theme.color("border_strong"), 1.2))
        stops = [lies.image, *(lies.blocks[stage.first] for stage in self._stages), lies.decision]
        froms = [lies.image, *(lies.blocks[stage.first + stage.groups - 1] for stage in self._stages)]
        for left, right in zip(froms, stops[1:], strict=True):
            painter.drawLine(QPointF(left.right() + 2, lies.wire), QPointF(right.left() - 2, lies.wire))
        painter.drawLine(
            QPointF(lies.decision.right() + 2, lies.wire), QPointF(lies.answer.left() + 2, lies.wire)
        )

    def _paint_image(self, painter: QPainter, place: QRectF) -> None:
        clip = rounded(place, 6)
        if self._image is None or self._image.isNull():
            painter.setPen(QPen(theme.color("border"), 1))
            painter.setBrush(theme.color("sunken"))
            painter.drawPath(clip)
            draw_icon(painter, "image", "text3", place.center(), 26)
            return
        painter.save()
        painter.setClipPath(clip)
        painter.drawPixmap(place, self._image, middle_square(self._image))
        painter.restore()

    def _paint_block(self, painter: QPainter, number: int, block: QRectF) -> None:
        warmth = self._warmth[number]
        fill = between("frozen", "warm", warmth)
        line = between("frozen_line", "warm_line", warmth)
        if number == self._hovered:
            block = block.adjusted(-1, -2, 1, 2)
        shade = QLinearGradient(block.topLeft(), block.bottomLeft())
        shade.setColorAt(0, fill.lighter(104))
        shade.setColorAt(1, fill.darker(103))
        painter.setPen(QPen(line, 2 if number == self._hovered else 1.5))
        painter.setBrush(shade)
        painter.drawPath(rounded(block, min(6.0, block.width() / 3)))
        size = min(14.0, block.width() - 3)
        has_number = block.width() >= theme.px(46) and block.height() >= theme.px(56)
        centre = block.center() - QPointF(0, theme.px(9) if has_number else 0)
        for name, token, share in (
            ("snowflake", "frozen_text", 1 - warmth),
            ("flame-fill", "warm_line", warmth),
        ):
            if share > 0.02:
                painter.setOpacity(share)
                draw_icon(painter, name, token, centre, size)
        painter.setOpacity(1)
        if has_number and self._backbone is not None:
            painter.setFont(theme.font("help_medium"))
            painter.setPen(between("frozen_text", "warm_text", warmth))
            below = QRectF(block.left(), centre.y() + theme.px(8), block.width(), theme.px(20))
            draw_text(painter, below, brief_count(self._backbone.groups[number].parameters))

    def _paint_ends(self, painter: QPainter, lies: FreezeLayout) -> None:
        shade = QLinearGradient(lies.decision.topLeft(), lies.decision.bottomLeft())
        shade.setColorAt(0, theme.color("warm").lighter(103))
        shade.setColorAt(1, theme.color("warm").darker(102))
        painter.setPen(QPen(theme.color("warm_line"), 1.5))
        painter.setBrush(shade)
        painter.drawPath(rounded(lies.decision, 8))
        draw_icon(painter, "flame-fill", "warm_line", lies.decision.center() - QPointF(0, theme.px(11)), 14)
        painter.setFont(bold("help_medium"))
        painter.setPen(theme.color("warm_text"))
        words = counted(self._classes, "class", "classes") if self._classes else "classes"
        draw_text(
            painter, QRectF(lies.decision.left(), lies.wire - 2, lies.decision.width(), theme.px(20)), words
        )
        upper = QRectF(
            lies.answer.left() + 4, lies.answer.top(), lies.answer.width() - 4, lies.answer.height() / 2
        )
        painter.setFont(bold("body_medium"))
        painter.setPen(theme.color("text"))
        draw_text(painter, upper, self._example or "A class")
        painter.setFont(theme.font("help"))
        painter.setPen(theme.color("text2"))
        draw_text(painter, upper.translated(0, upper.height() - 3), "for example")

    def _paint_track(self, painter: QPainter, lies: FreezeLayout) -> None:
        border = lies.borders[self.value()]
        painter.setPen(Qt.PenStyle.NoPen)
        for left, right, token in (
            (lies.track.left(), border, "frozen_line"),
            (border, lies.track.right(), "warm_line"),
        ):
            painter.setBrush(theme.color(token if self.isEnabled() else "text_dis"))
            painter.drawPath(rounded(QRectF(left, lies.track.top(), right - left, lies.track.height()), 3.5))
        painter.setBrush(theme.color("card"))
        for stop in lies.borders[1:]:
            painter.drawEllipse(QPointF(stop, lies.track.center().y()), 1.5, 1.5)

    def _paint_counts(self, painter: QPainter, lies: FreezeLayout) -> None:
        depth, groups = self.value(), self.maximum()
        painter.setFont(bold("help_medium"))
        metrics = QFontMetricsF(painter.font())
        relearning = (
            f"{counted(groups - depth, 'block')} + decision relearn"
            if depth < groups
            else "decision relearns"
        )
        room = lies.counts
        if depth:
            draw_icon(painter, "snowflake", "frozen_text", QPointF(room.left() + 8, room.center().y()), 14)
            painter.setPen(theme.color("frozen_text"))
            draw_text(painter, room.adjusted(20, 0, 0, 0), f"{counted(depth, 'block')} frozen", LEFT)
        start = room.right() - metrics.horizontalAdvance(relearning)
        draw_icon(painter, "flame-fill", "warm_line", QPointF(start - 12, room.center().y()), 14)
        painter.setPen(theme.color("warm_text"))
        draw_text(painter, room, relearning, RIGHT)

    def _pin_place(self, lies: FreezeLayout) -> QRectF:
        metrics = QFontMetricsF(theme.font("help_medium"))
        wide = metrics.horizontalAdvance("Recommended") + 40
        left = lies.borders[self._recommended] - wide / 2
        left = min(max(left, lies.image.left()), self.width() - wide)
        return QRectF(left, lies.pins.top(), wide, lies.pins.height())

    def _paint_pin(self, painter: QPainter, lies: FreezeLayout) -> None:
        x, chip = lies.borders[self._recommended], self._pin_place(lies)
        painter.setPen(QPen(theme.color("focus"), 1.5))
        painter.drawLine(QPointF(x, lies.track.bottom() + 2), QPointF(x, chip.top()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent_soft"))
        painter.drawPath(rounded(chip, chip.height() / 2))
        draw_icon(painter, "star-fill", "accent_text", QPointF(chip.left() + 15, chip.center().y()), 12)
        painter.setFont(bold("help_medium"))
        painter.setPen(theme.color("accent_text"))
        draw_text(painter, chip.adjusted(16, 0, 0, 0), "Recommended")

    def _paint_handle(self, painter: QPainter, lies: FreezeLayout) -> None:
        x, y = lies.borders[self.value()], lies.track.center().y()
        tallest = max(block.height() for block in lies.blocks)
        dashes = QPen(theme.color("focus"), 2, Qt.PenStyle.CustomDashLine)
        dashes.setDashPattern([3, 2.2])
        painter.setPen(dashes)
        painter.drawLine(QPointF(x, lies.wire - tallest / 2 - 4), QPointF(x, y - 16))
        painter.setBrush(theme.color("card"))
        is_lit = self.hasFocus() and self.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(QPointF(x, y), 16, 16)
        if is_lit or self.isSliderDown():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawEllipse(QPointF(x, y), 15, 15)
        painter.setPen(QPen(theme.color("focus"), 2.5))
        painter.drawEllipse(QPointF(x, y), 10.5, 10.5)
        painter.setPen(QPen(theme.color("focus"), 1.8))
        for side in (-2.5, 2.5):
            painter.drawLine(QPointF(x + side, y - 4), QPointF(x + side, y + 4))

    # Qt's own names

    def sizeHint(self) -> QSize:
        """Wide, and as high as the design draws it."""
        return QSize(760, theme.px(256))

    def minimumSizeHint(self) -> QSize:
        """The least at which every block can still be told from its neighbour."""
        return QSize(520, theme.px(200))

    def event(self, event: QEvent) -> bool:
        """Show what a block is in a tooltip."""
        if isinstance(event, QHelpEvent) and self._backbone is not None:
            number = self._lies().block_at(QPointF(event.pos()))
            if number is None:
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
            self._paint(painter)
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
        if self._pin_place(lies).contains(point):
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
        over = hovered is not None or is_near or self._pin_place(lies).contains(point)
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
