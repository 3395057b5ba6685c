import os
import unicodedata

import pytest

from tlstudio.data.errors import (
    ClassesDiffer,
    ClassFolderNotFound,
    ClassNamesTooAlike,
    FolderNotFound,
    FolderNotReadable,
    NoImages,
    NotAFolder,
    OnlyOneClass,
)
from tlstudio.data.folder import find_images
from tlstudio.data.settings import DataSettings


def touch(root, *paths):
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()
    return DataSettings(root=str(root))


def paths(found):
    return [image.path for image in found.images]


def test_that_a_class_is_the_folder_that_an_image_lies_in(tmp_path):
    found = find_images(touch(tmp_path, "dogs/b.png", "cats/a.JPG", "cats/deep/er/c.tif"))

    assert [(image.path, image.class_name, image.given) for image in found.images] == [
        ("cats/a.JPG", "cats", ""),
        ("cats/deep/er/c.tif", "cats", ""),
        ("dogs/b.png", "dogs", ""),
    ]
    assert found.classes == ("cats", "dogs")
    assert found.notes == ()


@pytest.mark.parametrize(
    "names", [("train", "val", "test"), ("Training", "VALID", "Test"), ("TRAIN", "validation", "testing")]
)
def test_that_given_splits_are_recognised_in_any_spelling(names, tmp_path):
    found = find_images(touch(tmp_path, *(f"{name}/{label}/1.png" for name in names for label in "ab")))

    given = {image.path.split("/")[0]: image.given for image in found.images}
    assert [given[name] for name in names] == ["train", "validation", "test"]
    assert found.classes == ("a", "b")
    assert found.given_splits == {"train", "validation", "test"}


def test_that_a_class_may_be_called_train(tmp_path):
    found = find_images(touch(tmp_path, "train/1.png", "car/1.png"))

    assert found.classes == ("car", "train")
    assert found.given_splits == frozenset()


def test_that_a_folder_beside_given_splits_is_named_and_not_used(tmp_path):
    settings = touch(tmp_path, "train/a/1.png", "train/b/1.png", "val/a/2.png", "val/b/2.png", "new/c/1.png")

    found = find_images(settings)

    assert found.classes == ("a", "b")
    assert found.notes == ("The folder “new” beside the splits is not used.",)


def test_that_hidden_and_system_files_and_other_suffixes_are_passed_over(tmp_path):
    settings = touch(
        tmp_path,
        "a/1.png",
        "b/1.png",
        "a/.hidden.png",
        "a/Thumbs.db",
        "a/._1.png",
        "a/notes.txt",
        "a/table.csv",
        "a/no_suffix",
        ".git/x.png",
        "__MACOSX/a/1.png",
        "a/.cache/2.png",
    )

    found = find_images(settings)

    assert paths(found) == ["a/1.png", "b/1.png"]
    assert found.notes == ()


def test_that_images_beside_class_folders_and_folders_without_images_are_told(tmp_path):
    settings = touch(tmp_path, "a/1.png", "b/1.png", "loose.png", "docs/readme.txt")

    assert find_images(settings).notes == (
        "“docs” holds no images and is not used as a class.",
        "1 image lies beside the class folders, so the class is unknown; not used.",
    )


NAMES = ["größe", "细胞", "🔬 cells", "with space", "a.b", "ما", "-1", "C+1", "100 %"]


def test_that_class_folders_may_have_any_name(tmp_path):
    found = find_images(touch(tmp_path, *(f"{name}/{name}.png" for name in NAMES)))

    assert set(found.classes) == set(NAMES)


def test_that_a_class_name_is_composed_and_its_path_is_as_on_disk(tmp_path):
    decomposed = unicodedata.normalize("NFD", "größe")

    found = find_images(touch(tmp_path, f"{decomposed}/1.png", "b/1.png"))

    assert found.classes == ("b", "größe")
    assert f"{decomposed}/1.png" in paths(found)


@pytest.mark.parametrize(
    ("first", "second"),
    [("Cats", "cats"), ("größe", unicodedata.normalize("NFD", "größe")), ("Größe", "GRÖßE")],
)
def test_that_two_class_names_that_look_alike_are_refused_by_name(first, second, tmp_path):
    settings = touch(tmp_path, f"{first}/1.png", f"{second}/1.png", "dogs/1.png")
    if len(os.listdir(tmp_path)) < 3:
        pytest.skip("this file system holds them for one folder")

    with pytest.raises(ClassNamesTooAlike) as caught:
        find_images(settings)
    assert first in caught.value.message
    assert second in caught.value.message


def test_that_class_names_of_different_case_in_two_splits_are_refused(tmp_path):
    with pytest.raises(ClassNamesTooAlike):
        find_images(
            touch(tmp_path, "train/Ants/1.png", "train/bees/1.png", "val/ants/1.png", "val/bees/1.png")
        )


