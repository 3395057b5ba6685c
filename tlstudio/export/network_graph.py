"""A trained network as an ONNX model that answers with probabilities, clean of where it was made."""

import contextlib
import copy
import io
import logging
import warnings
from collections.abc import Iterator

import onnx
import torch
from onnx import TensorProto, helper
from onnx.helper import make_tensor_value_info
from timm.utils.model import reparameterize_model
from torch import nn

from tlstudio.export.errors import NetworkNotExportable, NetworkTooLarge
from tlstudio.export.onnx_model import LABEL, PREPARED_INPUT, PROBABILITIES
from tlstudio.export.preprocess_graph import OPSET

LIMIT_BYTES = 2 * 10**9
"""One ONNX file holds 2³¹ bytes; some of them are the graph's."""

LOGITS = "logits"
PRIVATE_FIELDS = ("metadata_props", "doc_string")
"""Where the exporter writes source paths, and with them the user's name."""


def network_graph(network: nn.Module, name: str, input_px: int, classes: int) -> onnx.ModelProto:
    """The network as ONNX; outputs `probabilities` (batch, classes) and `label` (batch,) int64.

    Input `input`: (batch, 3, input_px, input_px) float32, prepared.

    Args:
        network: is left as it is.
        name: of the backbone, for the error.
        input_px: height and width that it was built for.
        classes: number of its outputs.

    Raises:
        NetworkTooLarge: if it can't be kept in one file.
        NetworkNotExportable: if the exporter gives up.
    """
    size_bytes = sum(tensor.numel() * tensor.element_size() for tensor in network.state_dict().values())
    if size_bytes > LIMIT_BYTES:
        raise NetworkTooLarge(size_bytes / 1e9)
    # Networks that train with several branches and run with one are fused on a copy.
    fused = reparameterize_model(copy.deepcopy(network).cpu().eval(), inplace=True)
    # A batch of two: the exporter takes a batch of one for a fixed size.
    example = torch.zeros(2, 3, input_px, input_px)
    try:
        with _quiet():
            program = torch.onnx.export(
                fused,
                (example,),
                input_names=[PREPARED_INPUT],
                output_names=[LOGITS],
                opset_version=OPSET,
                dynamo=True,
                dynamic_shapes=({0: "batch"},),
                external_data=False,
                verbose=False,
            )
            model: onnx.ModelProto = program.model_proto  # type: ignore[union-attr]
    # The exporter raises its own kinds and many others; all mean that it can't.
    except Exception as error:
        raise NetworkNotExportable(name) from error
    strip(model)
    del model.graph.value_info[:]
    _answer_with_probabilities(model.graph, classes)
    return model


def strip(message: object) -> None:
    """Clear every note of the exporter, in nodes, graphs, functions and tensors alike."""
    for field, value in message.ListFields():  # type: ignore[attr-defined]
        if field.name in PRIVATE_FIELDS:
            message.ClearField(field.name)  # type: ignore[attr-defined]
        elif field.message_type is not None:
            for part in (value,) if hasattr(value, "ListFields") else value:
                strip(part)


def _answer_with_probabilities(graph: onnx.GraphProto, classes: int) -> None:
    graph.node.append(helper.make_node("Softmax", [LOGITS], [PROBABILITIES], name="softmax", axis=1))
    graph.node.append(
        helper.make_node("ArgMax", [PROBABILITIES], [LABEL], name="most_probable", axis=1, keepdims=0)
    )
    del graph.output[:]
    graph.output.append(make_tensor_value_info(PROBABILITIES, TensorProto.FLOAT, ["batch", classes]))
    graph.output.append(make_tensor_value_info(LABEL, TensorProto.INT64, ["batch"]))


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """No output and no warning of the exporter: what went wrong is raised."""
    before = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
