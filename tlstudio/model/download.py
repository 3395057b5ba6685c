"""A backbone's published weights come to this computer: checked, whole or not at all."""

import hashlib
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from shutil import disk_usage

from filelock import FileLock, Timeout

from tlstudio.errors import ModelError, reason_of
from tlstudio.events import Event, Noted
from tlstudio.model import weight_store
from tlstudio.model.backbone import Backbone
from tlstudio.model.download_errors import (
    ChecksumWrong,
    ConnectionLost,
    DiskTooFull,
    ModelsFolderNotWritable,
    NotAHub,
    NothingToDownload,
    NotItsWeights,
    NotTheKnownFile,
    SizeNotPlausible,
)
from tlstudio.model.errors import WeightsNotFound, WeightsUnreadable
from tlstudio.model.events import DownloadProgressed, WeightsDownloaded
from tlstudio.model.hub import HubFile, Offer, Silence
from tlstudio.model.tensor_header import read_header
from tlstudio.model.transfer import LOOK_SECONDS, Transfer, Work, size_of, watched

PARTS_FOLDER = ".downloads"
"""In the model folder: what has come of files that are not whole yet."""

SPARE_BYTES = 20_000_000
"""Left free on the disk, for the projects on it."""

MOST_CLASSES = 22_000
"""Where nobody noted how many classes the published classifier has: as many as the largest have."""


def download(backbone: Backbone, mirror: str = "", proxy: str = "") -> Iterator[Event]:
    """Fetch the backbone's published weights into the model folder; what came before is continued.

    Closing this stops it. What has come is kept then, as it is when the connection is lost.

    Args:
        backbone: a row of the table, or an adopted network.
        mirror: address of a hub; empty for HF_ENDPOINT or Hugging Face itself.
        proxy: address, with name and password if it wants them; empty for the environment's.

    Yields:
        Noted, DownloadProgressed; last WeightsDownloaded.

    Raises:
        ModelError: if the weights can't be had, or what came is not them.
    """
    if not backbone.weights.repo:
        raise NothingToDownload(backbone.title, is_bundled=bool(backbone.weights.bundled))
    started = time.monotonic()
    file = HubFile(backbone, mirror, proxy)
    parts = _parts_folder()
    lock = FileLock(parts / f"{backbone.name}.lock", thread_local=False)
    yield from _turn(lock, backbone, parts)
    try:
        sha256 = _sound_copy(backbone)
        if not sha256:
            with file:
                sha256 = yield from _fetched(backbone, file, parts)
    finally:
        lock.release()
    megabytes = weight_store.weights_state(backbone).size_bytes / 1e6
    yield WeightsDownloaded(backbone.name, sha256, megabytes, time.monotonic() - started)


def _parts_folder() -> Path:
    parts = weight_store.models_folder() / PARTS_FOLDER
    try:
        parts.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ModelsFolderNotWritable(reason_of(error)) from error
    return parts


def _turn(lock: FileLock, backbone: Backbone, parts: Path) -> Iterator[Event]:
    """Wait until nobody else downloads the same weights; meanwhile their progress is told."""
    is_told = False
    while True:
        try:
            lock.acquire(timeout=LOOK_SECONDS if is_told else 0)
        except Timeout:
            if not is_told:
                yield Noted(f"The weights of {backbone.title} are on their way already; this waits for them.")
            is_told = True
            done = _kept_bytes(parts, backbone)
            yield DownloadProgressed(backbone.name, done, max(backbone.weights.size_bytes, done))
        except OSError as error:
            raise ModelsFolderNotWritable(reason_of(error)) from error
        else:
            return


def _sound_copy(backbone: Backbone) -> str:
    """The checksum of the weights that are here already and unchanged; empty if there are none."""
    facts, path = weight_store.weights_facts(backbone), weight_store.weights_file(backbone)
    if facts is None or path is None or weight_store.file_sha256(path) != facts.sha256:
        return ""
    return facts.sha256


def _fetched(backbone: Backbone, file: HubFile, parts: Path) -> Generator[Event, None, str]:
    before = _kept_bytes(parts, backbone)
    total = max(backbone.weights.size_bytes, before)
    try:
        offer = yield from watched(
            Work(file.look_up), file, lambda: DownloadProgressed(backbone.name, before, total)
        )
    except Silence as error:
        raise ConnectionLost(backbone.title, before, total, is_silent=error.is_timeout) from error
    _require_plausible(backbone, file.host, offer)
    part = _part(parts, backbone, offer)
    transfer = Transfer(file, offer, part)
    _require_space(offer.size_bytes - transfer.done_bytes, parts)
    try:
        return (yield from _transferred(backbone, file, offer, part, transfer))
    except ModelError:
        if not part.exists():  # it was deleted: nothing of it is here any more
            yield DownloadProgressed(backbone.name, 0, offer.size_bytes)
        raise


