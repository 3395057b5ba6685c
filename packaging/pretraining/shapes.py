"""Shapes that no camera saw: fractals, wavy contours and limbed figures, drawn from a seed."""

import math

import torch
from torch import Tensor

SIDE_PX = 96
"""Of a drawn shape; it is scaled, turned and coloured when a scene is composed."""

FAMILIES = (("fractal", 150), ("contour", 125), ("limbs", 125))
"""Each with its number of classes. A class is one set of parameters; its variants jitter them."""

CLASSES = sum(count for _, count in FAMILIES)
WALKERS, STEPS, BURN_IN = 384, 90, 12
MAPS, WAVES, LIMBS = 5, 3, 10


def draw_shapes(variants: int, seed: int, device: torch.device) -> Tensor:
    """Every class in so many variants.

    Returns:
        (CLASSES, variants, 2, SIDE_PX, SIDE_PX) uint8 on the device: how opaque, and how light.
    """
    bank = torch.empty((CLASSES, variants, 2, SIDE_PX, SIDE_PX), dtype=torch.uint8, device=device)
    first = 0
    for index, (family, count) in enumerate(FAMILIES):
        draw = DRAW[family]
        chunk = 25
        for start in range(0, count, chunk):
            # On the CPU, so that every device draws from the same numbers.
            generator = torch.Generator().manual_seed(seed * 1_000_003 + index * 10_007 + start)
            size = min(chunk, count - start)
            shapes = draw(size, variants, generator, device)
            bank[first + start : first + start + size] = (shapes.clamp(0, 1) * 255).round().to(torch.uint8)
        first += count
    return bank


def draw_fractals(classes: int, variants: int, generator: torch.Generator, device: torch.device) -> Tensor:
    """Iterated function systems, sampled by their singular values.

    Source: Anderson and Farrell 2022, "Improving Fractal Pre-training", section 3: systems of N maps whose
    singular values satisfy (5 + N) / 2 < sum of (s1 + 2 s2) < (6 + N) / 2 fill the plane neither too little
    nor too much.
    """
    angles = torch.rand((classes, MAPS, 2), generator=generator) * 2 * math.pi
    values = _singular_values(classes, generator)
    flips = torch.where(torch.rand((classes, MAPS, 2), generator=generator) < 0.5, -1.0, 1.0)
    shifts = torch.rand((classes, MAPS, 2), generator=generator) * 2 - 1
    repeated = [part.repeat_interleave(variants, 0) for part in (angles, values, flips, shifts)]
    angles, values, flips, shifts = (part.to(device) for part in repeated)
    count = classes * variants

    def jitter(shape: tuple[int, ...], spread: float) -> Tensor:
        return ((torch.rand(shape, generator=generator) * 2 - 1) * spread).to(device)

    angles = angles + jitter((count, MAPS, 2), 0.08)
    values = (values * (1 + jitter((count, MAPS, 2), 0.05))).clamp(max=0.97)
    shifts = shifts + jitter((count, MAPS, 2), 0.05)
    maps = _turn(angles[..., 0]) @ torch.diag_embed(values) @ _turn(angles[..., 1]) @ torch.diag_embed(flips)
    weights = (values.prod(-1) + 0.02).cumsum(-1)
    weights = weights / weights[:, -1:]
    points = torch.zeros((count, WALKERS, 2), device=device)
    kept = []
    for step in range(BURN_IN + STEPS):
        drawn = torch.rand((1, WALKERS), generator=generator).to(device).expand(count, -1).contiguous()
        choice = torch.searchsorted(weights, drawn).clamp(max=MAPS - 1)
        chosen = torch.gather(maps.flatten(2), 1, choice[..., None].expand(-1, -1, 4)).view(
            count, WALKERS, 2, 2
        )
        shift = torch.gather(shifts, 1, choice[..., None].expand(-1, -1, 2))
        points = (chosen @ points[..., None])[..., 0] + shift
        if step >= BURN_IN:
            kept.append(points)
    return _densities(torch.cat(kept, 1)).view(classes, variants, 2, SIDE_PX, SIDE_PX)


