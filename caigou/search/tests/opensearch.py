"""The server of the second engine in tests: osmem-server, which keeps all in memory and speaks as OpenSearch does.

It is started when the first test of a process wants it, on a free port of 127.0.0.1, and ends with that process.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import osmem_server

#: Names the server to the processes that a test starts.
_URL = "CAIGOU_TEST_SEARCH_SERVER"


def url() -> str:
    """Return where the server answers; starts it when there is none yet."""
    if _URL not in os.environ:
        command = [osmem_server.resolve_binary(), "--no-ja", "--parent-pid", str(os.getpid())]
        # It ends when its standard input does, so with us, whatever ends us.
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        server = subprocess.Popen(command, text=True, **pipes)  # type: ignore[call-overload]
        _SERVERS.append(server)
        os.environ[_URL] = json.loads(server.stdout.readline())["url"]
    return os.environ[_URL]


_SERVERS: list[subprocess.Popen[str]] = []


def name_of(folder: Path) -> str:
    """Return the name of the index that stands for ``folder``."""
    return f"t{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"


def url_of(folder: Path) -> str:
    """Return what ``SEARCH_URL`` says of that index."""
    return f"{url()}/{name_of(folder)}"


def indexes_of(folder: Path) -> list[str]:
    """Return the generations that the server keeps of that index."""
    return list(ask("GET", f"/{name_of(folder)}-g*/_alias"))


def drop(folder: Path) -> None:
    """Delete all of them."""
    for index in indexes_of(folder):
        ask("DELETE", f"/{index}")


def ask(method: str, path: str, body: Any = None) -> Any:
    """Ask the server past the adapter."""
    said = None if body is None else json.dumps(body).encode()
    wanted = Request(url() + path, method=method, data=said, headers={"Content-Type": "application/json"})
    with urlopen(wanted, timeout=10) as answer:
        return json.load(answer)
