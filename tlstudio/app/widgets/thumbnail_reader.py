"""One image file as a small picture: by Qt where its pixels are the same, else by the app's one reader."""

from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QImageReader

from tlstudio.errors import TLStudioError

LONGEST_SIDES = 4
"""A long strip is read with its longer side at most so many times the side that was asked for."""

PLAIN_FORMATS = frozenset(
    {
        QImage.Format.Format_RGB32,
        QImage.Format.Format_RGB888,
        QImage.Format.Format_Grayscale8,
        QImage.Format.Format_Indexed8,
    }
)
"""8 bits a channel without transparency: there Qt and the engine agree. The rest takes the slow, sure way."""

QUICK_FILES = frozenset({b"jpeg", b"png", b"bmp", b"webp"})


def read_thumbnail(path: Path, side_px: int) -> QImage | str:
    """The upright picture, its shorter side at most `side_px`; or, in a person's words, why there is none."""
    return _by_qt(path, side_px) or _by_engine(path, side_px)


def _by_qt(path: Path, side_px: int) -> QImage | None:
    reader = QImageReader(str(path))
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    if bytes(reader.format().data()) not in QUICK_FILES or reader.imageFormat() not in PLAIN_FORMATS:
        return None
    reader.setScaledSize(_fitting(reader.size(), side_px))
    image = reader.read()
    return None if image.isNull() else image


def _by_engine(path: Path, side_px: int) -> QImage | str:
    from tlstudio.data.images import read_image  # noqa: PLC0415 (Pillow loads here, not at the start)

    try:
        picture = read_image(path)
    except TLStudioError as error:
        return str(getattr(error, "reason", "")) or error.message
    except OSError as error:
        return error.strerror or "The file can't be opened"
    size = _fitting(QSize(*picture.size), side_px)
    if (size.width(), size.height()) != picture.size:
        picture = picture.resize((size.width(), size.height()), reducing_gap=2.0)
    width, height = picture.size
    pixels = picture.convert("RGB").tobytes()
    return QImage(pixels, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _fitting(size: QSize, side_px: int) -> QSize:
    """The size with its shorter side reduced to `side_px`; small pictures stay as they are."""
    shorter, longer = sorted((max(1, size.width()), max(1, size.height())))
    scale = min(1.0, side_px / shorter, LONGEST_SIDES * side_px / longer)
    return QSize(max(1, round(size.width() * scale)), max(1, round(size.height() * scale)))
