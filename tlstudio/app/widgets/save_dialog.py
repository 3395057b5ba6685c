"""Asks where a file shall be saved."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget


def ask_where_to_save(parent: QWidget, title: str, suggested: Path, kind: str) -> Path | None:
    """The file that the user names, with the suffix; whether to replace one was asked. None if cancelled.

    Args:
        parent: that the dialog stands before.
        title: of the dialog.
        suggested: the file that it proposes; its suffix is added to other names.
        kind: for people, such as "Table".
    """
    dialog = QFileDialog(parent, title, str(suggested.parent), f"{kind} (*{suggested.suffix})")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suggested.suffix[1:])  # before it asks about replacing a file
    dialog.selectFile(suggested.name)
    is_chosen, chosen = bool(dialog.exec()), dialog.selectedFiles()
    dialog.deleteLater()
    return Path(chosen[0]) if is_chosen and chosen else None
