"""Where the keyboard's focus goes: from region to region with F6, from stop to stop with the Tab key."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLayout, QWidget


def has_focus(region: QWidget) -> bool:
    """Whether it, or something inside, has the focus."""
    focus = QApplication.focusWidget()
    return focus is not None and (focus is region or region.isAncestorOf(focus))


def focus_next(window: QWidget, regions: Sequence[QWidget]) -> None:
    """Give the focus to the region after the one that has it; only visible ones count."""
    shown = [region for region in regions if region.isVisible()]
    around = [number for number, part in enumerate(shown) if has_focus(part)]
    focus_first(window, shown[((around[0] if around else -1) + 1) % len(shown)])


def focus_first(window: QWidget, region: QWidget) -> None:
    """Give the focus to the region's first stop, with the ring that shows where it is."""
    window.setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
    first = next((part for part in _shown_parts(region) if _is_stop(part)), region)
    # With TabFocusReason, Qt takes the attribute back outside of a Tab key's event.
    first.setFocus(Qt.FocusReason.ShortcutFocusReason)


def focus_beside(window: QWidget, *, is_next: bool) -> bool:
    """Give the focus to the next stop in reading order, or to the one before.

    Qt goes by the order in which the parts were made. Here it is that of the layouts, so that a message's
    buttons, or cards that are made when there is something to show, are met where they are seen.

    Returns:
        Whether there was one.
    """
    focus = QApplication.focusWidget()
    order = [part for part in _shown_parts(window) if part is focus or _is_stop(part)]
    if not is_next:
        order.reverse()
    here = next((place for place, part in enumerate(order) if part is focus), -1)
    ahead = [part for part in order[here + 1 :] + order[: max(here, 0)] if _is_stop(part)]
    if ahead:
        ahead[0].setFocus(Qt.FocusReason.TabFocusReason if is_next else Qt.FocusReason.BacktabFocusReason)
    return bool(ahead)


def is_enter(event: QKeyEvent) -> bool:
    """Whether Enter alone was pressed, on either part of the keyboard."""
    is_plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
    return is_plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def _is_stop(part: QWidget) -> bool:
    takes_tab = bool(part.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return takes_tab and part.focusProxy() is None and part.isVisible() and part.isEnabled()


def _shown_parts(root: QWidget) -> Iterator[QWidget]:
    """It and what is inside, in reading order, without what is hidden; the focus is there even then."""
    yield root
    for part in _children(root):
        if part.isVisible() or has_focus(part):
            yield from _shown_parts(part)


def _children(widget: QWidget) -> list[QWidget]:
    """As its layout places them, and then those that float."""
    layout = widget.layout()
    placed = list(_placed(layout)) if layout is not None else []
    return placed + [
        part
        for part in widget.children()
        if isinstance(part, QWidget) and not part.isWindow() and part not in placed
    ]


def _placed(layout: QLayout) -> Iterator[QWidget]:
    for item in filter(None, map(layout.itemAt, range(layout.count()))):
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            yield widget
        elif inner is not None:
            yield from _placed(inner)
