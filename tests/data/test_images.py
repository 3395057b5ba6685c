import contextlib
import io
import struct
import threading
import tracemalloc
import warnings
import zlib

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageFile

from tlstudio.data.errors import UnreadableImage
from tlstudio.data.images import READERS, SUFFIXES, image_and_facts, read_image

FORMATS = {"JPEG": "JPEG", "PNG": "PNG", "TIFF": "TIFF", "BMP": "BMP", "WebP": "WEBP", "GIF": "GIF"}


def reason_for(path):
    with pytest.raises(UnreadableImage) as caught:
        read_image(path)
    return caught.value.reason


@pytest.mark.parametrize(
    ("reader", "suffix"),
    [(reader, suffix) for reader in READERS for suffix in reader.suffixes],
    ids=lambda value: getattr(value, "name", value),
)
def test_that_every_format_gives_the_known_pixels(reader, suffix, tmp_path):
    red = Image.new("RGB", (20, 10), (250, 10, 20))
    red.paste((10, 20, 250), (0, 0, 4, 10))
    red.save(tmp_path / f"a{suffix}", FORMATS[reader.name], quality=95)

    image, facts = image_and_facts(tmp_path / f"a{suffix}")

    assert (image.mode, image.size) == ("RGB", (20, 10))
    assert np.abs(np.asarray(image)[5, 15].astype(int) - (250, 10, 20)).max() <= 8
    assert np.abs(np.asarray(image)[5, 1].astype(int) - (10, 20, 250)).max() <= 8
    assert (facts.width, facts.height) == (20, 10)
    assert "really" not in facts.flags


def test_that_the_table_of_suffixes_is_lower_case_and_has_the_usual_ones():
    assert {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".webp", ".gif"} <= SUFFIXES
    assert {suffix.lower() for suffix in SUFFIXES} == SUFFIXES


@pytest.mark.parametrize("content", FORMATS.values())
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".bmp", ".webp", ".gif", ".PNG"])
def test_that_content_decides_and_not_the_suffix(content, suffix, tmp_path, draw):
    draw(1).save(tmp_path / f"a{suffix}", content)

    image, facts = image_and_facts(tmp_path / f"a{suffix}")

    assert image.size == (24, 16)
    reader = next(reader for reader in READERS if FORMATS[reader.name] == content)
    expected = "" if suffix.lower() in reader.suffixes else f"really {reader.name}"
    assert expected in facts.flags
    assert ("really" in facts.flags) == bool(expected)


@pytest.mark.parametrize("content", ["JPEG", "PNG", "TIFF", "BMP", "WEBP", "GIF"])
def test_that_a_file_cut_off_anywhere_is_refused_with_the_reason(content, tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)
    whole = io.BytesIO()
    Image.fromarray(noise).save(whole, content)
    whole = whole.getvalue()
    path = tmp_path / "a.img"
    reasons = set()
    for part in np.linspace(0.05, 0.9, 18):
        path.write_bytes(whole[: int(len(whole) * part)])
        reasons.add(reason_for(path))

    assert reasons == {"The file is cut off"}


def test_that_an_empty_file_is_called_empty(tmp_path):
    (tmp_path / "a.png").touch()

    assert reason_for(tmp_path / "a.png") == "The file is empty"


@pytest.mark.parametrize(
    "content", [b"hello, this is text\n", b"PK\x03\x04" + b"x" * 50, b"\x89PNG\r\n", b"{}"]
)
def test_that_what_is_no_image_is_called_so(content, tmp_path):
    (tmp_path / "a.png").write_bytes(content)

    assert "not an image" in reason_for(tmp_path / "a.png")


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_that_random_damage_is_refused_or_read_and_never_crashes(reader, tmp_path):
    whole = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (12, 12, 3), np.uint8)).save(
        whole, FORMATS[reader.name]
    )
    rng = np.random.default_rng(1)
    for _ in range(60):
        content = bytearray(whole.getvalue())
        for at in rng.integers(0, len(content), 4):
            content[at] = rng.integers(0, 256)
        (tmp_path / "a.png").write_bytes(content)
        with contextlib.suppress(UnreadableImage):
            assert read_image(tmp_path / "a.png").mode == "RGB"


def test_that_what_vanished_and_what_is_a_folder_have_their_reasons(tmp_path):
    (tmp_path / "folder.png").mkdir()

    assert reason_for(tmp_path / "gone.png") == "The file is gone"
    assert reason_for(tmp_path / "folder.png") == "It is not a file"


def test_that_a_file_without_read_permission_has_its_reason(draw, plain_user):
    path = plain_user.folder / "secret.png"
    draw(1).save(path)
    path.chmod(0)
    plain_user.become()

    assert reason_for(path) == "The permission to read it is missing"


