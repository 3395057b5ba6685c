"""Grey textures that no camera saw: noise, leaves, cells, stripes and their like, drawn from a seed."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

SIDE_PX = 160

Draw = Callable[[int, torch.Generator, torch.device], Tensor]


def draw_textures(tiles: int, seed: int, device: torch.device) -> Tensor:
    """(len(TEXTURES), tiles, SIDE_PX, SIDE_PX) uint8 on the device."""
    bank = []
    for index, draw in enumerate(TEXTURES.values()):
        generator = torch.Generator().manual_seed(seed * 999_983 + index)
        tile = draw(tiles, generator, device)
        low, high = tile.amin((1, 2), keepdim=True), tile.amax((1, 2), keepdim=True)
        tile = (tile - low) / (high - low).clamp(min=1e-4)
        bank.append((tile * 255).round().to(torch.uint8))
    return torch.stack(bank)


def _noise(tiles: int, slope: Tensor, generator: torch.Generator, device: torch.device) -> Tensor:
    """Noise whose amplitude falls with frequency by that power; slope (tiles, 1, 1)."""
    white = torch.randn((tiles, SIDE_PX, SIDE_PX), generator=generator).to(device)
    across = torch.fft.rfftfreq(SIDE_PX, device=device)[None]
    down = torch.fft.fftfreq(SIDE_PX, device=device)[:, None]
    frequency = torch.hypot(across, down).clamp(min=1 / SIDE_PX)
    noise = torch.fft.irfft2(torch.fft.rfft2(white) * frequency ** -slope.to(device), s=(SIDE_PX, SIDE_PX))
    return noise / noise.std((1, 2), keepdim=True)


def _between(low: float, high: float, tiles: int, generator: torch.Generator) -> Tensor:
    return low + (high - low) * torch.rand((tiles, 1, 1), generator=generator)


def _grid(device: torch.device) -> tuple[Tensor, Tensor]:
    line = torch.arange(SIDE_PX, device=device) / SIDE_PX
    y, x = torch.meshgrid(line, line, indexing="ij")
    return y[None], x[None]


def _smooth(t: int, g: torch.Generator, d: torch.device) -> Tensor:
    return _noise(t, _between(2.0, 3.0, t, g), g, d)


def _clouds(t: int, g: torch.Generator, d: torch.device) -> Tensor:
    return _noise(t, _between(1.2, 1.8, t, g), g, d)


def _grain(t: int, g: torch.Generator, d: torch.device) -> Tensor:
    return _noise(t, _between(0.2, 0.8, t, g), g, d)


def _spots(t: int, g: torch.Generator, d: torch.device) -> Tensor:
    noise = _noise(t, _between(1.4, 2.4, t, g), g, d)
    return torch.sigmoid((noise - _between(0.2, 1.0, t, g).to(d)) * 12)


def _cracks(t: int, g: torch.Generator, d: torch.device) -> Tensor:
    return -_noise(t, _between(1.4, 2.2, t, g), g, d).abs().sqrt()


def _veins(t: int, g: torch.Generator, d: torch.device) -> Tensor:
    return torch.sin(_noise(t, _between(1.6, 2.4, t, g), g, d) * _between(3, 9, t, g).to(d))


def _stripes(t: int, g: torch.Generator, d: torch.device) -> Tensor:
    _, x = _grid(d)
    bend = _noise(t, _between(2.2, 3.0, t, g), g, d) * _between(0, 0.05, t, g).to(d)
    wave = torch.sin(2 * math.pi * (x + bend) * _between(5, 22, t, g).to(d))
    return torch.tanh(wave * _between(0.5, 6, t, g).to(d))


def _checks(t: int, g: torch.Generator, d: torch.device) -> Tensor:
    y, x = _grid(d)
    count = _between(4, 18, t, g).to(d)
    return torch.tanh(torch.sin(math.pi * x * count) * torch.sin(math.pi * y * count) * 6)


def _dots(t: int, g: torch.Generator, d: torch.device) -> Tensor:
    y, x = _grid(d)
    count = _between(6, 20, t, g).to(d)
    shift = 0.5 * ((y * count).floor() % 2)
    away = torch.hypot((x * count + shift) % 1 - 0.5, (y * count) % 1 - 0.5)
    return torch.sigmoid((_between(0.15, 0.4, t, g).to(d) - away) * 25)


def _bricks(t: int, g: torch.Generator, d: torch.device) -> Tensor:
    y, x = _grid(d)
    rows, columns = _between(6, 18, t, g).to(d), _between(3, 9, t, g).to(d)
    shift = 0.5 * ((y * rows).floor() % 2)
    across, down = (x * columns + shift) % 1, (y * rows) % 1
    joint = torch.minimum(torch.minimum(across, 1 - across) * rows / columns, torch.minimum(down, 1 - down))
    return torch.sigmoid((joint - 0.1) * 30) + 0.25 * _noise(t, _between(1.0, 2.0, t, g), g, d).clamp(-2, 2)


def _cells_and_edges(t: int, g: torch.Generator, d: torch.device) -> tuple[Tensor, Tensor]:
    """Voronoi cells as grey values, and the distance to their borders."""
    y, x = _grid(d)
    first = torch.full((t, SIDE_PX, SIDE_PX), 9.0, device=d)
    second, value = first.clone(), torch.zeros_like(first)
    seeds = 90
    used = _between(12, seeds, t, g).to(d)
    places = torch.rand((t, seeds, 2), generator=g).to(d)
    greys = torch.rand((t, seeds), generator=g).to(d)
    for seed in range(seeds):
        px, py = places[:, seed, 0, None, None], places[:, seed, 1, None, None]
        away = torch.hypot((x - px + 0.5) % 1 - 0.5, (y - py + 0.5) % 1 - 0.5)
        away = torch.where(used > seed, away, 9.0)
        is_nearer = away < first
        second = torch.where(is_nearer, first, torch.minimum(second, away))
        value = torch.where(is_nearer, greys[:, seed, None, None], value)
        first = torch.minimum(first, away)
    return value, second - first


def _cells(t: int, g: torch.Generator, d: torch.device) -> Tensor:
    return _cells_and_edges(t, g, d)[0]


def _mesh(t: int, g: torch.Generator, d: torch.device) -> Tensor:
    return (_cells_and_edges(t, g, d)[1] * _between(15, 50, t, g).to(d)).clamp(max=1)


def _leaves(t: int, g: torch.Generator, d: torch.device, *, is_round: bool = True) -> Tensor:
    """Discs or squares that cover each other, their sizes by a power law.

    Source: Lee, Mumford and Huang 2001, "Occlusion models for natural images".
    """
    y, x = _grid(d)
    picture = torch.full((t, SIDE_PX, SIDE_PX), 0.5, device=d)
    for _ in range(160):
        px, py, grey = (torch.rand((t, 1, 1), generator=g).to(d) for _ in range(3))
        reach = 0.03 / (1 - 0.985 * torch.rand((t, 1, 1), generator=g).to(d)) ** 0.5
        turn = (torch.rand((t, 1, 1), generator=g) * math.pi).to(d)
        dx, dy = (x - px + 0.5) % 1 - 0.5, (y - py + 0.5) % 1 - 0.5
        if is_round:
            away = torch.hypot(dx, dy)
        else:
            across = (dx * turn.cos() + dy * turn.sin()).abs()
            away = torch.maximum(across, (dy * turn.cos() - dx * turn.sin()).abs())
        picture = torch.where(away < reach, grey, picture)
    return picture


def _shards(t: int, g: torch.Generator, d: torch.device) -> Tensor:
    return _leaves(t, g, d, is_round=False)


def _hairs(t: int, g: torch.Generator, d: torch.device) -> Tensor:
    """Noise that is drawn out along one direction, as fur and fibres are."""
    white = torch.randn((t, SIDE_PX, SIDE_PX), generator=g).to(d)
    across = torch.fft.rfftfreq(SIDE_PX, device=d)[None, None]
    down = torch.fft.fftfreq(SIDE_PX, device=d)[None, :, None]
    turn = (torch.rand((t, 1, 1), generator=g) * math.pi).to(d)
    along = across * turn.cos() + down * turn.sin()
    beside = down * turn.cos() - across * turn.sin()
    keep = torch.exp(-((along * 60) ** 2) - ((beside.abs() - 0.12) * 12) ** 2)
    return torch.fft.irfft2(torch.fft.rfft2(white) * keep, s=(SIDE_PX, SIDE_PX))


def _slope(t: int, g: torch.Generator, d: torch.device) -> Tensor:
    y, x = _grid(d)
    turn = (torch.rand((t, 1, 1), generator=g) * 2 * math.pi).to(d)
    return x * turn.cos() + y * turn.sin() + 0.02 * _noise(t, _between(0.5, 1.5, t, g), g, d)


def _rings(t: int, g: torch.Generator, d: torch.device) -> Tensor:
    y, x = _grid(d)
    px, py = torch.rand((t, 1, 1), generator=g).to(d), torch.rand((t, 1, 1), generator=g).to(d)
    bend = _noise(t, _between(2.0, 3.0, t, g), g, d) * 0.03
    return torch.sin((torch.hypot(x - px, y - py) + bend) * 2 * math.pi * _between(6, 20, t, g).to(d))


TEXTURES: dict[str, Draw] = {
    "smooth": _smooth,
    "clouds": _clouds,
    "grain": _grain,
    "spots": _spots,
    "cracks": _cracks,
    "veins": _veins,
    "stripes": _stripes,
    "checks": _checks,
    "dots": _dots,
    "bricks": _bricks,
    "cells": _cells,
    "mesh": _mesh,
    "leaves": _leaves,
    "shards": _shards,
    "hairs": _hairs,
    "slope": _slope,
    "rings": _rings,
}
"""One program each: so many tiles (tiles, SIDE_PX, SIDE_PX) of any range."""
