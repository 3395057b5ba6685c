"""Where the weights of a backbone lie on this computer, found without torch."""

import hashlib
import json
import os
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import TypeAdapter, ValidationError

from tlstudio import atomic
from tlstudio.model.backbone import Backbone

FOLDER_VARIABLE = "TLSTUDIO_MODELS_DIR"
FILE_NAME = "model.safetensors"
FACTS_NAME = "weights.json"

Origin = Literal["download", "pack"]
Kind = Literal["bundled", "here", "pack", "download", "none"]


@dataclass(frozen=True)
class WeightsFacts:
    """What weights.json says about the file beside it.

    Attributes:
        name: of the backbone.
        repo: where it was published.
        file: its name there.
        sha256: of the file, in hexadecimal.
        bytes: of the file.
        licence: see PublishedWeights.
        source: see PublishedWeights.
        origin: how it came here.
    """

    name: str
    repo: str
    file: str
    sha256: str
    bytes: int
    licence: str
    source: str
    origin: Origin


@dataclass(frozen=True)
class WeightsState:
    """Whether a backbone's own weights can be used now.

    Attributes:
        kind: "bundled" with the program, "here" by a download, "pack": here from an imported pack,
            "download": published but not here, "none": nowhere.
        path: of the file, None if it is not here.
        size_bytes: of the file, or about that of the download; 0 if there is none.
    """

    kind: Kind
    path: Path | None
    size_bytes: int

    @property
    def is_here(self) -> bool:
        """Whether training can start from them without a download."""
        return self.path is not None


def models_folder() -> Path:
    """The program's own folder of weights, which may not be there yet."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    if chosen:
        return Path(chosen)
    return Path(platformdirs.user_data_dir("tlstudio", appauthor=False)) / "backbones"


def weights_file(backbone: Backbone) -> Path | None:
    """The file of the backbone's own weights, whole by its size; None if it is not on this computer."""
    return weights_state(backbone).path


def weights_state(backbone: Backbone) -> WeightsState:
    """Where the backbone's own weights are to be had; a file of another size than noted is none."""
    bundled = bundled_file(backbone)
    if bundled is not None:
        return WeightsState("bundled", bundled, bundled.stat().st_size)
    facts = weights_facts(backbone)
    if facts is not None:
        path = models_folder() / backbone.name / FILE_NAME
        return WeightsState("pack" if facts.origin == "pack" else "here", path, facts.bytes)
    if backbone.weights.repo:
        return WeightsState("download", None, backbone.weights.size_bytes)
    return WeightsState("none", None, 0)


def weights_facts(backbone: Backbone) -> WeightsFacts | None:
    """What is noted about the downloaded or imported file; None if there is none, or not the whole of it."""
    folder = models_folder() / backbone.name
    try:
        facts = _facts_adapter().validate_json((folder / FACTS_NAME).read_bytes())
        is_whole = (folder / FILE_NAME).stat().st_size == facts.bytes
    except (OSError, ValidationError):
        return None
    return facts if is_whole and facts.name == backbone.name else None


@cache
def _facts_adapter() -> TypeAdapter[WeightsFacts]:
    return TypeAdapter(WeightsFacts)


def weights_sha256(backbone: Backbone) -> str:
    """What the file of `weights_file` must hash to; empty if nobody noted it."""
    bundled = bundled_file(backbone)
    if bundled is None:
        facts = weights_facts(backbone)
        return facts.sha256 if facts else backbone.weights.sha256
    try:
        noted = json.loads(bundled.with_suffix(".json").read_bytes())
        return str(noted["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return backbone.weights.sha256


def bundled_file(backbone: Backbone) -> Path | None:
    """The backbone's weights among the program's resources, or None."""
    if not backbone.weights.bundled:
        return None
    path = Path(str(files("tlstudio.resources"))) / "backbones" / backbone.weights.bundled
    return path if path.is_file() else None


def keep_weights(backbone: Backbone, tensor_file: Path, origin: Origin, sha256: str) -> Path:
    """Move a whole, checked file to where `weights_file` finds it, from wherever it lies.

    Raises:
        OSError: if it can't be moved; what was there before may still be used or is gone, never half new.
    """
    folder = models_folder() / backbone.name
    folder.mkdir(parents=True, exist_ok=True)
    published = backbone.weights
    facts = WeightsFacts(
        name=backbone.name,
        repo=published.repo,
        file=published.file,
        sha256=sha256,
        bytes=tensor_file.stat().st_size,
        licence=published.licence,
        source=published.source,
        origin=origin,
    )
    # The note goes first and comes last: a file without its note does not count.
    (folder / FACTS_NAME).unlink(missing_ok=True)
    with atomic.replacing(folder / FILE_NAME) as temporary:
        shutil.move(tensor_file, temporary)
    atomic.write_text(folder / FACTS_NAME, json.dumps(asdict(facts), ensure_ascii=False, indent=2) + "\n")
    return folder / FILE_NAME


def forget_weights(backbone: Backbone) -> None:
    """Count what was downloaded or imported as not here, as it turned out to be damaged; the file stays.

    Without its note it does not count, so that it can be downloaded or imported again.
    """
    with suppress(OSError):
        (models_folder() / backbone.name / FACTS_NAME).unlink(missing_ok=True)


def file_sha256(path: Path) -> str:
    """Of the file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remembered_sha256(path: Path) -> str:
    """As `file_sha256`, of which the file is read again only if its size or its time of change differs.

    Raises:
        OSError: if it can't be read.
    """
    facts = path.stat()
    return _sha256_of(path, facts.st_size, facts.st_mtime_ns)


@lru_cache(maxsize=16)
def _sha256_of(path: Path, _size: int, _changed_ns: int) -> str:
    return file_sha256(path)
