import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage
from shiboken6 import delete

from tlstudio.app.widgets.thumbnail_reader import read_thumbnail
from tlstudio.app.widgets.thumbnails import Thumbnails
from tlstudio.data.images import read_image


@pytest.fixture
def thumbnails(qapp):
    thumbnails = Thumbnails(room_bytes=200_000)
    yield thumbnails
    delete(thumbnails)


def pixels(image):
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


def test_that_the_shorter_side_is_reduced_and_small_images_stay(tmp_path, qapp):
    Image.new("RGB", (800, 400), "red").save(tmp_path / "a.png")
    Image.new("RGB", (30, 20), "red").save(tmp_path / "b.png")

    assert read_thumbnail(tmp_path / "a.png", 100).size().toTuple() == (200, 100)
    assert read_thumbnail(tmp_path / "b.png", 100).size().toTuple() == (30, 20)


def test_that_an_image_turned_by_exif_stands_upright(tmp_path, qapp):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20), "red").save(tmp_path / "a.jpg", exif=exif)

    assert read_thumbnail(tmp_path / "a.jpg", 100).size().toTuple() == (20, 40)


@pytest.mark.parametrize(
    ("name", "image"),
    [
        ("deep.tif", Image.fromarray(np.linspace(0, 60_000, 64, dtype=np.uint16).reshape(8, 8))),
        ("cmyk.jpg", Image.new("CMYK", (8, 8), (10, 200, 30, 40))),
        ("clear.png", Image.new("RGBA", (8, 8), (200, 100, 50, 128))),
        ("grey.png", Image.new("L", (8, 8), 77)),
        ("grey.jpg", Image.new("L", (8, 8), 77)),
        ("palette.png", Image.new("RGB", (8, 8), (12, 90, 200)).quantize(4)),
        ("plain.bmp", Image.new("RGB", (8, 8), (12, 90, 200))),
    ],
)
def test_that_what_is_shown_is_what_is_trained_on(tmp_path, qapp, name, image):
    image.save(tmp_path / name)
    shown = read_thumbnail(tmp_path / name, 100)

    assert (np.asarray(read_image(tmp_path / name)) == pixels(shown)).all()


def test_that_an_unreadable_file_has_a_reason_for_people(tmp_path, qapp):
    (tmp_path / "a.jpg").write_bytes(b"no image")

    assert isinstance(read_thumbnail(tmp_path / "a.jpg", 100), str)
    assert isinstance(read_thumbnail(tmp_path / "missing.jpg", 100), str)


def test_that_a_picture_arrives_later_and_stays(tmp_path, qtbot, thumbnails):
    Image.new("RGB", (40, 40), "red").save(tmp_path / "a.png")
    assert thumbnails.picture(tmp_path / "a.png", 90) is None

    qtbot.waitUntil(lambda: thumbnails.picture(tmp_path / "a.png", 90) is not None)
    assert thumbnails.used_bytes == 40 * 40 * 4


def test_that_the_oldest_pictures_make_room(tmp_path, qtbot, thumbnails):
    for number in range(6):
        Image.new("RGB", (150, 150), "red").save(tmp_path / f"{number}.png")
    for number in range(6):
        path = tmp_path / f"{number}.png"
        qtbot.waitUntil(lambda path=path: thumbnails.picture(path, 150) is not None)

    assert thumbnails.used_bytes <= 200_000


def test_that_a_missing_file_is_told_of_and_not_read_again_and_again(tmp_path, qtbot, thumbnails):
    path = tmp_path / "missing.png"
    thumbnails.picture(path, 90)
    qtbot.waitUntil(lambda: thumbnails.why_not(path) != "")

    assert thumbnails.picture(path, 90) is None
    thumbnails.forget()
    assert thumbnails.why_not(path) == ""


def test_that_many_requests_at_once_are_bounded_and_the_newest_comes(tmp_path, qtbot, thumbnails):
    Image.new("RGB", (20, 20), "red").save(tmp_path / "last.png")
    for number in range(5_000):
        thumbnails.picture(tmp_path / f"{number}.png", 90)
    thumbnails.picture(tmp_path / "last.png", 90)

    qtbot.waitUntil(lambda: thumbnails.picture(tmp_path / "last.png", 90) is not None)
    QCoreApplication.processEvents()


def test_that_nothing_more_is_read_for_a_grid_that_is_gone(tmp_path, qapp):
    thumbnails = Thumbnails()
    for number in range(40):
        Image.new("RGB", (1200, 1200), "red").save(tmp_path / f"{number}.png")
        thumbnails.picture(tmp_path / f"{number}.png", 96)
    desk = thumbnails._desk
    delete(thumbnails)

    assert not desk._asked
    assert desk.next() is None
