"""What a training step is fed: images, or what the frozen part of the network makes of them.

Where the first groups are frozen, their output for an image in a certain view never changes, so it is
computed once and kept. At the boundary it passes through the precision that it is kept in whether it is kept
or not: so a run is the same with a full store, with none, and with one that breaks in the middle. Where a
shallower boundary has kept what it made of an image, the way goes on from there; see `shallower`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from tlstudio.data.preprocess import Preprocessing
from tlstudio.model.cut import Cut
from tlstudio.train.augment import Augment
from tlstudio.train.batches import Indices, Labelled, augmented, centred
from tlstudio.train.feature_rows import Tensors, from_rows, to_rows
from tlstudio.train.feature_store import FeatureStore, Layout, RowName
from tlstudio.train.memory import in_pieces
from tlstudio.train.precision import Precision, in_precision
from tlstudio.train.shallower import Shallower

CENTRE = "centre"


@dataclass(frozen=True)
class Frozen:
    """The part of a network that stands still, with what it has made so far.

    Attributes:
        cut: of the network that is trained.
        layout: of what crosses the boundary.
        precision: that the frozen part is computed in.
        device: that it is computed on.
        store: what it made of images before; None if nothing is kept.
        shallower: what a shallower boundary has kept of them, to go on from; None if there is nothing.
    """

    cut: Cut
    layout: Layout
    precision: Precision
    device: torch.device
    store: FeatureStore | None = None
    shallower: Shallower | None = None

    def features(self, names: Sequence[RowName], images: Callable[[Indices], Tensor]) -> Tensors:
        """What crosses the boundary for each image, on the device.

        Args:
            names: which image in which view.
            images: the inputs (N, 3, H, W) at some places of `names`; asked only for what nobody has kept.
        """
        rows = {place: row for place, name in enumerate(names) if (row := self._kept(name)) is not None}
        missing = [place for place in range(len(names)) if place not in rows]
        if missing:
            fresh = self._made(names, missing, images)
            rows |= fresh
            if self.store is not None:
                self.store.add([(names[place], fresh[place]) for place in missing])
        tensors = from_rows([rows[place] for place in range(len(names))], self.layout, self.device)
        # Kept in bfloat16 for their size, they go on in what the trained part is computed in.
        return tensors if self.precision == "bfloat16" else tuple(tensor.float() for tensor in tensors)

    def compute(self, images: Tensor) -> Tensors:
        """The frozen part's output, not yet rounded; in two halves where the memory does not suffice.

        Raises:
            MemoryTooSmall: if a single image is too much.
        """
        return in_pieces(self._prefix, (images,), images.shape[-1])

    def close(self) -> None:
        """Let others write into the stores."""
        if self.store is not None:
            self.store.close()
        if self.shallower is not None:
            self.shallower.store.close()

    def _made(
        self, names: Sequence[RowName], missing: Sequence[int], images: Callable[[Indices], Tensor]
    ) -> dict[int, bytes]:
        """The rows at those places: of what a shallower boundary has kept, or else of the images."""
        kept: dict[int, bytes] = {}
        if self.shallower is not None:
            found = ((place, self.shallower.read(names[place])) for place in missing)
            kept = {place: row for place, row in found if row is not None}
        made = {}
        if self.shallower is not None and kept:
            features = self.shallower.lead_on(list(kept.values()))
            made = dict(zip(kept, to_rows(features, self.layout), strict=True))
        rest = [place for place in missing if place not in made]
        if rest:
            features = self.compute(images(np.array(rest, np.int64)))
            made |= zip(rest, to_rows(features, self.layout), strict=True)
        return made

    def _prefix(self, images: Tensor) -> Tensors:
        with torch.no_grad(), in_precision(self.precision, self.device):
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
        names = row_names(self.source, indices, self.augmentation, view)
        return self.frozen.features(names, lambda places: self._images(indices[places], view))

    def _images(self, indices: Indices, view: int) -> Tensor:
        if self.augment is None:
            return centred(self.source, indices, self.preprocessing)
        return augmented(self.source, indices, self.augment, self.preprocessing, self.seed, view)


def row_names(source: Labelled, indices: Indices, augmentation: str, view: int) -> list[RowName]:
    """What the rows of these images in that view are called; without augmentation there is one view."""
    name = CENTRE if augmentation == "none" else f"{augmentation}-{view}"
    return [RowName(source.rows[index].sha256, name) for index in indices.tolist()]
