"""The few lines of Python that ask an exported file, written beside it."""

from tlstudio import RESEARCH_NOTICE
from tlstudio.data.preprocess import LONGEST_RATIO
from tlstudio.export.metadata import ModelMetadata

_START = """\
# {notice}
# Needs: pip install numpy onnxruntime Pillow · Use: python {script} IMAGE
import os; os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # nothing leaves this computer
import json, pathlib, sys
import numpy as np, onnxruntime
from PIL import Image, ImageOps

model = pathlib.Path(__file__).with_name({model})
session = onnxruntime.InferenceSession(model.read_bytes(), providers=["CPUExecutionProvider"])
classes = json.loads(session.get_modelmeta().custom_metadata_map["classes"])
"""

# As `data.tones.to_rgb` does. The scale of a deep TIFF hangs on its tags or its own range: too long for here.
_DECODE = """\
too_much = "This script reads plain 8-bit images and 16-bit PNGs. Use: tlstudio predict MODEL IMAGE"
try:
    image = Image.open(open(sys.argv[1], "rb"))  # given the name, Pillow 13.0 garbles turned TIFFs
    image.load()
except (OSError, ValueError):
    sys.exit(too_much)
bits = max(getattr(image, "tag_v2", {}).get(258, [8]))  # of a TIFF
if bits > 8 or (image.mode[0] in "IF" and image.format != "PNG"):
    sys.exit(too_much)
image = ImageOps.exif_transpose(image)
if image.mode[0] == "I":  # 16-bit grey
    image = Image.fromarray(np.rint(np.asarray(image) / 257).astype(np.uint8))
layer = image.convert("RGBA")
image = Image.new("RGB", layer.size, "white")
image.paste(layer, mask=layer)  # what is transparent lies on white
"""

_INSIDE = """\
probabilities, label = session.run(["probabilities", "label"], {"image": np.asarray(image)[None]})
"""

_OUTSIDE = """\
width, height = (min(side, {longest_ratio} * min(image.size)) for side in image.size)
left, top = (image.width - width) // 2, (image.height - height) // 2
image = image.crop((left, top, left + width, top + height))  # of a very long strip the middle
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
        return start + _DECODE + _INSIDE + _END
    p = metadata.preprocessing
    outside = _OUTSIDE.format(
        longest_ratio=LONGEST_RATIO,
        resize_px=p.resize_px,
        input_px=p.input_px,
        filter=p.interpolation.upper(),
        mean=list(p.mean),
        std=list(p.std),
    )
    return start + _DECODE + outside + _END
