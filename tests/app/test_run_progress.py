import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest

from tlstudio.app.widgets.run_progress import RunProgress, early_stop
from tlstudio.app.widgets.run_words import RunSummary
from tlstudio.train.settings import TrainSettings

_spec = importlib.util.spec_from_file_location("made_project", Path(__file__).with_name("made_project.py"))
made_project = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(made_project)
a_run = made_project.a_run

UNEVEN = {"ants": (3, 4), "bees": (1, 6)}
EVEN = {"ants": (5, 7), "bees": (3, 7)}


def with_found(run, *found, best_epoch=1):
    """The run with these counts of its epochs, one for each."""
    epochs = tuple(replace(epoch, found=counts) for epoch, counts in zip(run.epochs, found, strict=True))
    return replace(run, epochs=epochs, best_epoch=best_epoch)


@pytest.fixture
def card(qtbot):
    card = RunProgress()
    qtbot.addWidget(card)
    return card


def figures(card, run):
    """What the card says of the best epoch, and of the class that is found least."""
    card.show_summary(RunSummary("", "", 0.0), run)
    return card.best.accessibleName(), card.found.accessibleName()


def test_that_a_run_that_has_ended_tells_both_figures_of_the_epoch_that_is_kept(card):
    newest = {"ants": (0, 4), "bees": (6, 6)}

    best, found = figures(card, with_found(a_run(), UNEVEN, newest))

    assert best == "Best: 90%. epoch 1, 9 of 10"
    assert found == "Rarest class found: 3 of 4. ants"


def test_that_a_run_that_goes_on_tells_what_its_newest_epoch_found(card):
    newest = {"ants": (0, 4), "bees": (6, 6)}

    best, found = figures(card, with_found(a_run(state="running"), UNEVEN, newest))

    assert best == "Best so far: 90%. epoch 1, 9 of 10"
    assert found == "Rarest class found: 0 of 4. ants"


def test_that_among_classes_of_equal_size_none_is_called_rare(card):
    _, found = figures(card, with_found(a_run(epochs=1), EVEN))

    assert found == "Least found class: 3 of 7. bees"


def test_that_no_class_is_called_the_least_where_all_are_found_alike(card):
    _, found = figures(card, with_found(a_run(epochs=1), {"ants": (7, 7), "bees": (7, 7)}))

    assert found == "Least found class: 7 of 7. each class"


def test_that_of_two_rarest_classes_the_one_found_less_is_told(card):
    _, found = figures(card, with_found(a_run(epochs=1), {"ants": (3, 4), "bees": (1, 4), "wasps": (1, 9)}))

    assert found == "Rarest class found: 1 of 4. bees"


def test_that_a_run_that_ended_before_its_first_epoch_promises_no_figures(card):
    best, found = figures(card, a_run(state="stopped", epochs=0))

    assert best == "Best: –. no epoch was finished"
    assert found == "Rarest class found: –. no epoch was finished"


@pytest.mark.parametrize(("state", "words"), [("running", "1 so far"), ("done", "1 at the end")])
def test_that_flat_epochs_are_counted_in_the_tense_of_the_run(state, words):
    run = with_found(a_run(state=state), UNEVEN, UNEVEN)

    assert early_stop(replace(run, train=TrainSettings(early_stop_epochs=5))) == ("5 flat epochs", words)
