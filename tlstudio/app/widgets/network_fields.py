"""The fields for what a download may have to go through: a company's proxy, a mirror."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from tlstudio.app import theme
from tlstudio.app.network_address import NotAnAddress, read_address
from tlstudio.app.preferences import Preferences
from tlstudio.app.widgets.labels import Label, label

PURPOSE = (
    "Used for one thing only: when you press Download for a network's weights. "
    "Your images and results never leave this computer."
)
LOGIN_NOTE = "The password is kept in a file on this computer that only you may read, and never shown."


class NetworkFields(QWidget):
    """Four fields; an address that can't be one is told of and not kept.

    Signals:
        changed: the Preferences with what was typed.
    """

    changed = Signal(object)

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self.preferences = preferences
        self.proxy = _line("Company proxy", "http://proxy.example.org:8080", preferences.proxy)
        self.user = _line("Proxy user", "if it asks for one", preferences.proxy_user)
        self.password = _line("Proxy password", "", preferences.proxy_password)
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData)
        self.mirror = _line("Mirror address", "https://huggingface.co", preferences.mirror)
        self.proxy_reason = _reason()
        self.mirror_reason = _reason()
        self.proxy.editingFinished.connect(self._proxy_typed)
        self.user.editingFinished.connect(self._login_typed)
        self.password.editingFinished.connect(self._login_typed)
        self.mirror.editingFinished.connect(self._mirror_typed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        column.addWidget(label("Network", "body_medium"))
        column.addWidget(label(PURPOSE, "help", "text2", wrap=True))
        column.addLayout(self._grid())
        self._enable_login()

    def settle(self) -> None:
        """Keep what was typed last, although its field was not left."""
        self._proxy_typed()
        self._mirror_typed()

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(12))
        grid.setVerticalSpacing(theme.px(6))
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        grid.addWidget(_name_of(self.proxy), 0, 0)
        grid.addWidget(self.proxy, 0, 1, 1, 3)
        grid.addWidget(self.proxy_reason, 1, 1, 1, 3)
        grid.addWidget(_name_of(self.user), 2, 0)
        grid.addWidget(self.user, 2, 1)
        grid.addWidget(_name_of(self.password, "Password"), 2, 2)
        grid.addWidget(self.password, 2, 3)
        grid.addWidget(label(LOGIN_NOTE, "help", "text3", wrap=True), 3, 1, 1, 3)
        grid.addWidget(_name_of(self.mirror), 4, 0)
        grid.addWidget(self.mirror, 4, 1, 1, 3)
        grid.addWidget(self.mirror_reason, 5, 1, 1, 3)
        return grid

    def _proxy_typed(self) -> None:
        try:
            read = read_address(self.proxy.text())
        except NotAnAddress as error:
            _tell(self.proxy_reason, f"{error} The one before is kept.")
            return
        _tell(self.proxy_reason, "")
        if read.user:  # pasted with its login, whose password must not stay in sight
            self.user.setText(read.user)
            self.password.setText(read.password)
        self.proxy.setText(read.url)
        self._enable_login()
        self._login_typed()

    def _login_typed(self) -> None:
        user = self.user.text().strip()
        password = self.password.text() if user else ""
        is_address = not self.proxy_reason.text()
        proxy = read_address(self.proxy.text()).url if is_address else self.preferences.proxy
        self._change(replace(self.preferences, proxy=proxy, proxy_user=user, proxy_password=password))

    def _mirror_typed(self) -> None:
        try:
            read = read_address(self.mirror.text())
            if read.user or read.password:
                raise NotAnAddress("A mirror takes no user and password.")
        except NotAnAddress as error:
            _tell(self.mirror_reason, f"{error} The one before is kept.")
            return
        _tell(self.mirror_reason, "")
        self.mirror.setText(read.url)
        self._change(replace(self.preferences, mirror=read.url))

    def _enable_login(self) -> None:
        for field in (self.user, self.password):
            field.setEnabled(bool(self.proxy.text()))

    def _change(self, preferences: Preferences) -> None:
        if preferences != self.preferences:
            self.preferences = preferences
            self.changed.emit(preferences)


def _line(name: str, example: str, text: str) -> QLineEdit:
    made = QLineEdit(text)
    made.setAccessibleName(name)
    made.setPlaceholderText(example)
    return made


def _name_of(field: QLineEdit, name: str = "") -> Label:
    made = label(name or field.accessibleName(), "help", "text2")
    made.setBuddy(field)
    return made


def _reason() -> Label:
    made = Label("", "help", "bad_text", wrap=True)
    made.hide()
    return made


def _tell(reason: Label, words: str) -> None:
    reason.setText(words)
    reason.setVisible(bool(words))
