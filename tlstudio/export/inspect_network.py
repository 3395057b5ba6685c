"""Whether a network of timm beyond the table can be trained and exported here, found out by doing it once."""

import math
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import onnxruntime
import psutil
import timm
import torch
from torch import Tensor, nn

from tlstudio.data.preprocess import Preprocessing
from tlstudio.errors import TLStudioError, reason_of
from tlstudio.events import Event, Progress
from tlstudio.export.network_graph import LIMIT_BYTES, network_graph
from tlstudio.export.onnx_model import PREPARED_INPUT, PROBABILITIES
from tlstudio.model.adopted import adopt
from tlstudio.model.backbone import Backbone, FreezeGroup
from tlstudio.model.backbones import BACKBONES, TEST_BACKBONES, network_to_inspect
from tlstudio.model.catalogue import TimmModel
from tlstudio.model.cut import cut
from tlstudio.model.errors import CannotCut, ModelFolderNotWritable
from tlstudio.model.events import NetworkInspected
from tlstudio.model.freeze import freeze, train_mode
from tlstudio.model.groups import CLASSIFIER, ParameterGroup, parameter_groups
from tlstudio.model.network import create
from tlstudio.model.weight_store import models_folder

CLASSES = 2
LARGEST_DIFFERENCE = 1e-3
"""Of a probability between torch and onnxruntime; what 32-bit arithmetic in another order makes of it."""

COPIES_IN_TRAINING = 5
"""Weights, gradients, two moments of AdamW and the copy that is exported."""

STEPS = 5


class _NotUsable(Exception):
    """Why it is of no use here, as the end of a sentence that begins with "It"."""


def inspect_network(name: str) -> Iterator[Event]:
    """Build, freeze, train, cut and export the network; keep its row if all of that works.

    Yields:
        Progress; last NetworkInspected.

    Raises:
        UnknownBackbone: if timm has no pretrained network of that name.
        ModelFolderNotWritable: if its row can't be kept.
    """
    began = time.monotonic()
    with _keeping():
        models_folder().mkdir(parents=True, exist_ok=True)
    model = network_to_inspect(name)
    what = f"Inspecting {name}"
    backbone, reason, usable = None, "", True
    try:
        yield Progress(what, 0, STEPS)
        _require_room(model)
        with _doing("built"):
            backbone = described(name, model)
            network = create(backbone, CLASSES)
        yield Progress(what, 1, STEPS)
        with _doing("trained"):
            _require_training(network, backbone)
        yield Progress(what, 2, STEPS)
        with _doing("frozen"):
            _require_freezing(network, backbone)
        yield Progress(what, 3, STEPS)
        reason = _about_cut(network, backbone)
        yield Progress(what, 4, STEPS)
        with _doing("exported"):
            _require_export(network, backbone)
    except _NotUsable as error:
        usable, reason = False, f"It {error}."
    if usable and backbone is not None and name not in {**BACKBONES, **TEST_BACKBONES}:
        with _keeping():
            adopt(backbone)
    yield _inspected(name, model, backbone, usable=usable, reason=reason, seconds=time.monotonic() - began)


def described(name: str, model: TimmModel) -> Backbone:
    """The row that the table would have for the network."""
    published: dict[str, Any] = timm.get_pretrained_cfg(name).to_dict()  # type: ignore[union-attr]
    _, height, width = published["input_size"]
    if height != width:
        raise _NotUsable(f"takes images of {width} × {height} pixels, and here they are square")
    network: nn.Module = timm.create_model(name, pretrained=False, num_classes=CLASSES)
    groups = parameter_groups(network)
    sizes = {key: value.numel() for key, value in network.named_parameters()}
    if not groups[-1].parameters:
        raise _NotUsable("has no classifier of its own that could be replaced")
    is_cropped = published["crop_mode"] == "center"
    return Backbone(
        name=name,
        title=name,
        family=FAMILIES.get(model.family, model.family),
        good_for="From timm",
        groups=tuple(FreezeGroup(group.name, _size(group, sizes)) for group in groups[:-1]),
        features=_size(groups[-1], sizes) // CLASSES - 1,
        preprocessing=Preprocessing(
            input_px=width,
            resize_px=math.floor(width / published["crop_pct"]) if is_cropped else width,
            interpolation="bilinear" if published["interpolation"] == "bilinear" else "bicubic",
            mean=tuple(published["mean"]),
            std=tuple(published["std"]),
        ),
        imagenet_accuracy=None,
        weights=model.weights,
    )


FAMILIES = {
    "resnet": "ResNet",
    "vgg": "VGG",
    "inception_v3": "Inception",
    "inception_v4": "Inception",
    "mobilenetv3": "MobileNet",
    "efficientnet": "EfficientNet",
    "regnet": "RegNet",
    "densenet": "DenseNet",
    "convnext": "ConvNeXt",
    "vision_transformer": "Vision Transformer",
    "swin_transformer": "Swin Transformer",
    "swin_transformer_v2": "Swin Transformer",
}
"""The gallery's families by timm's modules; any other module is a family of its own."""


def _size(group: ParameterGroup, sizes: dict[str, int]) -> int:
    return sum(sizes[name] for name in group.parameters)


