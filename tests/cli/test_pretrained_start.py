"""Which weights `tlstudio train` starts from, and what `tlstudio backbones` lists, finds and looks over."""

import json

import pytest
from safetensors.torch import save_file

from tlstudio.cli import running
from tlstudio.cli.verbs import main
from tlstudio.model.adopted import adopted_backbone
from tlstudio.model.backbones import BACKBONES, TEST_BACKBONES
from tlstudio.model.network import create
from tlstudio.model.weight_store import file_sha256, keep_weights, weights_file, weights_sha256
from tlstudio.project.file import create_project, open_project
from tlstudio.run.here import run_here
from tlstudio.train.run_info import read_info

TINY = TEST_BACKBONES["test_resnet"]
QUICK = ("--epochs", "1", "--batch-size", "8", "--device", "cpu", "--json")


@pytest.fixture
def ask(capsys):
    """ask(…) gives the exit status and the events."""

    def run(*arguments):
        status = main([str(argument) for argument in arguments])
        return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


@pytest.fixture
def kept(tmp_path):
    """The weights of test_resnet on this computer, by their file's hash."""
    path = tmp_path / "came.safetensors"
    save_file(create(TINY, 1000, seed=3).state_dict(), path)
    sha256 = file_sha256(path)
    keep_weights(TINY, path, "download", sha256)
    return sha256


def notes(events):
    return " ".join(event["message"] for event in events if event["event"] == "Noted")


def test_that_weights_that_are_here_are_the_start_and_the_run_keeps_their_name_and_hash(
    ask, kept, plates_project, tmp_path
):
    project = plates_project(tmp_path)

    status, events = ask("train", project.folder, "--backbone", "test_resnet", *QUICK)

    # The project's own choice was random, and it stays while the backbone does.
    started = next(event for event in events if event["event"] == "RunStarted")
    assert (status, started["weights"]) == (0, "random")

    status, events = ask("train", project.folder, "--weights", "pretrained", *QUICK)

    started = next(event for event in events if event["event"] == "RunStarted")
    assert (status, started["weights"], started["weights_sha256"]) == (0, "test_resnet.r160_in1k", kept)
    assert started["frozen_groups"] == 5  # few images: the head alone is recommended
    info = read_info(project.folder / "runs" / "0002")
    assert (info.weights_file, info.weights_sha256) == ("test_resnet.r160_in1k", kept)
    assert info.model.weights == "pretrained"


def test_that_another_backbone_without_its_weights_here_starts_from_random_ones_with_a_note(
    ask, plates_project, tmp_path
):
    project = plates_project(tmp_path)

    status, events = ask("train", project.folder, "--backbone", "test_efficientnet", *QUICK)

    started = next(event for event in events if event["event"] == "RunStarted")
    assert (status, started["weights"], started["frozen_groups"]) == (0, "random", 0)
    assert "tlstudio backbones download test_efficientnet" in notes(events)


def test_that_pretrained_weights_asked_for_and_not_here_are_an_error_before_any_work(
    ask, plates_project, tmp_path
):
    project = plates_project(tmp_path)

    status, events = ask("train", project.folder, "--weights", "pretrained", *QUICK)

    assert (status, events[-1]["title"]) == (1, "Pretrained weights not here")
    assert "tlstudio backbones download test_resnet" in events[-1]["what_to_try"]
    assert open_project(project.folder).settings.model.weights == "random"


def test_that_a_new_project_starts_from_the_bundled_backbone(tmp_path):
    chosen = create_project(tmp_path / "project").settings.model

    assert (chosen.backbone, chosen.weights) == ("resnet10t", "pretrained")
    assert BACKBONES[chosen.backbone].weights.bundled


def test_that_the_list_says_state_size_and_what_is_recommended(ask):
    _, events = ask("backbones", "--json")
    rows = {event["name"]: event for event in events[:-1]}

    assert set(rows) == set(BACKBONES)
    assert rows["resnet18"]["state"] == "download"
    assert rows["resnet18"]["megabytes"] == pytest.approx(46.8, abs=0.1)
    assert rows["resnet18"]["trained_on"] == "ImageNet-1k"
    bundled = BACKBONES["resnet10t"]
    assert rows["resnet10t"]["state"] == ("bundled" if weights_file(bundled) else "none")
    (recommended,) = [row for row in rows.values() if row["is_recommended"]]
    assert recommended["reason"]
    assert recommended["name"] in BACKBONES
    assert weights_sha256(bundled) or not weights_file(bundled)


def test_that_a_search_goes_through_the_table_and_all_of_timm(ask):
    status, events = ask("backbones", "--search", "convnext tiny", "--json")

    names = {event.get("name") for event in events}
    assert status == 0
    assert {"convnext_tiny", "convnext_tiny.dinov3_lvd1689m"} <= names  # rows of the table
    assert "convnext_tiny.fb_in22k" in names
    licences = {event["name"]: event["is_commercial"] for event in events if event["event"] == "NetworkFound"}
    assert licences["convnext_tiny.fb_in22k"]
    assert not licences["convnextv2_tiny.fcmae"]
    assert events[-1]["event"] == "NetworksFound"
    assert events[-1]["backbones"] + events[-1]["networks"] == len(events) - 1


def test_that_a_search_for_nothing_there_is_says_so(capsys):
    assert main(["backbones", "--search", "no such network"]) == 0
    assert capsys.readouterr().out.strip() == "No network holds these words."


def test_that_a_long_answer_is_shortened_and_says_how_to_see_fewer(capsys):
    main(["backbones", "--search", "vit"])

    printed = capsys.readouterr().out
    assert "Add a word to see fewer." in printed
    assert len(printed.splitlines()) < 70


def test_that_a_network_that_nobody_has_is_refused_with_the_closest(ask):
    status, events = ask("backbones", "inspect", "resnet1800", "--json")

    assert (status, events[-1]["title"]) == (1, "Unknown backbone")
    assert "resnet18" in events[-1]["what_to_try"]


@pytest.mark.slow
def test_that_any_network_of_timm_is_looked_over_before_its_first_training(ask, plates_project, tmp_path):
    project = plates_project(tmp_path)

    status, events = ask("train", project.folder, "--backbone", "test_byobnet", *QUICK)

    (found,) = [event for event in events if event["event"] == "NetworkInspected"]
    started = next(event for event in events if event["event"] == "RunStarted")
    assert (status, found["usable"], started["weights"]) == (0, True, "random")
    assert adopted_backbone("test_byobnet") is not None
    status, events = ask("train", project.folder, "--epochs", "1", *QUICK)
    assert status == 0
    assert not [event for event in events if event["event"] == "NetworkInspected"]
    assert ask("evaluate", project.folder, "--json")[0] == 0
    assert ask("export", project.folder, "--to", tmp_path / "model.onnx", "--json")[0] == 0


def test_that_a_network_that_does_not_work_is_refused_with_the_reason(
    ask, plates_project, tmp_path, monkeypatch
):
    # Here, where torch is loaded; the test above looks a network over in a process of its own.
    monkeypatch.setattr(running, "StepProcess", lambda step, _, options: run_here(step, None, **options))
    project = plates_project(tmp_path)

    status, events = ask("train", project.folder, "--backbone", "vit_base_patch16_sapiens2", *QUICK)

    assert (status, events[-1]["title"]) == (1, "Network can't be used")
    assert "768 × 1024" in events[-1]["message"]
    assert open_project(project.folder).settings.model.backbone == "test_resnet"
