"""The palette and the one style sheet of the application, made from a table of tokens."""

import re
from collections.abc import Callable, Mapping

from PySide6.QtGui import QColor, QPalette

ROLES: dict[QPalette.ColorRole, str] = {
    QPalette.ColorRole.Window: "page",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "card",
    QPalette.ColorRole.AlternateBase: "sunken",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.Button: "card",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "on_accent",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Link: "accent_text",
    QPalette.ColorRole.LinkVisited: "accent_text",
    QPalette.ColorRole.ToolTipBase: "card",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.PlaceholderText: "text3",
    QPalette.ColorRole.Light: "card",
    QPalette.ColorRole.Midlight: "hover",
    QPalette.ColorRole.Mid: "border",
    QPalette.ColorRole.Dark: "border_strong",
    QPalette.ColorRole.Shadow: "border_strong",
}
"""Palette role → token."""

UNAVAILABLE = (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText)


def palette(table: Mapping[str, str]) -> QPalette:
    """The palette that Fusion paints with."""
    made = QPalette()
    for role, token in ROLES.items():
        made.setColor(role, QColor(table[token]))
    for role in UNAVAILABLE:
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(table["text_dis"]))
    made.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Highlight, QColor(table["border"]))
    made.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Accent, QColor(table["text_dis"]))
    return made


def style_sheet(table: Mapping[str, str], px: Callable[[float], int], stamps: Mapping[str, str]) -> str:
    """The sheet: buttons, fields, frames and scroll bars; all else is palette or painted.

    Args:
        table: token → colour.
        px: a length of the design in pixels.
        stamps: name → file of a small picture.
    """

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name in stamps:
            return stamps[name]
        return table[name] if name in table else f"{px(int(name[1:]))}px"

    return re.sub(r"@(\w+)", value, SHEET)


