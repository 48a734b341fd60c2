"""Never inside our own network for a stranger (promise 28): a name is resolved once, and only that address is met.

Every address that a name has must be public; the connection goes to the address that was looked at, so a name that
changes its mind in between (DNS rebinding) changes nothing. Redirects aren't followed and proxies aren't asked.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import httpcore
import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from caigou.integrations.silence import Silence
from caigou.kernel.errors import BadInput

LONGEST_URL = 500
_PORTS = (443, 8443)
_FIRST_FREE_PORT, _LAST_PORT = 1024, 65_535
#: A name as the wire carries it, other scripts in their ASCII form.
_NAME = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})+")
#: Names that never leave the house; refused before anybody looks them up.
_INNER = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home", ".corp", ".arpa", ".onion")
_UNICAST_6 = ipaddress.IPv6Network("2000::/3")
#: Addresses that carry an IPv4 address inside, or lead to whoever runs the next relay.
_TUNNELS = tuple(
    ipaddress.ip_network(text)
    for text in ("2001::/23", "2002::/16", "64:ff9b::/96", "64:ff9b:1::/48", "192.88.99.0/24")
)


class Forbidden(OSError):
    """The address is inside a network that strangers can't send us into; nothing was connected."""


def is_public(text: str) -> bool:
    """Say whether an address is one of the open internet's.

    >>> [is_public(text) for text in ("93.184.215.14", "127.0.0.1", "169.254.169.254", "::ffff:10.0.0.1")]
    [True, False, False, False]
    """
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if settings.CAIGOU_WEBHOOKS_LOOPBACK and address == ipaddress.IPv4Address("127.0.0.1"):
        return True
    if any(address in tunnel for tunnel in _TUNNELS if tunnel.version == address.version):
        return False
    if isinstance(address, ipaddress.IPv6Address) and (address.scope_id or address not in _UNICAST_6):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def check_url(text: str) -> str:
    """Return an address that a webhook may go to, as it will be asked; raises ``BadInput`` for any other.

    Looks nothing up: what a name means is decided when it is met.
    """
    plain = settings.CAIGOU_WEBHOOKS_LOOPBACK
    text = text.strip()
    try:
        url = httpx.URL(text)
        port = url.port or 443
    except (httpx.InvalidURL, ValueError, UnicodeError):
        raise _refused() from None
    host = url.raw_host.decode("ascii", "replace").strip("[]").rstrip(".").lower()
    fine = (
        len(text) <= LONGEST_URL
        and text.isprintable()
        and "\\" not in text
        and url.scheme in ({"https", "http"} if plain else {"https"})
        and not url.userinfo
        and not url.fragment
        and (port in _PORTS or _FIRST_FREE_PORT <= port <= _LAST_PORT)
        and _may_be_asked(host)
    )
    if not fine:
        raise _refused()
    return str(url)


def _refused() -> BadInput:
    words = _(
        "Give an https address of the open internet, without a user name in it, such as https://erp.example.com/caigou."
    )
    return BadInput(words, fields={"url": words})


def _may_be_asked(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        # All digits, or hexadecimal: some resolvers take it for an address. A name has a letter in its last part.
        last = host.rpartition(".")[2]
        return (
            _NAME.fullmatch(host) is not None
            and not last.isdigit()
            and not last.startswith("0x")
            and not host.endswith(_INNER)
        )
    return is_public(host)


def resolve(host: str, port: int) -> list[str]:
    """Return every address of a host; raises ``OSError`` when it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class _Wire(httpcore.NetworkStream):
    """A connection that ends at a moment, however slowly the other side drips."""

    def __init__(self, inner: httpcore.NetworkStream, until: float) -> None:
        self._inner, self._until = inner, until

    def _left(self, kind: type[Exception]) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise kind("the time is over")
        return left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._left(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._left(httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._left(httpcore.ConnectTimeout)
        return _Wire(self._inner.start_tls(ssl_context, server_hostname, left), self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class OpenInternet(httpcore.NetworkBackend):
    """Connects to public addresses only, to the very one that was looked at, and for ``seconds`` at most."""

    def __init__(self, seconds: float, inner: httpcore.NetworkBackend | None = None) -> None:
        self._until = time.monotonic() + seconds
        self._inner = inner or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve once, refuse unless every address is public, connect to the first; raises ``Forbidden``."""
        addresses = resolve(host, port)
        if not addresses or not all(map(is_public, addresses)):
            raise Forbidden(f"{host} is not an address of the open internet")
        left = max(0.001, self._until - time.monotonic())
        return _Wire(self._inner.connect_tcp(addresses[0], port, left, None, socket_options), self._until)

    def connect_unix_socket(self, *_arguments: Any, **_named: Any) -> httpcore.NetworkStream:
        """Never: nobody names a socket of ours."""
        raise Forbidden("no socket of this machine")


class _Transport(httpx.HTTPTransport):
    def __init__(self, backend: httpcore.NetworkBackend) -> None:
        super().__init__(trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=_certificates(), max_connections=1, http2=False, network_backend=backend
        )


@cache
def _certificates() -> Any:
    return httpx.create_ssl_context(trust_env=False)


def post(url: str, body: bytes, headers: dict[str, str], *, seconds: float) -> int:
    """Post and return the status of the answer; its body isn't read. Raises ``OSError`` when there is no answer."""
    try:
        with (
            httpx.Client(
                transport=_Transport(OpenInternet(seconds)), timeout=seconds, follow_redirects=False, trust_env=False
            ) as client,
            client.stream("POST", url, content=body, headers=headers) as response,
        ):
            return response.status_code
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise OSError(f"{type(error).__name__}: {error}"[:180]) from error


_BY_KIND: tuple[tuple[type[BaseException], Silence], ...] = (
    (Forbidden, Silence.INSIDE),
    (socket.gaierror, Silence.NO_NAME),
    (UnicodeError, Silence.NO_NAME),
    (ConnectionRefusedError, Silence.REFUSED),
    (ssl.SSLCertVerificationError, Silence.CERTIFICATE),
    (httpx.TimeoutException, Silence.TOO_SLOW),
    (TimeoutError, Silence.TOO_SLOW),
)


def silence_of(error: OSError) -> Silence:
    """Return what an error of ``post`` means to whoever looks after the other side.

    >>> silence_of(ConnectionRefusedError()), silence_of(OSError("gone"))
    (Silence.REFUSED, Silence.BROKEN)
    """
    causes = list(_causes(error))
    return next((silence for kind, silence in _BY_KIND if any(isinstance(one, kind) for one in causes)), Silence.BROKEN)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
