"""Downloads of weights beside everything else."""

import pytest

from tlstudio.app import preferences
from tlstudio.app.downloads import Download
from tlstudio.app.preferences import Preferences
from tlstudio.events import Failed
from tlstudio.model.events import DownloadProgressed, WeightsDownloaded

HALF = DownloadProgressed("resnet18", 20, 40)
DONE = WeightsDownloaded("resnet18", "0" * 64, 40.0, 2.0)
LOST = Failed("Connection lost", "Nothing came for ten seconds.", "Continue later.")


@pytest.fixture
def downloads(session):
    return session.downloads


def test_that_a_download_is_asked_for_with_the_mirror_and_the_proxy_of_the_preferences(downloads, bench):
    preferences.save(
        Preferences(proxy="http://proxy:8080", proxy_user="ann", proxy_password="s/t", mirror="https://m")
    )

    downloads.start("resnet18")

    assert bench.steps[0].options == {
        "name": "resnet18",
        "mirror": "https://m",
        "proxy": "http://ann:s%2Ft@proxy:8080",
    }


def test_that_it_tells_how_far_it_is(downloads, bench, record, qtbot):
    changed = record(downloads.changed)
    downloads.start("resnet18", expected_bytes=44)
    assert downloads.of("resnet18") == Download("resnet18", 0, 44)

    bench.steps[0].release(HALF)

    qtbot.waitUntil(lambda: len(changed.events) == 2)
    assert downloads.of("resnet18").fraction == 0.5
    assert downloads.of("resnet18").is_running


def test_that_two_downloads_of_one_network_are_one(downloads, bench):
    downloads.start("resnet18")
    downloads.start("resnet18")

    assert len(bench.steps) == 1


def test_that_whole_weights_are_told_of_and_the_download_is_forgotten(downloads, bench, record, qtbot):
    arrived = record(downloads.arrived)
    downloads.start("resnet18")

    bench.steps[0].release(HALF, DONE, None)

    qtbot.waitUntil(lambda: arrived.events == ["resnet18"])
    assert downloads.of("resnet18") is None


def test_that_a_cancelled_download_remembers_how_far_it_came_and_continues(downloads, bench, qtbot):
    downloads.start("resnet18")
    bench.steps[0].release(HALF)

    downloads.cancel("resnet18")

    qtbot.waitUntil(lambda: not downloads.of("resnet18").is_running)
    assert downloads.of("resnet18") == Download("resnet18", 20, 40, is_running=False)
    downloads.start("resnet18")
    assert downloads.of("resnet18") == Download("resnet18", 20, 40)


def test_that_a_failure_is_kept_until_the_next_try(downloads, bench, qtbot):
    downloads.start("resnet18")

    bench.steps[0].release(HALF, LOST, None)

    qtbot.waitUntil(lambda: not downloads.of("resnet18").is_running)
    assert downloads.of("resnet18").problem == LOST
    downloads.start("resnet18")
    assert downloads.of("resnet18").problem is None
