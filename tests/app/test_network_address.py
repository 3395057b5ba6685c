"""Addresses of a proxy or a mirror, as people type them."""

import pytest

from tlstudio.app.network_address import Address, NotAnAddress, read_address, with_login


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("", Address()),
        ("  ", Address()),
        ("https://hub.example.org", Address("https://hub.example.org")),
        (" https://hub.example.org/hf/ ", Address("https://hub.example.org/hf")),
        ("proxy.example.org:8080", Address("http://proxy.example.org:8080")),
        ("http://[::1]:3128", Address("http://[::1]:3128")),
        ("http://ann:s%2Ft@proxy:8080", Address("http://proxy:8080", "ann", "s/t")),
    ],
)
def test_that_an_address_is_read_without_its_login(typed, address):
    assert read_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    ["ftp://proxy", "socks5://proxy:1080", "http://", "http://proxy:port", "http://proxy:99999", "two words",
     "https://hub?x=1", "file:///etc/passwd", "javascript://x y"],
)  # fmt: skip
def test_that_anything_else_is_refused_with_a_reason(typed):
    with pytest.raises(NotAnAddress) as refused:
        read_address(typed)

    assert str(refused.value).endswith(".")


def test_that_a_login_goes_before_the_host_and_is_escaped():
    assert with_login("http://proxy:8080", "ann@lab", "a:b/c") == "http://ann%40lab:a%3Ab%2Fc@proxy:8080"
    assert with_login("http://proxy:8080", "", "secret") == "http://proxy:8080"
    assert with_login("", "ann", "secret") == ""


def test_that_no_password_is_printed():
    assert "secret" not in repr(read_address("http://ann:secret@proxy"))
