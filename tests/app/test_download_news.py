"""Word of downloads that end while another page is shown."""

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from tlstudio.app.window import Window
from tlstudio.events import Failed
from tlstudio.model.events import WeightsDownloaded

LOST = Failed("Connection lost", "Nothing came for ten seconds.", "Continue later.")


@pytest.fixture
def window(session, bench, tmp_path):
    made = Window(session)
    made.show()
    session.create(tmp_path / "Insects")
    session.take(bench.scanned)
    made.show_page("data")
    yield made
    made.close()
    made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_that_weights_that_have_come_are_told_of_on_another_page(window, bench, qtbot):
    window.session.downloads.start("resnet18")

    bench.steps[0].release(WeightsDownloaded("resnet18", "0" * 64, 46.8, 9.0), None)

    qtbot.waitUntil(window.toast.isVisible)
    assert window.toast.accessibleName() == "ResNet-18 works offline now"


def test_that_a_failed_download_leads_to_its_page(window, bench, qtbot):
    window.session.downloads.start("resnet18")

    bench.steps[0].release(LOST, None)

    qtbot.waitUntil(lambda: window.message.title == "Connection lost.")
    assert window.message._text.text() == "ResNet-18: Nothing came for ten seconds. Continue later."
    window.message._actions.itemAt(0).widget().click()
    assert window.page.name == "model"


def test_that_the_model_page_tells_of_it_itself(window, bench, qtbot):
    window.show_page("model")
    window.session.downloads.start("resnet18")

    bench.steps[0].release(LOST, None)

    qtbot.waitUntil(lambda: not window.session.downloads.of("resnet18").is_running)
    assert not window.message.isVisible()


def test_that_a_download_outlives_its_project_and_ends_with_the_window(window, bench):
    window.session.downloads.start("resnet18")

    window.session.close()
    assert bench.steps[0].asked == []
    window.close()

    assert bench.steps[0].asked == ["stop"]