def _require_room(model: TimmModel) -> None:
    size_bytes = 4 * model.parameters
    if size_bytes > LIMIT_BYTES:
        raise _NotUsable(f"needs {size_bytes / 1e9:.1f} GB, and an ONNX file holds at most 2 GB")
    wanted, free = COPIES_IN_TRAINING * size_bytes, psutil.virtual_memory().available
    if wanted > free:
        raise _NotUsable(
            f"needs about {wanted / 1e9:.0f} GB of memory in training, and {free / 1e9:.0f} GB are free here"
        )


def _require_training(network: nn.Module, backbone: Backbone) -> None:
    """One step with nothing frozen gives every image two finite numbers and the classifier gradients."""
    train_mode(network, freeze(network, 0))
    outputs = network(_images(backbone))
    if not isinstance(outputs, Tensor) or outputs.shape != (2, CLASSES):
        raise _NotUsable("does not give one number for each class")
    loss = _loss(outputs)
    loss.backward()  # type: ignore[no-untyped-call]
    gradients = [parameter.grad for parameter in network.parameters() if parameter.grad is not None]
    if not gradients or not all(bool(torch.isfinite(gradient).all()) for gradient in (loss, *gradients)):
        raise _NotUsable("can't be trained: its numbers run out of range at the first step")


def _require_freezing(network: nn.Module, backbone: Backbone) -> None:
    """A step above the last boundary but one leaves all below byte-identical, statistics included."""
    groups = parameter_groups(network)
    if len(groups) < 3 or groups[-1].name != CLASSIFIER:
        raise _NotUsable("can't be frozen in part: timm names no groups in it")
    depth = backbone.head_depth - 1
    frozen = freeze(network, depth)
    standing = {id(tensor) for module in frozen for tensor in module.state_dict(keep_vars=True).values()}
    named = [
        tensor
        for tensor in network.state_dict(keep_vars=True).values()
        if id(tensor) in standing or (isinstance(tensor, nn.Parameter) and not tensor.requires_grad)
    ]
    before = [tensor.detach().clone() for tensor in named]
    train_mode(network, frozen)
    trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, 1e-4)
    optimizer.zero_grad()
    _loss(network(_images(backbone))).backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    if not all(torch.equal(*pair) for pair in zip(before, named, strict=True)):
        raise _NotUsable("can't be frozen: its frozen part changes while the rest is trained")


def _about_cut(network: nn.Module, backbone: Backbone) -> str:
    """What follows if its frozen part can't be kept from epoch to epoch; empty if it can."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            cut(network.eval(), backbone.head_depth, backbone.preprocessing.input_px)
    except CannotCut as error:
        return f"It works, but its frozen layers are computed anew in every epoch, because {error.reason}."
    return ""


def _require_export(network: nn.Module, backbone: Backbone) -> None:
    """Run by onnxruntime, it gives what torch gives."""
    for parameter in _classifier(network):
        nn.init.normal_(parameter, std=0.1)  # else every answer is one half, whatever the exporter does
    images = _images(backbone)
    network.eval()
    with torch.inference_mode():
        expected = network(images).softmax(dim=1).numpy()
    graph = network_graph(network, backbone.title, backbone.preprocessing.input_px, CLASSES)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(
        graph.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    answered = session.run([PROBABILITIES], {PREPARED_INPUT: images.numpy()})[0]
    difference = float(np.abs(answered - expected).max())
    if not difference <= LARGEST_DIFFERENCE:
        raise _NotUsable(f"answers differently once it is exported (by {difference:.3f})")


def _classifier(network: nn.Module) -> list[nn.Parameter]:
    named = dict(network.named_parameters())
    return [named[name] for name in parameter_groups(network)[-1].parameters]


def _images(backbone: Backbone) -> Tensor:
    size_px = backbone.preprocessing.input_px
    return torch.randn(2, 3, size_px, size_px, generator=torch.Generator().manual_seed(0))


def _loss(outputs: Tensor) -> Tensor:
    return nn.functional.cross_entropy(outputs, torch.tensor([0, 1]))


@contextmanager
def _keeping() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ModelFolderNotWritable(reason_of(error)) from error


@contextmanager
def _doing(what: str) -> Iterator[None]:
    """Whatever the network's own code raises becomes a reason, and its warnings are nobody's business."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except _NotUsable:
        raise
    except TLStudioError as error:
        raise _NotUsable(f"can't be {what}: {error.title[0].lower()}{error.title[1:]}") from error
    except Exception as error:  # a network may do anything
        first = str(error).partition("\n")[0][:200]
        raise _NotUsable(f"can't be {what} ({type(error).__name__}: {first})") from error


def _inspected(
    name: str, model: TimmModel, backbone: Backbone | None, *, usable: bool, reason: str, seconds: float
) -> NetworkInspected:
    return NetworkInspected(
        name=name,
        usable=usable,
        reason=reason,
        title=backbone.title if backbone else name,
        family=backbone.family if backbone else model.family,
        freeze_groups=[group.name for group in backbone.groups] if backbone else [],
        parameters=backbone.parameters if backbone else model.parameters,
        input_px=backbone.preprocessing.input_px if backbone else model.input_px,
        licence=model.licence,
        megabytes=model.size_bytes / 1e6 if model.repo else 0.0,
        seconds=seconds,
    )
