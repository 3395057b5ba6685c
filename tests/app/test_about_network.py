import pytest
from PySide6.QtWidgets import QApplication

from tlstudio.app import theme
from tlstudio.app.widgets.about_network import AboutNetwork

SUGGESTION = (
    "ResNet-18 is suggested. 588 training images are few (fewer than 1,000), so a small network is enough, "
    "and it is the quickest of those that are on this computer."
)


@pytest.fixture
def about(qtbot):
    made = AboutNetwork()
    qtbot.addWidget(made)
    made.resize(800, 200)
    made.show()
    return made


@pytest.mark.parametrize("text_percent", [100, 130])
def test_that_a_suggestion_takes_as_many_lines_as_its_words_need(about, qapp, text_percent):
    theme.apply(qapp, "light", text_percent)
    about.say("", SUGGESTION)
    QApplication.processEvents()

    words = about.suggestion
    needed = words.heightForWidth(words.width())
    assert words.width() <= 800
    assert needed >= 2 * words.fontMetrics().height()
    assert words.height() >= needed


def test_that_what_stands_aside_in_a_suggestion_is_in_its_tip(about):
    about.say("", SUGGESTION)

    assert "588 training images are few, so" in about.suggestion.text()
    assert about.suggestion.toolTip() == SUGGESTION
