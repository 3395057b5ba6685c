"""Weights come whole and checked, or not at all, however the network and the server behave."""

import os
import shutil
import socket
import subprocess
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
import timm
from hub_server import HubServer, Manners, ProxyServer
from safetensors.torch import save

from tlstudio.errors import ModelError
from tlstudio.events import Event, Noted
from tlstudio.model import download as download_module
from tlstudio.model import hub as hub_module
from tlstudio.model import transfer, weight_store
from tlstudio.model.backbones import BACKBONES, TEST_BACKBONES
from tlstudio.model.download import PARTS_FOLDER, download
from tlstudio.model.events import DownloadProgressed, WeightsDownloaded

ROW = TEST_BACKBONES["test_resnet"]
REPO = ROW.weights.repo


@pytest.fixture(autouse=True)
def online(monkeypatch):
    """This process may reach the network, as the child process of a download may."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)


def fetch(hub, row=ROW, **options):
    return list(download(row, mirror=hub.address, **options))


def refused(hub, row=ROW, **options) -> ModelError:
    with pytest.raises(ModelError) as raised:
        fetch(hub, row, **options)
    return raised.value


def parts() -> list[Path]:
    return list((weight_store.models_folder() / PARTS_FOLDER).glob("*.part"))


def until(events, done_bytes):
    """The events until so many bytes have come."""
    seen = []
    for event in events:
        seen.append(event)
        if isinstance(event, DownloadProgressed) and event.done_bytes == done_bytes:
            return seen
    raise AssertionError("it ended before")


# As it should be.


def test_that_weights_come_checked_to_where_the_program_looks_for_them(hub, published):
    events = fetch(hub)

    done = events[-1]
    assert isinstance(done, WeightsDownloaded)
    assert (done.name, done.megabytes) == ("test_resnet", len(published) / 1e6)
    assert weight_store.weights_file(ROW).read_bytes() == published
    assert weight_store.weights_state(ROW).kind == "here"
    assert weight_store.weights_sha256(ROW) == done.sha256
    assert parts() == []


def test_that_progress_only_grows_and_ends_with_everything(hub, published):
    told = [event for event in fetch(hub) if isinstance(event, DownloadProgressed)]

    assert [event.done_bytes for event in told] == sorted(event.done_bytes for event in told)
    assert (told[-1].done_bytes, told[-1].total_bytes) == (len(published), len(published))


def test_that_weights_that_are_here_are_not_fetched_again(hub):
    fetch(hub)
    asked = len(hub.asked)

    (again,) = fetch(hub)

    assert isinstance(again, WeightsDownloaded)
    assert len(hub.asked) == asked


def test_that_a_copy_damaged_on_disk_is_fetched_again(hub, published):
    fetch(hub)
    path = weight_store.weights_file(ROW)
    path.write_bytes(b"\0" * len(published))

    fetch(hub)

    assert path.read_bytes() == published


def test_that_the_bytes_may_lie_at_another_host(hub, published):
    with HubServer() as storage:
        storage.publish(REPO, published)
        hub.manners.redirect_to = storage.address

        assert isinstance(fetch(hub)[-1], WeightsDownloaded)

        assert (len(hub.of("GET")), len(storage.of("GET"))) == (0, 1)


def test_that_nothing_about_the_user_is_sent(hub, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")

    fetch(hub)

    for asked in hub.asked:
        assert set(asked.headers) <= {"host", "accept", "accept-encoding", "connection", "user-agent"}
        assert asked.headers["user-agent"].startswith("tlstudio/")


def test_that_only_a_process_started_for_it_may_open_the_network(hub, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)

    with pytest.raises(RuntimeError):
        fetch(hub)

    assert hub.asked == []


def test_that_backbones_of_the_program_itself_have_nothing_to_download(hub):
    bundled = next(row for row in BACKBONES.values() if row.weights.bundled)

    assert refused(hub, bundled).title == "Nothing to download"


# Cut short, and continued.


def test_that_a_download_stopped_by_its_user_continues_where_it_was(hub, published):
    half = len(published) // 2
    hub.manners.stall_at = half
    running = download(ROW, mirror=hub.address)
    until(running, half)

    running.close()
    hub.manners = Manners()
    rest = fetch(hub)

    assert rest[0].done_bytes == half
    assert isinstance(rest[-1], WeightsDownloaded)
    assert hub.of("GET")[-1].headers["range"] == f"bytes={half}-"
    assert hub.served == len(published)


def test_that_a_network_lost_at_41_percent_says_what_is_kept_and_continues_there(hub, published):
    at = 41 * len(published) // 100 + 1
    hub.manners.drop_at = at

    lost = refused(hub)

    assert lost.title == "Download cut short"
    assert "at 41%" in lost.message
    assert f"{at / 1e6:.1f} of {len(published) / 1e6:.1f} MB are kept" in lost.message
    assert "continues there" in lost.what_to_try
    assert weight_store.weights_file(ROW) is None

    hub.manners = Manners()
    assert isinstance(fetch(hub)[-1], WeightsDownloaded)
    assert hub.served == len(published)


def test_that_a_silent_server_is_left(hub, published, monkeypatch):
    monkeypatch.setattr(hub_module, "SILENCE_SECONDS", 0.2)
    hub.manners.stall_at = len(published) // 4

    lost = refused(hub)

    assert "sent nothing any more at 25%" in lost.message
    assert parts()[0].stat().st_size == len(published) // 4


def test_that_a_server_that_never_answers_is_left(hub, monkeypatch):
    monkeypatch.setattr(hub_module, "ANSWER_SECONDS", 0.2)
    hub.manners.is_mute = True

    assert "before anything" in refused(hub).message


def test_that_a_server_that_can_not_continue_sends_everything_again(hub, published):
    hub.manners.drop_at = 100_000
    refused(hub)

    hub.manners = Manners(ignores_range=True)
    fetch(hub)

    assert weight_store.weights_file(ROW).read_bytes() == published


def test_that_a_file_changed_at_the_hub_is_not_continued_with_another(hub, published):
    hub.manners.drop_at = 100_000
    refused(hub)
    newer = published[:-1] + bytes([published[-1] ^ 1])
    hub.publish(REPO, newer)
    hub.manners = Manners()

    fetch(hub)

    assert weight_store.weights_file(ROW).read_bytes() == newer
    assert "range" not in hub.of("GET")[-1].headers
    assert parts() == []


def test_that_the_second_of_two_downloads_waits_and_takes_what_the_first_brought(hub, published):
    half = len(published) // 2 // 4096 * 4096
    go_on = threading.Event()
    hub.manners.before_chunk = lambda offset: go_on.wait(30) if offset == half else None
    first, second = download(ROW, mirror=hub.address), download(ROW, mirror=hub.address)
    until(first, half)

    assert isinstance(next(second), Noted)
    assert next(second).done_bytes == half
    go_on.set()

    assert isinstance(list(first)[-1], WeightsDownloaded)
    assert isinstance(list(second)[-1], WeightsDownloaded)
    assert len(hub.of("GET")) == 1


# Nobody there.


@pytest.fixture
def nobody():
    """Host and port where nobody listens, taken so that nobody else begins to."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{taken.getsockname()[1]}"


