"""The shape of the program, checked by a machine."""

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
    "tlstudio.app.main",
    "tlstudio.cli",
    "tlstudio.steps",
    "tlstudio.run.process",
    "tlstudio.run.here",
    "tlstudio.project.file",
    "tlstudio.export.batch",
    "tlstudio.export.onnx_model",
    "tlstudio.data.scan",
    "tlstudio.model.backbones",
    "tlstudio.model.catalogue",
    "tlstudio.model.events",
    "tlstudio.model.recommend",
    "tlstudio.model.weight_store",
    "tlstudio.model.pack_import",
    "tlstudio.model.packs",
    "tlstudio.model.torch_files",
]


@pytest.mark.parametrize("module", TORCH_FREE)
def test_that_a_module_loads_without_torch_and_network(module):
    program = (
        f"import sys, tlstudio.environment as e; e.prepare(); import {module}; "
        "print([name for name in ('torch', 'timm', 'torchvision', 'huggingface_hub', 'httpx2') "
        "if name in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "[]"


def test_that_the_download_loads_without_torch():
    program = (
        "import sys, tlstudio.environment as e; e.prepare(); import tlstudio.model.download; "
        "print([name for name in ('torch', 'timm', 'torchvision') if name in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "[]"


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


def test_that_files_are_written_only_through_atomic():
    writers = ("write_text(", "write_bytes(", 'open("w', ", 'w'", ', "w"', ".write_text", "to_csv(")
    allowed = {"atomic.py"}
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in SOURCES
        if path.name not in allowed
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if any(writer in line for writer in writers)
        and "atomic." not in line
        and "temporary" not in line
        and not line.lstrip().startswith(('"', "#"))
    ]

    assert found == []


def test_that_no_claim_to_diagnose_is_made():
    texts = [*SOURCES, ROOT / "README.md", *(ROOT / "resources").rglob("*.jinja")]
    found = [path.name for path in texts if "diagnos" in path.read_text(encoding="utf-8").lower()]

    assert found == []


def test_that_modules_stay_small():
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    longest = {str(path): length for path, length in lengths.items() if length > 450}

    assert longest == {}
