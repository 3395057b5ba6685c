"""Scenes out of shapes, textures and programs, each with everything that is known of it; seen twice."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import programs
import shapes
import textures
import torch
import torch.nn.functional as F  # noqa: N812 (torch's own name for it)
from torch import Tensor

Uniform = Callable[..., Tensor]
"""uniform(*shape, low=0, high=1): random numbers on the device."""

Integer = Callable[..., Tensor]
"""integer(high, *shape): random integers from 0 to high − 1 on the device."""

PALETTES, STOPS = 24, 4
MOST_OBJECTS = 4
"""The main one among them, which lies on top and is the largest."""

PROGRAM_SHARE = 0.5
"""Of the surfaces, how many show a program's picture instead of a texture in a palette."""

BARE_SHARE = 0.2
"""Of the scenes, how many are a ground and nothing else."""

UNKNOWN = -100
"""A label that nothing is asked about: torch's own number for it."""

MEASURES = 10
"""Numbers known of a view: where the main object is, how large, how turned, and the two mean colours."""


@dataclass(frozen=True)
class Banks:
    """What scenes are put together from, on the device that trains.

    Attributes:
        shapes: (classes, variants, 2, px, px) uint8.
        textures: (programs, tiles, px, px) uint8.
        palettes: (PALETTES, STOPS, 3) from 0 to 1.
        programs: (pictures, 3, px, px) uint8.
    """

    shapes: Tensor
    textures: Tensor
    palettes: Tensor
    programs: Tensor


@dataclass(frozen=True)
class Views:
    """Two views of each scene: rows 0 … N−1 the first, N … 2N−1 the second.

    Attributes:
        images: (2N, 3, px, px) from 0 to 1.
        labels: name of a head to (2N,) class indices, UNKNOWN where the question has no answer.
        measures: (2N, MEASURES), not a number where the question has no answer.
    """

    images: Tensor
    labels: dict[str, Tensor]
    measures: Tensor


HEADS: dict[str, int] = {
    "shape": shapes.CLASSES,
    "palette": PALETTES,
    "texture": len(textures.TEXTURES),
    "ground_palette": PALETTES,
    "ground_texture": len(textures.TEXTURES),
    "objects": MOST_OBJECTS,
}
"""What is asked of each image, with the number of possible answers."""


def draw_banks(
    seed: int, device: torch.device, variants: int = 12, tiles: int = 24, pictures: int = 4096
) -> Banks:
    """The same seed draws the same banks on every device, up to rounding."""
    return Banks(
        shapes.draw_shapes(variants, seed, device),
        textures.draw_textures(tiles, seed, device),
        _palettes(seed).to(device),
        programs.draw_programs(pictures, seed, device),
    )


