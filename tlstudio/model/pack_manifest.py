"""manifest.json of a weights pack: what the pack holds, believed only after every field was looked at."""

import json
import re
import stat
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from pydantic import TypeAdapter, ValidationError

from tlstudio import __version__, atomic
from tlstudio.data.preprocess import Preprocessing
from tlstudio.model.adopted import NAME
from tlstudio.model.backbone import Backbone
from tlstudio.model.pack_errors import NoPack, PackRefused, PackTooNew

MANIFEST_NAME = "manifest.json"
LICENCES_NAME = "LICENCES.txt"
SCHEMA = 1

LARGEST_MANIFEST_BYTES = 1_000_000
LARGEST_ROW_BYTES = 200_000
LARGEST_WEIGHTS_BYTES = 8_000_000_000
"""The largest network of timm has a quarter of it; whoever claims more means harm."""

LARGEST_CLAIM_BYTES = 10**18
"""What a sentence about a claim says at most."""

MOST_BACKBONES = 1000
LONGEST_NAME = 100
LONGEST_TEXT = 500
SHA256 = re.compile(r"[0-9a-f]{64}")
REPO = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
DEVICES = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{number}" for port in ("com", "lpt") for number in range(10)),
}
"""Names that open a device instead of a file on Windows, whatever their ending."""


@dataclass(frozen=True)
class PackedBackbone:
    """One backbone of a pack.

    Attributes:
        name: see `Backbone`.
        file: with its weights, safetensors.
        bytes: of the file.
        sha256: of the file, in hexadecimal.
        licence: of the weights.
        source: where they come from.
        repo: where they were published.
        network: the file with its row, for a network that is not in every program's table; else empty.
        network_sha256: of that file.
    """

    name: str
    file: str
    bytes: int
    sha256: str
    licence: str
    source: str
    repo: str
    network: str = ""
    network_sha256: str = ""


@dataclass(frozen=True)
class Manifest:
    """A pack's contents.

    Attributes:
        schema: version of this shape.
        program: that wrote it.
        backbones: by name.
    """

    schema: int
    program: str
    backbones: tuple[PackedBackbone, ...]


@dataclass(frozen=True)
class _Version:
    schema: int


def weights_name(name: str) -> str:
    """What the file with a backbone's weights is called in a pack."""
    return f"{name}.safetensors"


def row_name(name: str) -> str:
    """What the file with a backbone's row is called in a pack."""
    return f"{name}.backbone.json"


def write_manifest(folder: Path, backbones: Sequence[PackedBackbone]) -> None:
    """Put the manifest in place.

    Raises:
        OSError: if it can't be written.
    """
    ordered = tuple(sorted(backbones, key=lambda backbone: backbone.name))
    manifest = Manifest(SCHEMA, f"tlstudio {__version__}", ordered)
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=2) + "\n"
    atomic.write_text(folder / MANIFEST_NAME, text)


def read_manifest(folder: Path) -> Manifest:
    """The pack's contents as it claims them; names and sizes are sound, the files are not looked at.

    Raises:
        NoPack: if there is no manifest.
        PackTooNew: if a newer version wrote it.
        PackRefused: if it is damaged or claims what no pack holds.
    """
    path = folder / MANIFEST_NAME
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise PackRefused(folder.name, f"its {MANIFEST_NAME} is a link, not a file")
        if path.stat().st_size > LARGEST_MANIFEST_BYTES:
            raise PackRefused(folder.name, f"its {MANIFEST_NAME} is larger than any list of backbones")
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise NoPack(folder.name, f"it holds no {MANIFEST_NAME}") from error
    except OSError as error:
        raise NoPack(folder.name, (error.strerror or "it can't be read").lower()) from error
    try:
        version = TypeAdapter(_Version).validate_json(content, strict=True)
        if version.schema > SCHEMA:
            raise PackTooNew(folder.name)
        manifest = TypeAdapter(Manifest).validate_json(content, strict=True)
    except (ValidationError, RecursionError) as error:
        raise PackRefused(folder.name, f"its {MANIFEST_NAME} is damaged") from error
    _require_sound(folder, manifest)
    return manifest


def read_row(folder: Path, packed: PackedBackbone, content: bytes) -> Backbone:
    """The row of a network that the program's table does not have.

    Raises:
        PackRefused: if it is no row, or one that could do harm.
    """
    try:
        if len(content) > LARGEST_ROW_BYTES:
            raise ValueError(f"expected at most {LARGEST_ROW_BYTES} bytes, received {len(content)}")
        backbone = TypeAdapter(Backbone).validate_json(content)
        _require_sound_row(backbone, packed)
    except (ValueError, RecursionError) as error:
        reason = f"“{shown(packed.network)}” does not describe a network that could be used"
        raise PackRefused(folder.name, reason) from error
    return backbone


