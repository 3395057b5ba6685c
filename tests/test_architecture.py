"""The shape of the program, checked by a machine."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "tlstudio").rglob("*.py"))


def test_that_the_layer_contracts_hold(capsys):
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)

    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


TORCH_FREE = [
    "tlstudio.data.scan",
    "tlstudio.model.backbones",
    "tlstudio.model.catalogue",
    "tlstudio.model.events",
    "tlstudio.model.weight_store",
    "tlstudio.model.recommend",
    "tlstudio.model.pack_import",
    "tlstudio.model.packs",
    "tlstudio.model.torch_files",
    "tlstudio.export.batch",
    "tlstudio.export.onnx_model",
    "tlstudio.project.file",
    "tlstudio.steps",
    "tlstudio.run.here",
    "tlstudio.run.process",
    "tlstudio.cli",
    "tlstudio.app.main",
]
"""From the bottom of the layers upwards, so that the first module with which something heavy comes is the one
to mend."""

DOWNLOAD = "tlstudio.model.download"

PROGRAM = """
import importlib, json, sys
from tlstudio import environment

environment.prepare()
heavy = {"torch", "timm", "torchvision", "huggingface_hub", "httpx2"}
for module in sys.argv[1:]:
    before = heavy & set(sys.modules)
    importlib.import_module(module)
    print(json.dumps([module, sorted((heavy & set(sys.modules)) - before)]))
"""


@pytest.fixture(scope="module")
def came_with():
    """What was loaded when the modules were, one after the other in one process: module → heavy packages."""
    command = [sys.executable, "-c", PROGRAM, *TORCH_FREE, DOWNLOAD]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(line) for line in loaded.stdout.splitlines())


def test_that_modules_load_without_torch_and_network(came_with):
    assert {module: came_with[module] for module in TORCH_FREE} == {module: [] for module in TORCH_FREE}


def test_that_the_download_loads_without_torch(came_with):
    assert not {"torch", "timm", "torchvision"} & set(came_with[DOWNLOAD])


FORBIDDEN = {
    "pickle": "weights are safetensors, everything else is JSON or CSV",
    "weights_only=False": "opening a foreign file must not run its code",
    "joblib": "it unpickles",
    "yaml.load": "it may build objects",
    "eval(": "text is never run",
    "exec(": "text is never run",
}


@pytest.mark.parametrize("words", FORBIDDEN)
def test_that_no_source_runs_what_it_reads(words):
    # network.eval() and app.exec() are methods; the functions stand alone.
    def uses(line):
        at = line.find(words)
        return at >= 0 and not (
            words.endswith("(") and at > 0 and (line[at - 1].isalnum() or line[at - 1] in "._")
        )

    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in SOURCES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if uses(line.split("#")[0]) and not line.lstrip().startswith(('"', "import pickle  # only"))
    ]

    assert found == []


WRITING_PLACES = {
    "atomic.py: os.open": "to flush what has been written",
    "model/pack_files.py: target.open": "what it is given is atomic's temporary file",
    "model/transfer.py: self._part.open": "a part that goes on; it moves once its checksum is right",
    "project/lock.py: open": "the lock is held on the file itself, and what it says is only shown",
    "train/feature_store.py: os.open": "to read rows that are being added; it writes nothing",
    "train/feature_store.py: (self.folder / ROWS_NAME).open": "added; what has no name is dropped",
    "train/feature_store.py: (self.folder / NAMES_NAME).open": "a line that was cut off is dropped",
    "train/run_info.py: path.open": "an epoch's line is added, and taken back if it is not whole",
}
"""Calls beside `atomic` that open a file for writing, and why a crash in the middle of them does no harm."""


def is_writing(call):
    """Whether a call opens a file in any mode but to read it, or writes one, by other means than `atomic`."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name not in ("open", "fdopen", "write_text", "write_bytes", "to_csv"):
        return False
    called = ast.unparse(call.func)
    if called.partition(".")[0] in ("atomic", "temporary"):  # so what `atomic.replacing` gives is called
        return False
    if name not in ("open", "fdopen") or called == "os.open":
        return True
    given = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "mode")]
    words = [node.value for each in given for node in ast.walk(each) if isinstance(node, ast.Constant)]
    modes = [word for word in words if isinstance(word, str) and set(word) <= set("rwaxbt+")]
    return any(set(mode) & set("wax+") for mode in modes)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("open(path, 'wb')", True),
        ("path.open('ab')", True),
        ("path.open('a', encoding='utf-8')", True),
        ("open(path, mode='x')", True),
        ("path.open('rb+' if is_there else 'wb')", True),
        ("os.fdopen(handle, 'w')", True),
        ("(folder / name).write_text(text)", True),
        ("open(path, 'rb')", False),
        ("path.open(encoding='utf-8')", False),
        ("temporary.open('wb')", False),
        ("atomic.write_text(path, text)", False),
    ],
)
def test_that_a_call_that_writes_is_known_by_its_mode(code, expected):
    assert is_writing(ast.parse(code, mode="eval").body) == expected


def test_that_files_are_written_only_through_atomic():
    found = {
        f"{path.relative_to(ROOT / 'tlstudio').as_posix()}: {ast.unparse(node.func)}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and is_writing(node)
    }

    assert found == set(WRITING_PLACES)


def test_that_no_claim_to_diagnose_is_made():
    texts = [*SOURCES, ROOT / "README.md", *(ROOT / "resources").rglob("*.jinja")]
    found = [path.name for path in texts if "diagnos" in path.read_text(encoding="utf-8").lower()]

    assert found == []


def test_that_modules_stay_small():
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    longest = {str(path): length for path, length in lengths.items() if length > 450}

    assert longest == {}
