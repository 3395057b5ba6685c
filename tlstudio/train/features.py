"""What a training step is fed: images, or what the frozen part of the network makes of them.

Where the first groups are frozen, their output for an image in a certain view never changes, so it is
computed once and kept. At the boundary it passes through the precision that it is kept in whether it is kept
or not: so a run is the same with a full store, with none, and with one that breaks in the middle. Where a
shallower boundary has kept what it made of an image, the way goes on from there; see `shallower`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
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
from tlstudio.train.step import on_device

CENTRE = "centre"


@dataclass(frozen=True)
class Frozen:
    """The part of a network that stands still, with what it has made so far.

    Attributes:
        cut: of the network that is trained.
        prefix: images to what crosses the boundary.
        layout: of what crosses the boundary.
        precision: that the frozen part is computed in.
        device: that it is computed on.
        store: what it made of images before; None if nothing is kept.
        shallower: what a shallower boundary has kept of them, to go on from; None if there is nothing.
    """

    cut: Cut
    prefix: Callable[[Tensor], Tensors]
    layout: Layout
    precision: Precision
    device: torch.device
    store: FeatureStore | None = None
    shallower: Shallower | None = None

    def gather(self, names: Sequence[RowName], images: Callable[[Indices], Tensor]) -> "Gathered":
        """What there is of a batch before anything is computed.

        Args:
            names: which image in which view.
            images: the inputs (N, 3, H, W) at some places of `names`; asked only for what nobody has kept.
        """
        everything = range(len(names))
        kept = _found(self.store, names, everything)
        missing = [place for place in everything if place not in kept]
        shallow = _found(None if self.shallower is None else self.shallower.store, names, missing)
        rest = [place for place in missing if place not in shallow]
        return Gathered(names, kept, shallow, rest, images(np.array(rest, np.int64)) if rest else None)

    def make(self, batch: "Gathered") -> dict[int, bytes]:
        """The rows that nobody has kept, by their places; draws no random number and changes no store."""
        made: dict[int, bytes] = {}
        if self.shallower is not None and batch.shallow:
            features = self.shallower.lead_on(list(batch.shallow.values()))
            made |= zip(batch.shallow, to_rows(features, self.layout), strict=True)
        if batch.images is not None:
            made |= zip(batch.rest, to_rows(self.compute(batch.images), self.layout), strict=True)
        return made

    def features(self, batch: "Gathered", made: Mapping[int, bytes]) -> Tensors:
        """What crosses the boundary for each image of the batch, on the device; what was made is kept."""
        if made and self.store is not None:
            self.store.add([(batch.names[place], row) for place, row in made.items()])
        rows = {**batch.kept, **made}
        tensors = from_rows([rows[place] for place in range(len(batch.names))], self.layout, self.device)
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

    def _prefix(self, images: Tensor) -> Tensors:
        with torch.no_grad(), in_precision(self.precision, self.device):
            return self.prefix(on_device(images, self.device))


@dataclass(frozen=True)
class Gathered:
    """A batch at the boundary, before what is missing was made.

    Attributes:
        names: which image in which view.
        kept: rows of this boundary, by their places in `names`.
        shallow: rows of the shallower boundary, of what this one has not kept.
        rest: places of what neither has kept.
        images: the inputs at these places, (N, 3, H, W); None if there are none.
    """

    names: Sequence[RowName]
    kept: Mapping[int, bytes]
    shallow: Mapping[int, bytes]
    rest: Sequence[int]
    images: Tensor | None

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to make."""
        return not self.shallow and not self.rest


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
        batch = self._gather(self.frozen, indices, view)
        return self.frozen.features(batch, self.frozen.make(batch))

    def batches(self, order: Sequence[Indices], view: int) -> Iterator[Tensors]:
        """What the trained part takes for one batch after the other.

        While the frozen part computes what is missing of a batch, the images of the next one are drawn, in
        the caller's thread, as random numbers are the process's. While the caller holds a batch nothing runs.
        """
        if self.frozen is None:
            yield from ((self._images(indices, view),) for indices in order)
            return
        with ThreadPoolExecutor(1, "frozen", torch.set_num_threads, (torch.get_num_threads(),)) as beside:
            ahead = self._gather(self.frozen, order[0], view)
            for place in range(len(order)):
                batch = ahead
                making = None if batch.is_complete else beside.submit(self.frozen.make, batch)
                if place + 1 < len(order):
                    ahead = self._gather(self.frozen, order[place + 1], view)
                yield self.frozen.features(batch, {} if making is None else making.result())

    def _gather(self, frozen: Frozen, indices: Indices, view: int) -> Gathered:
        names = row_names(self.source, indices, self.augmentation, view)
        return frozen.gather(names, lambda places: self._images(indices[places], view))

    def _images(self, indices: Indices, view: int) -> Tensor:
        if self.augment is None:
            return centred(self.source, indices, self.preprocessing)
        return augmented(self.source, indices, self.augment, self.preprocessing, self.seed, view)


def row_names(source: Labelled, indices: Indices, augmentation: str, view: int) -> list[RowName]:
    """What the rows of these images in that view are called; without augmentation there is one view."""
    name = CENTRE if augmentation == "none" else f"{augmentation}-{view}"
    return [RowName(source.rows[index].sha256, name) for index in indices.tolist()]


def _found(store: FeatureStore | None, names: Sequence[RowName], places: Iterable[int]) -> dict[int, bytes]:
    """The rows that the store has of the names at these places."""
    if store is None:
        return {}
    return {place: row for place in places if (row := store.read(names[place])) is not None}
