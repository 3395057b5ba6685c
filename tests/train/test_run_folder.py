"""A run's folder that is damaged says so; its metrics only ever grow by whole rows."""

import pytest

from tlstudio.train.errors import RunUnreadable
from tlstudio.train.run_folder import load_run
from tlstudio.train.run_info import drop_metrics_after, read_info


def test_that_a_run_without_its_file_is_told(tmp_path):
    with pytest.raises(RunUnreadable, match=r"run\.json"):
        read_info(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"schema": 1}', b"\xff\xfe"])
def test_that_a_damaged_run_file_is_told(tmp_path, content):
    (tmp_path / "run.json").write_bytes(content)

    with pytest.raises(RunUnreadable, match="it is damaged"):
        load_run(tmp_path)


def test_that_damaged_or_missing_weights_are_told(small_set):
    list(small_set.fit(epochs=1))
    best = small_set.run_folder / "best.safetensors"

    best.write_bytes(best.read_bytes()[:-1])
    with pytest.raises(RunUnreadable, match=r"best\.safetensors.*it is damaged"):
        load_run(small_set.run_folder)

    best.unlink()
    with pytest.raises(RunUnreadable, match=r"best\.safetensors.*it is missing"):
        load_run(small_set.run_folder)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("epoch,x\n1,a\n2,b\n3,c\n", "epoch,x\n1,a\n2,b\n"),
        ("epoch,x\n1,a\n2,b", "epoch,x\n1,a\n"),  # the last row was cut off
        ("epoch,x\n3,c\n", ""),
        ("", ""),
    ],
)
def test_that_rows_after_the_checkpoint_are_taken_back(tmp_path, before, after):
    (tmp_path / "metrics.csv").write_text(before)
    drop_metrics_after(tmp_path, 2)

    assert (tmp_path / "metrics.csv").read_text() == after
