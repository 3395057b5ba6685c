"""The main job with every socket barred, and with names that must not turn up in what leaves the machine."""

import json
import os
import subprocess
import sys

import pytest

from tlstudio import RESEARCH_NOTICE

USER = "maria-canary-lopez"
FOLDER = "canary-ward-7"

BARRED = """
import json, socket, sys

def bar(event, arguments):
    if event == "socket.connect" and arguments[0].family in (socket.AF_INET, socket.AF_INET6):
        raise RuntimeError(f"a socket to {arguments[1]} was opened")
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        raise RuntimeError(f"{arguments[0]} was looked up")

sys.addaudithook(bar)
from tlstudio.__main__ import main

for verb in json.loads(sys.argv[1]):
    sys.argv[1:] = [*verb, "--json"]
    try:
        main()
    except SystemExit as ended:
        if ended.code:
            raise
    print()
"""
"""The verbs, one after the other in this process; an empty line ends what each tells."""


@pytest.fixture(scope="module")
def journey(tmp_path_factory, draw_plates):
    """A whole journey of the command line by a user with a tell-tale home; what each verb told last."""
    home = tmp_path_factory.mktemp("home") / USER
    images = home / FOLDER / "images"
    draw_plates(images, per_class=12, classes=("Sound", "Kräzer 🙂"))
    surroundings = {
        **os.environ,
        "HOME": str(home),
        "USER": USER,
        "LOGNAME": USER,
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_CONFIG_HOME": str(home / ".config"),
    }
    for name in ("ORT_DISABLE_TELEMETRY", "HF_HUB_OFFLINE", "HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK"):
        surroundings.pop(name, None)

    project = home / FOLDER / "project"
    model = home / "out" / "model.onnx"
    model.parent.mkdir()
    verbs = [
        ("new", project, images),
        ("train", project, "--backbone", "test_resnet", "--epochs", 2, "--freeze", 1),
        ("evaluate", project),
        ("export", project, "--to", model),
        ("predict", model, images / "Sound", "--csv", home / "out" / "answers.csv"),
    ]
    command = [sys.executable, "-c", BARRED, json.dumps([[str(word) for word in verb] for verb in verbs])]
    done = subprocess.run(command, cwd=home, env=surroundings, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    told = [json.loads(lines.splitlines()[-1]) for lines in done.stdout.strip().split("\n\n")]
    return home, model, told


@pytest.mark.slow
def test_that_the_main_job_is_done_without_a_socket(journey):
    _, _, told = journey

    assert [event["event"] for event in told] == [
        "ProjectCreated",
        "TrainDone",
        "EvaluateDone",
        "ExportDone",
        "PredictDone",
    ]
    assert told[3]["same_class"] == told[3]["images_compared"] == told[2]["images"]


@pytest.mark.slow
def test_that_no_library_leaves_telemetry_in_the_home(journey):
    home, _, _ = journey

    assert not [
        path for path in home.rglob("*") if path.name in (".onnxruntime", "deviceid", "DeveloperTools")
    ]


@pytest.mark.slow
def test_that_nothing_exported_names_the_user_or_the_folders(journey):
    home, model, _ = journey
    canaries = [USER, FOLDER, str(home), "site-packages"]
    exported = list(model.parent.iterdir())

    assert {path.suffix for path in exported} == {".onnx", ".md", ".py", ".csv"}
    found = [
        (path.name, canary)
        for path in exported
        for canary in canaries
        if canary.encode() in path.read_bytes()
    ]
    assert found == []


@pytest.mark.slow
def test_that_run_folders_name_images_by_relative_paths_only(journey):
    home, _, _ = journey
    files = [path for path in (home / FOLDER / "project" / "runs").rglob("*") if path.is_file()]

    assert files
    assert [path.name for path in files if USER.encode() in path.read_bytes()] == []


@pytest.mark.slow
def test_that_the_research_notice_goes_with_the_exported_files(journey):
    _, model, _ = journey

    for path in model.parent.iterdir():
        assert RESEARCH_NOTICE.encode() in path.read_bytes(), path.name
