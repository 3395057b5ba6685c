"""The pictures of the sample sets: stained cells, leaves and metal plates, drawn from random numbers."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

SIZE_PX = 128
FINE = 2
"""Drawn this many times larger, then reduced, for smooth edges."""

Rng = np.random.Generator
Colour = tuple[int, int, int]


def draw_cell(label: int, rng: Rng, slide: Rng) -> Image.Image:
    """A white cell among red ones, as a stained smear shows them; the nucleus tells the class."""
    stain = slide.normal(0, 7, 3) + (0, -3 * slide.random(), 0)
    canvas = _field(_shade((238, 222, 226), stain), rng, grain=2.0)
    for _ in range(rng.integers(4, 8)):
        angle, distance = rng.uniform(0, 2 * np.pi), rng.uniform(0.42, 0.62)
        at = (0.5 + distance * np.cos(angle), 0.5 + distance * np.sin(angle))
        radius = rng.uniform(0.11, 0.15)
        _blob(canvas, at, radius, _shade((214, 130, 138), stain), rng, wobble=0.05, blur=1.5)
        _blob(canvas, at, radius * 0.45, _shade((228, 168, 172), stain), rng, wobble=0.05, blur=5)
    body = (0.25, 0.19, 0.29, 0.25, 0.28)[label] * rng.uniform(0.92, 1.08)
    plasma = ((226, 196, 214), (170, 186, 226), (176, 186, 206), (232, 190, 186), (150, 166, 214))[label]
    centre = (0.5 + rng.normal(0, 0.02), 0.5 + rng.normal(0, 0.02))
    _blob(canvas, centre, body, _shade(plasma, stain), rng, wobble=0.06, blur=2)
    violet = _shade(
        ((84, 44, 140), (62, 36, 120), (104, 74, 160), (84, 44, 140), (112, 62, 166))[label], stain
    )
    if label == 3:
        _grains(canvas, centre, body * 0.9, (218, 106, 62), rng, count=90)
    _nucleus(canvas, label, centre, body, violet, rng)
    return _finished(canvas, rng)


def _nucleus(
    canvas: Image.Image, label: int, centre: tuple[float, float], body: float, violet: Colour, rng: Rng
) -> None:
    turn = rng.uniform(0, 2 * np.pi)
    if label in (0, 3):  # lobes: three or four for a neutrophil, two for an eosinophil
        lobes = 2 if label == 3 else int(rng.integers(3, 5))
        for lobe in range(lobes):
            angle = turn + lobe * 1.35
            at = (centre[0] + 0.42 * body * np.cos(angle), centre[1] + 0.42 * body * np.sin(angle))
            _blob(canvas, at, body * 0.34, violet, rng, wobble=0.1, blur=2)
    elif label == 2:  # a bean: a disc with a bite
        _blob(canvas, centre, body * 0.68, violet, rng, wobble=0.08, blur=3)
        bite = (centre[0] + 0.62 * body * np.cos(turn), centre[1] + 0.62 * body * np.sin(turn))
        _blob(canvas, bite, body * 0.34, (186, 190, 212), rng, wobble=0.1, blur=3)
    else:  # round: nearly fills a lymphocyte; large and pale with bright spots in a blast cell
        _blob(canvas, centre, body * (0.84 if label == 1 else 0.8), violet, rng, wobble=0.05, blur=2)
        if label == 4:
            _grains(canvas, centre, body * 0.5, (168, 122, 204), rng, count=5, radius=0.028)


def draw_leaf(label: int, rng: Rng, plant: Rng) -> Image.Image:
    """A leaf on sand: healthy, with rust spots, with a pale mildew, or with a burnt edge."""
    shade = plant.normal(0, 8, 3)
    canvas = _field(_shade((222, 216, 198), plant.normal(0, 5, 3)), rng, grain=3.0)
    size = SIZE_PX * FINE
    green = _shade((88, 138, 62), shade + rng.normal(0, 5, 3))
    turn = rng.uniform(-0.5, 0.5)
    t = np.linspace(0, 1, 60)
    width = rng.uniform(0.19, 0.24) * np.sin(np.pi * t) ** 0.8
    side = np.concatenate([np.stack([width, t - 0.5], 1), np.stack([-width, t - 0.5], 1)[::-1]]) * (1, 0.86)
    outline = _turned(side, turn) * size
    mask = Image.new("L", canvas.size, 0)
    ImageDraw.Draw(mask).polygon([tuple(point) for point in outline], fill=255)
    leaf = _field(green, rng, grain=5.0)
    pen = ImageDraw.Draw(leaf)
    vein = _shade(green, np.array([34.0, 30, 26]))
    for at in np.linspace(-0.32, 0.3, 8):
        for sign in (-1, 1):
            pen.line([*(_turned(np.array([[0, at], [sign * 0.2, at - 0.12]]), turn) * size).ravel()], vein, 2)
    pen.line([*(_turned(np.array([[0, -0.45], [0, 0.48]]), turn) * size).ravel()], vein, 4)
    if label == 1:
        for _ in range(rng.integers(9, 20)):
            at = _turned(rng.normal(0, (0.07, 0.17), 2)[None], turn)[0]
            _blob(leaf, (at[0], at[1]), rng.uniform(0.012, 0.026), (158, 74, 38), rng, wobble=0.2, blur=1)
    if label == 2:
        for _ in range(rng.integers(3, 6)):
            at = _turned(rng.normal(0, (0.06, 0.17), 2)[None], turn)[0]
            _blob(leaf, (at[0], at[1]), rng.uniform(0.05, 0.09), (206, 212, 196), rng, wobble=0.3, blur=9)
    if label == 3:
        inner = mask.filter(ImageFilter.GaussianBlur(size * 0.035)).point(
            lambda value: 255 - min(255, value * 2 - 190)
        )
        leaf.paste(_field((132, 96, 52), rng, grain=5.0), (0, 0), inner.filter(ImageFilter.GaussianBlur(3)))
    canvas.paste(leaf, (0, 0), mask.filter(ImageFilter.GaussianBlur(1.2)))
    return _finished(canvas, rng)


def draw_metal(label: int, rng: Rng, lot: Rng) -> Image.Image:
    """A brushed plate: sound, scratched, pitted, dented, stained or cracked."""
    size = SIZE_PX * FINE
    grey = 150 + lot.normal(0, 10)
    rows = rng.normal(0, 6, (size, 1)) + rng.normal(0, 3, (size, size))
    light = np.linspace(-12, 12, size)[None] * lot.choice((-1, 1))
    canvas = _image(np.repeat((grey + rows + light)[..., None], 3, axis=2))
    pen = ImageDraw.Draw(canvas)
    if label == 1:
        for _ in range(rng.integers(2, 6)):
            start, slope = rng.uniform(0.05, 0.6, 2), rng.normal(0, 0.12)
            end = start + (rng.uniform(0.2, 0.4), slope)
            pen.line([*(start * size), *(end * size)], _grey(grey - 70), int(rng.integers(1, 4)))
    if label == 2:
        _grains(
            canvas, (0.5, 0.5), 0.46, _grey(grey - 75), rng, count=int(rng.integers(12, 30)), radius=0.012
        )
    if label == 3:
        at = (rng.uniform(0.3, 0.7), rng.uniform(0.3, 0.7))
        _blob(canvas, at, rng.uniform(0.1, 0.17), _grey(grey - 45), rng, wobble=0.05, blur=12)
        _blob(canvas, (at[0] - 0.04, at[1] - 0.04), 0.07, _grey(grey + 45), rng, wobble=0.05, blur=12)
    if label == 4:
        for _ in range(rng.integers(2, 5)):
            at = (rng.uniform(0.2, 0.8), rng.uniform(0.2, 0.8))
            _blob(canvas, at, rng.uniform(0.07, 0.14), (150, 116, 78), rng, wobble=0.35, blur=8)
    if label == 5:
        path = np.cumsum(rng.normal((0.035, 0), (0.012, 0.03), (24, 2)), axis=0) + (
            0.08,
            rng.uniform(0.3, 0.7),
        )
        pen.line([tuple(point) for point in path * size], _grey(grey - 100), 3)
    return _finished(canvas, rng)


def _field(
    colour: Colour, rng: Rng, grain: float, box: tuple[int, int, int, int] | None = None
) -> Image.Image:
    """An even area with soft grain, at the fine size or as large as `box`."""
    size = SIZE_PX * FINE
    left, top, right, bottom = box or (0, 0, size, size)
    coarse = rng.normal(0, grain * 2, (12, 12, 1)).repeat(3, axis=2)
    at = (left * 12 / size, top * 12 / size, right * 12 / size, bottom * 12 / size)
    cloud = _image(128 + coarse).resize((right - left, bottom - top), Image.Resampling.BICUBIC, box=at)
    noise = rng.normal(0, grain, (bottom - top, right - left, 1))
    return _image(np.array(colour) + np.asarray(cloud, dtype=float) - 128 + noise)


def _blob(
    canvas: Image.Image,
    centre: tuple[float, float],
    radius: float,
    colour: Colour,
    rng: Rng,
    *,
    wobble: float,
    blur: float,
) -> None:
    """Paint a roundish spot; lengths are shares of the image's side, `blur` is in fine pixels."""
    size = SIZE_PX * FINE
    angles = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    waves = [rng.normal(0, wobble / k) * np.cos(k * angles + rng.uniform(0, 6)) for k in (2, 3, 4)]
    reach = radius * (1 + np.sum(waves, axis=0))
    outline = (np.stack([np.cos(angles), np.sin(angles)], 1) * reach[:, None] + centre) * size
    margin = 3 * blur + 1  # only what the spot reaches is painted
    left, top = np.clip(np.floor(outline.min(0) - margin), 0, size).astype(int).tolist()
    right, bottom = np.clip(np.ceil(outline.max(0) + margin), 0, size).astype(int).tolist()
    if left >= right or top >= bottom:
        return
    mask = Image.new("L", (right - left, bottom - top), 0)
    ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in outline.tolist()], fill=255)
    texture = _field(colour, rng, grain=4.0, box=(left, top, right, bottom))
    canvas.paste(texture, (left, top), mask.filter(ImageFilter.GaussianBlur(blur)))