def _transferred(
    backbone: Backbone, file: HubFile, offer: Offer, part: Path, transfer: Transfer
) -> Generator[Event, None, str]:
    try:
        yield from watched(
            Work(transfer.run),
            file,
            lambda: DownloadProgressed(backbone.name, transfer.done_bytes, offer.size_bytes),
        )
    except Silence as error:
        raise ConnectionLost(
            backbone.title, transfer.done_bytes, offer.size_bytes, is_silent=error.is_timeout
        ) from error
    yield DownloadProgressed(backbone.name, transfer.done_bytes, offer.size_bytes)
    try:
        sha256 = _checked(part, backbone, file.host, offer)
        weight_store.keep_weights(backbone, part, "download", sha256)
    except OSError as error:
        raise ModelsFolderNotWritable(reason_of(error)) from error
    return sha256


def _require_plausible(backbone: Backbone, host: str, offer: Offer) -> None:
    """Refuse before a byte has come what can't be the weights.

    Raises:
        ModelError: if the file is another one, can't be checked, or is far too large.
    """
    known = backbone.weights.sha256
    if known and offer.sha256 and offer.sha256 != known:
        raise NotTheKnownFile(backbone.title, host)
    if not known and not offer.sha256:
        raise NotAHub(host, "it tells no checksum, so what it sends could not be checked")
    expected = backbone.weights.size_bytes or 4 * _values(backbone, MOST_CLASSES)
    if offer.size_bytes > 2 * expected + 1_000_000:
        raise SizeNotPlausible(backbone.title, host, offer.size_bytes, expected)


def _part(parts: Path, backbone: Backbone, offer: Offer) -> Path:
    """Where the file grows; parts of other files for the same backbone are removed."""
    # The checksum is in the name, so that no file is ever continued with the bytes of another.
    version = hashlib.sha256(f"{offer.sha256} {offer.size_bytes}".encode()).hexdigest()[:16]
    part = parts / f"{backbone.name}@{version}.part"
    for old in parts.glob(f"{backbone.name}@*.part"):
        if old != part or size_of(old) > offer.size_bytes:
            old.unlink(missing_ok=True)
    return part


def _require_space(needed_bytes: int, folder: Path) -> None:
    free = disk_usage(folder).free
    if needed_bytes + SPARE_BYTES > free:
        raise DiskTooFull(needed_bytes, free)


def _checked(part: Path, backbone: Backbone, host: str, offer: Offer) -> str:
    """The checksum of the whole file, once it is known to be the weights; another file is deleted.

    Raises:
        ModelError: if it is another file.
        OSError: if it can't be read.
    """
    sha256 = weight_store.file_sha256(part)
    try:
        if any(expected and sha256 != expected for expected in (offer.sha256, backbone.weights.sha256)):
            if _is_web_page(part):
                raise NotAHub(host, "it sends a web page instead of weights")
            raise ChecksumWrong(backbone.title)
        values = sum(tensor.values for tensor in read_header(part).values())
        if not 0.9 * _values(backbone) <= values <= 1.3 * _values(backbone, MOST_CLASSES):
            raise NotItsWeights(
                backbone.title, f"it holds {values:,} values, the network {backbone.parameters:,}"
            )
    except (WeightsUnreadable, WeightsNotFound) as error:
        part.unlink(missing_ok=True)
        raise NotItsWeights(backbone.title, "it is no safetensors file, or a damaged one") from error
    except ModelError:
        part.unlink(missing_ok=True)
        raise
    return sha256


def _values(backbone: Backbone, unknown_classes: int = 0) -> int:
    """How many numbers the published file holds, about, with its classifier."""
    return backbone.parameters + (backbone.features + 1) * (backbone.weights.classes or unknown_classes)


def _is_web_page(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(64).lstrip().startswith(b"<")


def _kept_bytes(parts: Path, backbone: Backbone) -> int:
    return max((size_of(part) for part in parts.glob(f"{backbone.name}@*.part")), default=0)
