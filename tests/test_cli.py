"""The command line as scripts rely on it: verbs, fields of events, exit status."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tlstudio.__main__ import VERBS
from tlstudio.cli.verbs import app, main
from tlstudio.data.samples import SAMPLES
from tlstudio.model.backbones import find_backbone
from tlstudio.project.file import open_project
from tlstudio.project.lock import ProjectLock

QUICK = ("--backbone", "test_resnet", "--epochs", "2", "--batch-size", "4", "--device", "cpu", "--seed", "1")


@dataclass(frozen=True)
class Answer:
    status: int
    text: str

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    @property
    def last(self) -> dict[str, Any]:
        return self.events[-1]

    def all(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == name]


class Watched(io.StringIO):
    """Standard output that calls back when a certain word is first written."""

    def __init__(self, word: str, call: Callable[[], None]) -> None:
        super().__init__()
        self._word = word
        self._call = call

    def write(self, text: str) -> int:
        is_new = self._word not in self.getvalue()
        count = super().write(text)
        if is_new and self._word in text:
            self._call()
        return count


def ask(*arguments: object, output: io.StringIO | None = None) -> Answer:
    output = output or io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()) as errors:
        status = main([str(argument) for argument in arguments])
    return Answer(
        status, output.getvalue() if "--json" in arguments else output.getvalue() + errors.getvalue()
    )


def draw_images(folder: Path, classes: tuple[str, ...] = ("bright", "dark"), images: int = 10) -> Path:
    for label, name in enumerate(classes):
        (folder / name).mkdir(parents=True)
        for number in range(images):
            shade = 40 + 150 * (label == 0) + 3 * number
            image = Image.new("RGB", (32, 32), (shade, shade // 2, 255 - shade))
            image.putpixel((number, label), (255, 0, 0))  # no two images are copies
            image.save(folder / name / f"slide{number}_{label}.png")
    return folder


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Every verb once, on a tiny project."""
    folder = tmp_path_factory.mktemp("journey")
    images, project, model = draw_images(folder / "images"), folder / "project", folder / "model.onnx"
    answers: dict[str, Any] = {"folder": folder, "project": project, "images": images, "model": model}
    answers["new"] = ask("new", project, images, "--independent", "--json")
    answers["train"] = ask("train", project, *QUICK, "--json")
    answers["evaluate"] = ask("evaluate", project, "--json")
    answers["export"] = ask("export", project, "--to", model, "--json")
    answers["predict"] = ask("predict", model, images / "dark", "--csv", folder / "answers.csv", "--json")
    answers["runs"] = ask("runs", project, "--json")
    return answers


def test_that_every_verb_of_the_window_s_door_is_a_command() -> None:
    commands = {command.callback.__name__ for command in app.registered_commands if command.callback}
    groups = {group.name for group in app.registered_groups}

    assert commands | groups == set(VERBS)


def test_that_new_tells_what_it_found(journey: dict[str, Any]) -> None:
    answer = journey["new"]

    assert answer.status == 0
    assert answer.last["event"] == "ProjectCreated"
    assert answer.last["images"] == 20
    assert answer.last["classes"] == ["bright", "dark"]
    assert answer.last["rejected"] == 0
    assert answer.last["groups"] == 20
    assert sum(answer.last["split"].values()) == 20
    assert set(answer.last["split"]) == {"train", "validation", "test"}


