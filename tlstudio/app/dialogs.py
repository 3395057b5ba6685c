"""The dialogs that the rail opens: imported when they are first asked for, gone when they are closed."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from tlstudio.app.preferences import Preferences
from tlstudio.app.session import Session


def show_help(parent: QWidget) -> None:
    """Explain the program until the user has read enough."""
    from tlstudio.app.widgets.help_dialog import HelpDialog  # noqa: PLC0415

    dialog = HelpDialog(parent)
    dialog.exec()
    dialog.deleteLater()  # its parent would keep it, and all that it is connected to


def show_preferences(
    parent: QWidget, chosen: Preferences, session: Session, changed: Callable[[Preferences], None]
) -> None:
    """Let the user change preferences; `changed` is called with each change."""
    from tlstudio.app.widgets.preferences_dialog import PreferencesDialog  # noqa: PLC0415

    dialog = PreferencesDialog(chosen, parent, session)
    dialog.changed.connect(changed)
    dialog.exec()
    dialog.deleteLater()
