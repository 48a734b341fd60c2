"""A server that is away, slow, or not who it says: search waits, and nothing else breaks."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from caigou.adapters.opensearch_index import server as module
from caigou.adapters.opensearch_index.address import read
from caigou.adapters.opensearch_index.index import OpenSearchIndex
from caigou.adapters.opensearch_index.server import Server
from caigou.search.models import Pending
from caigou.search.ports import IndexUnreachable, Query
from caigou.search.services import find, index_pending
from caigou.search.tests import opensearch
from caigou.search.tests.engines import chosen
from caigou.search.tests.goods import product, supplier


@pytest.fixture
def nobody() -> Iterator[str]:
    """The URL of a server that takes calls and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield f"http://127.0.0.1:{silent.getsockname()[1]}/caigou"


def test_who_gave_no_answer_is_not_asked_again_for_a_while(nobody: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUICK", 0.2)
    index = OpenSearchIndex(nobody)
    with pytest.raises(IndexUnreachable):
        index.search(Query())
    began = time.monotonic()
    for _page in range(20):
        with pytest.raises(IndexUnreachable):
            index.search(Query())
    assert (index.is_ready(), index.generation()) == (False, 0)
    with pytest.raises(IndexUnreachable):
        index.write()
    with pytest.raises(IndexUnreachable):
        index.rebuild([])
    assert time.monotonic() - began < 0.2
    index._server._asked_again_at = 0.0
    monkeypatch.setattr(module, "PAUSE", 0.0)
    index._server.address = read(opensearch.url())
    index._server._client = Server(index._server.address)._client  # it is back
    assert index.rebuild([]) == 0


@pytest.mark.django_db
def test_without_the_server_pages_say_so_and_all_else_goes_on(settings: Any, tmp_path: Path, client: Client) -> None:
    chosen("opensearch", tmp_path, settings)
    made = product("Blue mug", "蓝色马克杯", seller=supplier(), tiers={10: 500})
    with socket.create_server(("127.0.0.1", 0)) as gone:
        settings.SEARCH_URL = f"http://127.0.0.1:{gone.getsockname()[1]}/caigou"
    Pending.objects.create(product_id=made.pk)
    assert index_pending() == 0
    assert Pending.objects.exists()
    found = find(Query(text="mug"))
    assert (found.rebuilding, found.unreachable, found.total) == (True, True, 0)
    answer = client.get("/search/", {"q": "mug"})
    assert answer.status_code == 200
    assert "Search is out of reach" in answer.content.decode()
    for path in ("/", "/c/", f"/p/{made.public_id}/"):
        assert client.get(path).status_code == 200, path
    assert client.get("/suggest/", {"q": "mu"}, headers={"HX-Request": "true"}).status_code < 400
    told = client.get("/api/v1/search", {"q": "mug"})
    assert (told.status_code, told.json()["code"]) == (503, "index_unreachable")
    assert client.get("/readyz").status_code == 503
    chosen("opensearch", tmp_path, settings)
    assert index_pending() == 1
    assert find(Query(text="mug")).total == 1


# --- who the server is ------------------------------------------------------------------------------------------------
class Greeting(BaseHTTPRequestHandler):
    """A server that tells its version to whoever brings the password."""

    def do_GET(self) -> None:
        known = self.headers.get("Authorization") == "Basic c2hvcDpzZWNyZXQ="
        said = json.dumps({"version": {"distribution": "opensearch", "number": "3.1.0"}} if known else {}).encode()
        self.send_response(200 if known else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


@contextmanager
def greeting(certificate: Path, key: Path) -> Iterator[int]:
    trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trusted.load_cert_chain(certificate, key)
    with HTTPServer(("127.0.0.1", 0), Greeting) as server:
        server.socket = trusted.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def test_only_a_server_with_a_trusted_certificate_of_its_name_is_told_the_password(tmp_path: Path) -> None:
    certificate, key = tmp_path / "server.pem", tmp_path / "server.key"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    named = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*made, *named, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    with greeting(certificate, key) as port:
        for url, is_let_in in (
            (f"https://shop:secret@localhost:{port}/a?ca={certificate}", True),
            (f"https://shop:wrong@localhost:{port}/a?ca={certificate}", False),
            (f"https://shop:secret@127.0.0.1:{port}/a?ca={certificate}", False),  # another name
            (f"https://shop:secret@localhost:{port}/a", False),  # signed by nobody known
        ):
            if is_let_in:
                assert Server(read(url)).major == 3
            else:
                with pytest.raises(IndexUnreachable):
                    _ = Server(read(url)).major


@pytest.mark.slow
def test_who_searches_in_a_folder_loads_nothing_of_opensearch() -> None:
    done = subprocess.run([sys.executable, "-c", FOLDER], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


FOLDER = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.support.settings_for_types"
from django.conf import settings
from django.utils.module_loading import import_string
import_string(settings.CAIGOU_SEARCH_INDEX)
print([name for name in sys.modules if name.split(".")[0] in {"opensearchpy", "urllib3", "requests", "grpc"}])
"""
