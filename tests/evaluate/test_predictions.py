import pytest

from tlstudio.evaluate.errors import PredictionsUnreadable
from tlstudio.evaluate.predictions import Prediction, read_predictions, write_predictions


def test_that_predictions_come_back_as_they_were_written(tmp_path):
    rows = (
        Prediction('Zelle, "rund"/a\n1.png', "slide 1", "Zelle", "白血球", (0.25, 0.75)),
        Prediction("b.png", "", "白血球", "白血球", (0.0, 1.0)),
    )

    write_predictions(tmp_path, ("Zelle", "白血球"), rows)

    assert read_predictions(tmp_path) == rows


DAMAGES = {
    "missing": None,
    "empty": b"",
    "another table": b"a,b\r\n1,2\r\n",
    "a field too few": b"path,group,label,predicted,probability of a\r\nx,y,a,a\r\n",
    "no number": b"path,group,label,predicted,probability of a\r\nx,y,a,a,most\r\n",
    "no text": b"\xff\xfe\x00",
}


@pytest.mark.parametrize("name", DAMAGES)
def test_that_a_damaged_table_is_told_in_a_sentence(tmp_path, name):
    if DAMAGES[name] is not None:
        (tmp_path / "predictions.csv").write_bytes(DAMAGES[name])

    with pytest.raises(PredictionsUnreadable, match="run and its weights are unchanged"):
        read_predictions(tmp_path)
