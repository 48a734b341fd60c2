"""What ``SEARCH_URL`` says: where OpenSearch answers, who asks, and under which name the index stands there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

DEFAULT_NAME = "caigou"
_PORTS = {"https": 443, "http": 9200}
#: What OpenSearch allows in the name of an index, without what has a meaning of its own there.
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,99}")


@dataclass(frozen=True, slots=True)
class Address:
    """Where to ask. ``ca`` is a file of certificates that are trusted instead of the usual ones."""

    scheme: str
    host: str
    port: int
    name: str
    user: str = ""
    password: str = ""
    ca: Path | None = None

    def __str__(self) -> str:
        """Without what is secret."""
        return f"{self.scheme}://{self.host}:{self.port}/{self.name}"

    @property
    def is_private(self) -> bool:
        """Whether nobody on the way can read along: TLS, or the way doesn't leave the machine."""
        return self.scheme == "https" or self.host in {"127.0.0.1", "::1", "localhost"}


def read(url: str) -> Address:
    """Return what ``https://user:password@host:port/name?ca=/a/file.pem`` says; raises ``ImproperlyConfigured``."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        parts, host, port = urlsplit(""), None, None
    if parts.scheme not in _PORTS or not host:
        raise ImproperlyConfigured("SEARCH_URL must look like https://user:password@host:9200/caigou; it does not.")
    name = parts.path.strip("/") or DEFAULT_NAME
    if not _NAME.fullmatch(name):
        raise ImproperlyConfigured(
            f"The name of the index in SEARCH_URL is {name!r}; use small letters, digits, - and _, a letter first."
        )
    asked = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    ca = Path(asked.pop("ca")) if "ca" in asked else None
    if asked:
        raise ImproperlyConfigured(f"SEARCH_URL has {', '.join(sorted(asked))} after the ?; only ca is known there.")
    if ca is not None and not ca.is_file():
        raise ImproperlyConfigured(f"SEARCH_URL names {ca} for the certificates to trust; there is no such file.")
    secrets = unquote(parts.username or ""), unquote(parts.password or "")
    return Address(parts.scheme, host, port or _PORTS[parts.scheme], name, *secrets, ca)
