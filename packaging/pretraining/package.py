"""Put a pretrained backbone among the resources: `packaging/pretraining/package.py FOLDER NAME --input-px N`.

FOLDER is where pretrain.py left `backbone.safetensors`. Written are NAME.safetensors in half precision, and
NAME.json with all that must be known to use it; the model card NAME.md is written by hand.
"""

import argparse
import hashlib
import json
from pathlib import Path

import torch
from pretrain import MEAN, STD
from safetensors.torch import load_file, save

from tlstudio import atomic

RESOURCES = Path(__file__).parents[2] / "resources" / "backbones"


def main() -> None:
    """Read the arguments, write both files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("name")
    parser.add_argument("--input-px", type=int, required=True)
    given = parser.parse_args()
    state = torch.load(given.folder / "checkpoint.pt", map_location="cpu", weights_only=True)
    tensors = halved(load_file(given.folder / "backbone.safetensors"))
    content = save(tensors, {"format": "pt"})
    RESOURCES.mkdir(exist_ok=True)
    atomic.write_bytes(RESOURCES / f"{given.name}.safetensors", content)
    facts = {
        "name": given.name,
        "architecture": state["recipe"]["architecture"],
        "input_px": given.input_px,
        "mean": MEAN,
        "std": STD,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "licence": "Apache-2.0",
        "trained_on": "Synthetic images",
        "images_seen": state["step"] * state["recipe"]["batch_size"],
        "recipe": state["recipe"],
    }
    atomic.write_text(RESOURCES / f"{given.name}.json", json.dumps(facts, indent=2) + "\n")
    print(f"{given.name}: {len(content) / 1e6:.1f} MB, {facts['images_seen']:,} images seen")


def halved(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """In half precision; without the counts of batches, which nothing depends on.

    Raises:
        ValueError: if a value is too large for it.
    """
    kept = {name: tensor for name, tensor in tensors.items() if not name.endswith("num_batches_tracked")}
    half = {name: tensor.half().contiguous() for name, tensor in kept.items()}
    lost = [name for name, tensor in half.items() if not torch.isfinite(tensor).all()]
    if lost:
        raise ValueError(f"too large for half precision: {', '.join(lost)}")
    return half


if __name__ == "__main__":
    main()
