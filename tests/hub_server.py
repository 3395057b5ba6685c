"""A small server that speaks the hub's protocol on this computer, and misbehaves on demand.

`python tests/hub_server.py timm/resnet10t.c3_in1k=model.safetensors [--port N] [--drop-at BYTE] …` serves
files until Ctrl-C, for trying a download by hand.
"""

import argparse
import base64
import contextlib
import hashlib
import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

CHUNK_BYTES = 4096
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Manners:
    """How the server treats whoever asks; as it stands, well."""

    drop_at: int | None = None  # the connection breaks before this byte of the file
    stall_at: int | None = None  # nothing comes from this byte on, and the connection stays
    is_mute: bool = False  # requests are taken and never answered
    status: int = 200
    error_code: str = ""  # X-Error-Code, as the hub names what is wrong
    claimed_bytes: int | None = None
    etag: str | None = None  # instead of the SHA-256 of the file
    damaged: bool = False  # other bytes of the same length
    page: bytes = b""  # a web page instead of the file, whatever is asked
    redirect_to: str = ""  # another server that holds the bytes
    is_hub: bool = True  # a plain web server knows no commits and no linked files
    ignores_range: bool = False
    before_chunk: Callable[[int], None] = field(default=lambda _: None)  # is told the offset


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]


class LocalServer:
    """A web server on a free port of this computer, for as long as the block lasts."""

    handler: type[BaseHTTPRequestHandler]

    def __init__(self, port: int = 0, certificate: Path | None = None) -> None:
        self.asked: list[Asked] = []
        self.is_closing = threading.Event()
        self._server = _Threads(("127.0.0.1", port), self.handler)
        self._server.owner = self
        self.port = self._server.server_address[1]
        self.address = f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            # The handshake is left to the thread of each request.
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def of(self, method: str) -> list[Asked]:
        """Every request of that kind so far."""
        return [one for one in self.asked if one.method == method]


