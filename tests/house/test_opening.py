"""A first page that takes its time on a busy machine is waited for; children of the supervisor's own making."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time

import pytest

from caigou.cli.forked import Forked
from caigou.cli.opening import Knock
from caigou.cli.processes import alive
from tests.support import processes
from tests.support.databases import ROOT


def test_a_slow_first_answer_is_waited_for_and_asked_for_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as site:
        knock = Knock("127.0.0.1", site.getsockname()[1])
        began = time.monotonic()
        assert not any(knock.answered() for _look in range(50))
        assert time.monotonic() - began < 1, "a look must not wait: Ctrl-C would"
        line, _caller = site.accept()
        assert line.recv(1000).startswith(b"GET /healthz HTTP/1.1\r\n")
        time.sleep(2.5)  # longer than any look
        assert not knock.answered()
        site.settimeout(0)
        with pytest.raises(BlockingIOError):
            site.accept()
        line.sendall(b"HTTP/1.1 503 Service Unavailable\r\n\r\n")
        assert processes.wait_for(knock.answered, 2)
        line.close()


def test_a_lost_question_is_asked_anew() -> None:
    with socket.create_server(("127.0.0.1", 0)) as site:
        port = site.getsockname()[1]
        knock = Knock("127.0.0.1", port)
        assert not knock.answered()
        site.accept()[0].close()
    assert not any(knock.answered() for _look in range(5)), "nobody listens"
    with socket.create_server(("127.0.0.1", port)) as site:
        assert not knock.answered()
        line, _caller = site.accept()
        line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        assert processes.wait_for(knock.answered, 2)
        line.close()


def test_a_forked_child_ends_with_what_its_work_returned() -> None:
    assert Forked("works", lambda: 7).wait(10) == 7
    assert Forked("exits", lambda: sys.exit(3)).wait(10) == 3
    sleeper = Forked("caigou-sleeper-with-a-long-name", lambda: time.sleep(60) or 0)
    assert processes.wait_for(lambda: processes.name_and_command(sleeper.pid).startswith("caigou-sleeper-: "))
    with pytest.raises(subprocess.TimeoutExpired):
        sleeper.wait(0.1)
    sleeper.kill()
    assert sleeper.wait(10) == -signal.SIGKILL
    sleeper.terminate()  # whoever is gone is not asked, nor is a stranger who got the number


def test_a_forked_child_ends_with_its_parent() -> None:
    code = (
        "import time; from caigou.cli.forked import Forked as F; print(F('x', lambda: time.sleep(60)).pid, flush=True);"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        assert processes.name_and_command(child)
        parent.kill()
    assert processes.wait_for(lambda: not alive(child), 5)
