"""One published weights file at a Hugging Face hub: what the hub tells about it, and its bytes.

The only module that opens the network. It sends nothing about the user: no account token, no telemetry.
"""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ssl import SSLCertVerificationError
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx2
from huggingface_hub import (
    close_session,
    constants,
    get_hf_file_metadata,
    get_session,
    hf_hub_url,
    is_offline_mode,
    set_client_factory,
)
from huggingface_hub.errors import HfHubHTTPError

from tlstudio import __version__
from tlstudio.errors import ModelError
from tlstudio.model.backbone import Backbone
from tlstudio.model.download_errors import (
    AccessRefused,
    AddressNotUsable,
    CertificateRefused,
    HubUnwell,
    NoConnection,
    NotAHub,
    NotAtTheHub,
    ProxyRefused,
)

ANSWER_SECONDS = 8.0
SILENCE_SECONDS = 10.0
"""After so long without a byte a download is cut short; it can continue later."""

HEADERS = {"user-agent": f"tlstudio/{__version__}", "accept-encoding": "identity"}
MIRROR_EXAMPLE = "https://hub.company.com"
PROXY_EXAMPLE = "http://name:password@proxy.company.com:8080"


@dataclass(frozen=True)
class Offer:
    """The file as the hub offers it.

    Attributes:
        address: where its bytes are, often at another host.
        size_bytes: as announced.
        sha256: as announced, in hexadecimal; empty if the hub keeps none.
    """

    address: str
    size_bytes: int
    sha256: str


class Silence(Exception):
    """The server or the network went away before everything had come."""

    def __init__(self, *, is_timeout: bool) -> None:
        super().__init__(is_timeout)
        self.is_timeout = is_timeout