class _Threads(ThreadingHTTPServer):
    daemon_threads = True
    owner: LocalServer

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever asked has left; that is often what a test is about."""


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def note(self) -> LocalServer:
        owner: LocalServer = self.server.owner  # type: ignore[attr-defined]
        owner.asked.append(Asked(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))
        return owner

    def answer(self, status: int, headers: dict[str, object], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in {"Content-Length": len(body), **headers}.items():
            self.send_header(name, str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class _HubHandler(_Answering):
    def do_HEAD(self) -> None:
        self._serve()

    def do_GET(self) -> None:
        self._serve()

    def _serve(self) -> None:
        hub = self.note()
        assert isinstance(hub, HubServer)
        manners = hub.manners
        if manners.is_mute:
            hub.is_closing.wait()
        if manners.page:
            self.answer(200, {"Content-Type": "text/html"}, manners.page)
        elif manners.status != 200:
            headers = {"X-Error-Code": manners.error_code} if manners.error_code else {}
            self.answer(manners.status, headers, b"refused")
        elif self.path not in hub.files:
            self.answer(404, {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT})
        elif manners.redirect_to:
            self.answer(302, {**self._facts(hub), "Location": manners.redirect_to + self.path})
        else:
            self._send(hub)

    def _facts(self, hub: "HubServer") -> dict[str, object]:
        manners, content = hub.manners, hub.files[self.path]
        if not manners.is_hub:
            return {"ETag": f'"{len(content):x}-5f0c"'}
        etag = hashlib.sha256(content).hexdigest() if manners.etag is None else manners.etag
        size = len(content) if manners.claimed_bytes is None else manners.claimed_bytes
        return {
            "X-Repo-Commit": COMMIT,
            "X-Linked-Etag": f'"{etag}"',
            "X-Linked-Size": size,
            "ETag": f'"{etag}"',
        }

    def _send(self, hub: "HubServer") -> None:
        manners, content = hub.manners, hub.files[self.path]
        total = len(content) if manners.claimed_bytes is None else manners.claimed_bytes
        start, wanted = 0, self.headers.get("Range", "")
        if wanted and not manners.ignores_range:
            start = int(wanted.removeprefix("bytes=").split("-")[0])
        self.send_response(206 if start else 200)
        for name, value in self._facts(hub).items():
            self.send_header(name, str(value))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(total - start))
        self.end_headers()
        if self.command == "GET":
            sent = bytes(255 - byte for byte in content) if manners.damaged else content
            self._send_bytes(hub, sent, start)

    def _send_bytes(self, hub: "HubServer", content: bytes, start: int) -> None:
        manners = hub.manners
        stops = [stop for stop in (manners.drop_at, manners.stall_at) if stop is not None]
        end = min([len(content), *stops])
        for offset in range(start, end, CHUNK_BYTES):
            manners.before_chunk(offset)
            chunk = content[offset : min(offset + CHUNK_BYTES, end)]
            self.wfile.write(chunk)
            hub.count(len(chunk))
        if end == manners.stall_at:
            hub.is_closing.wait()
        if end < len(content):
            self.close_connection = True


class HubServer(LocalServer):
    """A hub of one's own.

    Attributes:
        manners: may be changed at any time.
        files: their content by path of the address.
        served: how many bytes of files were sent.
        asked: every request.
    """

    handler = _HubHandler

    def __init__(self, port: int = 0, certificate: Path | None = None) -> None:
        super().__init__(port, certificate)
        self.manners = Manners()
        self.files: dict[str, bytes] = {}
        self.served = 0
        self._count = threading.Lock()

    def publish(self, repo: str, content: bytes, file: str = "model.safetensors") -> str:
        """Offer a file; returns its SHA-256."""
        self.files[f"/{repo}/resolve/main/{file}"] = content
        return hashlib.sha256(content).hexdigest()

    def count(self, sent: int) -> None:
        """Some bytes of a file were sent."""
        with self._count:
            self.served += sent


class _ProxyHandler(_Answering):
    def do_HEAD(self) -> None:
        self._pass_on()

    def do_GET(self) -> None:
        self._pass_on()

    def do_CONNECT(self) -> None:
        if not self._is_allowed():
            return
        host, _, port = self.path.partition(":")
        with socket.create_connection((host, int(port))) as there:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=self._copy, args=(there, self.connection), daemon=True)
            back.start()
            self._copy(self.connection, there)
            back.join()
        self.close_connection = True

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(65_536):
                target.sendall(chunk)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def _is_allowed(self) -> bool:
        proxy = self.note()
        assert isinstance(proxy, ProxyServer)
        wanted = base64.b64encode(proxy.credentials.encode()).decode()
        if proxy.credentials and self.headers.get("Proxy-Authorization") != f"Basic {wanted}":
            self.answer(407, {"Proxy-Authenticate": "Basic"})
            return False
        return True

    def _pass_on(self) -> None:
        if not self._is_allowed():
            return
        target = urlsplit(self.path)
        connection = http.client.HTTPConnection(target.netloc)
        passed = {name: value for name, value in self.headers.items() if not name.startswith("Proxy-")}
        connection.request(self.command, target.path, headers=passed)
        response = connection.getresponse()
        body = response.read()
        kept = {name: value for name, value in response.getheaders() if name not in ("Date", "Server")}
        connection.close()
        self.answer(response.status, kept, body)


class ProxyServer(LocalServer):
    """A company's proxy: passes requests on, if the name and password are right.

    Attributes:
        credentials: "name:password", or empty to ask for none.
    """

    handler = _ProxyHandler

    def __init__(self, credentials: str = "") -> None:
        super().__init__()
        self.credentials = credentials

    @property
    def address_with_credentials(self) -> str:
        """As people type it."""
        return f"http://{self.credentials}@127.0.0.1:{self.port}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve files until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", metavar="REPO=FILE")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--drop-at", type=int)
    parser.add_argument("--stall-at", type=int)
    parser.add_argument("--status", type=int, default=200)
    parser.add_argument("--claimed-bytes", type=int)
    parser.add_argument("--damaged", action="store_true")
    parser.add_argument("--bytes-a-second", type=int, default=0)
    chosen = parser.parse_args(arguments)
    with HubServer(chosen.port) as hub:
        for published in chosen.files:
            repo, _, path = published.partition("=")
            hub.publish(repo, Path(path).read_bytes())
        manners = hub.manners
        manners.drop_at, manners.stall_at, manners.status = chosen.drop_at, chosen.stall_at, chosen.status
        manners.claimed_bytes, manners.damaged = chosen.claimed_bytes, chosen.damaged
        if chosen.bytes_a_second:
            pause = CHUNK_BYTES / chosen.bytes_a_second
            manners.before_chunk = lambda _: hub.is_closing.wait(pause) and None
        print(hub.address, flush=True)
        try:
            hub.is_closing.wait()
        except KeyboardInterrupt:
            print(f"{len(hub.asked)} requests, {hub.served} bytes of files")


if __name__ == "__main__":
    main()