@pytest.mark.parametrize("root", ["", "/nowhere/at/all", "a\0b"])
def test_that_a_missing_folder_is_refused(root):
    with pytest.raises(FolderNotFound):
        find_images(DataSettings(root=root))


def test_that_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "a.png").touch()

    with pytest.raises(NotAFolder, match=r"“a\.png” is a file"):
        find_images(DataSettings(root=str(tmp_path / "a.png")))


def test_that_an_empty_folder_is_called_empty(tmp_path):
    (tmp_path / "pictures").mkdir()

    with pytest.raises(NoImages, match="“pictures” is empty"):
        find_images(DataSettings(root=str(tmp_path / "pictures")))


@pytest.mark.parametrize("path", ["a.png", "a/notes.txt", "train/notes.txt"])
def test_that_a_folder_without_labelled_images_is_refused(path, tmp_path):
    with pytest.raises(NoImages, match="holds no class folders with images"):
        find_images(touch(tmp_path, path))


def test_that_one_class_only_is_refused_by_name(tmp_path):
    with pytest.raises(OnlyOneClass, match="“cats”"):
        find_images(touch(tmp_path, "cats/1.png", "cats/2.png", "empty/readme.txt"))


def test_that_a_folder_too_far_up_is_pointed_out(tmp_path):
    with pytest.raises(OnlyOneClass) as caught:
        find_images(touch(tmp_path, "dataset/cats/1.png", "dataset/dogs/2.png"))

    assert (
        caught.value.what_to_try
        == "If the folders inside “dataset” are the classes, choose “dataset” itself."
    )


def test_that_splits_with_different_classes_are_refused_by_name(tmp_path):
    with pytest.raises(ClassesDiffer) as caught:
        find_images(
            touch(tmp_path, "train/a/1.png", "train/b/1.png", "train/c/1.png", "val/a/2.png", "val/b/2.png")
        )

    assert "“train” has “c”, and “val” does not" in caught.value.message


def test_that_only_chosen_class_folders_are_used(tmp_path):
    settings = touch(tmp_path, "a/1.png", "b/1.png", "c/1.png")

    found = find_images(DataSettings(root=settings.root, folders=("c", "a")))

    assert found.classes == ("a", "c")
    assert found.notes == ()
    with pytest.raises(ClassFolderNotFound, match="“d”"):
        find_images(DataSettings(root=settings.root, folders=("a", "d")))


def test_that_two_words_that_differ_in_letters_are_two_classes(tmp_path):
    assert find_images(touch(tmp_path, "Maße/1.png", "Masse/1.png")).classes == ("Masse", "Maße")


def test_that_links_in_circles_end_and_every_file_is_found_once(tmp_path):
    root = tmp_path / "root"
    settings = touch(root, "a/1.png", "b/1.png", "a/deep/2.png")
    (root / "a" / "self").symlink_to(root / "a")
    (root / "a" / "up").symlink_to(root)
    (root / "a" / "above").symlink_to(tmp_path)
    (root / "b" / "sideways").symlink_to(root / "a" / "deep")
    (root / "a" / "deep" / "broken").symlink_to(root / "nothing")
    (root / "a" / "itself").symlink_to("itself")
    (root / "itself").symlink_to("itself")
    (root / "a" / "broken.png").symlink_to(root / "nothing.png")

    assert paths(find_images(settings)) == ["a/1.png", "a/broken.png", "a/deep/2.png", "b/1.png"]


def test_that_a_link_to_images_elsewhere_is_followed(tmp_path):
    touch(tmp_path / "elsewhere", "cats/1.png")
    settings = touch(tmp_path / "root", "dogs/1.png")
    (tmp_path / "root" / "cats").symlink_to(tmp_path / "elsewhere" / "cats")

    assert paths(find_images(settings)) == ["cats/1.png", "dogs/1.png"]


def test_that_folders_deeper_than_any_sensible_set_end_the_search(tmp_path):
    settings = touch(tmp_path, "a/1.png", "b/1.png", "a/" + "d/" * 40 + "deep.png")

    assert paths(find_images(settings)) == ["a/1.png", "b/1.png"]


def test_that_a_folder_inside_a_closed_one_is_refused(plain_user):
    settings = touch(plain_user.folder / "closed" / "images", "a/1.png", "b/1.png")
    (plain_user.folder / "closed").chmod(0)
    plain_user.become()

    with pytest.raises(FolderNotReadable, match="“images”"):
        find_images(settings)


def test_that_a_class_folder_without_permission_is_refused_by_name(plain_user):
    settings = touch(plain_user.folder, "a/1.png", "b/1.png", "secret/1.png")
    (plain_user.folder / "secret").chmod(0)
    plain_user.become()

    with pytest.raises(FolderNotReadable, match="“secret” can't be opened: the permission is missing"):
        find_images(settings)