def test_that_without_a_network_the_answer_comes_within_two_seconds(hub, nobody):
    started = time.monotonic()

    with pytest.raises(ModelError) as raised:
        list(download(ROW, mirror=f"http://{nobody}"))

    assert time.monotonic() - started < 2  # some 0.02
    assert raised.value.title == "No connection"
    assert nobody in raised.value.message


@pytest.mark.skipif(os.name == "nt", reason="a full backlog is refused there")
def test_that_a_firewall_that_swallows_everything_is_noticed_within_two_seconds(hub):
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        with socket.create_connection(deaf.getsockname()):  # whoever comes next gets no answer
            started = time.monotonic()

            with pytest.raises(ModelError, match="No connection"):
                list(download(ROW, mirror=f"http://127.0.0.1:{deaf.getsockname()[1]}"))

            assert time.monotonic() - started < 2


def test_that_a_look_up_of_names_that_hangs_is_not_waited_for(hub, monkeypatch):
    given_up, answered = threading.Event(), threading.Event()

    def hang(*asked, **how):
        given_up.wait(30)
        answered.set()
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    monkeypatch.setattr(transfer, "CONNECT_SECONDS", 0.2)

    with pytest.raises(ModelError, match=r"hub\.example could not be reached"):
        list(download(ROW, mirror="https://hub.example"))

    assert not answered.is_set()
    given_up.set()


