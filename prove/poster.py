"""Those who are about while a server is copied: clients who post, the sealer, and whoever copies the data folder."""

from __future__ import annotations

import random
import subprocess
import time
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from caigou.cli.postgres import Cluster
from prove.logs import Board, Log
from tests.support import databases

#: Shares of the time that pass before the base is copied, before the moment is chosen, and until the end.
_BEFORE, _BETWEEN, _AFTER = 0.25, 0.45, 0.3
_NAME = "books"
_ARCHIVED_SECONDS = 60
_ARCHIVED = "SELECT coalesce(last_archived_wal, '') FROM pg_stat_archiver"


class Confirmed(NamedTuple):
    """What a client was told: asked and told when, the journal of which source, for how much."""

    asked: float
    told: float
    source: str
    journal: int
    minor: int


def post_on(socket_folder: Path, place: int, path: Path, seed: int, over: Board) -> None:
    """Post one recharge after the other until it is ``over``, and note each answer."""
    from django.db import connection

    from caigou.kernel.actor import SYSTEM
    from caigou.kernel.money import Money
    from caigou.ledger.services import Leg, open_account, post

    _connect_to(socket_folder)
    draw, log, number = random.Random(f"rebuild:{seed}:{place}"), Log(path), 0
    gateway, wallet = open_account("gateway_clearing", "sandbox", "CNY"), open_account("wallet", f"b{place}", "CNY")
    while not over[0]:
        source, minor, asked = f"{place}-{number}", draw.randint(1, 10**6), time.time()
        journal = post(
            "prove.rebuilt", source, [Leg.transfer(gateway, wallet, Money(minor, "CNY"), "recharge")], by=SYSTEM
        )
        log.write(Confirmed(asked, time.time(), source, journal, minor))
        number += 1
        time.sleep(0.002)
    connection.close()


def seal_on(socket_folder: Path, path: Path, over: Board) -> None:
    """Seal twice a second and note block and hash outside, as the anchor does."""
    from django.db import connection

    from caigou.ledger.services import seal_journals

    _connect_to(socket_folder)
    log = Log(path)
    while not over[0]:
        seal_journals()
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, encode(hash, 'hex') FROM ledger.seal ORDER BY id DESC LIMIT 1")
            newest = cursor.fetchone()
        if newest:
            log.write((*newest, time.time()))
        time.sleep(0.5)
    connection.close()


def keep_base(server: Cluster, base: Path, path: Path, seconds: float, over: Board) -> None:
    """Copy the data folder while everybody writes; later note a moment, and hand over the log up to the end."""
    time.sleep(seconds * _BEFORE)
    with psycopg.connect(server.maintenance_url, autocommit=True) as keeper:
        keeper.execute("SELECT pg_backup_start('proof', true)")
        # Files may go while they are copied; the log has what became of them.
        subprocess.run(["cp", "-a", server.data, base], check=False, capture_output=True)
        [label] = _row(keeper, "SELECT labelfile FROM pg_backup_stop(true)")
        (base / "backup_label").write_text(str(label))
        time.sleep(seconds * _BETWEEN)
        moment, words = _row(keeper, "SELECT extract(epoch FROM t)::float8, t::text FROM clock_timestamp() t")
        Log(path).write((moment, words))
        time.sleep(seconds * _AFTER)
        [last] = _row(keeper, "SELECT pg_walfile_name(pg_switch_wal())")
        end = time.monotonic() + _ARCHIVED_SECONDS
        while _row(keeper, _ARCHIVED) < (last,) and time.monotonic() < end:
            time.sleep(0.05)
    over[0] = 1


def _connect_to(socket_folder: Path) -> None:
    """Let this process, forked for it, work on another server than the proof's usual one."""
    from django.db import connections

    databases.point_at(socket_folder, _NAME)
    connections["default"].settings_dict |= {"NAME": _NAME, "HOST": str(socket_folder)}


def _row(connection: psycopg.Connection[tuple[Any, ...]], query: str) -> tuple[Any, ...]:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row
