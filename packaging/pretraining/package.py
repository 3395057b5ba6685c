"""Put a pretrained backbone among the resources: `packaging/pretraining/package.py FOLDER NAME --input-px N`.

FOLDER is where pretrain.py left `backbone.safetensors`. Written are NAME.safetensors in half precision, and
NAME.json with all that must be known to use it; the model card NAME.md is written by hand. Where training
began with the weights that NAME.safetensors held so far, their recipe stays, before the new one.
"""

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

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
    recipe = state["recipe"]
    earlier = facts_of(given.name, recipe["begins_with"]) if recipe["begins_with"] else None
    atomic.write_bytes(RESOURCES / f"{given.name}.safetensors", content)
    facts = {
        "name": given.name,
        "architecture": recipe["architecture"],
        "input_px": given.input_px,
        "mean": MEAN,
        "std": STD,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "licence": "Apache-2.0",
        "trained_on": "Synthetic images",
        "images_seen": (earlier["images_seen"] if earlier else 0) + state["step"] * recipe["batch_size"],
        "recipes": [*(earlier["recipes"] if earlier else []), recipe],
    }
    atomic.write_text(RESOURCES / f"{given.name}.json", json.dumps(facts, indent=2) + "\n")
    print(f"{given.name}: {len(content) / 1e6:.1f} MB, {facts['images_seen']:,} images seen")


def facts_of(name: str, sha256: str) -> dict[str, Any]:
    """What is told of the weights among the resources.

    Raises:
        ValueError: if they are not those of that hash.
    """
    facts: dict[str, Any] = json.loads((RESOURCES / f"{name}.json").read_text(encoding="utf-8"))
    if facts["sha256"] != sha256:
        raise ValueError(f"training began with other weights than those of {name}.json")
    return facts


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
