"""Only whole files of this program are opened, and their answers can be worked out."""

import zipfile

import made_model
import numpy as np
import onnx
import pytest
from PIL import Image

from tlstudio.errors import ExportError
from tlstudio.export.onnx_model import OnnxModel


@pytest.mark.parametrize("inside", [True, False], ids=["inside", "outside"])
def test_that_probabilities_are_the_softmax_of_the_networks_outputs(tmp_path, inside):
    model = OnnxModel(made_model.write_colour_model(tmp_path / "m.onnx", inside))

    answer = model.predict(Image.new("RGB", (30, 20), (255, 0, 51)))

    logits = np.array([2.0, -2.0, (0.2 - 0.5) / 0.25])
    expected = np.exp(logits) / np.exp(logits).sum()
    assert tuple(answer) == made_model.CLASSES
    assert list(answer.values()) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("size", [(1, 1), (12, 30), (400, 37), (3, 900)], ids=str)
def test_that_both_kinds_of_file_answer_alike_for_any_size(tmp_path, size):
    rng = np.random.default_rng(0)
    image = Image.fromarray(rng.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8))

    answers = [
        OnnxModel(made_model.write_colour_model(tmp_path / f"{inside}.onnx", inside)).probabilities(image)
        for inside in (True, False)
    ]

    assert answers[0] == pytest.approx(answers[1], abs=1e-3)


def whole():
    return made_model.colour_model().SerializeToString()


def foreign_model():
    return made_model.colour_model(properties={"author": "someone"}).SerializeToString()


def description_of_other_classes():
    texts = made_model.metadata(classes=("one", "two")).to_properties()
    return made_model.colour_model(properties=texts).SerializeToString()


def broken_description():
    texts = made_model.metadata().to_properties() | {"preprocessing": "{]"}
    return made_model.colour_model(properties=texts).SerializeToString()


def enormous_input():
    texts = made_model.metadata().to_properties()
    texts["preprocessing"] = texts["preprocessing"].replace('"resize_px": 10', '"resize_px": 2000000000')
    return made_model.colour_model(properties=texts).SerializeToString()


def weights_elsewhere():
    model = made_model.colour_model()
    tensor = next(tensor for tensor in model.graph.initializer if tensor.name == "weights")
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../etc/passwd")
    return model.SerializeToString()


def hidden_weights_elsewhere():
    # The length of the key padded by a byte, as Protocol Buffers allows; the value is a byte shorter.
    plain = b"\x0a\x08location\x12\x10../../etc/passwd"
    padded = b"\x0a\x88\x00location\x12\x0f../../etc/passw"
    content = weights_elsewhere().replace(plain, padded)
    tensors = onnx.ModelProto.FromString(content).graph.initializer
    assert any(entry.key == "location" for tensor in tensors for entry in tensor.external_data)
    return content


def broken_network():
    model = made_model.colour_model()
    model.graph.node[-1].op_type = "NoSuchOperator"
    return model.SerializeToString()


BAD_FILES = {
    "empty": (lambda: b"", "empty"),
    "web page": (lambda: b"\n<!DOCTYPE html><html>404</html>", "web page"),
    "zip": (lambda: b"PK\x03\x04" + bytes(50), "zip"),
    "text": (lambda: b"hello", "not an ONNX file"),
    "zeros": (lambda: bytes(1000), "not an ONNX file"),
    "first byte only": (lambda: b"\x08", "cut off"),
    "half": (lambda: whole()[: len(whole()) // 2], "cut off"),
    "all but ten bytes": (lambda: whole()[:-10], "cut off"),
    "noise behind the first byte": (lambda: b"\x08\x0a" + b"\xff" * 40, "not an ONNX file"),
    "another program's": (foreign_model, "another program"),
    "other classes": (description_of_other_classes, "belong together"),
    "broken description": (broken_description, "description is damaged"),
    "enormous input": (enormous_input, "description is damaged"),
    "weights elsewhere": (weights_elsewhere, "other files"),
    "hidden weights elsewhere": (hidden_weights_elsewhere, "other files"),
    "broken network": (broken_network, "network is damaged"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_that_a_bad_file_is_refused_in_a_sentence(tmp_path, name, capfd):
    content, reason = BAD_FILES[name]
    path = tmp_path / "model.onnx"
    path.write_bytes(content())

    with pytest.raises(ExportError) as caught:
        OnnxModel(path)

    assert caught.value.title == "The model can't be opened"
    assert reason in caught.value.message
    assert caught.value.what_to_try
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("name", "reason"),
    [("missing.onnx", "not there"), ("folder.onnx", "folder"), ("null\0byte.onnx", "name")],
)
def test_that_what_is_no_file_is_refused_in_a_sentence(tmp_path, name, reason):
    (tmp_path / "folder.onnx").mkdir()

    with pytest.raises(ExportError, match=reason):
        OnnxModel(tmp_path / name)


def test_that_a_huge_file_is_refused_unread(tmp_path):
    path = tmp_path / "huge.onnx"
    with path.open("wb") as file:
        file.truncate(3 * 2**30)  # sparse: takes no room on the disk

    with pytest.raises(ExportError, match="larger than"):
        OnnxModel(path)


def test_that_a_renamed_archive_of_classes_is_no_model(tmp_path):
    path = tmp_path / "model.onnx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data.pkl", "…")

    with pytest.raises(ExportError, match="zip"):
        OnnxModel(path)


def test_that_a_class_called_location_is_no_reason_to_refuse(tmp_path):
    texts = made_model.metadata(classes=("location", "\n\x08location", "c")).to_properties()
    path = made_model.write_colour_model(tmp_path / "m.onnx", properties=texts)

    assert OnnxModel(path).classes[0] == "location"
