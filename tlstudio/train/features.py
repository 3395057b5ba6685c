"""What a training step is fed: images, or what the frozen part of the network makes of them.

Where the first groups are frozen, their output for an image in a certain view never changes, so it is
computed once and kept. At the boundary it passes through the precision that it is kept in whether it is kept
or not: so a run is the same with a full store, with none, and with one that breaks in the middle.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from tlstudio.data.preprocess import Preprocessing
from tlstudio.model.backbone import Backbone
from tlstudio.model.cut import Cut
from tlstudio.model.groups import parameter_groups
from tlstudio.train.augment import Augment
from tlstudio.train.batches import Indices, Labelled, augmented, centred
from tlstudio.train.errors import MemoryTooSmall
from tlstudio.train.feature_store import FeatureStore, Layout, RowName
from tlstudio.train.memory import is_out_of_memory
from tlstudio.train.precision import DTYPES, Precision

CENTRE = "centre"
KEPT_AS: dict[str, torch.dtype] = {
    "float16": torch.float16,
    "bfloat16": torch.bfloat16,
    "float32": torch.float32,
}
LARGEST_HALF = 6e3
"""A tenth of what float16 holds: features that come near it are kept in bfloat16, which holds them all."""

Tensors = tuple[Tensor, ...]


@dataclass(frozen=True)
class Frozen:
    """The part of a network that stands still, with what it has made so far.

    Attributes:
        cut: of the network that is trained.
        layout: of what crosses the boundary.
        precision: that the frozen part is computed in.
        device: that it is computed on.
        store: what it made of images before; None if nothing is kept.
    """

    cut: Cut
    layout: Layout
    precision: Precision
    device: torch.device
    store: FeatureStore | None = None

    def features(self, names: Sequence[RowName], images: Callable[[Indices], Tensor]) -> Tensors:
        """What crosses the boundary for each image, on the device.

        Args:
            names: which image in which view.
            images: the inputs (N, 3, H, W) at some places of `names`; asked only for what isn't kept.
        """
        rows = [self._kept(name) for name in names]
        missing = np.array([place for place, row in enumerate(rows) if row is None], np.int64)
        if len(missing):
            fresh = to_rows(self.compute(images(missing)), self.layout)
            for place, row in zip(missing.tolist(), fresh, strict=True):
                rows[place] = row
            if self.store is not None:
                self.store.add(
                    [(names[place], row) for place, row in zip(missing.tolist(), fresh, strict=True)]
                )
        return from_rows([row for row in rows if row is not None], self.layout, self.device)

    def compute(self, images: Tensor) -> Tensors:
        """The frozen part's output, not yet rounded; in two halves where the memory does not suffice.

        Raises:
            MemoryTooSmall: if a single image is too much.
        """
        try:
            return self._prefix(images)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
        if len(images) == 1:
            raise MemoryTooSmall(images.shape[-1])
        halves = [self.compute(half) for half in images.chunk(2)]
        return tuple(torch.cat(parts) for parts in zip(*halves, strict=True))

    def _prefix(self, images: Tensor) -> Tensors:
        with (
            torch.no_grad(),
            torch.autocast(self.device.type, DTYPES[self.precision], enabled=self.precision != "float32"),
        ):
            return self.cut.prefix(images.to(self.device, memory_format=torch.channels_last))

    def _kept(self, name: RowName) -> bytes | None:
        return None if self.store is None else self.store.read(name)


@dataclass(frozen=True)
class Feed:
    """The images of one split as the trained part of the network takes them.

    Attributes:
        source: the split's images.
        preprocessing: of the network.
        augment: how a view is drawn; None for the centre, as evaluation sees it.
        augmentation: its name.
        seed: of the views.
        frozen: None if nothing is frozen or the network can't be cut; then images are fed.
    """

    source: Labelled
    preprocessing: Preprocessing
    augment: Augment | None
    augmentation: str
    seed: int
    frozen: Frozen | None

    def batch(self, indices: Indices, view: int) -> Tensors:
        """What the trained part takes for these images in their view of that number."""
        if self.frozen is None:
            return (self._images(indices, view),)
        name = CENTRE if self.augment is None else f"{self.augmentation}-{view}"
        names = [RowName(self.source.rows[index].sha256, name) for index in indices.tolist()]
        return self.frozen.features(names, lambda places: self._images(indices[places], view))

    def _images(self, indices: Indices, view: int) -> Tensor:
        if self.augment is None:
            return centred(self.source, indices, self.preprocessing)
        return augmented(self.source, indices, self.augment, self.preprocessing, self.seed, view)


def layout_of(features: Tensors, precision: Precision) -> Layout:
    """How features are kept, judged by those of a few images."""
    shapes = tuple(_kept_order(tensor).shape[1:] for tensor in features)
    largest = max(float(tensor.abs().max()) for tensor in features)
    dtype = "bfloat16" if precision == "bfloat16" or not largest < LARGEST_HALF else "float16"
    return Layout(tuple(tuple(shape) for shape in shapes), dtype)


def to_rows(features: Tensors, layout: Layout) -> list[bytes]:
    """One row for each image."""
    parts = [_kept_order(tensor).to(KEPT_AS[layout.dtype]).flatten(1) for tensor in features]
    packed = torch.cat(parts, 1).contiguous().cpu().view(torch.uint8).numpy()
    return [row.tobytes() for row in packed]


def from_rows(rows: Sequence[bytes], layout: Layout, device: torch.device) -> Tensors:
    """The tensors of these rows, in float32 or bfloat16."""
    packed = torch.frombuffer(bytearray(b"".join(rows)), dtype=KEPT_AS[layout.dtype]).view(len(rows), -1)
    packed = packed.to(device, non_blocking=True)
    if layout.dtype == "float16":
        packed = packed.float()
    tensors, start = [], 0
    for shape in layout.shapes:
        size = int(np.prod(shape))
        tensor = packed[:, start : start + size].reshape(len(rows), *shape)
        tensors.append(tensor.permute(0, 3, 1, 2) if len(shape) == 3 else tensor)
        start += size
    return tuple(tensors)


def store_key(
    backbone: Backbone, network: nn.Module, depth: int, precision: Precision, device: torch.device
) -> str:
    """What the features depend on besides the image and its view."""
    digest = hashlib.sha256()
    facts = (backbone.name, depth, backbone.preprocessing, precision, device.type, torch.__version__)
    digest.update(repr(facts).encode())
    for name, tensor in frozen_tensors(network, depth):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()[:24]


def frozen_tensors(network: nn.Module, depth: int) -> list[tuple[str, Tensor]]:
    """Parameters and buffers of the first `depth` groups, those that nothing depends on left out."""
    frozen = {name for group in parameter_groups(network)[:depth] for name in group.parameters}
    owners = {name.rpartition(".")[0] for name in frozen}
    trained = {name for name, _ in network.named_parameters()} - frozen
    return [
        (name, tensor)
        for name, tensor in network.state_dict().items()
        if (name in frozen or (name.rpartition(".")[0] in owners and name not in trained))
        and not name.endswith("num_batches_tracked")
    ]


def _kept_order(tensor: Tensor) -> Tensor:
    """Channels last, the order that convolutions are fastest in, so that reading gives it as it is."""
    return tensor.permute(0, 2, 3, 1) if tensor.ndim == 4 else tensor