SHEET = """
QToolTip { color: @text; background: @card; border: 1px solid @border; padding: @p4; }
QMainWindow, QDialog, QWidget#page, QWidget#page_body { background: @page; }
QWidget#rail { background: @window; border-right: 1px solid @border; }
QWidget#footer { background: @page; border-top: 1px solid @border; }
QScrollArea, QScrollArea > QWidget { background: transparent; border: none; }

QFrame[kind="card"] { background: @card; border: 1px solid @border; border-radius: @p10; }
QFrame[kind="sunken"] { background: @sunken; border: none; border-radius: @p8; }
QFrame[kind="line"] { background: @border; border: none; }
QFrame[kind="message"][tone="accent"] { background: @accent_soft; border: none; border-radius: @p8; }
QFrame[kind="message"][tone="ok"] { background: @ok_soft; border: none; border-radius: @p8; }
QFrame[kind="message"][tone="warn"] { background: @warn_soft; border: none; border-radius: @p8; }
QFrame[kind="message"][tone="bad"] { background: @bad_soft; border: none; border-radius: @p8; }
QFrame[kind="toast"] { background: @card; border: 1px solid @border; border-radius: @p10; }

QPushButton { background: @card; color: @text; border: 1px solid @border; border-radius: @p7;
    padding: 0 @p14; min-height: @p28; outline: none; }
QPushButton:hover { background: @hover; }
QPushButton:pressed { background: @border; }
QPushButton:disabled { color: @text_dis; }
QPushButton[sz="small"] { min-height: @p24; padding: 0 @p10; border-radius: @p6; }
QPushButton[sz="large"] { min-height: @p36; padding: 0 @p20; }
QPushButton[v="primary"] { background: @accent; color: @on_accent; border: 1px solid @accent;
    font-weight: 600; }
QPushButton[v="primary"]:hover { background: @accent_hover; border-color: @accent_hover; }
QPushButton[v="primary"]:pressed { background: @accent_press; border-color: @accent_press; }
QPushButton[v="primary"]:disabled { background: @border; border-color: @border; color: @text_dis; }
QPushButton[v="ghost"] { background: transparent; border-color: transparent; color: @text2; }
QPushButton[v="ghost"]:hover { background: @hover; }
QPushButton[v="ghost"]:pressed { background: @border; }
QPushButton[v="link"] { background: transparent; border-color: transparent; color: @accent_text;
    padding: 0 @p4; }
QPushButton[v="link"]:hover { color: @accent_text; background: @accent_soft; }
QPushButton[v="link"]:disabled { color: @text_dis; }
QPushButton[v="soft"] { background: @accent_soft; border-color: @accent_soft; color: @accent_text; }
QPushButton[v="soft"]:hover { background: @accent_soft2; border-color: @accent_soft2; }
QPushButton[v="soft"]:disabled { color: @text_dis; }
QPushButton[v="danger"] { color: @bad_text; }
QPushButton[v="danger"]:hover { background: @bad_soft; }

QToolButton[v="icon"] { background: transparent; border: none; border-radius: @p7; outline: none; }
QToolButton[v="icon"]:hover, QToolButton[v="icon"]:checked { background: @hover; }
QToolButton[v="icon"]:pressed { background: @border; }

QLineEdit, QPlainTextEdit { background: @card; color: @text; border: 1px solid @border_strong;
    border-radius: @p7; padding: 0 @p8; min-height: @p28;
    selection-background-color: @accent; selection-color: @on_accent; }
QPlainTextEdit { padding: @p6; }
QLineEdit:disabled, QPlainTextEdit:disabled { color: @text_dis; border-color: @border; }
QLineEdit:read-only, QPlainTextEdit:read-only { background: @sunken; border-color: @border; }

QCheckBox, QRadioButton { spacing: @p8; outline: none; }
QCheckBox::indicator { width: @p16; height: @p16; border: 1px solid @border_strong; border-radius: @p4;
    background: @card; }
QCheckBox::indicator:checked { background: @accent; border-color: @accent; image: url(@tick); }
QCheckBox::indicator:disabled { border-color: @border; background: @sunken; }
QCheckBox::indicator:checked:disabled { background: @text_dis; border-color: @text_dis; }
QRadioButton::indicator { width: @p16; height: @p16; border: 1px solid @border_strong; border-radius: @p9;
    background: @card; }
QRadioButton::indicator:checked { width: @p8; height: @p8; border: @p5 solid @accent; border-radius: @p9;
    background: @on_accent; }
QRadioButton::indicator:disabled { border-color: @border; }

QComboBox, QSpinBox, QDoubleSpinBox { background: @card; color: @text; border: 1px solid @border_strong;
    border-radius: @p7; padding: 0 @p10; min-height: @p28;
    selection-background-color: @accent; selection-color: @on_accent; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit { background: transparent; border: none; min-height: 0;
    padding: 0 @p8; }
QComboBox:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled { color: @text_dis; border-color: @border; }
QComboBox::drop-down { border: none; width: @p28; }
QComboBox::down-arrow { image: url(@down); width: @p12; height: @p12; }
QComboBox QAbstractItemView { background: @card; color: @text; border: 1px solid @border; padding: @p4;
    selection-background-color: @accent_soft; selection-color: @accent_text; }
QSpinBox::up-button, QDoubleSpinBox::up-button { subcontrol-origin: border; subcontrol-position: top right;
    border: none; width: @p20; }
QSpinBox::down-button, QDoubleSpinBox::down-button { subcontrol-origin: border;
    subcontrol-position: bottom right; border: none; width: @p20; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url(@up); width: @p10; height: @p10; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url(@down); width: @p10; height: @p10; }

QSlider::groove:horizontal { height: @p4; background: @border; border-radius: 2px; }
QSlider::sub-page:horizontal { height: @p4; background: @accent; border-radius: 2px; }
QSlider::handle:horizontal { width: @p12; height: @p12; margin: -@p6 0; background: @card;
    border: 2px solid @accent; border-radius: @p8; }

QAbstractItemView { outline: none; border: none; background: transparent; }
QTableWidget#networks::item { padding: 0 @p6; }
QHeaderView::section { background: @card; color: @text3; border: none; border-bottom: 1px solid @border;
    padding: @p4 @p8; font-size: @p12; }
QMenu { background: @card; border: 1px solid @border; border-radius: @p8; padding: @p4; }
QMenu::item { padding: @p6 @p16; border-radius: @p6; }
QMenu::item:selected { background: @accent_soft; color: @accent_text; }
QMenu::item:disabled { color: @text_dis; }
QMenu::separator { height: 1px; background: @border; margin: @p4 @p8; }

QScrollBar:vertical { background: transparent; border: none; width: @p10; margin: 0; }
QScrollBar:horizontal { background: transparent; border: none; height: @p10; margin: 0; }
QScrollBar::handle { background: @text_dis; border-radius: @p3; margin: 2px; }
QScrollBar::handle:hover { background: @border_strong; }
QScrollBar::handle:vertical { min-height: @p28; }
QScrollBar::handle:horizontal { min-width: @p28; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
"""
"""`@token` and `@p8` (8 design pixels) stand for the values in force."""
