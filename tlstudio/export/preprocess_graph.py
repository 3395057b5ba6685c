"""The preprocessing as ONNX nodes, which put the same pixels before the network as Pillow does.

Resize works on 8-bit pixels: onnxruntime's CPU kernel for them descends from Pillow's. Measured over sizes
from 1 × 500 to 1999 × 1333, under 1 % of values differ, by one grey level, rarely two; floats by up to 22.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.helper import make_tensor_value_info

from tlstudio.data.preprocess import LONGEST_RATIO, Preprocessing

OPSET = 18
"""The first whose Resize is antialiased, so the one that most versions of onnxruntime run."""

IMAGE = "image"
PREPARED = "prepared"

RESIZE_MODES: dict[str, dict[str, Any]] = {
    "bilinear": {"mode": "linear"},
    # Pillow's cubic has a = −0.5 and weighs only pixels inside the image.
    "bicubic": {"mode": "cubic", "cubic_coeff_a": -0.5},
}
"""Pillow's name of an interpolation → the attributes of Resize that do the same."""


def preprocess_graph(p: Preprocessing, ir_version: int) -> onnx.ModelProto:
    """A model from raw pixels to a network's input.

    Input `image`: (batch, height, width, 3) uint8, red, green, blue; of any size, a batch shares one size.
    Output `prepared`: (batch, 3, input_px, input_px) float32, in units of the standard deviation.
    """
    nodes = _Nodes([], [])
    middle, size = _middle_of_strip(nodes)
    resized, new_size = _resize(nodes, middle, size, p)
    cropped = _crop(nodes, resized, new_size, p)
    _normalise(nodes, cropped, p)
    graph = helper.make_graph(
        nodes.nodes,
        "preprocessing",
        [make_tensor_value_info(IMAGE, TensorProto.UINT8, ["batch", "height", "width", 3])],
        [make_tensor_value_info(PREPARED, TensorProto.FLOAT, ["batch", 3, p.input_px, p.input_px])],
        nodes.constants,
    )
    return helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=ir_version,
        producer_name="TL Studio",
    )


@dataclass(frozen=True)
class _Nodes:
    """Nodes in order, and the constants that they use; every name begins with `preprocessing_`."""

    nodes: list[onnx.NodeProto]
    constants: list[onnx.TensorProto]

    def add(self, operator: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        name = f"preprocessing_{len(self.nodes):02d}_{operator}"
        output = output or name
        self.nodes.append(helper.make_node(operator, list(inputs), [output], name=name, **attributes))
        return output

    def constant(self, *values: float, kind: type[np.generic] = np.int64) -> str:
        name = f"preprocessing_constant_{len(self.constants):02d}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, kind), name))
        return name


def _middle_of_strip(nodes: _Nodes) -> tuple[str, str]:
    """The image and its (height, width), the middle only of a strip longer than LONGEST_RATIO : 1."""
    size = nodes.add("Slice", nodes.add("Shape", IMAGE), nodes.constant(1), nodes.constant(3))
    longest = nodes.add("Mul", _shorter(nodes, size), nodes.constant(LONGEST_RATIO))
    kept = nodes.add("Min", size, longest)
    begin = nodes.add("Div", nodes.add("Sub", size, kept), nodes.constant(2))
    return _window(nodes, IMAGE, begin, kept), kept


def _resize(nodes: _Nodes, image: str, size: str, p: Preprocessing) -> tuple[str, str]:
    """The image with its shorter side at resize_px, and its new (height, width)."""
    # Whole-number division cuts the longer side down as int() does.
    grown = nodes.add("Mul", size, nodes.constant(p.resize_px))
    new_size = nodes.add("Div", grown, _shorter(nodes, size))
    resized = nodes.add(
        "Resize",
        *(image, "", "", new_size),
        axes=[1, 2],
        antialias=1,
        exclude_outside=1,
        coordinate_transformation_mode="half_pixel",
        **RESIZE_MODES[p.interpolation],
    )
    return resized, new_size


def _crop(nodes: _Nodes, image: str, size: str, p: Preprocessing) -> str:
    spare = nodes.add("Cast", nodes.add("Sub", size, nodes.constant(p.input_px)), to=TensorProto.FLOAT)
    half = nodes.add("Mul", spare, nodes.constant(0.5, kind=np.float32))
    # Round takes half to even, as Python does.
    begin = nodes.add("Cast", nodes.add("Round", half), to=TensorProto.INT64)
    return _window(nodes, image, begin, nodes.constant(p.input_px, p.input_px))


def _normalise(nodes: _Nodes, image: str, p: Preprocessing) -> None:
    values = nodes.add("Cast", image, to=TensorProto.FLOAT)
    shares = nodes.add("Div", values, nodes.constant(255, kind=np.float32))
    centred = nodes.add("Sub", shares, nodes.constant(*p.mean, kind=np.float32))
    scaled = nodes.add("Div", centred, nodes.constant(*p.std, kind=np.float32))
    nodes.add("Transpose", scaled, output=PREPARED, perm=[0, 3, 1, 2])


def _shorter(nodes: _Nodes, size: str) -> str:
    return nodes.add("ReduceMin", size, keepdims=1)  # (1,)


def _window(nodes: _Nodes, image: str, begin: str, size: str) -> str:
    """The part of an image that begins at (top, left) and is (height, width) large."""
    end = nodes.add("Add", begin, size)
    return nodes.add("Slice", image, begin, end, nodes.constant(1, 2))
