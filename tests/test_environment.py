import os
import subprocess
import sys

import pytest

from tlstudio import environment


def test_that_pyside_6_12_is_refused_on_python_3_11():
    reason = environment.crashing_pair((3, 11), "6.12.0")

    assert reason is not None
    assert "PySide6 6.12.0 crashes on Python 3.11" in reason
    assert "6.11" in reason


@pytest.mark.parametrize(
    ("python", "pyside6"), [((3, 11), "6.11.3"), ((3, 12), "6.12.0"), ((3, 13), "6.12.1"), ((3, 11), None)]
)
def test_that_every_other_pair_is_let_through(python, pyside6):
    assert environment.crashing_pair(python, pyside6) is None


def test_that_a_download_alone_opens_the_hub(monkeypatch):
    for name in environment.QUIET:
        monkeypatch.delenv(name, raising=False)

    environment.prepare()
    assert os.environ["HF_HUB_OFFLINE"] == "1"

    environment.prepare(download=True)
    assert os.environ["HF_HUB_OFFLINE"] == "0"
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"
    environment.prepare()


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (None, "glibc.malloc.hugetlb=1"),
        ("glibc.malloc.check=3", "glibc.malloc.check=3:glibc.malloc.hugetlb=1"),
        ("glibc.malloc.hugetlb=0", "glibc.malloc.hugetlb=0"),
    ],
)
def test_that_a_child_that_computes_gets_large_pages_unless_the_user_chose(monkeypatch, chosen, expected):
    monkeypatch.delenv("GLIBC_TUNABLES", raising=False)
    if chosen is not None:
        monkeypatch.setenv("GLIBC_TUNABLES", chosen)

    assert environment.of_computing_child() == {**os.environ, "GLIBC_TUNABLES": expected}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="large pages of the C library of Linux")
def test_that_a_verb_that_computes_begins_anew_with_large_pages_once_and_with_its_arguments(tmp_path):
    shown = "import os; print(os.getpid(), os.environ.get('GLIBC_TUNABLES'), sys.argv)"
    program = tmp_path / "program.py"
    program.write_text(
        f"import sys; from tlstudio import environment; print('begun', flush=True)\n"
        f"environment.begin_anew_to_compute()\n{shown}\n"
    )
    surroundings = {name: value for name, value in os.environ.items() if name != "GLIBC_TUNABLES"}
    process = subprocess.Popen(
        [sys.executable, program, "train", "a b"], env=surroundings, stdout=subprocess.PIPE, text=True
    )
    said = process.communicate()[0].splitlines()

    assert process.returncode == 0
    assert said == [
        "begun",
        "begun",
        f"{process.pid} glibc.malloc.hugetlb=1 {[str(program), 'train', 'a b']}",
    ]


def test_that_onnxruntime_leaves_no_telemetry_files(tmp_path):
    program = "from tlstudio import environment; environment.prepare(); import onnxruntime"
    surroundings = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    surroundings.pop("ORT_DISABLE_TELEMETRY", None)
    subprocess.run([sys.executable, "-c", program], env=surroundings, check=True)

    assert [
        path.name for path in tmp_path.rglob("*") if "onnxruntime" in path.name or "deviceid" in path.name
    ] == []
