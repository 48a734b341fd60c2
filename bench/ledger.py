"""``python -m bench.ledger``: postings a second beside TPC-B on the same server, by ``pgbench -M prepared``, fsync on.

Only shares can be compared between machines. Rounds alternate, so that what else the machine does falls on all alike;
a share is the median of its rounds'. Beside it stands what a transaction costs the server and pgbench in time of the
processor, which bounds the rate where the processor is what is short, and which a busy machine changes less.
The last line is the result as JSON, and the command ends with code 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from bench.processor import seconds_of
from caigou.cli.postgres import APP_ROLE, OWNER_ROLE, database_url
from caigou.cli.postgres.binaries import client_program
from prove.ground import Ground, ground
from tests.support import databases

#: Of TPC-B's transactions a second, which change four rows of four tables without a rule.
GOAL = 0.60
CLIENTS = 16
_BRANCHES = 32
_ACCOUNTS = 1_000
_MONEY = 10**14

#: One leg, as the application sends it.
_LEG = '[{"kind": "P", "debit": %s, "credit": %s, "currency": "CNY", "amount": %s, "code": "paid"}]'
#: Accounts by number: wallets, then escrows; the last is the platform's fees, in 16 rows.
_FILL = f"""
DO $$
DECLARE gateway bigint := ledger.open_account('gateway_clearing', 'bench', 'CNY'); account bigint;
BEGIN
    FOR n IN 1..{_ACCOUNTS} LOOP
        account := ledger.open_account('wallet', 'buyer-' || n, 'CNY');
        PERFORM ledger.post('bench', 'recharge-' || n, decode(repeat('00', 32), 'hex'), 'bench.recharge', n::text,
                            format('{_LEG}', gateway, account, {_MONEY})::jsonb, 'bench');
    END LOOP;
    FOR n IN 1..{_ACCOUNTS} LOOP PERFORM ledger.open_account('escrow', 'order-' || n, 'CNY'); END LOOP;
    PERFORM ledger.open_account('fee_revenue', 'platform', 'CNY');
END $$
"""


def _script(debit: str, credit: str) -> str:
    """Return what pgbench repeats: one posting of one leg, with a key of its own."""
    legs = "'" + _LEG % ("' || :debit || '", "' || :credit || '", 1) + "'"
    return f"""\\set debit {debit}
\\set credit {credit}
\\set n random(1, 9000000000000000000)
SELECT journal_id
  FROM ledger.post('bench', 'k-' || :n, '\\x{"00" * 32}', 'bench.paid', 's-' || :n, ({legs})::jsonb, 'bench');
"""


def main() -> int:
    """Measure and print; 1 when the goal is missed."""
    asked = _arguments()
    with ground(durable=True) as server, tempfile.TemporaryDirectory(prefix="caigou-bench-") as folder:
        Path(folder).chmod(0o755)
        runs = _prepare(server, Path(folder))
        found: dict[str, list[Mapping[str, float]]] = {name: [] for name in runs}
        for _ in range(asked.rounds):
            for name, command in runs.items():
                found[name].append(_pgbench(server, command, asked.seconds, Path(folder)))
    told: dict[str, dict[str, Any]] = {name: _middle(rounds) for name, rounds in found.items()}
    shares = _shares(found, "per_second")
    told["processor_shares"] = {name: round(1 / share, 2) for name, share in _shares(found, "processor_us").items()}
    missed = [name for name in ("uniform", "hot") if shares[name] < GOAL]
    for name in found:
        share = f"{shares[name]:.0%} of TPC-B's rate" if name in shares else ""
        print(
            f"{name:12} {told[name]['per_second']:>8.0f}/s  p99 {told[name]['p99_ms']:.0f} ms"
            f"  processor {told[name]['processor_us']:.0f} µs  {share}",
            file=sys.stderr,
        )
    print(json.dumps({"clients": CLIENTS, "goal": GOAL, **told, "shares": shares, "missed": missed}))
    return 1 if missed else 0


def _prepare(server: Ground, folder: Path) -> dict[str, list[str]]:
    """Fill both databases; return what pgbench is called with for each run."""
    databases.clone(server.socket_folder, "bench")
    with psycopg.connect(database_url(APP_ROLE, "bench", server.socket_folder), autocommit=True) as books:
        books.execute("SET statement_timeout = 0")
        books.execute(_FILL.encode())
        kinds = books.execute("SELECT kind, min(id), max(id) FROM ledger.account GROUP BY kind").fetchall()
    first = {kind: (least, most) for kind, least, most in kinds}
    wallet, escrow = (f"random({first[kind][0]}, {first[kind][1]})" for kind in ("wallet", "escrow"))
    scripts = {
        "uniform": (wallet, escrow),
        "hot": (wallet, str(first["fee_revenue"][0])),
        "one_wallet": (str(first["wallet"][0]), escrow),
    }
    for name, (debit, credit) in scripts.items():
        (folder / f"{name}.sql").write_text(_script(debit, credit))
    server.create_database("tpcb")
    subprocess.run(
        [*_call(server, OWNER_ROLE), "-i", "-q", "-s", str(_BRANCHES), "tpcb"], check=True, capture_output=True
    )
    return {
        "tpc_b": [*_call(server, OWNER_ROLE), "-b", "tpcb-like", "tpcb"],
        **{name: [*_call(server, APP_ROLE), "-f", str(folder / f"{name}.sql"), "bench"] for name in scripts},
    }


def _call(server: Ground, role: str) -> list[str]:
    return [str(client_program("pgbench")), "-h", str(server.socket_folder), "-U", role]


def _pgbench(server: Ground, command: Sequence[str], seconds: int, folder: Path) -> Mapping[str, float]:
    """Run once; return transactions a second and the time below which 99 of 100 stay."""
    *call, database = command
    for old in folder.glob("log.*"):
        old.unlink()
    assert server.process is not None
    before = seconds_of(server.process.pid) + _own_children()
    options = ["-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(seconds), "-l", "--log-prefix=log"]
    done = subprocess.run([*call, *options, database], check=True, capture_output=True, text=True, cwd=folder)
    rate = next(float(line.split()[2]) for line in done.stdout.splitlines() if line.startswith("tps ="))
    times = sorted(int(line.split()[2]) for log in folder.glob("log.*") for line in log.read_text().splitlines())
    used = seconds_of(server.process.pid) + _own_children() - before
    return {
        "per_second": rate,
        "p99_ms": times[len(times) * 99 // 100] / 1_000,
        "processor_us": used / len(times) * 1_000_000,
    }


def _own_children() -> float:
    """Return the seconds of the processor of the programs that this process has run, pgbench foremost."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _shares(found: Mapping[str, Sequence[Mapping[str, float]]], figure: str) -> dict[str, float]:
    """Return what part of TPC-B's figure each other run has: the median of its rounds, each beside its neighbour."""
    return {
        name: round(median(ours[figure] / plain[figure] for ours, plain in zip(rounds, found["tpc_b"], strict=True)), 2)
        for name, rounds in found.items()
        if name != "tpc_b"
    }


def _middle(rounds: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    return {
        figure: round(median(told[figure] for told in rounds), 1) for figure in ("per_second", "p99_ms", "processor_us")
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.ledger", description=__doc__)
    parser.add_argument("--seconds", type=int, default=10, help="of each run")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