def huge_png(width, height):
    def chunk(kind, content):
        crc = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc)

    packer = zlib.compressobj(9)
    row = bytes(1 + width // 8)
    packed = b"".join([packer.compress(row * 100) for _ in range(height // 100)]) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(20_000, 20_000), (12_000, 10_000)])
def test_that_an_image_of_too_many_pixels_is_refused_before_it_is_decoded(
    width, height, tmp_path, monkeypatch
):
    decoded, load = [], ImageFile.ImageFile.load  # it takes memory that Python does not count
    monkeypatch.setattr(
        ImageFile.ImageFile, "load", lambda image: (decoded.append(image.size), load(image))[1]
    )
    (tmp_path / "a.png").write_bytes(huge_png(width, height))
    tracemalloc.start()
    try:
        reason = reason_for(tmp_path / "a.png")
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert reason.endswith("are more than the limit of 100 megapixels")
    assert decoded == []
    assert peak_bytes < 10_000_000


def test_that_the_sizes_stand_in_the_refusal_of_an_image_just_too_large(tmp_path):
    (tmp_path / "a.png").write_bytes(huge_png(12_000, 10_000))

    assert reason_for(tmp_path / "a.png").startswith("12000 × 10000 pixels are")


def test_that_a_tiff_of_too_many_pixels_is_refused(tmp_path):
    Image.new("1", (20_000, 20_000)).save(tmp_path / "a.tif", compression="group4")

    assert reason_for(tmp_path / "a.tif") == "400 megapixels are more than the limit of 100 megapixels"


ORIENTED = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
    8: lambda a: np.rot90(a, 1),
}


@pytest.mark.parametrize("orientation", ORIENTED)
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_that_the_exif_orientation_is_applied_once(orientation, suffix, tmp_path, draw):
    stored = np.asarray(draw(3))
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(stored).save(tmp_path / f"a{suffix}", exif=exif)

    image, facts = image_and_facts(tmp_path / f"a{suffix}")

    expected = ORIENTED[orientation](stored)
    assert np.array_equal(np.asarray(image), expected)
    assert (facts.height, facts.width) == expected.shape[:2]


def test_that_broken_exif_does_not_hide_a_good_picture(tmp_path, draw):
    draw(1).save(tmp_path / "a.jpg", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01")

    assert read_image(tmp_path / "a.jpg").size == (24, 16)


def test_that_transparent_parts_lie_on_white(tmp_path):
    glass = Image.new("RGBA", (2, 1), (255, 0, 0, 0))
    glass.putpixel((1, 0), (0, 0, 200, 128))
    glass.save(tmp_path / "a.png")
    Image.merge("LA", (Image.new("L", (1, 1), 7), Image.new("L", (1, 1), 0))).save(tmp_path / "b.png")
    Image.new("P", (1, 1), 0).save(tmp_path / "c.png", transparency=0)
    Image.new("RGB", (1, 1), (9, 9, 9)).save(tmp_path / "d.png", transparency=(9, 9, 9))

    image, facts = image_and_facts(tmp_path / "a.png")

    assert image.getpixel((0, 0)) == (255, 255, 255)
    assert image.getpixel((1, 0)) == (127, 127, 227)
    assert facts.flags == "transparent"
    for name in ("b", "c", "d"):
        assert read_image(tmp_path / f"{name}.png").getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("mode", "suffix", "expected", "flag"),
    [
        ("L", ".png", (90, 90, 90), ""),
        ("1", ".png", (255, 255, 255), "1-bit"),
        ("P", ".gif", (90, 90, 90), "palette"),
        ("CMYK", ".jpg", (90, 90, 90), "CMYK"),
        ("CMYK", ".tif", (90, 90, 90), "CMYK"),
    ],
)
def test_that_other_colour_spaces_become_rgb(mode, suffix, expected, flag, tmp_path):
    grey = Image.new("RGB", (16, 16), expected)
    (grey.quantize() if mode == "P" else grey.convert(mode)).save(tmp_path / f"a{suffix}")

    image, facts = image_and_facts(tmp_path / f"a{suffix}")

    assert np.abs(np.asarray(image).astype(int) - expected).max() <= 2
    assert facts.flags == flag


RAMP = np.arange(0, 65536, 64, dtype=np.uint16).reshape(32, 32)


def save_ramp_png(path):
    Image.fromarray(RAMP).save(path)


def save_ramp_tiff(path):
    tifffile.imwrite(path, RAMP)


def save_big_endian_tiff(path):
    tifffile.imwrite(path, RAMP, byteorder=">")


def save_lzw_tiff(path):
    Image.fromarray(RAMP).save(path, compression="tiff_lzw")


def save_rgb_tiff(path):
    tifffile.imwrite(path, np.stack([RAMP] * 3, axis=-1), photometric="rgb")


def save_planar_tiff(path):
    tifffile.imwrite(path, np.stack([RAMP] * 3), photometric="rgb", planarconfig="separate")


def save_signed_tiff(path):
    tifffile.imwrite(path, (RAMP.astype(np.int32) - 32768).astype(np.int16))


def save_bigtiff(path):
    tifffile.imwrite(path, RAMP, bigtiff=True)


def save_zlib_tiff(path):
    tifffile.imwrite(path, np.stack([RAMP] * 3, axis=-1), photometric="rgb", compression="zlib")


@pytest.mark.parametrize(
    "save",
    [
        save_ramp_png,
        save_ramp_tiff,
        save_big_endian_tiff,
        save_lzw_tiff,
        save_rgb_tiff,
        save_planar_tiff,
        save_signed_tiff,
        save_bigtiff,
        save_zlib_tiff,
    ],
    ids=lambda save: save.__name__,
)
def test_that_sixteen_bits_are_scaled_and_not_clipped(save, tmp_path):
    path = tmp_path / ("a.png" if save is save_ramp_png else "a.tif")
    save(path)

    image, facts = image_and_facts(path)

    assert np.array_equal(np.asarray(image)[..., 1], np.rint(RAMP / 257).astype(np.uint8))
    assert facts.flags == "16-bit"


def test_that_a_deep_rgb_png_keeps_its_tones(tmp_path):
    rows = b"".join(b"\0" + np.repeat(row, 3).astype(">u2").tobytes() for row in RAMP)

    def chunk(kind, content):
        crc = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc)

    header = struct.pack(">IIBBBBB", 32, 32, 16, 2, 0, 0, 0)
    (tmp_path / "a.png").write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )

    pixels = np.asarray(read_image(tmp_path / "a.png")).astype(int)

    assert np.abs(pixels[..., 0] - RAMP / 257).max() <= 1
    assert len(np.unique(pixels)) == 256


def test_that_twelve_bits_in_sixteen_use_the_declared_maximum(tmp_path):
    twelve = (RAMP // 16).astype(np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", twelve, extratags=[(281, "H", 1, 4095, True)])
    tifffile.imwrite(
        tmp_path / "rgb.tif",
        np.stack([twelve] * 3, axis=-1),
        photometric="rgb",
        extratags=[(281, "H", 3, (4095, 4095, 4095), True)],
    )

    for name in ("a", "rgb"):
        pixels = np.asarray(read_image(tmp_path / f"{name}.tif"))
        assert np.array_equal(pixels[..., 0], np.rint(twelve * (255 / 4095)).astype(np.uint8))


def test_that_white_is_zero_is_turned_round(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", RAMP, photometric="miniswhite")

    assert np.array_equal(
        np.asarray(read_image(tmp_path / "a.tif"))[..., 0], 255 - np.rint(RAMP / 257).astype(np.uint8)
    )


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 0.2, 1.0], [0, 51, 255]),
        ([0.0, 0.2, 0.4], [0, 51, 102]),
        ([-10.0, 0.0, 10.0], [0, 128, 255]),
        ([0.0, np.nan, 500.0], [0, 0, 255]),
        ([7.0, 7.0, 7.0], [0, 0, 0]),
        ([np.nan, np.nan, np.inf], [0, 0, 255]),
    ],
)
def test_that_floats_are_scaled_by_zero_to_one_or_by_their_own_range(values, expected, tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.array([values], np.float32))

    image, facts = image_and_facts(tmp_path / "a.tif")

    assert np.asarray(image)[0, :, 0].tolist() == expected
    is_unit = all(0 <= value <= 1 for value in values if np.isfinite(value))
    assert facts.flags == ("float" if is_unit else "float; scaled by its own range")


