"""Details for a bug report tell where in the program it happened, and nothing about whose files."""

import pytest

from tlstudio.run.details import LIMIT_CHARACTERS, details_of, without_paths


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('File "/home/anna/TL/tlstudio/train/fit.py", line 4', 'File "…/tlstudio/train/fit.py", line 4'),
        (
            'File "/home/anna/.venv/lib/python3.11/site-packages/torch/nn.py", line 3',
            'File "…/lib/python3.11/site-packages/torch/nn.py", line 3',
        ),
        ("No such file: '/data/Patients/Miss Smith 1980.dcm'", "No such file: ….dcm"),
        ("/data/Smith.png: bad", "….png: bad"),
        (r"C:\Users\anna\x.png is gone", "….png is gone"),
        ("can't open /data/Blood smear/Meier_Anna.png", "can't open ….png"),
        ("/home/anna/My Models/Meier Anna.onnx", "….onnx"),
        ("'Sound/Meier_Anna.png' is bad", "'….png' is bad"),
        ("Sound/Meier Anna.JPG, Sound/Beck.tif", "….JPG, ….tif"),
        ("cannot identify 'Meier Anna.png'", "cannot identify ….png"),
        ("Meier_Anna.tiff: cut off", "….tiff: cut off"),
        ("best.safetensors of project.json", "best.safetensors of project.json"),
        ("expected 3/4 of a/b", "expected 3/4 of a/b"),
    ],
)
def test_that_a_path_keeps_the_program_s_own_part_or_its_suffix(text: str, expected: str) -> None:
    assert without_paths(text) == expected


def test_that_details_name_the_error_and_the_line_that_raised_it() -> None:
    try:
        raise KeyError("fc.weight")
    except KeyError as error:
        details = details_of(error)

    assert details.endswith("KeyError: 'fc.weight'\n")
    assert 'raise KeyError("fc.weight")' in details


def test_that_the_end_of_very_long_details_is_kept() -> None:
    kept = without_paths("word " * LIMIT_CHARACTERS + "the end")

    assert len(kept) == LIMIT_CHARACTERS
    assert kept.endswith("the end")


def test_that_data_without_a_space_is_left_out() -> None:
    # Searched for paths, these 10,000 letters would take seconds and a megabyte hours.
    assert without_paths(f"Got {'a.b.c' * 2000} instead") == "Got … instead"
