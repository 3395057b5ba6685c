import importlib.util
from pathlib import Path

_spec = importlib.util.spec_from_file_location("made_project", Path(__file__).with_name("made_project.py"))
made = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(made)

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QScrollBar,
    QWidget,
)

from tlstudio.app import theme
from tlstudio.app.widgets.elided_label import ElidedLabel
from tlstudio.app.window import PAGES, Window
from tlstudio.data.settings import DataSettings
from tlstudio.project.file import create_project, save_project
from tlstudio.run.follow import follow
from tlstudio.run.here import run_here

SIZES = ((1280, 800), (1120, 680))
CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
)


def a_filled_project(folder):
    """Scanned images on disk, and a run that was evaluated and saved."""
    for name, colour in zip(made.CLASSES, (40, 200), strict=True):
        (folder / "images" / name).mkdir(parents=True)
        for place in range(8):
            image = QImage(32, 32, QImage.Format.Format_RGB32)
            image.fill(QColor(colour + 3 * place, colour, colour))
            assert image.save(str(folder / "images" / name / f"{place}.png"))
    project = create_project(folder / "Blood smear")
    data = DataSettings(root=str(folder / "images"), is_independent=True)
    project = project.with_settings(data=data)
    *_, (project, _) = follow(project, run_here("scan", project))
    run = made.a_run(1, fingerprint=project.images.fingerprint, evaluation=made.an_evaluation())
    model = project.folder / "exports" / "blood-smear-run1.onnx"
    model.write_bytes(b"model")
    table = (project.folder / "images.csv").read_bytes()
    project.run_folder(1).mkdir(parents=True)
    (project.run_folder(1) / "images.csv").write_bytes(table)
    project = replace(project, runs=(replace(run, exported=made.an_export(model)),))
    save_project(project)
    return project.folder


@pytest.fixture
def window(qtbot, tmp_path, request):
    """The window with an empty or a filled project."""
    if request.param == "filled":
        folder = a_filled_project(tmp_path)
    else:
        folder = create_project(tmp_path / "Blood smear").folder
    window = Window()
    qtbot.addWidget(window)
    window.show()
    window.session.open(folder)
    yield window
    window.close()


def settle(window):
    for _ in range(3):
        QApplication.processEvents()
    window.grab()


def name_of(widget):
    text = widget.text() if hasattr(widget, "text") else ""
    return f"{type(widget).__name__} “{text or widget.accessibleName()}”"


def too_small(label):
    """Whether a label or a button with words has less room than its words need."""
    if isinstance(label, ElidedLabel) or not label.text():
        return False
    if isinstance(label, QLabel) and label.wordWrap():
        return label.heightForWidth(label.width()) > label.height() + 1
    hint = label.sizeHint()
    return hint.width() > label.width() + 1 or hint.height() > label.height() + 1


def beyond_its_area(label):
    """Whether a label reaches out of the scroll area that it lies in, sideways."""
    area = label.parentWidget()
    while area is not None and not isinstance(area, QScrollArea):
        area = area.parentWidget()
    if area is None:
        return False
    left = label.mapTo(area, QPoint(0, 0)).x()
    return left < 0 or left + label.width() > area.viewport().width() + 1


def cut(window):
    words = [*window.findChildren(QLabel), *window.findChildren(QAbstractButton)]
    seen = [part for part in words if part.isVisible()]
    return [
        f"{name_of(part)}: {part.size().toTuple()} for {part.sizeHint().toTuple()}"
        for part in seen
        if too_small(part) or beyond_its_area(part)
    ]


def controls(page):
    """What takes part in the round of the Tab key; parts of another control do not count by themselves."""
    found = []
    for kind in CONTROLS:
        for widget in page.findChildren(kind):
            is_in_round = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
            is_part = isinstance(widget, QScrollBar) or isinstance(widget.parentWidget(), CONTROLS)
            if is_in_round and not is_part and widget.isVisible() and widget.isEnabled():
                found.append(widget)
    return found