def draw_views(banks: Banks, count: int, size_px: int, seed: int, step: int) -> Views:
    """Scenes number step × count and on, two views each; a pure function of its arguments."""
    device = banks.shapes.device
    generator = torch.Generator().manual_seed(seed * 7_919 + step)

    def uniform(*shape: int, low: float = 0.0, high: float = 1.0) -> Tensor:
        return (low + (high - low) * torch.rand(shape, generator=generator)).to(device)

    def integer(high: int, *shape: int) -> Tensor:
        return torch.randint(high, shape, generator=generator).to(device)

    scene_px = int(size_px * 1.3)
    shape = integer(banks.shapes.shape[0], count, MOST_OBJECTS)
    variant = integer(banks.shapes.shape[1], count, MOST_OBJECTS)
    objects = integer(MOST_OBJECTS, count)  # beside the main one
    texture, ground_texture = (
        integer(len(banks.textures), count, MOST_OBJECTS),
        integer(len(banks.textures), count),
    )
    palette, ground_palette = integer(PALETTES, count, MOST_OBJECTS), integer(PALETTES, count)

    # A surface that a program painted has neither texture nor palette to ask about.
    is_painted = uniform(count, MOST_OBJECTS) < PROGRAM_SHARE
    is_ground_painted, is_bare = uniform(count) < PROGRAM_SHARE, uniform(count) < BARE_SHARE
    ground = _surface(banks, ground_texture, ground_palette, uniform, scene_px, integer)
    ground = torch.where(
        is_ground_painted[:, None, None, None], _painted(banks, count, uniform, scene_px, integer), ground
    )
    picture = ground
    turn = uniform(count, MOST_OBJECTS, low=-math.pi, high=math.pi)
    # Most things stand upright: half of the main ones are turned by a little only.
    turn[:, -1] = torch.where(uniform(count) < 0.6, turn[:, -1] * 0.12, turn[:, -1])
    scale = uniform(count, MOST_OBJECTS, low=0.2, high=0.5)
    scale[:, -1] = uniform(count, low=0.42, high=0.95)
    room = (1.05 - scale).clamp(min=0.1)[..., None]
    room[:, :-1] = 0.9
    place = uniform(count, MOST_OBJECTS, 2, low=-1, high=1) * room
    for index in range(MOST_OBJECTS):
        is_main = index == MOST_OBJECTS - 1
        is_there = torch.ones_like(objects, dtype=torch.bool) if is_main else objects > index
        rows = (is_there & ~is_bare).nonzero()[:, 0]
        drawn = banks.shapes[shape[rows, index], variant[rows, index]].float() / 255
        grid = _look_up(place[rows, index], scale[rows, index], turn[rows, index], scene_px)
        drawn = F.grid_sample(drawn, grid, align_corners=False)
        inside, light = drawn[:, :1], drawn[:, 1:]
        shading = uniform(len(rows), 1, 1, 1, low=0.15, high=1.0)
        surface = _surface(banks, texture[rows, index], palette[rows, index], uniform, scene_px, integer)
        painted = _painted(banks, len(rows), uniform, scene_px, integer)
        surface = torch.where(is_painted[rows, index, None, None, None], painted, surface)
        surface = surface * (1 - shading + shading * light)
        opacity = inside * uniform(len(rows), 1, 1, 1, low=0.85, high=1.0)
        picture = picture.index_copy(0, rows, torch.lerp(picture[rows], surface, opacity))
    colours = torch.cat(
        (
            banks.palettes[palette[:, -1]].mean(1),
            banks.palettes[ground_palette].mean(1),
        ),
        1,
    )
    colours[is_painted[:, -1], :3] = float("nan")
    colours[is_ground_painted, 3:] = float("nan")
    colours[is_bare, :3] = float("nan")
    views, measures = [], []
    for _ in range(2):
        view, seen = _view(picture, place[:, -1], scale[:, -1], turn[:, -1], size_px, uniform)
        views.append(view)
        seen[is_bare] = float("nan")
        measures.append(torch.cat((seen, colours * 2 - 1), 1))
    labels = {
        "shape": shape[:, -1].masked_fill(is_bare, UNKNOWN),
        "palette": palette[:, -1].masked_fill(is_bare | is_painted[:, -1], UNKNOWN),
        "texture": texture[:, -1].masked_fill(is_bare | is_painted[:, -1], UNKNOWN),
        "ground_palette": ground_palette.masked_fill(is_ground_painted, UNKNOWN),
        "ground_texture": ground_texture.masked_fill(is_ground_painted, UNKNOWN),
        "objects": objects.masked_fill(is_bare, UNKNOWN),
    }
    return Views(
        torch.cat(views), {name: label.repeat(2) for name, label in labels.items()}, torch.cat(measures)
    )


def _palettes(seed: int) -> Tensor:
    """A ramp of colours each: from vivid to nearly grey, from dark to light."""
    generator = torch.Generator().manual_seed(seed + 17)
    hue = (
        torch.arange(PALETTES)[:, None] / PALETTES
        + 0.25 * torch.randn((PALETTES, STOPS), generator=generator)
    ) % 1
    saturation = torch.rand((PALETTES, 1), generator=generator) * (
        0.5 + 0.5 * torch.rand((PALETTES, STOPS), generator=generator)
    )
    value = torch.rand((PALETTES, STOPS), generator=generator).sort(1).values * 0.75 + 0.2
    return _rgb(hue, saturation, value)


def _rgb(hue: Tensor, saturation: Tensor, value: Tensor) -> Tensor:
    sixth = (hue[..., None] * 6 + torch.tensor([5.0, 3.0, 1.0])) % 6
    part = torch.minimum(sixth, 4 - sixth).clamp(0, 1)
    return value[..., None] * (1 - saturation[..., None] * part)


def _surface(
    banks: Banks, texture: Tensor, palette: Tensor, uniform: Uniform, size_px: int, integer: Integer
) -> Tensor:
    """(N, 3, px, px): a texture, zoomed and turned, in the colours of a palette."""
    count = len(texture)
    tile = banks.textures[texture, integer(banks.textures.shape[1], count)].float()[:, None] / 255
    zoom = uniform(count, low=0.3, high=1.0) ** 1.5 * 0.7
    turn = uniform(count, low=-math.pi, high=math.pi)
    place = uniform(count, 2, low=-1, high=1) * (1 - zoom * 1.42).clamp(min=0)[:, None]
    cos, sin = turn.cos() * zoom, turn.sin() * zoom
    affine = torch.stack(
        (torch.stack((cos, -sin, place[:, 0]), 1), torch.stack((sin, cos, place[:, 1]), 1)), 1
    )
    grid = F.affine_grid(affine, [count, 1, size_px, size_px], align_corners=False)
    grey = F.grid_sample(tile, grid, padding_mode="reflection", align_corners=False)
    low, high = uniform(count, 1, 1, 1, low=0, high=0.35), uniform(count, 1, 1, 1, low=0.65, high=1)
    position = (low + grey * (high - low)) * (STOPS - 1)
    stops = (banks.palettes[palette] + uniform(count, 1, 3, low=-0.06, high=0.06)).clamp(0, 1)
    colour = torch.zeros((count, 3, size_px, size_px), device=grey.device)
    for stop in range(STOPS):
        colour += (1 - (position - stop).abs()).clamp(min=0) * stops[:, stop, :, None, None]
    return colour


