"""The server: how it is asked, and what its refusals mean to search."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import structlog
from opensearchpy import OpenSearch
from opensearchpy.exceptions import (
    AuthenticationException,
    AuthorizationException,
    ConflictError,
    NotFoundError,
    RequestError,
    TransportError,
)
from opensearchpy.exceptions import (
    ConnectionError as NoConnection,
)

from caigou.adapters.opensearch_index.address import Address
from caigou.search.ports import IndexNotReady, IndexUnreachable

log = structlog.get_logger(__name__)

#: Seconds that a person waits for a page, and the worker for a batch or for the server to make or drop an index.
QUICK, PATIENT = 3.0, 60.0
#: After a server gave no answer, nobody asks it for so many seconds: pages go on without it instead of waiting.
PAUSE = 5.0
#: Threads of one process that ask at the same time without waiting for each other.
_CONNECTIONS = 16

Body = dict[str, Any]


class Refused(Exception):
    """The server took a request for faulty: ours to mend, and no reason to build the index anew."""


class Server:
    """One OpenSearch. Safe for threads; the connections are made when first needed, so after any fork."""

    def __init__(self, address: Address) -> None:
        for chatty in ("opensearch", "opensearchpy.trace"):  # what matters of it is logged here
            logging.getLogger(chatty).setLevel(logging.CRITICAL)
        self.address = address
        self._client = OpenSearch(
            hosts=[{"host": address.host, "port": address.port}],
            use_ssl=address.scheme == "https",
            http_auth=(address.user, address.password) if address.user else None,
            timeout=QUICK,
            max_retries=1,  # a connection that the server closed in between is no failure
            pool_maxsize=_CONNECTIONS,
            http_compress=True,
            **self._trust(address),
        )
        self._asked_again_at = 0.0

    @staticmethod
    def _trust(address: Address) -> dict[str, Any]:
        if address.scheme != "https":
            return {}
        ca = {"ca_certs": str(address.ca)} if address.ca else {}
        return {"verify_certs": True, **ca}

    @cached_property
    def major(self) -> int:
        """The first number of the version of OpenSearch; 2 for a server that is none but understands us."""
        with self.answering():
            told = self._client.info()["version"]
        return int(told["number"].split(".")[0]) if told.get("distribution") == "opensearch" else 2

    # --- searching ----------------------------------------------------------------------------------------------
    def search(self, index: str, body: Body) -> Body:
        """Ask one question; an answer that lacks a part of the index is none."""
        with self.answering():
            told: Body = self._client.search(index=index, body=body, params={"allow_partial_search_results": "false"})
        return told

    def searches(self, index: str, bodies: Sequence[Body]) -> list[Body]:
        """Ask several questions at once; answers in their order."""
        if not bodies:
            return []
        lines: list[Body] = [line for body in bodies for line in ({"allow_partial_search_results": False}, body)]
        with self.answering():
            answers: list[Body] = self._client.msearch(index=index, body=lines)["responses"]
        for one in answers:
            if "error" in one:
                self._refuse(int(one["status"]), str(one["error"].get("type", "")), str(one["error"].get("reason", "")))
        return answers

    def explained(self, index: str, product_id: int, query: Body) -> Body:
        """Return the engine's own explanation of a score."""
        with self.answering():
            told: Body = self._client.explain(index=index, id=str(product_id), body={"query": query})
        return told

    # --- documents ----------------------------------------------------------------------------------------------
    def bulk(self, index: str, lines: Sequence[Body], *, is_alias: bool) -> None:
        """Write ``lines``, visible at once where ``index`` is the alias that is searched; never makes an index."""
        if not lines:
            return
        said = {"refresh": "true", "require_alias": "true"} if is_alias else {}
        with self.answering():
            told = self._client.bulk(index=index, body=list(lines), params=said, request_timeout=PATIENT)
        if told["errors"]:
            for one in (result for item in told["items"] for result in item.values() if "error" in result):
                self._refuse(int(one["status"]), str(one["error"].get("type", "")), str(one["error"].get("reason", "")))

    def get(self, index: str, key: str) -> Body | None:
        """Return a document with its ``_seq_no``, None without it or its index."""
        with self.answering():
            try:
                found: Body = self._client.get(index=index, id=key)
            except NotFoundError:
                return None
        return found

    def put(self, index: str, key: str, body: Body, *, after: Body | None) -> Body | None:
        """Store a document if the stored one still is ``after`` (None: isn't there); None when it isn't."""
        said: dict[str, Any] = {"op_type": "create"}
        if after is not None:
            said = {"if_seq_no": after["_seq_no"], "if_primary_term": after["_primary_term"]}
        with self.answering():
            try:
                stored: Body = self._client.index(index=index, id=key, body=body, params=said)
            except ConflictError:
                return None
        return stored

    # --- indexes ------------------------------------------------------------------------------------------------
    def mappings(self, name: str) -> Mapping[str, Body]:
        """Return the mapping of each index that ``name`` stands for; none when there is none."""
        with self.answering():
            try:
                found: Mapping[str, Body] = self._client.indices.get_mapping(index=name)
            except NotFoundError:
                return {}
        return {index: told["mappings"] for index, told in found.items()}

    def aliases(self, names: str) -> Mapping[str, Body]:
        """Return the indexes that ``names`` (with ``*``) match, each with its aliases."""
        with self.answering():
            try:
                found: Mapping[str, Body] = self._client.indices.get_alias(index=names, ignore_unavailable=True)
            except NotFoundError:
                return {}
        return found

    def make(self, index: str, body: Body) -> bool:
        """Make an index; False when there is one of this name."""
        with self.answering():
            try:
                self._client.indices.create(index=index, body=body, request_timeout=PATIENT)
            except RequestError as error:
                if error.error == "resource_already_exists_exception":
                    return False
                raise
        return True

    def refresh(self, index: str) -> None:
        """Let searches see what was written."""
        with self.answering():
            self._client.indices.refresh(index=index, request_timeout=PATIENT)

    def act(self, actions: Sequence[Body]) -> None:
        """Change aliases and drop indexes, all in one step."""
        if not actions:
            return
        with self.answering():
            self._client.indices.update_aliases(body={"actions": list(actions)}, request_timeout=PATIENT)

    # --- refusals -----------------------------------------------------------------------------------------------
    @contextmanager
    def answering(self) -> Iterator[None]:
        """Turn what the client raises into what search understands."""
        if time.monotonic() < self._asked_again_at:
            raise IndexUnreachable
        try:
            yield
        except NoConnection as error:
            self._asked_again_at = time.monotonic() + PAUSE
            log.warning("search_unreachable", server=str(self.address), reason=str(error)[:300])
            raise IndexUnreachable from error
        except (AuthenticationException, AuthorizationException) as error:
            log.error("search_forbidden", server=str(self.address), status=error.status_code)
            raise IndexUnreachable from error
        except TransportError as error:
            try:
                self._refuse(int(error.status_code), str(error.error), str(error)[:1_000])
            except (IndexNotReady, Refused) as refusal:
                raise refusal from error

    def _refuse(self, status: int, kind: str, reason: str) -> None:
        if status == 404:
            raise IndexNotReady
        if status == 429 or status >= 500:
            log.warning("search_unreachable", server=str(self.address), status=status, reason=reason)
            raise IndexUnreachable
        raise Refused(f"OpenSearch refused: {status} {kind}: {reason}")