class HubFile:
    """The published weights of a backbone, within reach for as long as the block lasts.

    One at a time in a process: the hub's library keeps one connection for all.

    Attributes:
        is_connected: set while somebody at the other end listens.
        host: where the hub or its mirror is.
    """

    def __init__(self, backbone: Backbone, mirror: str = "", proxy: str = "") -> None:
        """Find the way; nothing is opened yet.

        Args:
            backbone: whose weights.
            mirror: address of a hub; empty for HF_ENDPOINT or Hugging Face itself.
            proxy: address, with name and password if it wants them; empty for the environment's.

        Raises:
            AddressNotUsable: if one of the addresses is none.
        """
        self._title = backbone.title
        self._weights = backbone.weights
        self._endpoint = _checked(mirror or constants.ENDPOINT, "mirror", MIRROR_EXAMPLE).rstrip("/")
        self._proxy = _checked(proxy, "proxy", PROXY_EXAMPLE) if proxy else None
        self._tried = ""
        self._socket: socket.socket | None = None
        self._is_left = False
        self.is_connected = threading.Event()
        self.host = _host(self._endpoint)

    def __enter__(self) -> "HubFile":
        if is_offline_mode():
            raise RuntimeError("only a process that was started for a download may open the network")
        set_client_factory(self._client)
        return self

    def __exit__(self, *_: object) -> None:
        self.hang_up()
        close_session()

    def look_up(self) -> Offer:
        """What the hub tells about the file.

        Raises:
            ModelError: if nobody is there, or what answers has no such file.
            Silence: if the answer doesn't come.
        """
        address = hf_hub_url(self._weights.repo, self._weights.file, endpoint=self._endpoint)
        with self._told(self.host):
            # Without a token: a mirror has no business with the user's account, and public files need none.
            told = get_hf_file_metadata(address, token=False, timeout=ANSWER_SECONDS, headers=dict(HEADERS))
        if told.commit_hash is None or told.size is None:
            raise NotAHub(self.host, "not as Hugging Face or a mirror of it does")
        location = urljoin(address, told.location)
        if urlsplit(location).scheme not in ("https", urlsplit(self._endpoint).scheme):
            raise NotAHub(self.host, "it sends on to an address without encryption")
        return Offer(location, told.size, _sha256(told.etag or ""))

    @contextmanager
    def opened(self, offer: Offer, start: int) -> Iterator[tuple[int, Iterator[bytes]]]:
        """The number of the first byte that comes, `start` or 0, and the bytes.

        Raises:
            ModelError: if nobody is there, or what answers has no such file.
            Silence: if the connection is lost on the way.
        """
        headers = HEADERS | ({"range": f"bytes={start}-"} if start else {})
        host = _host(offer.address)
        with (
            self._told(host),
            get_session().stream(
                "GET", offer.address, headers=headers, timeout=httpx2.Timeout(SILENCE_SECONDS)
            ) as response,
        ):
            stream = response.extensions.get("network_stream")
            self._socket = None if stream is None else stream.get_extra_info("socket")
            if self._is_left:  # while the connection was made
                raise Silence(is_timeout=False)
            response.raise_for_status()
            if response.headers.get("content-type", "").startswith("text/html"):
                raise NotAHub(host, "it sends a web page instead of weights")
            yield (start if _continues(response, start) else 0), response.iter_raw()

    def no_connection(self) -> NoConnection:
        """The error that names whom nobody could reach: the hub, or the proxy on the way to it."""
        return NoConnection(self._tried or self.host)

    def hang_up(self) -> None:
        """End what is under way, from any thread and for good: whoever waits for bytes gets no more."""
        self._is_left = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _client(self) -> httpx2.Client:
        try:
            return httpx2.Client(
                proxy=self._proxy, follow_redirects=True, event_hooks={"request": [self._watch]}
            )
        except (ValueError, ImportError, httpx2.InvalidURL):
            # The reason quotes the address, which may hold a password.
            raise AddressNotUsable("proxy", PROXY_EXAMPLE) from None

    def _watch(self, request: httpx2.Request) -> None:
        self.is_connected.clear()
        request.extensions = {**request.extensions, "trace": self._trace}

    def _trace(self, name: str, info: Mapping[str, Any]) -> None:
        if name == "connection.connect_tcp.started":
            self._tried = f"{info['host']}:{info['port']}".removesuffix(":443")
        elif name.endswith(("connect_tcp.complete", "send_request_headers.started")):
            self.is_connected.set()

    @contextmanager
    def _told(self, host: str) -> Iterator[None]:
        """What goes wrong in the block, in words for people."""
        try:
            yield
        except (HfHubHTTPError, httpx2.HTTPStatusError) as error:
            code = error.response.headers.get("x-error-code", "")
            raise self._refusal(host, error.response.status_code, code) from error
        except httpx2.ProxyError:
            raise ProxyRefused(self._tried) from None
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            if _is_certificate_refused(error):
                raise CertificateRefused(host) from error
            raise self.no_connection() from error
        except (httpx2.TransportError, httpx2.StreamError) as error:
            raise Silence(is_timeout=isinstance(error, httpx2.TimeoutException)) from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise NotAHub(host, "not as Hugging Face or a mirror of it does") from error

    def _refusal(self, host: str, status: int, code: str) -> ModelError:
        if status == 407:
            return ProxyRefused(self._tried)
        if status in (401, 403) and code != "RepoNotFound":
            return AccessRefused(self._title, host, status, self._weights.source)
        if status in (401, 404, 410):
            return NotAtTheHub(self._title, host, f"{self._weights.repo}/{self._weights.file}")
        return HubUnwell(host, status)


def _checked(address: str, what: str, example: str) -> str:
    """The address, "host:port" taken for one of http.

    Raises:
        AddressNotUsable: if it is none; the error doesn't quote it, as it may hold a password.
    """
    whole = address if "://" in address else f"http://{address}"
    with suppress(ValueError):
        parts = urlsplit(whole)
        is_port = parts.port is None or parts.port > 0
        if parts.scheme in ("http", "https") and parts.hostname and is_port and " " not in whole:
            return whole
    raise AddressNotUsable(what, example)


def _host(address: str) -> str:
    """The host with its port, if that is not the usual one; never name and password."""
    return urlsplit(address).netloc.rpartition("@")[2]


def _sha256(etag: str) -> str:
    is_sha256 = len(etag) == 64 and all(character in "0123456789abcdef" for character in etag)
    return etag if is_sha256 else ""


def _continues(response: httpx2.Response, start: int) -> bool:
    """Whether the answer begins at the byte that was asked for, and not at the file's first."""
    return response.status_code == 206 and response.headers.get("content-range", "").startswith(
        f"bytes {start}-"
    )


def _is_certificate_refused(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False
