"""Networks of timm beyond the table, kept as data in the model folder once they were found to work."""

import json
import re
from dataclasses import asdict
from functools import cache

from pydantic import TypeAdapter, ValidationError

from tlstudio import atomic
from tlstudio.model.backbone import Backbone
from tlstudio.model.weight_store import models_folder

FILE_NAME = "backbone.json"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)?")


def adopted_backbone(name: str) -> Backbone | None:
    """The network of that name as it was adopted on this computer, or None."""
    if NAME.fullmatch(name) is None:
        return None
    try:
        backbone = _adapter().validate_json((models_folder() / name / FILE_NAME).read_bytes())
    except (OSError, ValidationError):
        return None
    return backbone if backbone.name == name else None


@cache
def _adapter() -> TypeAdapter[Backbone]:
    return TypeAdapter(Backbone)


def adopted_backbones() -> tuple[Backbone, ...]:
    """All of them, by name."""
    names = sorted(path.parent.name for path in models_folder().glob(f"*/{FILE_NAME}"))
    return tuple(backbone for name in names if (backbone := adopted_backbone(name)) is not None)


def adopt(backbone: Backbone) -> None:
    """Keep the network's row, so that it is found by name from now on.

    Raises:
        OSError: if the model folder can't be written.
    """
    folder = models_folder() / backbone.name
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(backbone), ensure_ascii=False, indent=2) + "\n"
    atomic.write_text(folder / FILE_NAME, text)