# Something else than the weights.


def test_that_a_wrong_checksum_is_told_and_the_file_deleted(hub):
    hub.manners.damaged = True

    told: list[Event] = []
    with pytest.raises(ModelError) as raised:
        told += download(ROW, mirror=hub.address)

    assert raised.value.title == "Damaged download"
    assert told[-1].done_bytes == 0
    assert weight_store.weights_file(ROW) is None
    assert parts() == []


def test_that_a_file_other_than_the_program_knows_is_refused_before_it_comes(hub):
    row = replace(ROW, weights=replace(ROW.weights, sha256="0" * 64))

    assert refused(hub, row).title == "Not the known file"
    assert hub.served == 0


def test_that_the_weights_of_another_network_are_deleted(hub):
    hub.publish(REPO, save(timm.create_model("test_vit").state_dict()))

    error = refused(hub)

    assert error.title == "Not the weights expected"
    assert "values" in error.message
    assert parts() == []


def test_that_a_file_that_holds_no_tensors_is_deleted(hub):
    hub.publish(REPO, b"nothing of the kind" * 1000)

    assert "no safetensors file" in refused(hub).message
    assert parts() == []


def test_that_a_log_in_page_of_the_network_is_recognised(hub):
    hub.manners.page = b"<html>Please log in</html>"

    error = refused(hub)

    assert error.title == "This is no Hugging Face server"
    assert "log in" in error.what_to_try
    assert parts() == []


def test_that_a_web_page_in_place_of_the_bytes_is_recognised(hub, published):
    hub.publish(REPO, b"<!doctype html>" + published)
    hub.manners.etag = "0" * 64

    assert "web page" in refused(hub).message
    assert parts() == []


def test_that_a_mirror_that_is_no_hub_is_told_from_one(hub):
    hub.manners.is_hub = False

    assert refused(hub).title == "This is no Hugging Face server"


def test_that_a_file_without_a_checksum_is_only_taken_if_the_program_knows_one(hub, published):
    hub.manners.etag = "5f0c"
    assert "no checksum" in refused(hub).message
    assert hub.served == 0

    known = replace(ROW, weights=replace(ROW.weights, sha256=hub.publish(REPO, published)))
    assert isinstance(fetch(hub, known)[-1], WeightsDownloaded)


def test_that_ten_gigabytes_for_a_small_network_are_refused_before_they_come(hub):
    hub.manners.claimed_bytes = 10_000_000_000

    error = refused(hub)

    assert error.title == "Far too large"
    assert "10,000 MB" in error.message
    assert hub.served == 0


@pytest.mark.parametrize(
    ("status", "code", "title"),
    [
        (401, "GatedRepo", "Access refused"),
        (403, "GatedRepo", "Access refused"),
        (403, "", "Access refused"),
        (401, "RepoNotFound", "Not found"),
        (404, "EntryNotFound", "Not found"),
        (404, "", "Not found"),
        (429, "", "The server can't answer now"),
        (500, "", "The server can't answer now"),
        (503, "", "The server can't answer now"),
    ],
)
def test_that_each_refusal_of_the_hub_has_its_own_words(hub, status, code, title):
    hub.manners.status, hub.manners.error_code = status, code

    error = refused(hub)

    assert error.title == title
    assert error.what_to_try
    assert len(hub.asked) == 1  # no retries that nobody sees


def test_that_a_licence_to_accept_is_told_with_its_place(hub):
    hub.manners.status, hub.manners.error_code = 401, "GatedRepo"

    assert ROW.weights.source in refused(hub).what_to_try


# The disk.