def reached_by_tab(window, qtbot, start):
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    start.setFocus(Qt.FocusReason.TabFocusReason)
    reached = []
    for _ in range(300):
        focused = QApplication.focusWidget()
        if focused is None or (reached and focused is reached[0]):
            break
        reached.append(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    return reached


def is_reached(widget, reached):
    """Itself, or another of its group: a group is one stop, with arrows inside."""
    if widget in reached:
        return True
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    siblings = group.buttons() if group is not None and group.exclusive() else []
    if isinstance(widget, QAbstractButton) and widget.autoExclusive():
        siblings = widget.parentWidget().findChildren(type(widget))
    return any(sibling in reached for sibling in siblings)


def spoken_name(widget):
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface is not None else ""


@pytest.mark.parametrize("window", ["empty", "filled"], indirect=True)
def test_that_no_words_are_cut_on_any_page(window, qapp):
    found = {}

    for look in ("light", "dark"):
        theme.apply(qapp, look, 100)
        for size in SIZES:
            window.resize(*size)
            for page in PAGES:
                window.show_page(page)
                settle(window)
                found[page, look, size] = cut(window)
                assert (page, size) == (page, window.size().toTuple())

    assert {where: words for where, words in found.items() if words} == {}


@pytest.mark.parametrize("window", ["empty", "filled"], indirect=True)
def test_that_every_control_is_reached_by_tab_and_has_a_name(window, qtbot):
    missed, nameless = {}, {}

    for page in PAGES:
        window.show_page(page)
        settle(window)
        wanted = controls(window.page)
        reached = reached_by_tab(window, qtbot, wanted[0]) if wanted else []
        missed[page] = [name_of(widget) for widget in wanted if not is_reached(widget, reached)]
        nameless[page] = [repr(widget) for widget in wanted if not spoken_name(widget)]

    assert {page: names for page, names in missed.items() if names} == {}
    assert {page: names for page, names in nameless.items() if names} == {}


@pytest.mark.parametrize("window", ["empty", "filled"], indirect=True)
def test_that_tab_goes_through_rail_header_body_and_footer_in_this_order(window, qtbot):
    parts = {}

    for name in PAGES:
        window.show_page(name)
        settle(window)
        page = window.page
        order = (window.rail, page._header, page._scroll, page._footer)
        reached = reached_by_tab(window, qtbot, window.rail.home)
        parts[name] = [next(at for at, part in enumerate(order) if part.isAncestorOf(to)) for to in reached]

    assert parts == {name: sorted(found) for name, found in parts.items()}


@pytest.mark.parametrize("window", ["filled"], indirect=True)
def test_that_on_model_the_cards_are_met_between_the_link_above_and_the_depth_below(window, qtbot):
    window.show_page("model")
    settle(window)
    page = window.page

    reached = reached_by_tab(window, qtbot, page.all_networks)

    assert reached[1] in page.cards.cards.values()
    assert reached.index(page.freeze_card.slider) == 3


@pytest.mark.parametrize("window", ["empty", "filled"], indirect=True)
def test_that_the_dock_is_whole_and_reached_by_tab_beside_a_page(window, qtbot):
    window.resize(*SIZES[1])
    window.show_page("export")
    window.show_dock(is_shown=True)
    settle(window)
    wanted = controls(window.dock)
    reached = reached_by_tab(window, qtbot, wanted[0])

    assert cut(window.dock) == []
    assert [name_of(widget) for widget in wanted if widget not in reached] == []
    assert [repr(widget) for widget in wanted if not spoken_name(widget)] == []


@pytest.mark.parametrize("percent", [100, 130])
@pytest.mark.parametrize("window", ["filled"], indirect=True)
def test_that_the_gallery_is_whole_and_reached_by_tab(window, qtbot, qapp, percent):
    theme.apply(qapp, "light", percent)
    window.resize(*SIZES[1])
    window.show_page("model")
    window.page.choose_backbone("resnet50")
    window.page.all_networks.click()
    settle(window)
    wanted = controls(window.page)
    reached = reached_by_tab(window, qtbot, wanted[0])

    assert window.page.message.isVisible()
    assert cut(window.page) == []
    assert [name_of(widget) for widget in wanted if not is_reached(widget, reached)] == []
    assert [repr(widget) for widget in wanted if not spoken_name(widget)] == []


@pytest.mark.parametrize("percent", [100, 130])
@pytest.mark.parametrize("window", ["filled"], indirect=True)
def test_that_the_sweep_form_is_whole_and_reached_by_tab(window, qtbot, qapp, percent):
    theme.apply(qapp, "light", percent)
    window.resize(*SIZES[1])
    window.show_page("compare")
    window.page.depths.sweep.click()
    settle(window)
    wanted = controls(window.page)
    reached = reached_by_tab(window, qtbot, wanted[0])

    assert window.page.sweep.panel.isVisible()
    assert cut(window.page) == []
    assert [name_of(widget) for widget in wanted if not is_reached(widget, reached)] == []
    assert [repr(widget) for widget in wanted if not spoken_name(widget)] == []


def test_that_the_check_finds_words_that_are_cut(window_of_words):
    window, label = window_of_words

    assert cut(window) == [f"QLabel “{label.text()}”: (40, 20) for {label.sizeHint().toTuple()}"]


@pytest.fixture
def window_of_words(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    label = QLabel("Words that need more room than this", window)
    label.setFixedSize(40, 20)
    window.show()
    return window, label
