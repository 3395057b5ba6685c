import csv
import os
from dataclasses import replace

import pytest

from tlstudio.data.errors import TableNotWritable, TableUnreadable
from tlstudio.data.table import COLUMNS, ImageRow, fingerprint, is_inside, read_table, write_table
from tlstudio.errors import DataError

ROW = ImageRow("cats/a.png", "cats", "p1", "train", "ab" * 32, 10, 20, "16-bit")


@pytest.mark.parametrize(
    "name",
    [
        "größe.png",
        "实验 五.png",
        "🔬 cell.png",
        "with, comma.png",
        'with "quotes".png',
        "with\nnewline.png",
        "with\rreturn.png",
        "two\r\nlines.png",
        " space at both ends ",
        "=1+1.png",
        "a..b.png",
        "…",
        "e\u0301.png",
        "; # % '",
    ],
)
def test_that_any_legal_name_survives(name, tmp_path):
    rows = (replace(ROW, path=f"{name}/{name}", class_name=name, group=name, flags=name),)

    write_table(tmp_path / "images.csv", rows)

    assert read_table(tmp_path / "images.csv") == rows


def test_that_the_file_is_plain_csv_with_named_columns(tmp_path):
    aside = ImageRow("cats/b.png", "cats", "cats/b.png", "", "", 0, 0, "The file is cut off")
    write_table(tmp_path / "images.csv", [ROW, aside])

    with (tmp_path / "images.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))

    assert tuple(lines[0]) == COLUMNS
    assert (lines[0]["path"], lines[0]["split"], lines[0]["width"]) == ("cats/a.png", "train", "10")
    assert read_table(tmp_path / "images.csv")[1].is_set_aside


@pytest.mark.parametrize(
    "path",
    [
        "../secret.png",
        "cats/../../secret.png",
        "cats/..",
        "..",
        "cats\\..\\..\\secret.png",
        "/etc/passwd",
        "\\\\host\\share\\a.png",
        "\\a.png",
        "C:/a.png",
        "c:\\a.png",
        "C:",
        "a\0b.png",
        "",
    ],
)
def test_that_a_path_that_may_leave_the_root_is_refused(path, tmp_path):
    write_table(tmp_path / "images.csv", [replace(ROW, path=path)])

    with pytest.raises(TableUnreadable, match="points outside the folder"):
        read_table(tmp_path / "images.csv")
    assert not is_inside(path)


@pytest.mark.parametrize("path", ["a/b.png", "..a/b.png", "a../b.png", "a: b/c.png", "a/…/c.png"])
def test_that_harmless_dots_and_colons_are_allowed(path):
    assert is_inside(path)


HEADER = ",".join(COLUMNS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "path,label\na,b\n",
        HEADER + "\ncats/a.png,cats\n",
        HEADER + "\na.png,cats,g,exam,x,1,1,\n",
        HEADER + "\na.png,cats,g,train,x,-1,1,\n",
        HEADER + "\na.png,cats,g,train,x,1,1e9,\n",
        HEADER + "\na.png,cats,g,train,x,1,\n",
        HEADER + "\na.png,c,g,train,x,1,1,\na.png,c,g,test,x,1,1,\n",
        HEADER + '\n"a.png,c,g,train,x,1,1,\n',
        HEADER + "\n" + "a" * 200_000 + ",c,g,train,x,1,1,\n",
    ],
)
def test_that_a_damaged_table_is_refused_with_a_sentence(text, tmp_path):
    (tmp_path / "images.csv").write_text(text)

    with pytest.raises(TableUnreadable) as caught:
        read_table(tmp_path / "images.csv")
    assert isinstance(caught.value, DataError)
    assert caught.value.what_to_try


def test_that_bytes_that_are_no_text_and_a_missing_file_are_refused(tmp_path):
    (tmp_path / "images.csv").write_bytes(b"\xff\xfe\x00\x01")

    with pytest.raises(TableUnreadable, match="damaged"):
        read_table(tmp_path / "images.csv")
    with pytest.raises(TableUnreadable, match="missing"):
        read_table(tmp_path / "none.csv")


def test_that_a_spreadsheets_byte_order_mark_does_no_harm(tmp_path):
    write_table(tmp_path / "images.csv", [ROW])
    content = (tmp_path / "images.csv").read_bytes()
    (tmp_path / "images.csv").write_bytes(b"\xef\xbb\xbf" + content)

    assert read_table(tmp_path / "images.csv") == (ROW,)


def test_that_a_table_that_cannot_be_written_leaves_the_earlier_one(plain_user):
    table = plain_user.folder / "images.csv"
    write_table(table, [ROW])
    plain_user.folder.chmod(0o555)
    plain_user.become()

    with pytest.raises(TableNotWritable, match="permission denied"):
        write_table(table, [])

    assert read_table(table) == (ROW,)
    assert os.listdir(plain_user.folder) == ["images.csv"]


@pytest.mark.parametrize("field", ["path", "class_name", "group", "split", "sha256"])
def test_that_the_fingerprint_changes_with_what_a_run_learns_from(field):
    other = replace(ROW, **{field: "test" if field == "split" else "other"})

    assert fingerprint([ROW]) != fingerprint([other])
    assert fingerprint([ROW]) == fingerprint([replace(ROW, width=1, flags="")])


def test_that_the_fingerprint_depends_neither_on_order_nor_on_what_is_set_aside():
    other, aside = replace(ROW, path="b"), replace(ROW, path="c", split="")

    assert fingerprint([ROW, other, aside]) == fingerprint([other, ROW])
