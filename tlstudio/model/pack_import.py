"""Weights packs are taken in: nothing of one, unless all of it is sound.

A pack is data from a stranger. Every name, size, header and checksum is verified before the first of its
files counts as being here, and nothing of it is ever run.
"""

import hashlib
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tlstudio import atomic
from tlstudio.errors import reason_of
from tlstudio.events import Event, Noted
from tlstudio.model.adopted import adopt
from tlstudio.model.backbone import Backbone
from tlstudio.model.backbones import find_backbone
from tlstudio.model.catalogue import find_model
from tlstudio.model.errors import UnknownBackbone, WeightsNotFound, WeightsUnreadable
from tlstudio.model.events import PackImported
from tlstudio.model.pack_errors import PackNotImported, PackRefused
from tlstudio.model.pack_files import CHUNK_BYTES, Copying, copy, require_room
from tlstudio.model.pack_manifest import (
    LICENCES_NAME,
    MANIFEST_NAME,
    PackedBackbone,
    read_manifest,
    read_row,
    shown,
)
from tlstudio.model.tensor_header import read_header
from tlstudio.model.weight_store import keep_weights, models_folder, weights_facts

INCOMING = ".incoming-"
OLD_SECONDS = 86_400
NAMED = 5
LEAST_SHARE = 0.5
"""Of a backbone's values its weights hold at least so much; positions may be for a larger input."""


@dataclass(frozen=True)
class _Arrival:
    """A backbone that a pack brings."""

    packed: PackedBackbone
    backbone: Backbone
    is_new_network: bool


def import_pack(folder: Path) -> Iterator[Event]:
    """Take in every backbone of a pack; whatever is wrong with one of them, none is taken.

    Yields:
        Noted, Progress; last PackImported. Closing before it leaves nothing behind.

    Raises:
        NoPack: if the folder is none.
        PackTooNew, PackRefused: if it can't be used.
        PackNotImported: if there is no room.
    """
    if folder.name == MANIFEST_NAME and folder.is_file():
        folder = folder.parent
    folder = folder.absolute()
    manifest = read_manifest(folder)
    strays = _strays(folder, manifest.backbones)
    if strays:
        yield Noted(strays)
    arrivals = []
    for packed in manifest.backbones:
        arrival = _arrival(folder, packed)
        if isinstance(arrival, Noted):
            yield arrival
        else:
            _require_sound_weights(folder, arrival)
            arrivals.append(arrival)
    new = [arrival for arrival in arrivals if not _is_here(arrival)]
    here = [arrival.packed.name for arrival in arrivals if _is_here(arrival)]
    imported: list[str] = []
    copying = Copying("Importing the pack", sum(arrival.packed.bytes for arrival in new))
    try:
        models = models_folder()
        models.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(models)
        require_room(models, copying.total)
        with tempfile.TemporaryDirectory(prefix=INCOMING, dir=models, ignore_cleanup_errors=True) as incoming:
            for arrival in new:
                yield from _fetch(folder, arrival.packed, Path(incoming), copying)
            # Nobody is asked from here on, so that the pack comes as a whole.
            for arrival in new:
                _keep(arrival, Path(incoming))
                imported.append(arrival.packed.name)
    except OSError as error:
        raise PackNotImported(reason_of(error), imported) from error
    yield PackImported(imported, here, copying.total / 1e6)


def _arrival(folder: Path, packed: PackedBackbone) -> _Arrival | Noted:
    """What the entry brings, or why it is left out.

    Raises:
        PackRefused: if it would replace what it must not, or its files are not what it says.
    """
    try:
        backbone, is_new = find_backbone(packed.name), False
    except UnknownBackbone:
        if not packed.network:
            return Noted(f"{packed.name} was left out: this version of TL Studio does not know it.")
        content = _small_file(folder, packed)
        backbone, is_new = read_row(folder, packed, content), True
        if find_model(backbone.architecture) is None:
            return Noted(f"{packed.name} was left out: the timm that is installed here does not know it.")
    published = backbone.weights
    if published.bundled:
        raise PackRefused(folder.name, f"it would replace {packed.name}, which comes with TL Studio")
    if published.repo != packed.repo:
        return Noted(
            f"{packed.name} was left out: the pack has the weights “{packed.repo}”, and this version of "
            f"TL Studio knows those of “{published.repo}”."
        )
    if published.sha256 not in ("", packed.sha256):
        raise PackRefused(folder.name, f"“{packed.file}” is not what was published as {published.name}")
    return _Arrival(packed, backbone, is_new)


