"""Outside payment instructions take effect once (promise 8): outbox, calls and workers, with a provider that fails.

A publisher decides and publishes; workers, killed all the while, deliver the event, whose handler intends a call; the
call goes to the provider with its key until it is answered. The provider's own log is the judge: effects by key.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction

from prove.crowd import Broken, Crowd, Kills, Process
from prove.ground import Ground, use
from prove.logs import Board, Log, lines_of
from prove.provider import Instructed, Provider, instructed

#: Of 10,000 messages; a shorter run kills its share, and at least one of each.
_KILLS = Kills(workers=160, backends=10, servers=2)
_FULL = 10_000
_WORKERS = 4
#: So many at once are decided, and no more while so many wait: workers have enough, and nothing waits for long.
_AT_ONCE, _WAITING = 25, 100
#: Longer than this nothing may be left lying.
STUCK_SECONDS = 90.0
#: The board's one place for progress, and the one that says that all is done.
_DONE, _OVER = 0, 1
_UNDONE = """
SELECT (SELECT count(*) FROM jobs_call WHERE done_at IS NOT NULL),
       (SELECT count(*) FROM jobs_call WHERE done_at IS NULL)
       + (SELECT count(*) FROM jobs_delivery WHERE done_at IS NULL)
"""


def messages(server: Ground, *, count: int, seed: int) -> dict[str, Any]:
    """Send ``count`` instructions in a database of its own, and compare with what the provider did."""
    use(server, "messages")
    with tempfile.TemporaryDirectory(prefix="caigou-prove-") as name:
        folder = Path(name)
        board, heard, decided = Board(folder / "board", 2), folder / "provider", folder / "publisher"
        provider = Provider(seed, heard)
        aside = [Process(provider.run), Process(partial(_decide, count, decided, board))]
        workers = [partial(_work, board, provider.port)] * _WORKERS
        kills = Kills(*(max(1, most * count // _FULL) for most in (_KILLS.workers, _KILLS.backends, _KILLS.servers)))
        crowd = Crowd(server, workers, lambda: board[_DONE] / count, kills, seed, patience=2 * STUCK_SECONDS)
        began = time.monotonic()
        try:
            for process in aside:
                process.start()
            killed = crowd.run()
        except Broken as why:
            return {"messages": count, "broken": {str(why): 1}}
        finally:
            for process in aside:
                process.end()
        seconds = time.monotonic() - began
        tries = instructed(heard)
        broken, longest = judge_messages(tries, {int(minor): at for minor, at in lines_of(decided)}, count)
    return {
        "messages": count,
        "seconds": round(seconds, 1),
        "killed": killed.told(),
        "tries": len(tries),
        "faults": dict(sorted(Counter(each.fault for each in tries if each.fault).items())),
        "longest_wait_s": round(longest, 1),
        "broken": {what: times for what, times in broken.items() if times},
    }


def minor_of(number: int) -> int:
    """Return what message ``number`` is about: an amount of its own, so that a mix-up shows."""
    return 1_000_000 + number


def judge_messages(tries: Iterable[Instructed], decided: Mapping[int, float], count: int) -> tuple[Counter[str], float]:
    """Count effects: one for each key that the provider has done. Returns what is broken, and the longest wait.

    The wait is from the decision to the first try, and from one try to the next until the first that was done.
    """
    broken: Counter[str] = Counter()
    by_message: dict[int, list[Instructed]] = defaultdict(list)
    for each in tries:
        by_message[each.minor].append(each)
    longest = 0.0
    for minor in (minor_of(number) for number in range(count)):
        seen = by_message.pop(minor, [])
        done = [place for place, each in enumerate(seen) if each.done]
        effects = {seen[place].key for place in done}
        broken["lost"] += not effects
        broken["took_effect_twice"] += len(effects) > 1
        broken["never_decided"] += minor not in decided
        moments = [decided.get(minor, 0.0), *(each.at for each in seen[: done[0] + 1 if done else 0])]
        longest = max(longest, *(later - sooner for sooner, later in pairwise(moments)), 0.0)
    broken["never_asked_for"] += len(by_message)
    broken["stuck"] += longest > STUCK_SECONDS
    return broken, longest


def _decide(count: int, path: Path, board: Board) -> None:
    """Decide on all messages, a few at a time, then wait until all is done."""
    from caigou.jobs.outbox import publish
    from prove.instructions import Decided, use_our_tables

    use_our_tables()
    log, number = Log(path), 0
    while True:
        try:
            with connection.cursor() as cursor:
                cursor.execute(_UNDONE)
                done, undone = cursor.fetchone()
            board[_DONE] = done
            # What was committed is seen; a batch whose answer was lost is not decided again.
            number = done + undone
            if number >= count:
                if not undone:
                    board[_OVER] = 1
                    return
            elif undone < _WAITING:
                batch = range(number, min(number + _AT_ONCE, count))
                for one in batch:
                    log.write((minor_of(one), time.time()))
                with transaction.atomic():
                    for one in batch:
                        publish(Decided(minor_of(one)))
                continue
        except (OperationalError, InterfaceError):
            connection.close()
        time.sleep(0.05)


def _work(board: Board, port: int) -> None:
    """Be a worker of the product until all is done."""
    from caigou.jobs.worker import run
    from prove.instructions import PORT, use_our_tables

    use_our_tables()
    os.environ[PORT] = str(port)
    run(lambda: board[_OVER] == 1)