def _grains(
    canvas: Image.Image,
    centre: tuple[float, float],
    reach: float,
    colour: Colour,
    rng: Rng,
    *,
    count: int,
    radius: float = 0.011,
) -> None:
    """Scatter small discs inside a circle."""
    pen = ImageDraw.Draw(canvas)
    size = SIZE_PX * FINE
    for _ in range(count):
        angle, distance = rng.uniform(0, 2 * np.pi), reach * np.sqrt(rng.random())
        x = (centre[0] + distance * np.cos(angle)) * size
        y = (centre[1] + distance * np.sin(angle)) * size
        r = radius * size * rng.uniform(0.7, 1.3)
        pen.ellipse([x - r, y - r, x + r, y + r], fill=_shade(colour, rng.normal(0, 12, 3)))


def _finished(canvas: Image.Image, rng: Rng) -> Image.Image:
    """The image at its final size, slightly out of focus as microscopes and cameras are."""
    blurred = canvas.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 1.4)))
    return blurred.resize((SIZE_PX, SIZE_PX), Image.Resampling.LANCZOS)


def _turned(points: NDArray[np.float64], angle: float) -> NDArray[np.float64]:
    """Points around the origin, turned, with the origin moved to the image's centre (0.5, 0.5)."""
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned: NDArray[np.float64] = points @ turn.T + 0.5
    return turned


def _image(pixels: NDArray[np.float64]) -> Image.Image:
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _shade(colour: Colour, change: NDArray[np.float64]) -> Colour:
    red, green, blue = (
        int(np.clip(value + step, 0, 255)) for value, step in zip(colour, change, strict=True)
    )
    return red, green, blue


def _grey(level: float) -> Colour:
    return (int(level),) * 3
