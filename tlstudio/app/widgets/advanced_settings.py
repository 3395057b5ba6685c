"""The dialog of every training setting; each change counts at once."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from tlstudio.app import theme
from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.labels import label
from tlstudio.app.widgets.number_box import inset
from tlstudio.app.widgets.switch import Switch
from tlstudio.app.widgets.train_fields import FIELDS, TrainField
from tlstudio.train.settings import TrainSettings

NEVER = "Never"
AUTOMATIC = "automatic"

LARGEST_WHOLE = 2**31 - 1
"""That Qt's box can hold."""

MOST_DECIMALS = 12


class AdvancedSettings(QDialog):
    """A row for each field of `TrainSettings`: label, control, one line of help.

    Signals:
        changed: the new TrainSettings, after every single change.
    """

    changed = Signal(object)

    def __init__(self, settings: TrainSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self._editors: dict[str, _Editor] = {}
        self.setWindowTitle("Advanced settings")
        self.resize(theme.px(640), theme.px(600))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(20, 16, 20, 16)
        outer.setSpacing(12)
        outer.addWidget(label("Advanced settings", "section"))
        outer.addWidget(
            label(
                "The defaults suit most sets. Changes are saved at once and count from the next run.",
                "help",
                "text2",
                wrap=True,
            )
        )
        outer.addWidget(self._scrolled(), 1)
        outer.addLayout(self._feet())

    def show_settings(self, settings: TrainSettings) -> None:
        """Put these into the controls, quietly."""
        self.settings = settings
        for name, editor in self._editors.items():
            editor.put(getattr(settings, name))
        self._reset.setEnabled(settings != TrainSettings())

    def editor(self, name: str) -> QWidget:
        """The control of that field."""
        return self._editors[name].widget

    def _scrolled(self) -> QScrollArea:
        inner = QWidget()
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 0, 12, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        grid.setColumnStretch(0, 1)
        for row, field in enumerate(FIELDS):
            words = QVBoxLayout()
            words.setSpacing(2)
            name = label(field.label, "body_medium")
            words.addWidget(name)
            words.addWidget(label(field.help, "help", "text2", wrap=True))
            grid.addLayout(words, row, 0)
            editor = _editor(field, getattr(self.settings, field.name), self._set)
            editor.widget.setAccessibleName(field.label)
            editor.widget.setAccessibleDescription(field.help)
            name.setBuddy(editor.widget)
            grid.addWidget(editor.widget, row, 1)
            self._editors[field.name] = editor
        grid.setRowStretch(len(FIELDS), 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(inner)
        return area

    def _feet(self) -> QHBoxLayout:
        feet = QHBoxLayout()
        self._reset = button("Reset to defaults", "ghost", "arrow-counter-clockwise")
        self._reset.setAutoDefault(False)
        self._reset.setEnabled(self.settings != TrainSettings())
        self._reset.clicked.connect(self._set_defaults)
        done = button("Close", "plain")
        done.setDefault(True)
        done.clicked.connect(self.accept)
        feet.addWidget(self._reset)
        feet.addStretch(1)
        feet.addWidget(done)
        return feet

    def _set_defaults(self) -> None:
        self.show_settings(TrainSettings())
        self.changed.emit(self.settings)

    def _set(self, name: str, value: object) -> None:
        if getattr(self.settings, name) == value:
            return
        new: dict[str, Any] = {name: value}
        self.settings = replace(self.settings, **new)
        self._reset.setEnabled(self.settings != TrainSettings())
        self.changed.emit(self.settings)


class _Editor:
    """A control and the way to put a value into it without a signal."""

    def __init__(self, widget: QWidget, put: Callable[[Any], object]) -> None:
        self.widget = widget
        self._put = put

    def put(self, value: object) -> None:
        was = self.widget.blockSignals(True)  # noqa: FBT003
        self._put(value)
        self.widget.blockSignals(was)


def _editor(field: TrainField, value: object, set_: Callable[[str, object], None]) -> _Editor:
    makers = {
        "whole": _whole,
        "optional": _optional,
        "decimal": _decimal,
        "automatic": _automatic,
        "automatic_decimal": _automatic_decimal,
        "choice": _choice,
        "switch": _switch,
    }
    editor = makers[field.kind](field, lambda new: set_(field.name, new))
    editor.put(value)
    return editor


def _whole(field: TrainField, changed: Callable[[object], None]) -> _Editor:
    box = inset(QSpinBox())
    box.setRange(int(field.low), int(field.high))
    box.setKeyboardTracking(False)
    box.valueChanged.connect(changed)
    box.valueChanged.connect(lambda value: box.setSuffix(_unit(field, value)))

    def put(value: int) -> None:
        _put_whole(box, value)
        box.setSuffix(_unit(field, value))

    return _Editor(box, put)


def _optional(field: TrainField, changed: Callable[[object], None]) -> _Editor:
    box = inset(QSpinBox())
    box.setRange(int(field.low) - 1, int(field.high))  # the value below the smallest stands for never
    box.setSpecialValueText(NEVER)
    box.setPrefix("after ")
    box.setSuffix(f" flat{field.unit}")
    box.setKeyboardTracking(False)
    box.valueChanged.connect(lambda value: box.setSuffix(f" flat{_unit(field, value)}"))
    box.valueChanged.connect(lambda value: changed(value if value >= field.low else None))
    return _Editor(box, lambda value: _put_whole(box, int(field.low) - 1 if value is None else int(value)))


def _decimal(field: TrainField, changed: Callable[[object], None]) -> _Editor:
    box = inset(QDoubleSpinBox())
    box.setDecimals(field.decimals)
    box.setRange(field.low, field.high)
    box.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
    box.setKeyboardTracking(False)
    box.valueChanged.connect(changed)
    return _Editor(box, lambda value: _put_decimal(box, float(value)))


def _automatic(field: TrainField, changed: Callable[[object], None]) -> _Editor:
    box = inset(QSpinBox())
    box.setRange(int(field.low) - 1, int(field.high))  # the value below the smallest stands for automatic
    box.setSpecialValueText(AUTOMATIC)
    box.setKeyboardTracking(False)
    box.valueChanged.connect(lambda value: box.setSuffix(_unit(field, value)))
    box.valueChanged.connect(lambda value: changed(value if value >= field.low else None))
    return _Editor(box, lambda value: _put_whole(box, int(field.low) - 1 if value is None else int(value)))


def _automatic_decimal(field: TrainField, changed: Callable[[object], None]) -> _Editor:
    box = inset(QDoubleSpinBox())
    box.setDecimals(field.decimals)
    box.setRange(0.0, field.high)  # nothing is learned at 0, so it stands for automatic
    box.setSpecialValueText(AUTOMATIC)
    box.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
    box.setKeyboardTracking(False)
    box.valueChanged.connect(lambda value: changed(value if value > 0 else None))
    return _Editor(box, lambda value: _put_decimal(box, 0.0 if value is None else float(value)))


def _put_whole(box: QSpinBox, value: int) -> None:
    """Show the value; the terminal may have set a larger one than the box lets be chosen."""
    box.setMaximum(max(box.maximum(), min(value, LARGEST_WHOLE)))
    box.setValue(min(value, LARGEST_WHOLE))


def _put_decimal(box: QDoubleSpinBox, value: float) -> None:
    """Likewise, with as many decimals as the value has."""
    while box.decimals() < MOST_DECIMALS and round(value, box.decimals()) != value:
        box.setDecimals(box.decimals() + 1)
    box.setMaximum(max(box.maximum(), value))
    box.setValue(value)


def _choice(field: TrainField, changed: Callable[[object], None]) -> _Editor:
    box = QComboBox()
    for value, words in field.choices:
        box.addItem(words, value)
    box.currentIndexChanged.connect(lambda place: changed(box.itemData(place)))
    return _Editor(box, lambda value: box.setCurrentIndex(box.findData(value)))


def _switch(_field: TrainField, changed: Callable[[object], None]) -> _Editor:
    switch = Switch()
    switch.toggled.connect(changed)
    return _Editor(switch, lambda value: switch.setChecked(bool(value)))


def _unit(field: TrainField, value: int) -> str:
    return field.unit.removesuffix("s") if value == 1 else field.unit
