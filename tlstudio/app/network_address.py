"""Addresses that people type in for the one thing that needs the network: a proxy, a mirror."""

from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit, urlunsplit

SCHEMES = ("http", "https")


@dataclass(frozen=True)
class Address:
    """An address of http or https, its login taken out of it.

    Attributes:
        url: without user and password; empty for none.
        user: from the address, if one stood in it.
        password: likewise; never printed.
    """

    url: str = ""
    user: str = ""
    password: str = field(default="", repr=False)


class NotAnAddress(ValueError):
    """The reason, as one sentence for people."""


def read_address(text: str) -> Address:
    """The address that the text means; "proxy:8080" is one of http.

    Raises:
        NotAnAddress: if it is none; an empty text means none and is fine.
    """
    text = text.strip()
    if not text:
        return Address()
    if any(character.isspace() for character in text):
        raise NotAnAddress("An address has no spaces in it.")
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise NotAnAddress("The number behind the colon is no port.") from None
    if parts.scheme not in SCHEMES:
        raise NotAnAddress("An address begins with http:// or https://.")
    if not host:
        raise NotAnAddress("The name of the computer is missing, as in http://proxy.example.org:8080.")
    if parts.query or parts.fragment:
        raise NotAnAddress("An address ends before any “?” or “#”.")
    place = f"[{host}]" if ":" in host else host
    url = urlunsplit((parts.scheme, f"{place}:{port}" if port else place, parts.path.rstrip("/"), "", ""))
    return Address(url, unquote(parts.username or ""), unquote(parts.password or ""))


def with_login(url: str, user: str, password: str) -> str:
    """The address as programs take it, user and password before the host."""
    if not url or not user:
        return url
    login = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{login}@{rest}"