def draw_contours(classes: int, variants: int, generator: torch.Generator, device: torch.device) -> Tensor:
    """Closed contours: an ellipse whose radius carries a few sine waves.

    Source: Takashima et al. 2023, "Visual Atoms: Pre-training Vision Transformers with Sinusoidal Waves".
    """
    frequency = (torch.rand((classes, WAVES), generator=generator) ** 1.6 * 14 + 1).round()
    height = torch.rand((classes, WAVES), generator=generator) * 0.5 / frequency.sqrt()
    phase = torch.rand((classes, WAVES), generator=generator) * 2 * math.pi
    stretch = 0.45 + 0.55 * torch.rand((classes, 1), generator=generator)
    rings = (torch.rand((classes, 1), generator=generator) * 6).floor()
    hole = torch.where(torch.rand((classes, 1), generator=generator) < 0.3, 0.25 + 0.3 * rings / 6, 0.0)
    parts = [part.repeat_interleave(variants, 0) for part in (frequency, height, phase, stretch, rings, hole)]
    frequency, height, phase, stretch, rings, hole = parts
    count = classes * variants
    height = height * (0.8 + 0.4 * torch.rand((count, WAVES), generator=generator))
    phase = phase + 0.5 * torch.rand((count, WAVES), generator=generator)
    stretch = stretch * (0.9 + 0.2 * torch.rand((count, 1), generator=generator))
    frequency, height, phase, stretch, rings, hole = (
        part.to(device)[..., None, None] for part in (frequency, height, phase, stretch, rings, hole)
    )
    y, x = _grid(device)
    x, y = x[None], y[None] / stretch[:, 0]
    radius, angle = torch.hypot(x, y), torch.atan2(y, x)
    edge = 0.62 * (1 + (height * torch.sin(frequency * angle[:, None] + phase)).sum(1))
    inside = ((edge - radius) * SIDE_PX / 2).clamp(0, 1)
    share = radius / edge.clamp(min=0.05)
    inside = inside * ((share - hole[:, 0]) * SIDE_PX / 2).clamp(0, 1)
    light = 0.5 + 0.5 * torch.cos(math.pi * share * (rings[:, 0] + 1))
    return torch.stack((inside, light), 1).view(classes, variants, 2, SIDE_PX, SIDE_PX)


def draw_limbs(classes: int, variants: int, generator: torch.Generator, device: torch.device) -> Tensor:
    """Figures of jointed limbs that taper: the joints bend from variant to variant."""
    parent = (torch.rand((classes, LIMBS), generator=generator) * torch.arange(LIMBS)).floor().long()
    parent[:, 0] = 0
    # Half of the classes are fans, whose limbs all grow from one trunk.
    parent = torch.where(torch.rand((classes, 1), generator=generator) < 0.5, (parent > 3).long(), parent)
    angle = (torch.rand((classes, LIMBS), generator=generator) * 2 - 1) * 2.2
    length = 0.25 + 0.45 * torch.rand((classes, LIMBS), generator=generator)
    width = 0.04 + 0.11 * torch.rand((classes, LIMBS), generator=generator) ** 1.5
    width[:, 0] += 0.08
    used = 3 + (torch.rand((classes, 1), generator=generator) * (LIMBS - 2)).floor()
    is_mirrored = torch.rand((classes, 1), generator=generator) < 0.5
    parts = [
        part.repeat_interleave(variants, 0) for part in (parent, angle, length, width, used, is_mirrored)
    ]
    parent, angle, length, width, used, is_mirrored = parts
    count = classes * variants
    angle = angle + (torch.rand((count, LIMBS), generator=generator) * 2 - 1) * 0.35
    length = length * (0.85 + 0.3 * torch.rand((count, LIMBS), generator=generator))
    start, end = _joints(parent, angle, length)
    is_used = torch.arange(LIMBS)[None] < used
    start = torch.cat((start, start * torch.tensor([-1.0, 1.0])), 1)
    end = torch.cat((end, end * torch.tensor([-1.0, 1.0])), 1)
    is_used = torch.cat((is_used, is_used & is_mirrored), 1)
    width = torch.cat((width, width), 1)
    start, end, width, is_used = (part.to(device) for part in (start, end, width, is_used))
    outermost = (end.abs().amax(-1) * is_used).amax(1).clamp(min=0.3)[:, None, None]
    start, end, width = start / outermost * 0.88, end / outermost * 0.88, width / outermost[..., 0] * 0.88
    inside, light = _capsules(start, end, width, is_used)
    return torch.stack((inside, light), 1).view(classes, variants, 2, SIDE_PX, SIDE_PX)


DRAW = {"fractal": draw_fractals, "contour": draw_contours, "limbs": draw_limbs}