def test_that_a_file_that_does_not_fit_on_the_disk_is_not_begun(hub, published, monkeypatch):
    free = len(published)
    monkeypatch.setattr(download_module, "disk_usage", lambda _: type("Usage", (), {"free": free}))

    error = refused(hub)

    assert error.title == "Not enough space"
    assert "needs 2 MB and 2 MB are free" in error.message
    assert hub.served == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_that_a_disk_that_runs_full_is_told_and_given_back_what_it_held(hub):
    hub.manners.drop_at = 100_000
    refused(hub)
    (part,) = parts()
    part.unlink()
    part.symlink_to("/dev/full")
    hub.manners = Manners()

    error = refused(hub)

    assert error.title == "Not enough space"
    assert "removed again" in error.message
    assert parts() == []


def test_that_a_model_folder_that_can_not_be_made_is_told(hub, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("TLSTUDIO_MODELS_DIR", str(tmp_path / "file"))

    assert refused(hub).title == "Weights can't be kept"


# The way there.


def test_that_a_proxy_passes_the_download_on(hub):
    with ProxyServer("anna:s3cret") as proxy:
        fetch(hub, proxy=proxy.address_with_credentials)

        assert {asked.method for asked in proxy.asked} == {"HEAD", "GET"}


def test_that_the_proxy_of_the_environment_is_taken_if_none_is_given(hub, monkeypatch):
    with ProxyServer() as proxy:
        monkeypatch.setenv("http_proxy", proxy.address)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)

        fetch(hub)

        assert proxy.of("GET")


def test_that_a_proxy_that_refuses_is_told_without_its_password(hub):
    with ProxyServer("anna:s3cret") as proxy:
        error = refused(hub, proxy=f"http://anna:wr0ng@127.0.0.1:{proxy.port}")

    assert error.title == "The proxy refused"
    assert f"127.0.0.1:{proxy.port}" in error.message
    assert "wr0ng" not in str(error)


def test_that_a_proxy_that_is_not_there_is_named_without_its_password(hub, nobody):
    error = refused(hub, proxy=f"http://anna:s3cret@{nobody}")

    assert error.title == "No connection"
    assert nobody in error.message
    assert "s3cret" not in str(error)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for this computer that nobody has signed, and its key, in one file."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl to make a certificate")
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command = ["openssl", "req", "-x509", *new_key, *subject, "-keyout", f"{file}.key", "-out", file]
    subprocess.run(command, check=True, capture_output=True)
    file.write_bytes(file.read_bytes() + Path(f"{file}.key").read_bytes())
    return file


@pytest.fixture
def encrypted_hub(certificate, published):
    """The hub behind https."""
    with HubServer(certificate=certificate) as server:
        server.publish(REPO, published)
        yield server


def test_that_an_encrypted_download_passes_through_a_proxy(hub, encrypted_hub, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    with ProxyServer("anna:s3cret") as proxy:
        fetch(encrypted_hub, proxy=proxy.address_with_credentials)

        assert {asked.method for asked in proxy.asked} == {"CONNECT"}
    assert encrypted_hub.of("GET")


def test_that_a_proxy_that_refuses_an_encrypted_download_is_told_from_no_network(hub, encrypted_hub):
    with ProxyServer("anna:s3cret") as proxy:
        error = refused(encrypted_hub, proxy=f"http://anna:wr0ng@127.0.0.1:{proxy.port}")

    assert error.title == "The proxy refused"
    assert "wr0ng" not in str(error)


def test_that_a_certificate_that_nobody_signed_is_told_from_no_network(hub, encrypted_hub):
    error = refused(encrypted_hub)

    assert error.title == "Connection not trusted"
    assert "SSL_CERT_FILE" in error.what_to_try


def test_that_an_encrypted_hub_may_not_send_on_to_an_open_address(
    hub, encrypted_hub, certificate, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    encrypted_hub.manners.redirect_to = hub.address

    assert "without encryption" in refused(encrypted_hub).message
    assert hub.asked == []


@pytest.mark.parametrize("address", ["ftp://anna:s3cret@hub", "http://anna:s3cret@:80", "http://s3cret:port"])
@pytest.mark.parametrize("what", ["mirror", "proxy"])
def test_that_an_address_that_is_none_is_told_and_not_repeated(hub, what, address):
    with pytest.raises(ModelError, match=f"The {what} can't be used") as raised:
        list(download(ROW, **{"mirror": hub.address, what: address}))

    assert "s3cret" not in str(raised.value)