@pytest.mark.parametrize(
    ("highest", "flags"),
    [(4095, "16-bit; 12 of 16 bits used"), (1023, "16-bit; 10 of 16 bits used"), (4096, "16-bit")],
)
@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_that_a_camera_of_few_bits_is_told(highest, flags, suffix, tmp_path):
    """What it calls white is read as nearly black, since 16 bits go to 65,535."""
    values = np.array([[0, highest // 2, highest]], np.uint16)
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(values).save(path)
    declared = tmp_path / "declared.tif"
    tifffile.imwrite(declared, values, extratags=[(281, "H", 1, highest, True)])

    image, facts = image_and_facts(path)

    assert np.asarray(image)[0, 2, 0] == round(highest / 257)
    assert facts.flags == flags
    image, facts = image_and_facts(declared)
    assert np.asarray(image)[0, 2, 0] == 255
    assert facts.flags == "16-bit"


def test_that_a_float_rgb_tiff_is_read(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.full((4, 4, 3), 0.2, np.float64), photometric="rgb")

    assert read_image(tmp_path / "a.tif").getpixel((0, 0)) == (51, 51, 51)


def flat_tiff(path, values, bits, **options):
    """Every pixel has these values of 0 to 255, at that depth."""
    kind, factor = {8: (np.uint8, 1), 16: (np.uint16, 257)}[bits]
    pixels = np.tile(np.array(values, kind) * kind(factor), (5, 7, 1))
    if options.get("planarconfig") == "separate":
        pixels = np.moveaxis(pixels, -1, 0)
    tifffile.imwrite(path, pixels, **options)


@pytest.mark.parametrize("planar", ["contig", "separate"])
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize(
    ("values", "options", "expected"),
    [
        ((30, 60, 90, 10), {"photometric": "minisblack", "extrasamples": (0, 0, 0)}, (30, 30, 30)),
        ((30, 60, 90, 10), {"photometric": "rgb", "extrasamples": (0,)}, (30, 60, 90)),
        ((30, 60, 90, 10, 20), {"photometric": "rgb", "extrasamples": (0, 0)}, (30, 60, 90)),
        ((255, 0, 0, 51), {"photometric": "rgb", "extrasamples": (2,)}, (255, 204, 204)),
        ((255, 0, 0, 51, 9), {"photometric": "rgb", "extrasamples": (2, 0)}, (255, 204, 204)),
        ((255, 0, 0, 255), {"photometric": "rgb", "extrasamples": (1,)}, (255, 0, 0)),
        ((51, 0, 0, 51), {"photometric": "rgb", "extrasamples": (1,)}, (255, 204, 204)),
        ((0, 255, 255, 0), {"photometric": "separated"}, (255, 0, 0)),
        ((0, 255, 255, 0, 99), {"photometric": "separated", "extrasamples": (0,)}, (255, 0, 0)),
        ((30, 90), {"photometric": "minisblack", "extrasamples": (0,)}, (30, 30, 30)),
    ],
)
def test_that_the_tags_of_a_tiff_say_what_its_channels_are(values, options, expected, bits, planar, tmp_path):
    flat_tiff(tmp_path / "a.tif", values, bits, planarconfig=planar, **options)

    assert read_image(tmp_path / "a.tif").getcolors() == [(5 * 7, expected)]


def test_that_a_cut_off_deep_tiff_is_refused(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.stack([RAMP] * 3, axis=-1), photometric="rgb")
    whole = (tmp_path / "a.tif").read_bytes()
    (tmp_path / "a.tif").write_bytes(whole[: len(whole) // 2])

    assert reason_for(tmp_path / "a.tif") == "The file is cut off"


@pytest.mark.parametrize("suffix", [".tif", ".gif", ".webp"])
def test_that_the_first_of_several_pages_is_read_and_told(suffix, tmp_path, draw):
    pages = [Image.new("RGB", (8, 8), (tone, tone, tone)) for tone in (0, 250)]
    pages[0].save(tmp_path / f"a{suffix}", save_all=True, append_images=pages[1:])

    image, facts = image_and_facts(tmp_path / f"a{suffix}")

    assert image.getpixel((4, 4))[0] < 5
    assert "first of several pages" in facts.flags


def test_that_no_warning_escapes_from_several_threads(tmp_path):
    (tmp_path / "large.png").write_bytes(huge_png(10_000, 9_900))  # Pillow warns from 89.5 megapixels
    Image.new("P", (4, 4)).save(tmp_path / "p.png", transparency=b"\x00" * 4)
    before = list(warnings.filters)
    threads = [
        threading.Thread(target=lambda: [read_image(tmp_path / "p.png") for _ in range(20)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()

    size = read_image(tmp_path / "large.png").size

    for thread in threads:
        thread.join()
    assert size == (10_000, 9_900)
    assert warnings.filters == before


def test_that_the_file_stays_byte_for_byte_as_it_was(tmp_path, draw):
    draw(5).save(tmp_path / "größe 试验 🔬.jpg")
    before = (tmp_path / "größe 试验 🔬.jpg").read_bytes()

    read_image(tmp_path / "größe 试验 🔬.jpg")

    assert (tmp_path / "größe 试验 🔬.jpg").read_bytes() == before


def test_that_the_refusal_names_the_file_and_not_its_folder(tmp_path):
    (tmp_path / "a.png").touch()
    with pytest.raises(UnreadableImage) as caught:
        read_image(tmp_path / "a.png")

    assert caught.value.message == "“a.png” can't be used: the file is empty. The file is unchanged."
    assert str(tmp_path) not in str(caught.value)
