"""Mixup: what is trained gets blends of two images, whose labels count by their shares.

Source: Zhang et al. 2018, "mixup: Beyond Empirical Risk Minimization", with one share for a whole batch as in
their own code. What frozen layers make of two images is blended as the images would be (Verma et al. 2019,
"Manifold Mixup"), so it costs nothing where features are kept.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

MIXUP = 2
"""Tells these draws from others of the same seed, epoch and batch."""


@dataclass(frozen=True)
class Mix:
    """How a batch is blended.

    Attributes:
        partners: (N,) the place in the batch of the image that each one is blended with; some are their own.
        share: of the image itself, 0.5 … 1; its partner has the rest.
    """

    partners: Tensor
    share: float

    def blend(self, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Each (N, …) tensor with its images blended."""
        return tuple(self._blended(tensor) for tensor in inputs)

    def _blended(self, tensor: Tensor) -> Tensor:
        others = tensor.index_select(0, self.partners.to(tensor.device))
        return torch.lerp(tensor, others, 1 - self.share)  # in the memory layout of the first


def draw_mix(count: int, alpha: float, seed: int, epoch: int, batch: int) -> Mix | None:
    """The mix of a batch, the same whenever it is drawn; None without mixup.

    Args:
        count: of its images.
        alpha: of the beta distribution that the share is drawn from; 0: no mixup.
        seed: of the run.
        epoch: from 1.
        batch: its number in the epoch.
    """
    if not alpha > 0:
        return None
    draw = np.random.default_rng((seed, epoch, batch, MIXUP))
    share = float(draw.beta(alpha, alpha))
    # A blend with share s is another image's blend with 1 - s: so the image itself always has the larger one.
    return Mix(torch.from_numpy(draw.permutation(count)), max(share, 1 - share))
