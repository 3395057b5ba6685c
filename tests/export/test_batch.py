"""Images and folders are answered by an exported file, one event for each."""

import csv
import errno
import subprocess
import sys
from pathlib import Path

import made_model
import pytest
from PIL import Image

from tlstudio.errors import DataError, ExportError
from tlstudio.events import Progress
from tlstudio.export import batch
from tlstudio.export.batch import predict
from tlstudio.export.errors import TableNotWritten
from tlstudio.export.events import ImageUnreadable, PredictDone, Predicted

COLOURS = {"rot": (255, 0, 0), "grün": (0, 255, 0), "青": (0, 0, 255)}


@pytest.fixture
def model(tmp_path):
    return made_model.write_colour_model(tmp_path / "colours.onnx")


@pytest.fixture
def folder(tmp_path):
    """One image of each colour at another depth, files that are none, and what systems leave behind."""
    root = tmp_path / "Bilder 📷"
    for depth, (name, colour) in enumerate(COLOURS.items()):
        place = root.joinpath(*["tief"] * depth)
        place.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (20 + depth, 31), colour).save(place / f"{name}.png")
    (root / "notes.txt").write_text("no image")
    (root / "._rot.png").write_bytes(b"left by another system")
    return root


def answers(events):
    return [event for event in events if isinstance(event, Predicted)]


def test_that_every_image_of_a_folder_is_answered(model, folder):
    events = list(predict(model, [folder], None))

    assert {event.image: event.label for event in answers(events)} == {
        str(folder / "rot.png"): "rot",
        str(folder / "tief" / "grün.png"): "grün",
        str(folder / "tief" / "tief" / "青.png"): "青",
    }
    assert Progress("Predicting", 3, 3) in events
    assert (events[-1].images, events[-1].unreadable, events[-1].csv) == (3, 0, None)


def test_that_probabilities_are_given_for_every_class_and_sum_to_one(model, folder):
    answer = answers(predict(model, [folder / "rot.png"], None))[0]

    assert tuple(answer.probabilities) == made_model.CLASSES
    assert sum(answer.probabilities.values()) == pytest.approx(1, abs=1e-6)
    assert answer.label == max(answer.probabilities, key=answer.probabilities.get)


def test_that_a_file_that_is_no_image_is_told_and_the_others_go_on(model, folder):
    (folder / "cut.png").write_bytes((folder / "rot.png").read_bytes()[:40])

    events = list(predict(model, [folder / "notes.txt", folder, folder / "gone.png"], None))

    unreadable = {event.image: event.reason for event in events if isinstance(event, ImageUnreadable)}
    assert set(unreadable) == {str(folder / name) for name in ("notes.txt", "cut.png", "gone.png")}
    assert unreadable[str(folder / "gone.png")] == "The file is gone"
    assert isinstance(events[-1], PredictDone)
    assert (events[-1].images, events[-1].unreadable) == (3, 3)


def test_that_the_table_has_a_row_for_every_image(model, folder, tmp_path):
    (folder / "empty.png").write_bytes(b"")
    table = tmp_path / "out.csv"

    events = list(predict(model, [folder], table))

    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["image", "label", "probability", *made_model.CLASSES, "notice"]
    assert [row["label"] for row in rows] == ["", "rot", "grün", "青"]
    assert [row["probability"] for row in rows] == ["", *(row[row["label"]] for row in rows[1:])]
    for row, answer in zip(rows[1:], answers(events), strict=True):
        assert float(row["rot"]) == pytest.approx(answer.probabilities["rot"], abs=1e-6)
    assert {row["notice"] for row in rows} == {"For research and teaching. Not a medical device."}
    assert events[-1].csv == str(table)


def test_that_a_table_for_others_does_not_say_where_the_images_lie(model, folder, tmp_path, monkeypatch):
    monkeypatch.chdir(folder)
    table = tmp_path / "out.csv"

    images = [folder / "tief", folder / "rot.png", Path("rot.png"), Path("..") / folder.name / "rot.png"]
    told = answers(predict(model, images, table))

    with table.open(encoding="utf-8", newline="") as file:
        shown = [row["image"] for row in csv.DictReader(file)]
    deep = [str(Path("tief", "grün.png")), str(Path("tief", "tief", "青.png"))]
    assert shown == [*deep, "rot.png", "rot.png", "rot.png"]
    assert told[0].image == str(folder / "tief" / "grün.png")


def test_that_a_class_may_be_called_like_a_column(tmp_path, folder):
    texts = made_model.metadata(classes=("image", "label", "notice")).to_properties()
    path = made_model.write_colour_model(tmp_path / "m.onnx", properties=texts)

    list(predict(path, [folder], tmp_path / "out.csv"))

    header = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header == "image,label,probability,class image,class label,class notice,notice"


