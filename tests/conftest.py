"""What every test starts from: a quiet environment, and user folders of its own."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tlstudio import environment

environment.prepare()

import importlib.util
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from itertools import count
from pathlib import Path

import pytest

if "hub_server" not in sys.modules:
    # Tests are no package; a helper is loaded once and found by its name from then on.
    spec = importlib.util.spec_from_file_location("hub_server", Path(__file__).with_name("hub_server.py"))
    sys.modules["hub_server"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["hub_server"])


@pytest.fixture(scope="session")
def homes(tmp_path_factory):
    """One new folder after another; `mktemp` for each of thousands would look through all before it."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in count())


@pytest.fixture(autouse=True)
def own_user_folders(homes, monkeypatch):
    """Preferences, models and home of a test are its own, never the developer's."""
    home = next(homes)
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TLSTUDIO_CONFIG_DIR", str(home / "config"))
    monkeypatch.setenv("TLSTUDIO_MODELS_DIR", str(home / "models"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / ".local"))


@pytest.fixture(scope="session")
def draw_plates(tmp_path_factory):
    """draw_plates(folder, per_class=8, classes=…): drawn metal plates in class folders, no two of one lot."""
    from tlstudio.data.samples import SAMPLES, draw

    @cache
    def drawn(per_class, classes):
        plates = replace(
            SAMPLES["metal-defects"], classes=classes, images_per_class=per_class, groups=per_class
        )
        folder = tmp_path_factory.mktemp("plates") / "drawn"
        list(draw(plates, folder))
        return folder

    def draw_them(folder, per_class=8, classes=("Sound", "Scratch")):
        shutil.copytree(drawn(per_class, tuple(classes)), folder, dirs_exist_ok=True)
        return folder

    return draw_them


@pytest.fixture(scope="session")
def plates_project(draw_plates):
    """plates_project(folder, per_class=8, **train): a scanned project of a tiny network on the CPU."""
    from tlstudio import steps
    from tlstudio.project.file import create_project, save_project

    def make(folder, per_class=8, **train):
        images = draw_plates(folder / "images", per_class)
        project = create_project(folder / "project")
        chosen = project.settings
        project = project.with_settings(
            data=replace(chosen.data, root=str(images)),
            model=replace(chosen.model, backbone="test_resnet", freeze=0, weights="random"),
            train=replace(chosen.train, **{"epochs": 2, "batch_size": 8, "device": "cpu", **train}),
        )
        for event in steps.scan(project):
            project = project.after(event)
        save_project(project)
        return project

    return make


@pytest.fixture(scope="session")
def published():
    """The file of a tiny network as the hub publishes it, 1.9 MB."""
    import timm
    from safetensors.torch import save

    return save(timm.create_model("test_resnet").state_dict())


@pytest.fixture
def hub(published, monkeypatch):
    """A hub on this computer that publishes the weights of test_resnet, and no proxy on the way to it."""
    from hub_server import HubServer

    from tlstudio.model.backbones import TEST_BACKBONES

    for name in ("http_proxy", "https_proxy", "all_proxy", "HF_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with HubServer() as server:
        server.publish(TEST_BACKBONES["test_resnet"].weights.repo, published)
        yield server


@dataclass(frozen=True)
class PlainUser:
    folder: Path
    become: Callable[[], None]


@pytest.fixture
def plain_user():
    """A folder open to all, and a function that takes this process's privileges until the test ends."""
    if os.name == "nt":
        pytest.skip("needs POSIX users")
    was = os.geteuid()
    folder = Path(tempfile.mkdtemp(prefix="plain-user-"))
    folder.chmod(0o777)
    yield PlainUser(folder, lambda: os.seteuid(65534) if was == 0 else None)
    os.seteuid(was)
    for path in folder.rglob("*"):
        path.chmod(0o700)
    shutil.rmtree(folder)
