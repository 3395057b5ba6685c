"""Weights packs are written: backbones in a folder, to be carried to a machine that has no network."""

import hashlib
import json
from collections.abc import Generator, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from tlstudio import atomic
from tlstudio.errors import reason_of
from tlstudio.events import Event, Noted
from tlstudio.model.backbone import Backbone, is_non_commercial
from tlstudio.model.backbones import BACKBONES, TEST_BACKBONES, find_backbone
from tlstudio.model.errors import WeightsDamaged
from tlstudio.model.events import PackWritten
from tlstudio.model.pack_errors import NoPack, NothingToPack, PackNeedsWeights, PackNotWritable, PackRefused
from tlstudio.model.pack_files import Copying, copy, require_room
from tlstudio.model.pack_manifest import (
    LICENCES_NAME,
    PackedBackbone,
    read_manifest,
    row_name,
    weights_name,
    write_manifest,
)
from tlstudio.model.weight_store import weights_sha256, weights_state


def pack(names: Sequence[str], to: Path) -> Iterator[Event]:
    """Write the weights of these backbones into a folder, whose manifest is replaced last.

    What an earlier pack in that folder holds besides stays in it.

    Yields:
        Noted, Progress; last PackWritten.

    Raises:
        UnknownBackbone: if there is no such backbone.
        ModelError: if weights are not on this computer or damaged, or the folder can't be written.
    """
    rows = [find_backbone(name) for name in dict.fromkeys(names)]
    bundled = [row for row in rows if row.weights.bundled]
    rows = [row for row in rows if not row.weights.bundled]
    if not rows:
        raise NothingToPack([row.title for row in bundled])
    for row in bundled:
        yield Noted(f"{row.title} comes with TL Studio on every machine, so it is not in the pack.")
    states = {row.name: weights_state(row) for row in rows}
    missing = [row for row in rows if states[row.name].path is None]
    if missing:
        published = [row.name for row in missing if row.weights.repo]
        raise PackNeedsWeights([row.name for row in missing], published)
    copying = Copying("Writing the pack", sum(state.size_bytes for state in states.values()))
    try:
        to.mkdir(parents=True, exist_ok=True)
        require_room(to, copying.total)
        entries = _kept(to, {row.name for row in rows})
        for row in rows:
            entry = yield from _packed(row, to, copying)
            entries.append(entry)
        atomic.write_text(to / LICENCES_NAME, _licences(entries))
        write_manifest(to, entries)
    except OSError as error:
        raise PackNotWritable(reason_of(error)) from error
    yield PackWritten(str(to), [row.name for row in rows], copying.done / 1e6)


def _packed(row: Backbone, to: Path, copying: Copying) -> Generator[Event, None, PackedBackbone]:
    """One backbone's files, written; the generator's value is their entry in the manifest."""
    source = weights_state(row).path
    if source is None:
        raise PackNeedsWeights([row.name], [row.name])
    size_bytes = source.stat().st_size
    with atomic.replacing(to / weights_name(row.name)) as temporary:
        sha256 = yield from copy(source, temporary, size_bytes, copying)
        if weights_sha256(row) not in ("", sha256):
            raise WeightsDamaged(row.title, source.name)
    network = network_sha256 = ""
    if row.name not in BACKBONES and row.name not in TEST_BACKBONES:
        content = (json.dumps(asdict(row), ensure_ascii=False, indent=2) + "\n").encode()
        network, network_sha256 = row_name(row.name), hashlib.sha256(content).hexdigest()
        atomic.write_bytes(to / network, content)
    weights = row.weights
    return PackedBackbone(
        row.name, weights_name(row.name), size_bytes, sha256, weights.licence, weights.source, weights.repo,
        network, network_sha256,
    )  # fmt: skip


def _kept(to: Path, replaced: set[str]) -> list[PackedBackbone]:
    """What an earlier pack in the folder holds besides."""
    try:
        earlier = read_manifest(to).backbones
    except (NoPack, PackRefused):
        return []
    return [
        packed
        for packed in earlier
        if packed.name not in replaced and _size(to / packed.file) == packed.bytes
    ]


def _licences(entries: Sequence[PackedBackbone]) -> str:
    texts = [
        f"{packed.name}\n  File     {packed.file}\n  Licence  {_terms(packed.licence)}\n"
        f"  Source   {packed.source or 'unknown'}\n"
        for packed in sorted(entries, key=lambda packed: packed.name)
    ]
    head = (
        "Pretrained weights for TL Studio, each under the licence of those who made it.\n"
        "On the other machine: tlstudio backbones import FOLDER, or drop this folder on the window.\n"
    )
    return "\n".join([head, *texts])


def _terms(licence: str) -> str:
    return f"{licence}, not for commercial use" if is_non_commercial(licence) else licence or "unknown"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