def shown(text: str) -> str:
    """Text of a stranger as it may be shown: short, on one line, without control characters."""
    clean = "".join(letter if letter.isprintable() else "?" for letter in text[:60])
    return f"{clean}…" if len(text) > 60 else clean


def _require_sound(folder: Path, manifest: Manifest) -> None:
    packed = manifest.backbones
    if len(packed) > MOST_BACKBONES:
        raise PackRefused(folder.name, f"it claims to hold {len(packed):,} backbones")
    # Some file systems don't tell capital letters from small ones.
    names = [backbone.name.lower() for backbone in packed]
    for backbone in packed:
        if names.count(backbone.name.lower()) > 1:
            raise PackRefused(folder.name, f"“{shown(backbone.name)}” stands twice in its {MANIFEST_NAME}")
        reason = _unsound(backbone)
        if reason:
            raise PackRefused(folder.name, reason)


def _unsound(packed: PackedBackbone) -> str:
    """Why the entry can't be believed; empty if it can."""
    own_files = {packed.file: weights_name(packed.name), packed.network: row_name(packed.name)}
    for file in (packed.file, packed.network):
        if _is_elsewhere(file):
            return f"it names a file outside its own folder (“{shown(file)}”)"
    if not _is_name(packed.name):
        return f"“{shown(packed.name)}” is no name of a backbone"
    for file, own in own_files.items():
        if file not in ("", own):
            return f"it names “{shown(file)}” where “{own}” belongs"
    if not packed.file:
        return f"it names no file for {packed.name}"
    if not 0 < packed.bytes <= LARGEST_WEIGHTS_BYTES:
        claimed = min(packed.bytes, LARGEST_CLAIM_BYTES) / 1e9
        return f"it claims {claimed:,.1f} GB for {packed.name}, which no backbone has"
    if SHA256.fullmatch(packed.sha256) is None:
        return f"the checksum of {packed.name} is none"
    if packed.network and SHA256.fullmatch(packed.network_sha256) is None:
        return f"the checksum of “{packed.network}” is none"
    if not all(_is_text(text) for text in (packed.licence, packed.source, packed.repo)):
        return f"what it says about {packed.name} can't be shown"
    return ""


def _is_elsewhere(file: str) -> bool:
    if not file:
        return False
    windows, posix = PureWindowsPath(file), PurePosixPath(file)
    is_plain = windows.name == posix.name == file and not windows.drive and not windows.root
    return not is_plain or file in (".", "..") or ":" in file or "\0" in file


def _is_name(name: str) -> bool:
    is_device = name.lower().partition(".")[0] in DEVICES
    is_ours = name.lower().endswith(".json")  # what the program notes beside the backbones' folders
    return NAME.fullmatch(name) is not None and len(name) <= LONGEST_NAME and not is_device and not is_ours


def _is_text(text: str) -> bool:
    """Whether it can be shown; tips of the window would take what begins with < for a page with pictures."""
    return len(text) <= LONGEST_TEXT and text.isprintable() and "<" not in text


def _require_sound_row(backbone: Backbone, packed: PackedBackbone) -> None:
    weights = backbone.weights
    texts = (
        backbone.title, backbone.family, backbone.good_for, weights.licence, weights.source,
        weights.trained_on, *(group.name for group in backbone.groups),
    )  # fmt: skip
    claims = (
        backbone.name == packed.name,
        all(_is_text(text) for text in texts),
        0 < len(backbone.groups) <= 10_000,
        all(0 <= group.parameters < 10**11 for group in backbone.groups),
        0 < backbone.features <= 1_000_000,
        backbone.imagenet_accuracy is None or 0 <= backbone.imagenet_accuracy <= 1,
        _is_sound_preprocessing(backbone.preprocessing),
        not weights.bundled,
        weights.repo == packed.repo,
        not weights.repo or REPO.fullmatch(weights.repo) is not None,
        weights.file.endswith(".safetensors") and not _is_elsewhere(weights.file),
        0 <= weights.size_bytes <= LARGEST_WEIGHTS_BYTES,
        weights.sha256 in ("", packed.sha256),
        0 <= weights.classes <= 1_000_000,
    )
    if not all(claims):
        raise ValueError(f"claim {claims.index(False)} of the row is not sound")


def _is_sound_preprocessing(preprocessing: Preprocessing) -> bool:
    return (
        16 <= preprocessing.input_px <= preprocessing.resize_px <= 4096
        and all(-10 <= value <= 10 for value in preprocessing.mean)
        and all(0 < value <= 10 for value in preprocessing.std)
    )
