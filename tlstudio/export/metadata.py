"""What an exported file says about itself, as the short texts that ONNX calls metadata properties."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tlstudio import RESEARCH_NOTICE
from tlstudio.data.preprocess import LONGEST_RATIO, Preprocessing

FORMAT = "tlstudio-classifier-1"
LARGEST_INPUT_PX = 4096
"""A file that asks for more is damaged or hostile; no network of the table comes near."""

INSIDE_INPUT = (
    "image: uint8, (batch, height, width, 3), red, green, blue, 0 to 255, upright, of any size; "
    "the images of one batch share one size. Preprocessing is inside the file."
)
OUTPUTS = (
    "probabilities: float32, (batch, classes), rows sum to 1, in the order of `classes`; "
    "label: int64, (batch,), the index of the most probable class."
)


@dataclass(frozen=True)
class TestResult:
    """How the run did on the test images; the fields mean what they mean in `EvaluateDone`."""

    __test__ = False  # pytest takes it for a test by its name

    images: int
    correct: int
    accuracy: float
    accuracy_low: float
    accuracy_high: float
    balanced_accuracy: float
    times_seen: int = 1
    groups: int = 0
    shared_groups: int = 0
    left_out: int = 0


@dataclass(frozen=True)
class ModelMetadata:
    """Everything that a file carries beside its graph.

    Attributes:
        classes: in the order of the outputs.
        preprocessing: from an image's pixels to the network's input.
        is_preprocessing_inside: whether the graph does it.
        backbone: timm's name.
        run: its number in the project.
        trained_at: when the run began, ISO 8601, UTC.
        data_fingerprint: SHA-256 over the images that it learned from.
        versions: of the programs that made the file.
        test_result: or None if the run was not judged.
    """

    classes: tuple[str, ...]
    preprocessing: Preprocessing
    is_preprocessing_inside: bool
    backbone: str
    run: int
    trained_at: str
    data_fingerprint: str
    versions: dict[str, str] = field(default_factory=dict)
    test_result: TestResult | None = None

    def to_properties(self) -> dict[str, str]:
        """Key → text, ready for `onnx.helper.set_model_props`."""
        inside = self.is_preprocessing_inside
        size = self.preprocessing.input_px
        outside_input = f"input: float32, (batch, 3, {size}, {size}), prepared as `preprocessing` says."
        texts = {
            "format": FORMAT,
            "notice": RESEARCH_NOTICE,
            "classes": _json(self.classes),
            "input": INSIDE_INPUT if inside else outside_input,
            "outputs": OUTPUTS,
            "preprocessing": _json(
                {**asdict(self.preprocessing), "is_inside": inside, "steps": steps(self.preprocessing)}
            ),
            "backbone": self.backbone,
            "run": str(self.run),
            "trained_at": self.trained_at,
            "data_fingerprint": self.data_fingerprint,
            "versions": _json(self.versions),
        }
        if self.test_result is not None:
            texts["test_result"] = _json(asdict(self.test_result))
        return texts

    @classmethod
    def from_properties(cls, texts: dict[str, str]) -> "ModelMetadata":
        """What `to_properties` wrote.

        Raises:
            ValueError: if it is not of this program, damaged, or out of range.
        """
        if texts.get("format") != FORMAT:
            raise ValueError("the format is another")
        try:
            prepared = json.loads(texts["preprocessing"])
            fields: dict[str, Any] = {
                name: texts[name] for name in ("backbone", "run", "trained_at", "data_fingerprint")
            }
            fields |= {name: json.loads(texts[name]) for name in ("classes", "versions")}
            fields |= {"test_result": json.loads(texts.get("test_result", "null"))}
            fields |= {"preprocessing": prepared, "is_preprocessing_inside": prepared.get("is_inside")}
            metadata = TypeAdapter(cls).validate_python(fields)
        except (KeyError, AttributeError, TypeError, RecursionError, ValidationError) as error:
            raise ValueError("a part is missing or damaged") from error
        _check_range(metadata)
        return metadata


def steps(p: Preprocessing) -> list[str]:
    """How to prepare an image by hand, one sentence for each step."""
    size = p.input_px
    return [
        "Decode to 8-bit red, green, blue: 16-bit values divided by 257 and rounded, what is transparent "
        "laid on white (for TIFFs of more than 8 bits use `tlstudio predict`); turn upright by the EXIF "
        "orientation.",
        f"If one side is over {LONGEST_RATIO} times the other, keep only the middle {LONGEST_RATIO} : 1.",
        f"Resize by Pillow's {p.interpolation} filter (antialiased) on 8-bit pixels: the shorter side to "
        f"{p.resize_px} pixels, the longer to int({p.resize_px} * longer / shorter).",
        f"Cut out the centre, {size} × {size} pixels, from round((side - {size}) / 2) on, half to even.",
        "Divide by 255, subtract `mean`, divide by `std`, each by channel.",
        "Order as (batch, channel, height, width), float32.",
    ]


def _check_range(metadata: ModelMetadata) -> None:
    p = metadata.preprocessing
    if not 1 <= p.input_px <= p.resize_px <= LARGEST_INPUT_PX or not all(value > 0 for value in p.std):
        raise ValueError("the preprocessing is out of range")
    if not metadata.classes or len(set(metadata.classes)) != len(metadata.classes):
        raise ValueError("the classes are missing or doubled")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
