"""Features at a boundary made of what a shallower boundary has kept, so that no image is needed.

What was kept is rounded to half precision, and so are the features that are made of it: two roundings where
the way from the image has one. That is taken only where it makes no more of a difference than one step of
that precision, seen on a few images, so the losses of a run agree within 1e-3; elsewhere the way is from the
image.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from tlstudio.model.cut import Bridge, Cut, between, cut
from tlstudio.model.errors import CannotCut
from tlstudio.train.feature_rows import KEPT_AS, Tensors, from_rows, layout_of, to_rows
from tlstudio.train.feature_store import FeatureStore, Layout, stored_layout
from tlstudio.train.memory import in_pieces
from tlstudio.train.precision import Precision, in_precision
from tlstudio.train.step import on_device


@dataclass(frozen=True)
class Shallower:
    """The store of a shallower boundary of the same weights, and the way from there.

    Attributes:
        store: open for reading.
        dtypes: of what crosses there, before it is kept.
        input_px: edge of the images.
    """

    store: FeatureStore
    dtypes: tuple[torch.dtype, ...]
    precision: Precision
    device: torch.device
    input_px: int
    _bridge: Bridge

    def lead_on(self, rows: Sequence[bytes]) -> Tensors:
        """What crosses the deeper boundary, not yet rounded.

        Raises:
            MemoryTooSmall: if a single image is too much.
        """
        kept = from_rows(rows, self.store.layout, self.device)
        given = tuple(tensor.to(dtype) for tensor, dtype in zip(kept, self.dtypes, strict=True))
        return in_pieces(self._run, given, self.input_px)

    def _run(self, *tensors: Tensor) -> Tensors:
        with in_precision(self.precision, self.device):
            return self._bridge(*tensors)


def find_shallower(
    network: nn.Module,
    deep: Cut,
    stores: Mapping[int, Path],
    precision: Precision,
    device: torch.device,
    images: Tensor,
    layout: Layout,
) -> Shallower | None:
    """The deepest store from which the features of a boundary can be made; None if there is none.

    Args:
        network: on its device, frozen.
        deep: the boundary.
        stores: by depth, the folder of what every shallower boundary keeps in this precision, if it does.
        precision: that the frozen part is computed in.
        device: of the network.
        images: a few inputs to try it with.
        layout: that the features are kept in.
    """
    input_px = images.shape[-1]
    images = on_device(images, device)
    for depth in sorted(stores, reverse=True):
        kept_as = stored_layout(stores[depth])
        if kept_as is None:
            continue
        try:
            shallow = cut(network, depth, input_px)
            bridge = between(shallow, deep, input_px) if shallow.depth == depth else None
        except CannotCut:
            continue
        if bridge is None:
            continue
        with in_precision(precision, device):
            expected = in_pieces(deep.prefix, (images,), input_px)
            crossing = in_pieces(shallow.prefix, (images,), input_px)
        if kept_as.shapes != layout_of(crossing, precision).shapes:
            continue
        store = FeatureStore(stores[depth], kept_as, most_bytes=0, is_reader=True)
        dtypes = tuple(tensor.dtype for tensor in crossing)
        found = Shallower(store, dtypes, precision, device, input_px, bridge)
        if len(store) and _is_as_good(found.lead_on(to_rows(crossing, kept_as)), expected, layout):
            return found
        store.close()
    return None


def _is_as_good(found: Tensors, expected: Tensors, layout: Layout) -> bool:
    """Whether they differ by no more than one step of the precision that they are kept in, on the whole."""
    step = torch.finfo(KEPT_AS[layout.dtype]).eps
    pairs = [(one.float(), other.float()) for one, other in zip(found, expected, strict=True)]
    return all(float((one - other).norm()) <= step * float(other.norm()) for one, other in pairs)
