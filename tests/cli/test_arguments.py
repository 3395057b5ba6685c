"""What is told of an argument before any verb begins."""

import pytest

from tlstudio.cli.arguments import problem_of


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["train", "Blood smear", "--json", "--epochs", "3"],
        ["backbones", "--search", ""],
        ["backbones", "download", "--mirror="],
        ["new", "a", "b", "--group-by", "x" * 300],
        ["new", "a/" * 300, "ä" * 127],
    ],
)
def test_that_there_is_nothing_to_say_of_usual_ones(arguments: list[str]) -> None:
    assert problem_of(arguments) == ""


def test_that_an_empty_one_is_told() -> None:
    assert problem_of(["new", "P", ""]).startswith("An argument is empty")
    assert problem_of(["export", "P", "--to", ""]).startswith("What follows --to is empty")
    assert problem_of(["export", "P", "--to="]).startswith("What follows --to is empty")


@pytest.mark.parametrize("name", ["a" * 256, "ä" * 128, "folder/" + "a" * 256])
def test_that_a_name_that_no_file_can_have_is_told(name: str) -> None:
    assert "longer than the name of a file" in problem_of(["train", name])
