from dataclasses import fields, replace
from typing import get_args

import pytest
from PySide6.QtWidgets import QAbstractSpinBox

from tlstudio.app.widgets.advanced_settings import AdvancedSettings
from tlstudio.app.widgets.train_fields import FIELDS
from tlstudio.train.settings import AugmentationChoice, Device, TrainSettings

BY_NAME = {field.name: field for field in FIELDS}


@pytest.fixture
def dialog(qtbot):
    dialog = AdvancedSettings(TrainSettings())
    qtbot.addWidget(dialog)
    return dialog


def test_that_every_training_setting_has_a_row():
    assert {field.name for field in fields(TrainSettings)} == set(BY_NAME)


def test_that_every_choice_of_the_settings_is_offered():
    assert tuple(value for value, _ in BY_NAME["augmentation"].choices) == get_args(AugmentationChoice)
    assert tuple(value for value, _ in BY_NAME["device"].choices) == get_args(Device)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_that_the_defaults_lie_in_the_range_and_are_shown_unchanged(field, dialog):
    changed = []
    dialog.changed.connect(changed.append)

    dialog.show_settings(TrainSettings())

    assert changed == []
    assert dialog.editor(field.name).accessibleName() == field.label
    assert field.help.endswith(".")


def test_that_a_change_counts_at_once(dialog):
    changed = []
    dialog.changed.connect(changed.append)

    dialog.editor("epochs").setValue(50)
    dialog.editor("learning_rate").setValue(0.0005)
    dialog.editor("is_averaged").setChecked(True)
    dialog.editor("augmentation").setCurrentIndex(5)

    assert changed[-1] == TrainSettings(
        epochs=50, learning_rate=0.0005, is_averaged=True, augmentation="medical"
    )
    assert len(changed) == 4


def test_that_the_value_below_the_smallest_means_never_stopping_early(dialog):
    editor = dialog.editor("early_stop_epochs")

    editor.setValue(editor.minimum())

    assert dialog.settings.early_stop_epochs is None
    assert editor.text() == "Never"


@pytest.mark.parametrize(
    ("name", "value"),
    [("epochs", 5000), ("batch_size", 4096), ("learning_rate", 1e-7), ("learning_rate", 2.0)],
)
def test_that_what_the_terminal_has_set_is_shown_as_it_is(dialog, name, value):
    changed = []
    dialog.changed.connect(changed.append)

    dialog.show_settings(replace(TrainSettings(), **{name: value}))
    assert dialog.editor(name).value() == value
    dialog.editor("warmup_epochs").setValue(2)

    assert getattr(changed[-1], name) == value


def test_that_values_outside_the_range_are_not_taken(dialog):
    dialog.editor("epochs").setValue(0)
    dialog.editor("layer_decay").setValue(1.5)

    assert dialog.settings.epochs == 1
    assert dialog.settings.layer_decay == 1.0


def test_that_reset_brings_the_defaults_back(dialog):
    dialog.editor("epochs").setValue(50)
    changed = []
    dialog.changed.connect(changed.append)

    dialog._reset.click()

    assert changed == [TrainSettings()]
    assert dialog.editor("epochs").value() == 20
    assert not dialog._reset.isEnabled()


def test_that_typing_waits_until_the_number_is_whole(dialog):
    boxes = [dialog.editor(field.name) for field in FIELDS]

    assert all(not box.keyboardTracking() for box in boxes if isinstance(box, QAbstractSpinBox))


def test_that_one_epoch_is_not_called_epochs(dialog):
    assert dialog.editor("warmup_epochs").text() == "1 epoch"

    dialog.editor("warmup_epochs").setValue(2)

    assert dialog.editor("warmup_epochs").text() == "2 epochs"
