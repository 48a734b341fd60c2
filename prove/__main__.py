"""``python -m prove``: keep the promises about money, and print what was counted as one line of JSON.

Ends with code 1 when a promise was broken.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from prove.ground import Ground, durable_beside, ground, make_ready

Section = Callable[[Ground, argparse.Namespace], dict[str, Any]]


def _bank(server: Ground, asked: argparse.Namespace) -> dict[str, Any]:
    from prove.bank import bank

    return bank(server, sequences=asked.sequences, seed=asked.seed)


def _mutants(server: Ground, asked: argparse.Namespace) -> dict[str, Any]:
    from prove.mutants import mutants

    return mutants(server, seed=asked.seed)


def _refunds(server: Ground, asked: argparse.Namespace) -> dict[str, Any]:
    from prove.races import refunds

    return refunds(server, orders=_share(asked, 1_000), seed=asked.seed)


def _holds(server: Ground, asked: argparse.Namespace) -> dict[str, Any]:
    from prove.races import holds

    return holds(server, trials=_share(asked, 1_000), seed=asked.seed)


def _freezes(server: Ground, asked: argparse.Namespace) -> dict[str, Any]:
    from prove.races import freezes

    return freezes(server, trials=_share(asked, 1_000), seed=asked.seed)


def _durable(server: Ground, asked: argparse.Namespace) -> dict[str, Any]:
    from prove.bank import bank
    from prove.crowd import Kills

    sequences = max(20, _share(asked, 300))
    with durable_beside(server) as disk:
        kills = Kills(*(max(1, most * sequences // 300) for most in (10, 3, 4)))
        return {"fsync": True, **bank(disk, sequences=sequences, seed=asked.seed, kills=kills)}


def _over_http(server: Ground, asked: argparse.Namespace) -> dict[str, Any]:
    from prove.over_http.run import over_http

    return over_http(server, sequences=_share(asked, 500), seed=asked.seed)


def _messages(server: Ground, asked: argparse.Namespace) -> dict[str, Any]:
    from prove.messages import messages

    return messages(server, count=_share(asked, 10_000), seed=asked.seed)


def _forbidden(server: Ground, _asked: argparse.Namespace) -> dict[str, Any]:
    from prove.forbidden import forbidden

    return forbidden(server)


def _statement(_server: Ground, asked: argparse.Namespace) -> dict[str, Any]:
    from prove.statement import statement

    return statement(lines=20_000, planted=200, seed=asked.seed)


def _thieves(server: Ground, asked: argparse.Namespace) -> dict[str, Any]:
    from prove.thieves import thieves

    return thieves(server, guesses=max(100, _share(asked, 1_000)))


def _arithmetic(server: Ground, asked: argparse.Namespace) -> dict[str, Any]:
    from prove.arithmetic import arithmetic

    return arithmetic(server, cases=_share(asked, 1_000_000), seed=asked.seed)


def _rebuild(_server: Ground, asked: argparse.Namespace) -> dict[str, Any]:
    from prove.rebuild import rebuild

    return rebuild(seconds=max(6.0, _share(asked, 30)), seed=asked.seed)


def _limits(server: Ground, _asked: argparse.Namespace) -> dict[str, Any]:
    from prove.limits import limits

    return limits(server, requests=1_000)


def _overload(server: Ground, asked: argparse.Namespace) -> dict[str, Any]:
    from prove.overload import overload

    return overload(server, seconds=max(6.0, _share(asked, 60)), seed=asked.seed)


def _share(asked: argparse.Namespace, full: int) -> int:
    """Return how many of ``full`` belong to a run of so many sequences; the full run has 10,000."""
    return max(1, full * int(asked.sequences) // 10_000)


#: Each imports its part only when the product is loaded.
SECTIONS: Mapping[str, Section] = {
    "bank": _bank,
    "durable": _durable,
    "over_http": _over_http,
    "mutants": _mutants,
    "refunds": _refunds,
    "holds": _holds,
    "forbidden": _forbidden,
    "freezes": _freezes,
    "messages": _messages,
    "statement": _statement,
    "thieves": _thieves,
    "arithmetic": _arithmetic,
    "rebuild": _rebuild,
    "limits": _limits,
    "overload": _overload,
}


def main() -> int:
    """Run the asked sections; 1 when a promise was broken."""
    asked = _arguments()
    with ground() as server:
        make_ready(server)
        found = {name: _timed(name, server, asked) for name in asked.only or SECTIONS}
    kept = not any(result["broken"] for result in found.values())
    print(json.dumps({"kept": kept, "seed": asked.seed, **_machine(), **found}))
    return 0 if kept else 1


def _timed(name: str, server: Ground, asked: argparse.Namespace) -> dict[str, Any]:
    """Run a section; say on standard error how long it took and whether it kept its promises.

    One that can't be run to its end is broken, and the others are run all the same. What a section asked the database
    here is over with it: processes that the next one forks must not talk through the same connection.
    """
    from django.db import connections

    began = time.monotonic()
    try:
        result = SECTIONS[name](server, asked)
    except Exception as error:
        traceback.print_exc()
        result = {"broken": {f"{type(error).__name__}: {error}"[:300]: 1}}
    finally:
        connections.close_all()
    print(f"{name:12} {time.monotonic() - began:6.1f} s  {result['broken'] or 'kept'}", file=sys.stderr, flush=True)
    return result


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m prove", description=__doc__)
    parser.add_argument("--sequences", type=int, default=1_000, help="of the bank test; the full run has 10,000")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=[*SECTIONS], help="sections; all unless told otherwise")
    return parser.parse_args()


def _machine() -> dict[str, Any]:
    """Say what ran it, without saying whose it is."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    return {
        "commit": commit.stdout.strip(),
        "cores": os.cpu_count(),
        "memory_gb": memory,
        "python": platform.python_version(),
    }


if __name__ == "__main__":
    sys.exit(main())