def _singular_values(classes: int, generator: torch.Generator) -> Tensor:
    """(classes, MAPS, 2), the larger first."""
    values = 0.15 + 0.8 * torch.rand((classes * 8, MAPS, 2), generator=generator)
    values = values.sort(-1, descending=True).values
    target = (5 + MAPS) / 2 + 0.5 * torch.rand((classes * 8, 1, 1), generator=generator)
    values = values * target / (values[..., :1] + 2 * values[..., 1:]).sum(1, keepdim=True)
    order = (values.amax((1, 2)) >= 0.95).long().argsort(stable=True)  # those that contract come first
    return values[order[:classes]].clamp(max=0.95)


def _turn(angle: Tensor) -> Tensor:
    cos, sin = angle.cos(), angle.sin()
    return torch.stack((torch.stack((cos, -sin), -1), torch.stack((sin, cos), -1)), -2)


def _densities(points: Tensor) -> Tensor:
    """Points (N, P, 2) as pictures (N, 2, SIDE_PX, SIDE_PX): where any fell, and how many."""
    ordered = points.sort(1).values
    count = points.shape[1]
    low, high = ordered[:, int(count * 0.01)], ordered[:, int(count * 0.99)]
    middle, reach = (low + high) / 2, ((high - low).amax(-1, keepdim=True) / 2).clamp(min=1e-3)
    place = (((points - middle[:, None]) / reach[:, None] * 0.94 + 1) / 2 * SIDE_PX).floor().long()
    is_in = ((place >= 0) & (place < SIDE_PX)).all(-1)
    index = (place[..., 1] * SIDE_PX + place[..., 0]).clamp(0, SIDE_PX**2 - 1)
    hits = torch.zeros((len(points), SIDE_PX**2), device=points.device)
    hits.scatter_add_(1, index, is_in.float())
    hits = hits.view(-1, 1, SIDE_PX, SIDE_PX)
    spread = torch.nn.functional.avg_pool2d(hits, 3, 1, 1)
    inside = (spread * 2.5).clamp(max=1)
    light = torch.log1p(spread)
    light = light / light.amax((2, 3), keepdim=True).clamp(min=1e-3)
    return torch.cat((inside, light), 1)


def _joints(parent: Tensor, angle: Tensor, length: Tensor) -> tuple[Tensor, Tensor]:
    """Where each limb starts and ends, (N, LIMBS, 2); the first stands in the middle."""
    count = len(parent)
    start, end = torch.zeros((count, LIMBS, 2)), torch.zeros((count, LIMBS, 2))
    heading = torch.zeros((count, LIMBS))
    rows = torch.arange(count)
    for limb in range(LIMBS):
        mother = parent[:, limb]
        if limb:
            start[:, limb] = end[rows, mother]
            heading[:, limb] = heading[rows, mother] + angle[:, limb]
        else:
            start[:, 0, 1] = 0.25
            heading[:, 0] = -math.pi / 2 + angle[:, 0] * 0.1
        step = torch.stack((heading[:, limb].cos(), heading[:, limb].sin()), -1)
        end[:, limb] = start[:, limb] + step * length[:, limb, None]
    return start, end


def _capsules(start: Tensor, end: Tensor, width: Tensor, is_used: Tensor) -> tuple[Tensor, Tensor]:
    y, x = _grid(start.device)
    inside = torch.zeros((len(start), SIDE_PX, SIDE_PX), device=start.device)
    light = torch.zeros_like(inside)
    for limb in range(start.shape[1]):
        (x0, y0), (x1, y1) = start[:, limb].T[..., None, None], end[:, limb].T[..., None, None]
        dx, dy = x1 - x0, y1 - y0
        along = (((x - x0) * dx + (y - y0) * dy) / (dx**2 + dy**2).clamp(min=1e-4)).clamp(0, 1)
        reach = width[:, limb, None, None] * (1 - 0.45 * along)
        away = torch.hypot(x - x0 - along * dx, y - y0 - along * dy)
        here = ((reach - away) * SIDE_PX / 2 + 0.5).clamp(0, 1) * is_used[:, limb, None, None]
        # A round limb is lightest along its middle.
        light = torch.maximum(light, here * (1 - 0.7 * (away / reach.clamp(min=1e-3)).clamp(0, 1) ** 2))
        inside = torch.maximum(inside, here)
    return inside, light


def _grid(device: torch.device) -> tuple[Tensor, Tensor]:
    line = (torch.arange(SIDE_PX, device=device) + 0.5) / SIDE_PX * 2 - 1
    y, x = torch.meshgrid(line, line, indexing="ij")
    return y, x