def test_that_train_tells_every_epoch_and_its_result(journey: dict[str, Any]) -> None:
    answer = journey["train"]
    epochs = answer.all("EpochDone")

    assert answer.status == 0
    assert [epoch["epoch"] for epoch in epochs] == [1, 2]
    for field in ("run", "epochs", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy"):
        assert field in epochs[0]
    assert answer.last["event"] == "TrainDone"
    assert answer.last["run"] == 1
    for field in (
        "best_epoch",
        "validation_accuracy",
        "seconds",
        "seconds_preparing",
        "trainable_parameters",
    ):
        assert field in answer.last


def test_that_evaluate_tells_the_interval(journey: dict[str, Any]) -> None:
    answer = journey["evaluate"]

    assert answer.status == 0
    assert answer.last["event"] == "EvaluateDone"
    assert answer.last["run"] == 1
    assert answer.last["split"] == "test"
    assert answer.last["images"] == journey["new"].last["split"]["test"]
    assert 0 <= answer.last["accuracy_low"] <= answer.last["accuracy"] <= answer.last["accuracy_high"] <= 1
    assert 0 <= answer.last["balanced_accuracy"] <= 1


def test_that_export_tells_how_the_file_compares(journey: dict[str, Any]) -> None:
    answer = journey["export"]

    assert answer.status == 0
    assert answer.last["event"] == "ExportDone"
    assert Path(answer.last["path"]).name == "model.onnx"
    assert journey["model"].exists()
    assert answer.last["same_class"] == answer.last["images_compared"] > 0
    assert answer.last["largest_difference"] <= 5e-3
    assert answer.last["megabytes"] > 0


def test_that_predict_tells_each_image(journey: dict[str, Any]) -> None:
    answer = journey["predict"]
    predicted = answer.all("Predicted")

    assert answer.status == 0
    assert len(predicted) == 10
    assert predicted[0]["label"] in ("bright", "dark")
    assert set(predicted[0]["probabilities"]) == {"bright", "dark"}
    assert sum(predicted[0]["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    assert answer.last["event"] == "PredictDone"
    assert (journey["folder"] / "answers.csv").exists()


def test_that_predict_fails_only_if_no_file_could_be_read(journey: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "notes.png").write_text("no image", encoding="utf-8")
    readable = next((journey["images"] / "dark").iterdir())

    none = ask("predict", journey["model"], tmp_path / "notes.png", "--json")
    some = ask("predict", journey["model"], tmp_path / "notes.png", readable, "--json")

    assert (none.status, none.last["title"]) == (1, "No image could be read")
    assert (some.status, some.last["images"], some.last["unreadable"]) == (0, 1, 1)


def test_that_runs_lists_what_became_of_each(journey: dict[str, Any]) -> None:
    answer = journey["runs"]
    (run,) = answer.all("RunListed")

    assert answer.status == 0
    assert (run["run"], run["state"], run["backbone"], run["epochs_done"]) == (1, "done", "test_resnet", 2)
    assert run["test_accuracy"] == journey["evaluate"].last["accuracy"]
    assert run["views"] == journey["evaluate"].last["views"] == journey["train"].last["views"] == 1
    assert run["augmentation"] == "none"  # so few images are learned as they are
    assert answer.last == {"event": "RunsListed", "runs": 1, "chosen_run": 1}


def test_that_the_settings_of_the_command_line_are_kept_in_the_project(journey: dict[str, Any]) -> None:
    stored = json.loads((journey["project"] / "project.tlstudio").read_text(encoding="utf-8"))["settings"]

    assert stored["model"]["backbone"] == "test_resnet"
    assert (stored["train"]["epochs"], stored["train"]["batch_size"], stored["train"]["seed"]) == (2, 4, 1)


def test_that_text_says_counts_before_percent_and_what_it_is_for(journey: dict[str, Any]) -> None:
    answer = ask("evaluate", journey["project"])

    right, images = journey["evaluate"].last["correct"], journey["evaluate"].last["images"]
    assert answer.status == 0
    assert f"{right} of {images} right" in answer.text
    assert "likely between" in answer.text
    assert "For research and teaching" in answer.text


def test_that_predict_and_help_load_neither_torch_nor_qt(journey: dict[str, Any]) -> None:
    code = (
        "import sys; from tlstudio.__main__ import main\n"
        "try: main()\n"
        "except SystemExit as ended: assert not ended.code, ended.code\n"
        "heavy = {'torch', 'timm', 'PySide6'} & set(sys.modules); assert not heavy, heavy"
    )
    for arguments in (["predict", str(journey["model"]), str(journey["images"])], ["--help"], ["--version"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


def test_that_a_project_open_elsewhere_can_be_read_and_not_trained(journey: dict[str, Any]) -> None:
    lock = ProjectLock(journey["project"])
    assert lock.acquire()

    train = ask("train", journey["project"], "--json")
    runs = ask("runs", journey["project"], "--json")
    lock.release()

    assert train.status == 1
    assert train.last["event"] == "Failed"
    assert train.last["title"] == "The project is read-only"
    assert "is open in another window" in train.last["message"]
    assert runs.status == 0


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    assert ask("new", project, draw_images(tmp_path / "images"), "--json").status == 0
    return project


@pytest.fixture
def interrupts() -> Iterator[None]:
    """Ctrl-C reaches this process even if the test run itself was started to ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_that_ctrl_c_leaves_a_run_that_can_be_resumed(fresh: Path, interrupts: None) -> None:
    output = Watched("EpochDone", lambda: signal.raise_signal(signal.SIGINT))

    train = ask("train", fresh, *QUICK, "--epochs", "3", "--json", output=output)
    (run,) = ask("runs", fresh, "--json").all("RunListed")
    resumed = ask("resume", fresh, "--json")

    assert train.status == 130
    assert train.last == {"event": "Stopped", "step": "train"}
    assert (run["state"], run["is_resumable"]) == ("paused", True)
    assert resumed.status == 0
    assert resumed.last["event"] == "TrainDone"
    assert resumed.all("EpochDone")[-1]["epoch"] == 3


def test_that_ctrl_c_before_a_run_began_promises_no_run_to_go_on_with(
    fresh: Path, interrupts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("tlstudio.train.fit.get_ready", interrupted)

    train = ask("train", fresh, *QUICK)

    assert train.status == 130
    assert "Interrupted; what was finished is kept." in train.text
    assert "tlstudio resume" not in train.text


def test_that_ctrl_c_in_a_run_says_how_to_go_on(fresh: Path, interrupts: None) -> None:
    output = Watched("Epoch 1", lambda: signal.raise_signal(signal.SIGINT))

    train = ask("train", fresh, *QUICK, "--epochs", "3", output=output)

    assert f"resume {fresh}" in train.text.replace("\n", " ").replace("  ", " ")


def test_that_a_learning_rate_can_be_given_back_to_the_program(fresh: Path) -> None:
    ask("train", fresh, *QUICK, "--learning-rate", "0.02")
    assert open_project(fresh).settings.train.learning_rate == 0.02

    ask("train", fresh, *QUICK, "--learning-rate", "auto")
    assert open_project(fresh).settings.train.learning_rate is None


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="such names are of POSIX")
def test_that_a_name_that_is_no_text_ends_no_verb_that_prints_json(
    journey: dict[str, Any], tmp_path: Path
) -> None:
    odd = os.fsencode(tmp_path / "caf") + b"\xe9.png"
    with open(odd, "wb") as file:
        file.write((journey["images"] / "dark" / "slide0_1.png").read_bytes())
    verb = [sys.executable, "-m", "tlstudio", "predict", str(journey["model"]), str(tmp_path), "--json"]

    done = subprocess.run(verb, capture_output=True, check=False)

    assert done.returncode == 0
    assert b'"event": "Predicted"' in done.stdout


def test_that_an_error_is_one_line_of_json_and_status_1(tmp_path: Path) -> None:
    answer = ask("train", tmp_path / "nothing", "--json")

    assert answer.status == 1
    (failed,) = answer.events
    assert failed["event"] == "Failed"
    assert failed["title"] == "No project was found"
    assert failed["what_to_try"]


@pytest.mark.parametrize(("classes", "frozen_share"), [("ab", 0.5), ("abcde", 0.0)])
def test_that_a_new_project_begins_at_the_recommended_freeze_depth(
    tmp_path: Path, classes: str, frozen_share: float
) -> None:
    folder = draw_images(tmp_path / "images", tuple(classes), images=20)
    ask("new", tmp_path / "project", folder, "--independent")
    model = open_project(tmp_path / "project").settings.model

    # Of the bundled backbone half of the groups for fewer than 70 training images, as in the window.
    assert model.freeze == round(frozen_share * find_backbone(model.backbone).head_depth)


def test_that_a_failed_new_leaves_nothing_behind(tmp_path: Path) -> None:
    images = draw_images(tmp_path / "images", classes=("only one",))
    (tmp_path / "empty").mkdir()

    assert ask("new", tmp_path / "project", images, "--json").last["event"] == "Failed"
    assert ask("new", tmp_path / "empty", images).status == 1

    assert sorted(os.listdir(tmp_path)) == ["empty", "images"]
    assert os.listdir(tmp_path / "empty") == []


def test_that_new_touches_no_folder_that_holds_something(tmp_path: Path) -> None:
    images = draw_images(tmp_path / "images")
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "thesis.txt").write_text("ten years", encoding="utf-8")

    answer = ask("new", taken, images, "--json")

    assert answer.status == 1
    assert os.listdir(taken) == ["thesis.txt"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("new", "a", "b", "--group-by", "x", "--independent"),
        ("new", "a", "b", "--group-by", "(x"),
        ("train", "a", "--freeze", "some"),
        ("train", "a", "--epochs", "0"),
        ("train", "a", "--learning-rate", "-1"),
        ("train", "a", "--learning-rate", "nan"),
        ("train", "a", "--learning-rate", "fast"),
        ("train", "a", "--cache-gb", "nan"),
        ("train", "a", "--backbone", ""),
        ("new", "a", ""),
        ("new", "a" * 256, "b"),
        ("export", "a", "--to="),
        ("backbones", "--json", "inspect", "resnet10t"),
        ("train", "a", "--mixup", "3"),
        ("sweep", "a", "--cache-gb", "-1"),
        ("train", "a", "--device", "abacus"),
        ("export", "a"),
        ("predict",),
        ("fly",),
    ],
)
def test_that_wrong_use_is_status_2(arguments: tuple[str, ...]) -> None:
    assert ask(*arguments).status == 2


def test_that_an_unknown_backbone_is_told_before_a_run_is_made(fresh: Path) -> None:
    answer = ask("train", fresh, "--backbone", "resnet19", "--json")

    assert answer.status == 1
    assert answer.last["event"] == "Failed"
    assert ask("runs", fresh, "--json").last["runs"] == 0


def test_that_backbones_are_listed_with_their_freeze_positions() -> None:
    answer = ask("backbones", "--json")
    listed = {backbone["name"]: backbone for backbone in answer.all("BackboneListed")}

    assert answer.status == 0
    assert listed["resnet18"]["freeze_groups"] == ["stem", "layer1", "layer2", "layer3", "layer4"]
    assert answer.last == {"event": "BackbonesListed", "backbones": len(listed)}


@pytest.mark.slow
def test_that_the_demo_learns_and_its_file_answers_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    # 120 images in place of 400: of 20 test images all are right, so the interval begins at 0.51.
    fewer = replace(SAMPLES["blood-cells"], images_per_class=24, groups=24)
    monkeypatch.setitem(SAMPLES, "blood-cells", fewer)

    answer = ask("demo", "--json")

    assert answer.status == 0
    done = answer.last
    assert done["event"] == "DemoDone"
    assert done["accuracy_low"] > 1 / 5  # five classes: clearly above chance
    assert done["predicted_right"] > done["predicted"] / 5
    assert Path(done["model"]).is_file()
    assert done["project"] == str(Path("demo") / "project")
