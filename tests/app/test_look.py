"""Colours, fonts and icons."""

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QFontInfo, QFontMetrics

import tlstudio.app
from tlstudio.app import icons, theme, tokens

APP = Path(tlstudio.app.__file__).parent
SOURCES = sorted(APP.rglob("*.py"))


def luminance(colour):
    """Source: WCAG 2.2, "relative luminance"."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_that_black_on_white_has_the_contrast_of_the_standard():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)


@pytest.mark.parametrize("table", [tokens.LIGHT, tokens.DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground", "least"), tokens.CONTRASTS)
def test_that_a_mark_stands_out_from_its_ground(table, mark, ground, least):
    assert contrast(table[mark], table[ground]) >= least


def test_that_both_themes_have_the_same_tokens():
    assert tokens.LIGHT.keys() == tokens.DARK.keys()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_that_no_other_module_names_a_colour(path):
    found = re.findall(r"[\"']#[0-9A-Fa-f]{3,8}[\"']", path.read_text())

    assert found == [] or path.name == "tokens.py"


@pytest.mark.parametrize("name", sorted(icons.ICONS))
def test_that_every_icon_of_the_vocabulary_exists(name):
    assert not theme.pixmap(name, "text", 16).isNull()


def test_that_every_icon_that_the_sources_name_exists():
    call = re.compile(
        r"(?:icon|pixmap|draw_icon|PlainIcon|set_icon|show_icon)\(\s*(?:painter, )?\"([a-z-]+)\""
    )
    named = {name for path in SOURCES for name in call.findall(path.read_text())}

    assert len(named) > 10
    for name in named:
        theme.pixmap(name, "text", 16)


def test_that_an_unknown_icon_is_refused():
    with pytest.raises(KeyError):
        theme.icon("no-such-icon")


def test_that_the_letters_are_inter(qapp):
    assert QFontInfo(theme.font("body")).family() == "Inter"


@pytest.mark.parametrize("role", sorted(tokens.TYPE))
def test_that_all_digits_are_equally_wide(role):
    metrics = QFontMetrics(theme.font(role))

    assert len({metrics.horizontalAdvance(digit * 10) for digit in "0123456789"}) == 1


def test_that_no_letters_are_smaller_than_12_pixels():
    assert min(size for size, _, _ in tokens.TYPE.values()) == 12


def test_that_a_larger_text_size_makes_everything_larger(qapp):
    before = theme.px(100)

    theme.apply(qapp, "light", 130)

    assert theme.px(100) == round(before * 1.3)


def test_that_the_colours_follow_the_theme(qapp, record):
    recorder = record(theme.watcher().changed)

    theme.apply(qapp, "dark", 100)

    assert theme.is_dark()
    assert theme.color("text").name().upper() == tokens.DARK["text"]
    assert len(recorder.events) == 1


def test_that_an_icon_takes_the_colour_of_the_theme_when_it_is_painted(qapp):
    icon = theme.icon("cube", "text")
    light = icon.pixmap(16, 16).toImage()

    theme.apply(qapp, "dark", 100)

    assert icon.pixmap(16, 16).toImage() != light
