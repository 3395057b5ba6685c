"""A look over this computer: what TL Studio needs, what it found, what to install."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from tlstudio import environment
from tlstudio.events import Event, Progress
from tlstudio.model.adopted import adopted_backbones
from tlstudio.model.backbones import BACKBONES
from tlstudio.model.weight_store import models_folder, weights_state
from tlstudio.run import qt_libraries
from tlstudio.run.events import Check, DoctorDone

DISTRIBUTIONS = (
    "torch",
    "torchvision",
    "timm",
    "onnx",
    "onnxruntime",
    "numpy",
    "Pillow",
    "PySide6-Essentials",
)
ENOUGH_BYTES = 2 * 2**30
"""A project with its caches and runs for some thousand images."""

PROBE_SECONDS = 120.0


def look_over() -> Iterator[Event]:
    """Check one thing after the other; a check that fails never ends the others.

    Yields:
        Progress; last DoctorDone.
    """
    tables = (
        ("Python", check_python),
        ("Window", check_window),
        ("Device", check_device),
        ("Disk", check_disk),
        ("Writing", check_writing),
        ("Backbones", check_backbones),
        ("Network", check_silence),
    )
    checks = []
    for done, (name, check) in enumerate(tables):
        yield Progress(f"Looking at {name}", done, len(tables))
        checks.append(check())
    versions = {name: _version(name) for name in DISTRIBUTIONS}
    yield DoctorDone(all(check.is_ok for check in checks), checks, versions)


def check_python() -> Check:
    """Whether this Python and PySide6 run together."""
    python = ".".join(map(str, sys.version_info[:3]))
    pyside6 = _version("PySide6-Essentials")
    reason = environment.crashing_pair(sys.version_info[:2], pyside6 or None)
    if reason:
        return Check("Python", is_ok=False, message=reason)
    return Check("Python", is_ok=True, message=f"Python {python} with PySide6 {pyside6 or '(missing)'}.")


def check_window() -> Check:
    """Whether Qt finds its system libraries, tried in a process of its own."""
    answer = _ran([sys.executable, "-P", "-c", qt_libraries.PROBE], 60.0)
    if answer.returncode == 0:
        screen = "" if qt_libraries.has_screen() else " There is no screen here; the verbs work without one."
        return Check("Window", is_ok=True, message=f"Qt finds all its libraries.{screen}")
    text = answer.stderr.strip() or answer.stdout.strip()
    library = qt_libraries.missing_library(text)
    if library:
        return Check(
            "Window",
            is_ok=False,
            message=f"Qt needs {library}, which this system lacks; the verbs work without it.",
            what_to_try=qt_libraries.install_line(),
        )
    last = text.splitlines()[-1] if text else f"its test ended with status {answer.returncode}"
    return Check(
        "Window",
        is_ok=False,
        message=f"Qt does not load: {last}",
        what_to_try="Install PySide6-Essentials again; the verbs work without it.",
    )


def check_device() -> Check:
    """Which device trains, proven by a small forward and backward pass in a process of its own."""
    answer = _ran([sys.executable, "-P", "-m", "tlstudio.run.probe"], PROBE_SECONDS)
    try:
        found = json.loads(answer.stdout.strip().splitlines()[-1])
    except (ValueError, IndexError):
        last = (answer.stderr.strip().splitlines() or [f"its test ended with status {answer.returncode}"])[-1]
        return Check(
            "Device",
            is_ok=False,
            message=f"PyTorch does not run: {last}",
            what_to_try="Install torch and timm again.",
        )
    if found["problem"]:
        return Check("Device", is_ok=False, message=found["problem"], what_to_try="Install torch again.")
    return Check("Device", is_ok=True, message=f"Training works on {found['title']}. {found['note']}".strip())


def check_disk() -> Check:
    """Whether there is room where the user stands."""
    free = shutil.disk_usage(Path.cwd()).free
    message = f"{free / 2**30:,.0f} GB are free here."
    if free >= ENOUGH_BYTES:
        return Check("Disk", is_ok=True, message=message)
    return Check(
        "Disk",
        is_ok=False,
        message=f"Only {free / 2**20:,.0f} MB are free here.",
        what_to_try="Free about 2 GB, or put projects on another disk.",
    )


def check_writing() -> Check:
    """Whether the folder that the user stands in takes new files."""
    try:
        with tempfile.TemporaryFile(dir=Path.cwd()):
            return Check("Writing", is_ok=True, message="New projects can be made here.")
    except OSError as error:
        reason = (error.strerror or "it is refused").lower()
        return Check(
            "Writing",
            is_ok=False,
            message=f"This folder takes no new files: {reason}.",
            what_to_try="Make projects in a folder of your own.",
        )


def check_backbones() -> Check:
    """Which weights are here, and whether more may come; the folder itself is not named."""
    states = [weights_state(row) for row in (*BACKBONES.values(), *adopted_backbones())]
    kinds = (("bundled", "with TL Studio"), ("here", "downloaded"), ("pack", "from a weights pack"))
    parts = []
    for kind, words in kinds:
        sizes = [state.size_bytes for state in states if state.kind == kind]
        if sizes:
            parts.append(f"{len(sizes)} {words} ({sum(sizes) / 1e6:,.1f} MB)")
    message = f"Pretrained weights here: {', '.join(parts) or 'none'}."
    if not any(row.weights.bundled and weights_state(row).is_here for row in BACKBONES.values()):
        return Check(
            "Backbones",
            is_ok=False,
            message=f"{message} Those that belong to TL Studio are missing.",
            what_to_try="Install TL Studio again; until then training starts from random weights.",
        )
    if not _takes_files(models_folder()):
        return Check(
            "Backbones",
            is_ok=False,
            message=f"{message} No more can be added, as their folder can't be written to.",
            what_to_try="Let TLSTUDIO_MODELS_DIR name a folder of your own; what is here works as it is.",
        )
    return Check("Backbones", is_ok=True, message=message)


def check_silence() -> Check:
    """Whether every library of this process was told to stay off the network."""
    loud = [name for name, value in environment.QUIET.items() if os.environ.get(name) != value]
    if not loud:
        return Check(
            "Network",
            is_ok=True,
            message="Offline: telemetry of onnxruntime and Hugging Face is switched off.",
        )
    return Check(
        "Network",
        is_ok=False,
        message=f"Not switched off: {', '.join(loud)}.",
        what_to_try="Start TL Studio by its own command.",
    )


def _takes_files(folder: Path) -> bool:
    """Whether the folder, or the one that it would be made in, may be written to."""
    there = next((place for place in (folder, *folder.absolute().parents) if place.exists()), folder)
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def _ran(command: list[str], seconds: float) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 1, "", f"no answer within {seconds:.0f} s")
    except OSError as error:
        return subprocess.CompletedProcess(command, 1, "", error.strerror or "it could not be started")


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""
