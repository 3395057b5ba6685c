"""From dropped folders to a data root."""

import pytest

from tlstudio.app.image_choice import FoldersApart, NoFolderChosen, free_folder, root_and_folders
from tlstudio.errors import DataError


def make(root, *names):
    for name in names:
        (root / name).mkdir(parents=True)
        (root / name / "1.png").touch()


def test_that_one_folder_of_class_folders_is_the_root(tmp_path):
    make(tmp_path, "ants", "bees")

    assert root_and_folders([tmp_path]) == (tmp_path, ())


def test_that_class_folders_side_by_side_share_their_parent(tmp_path):
    make(tmp_path, "ants", "bees", "other")

    assert root_and_folders([tmp_path / "bees", tmp_path / "ants"]) == (tmp_path, ("ants", "bees"))


def test_that_folders_of_different_places_are_refused(tmp_path):
    make(tmp_path, "x/ants", "y/bees")

    with pytest.raises(FoldersApart):
        root_and_folders([tmp_path / "x/ants", tmp_path / "y/bees"])


def test_that_single_files_are_refused(tmp_path):
    (tmp_path / "a.png").write_bytes(b"")

    with pytest.raises(NoFolderChosen):
        root_and_folders([tmp_path / "a.png"])


def test_that_a_new_project_never_takes_a_folder_that_exists(tmp_path):
    make(tmp_path, "Smears", "Smears 2")

    assert free_folder(tmp_path, "Smears") == tmp_path / "Smears 3"


def test_that_a_folder_with_nothing_to_learn_from_is_refused_by_name(tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("no image")

    with pytest.raises(DataError, match="“letters” holds no images"):
        root_and_folders([tmp_path / "letters"])
