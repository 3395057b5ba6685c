import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from tlstudio.data.sample_pictures import SIZE_PX
from tlstudio.data.samples import SAMPLES, draw, draw_preview


@pytest.mark.parametrize("key", SAMPLES)
def test_that_the_same_seed_gives_the_same_pixels(key):
    first, second = (draw_preview(key, 0) for _ in range(2))

    assert first.size == (SIZE_PX, SIZE_PX)
    assert np.array_equal(np.asarray(first), np.asarray(second))


def test_that_a_sample_set_is_class_folders_with_groups_in_the_names(tmp_path):
    small = replace(SAMPLES["leaf-disease"], images_per_class=5, groups=2)

    events = list(draw(small, tmp_path))

    assert {folder.name for folder in tmp_path.iterdir()} == set(small.classes)
    assert (events[-1].done, events[-1].total) == (20, 20)
    names = sorted(path.name for path in (tmp_path / "Rust").iterdir())
    assert names == [f"plant0{1 + index % 2}_{index + 1:03d}.png" for index in (0, 2, 4, 1, 3)]
    assert re.search(small.group_pattern, names[0]).group(1) == "plant01"
    with Image.open(tmp_path / "Rust" / names[0]) as image:
        assert image.mode == "RGB"
