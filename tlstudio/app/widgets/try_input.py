"""Images that come in by a drop, the clipboard or a file dialog."""

from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage

MOST = 12
"""More at once than the dock can show are not asked for."""


def has_image(mime: QMimeData) -> bool:
    """Whether it may hold an image; looks at no file, so it may be asked while something is dragged."""
    return any(url.isLocalFile() for url in mime.urls()) or mime.hasImage()


def images_in(mime: QMimeData, folder: Path) -> list[Path]:
    """The image files that it names; image data without a file is saved as PNG in `folder`."""
    files = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    if files:
        return [path for path in files if not path.is_dir()][:MOST]
    image = mime.imageData() if mime.hasImage() else None
    if not isinstance(image, QImage) or image.isNull():
        return []
    path = _free(folder)
    return [path] if image.save(str(path)) else []


def name_filter() -> str:
    """For a file dialog: every kind of image that the engine reads."""
    from tlstudio.data.images import SUFFIXES  # noqa: PLC0415 (Pillow loads here, not at the start)

    return f"Images ({' '.join(sorted(f'*{suffix}' for suffix in SUFFIXES))})"


def _free(folder: Path) -> Path:
    number = 1
    while (path := folder / f"Pasted image {number}.png").exists():
        number += 1
    return path
