"""Coloured pictures by random formulas and by random networks: no two alike, nothing in them has a name.

Sources: Baradad et al. 2022, "Procedural Image Programs for Representation Learning" (formulas of the place);
Baradad et al. 2021, "Learning to See by Looking at Noise" (untrained generators); Stanley 2007,
"Compositional pattern producing networks".
"""

import torch
import torch.nn.functional as F  # noqa: N812 (torch's own name for it)
from torch import Tensor

SIDE_PX = 128
CHUNK = 32
"""Pictures drawn at once."""

UNITS, LAYERS = 12, 3
"""Of a formula."""

CHANNELS = 24
"""Of a generator."""


def draw_programs(pictures: int, seed: int, device: torch.device) -> Tensor:
    """(pictures, 3, SIDE_PX, SIDE_PX) uint8: half by formulas, half by generators."""
    bank = []
    for start in range(0, pictures, CHUNK):
        generator = torch.Generator().manual_seed(seed * 1_000_003 + start)
        draw = _formulas if (start // CHUNK) % 2 == 0 else _generators
        bank.append(_coloured(draw(CHUNK, generator, device), generator))
    return torch.cat(bank)[:pictures]


def _formulas(count: int, g: torch.Generator, device: torch.device) -> Tensor:
    """(count, 3, SIDE_PX, SIDE_PX): layers of sines, bends and steps of the place."""
    line = torch.linspace(-1, 1, SIDE_PX)
    y, x = (each.reshape(1, 1, -1) for each in torch.meshgrid(line, line, indexing="ij"))
    turn = torch.rand((count, 1, 1), generator=g) * 6.2832
    across, down = x * turn.cos() + y * turn.sin(), y * turn.cos() - x * turn.sin()
    values = torch.cat((across, down, torch.hypot(x, y).expand(count, 1, -1)), 1).to(device)
    for layer in range(LAYERS):
        # How fast it varies differs from formula to formula: from a few waves to fine grain.
        pace = torch.exp(torch.randn((count, 1, 1), generator=g) * 0.6) * (4.0 if layer == 0 else 1.6)
        weights = torch.randn((count, UNITS, values.shape[1]), generator=g) * pace / values.shape[1] ** 0.5
        bias = torch.randn((count, UNITS, 1), generator=g) * 2
        values = _bent(torch.baddbmm(bias.to(device), weights.to(device), values))
    weights = torch.randn((count, 3, UNITS), generator=g).to(device)
    return torch.bmm(weights, values).reshape(count, 3, SIDE_PX, SIDE_PX)


def _bent(values: Tensor) -> Tensor:
    """A third of the units each: waves, bumps, and folds with an edge."""
    waves, bumps, folds = values.chunk(3, 1)
    return torch.cat((waves.sin(), torch.exp(-bumps.square()) * 2 - 1, (folds % 2 - 1).abs() * 2 - 1), 1)


def _generators(count: int, g: torch.Generator, device: torch.device) -> Tensor:
    """(count, 3, SIDE_PX, SIDE_PX): noise, five times doubled and mixed by random oriented filters."""
    values = torch.randn((count, CHANNELS, 4, 4), generator=g).to(device)
    while values.shape[-1] < SIDE_PX:
        values = F.interpolate(values, scale_factor=2, mode="bilinear", align_corners=False)
        values = F.conv2d(values, _oriented(CHANNELS, g).to(device), padding=2)
        style = torch.exp(torch.randn((count, CHANNELS, 1, 1), generator=g) * 0.7).to(device)
        noise = torch.randn((count, 1, *values.shape[2:]), generator=g).to(device)
        strength = (torch.rand((count, CHANNELS, 1, 1), generator=g).to(device) ** 3) * 0.5
        values = F.leaky_relu(values * style + noise * strength, 0.2)
        values = (values - values.mean((2, 3), keepdim=True)) / values.std((2, 3), keepdim=True).clamp(
            min=0.1
        )
        keep = torch.exp(torch.randn((count, CHANNELS, 1, 1), generator=g) * 0.5).to(device)
        values = values * keep
    weights = torch.randn((count, 3, CHANNELS), generator=g).to(device)
    return torch.einsum("nkc,nchw->nkhw", weights, values)


def _oriented(channels: int, g: torch.Generator) -> Tensor:
    """(channels, channels, 5, 5): each channel is mixed from a few others, through short waves."""
    line = torch.arange(-2.0, 3.0)
    y, x = torch.meshgrid(line, line, indexing="ij")
    turn = torch.rand((channels, channels, 1, 1), generator=g) * 3.1416
    wave = torch.rand((channels, channels, 1, 1), generator=g) * 1.6
    phase = torch.rand((channels, channels, 1, 1), generator=g) * 6.2832
    filters = torch.cos((x * turn.cos() + y * turn.sin()) * wave + phase) * torch.exp(-(x**2 + y**2) / 3)
    sparse = torch.rand((channels, channels, 1, 1), generator=g) < 4 / channels
    return filters * sparse * torch.randn((channels, channels, 1, 1), generator=g)


def _coloured(values: Tensor, g: torch.Generator) -> Tensor:
    """Three fields as uint8 colours: mostly light and dark, less of hue, as colours of things are."""
    count, device = len(values), values.device
    values = (values - values.mean((2, 3), keepdim=True)) / values.std((2, 3), keepdim=True).clamp(min=1e-3)
    light, *hues = values.split(1, 1)
    contrast = torch.rand((count, 1, 1, 1), generator=g).to(device) * 0.2 + 0.08
    vivid = (torch.rand((count, 1, 1, 1), generator=g) ** 2).to(device) * 0.25
    picture = torch.rand((count, 3, 1, 1), generator=g).to(device) * 0.5 + 0.25 + light * contrast
    for hue in hues:
        direction = torch.randn((count, 3, 1, 1), generator=g).to(device)
        picture = picture + hue * (direction - direction.mean(1, keepdim=True)) * vivid
    return (picture.clamp(0, 1) * 255).round().to(torch.uint8)
