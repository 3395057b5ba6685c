"""A key number with what it is called and what it means."""

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from tlstudio.app import theme
from tlstudio.app.widgets.labels import Label


class Figure(QWidget):
    """Label, number, help; "–" and why while there is no number."""

    def __init__(
        self,
        label: str,
        value: str = "–",
        help: str = "",  # noqa: A002 - the word of the design
        role: str = "figure",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._label = Label(label, "help", "text3")
        self._value = Label(value, role)
        self._help = Label(help, "help", "text2", wrap=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        for part in (self._label, self._value, self._help):
            self._column.addWidget(part)
        self._column.addStretch(1)
        self._help.setVisible(bool(help))
        theme.watcher().changed.connect(self._restyle)
        self._restyle()
        self._describe()

    def set_value(self, value: str, help: str | None = None) -> None:  # noqa: A002
        """Show another number; the help stays if none is given."""
        self._value.setText(value)
        if help is not None:
            self._help.setText(help)
            self._help.setVisible(bool(help))
        self._describe()

    def show_all(self, label: str, value: str, help: str) -> None:  # noqa: A002
        """Show another label, number and help, where what it is about changes."""
        self._label.setText(label)
        self.set_value(value, help)

    def title(self) -> str:
        """The label as it is shown."""
        return self._label.text()

    def value(self) -> str:
        """The number as it is shown."""
        return self._value.text()

    def set_token(self, token: str) -> None:
        """Give the number another colour, such as a dimmed one while it is old."""
        self._value.set_token(token)

    def _describe(self) -> None:
        said = f"{self._label.text()}: {self._value.text()}. {self._help.text()}"
        self.setAccessibleName(said.strip())

    def _restyle(self) -> None:
        self._column.setSpacing(theme.px(2))