def test_that_no_name_is_taken_for_a_formula(tmp_path):
    texts = made_model.metadata(classes=("=1+1", "bees", "notice")).to_properties()
    path = made_model.write_colour_model(tmp_path / "m.onnx", properties=texts)
    Image.new("RGB", (8, 8), (255, 0, 0)).save(tmp_path / "plain.png")

    list(predict(path, [tmp_path / "plain.png"], tmp_path / "out.csv"))

    header, row = csv.reader((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines())
    assert header[3] == "'=1+1"
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in (*header, *row))


def test_that_few_images_are_decoded_before_their_turn(model, tmp_path, monkeypatch):
    images = [tmp_path / f"{number}.png" for number in range(20)]
    for path in images:
        path.touch()
    read = []
    monkeypatch.setattr(batch, "read_image", lambda path: read.append(path) or Image.new("RGB", (8, 8)))

    events = predict(model, images, None)
    read_when_answered = [len(read) for event in events if isinstance(event, Predicted)]

    assert len(read_when_answered) == 20
    # Of two at a time one is answered and one waits.
    assert all(begun <= answered + 1 for answered, begun in enumerate(read_when_answered, 1))


def test_that_a_stopped_prediction_leaves_no_half_table(model, folder, tmp_path):
    table = tmp_path / "out.csv"
    table.write_text("image,label,probability\nearlier")

    events = predict(model, [folder], table)
    next(events)
    events.close()

    assert table.read_text() == "image,label,probability\nearlier"
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.endswith(".tmp")) == []


def taken_by_a_folder(folder):
    (folder / "out.csv").mkdir()
    return folder / "out.csv"


BAD_TABLES = {
    "missing folder": (lambda folder: folder / "missing" / "out.csv", "no such file"),
    "file as folder": (lambda folder: folder / "notes.txt" / "out.csv", "not a directory"),
    "taken by a folder": (taken_by_a_folder, "a folder of that name"),
    "one of the images": (lambda folder: folder / "rot.png", "one of the files to be read"),
}


@pytest.mark.parametrize("name", BAD_TABLES)
def test_that_a_table_that_cannot_be_written_is_told_before_the_work(model, folder, name):
    make, reason = BAD_TABLES[name]
    before = (folder / "rot.png").read_bytes()
    table = make(folder)

    with pytest.raises(ExportError, match=reason):
        next(predict(model, [folder], table))

    assert (folder / "rot.png").read_bytes() == before


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("empty",), "There is no image in “empty”. Nothing was written."),
        (("gone.png", "gone"), "“gone.png”, “gone” can't be found."),
        ((), "There is no image in what was given. Nothing was written."),
    ],
)
def test_that_no_image_at_all_is_told_in_a_sentence(model, tmp_path, names, said):
    (tmp_path / "empty").mkdir()

    with pytest.raises(DataError) as caught:
        list(predict(model, [tmp_path / name for name in names], None))

    assert (caught.value.title, caught.value.message) == ("No images were found", said)


@pytest.mark.parametrize(
    ("names", "said"), [(("a.png",), "“a.png” can't"), (("a.png", "b.png"), "None of the 2")]
)
def test_that_images_none_of_which_can_be_read_end_with_an_error(model, tmp_path, names, said):
    for name in names:
        (tmp_path / name).write_bytes(b"no image")

    told = []
    with pytest.raises(DataError, match=said) as caught:
        for event in predict(model, [tmp_path / name for name in names], tmp_path / "out.csv"):
            told.append(event)  # noqa: PERF402 - those before the error count

    assert caught.value.title == "No image could be read"
    assert [event.image for event in told if isinstance(event, ImageUnreadable)] == [
        str(tmp_path / name) for name in names
    ]
    assert not (tmp_path / "out.csv").exists()


def test_that_predicting_loads_neither_torch_nor_onnx(model, folder, tmp_path):
    program = (
        "import sys; from pathlib import Path; from tlstudio.export.batch import predict; "
        "done = list(predict(Path(sys.argv[1]), [Path(sys.argv[2])], Path(sys.argv[3])))[-1]; "
        "print(done.images, [name for name in ('torch', 'timm', 'onnx') if name in sys.modules])"
    )

    command = [sys.executable, "-c", program, model, folder, tmp_path / "out.csv"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (ran.stdout, ran.stderr) == ("3 []\n", "")


def test_that_the_table_never_takes_the_place_of_another_file(model, folder, tmp_path):
    photograph = folder / "rot.png"
    before = photograph.read_bytes()

    with pytest.raises(ExportError):
        list(predict(model, [folder / "tief"], photograph))
    assert photograph.read_bytes() == before

    table = tmp_path / "answers.csv"
    list(predict(model, [folder], table))
    list(predict(model, [folder / "tief"], table))  # its own table is made anew
    assert len(table.read_text(encoding="utf-8").splitlines()) == 3


def test_that_a_table_that_cannot_be_looked_at_is_told_as_such(model, folder, tmp_path, monkeypatch):
    table = tmp_path / "answers.csv"
    table.write_text("another's")
    opened = Path.open

    def refused(path, *arguments, **options):
        if path == table:
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(TableNotWritten, match="permission denied"):
        list(predict(model, [folder], table))