def _small_file(folder: Path, packed: PackedBackbone) -> bytes:
    path = folder / packed.network
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise PackRefused(folder.name, f"“{packed.network}” is a link, not a file")
        with path.open("rb") as file:
            content = file.read(CHUNK_BYTES)
    except OSError as error:
        raise PackRefused(folder.name, f"“{packed.network}” can't be read ({reason_of(error)})") from error
    if hashlib.sha256(content).hexdigest() != packed.network_sha256:
        raise PackRefused(folder.name, f"“{packed.network}” was altered or damaged on the way")
    return content


def _require_sound_weights(folder: Path, arrival: _Arrival) -> None:
    """Refuse a file that is no plain safetensors file of the right size and about the right contents."""
    packed, backbone = arrival.packed, arrival.backbone
    path = folder / packed.file
    try:
        facts = path.lstat()
        if not stat.S_ISREG(facts.st_mode):
            raise PackRefused(folder.name, f"“{packed.file}” is a link, not a file")
        if facts.st_size != packed.bytes:
            reason = f"“{packed.file}” has {facts.st_size:,} bytes instead of {packed.bytes:,}"
            raise PackRefused(folder.name, reason)
        entries = read_header(path)
    except OSError as error:
        raise PackRefused(folder.name, f"“{packed.file}” can't be read ({reason_of(error)})") from error
    except (WeightsNotFound, WeightsUnreadable) as error:
        raise PackRefused(folder.name, f"“{packed.file}” can't be used: {error.reason}") from error
    values = sum(entry.values for entry in entries.values())
    if values < LEAST_SHARE * backbone.parameters:
        reason = f"“{packed.file}” holds {values:,} values, and {backbone.title} has {backbone.parameters:,}"
        raise PackRefused(folder.name, reason)


def _fetch(folder: Path, packed: PackedBackbone, incoming: Path, copying: Copying) -> Iterator[Event]:
    """Copy the weights beside where they will lie, and verify what came."""
    try:
        with atomic.replacing(incoming / packed.file) as temporary:
            sha256 = yield from copy(folder / packed.file, temporary, packed.bytes, copying)
            if sha256 != packed.sha256:
                raise PackRefused(folder.name, f"“{packed.file}” was altered or damaged on the way")
        read_header(incoming / packed.file)  # the stick may have told something else the first time
    except (WeightsNotFound, WeightsUnreadable) as error:
        raise PackRefused(folder.name, f"“{packed.file}” can't be used: {error.reason}") from error


def _keep(arrival: _Arrival, incoming: Path) -> None:
    if arrival.is_new_network:
        adopt(arrival.backbone)
    keep_weights(arrival.backbone, incoming / arrival.packed.file, "pack", arrival.packed.sha256)


def _is_here(arrival: _Arrival) -> bool:
    facts = weights_facts(arrival.backbone)
    return facts is not None and facts.sha256 == arrival.packed.sha256


def _strays(folder: Path, backbones: Sequence[PackedBackbone]) -> str:
    """A sentence about the files that the manifest does not name; empty if there are none."""
    own = {MANIFEST_NAME, LICENCES_NAME}
    for packed in backbones:
        own |= {packed.file, packed.network}
    try:
        names = sorted(shown(path.name) for path in folder.iterdir() if path.name not in own)
    except OSError:
        return ""
    names = [name for name in names if not name.startswith(".")]
    if not names:
        return ""
    listed = ", ".join(names[:NAMED]) + (", …" if len(names) > NAMED else "")
    return f"Not in the pack's list, so ignored: {listed}."


def _remove_leftovers(models: Path) -> None:
    """Remove what an import left that was killed; one that runs now is not that old."""
    for path in models.glob(f"{INCOMING}*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > OLD_SECONDS:
                shutil.rmtree(path, ignore_errors=True)
