"""Writes resources/timm_models.json.gz: what timm says about every network that it has weights for.

Run `python packaging/timm_catalogue.py` after a change of timm's version; it builds each network once without
memory for its values, which takes some minutes.
"""

import gzip
import json
from pathlib import Path
from typing import Any

import timm
import torch

from tlstudio import atomic

RESOURCE = Path(__file__).parents[1] / "resources" / "timm_models.json.gz"
LICENCES = {
    None: "Not stated",
    "unknown": "Not stated",
    "apache-2.0": "Apache-2.0",
    "mit": "MIT",
    "bsd-3-clause": "BSD-3-Clause",
    "cc-by-4.0": "CC-BY-4.0",
    "cc-by-nc-4.0": "CC-BY-NC-4.0",
    "apple-ascl": "Apple Sample Code License",
    # It allows research only.
    "apple-amlr": "Apple Machine Learning Research Model License, non-commercial",
    "fastvit-license": "FastViT License",
    "mobileone-license": "MobileOne License",
    "cvnets-license": "CVNets License",
    "dinov3-license": "DINOv3 License",
    "nvidia-open-model-license": "NVIDIA Open Model License",
    "seer-license": "SEER License, non-commercial",
    "fair-noncommercial-research-license": "FAIR Noncommercial Research License",
    "sapiens2-license": "Sapiens2 License",
    "qwen-community-1.0": "Qwen Community License 1.0",
    "gemma": "Gemma Terms of Use",
}
"""By timm's word for them: SPDX identifiers, or the names of licences of their own."""

EMBEDDINGS = {384, 512, 640, 768, 1024, 1152, 1280}
"""Lengths of the vectors that some networks give in place of classes; such a network has no class names."""


def main() -> None:
    """Write the resource."""
    rows = []
    for architecture in timm.list_models():
        body, features = sizes(architecture)
        family = timm.models.model_entrypoint(architecture).__module__.rpartition(".")[2]
        first = timm.get_pretrained_cfg(architecture)
        tags = [cfg for name in timm.list_pretrained(f"{architecture}.*") if (cfg := config(name))]
        tags = tags or [cfg for name in timm.list_pretrained(architecture) if (cfg := config(name))]
        tags.sort(key=lambda cfg: (cfg.tag != first.tag, cfg.tag))
        rows += [row(architecture, family, body, features, cfg) for cfg in tags]
    content = {"timm": timm.__version__, "licences": list(dict.fromkeys(LICENCES.values())), "models": rows}
    text = json.dumps(content, separators=(",", ":")).replace("],[", "],\n[")
    atomic.write_bytes(RESOURCE, gzip.compress(text.encode(), mtime=0))
    print(f"{len(rows)} weights of {len(timm.list_models())} networks, {RESOURCE.stat().st_size:,} bytes")


def config(name: str) -> Any:
    """What timm says about these weights."""
    return timm.get_pretrained_cfg(name)


def row(architecture: str, family: str, body: int, features: int, cfg: Any) -> list[Any]:
    """In the order of `TimmModel`; "" as repository means timm's own of that name."""
    name = f"{architecture}.{cfg.tag}" if cfg.tag else architecture
    classes = 0 if cfg.num_classes in EMBEDDINGS else cfg.num_classes
    repo = cfg.hf_hub_id or "-"
    licence = list(dict.fromkeys(LICENCES.values())).index(LICENCES[cfg.license])
    outputs = cfg.num_classes * (features + 1)
    repo = "" if repo == f"timm/{name}" else repo
    return [name, family, repo, licence, cfg.input_size[-1], classes, body, 4 * (body + outputs)]


def sizes(architecture: str) -> tuple[int, int]:
    """How many values it holds without its classifier, and the length of the vector that enters that."""
    try:
        with torch.device("meta"):
            network = timm.create_model(architecture, pretrained=False, num_classes=0)
    except (RuntimeError, NotImplementedError, ValueError, TypeError) as error:
        print(f"{architecture}: {error}")
        return 0, 0
    features = getattr(network, "head_hidden_size", None) or network.num_features
    return sum(parameter.numel() for parameter in network.parameters()), int(features)


if __name__ == "__main__":
    main()
