"""A project whose network is no longer known opens as before, and says what can be done."""

from dataclasses import replace

import pytest
from shiboken6 import delete

from tlstudio import steps
from tlstudio.cli.listing import runs
from tlstudio.model.adopted import adopt
from tlstudio.model.backbones import TEST_BACKBONES
from tlstudio.model.errors import NetworkGone, NetworkNotInspected, UnknownBackbone
from tlstudio.model.network import build
from tlstudio.model.settings import ModelSettings
from tlstudio.project.file import open_project, save_project
from tlstudio.run.here import failure
from tlstudio.train.events import EpochDone, RunStarted

GONE = "goneformer_tiny"


@pytest.fixture
def project(plates_project, tmp_path):
    """Scanned, with a finished run of a network that nobody knows any more."""
    project = plates_project(tmp_path)
    project = project.with_settings(model=ModelSettings(GONE, 2, "pretrained"))
    started = RunStarted(
        1, "2026-01-01", 5, 0, "CPU", "float32", 8, 2, 9, 99, 10, 4, "random", project.images.fingerprint
    )
    project = project.after(started)
    project = project.after(EpochDone(1, 1, 5, 0.5, 0.8, 0.6, 0.8, 30.0, True, 1e-3, {}, []))
    save_project(project)
    return project


def test_that_the_project_opens_with_its_settings_and_lists_its_runs(project):
    opened = open_project(project.folder)
    listed, last = runs(opened)

    assert opened.settings.model == ModelSettings(GONE, 2, "pretrained")
    assert not opened.is_read_only
    assert (listed.backbone, listed.validation_accuracy) == (GONE, 0.8)
    assert last.runs == 1


def test_that_training_says_that_there_is_no_such_network_and_changes_nothing(project):
    with pytest.raises(UnknownBackbone) as raised:
        list(steps.train(project))

    failed = failure(raised.value)
    assert failed.title == "Unknown backbone"
    assert GONE in failed.message
    assert failed.what_to_try
    assert [path.name for path in (project.folder / "runs").iterdir()] == []


def test_that_a_network_of_timm_that_another_computer_looked_at_can_be_looked_at_here(project):
    moved = project.with_settings(model=ModelSettings("test_byobnet", 2, "random"))

    with pytest.raises(NetworkNotInspected, match="tlstudio backbones inspect test_byobnet"):
        list(steps.train(moved))


def test_that_a_kept_row_of_a_network_that_timm_dropped_is_told_apart_from_a_fault():
    adopt(replace(TEST_BACKBONES["test_resnet"], name=GONE))

    with pytest.raises(NetworkGone, match="exported files go on working"):
        build(ModelSettings(GONE, 0, "random"), 2)


def test_that_the_window_s_model_page_shows_the_project(project, qtbot):
    from tlstudio.app.pages.model import ModelPage
    from tlstudio.app.session import Session

    session = Session()
    session.project = open_project(project.folder)
    page = ModelPage(session)

    page.refresh()

    assert page.primary.isVisibleTo(page)
    delete(page)  # else the collector takes it apart later, in the middle of another test
