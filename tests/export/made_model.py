"""A model file of this program whose answers can be worked out by hand: the brightest channel wins."""

import numpy as np
import onnx
from onnx import TensorProto, compose, helper, numpy_helper
from onnx.helper import make_tensor_value_info

from tlstudio.data.preprocess import Preprocessing
from tlstudio.export.metadata import ModelMetadata
from tlstudio.export.preprocess_graph import OPSET, PREPARED, preprocess_graph

CLASSES = ("rot", "grün", "青")
P = Preprocessing(8, 10, "bicubic", (0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
IR_VERSION = 10


def metadata(inside=True, classes=CLASSES, p=P):
    return ModelMetadata(
        classes=classes, preprocessing=p, is_preprocessing_inside=inside, backbone="colours", run=1,
        trained_at="2026-01-02T03:04:05+00:00", data_fingerprint="0" * 64, versions={"tlstudio": "0.1.0"},
    )  # fmt: skip


def colour_model(inside=True, properties=None, factors=(1, 1, 1)):
    """Logits are the means of the normalised channels, each times its factor."""
    nodes = [
        helper.make_node("GlobalAveragePool", ["input"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["flat"], axis=1),
        helper.make_node("MatMul", ["flat", "weights"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
        helper.make_node("ArgMax", ["probabilities"], ["label"], axis=1, keepdims=0),
    ]
    graph = helper.make_graph(
        nodes,
        "colours",
        [make_tensor_value_info("input", TensorProto.FLOAT, ["batch", 3, 8, 8])],
        [
            make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", 3]),
            make_tensor_value_info("label", TensorProto.INT64, ["batch"]),
        ],
        [numpy_helper.from_array(np.diag(np.float32(factors)), "weights")],
    )
    opset = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=IR_VERSION)
    if inside:
        before = preprocess_graph(P, IR_VERSION)
        model = compose.merge_models(before, model, io_map=[(PREPARED, "input")])
    helper.set_model_props(model, metadata(inside).to_properties() if properties is None else properties)
    return model


def write_colour_model(path, inside=True, properties=None, factors=(1, 1, 1)):
    onnx.save(colour_model(inside, properties, factors), path)
    return path
