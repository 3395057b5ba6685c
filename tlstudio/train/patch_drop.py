"""Patch dropout: in each step a vision transformer sees only a random part of an image's patches.

Once their places are added to them, patches are a set to a transformer, so any of them can be missing, before
the first block as behind the frozen ones: what was kept of an image serves all its parts, and the trained
blocks have less to compute. Class tokens and registers always stay.

Source: Liu et al. 2023, "PatchDropout: Economizing Vision Transformers Using Patch Dropout"; drawn by timm.
"""

from dataclasses import dataclass

from timm.layers.patch_dropout import PatchDropout
from timm.models.vision_transformer import VisionTransformer
from torch import nn

from tlstudio.model.cut import Cut


@dataclass(frozen=True)
class PatchDrop:
    """How patches are dropped in training.

    Attributes:
        behind_cut: what drops them from the tensor that crosses the cut; None if that is not done.
        problem: why none are dropped although that was wanted, a sentence; empty if they are.
    """

    behind_cut: PatchDropout | None = None
    problem: str = ""


def drop_patches(network: nn.Module, parts: Cut | None, share: float, title: str) -> PatchDrop:
    """Let a network see fewer patches while it trains.

    Without a cut the network itself is told to drop them, in train mode only.

    Args:
        network: that is trained.
        parts: where it is cut; None if images are fed.
        share: of the patches that are dropped, 0 … 0.9.
        title: of the network, for people.
    """
    if not share > 0:
        return PatchDrop()
    if not isinstance(network, VisionTransformer):
        return PatchDrop(problem=f"{title} needs all parts of an image in their places, so none is dropped.")
    dropout = PatchDropout(share, network.num_prefix_tokens).train(network.training)
    if parts is None:
        network.patch_drop = dropout
        return PatchDrop()
    tokens = network.num_prefix_tokens + network.patch_embed.num_patches
    if [each.shape for each in parts.crossing] != [(tokens, network.embed_dim)]:
        return PatchDrop(problem="What is trained sees an image as a whole, so no patches are dropped.")
    return PatchDrop(dropout.train())
