"""Word of downloads that end while their page is not in sight."""

from typing import Protocol

from PySide6.QtCore import QObject, Slot

from tlstudio.app.model_choice import title_of
from tlstudio.app.page import Page
from tlstudio.app.session import Session
from tlstudio.app.widgets.message_bar import MessageBar
from tlstudio.app.widgets.toast import Toast


class Shell(Protocol):
    """What of the window takes part."""

    session: Session
    page: Page | None
    message: MessageBar
    toast: Toast

    def show_page(self, name: str) -> None:
        """Show that page."""


class DownloadNews(QObject):
    """A toast for weights that have come, a message for a download that failed."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.toast)
        self._shell = shell
        shell.session.downloads.arrived.connect(self._arrived)
        shell.session.downloads.failed.connect(self._failed)

    @Slot(str)
    def _arrived(self, name: str) -> None:
        if not self._is_in_sight():
            self._shell.toast.say(f"{title_of(name)} works offline now")

    @Slot(str)
    def _failed(self, name: str) -> None:
        download = self._shell.session.downloads.of(name)
        if self._is_in_sight() or download is None or download.problem is None:
            return
        problem = download.problem
        text = f"{title_of(name)}: {problem.message} {problem.what_to_try}".strip()
        self._shell.message.say("bad", f"{problem.title.rstrip('.')}.", text, [("Go to Model", self._go)])

    def _go(self) -> None:
        self._shell.show_page("model")

    def _is_in_sight(self) -> bool:
        return self._shell.page is not None and self._shell.page.name == "model"
