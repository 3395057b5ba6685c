"""A download in its child process, the only one that may reach the hub."""

import os

from tlstudio.events import Failed, Stopped
from tlstudio.model.backbones import TEST_BACKBONES
from tlstudio.model.events import DownloadProgressed, WeightsDownloaded
from tlstudio.model.weight_store import models_folder, weights_state
from tlstudio.run.here import failure, run_here
from tlstudio.run.process import StepProcess

ROW = TEST_BACKBONES["test_resnet"]


def test_that_the_child_of_a_download_reaches_the_hub_that_is_given(hub):
    *told, done = StepProcess("download", None, {"name": "test_resnet", "mirror": hub.address})

    assert isinstance(done, WeightsDownloaded)
    assert {type(event) for event in told} == {DownloadProgressed}
    assert weights_state(ROW).kind == "here"


def test_that_the_hub_of_the_environment_is_taken_if_none_is_given(hub, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", hub.address)

    *_, done = StepProcess("download", None, {"name": "test_resnet"})

    assert isinstance(done, WeightsDownloaded)


def test_that_no_other_process_reaches_the_hub(hub):
    assert os.environ["HF_HUB_OFFLINE"] == "1"

    try:
        list(run_here("download", None, name="test_resnet", mirror=hub.address))
    except Exception as error:
        told = failure(error)

    assert "started for a download" in told.details
    assert hub.asked == []


def test_that_a_stopped_download_keeps_what_has_come_though_its_server_is_silent(hub, published):
    half = len(published) // 2
    hub.manners.stall_at = half
    running = StepProcess("download", None, {"name": "test_resnet", "mirror": hub.address})
    events = iter(running)
    while next(events) != DownloadProgressed("test_resnet", half, len(published)):
        pass

    running.stop()

    assert list(events)[-1] == Stopped("download")
    (part,) = models_folder().rglob("*.part")
    assert part.read_bytes() == published[:half]


def test_that_the_first_of_two_processes_brings_what_both_want(hub):
    options = {"name": "test_resnet", "mirror": hub.address}
    both = [StepProcess("download", None, options), StepProcess("download", None, options)]

    ends = [list(one)[-1] for one in both]

    assert [type(end) for end in ends] == [WeightsDownloaded, WeightsDownloaded]
    assert len(hub.of("GET")) == 1


def test_that_a_proxy_s_password_is_in_no_event(hub):
    options = {"name": "test_resnet", "mirror": hub.address, "proxy": "socks9://anna:s3cret@proxy"}

    events = list(StepProcess("download", None, options))

    assert isinstance(events[-1], Failed)
    assert "s3cret" not in repr(events)
