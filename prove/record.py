"""``python -m prove.record < line.json``: a run as a page for ``docs/proofs``, promise by promise."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

Run = Mapping[str, Any]


def _kills(section: Run) -> str:
    return ", ".join(f"{times:,} {kind}" for kind, times in section["killed"].items())


def _bank(run: Run) -> str:
    found = run["bank"]
    return (
        f"{found['sequences']:,} sequences, {found['answers']:,} answers; killed: {_kills(found)};"
        f" 0 lost or made; {found['sums_read']:,} readings, all balanced"
    )


def _durable(run: Run) -> str:
    found = run["durable"]
    return f"{found['sequences']:,} with fsync on, in {found['seconds']:,.0f} s; killed: {_kills(found)}; zeros"


def _http(run: Run) -> str:
    found = run["over_http"]
    return f"{found['sequences']:,} sequences, {found['answers']:,} answers; killed: {_kills(found)}; zeros"


def _twice(run: Run) -> str:
    found = run["bank"]
    refused = found["sent_altered"] + found["sent_other_key"]
    return f"0 doubles; {refused:,} altered repeats and old facts under new keys refused, none posted"


def _overspent(run: Run) -> str:
    refunds, holds = run["refunds"], run["holds"]
    return (
        f"{refunds['orders']:,} orders × {refunds['at_once']} refunds: exactly 1 each;"
        f" {holds['trials']:,} times captured twice over, held and spent at once: 1, 1 and 0"
    )


def _wrong(run: Run) -> str:
    tried, planted = run["forbidden"], run["mutants"]
    return f"{tried['refused']} of {tried['tried']} refused; {planted['caught']} of {planted['planted']} faults caught"


def _frozen(run: Run) -> str:
    found = run["freezes"]
    stopped = f"{found['spenders_stopped']:,} stopped"
    return f"{found['trials']:,} trials, {found['spenders']} spenders, {stopped}: 0 later debits"


def _messages(run: Run) -> str:
    found = run["messages"]
    return (
        f"{found['messages']:,} messages in {found['tries']:,} tries; killed: {_kills(found)};"
        f" effects = messages; longest wait {found['longest_wait_s']} s"
    )


def _statement(run: Run) -> str:
    found = run["statement"]
    return f"{found['found']} of {found['planted']} of {found['kinds']} kinds in {found['lines']:,} lines, 0 false"


def _thieves(run: Run) -> str:
    found = run["thieves"]
    looked = ", ".join(f"{what.replace('_', ' ')} {times}" for what, times in found["looked_at"].items())
    return (
        f"of {found['guesses_each']:,} guesses each looked at: {looked}; {found['crossed']} uses of another's: 0;"
        f" {found['early_payouts_tried']} payouts inside the hold: 0"
    )


def _rebuilt(run: Run) -> str:
    found = run["rebuild"]
    return (
        f"all {found['before_the_moment']:,} confirmed before are there, none later; {found['seals']} seals as noted;"
        f" played back in {found['rebuilt_s']} s, dumped and restored in {found['dumped_and_restored_s']} s"
    )


def _limits(run: Run) -> str:
    found = run["limits"]
    return f"{found['accepted']} of {found['requests']:,} at a limit of {found['limit']}"


def _overload(run: Run) -> str:
    found = run["overload"]
    told = ", ".join(f"{status}: {times:,}" for status, times in found["statuses"].items())
    return (
        f"{found['arrived_per_second']}/s where {found['answered_per_second']}/s can be answered, for"
        f" {found['seconds']:.0f} s: {told}; accepted p99 {found['p99_ms']} ms; audit clean"
    )


#: Promise, section, what was asked, what the run says.
ROWS: tuple[tuple[str, str, str, Callable[[Run], str]], ...] = (
    ("1", "bank", "10,000 sequences, ≥ 300 workers, ≥ 20 backends, ≥ 5 servers; ≥ 2,000 readings: 0 difference", _bank),
    ("1", "durable", "300 with fsync on: zeros", _durable),
    ("1", "over_http", "500 through HTTP: 0 difference", _http),
    ("2", "bank", "0 doubles, every altered repeat refused", _twice),
    ("3", "bank", "0 of ≥ 40,000 confirmations lost", lambda run: f"0 of {run['bank']['confirmed']:,}"),
    ("4", "refunds", "1,000 × 50: exactly 1 each; captures and holds too", _overspent),
    ("5", "forbidden", "40 of 40 refused, 5 of 5 faults caught", _wrong),
    ("7", "freezes", "1,000 trials, 8 spenders: 0 later debits", _frozen),
    ("8", "messages", "10,000 messages, ≥ 150 kills: each once, 0 stuck > 90 s", _messages),
    ("10", "statement", "200 of 8 kinds in 20,000 lines, 0 false", _statement),
    ("11", "thieves", "≤ 5 of 1,000 guesses looked at; 0 cross-use; 0 payouts inside the hold", _thieves),
    ("15", "arithmetic", "1,000,000 sums exact", lambda run: f"{run['arithmetic']['cases']:,} sums, all exact"),
    ("17", "rebuild", "0 confirmed before the moment lost; ≤ 60 s", _rebuilt),
    ("22", "limits", "1,000 at once: accepted = limit", _limits),
    ("23", "overload", "3 × for 60 s: only 429 and 503, accepted p99 ≤ 1 s, audit clean", _overload),
    ("30", "bank", "0 deadlocks", lambda run: f"{run['bank']['deadlocks']} in {run['bank']['answers']:,}"),
)


def page(runs: Sequence[Run], day: str) -> str:
    """Return the page: what was asked of each promise, and what was found; a broken one says what is broken.

    Of several runs, each with some of the sections, the last that has a section counts.
    """
    run = {name: value for one in runs for name, value in one.items()}
    seeds = ", ".join(dict.fromkeys(f"seed {one['seed']} at commit {one['commit']}" for one in runs))
    machine = f"{run['cores']} cores, {run['memory_gb']} GB, Python {run['python']}"
    lines = [
        f"# The promises about money, {day}",
        "",
        f"{seeds[0].upper()}{seeds[1:]}; {machine}. How each is proved stands in [the list of proofs](README.md).",
        "",
        "| promise | asked | found |",
        "|---|---|---|",
    ]
    for promise, section, asked, says in ROWS:
        with suppress(KeyError):  # a run without all sections that a row needs has no such row
            broken = run[section]["broken"]
            lines.append(f"| {promise} | {asked} | {f'**broken**: {json.dumps(broken)}' if broken else says(run)} |")
    told = [json.dumps(one, ensure_ascii=False) for one in runs]
    return "\n".join([*lines, "", "```json", *told, "```"])


def main() -> int:
    """Read runs, a line each, and print one page."""
    runs = [json.loads(line) for line in sys.stdin if line.startswith("{")]
    print(page(runs, datetime.now(UTC).date().isoformat()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
