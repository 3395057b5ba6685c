import json
from dataclasses import replace

import made_model
import pytest

from tlstudio import RESEARCH_NOTICE
from tlstudio.export.metadata import ModelMetadata, TestResult, steps


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize("result", [None, TestResult(9, 8, 8 / 9, 0.5, 0.9, 0.8)])
def test_that_a_description_comes_back_as_it_was_written(inside, result):
    written = replace(made_model.metadata(inside), test_result=result)

    assert written == ModelMetadata.from_properties(written.to_properties())


def test_that_others_can_read_the_description_without_this_program():
    texts = made_model.metadata().to_properties()

    assert json.loads(texts["classes"]) == ["rot", "grün", "青"]
    assert "青" in texts["classes"]
    preprocessing = json.loads(texts["preprocessing"])
    assert tuple(preprocessing[name] for name in ("input_px", "resize_px", "interpolation", "is_inside")) == (
        8,
        10,
        "bicubic",
        True,
    )
    assert len(preprocessing["steps"]) == 6
    assert texts["notice"] == RESEARCH_NOTICE


def test_that_the_first_step_says_what_becomes_of_depth_and_transparency():
    first = steps(made_model.P)[0]

    assert "16-bit values divided by 257 and rounded" in first
    assert "what is transparent laid on white" in first
    assert "`tlstudio predict`" in first


DAMAGES = {
    "format": "another-1",
    "classes": "[]",
    "versions": "[1, 2]",
    "preprocessing": "[]",
    "run": "first",
    "test_result": '{"images": "many"}',
}


@pytest.mark.parametrize("key", DAMAGES)
def test_that_a_damaged_description_is_refused(key):
    texts = made_model.metadata().to_properties() | {key: DAMAGES[key]}

    with pytest.raises(ValueError):
        ModelMetadata.from_properties(texts)


@pytest.mark.parametrize("key", ["classes", "preprocessing", "backbone"])
def test_that_a_missing_part_is_noticed(key):
    texts = made_model.metadata().to_properties()
    del texts[key]

    with pytest.raises(ValueError):
        ModelMetadata.from_properties(texts)


def test_that_doubled_classes_are_refused():
    with pytest.raises(ValueError):
        ModelMetadata.from_properties(made_model.metadata(classes=("a", "a", "b")).to_properties())
