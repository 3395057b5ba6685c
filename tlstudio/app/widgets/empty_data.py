"""The Data page before there are images: where to drop them, and what works well."""

from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QPainter, QPaintEvent, QPen, QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from tlstudio.app import theme
from tlstudio.app.widgets.brush import LEFT, RIGHT, bold, draw_icon, draw_text, rounded
from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.card import Card, line
from tlstudio.app.widgets.drop_area import DropArea, local_paths
from tlstudio.app.widgets.folder_art import FolderArt
from tlstudio.app.widgets.labels import label
from tlstudio.app.widgets.plain_icon import PlainIcon

ADVICE = (
    (
        "image",
        "50 or more images per class",
        "With 20 you can try things out. With 200 and up, results get dependable.",
    ),
    (
        "scales",
        "About the same number in each",
        "It copes with rare classes, but more images of them always help most.",
    ),
    ("camera", "Like the real thing", "Same camera, stain and lighting as the images you will sort later."),
    (
        "users",
        "Several patients, plants or batches",
        "Otherwise it may learn the patient instead of the disease.",
    ),
)

EXAMPLE = (("Neutrophil", "120 images"), ("Lymphocyte", "140 images"), ("Blast cell", "95 images"))


class EmptyData(QWidget):
    """A drop area, two buttons that do the same, and advice.

    Signals:
        chosen: paths of folders.
    """

    chosen = Signal(list)

    def __init__(self) -> None:
        super().__init__()
        self.area = DropArea()
        self.area.dropped.connect(self.chosen)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(20)
        row.addWidget(self.area, 1)
        row.addWidget(_advice())
        self._fill_area()
        paste = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self)
        paste.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        paste.activated.connect(self.paste)

    def _fill_area(self) -> None:
        self.choose_button = button("Choose folders…", "primary", "folder-plus", "large")
        self.paste_button = button("Paste folders", "plain", "clipboard-text", "large")
        self.paste_button.setToolTip("Copy folders in your file manager first (Ctrl+V)")
        self.choose_button.clicked.connect(self.choose)
        self.paste_button.clicked.connect(self.paste)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addStretch(1)
        buttons.addWidget(self.choose_button)
        buttons.addWidget(self.paste_button)
        buttons.addStretch(1)
        words = label(
            "Make one folder for each class – each kind of thing to tell apart – and drop them all together. "
            "The folder's name becomes the class name.",
            "body",
            "text2",
            wrap=True,
        )
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        words.setMaximumWidth(theme.px(580))
        formats = label(
            "JPEG, PNG, TIFF, BMP and WebP. Files are read in place and never changed.",
            "help",
            "text3",
            wrap=True,
        )
        formats.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        centre = Qt.AlignmentFlag.AlignHCenter
        body = self.area.body
        body.setContentsMargins(24, 24, 24, 24)
        body.addStretch(1)
        body.addWidget(FolderArt(), 0, centre)
        body.addSpacing(18)
        body.addWidget(label("Drop your folders here", "figure"), 0, centre)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(words, 100)
        middle.addStretch(1)
        body.addLayout(middle)
        body.addSpacing(8)
        body.addLayout(buttons)
        body.addSpacing(8)
        body.addWidget(formats)
        body.addStretch(1)

    def choose(self) -> None:
        """Ask for the folder that holds the class folders."""
        folder = QFileDialog.getExistingDirectory(self, "Choose the folder that holds your class folders")
        if folder:
            self.chosen.emit([Path(folder)])

    def paste(self) -> None:
        """Take folders from the clipboard, as files or as lines of text."""
        data = QGuiApplication.clipboard().mimeData()
        paths = local_paths(data) or [
            Path(words) for words in data.text().splitlines() if Path(words).is_absolute()
        ]
        if paths:
            self.chosen.emit(paths)
        else:
            self.area.message = "Copy folders in your file manager first, then paste them here"
            self.area.update()


def _advice() -> Card:
    card = Card("What works well")
    card.setFixedWidth(theme.px(310))
    for icon, title, why in ADVICE:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(title, "body_medium", wrap=True))
        words.addWidget(label(why, "help", "text2", wrap=True))
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(PlainIcon(icon, 18, "accent_text"), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        card.body.addLayout(row)
        card.body.addSpacing(6)
    card.body.addStretch(1)
    card.body.addWidget(line())
    card.body.addSpacing(4)
    card.body.addWidget(label("Folders laid out the right way", "body_medium"))
    card.body.addWidget(_FolderTree())
    return card


class _FolderTree(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        spoken = ", ".join(f"{name} with {count}" for name, count in EXAMPLE)
        self.setAccessibleName(f"A folder My smears that holds the folders {spoken}")
        theme.watcher().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(240, theme.px(32) * (len(EXAMPLE) + 1) + 12)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(rounded(QRectF(self.rect()), 8), theme.color("hover"))
        high = theme.px(32)
        row = QRectF(14, 6, self.width() - 28, high)
        draw_icon(painter, "folder-open-fill", "accent_mid", QPointF(row.left() + 10, row.center().y()), 18)
        painter.setFont(bold("help_medium"))
        painter.setPen(theme.color("text"))
        draw_text(painter, row.adjusted(28, 0, 0, 0), "My smears", LEFT)
        stem = row.left() + 10
        for number, (name, count) in enumerate(EXAMPLE, 1):
            place = row.translated(0, number * high)
            painter.setPen(QPen(theme.color("border_strong"), 1))
            painter.drawLine(
                QPointF(stem, place.center().y() - high + (12 if number == 1 else 0)),
                QPointF(stem, place.center().y()),
            )
            painter.drawLine(QPointF(stem, place.center().y()), QPointF(stem + 14, place.center().y()))
            draw_icon(painter, "folder-fill", "accent_mid", QPointF(stem + 26, place.center().y()), 17)
            painter.setFont(bold("help_medium"))
            painter.setPen(theme.color("text"))
            draw_text(painter, place.adjusted(52, 0, 0, 0), name, LEFT)
            painter.setFont(theme.font("help"))
            painter.setPen(theme.color("text2"))
            draw_text(painter, place, count, RIGHT)
        painter.end()