def _painted(banks: Banks, count: int, uniform: Uniform, size_px: int, integer: Integer) -> Tensor:
    """(N, 3, px, px): a part of a program's picture, zoomed and turned."""
    picture = banks.programs[integer(len(banks.programs), count)].float() / 255
    zoom = uniform(count, low=0.35, high=0.75)
    turn = uniform(count, low=-math.pi, high=math.pi)
    place = uniform(count, 2, low=-1, high=1) * (1 - zoom)[:, None]
    cos, sin = turn.cos() * zoom, turn.sin() * zoom
    affine = torch.stack(
        (torch.stack((cos, -sin, place[:, 0]), 1), torch.stack((sin, cos, place[:, 1]), 1)), 1
    )
    grid = F.affine_grid(affine, [count, 3, size_px, size_px], align_corners=False)
    return F.grid_sample(picture, grid, padding_mode="reflection", align_corners=False)


def _look_up(place: Tensor, scale: Tensor, turn: Tensor, size_px: int) -> Tensor:
    """Where in the shape each pixel of the scene looks."""
    cos, sin = turn.cos() / scale, turn.sin() / scale
    x, y = -place[:, 0], -place[:, 1]
    affine = torch.stack(
        (
            torch.stack((cos, sin, cos * x + sin * y), 1),
            torch.stack((-sin, cos, -sin * x + cos * y), 1),
        ),
        1,
    )
    return F.affine_grid(affine, [len(place), 1, size_px, size_px], align_corners=False)


def _view(
    picture: Tensor, place: Tensor, scale: Tensor, turn: Tensor, size_px: int, uniform: Uniform
) -> tuple[Tensor, Tensor]:
    """One look at the scene: moved, turned, zoomed, perhaps mirrored; in another light."""
    count = len(picture)
    zoom = uniform(count, low=0.5, high=1.0)
    tilt = uniform(count, low=-0.35, high=0.35)
    mirror = torch.where(uniform(count) < 0.5, -1.0, 1.0)
    # The main object stays mostly in sight.
    centre = place * uniform(count, 1, low=0.3, high=1.0) * (1 - zoom)[:, None] / 0.45
    centre = (centre + uniform(count, 2, low=-0.15, high=0.15)).clamp(-0.45, 0.45)
    squeeze = uniform(count, low=0.85, high=1.18)
    cos, sin = tilt.cos() * zoom, tilt.sin() * zoom
    affine = torch.stack(
        (
            torch.stack((cos * mirror * squeeze, -sin, centre[:, 0]), 1),
            torch.stack((sin * mirror * squeeze, cos, centre[:, 1]), 1),
        ),
        1,
    )
    grid = F.affine_grid(affine, [count, 3, size_px, size_px], align_corners=False)
    view = F.grid_sample(picture, grid, padding_mode="reflection", align_corners=False)
    blur = F.avg_pool2d(view, 3, 1, 1)
    strength = (uniform(count, 1, 1, 1, low=-1.0, high=1.0)).clamp(min=0)
    view = torch.lerp(view, blur, strength)
    view = (view - 0.5) * uniform(count, 1, 1, 1, low=0.6, high=1.3) + 0.5
    view = view + uniform(count, 1, 1, 1, low=-0.2, high=0.2) + uniform(count, 3, 1, 1, low=-0.06, high=0.06)
    grey = view.mean(1, keepdim=True)
    view = torch.lerp(grey, view, uniform(count, 1, 1, 1, low=0.4, high=1.2))
    noise = torch.randn(1, 3, size_px, size_px, generator=torch.Generator().manual_seed(int(zoom[0] * 1e6)))
    view = view + noise.to(view.device) * uniform(count, 1, 1, 1, low=-0.05, high=0.05).clamp(min=0)
    seen = (place - centre) / zoom[:, None]
    measures = torch.cat((seen, (scale / zoom).log()[:, None], (turn * mirror - tilt).cos()[:, None]), 1)
    return view.clamp(0, 1), measures
