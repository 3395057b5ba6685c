"""What the user chose for the window on this computer, and which projects were open lately."""

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from platformdirs import user_config_dir, user_documents_dir

from tlstudio import atomic
from tlstudio.app.network_address import NotAnAddress, read_address, with_login

FILE_NAME = "preferences.json"
MAX_RECENT = 12
Theme = Literal["system", "light", "dark"]
THEMES: tuple[Theme, ...] = ("system", "light", "dark")
TEXT_PERCENTS = (100, 115, 130)
MOST_CACHE_GB = 10_000
OWNER_ONLY_FOLDER, OWNER_ONLY_FILE = 0o700, 0o600


@dataclass(frozen=True)
class Recent:
    """A project that was open.

    Attributes:
        name: its folder's name.
        path: of its folder; stays on this computer.
        opened_at: seconds since 1970.
    """

    name: str
    path: str
    opened_at: float = 0.0


@dataclass(frozen=True)
class Preferences:
    """All of it.

    Attributes:
        theme: "system", "light" or "dark".
        text_percent: size of all letters, 100, 115 or 130.
        projects_folder: where new projects go; empty for the default.
        recent: newest first.
        proxy: address of a company's proxy for downloads, without a login; empty for none.
        proxy_user: who asks the proxy; empty if it does not want to know.
        proxy_password: likewise; kept in the file that only this user may read, and printed nowhere.
        mirror: address to download from in place of huggingface.co; empty for that.
        cache_gb: what kept features of a project may take on the disk, 0 … 10,000; None for what the steps
            find sensible.
    """

    theme: Theme = "system"
    text_percent: int = 100
    projects_folder: str = ""
    recent: tuple[Recent, ...] = ()
    proxy: str = ""
    proxy_user: str = ""
    proxy_password: str = field(default="", repr=False)
    mirror: str = ""
    cache_gb: int | None = None

    def with_recent(self, folder: Path, opened_at: float) -> "Preferences":
        """With this project as the newest."""
        newest = Recent(folder.name, str(folder), opened_at)
        others = tuple(known for known in self.recent if known.path != newest.path)
        return replace(self, recent=(newest, *others)[:MAX_RECENT])

    def without_recent(self, path: str) -> "Preferences":
        """Without a project that is no more."""
        return replace(self, recent=tuple(known for known in self.recent if known.path != path))

    @property
    def projects_path(self) -> Path:
        """The folder that new projects are made in."""
        if self.projects_folder:
            return Path(self.projects_folder)
        return Path(user_documents_dir()) / "TL Studio"

    @property
    def proxy_with_login(self) -> str:
        """The proxy as the download takes it."""
        return with_login(self.proxy, self.proxy_user, self.proxy_password)


def config_folder() -> Path:
    """Where the preferences lie."""
    chosen = os.environ.get("TLSTUDIO_CONFIG_DIR")
    return Path(chosen) if chosen else Path(user_config_dir("tlstudio", appauthor=False))


def load() -> Preferences:
    """The saved preferences; whatever is missing or damaged is as at the first start."""
    try:
        content = json.loads((config_folder() / FILE_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return Preferences()
    return _from_json(content) if isinstance(content, dict) else Preferences()


def save(preferences: Preferences) -> bool:
    """Keep them; False if this computer does not let us."""
    try:
        folder = config_folder()
        folder.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
        text = json.dumps(asdict(preferences), ensure_ascii=False, indent=1) + "\n"
        atomic.write_text(folder / FILE_NAME, text, mode=OWNER_ONLY_FILE)  # it may hold a password
    except OSError:
        return False
    return True


def _from_json(content: dict[str, Any]) -> Preferences:
    theme = content.get("theme")
    percent = content.get("text_percent")
    folder = content.get("projects_folder")
    recent = content.get("recent")
    cache_gb = content.get("cache_gb")
    is_size = type(cache_gb) is int and 0 <= cache_gb <= MOST_CACHE_GB
    texts = {name: content.get(name) for name in ("proxy_user", "proxy_password")}
    return Preferences(
        theme=theme if theme in THEMES else "system",
        text_percent=percent if percent in TEXT_PERCENTS else 100,
        projects_folder=folder if isinstance(folder, str) else "",
        recent=tuple(_recents(recent if isinstance(recent, list) else [])),
        proxy=_address(content.get("proxy")),
        mirror=_address(content.get("mirror")),
        cache_gb=cache_gb if is_size else None,
        **{name: text for name, text in texts.items() if isinstance(text, str)},
    )


def _address(stored: object) -> str:
    with suppress(NotAnAddress):
        return read_address(stored).url if isinstance(stored, str) else ""
    return ""


def _recents(stored: list[Any]) -> list[Recent]:
    found = []
    for item in stored[:MAX_RECENT]:
        match item:
            case {"name": str(name), "path": str(path), "opened_at": int() | float() as opened_at}:
                found.append(Recent(name, path, float(opened_at)))
    return found
