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
from collections.abc import Callable, Mapping
from typing import Any

from prove.ground import Ground, ground, make_ready

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


def _freezes(server: Ground, asked: argparse.Namespace) -> dict[str, Any]:
    from prove.races import freezes

    return freezes(server, trials=_share(asked, 1_000), seed=asked.seed)


def _arithmetic(server: Ground, asked: argparse.Namespace) -> dict[str, Any]:
    from prove.arithmetic import arithmetic

    return arithmetic(server, cases=_share(asked, 1_000_000), seed=asked.seed)


def _share(asked: argparse.Namespace, full: int) -> int:
    """Return how many of ``full`` belong to a run of so many sequences; the full run has 10,000."""
    return max(1, full * int(asked.sequences) // 10_000)


#: Each imports its part only when the product is loaded.
SECTIONS: Mapping[str, Section] = {
    "bank": _bank,
    "mutants": _mutants,
    "refunds": _refunds,
    "freezes": _freezes,
    "arithmetic": _arithmetic,
}


def main() -> int:
    """Run the asked sections; 1 when a promise was broken."""
    asked = _arguments()
    with ground(durable=asked.durable) as server:
        make_ready(server)
        found = {name: SECTIONS[name](server, asked) for name in asked.only or SECTIONS}
    kept = not any(result["broken"] for result in found.values())
    print(json.dumps({"kept": kept, "seed": asked.seed, "durable": asked.durable, **_machine(), **found}))
    return 0 if kept else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m prove", description=__doc__)
    parser.add_argument("--sequences", type=int, default=1_000, help="of the bank test; the full run has 10,000")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=[*SECTIONS], help="sections; all unless told otherwise")
    parser.add_argument("--durable", action="store_true", help="wait for the disk at every commit")
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
