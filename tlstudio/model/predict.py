"""What a network says about prepared images."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from tlstudio.data.preprocess import Preprocessing, normalise


def probabilities(
    network: nn.Module, crops: NDArray[np.uint8], preprocessing: Preprocessing, batch_size: int = 32
) -> NDArray[np.float32]:
    """The probability of every class, in eval mode, on the device that the network is on.

    Args:
        network: is left in eval mode.
        crops: (N, H, W, 3) prepared 8-bit RGB images.
        preprocessing: of the network; only its mean and std are used here.
        batch_size: images at a time.

    Returns:
        (N, C), rows sum to 1.
    """
    scores = logits(network, crops, preprocessing, batch_size)
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: NDArray[np.float32] = shifted / shifted.sum(axis=1, keepdims=True)
    return shares


def logits(
    network: nn.Module, crops: NDArray[np.uint8], preprocessing: Preprocessing, batch_size: int = 32
) -> NDArray[np.float32]:
    """The network's outputs before softmax: (N, C); see `probabilities`."""
    device = next(network.parameters()).device
    network.eval()
    outputs = []
    with torch.inference_mode():
        for start in range(0, len(crops), batch_size):
            batch = torch.from_numpy(normalise(crops[start : start + batch_size], preprocessing))
            outputs.append(network(batch.to(device)).float().cpu().numpy())
    stacked: NDArray[np.float32] = np.concatenate(outputs)
    return stacked
