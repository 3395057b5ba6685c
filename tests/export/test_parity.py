"""An exported file is compared with the app without filling the memory."""

import numpy as np
from PIL import Image

from tlstudio.data.images import ImageFacts
from tlstudio.data.table import ImageRow
from tlstudio.evaluate.answers import Answers
from tlstudio.export import parity

IMAGES = 20


def test_that_few_images_are_decoded_before_their_turn(tmp_path, monkeypatch):
    rows = tuple(ImageRow(f"{n}.png", "rot", f"{n}.png", "test", "f", 8, 8) for n in range(IMAGES))
    answers = Answers(rows, np.tile(np.float32([0.75, 0.25]), (IMAGES, 1)))
    read, read_when_asked = [], []

    def read_image(path):
        read.append(path)
        return Image.new("RGB", (8, 8)), ImageFacts("f", 8, 8, "")

    class Model:
        def probabilities(self, image):
            read_when_asked.append(len(read))
            return np.float32([0.75, 0.25])

    monkeypatch.setattr(parity, "image_and_facts", read_image)

    list(parity.compare(Model(), answers, tmp_path))

    assert len(read_when_asked) == IMAGES
    # Of two at a time one is asked about and one waits.
    assert all(begun <= asked + 1 for asked, begun in enumerate(read_when_asked, 1))
