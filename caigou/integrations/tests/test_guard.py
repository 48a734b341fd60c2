"""Never inside our own network for a stranger: what is hostile makes 0 connections (promise 28)."""

from __future__ import annotations

import socket
from typing import Any

import httpcore
import pytest

from caigou.integrations import guard
from caigou.integrations.silence import Silence, sentence_of
from caigou.kernel.errors import BadInput

#: What a name in ``HOSTILE`` means, for those that only a resolver knows.
NAMES = {
    "loop.example": ["127.0.0.1"],
    "ten.example": ["10.0.0.7"],
    "metadata.example": ["169.254.169.254"],
    "one-of-two.example": ["93.184.215.14", "192.168.1.1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "six.example": ["::1"],
    "site.example": ["fd00::1"],
    "link.example": ["fe80::1%eth0"],
    "nat64.example": ["64:ff9b::7f00:1"],
    "sixtofour.example": ["2002:7f00:1::"],
    "teredo.example": ["2001:0:7f00:1::"],
    "carrier.example": ["100.64.0.1"],
    "broadcast.example": ["255.255.255.255"],
    "nowhere.example": ["0.0.0.0"],
    "multicast.example": ["224.0.0.1"],
    "documentation.example": ["192.0.2.1"],
}
#: Addresses that are refused as they are written.
WRITTEN = (
    "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/",
    "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[::]/", "https://[fd12::1]/", "https://0.0.0.0/",
    "https://10.0.0.1/", "https://172.16.0.1/", "https://192.168.0.1/", "https://169.254.169.254/latest/meta-data/",
    "https://localhost/", "https://db.internal/", "https://printer.local/", "https://postgres/", "https://a.localhost/",
    "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/",
    "https://user@example.com/", "https://example.com:22/", "https://example.com:99999/",
    "https://example.com\\@10.0.0.1/", "https:///x", "https://", "",
    "https://exa\nmple.com/", "https://example.com/" + "x" * 500, "javascript:alert(1)", "https://ex ample.com/",
)  # fmt: skip


@pytest.fixture
def connections(monkeypatch: Any) -> list[tuple[str, int]]:
    """Every connection that would have been made; none ever is."""
    made: list[tuple[str, int]] = []

    def connect(_self: Any, host: str, port: int, *_arguments: Any, **_named: Any) -> Any:
        made.append((host, port))
        raise httpcore.ConnectError("nobody is there")

    def names(host: str, port: int, **_named: Any) -> list[Any]:
        addresses = NAMES.get(host)
        if addresses is None:
            return real(host, port, flags=socket.AI_NUMERICHOST, type=socket.SOCK_STREAM)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    real = socket.getaddrinfo
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    monkeypatch.setattr(socket, "getaddrinfo", names)
    return made


def test_an_address_inside_is_refused_when_it_is_written() -> None:
    taken = []
    for url in WRITTEN:
        try:
            taken.append(guard.check_url(url))
        except BadInput:
            continue
    assert taken == []


def test_hostile_addresses_make_no_connection(connections: list[tuple[str, int]]) -> None:
    """As if the form's check weren't there: the wire itself refuses."""
    hostile = [*(f"https://{name}/" for name in NAMES), *(url for url in WRITTEN if "example.com" not in url)]
    assert len(hostile) >= 30
    for url in hostile:
        with pytest.raises(OSError, match=r".+"):
            guard.post(url, b"{}", {}, seconds=1)
    assert connections == []


def test_what_is_open_is_met_at_the_very_address_that_was_looked_at(
    connections: list[tuple[str, int]], monkeypatch: Any
) -> None:
    """A name that means the open internet once and this machine the second time is looked up once."""
    turns = iter([["93.184.215.14"], ["127.0.0.1"], ["127.0.0.1"]])
    monkeypatch.setattr(guard, "resolve", lambda _host, _port: next(turns))
    with pytest.raises(OSError, match="nobody is there"):
        guard.post("https://rebinding.example/hooks", b"{}", {}, seconds=1)
    assert connections == [("93.184.215.14", 443)]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://nobody-is-called-so.example/", "no_name"),
        ("https://ten.example/", "inside"),
        ("https://93.184.215.14/", "broken"),
        (f"https://{'x' * 70}.example/", "no_name"),
    ],
)
def test_whoever_looks_after_an_endpoint_is_told_why_it_is_silent(
    url: str, why: str, connections: list[tuple[str, int]]
) -> None:
    """In a word of ours, which has a sentence in both languages; what the machine says goes to the log."""
    with pytest.raises(OSError, match=r".+") as silence:
        guard.post(url, b"{}", {}, seconds=1)
    assert guard.silence_of(silence.value) == why
    assert sentence_of(why) == str(Silence(why).label)
    assert sentence_of("[Errno -2] Name or service not known") == str(Silence.BROKEN.label)


def test_a_proxy_of_the_environment_is_not_asked(connections: list[tuple[str, int]], monkeypatch: Any) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:3128")
    monkeypatch.setitem(NAMES, "open.example", ["93.184.215.14"])
    with pytest.raises(OSError, match="nobody is there"):
        guard.post("https://open.example/", b"{}", {}, seconds=1)
    assert connections == [("93.184.215.14", 443)]


def test_an_address_of_the_open_internet_is_taken() -> None:
    for url in (
        *("https://erp.example.com/hooks", "https://例子.example.com:8443/x?y=1", "https://93.184.215.14/"),
        "https://[2606:2800:21f:cb07::1]:9443/",
    ):
        assert guard.check_url(f" {url} "), url


def test_this_machine_may_be_asked_only_where_the_setting_says_so(settings: Any) -> None:
    settings.CAIGOU_WEBHOOKS_LOOPBACK = True
    assert guard.check_url("http://127.0.0.1:9000/hooks")
    for url in ("http://127.0.0.2:9000/", "http://10.0.0.1:9000/", "http://localhost:9000/"):
        with pytest.raises(BadInput):
            guard.check_url(url)
