"""The ten lines of Python that ask an exported file, written beside it."""

from tlstudio import RESEARCH_NOTICE
from tlstudio.export.metadata import ModelMetadata

_START = """\
# {notice}
# Needs: pip install numpy onnxruntime Pillow · Use: python {script} IMAGE
import os; os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # nothing leaves this computer
import json, pathlib, sys
import numpy as np, onnxruntime
from PIL import Image, ImageOps

model = pathlib.Path(__file__).with_name({model})
session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
classes = json.loads(session.get_modelmeta().custom_metadata_map["classes"])
"""

_INSIDE = """\
image = ImageOps.exif_transpose(Image.open(sys.argv[1])).convert("RGB")
probabilities, label = session.run(["probabilities", "label"], {"image": np.asarray(image)[None]})
"""

_OUTSIDE = """\
image = ImageOps.exif_transpose(Image.open(sys.argv[1])).convert("RGB")
short, long = sorted(image.size)
longer = int({resize_px} * long / short)
size = ({resize_px}, longer) if image.width <= image.height else (longer, {resize_px})
image = image.resize(size, Image.Resampling.{filter})  # the shorter side to {resize_px} pixels
left, top = (round((side - {input_px}) / 2) for side in image.size)
pixels = np.asarray(image.crop((left, top, left + {input_px}, top + {input_px})), np.float32) / 255
pixels = (pixels - np.float32({mean})) / np.float32({std})
inputs = {{"input": pixels.transpose(2, 0, 1)[None]}}  # (1, 3, {input_px}, {input_px})
probabilities, label = session.run(["probabilities", "label"], inputs)
"""

_END = """\
print(classes[label[0]], f"{probabilities[0, label[0]]:.4f}")
"""


def code_sample(model: str, script: str, metadata: ModelMetadata) -> str:
    """A script that prints an image's label and its probability.

    Args:
        model: the file's name; the script looks for it in its own folder.
        script: its own name.
        metadata: of the model; preprocessing that the graph doesn't do is spelled out.
    """
    start = _START.format(notice=RESEARCH_NOTICE, script=" ".join(script.split()), model=repr(model))
    if metadata.is_preprocessing_inside:
        return start + _INSIDE + _END
    p = metadata.preprocessing
    outside = _OUTSIDE.format(
        resize_px=p.resize_px,
        input_px=p.input_px,
        filter=p.interpolation.upper(),
        mean=list(p.mean),
        std=list(p.std),
    )
    return start + outside + _END
