"""What stands between the command and the first page: waiting for it, forked children, a small supervisor."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time

import pytest

from caigou.cli import up
from caigou.cli.errors import UserError
from caigou.cli.forked import Forked, apart
from caigou.cli.opening import Knock
from caigou.cli.processes import alive
from caigou.cli.supervisor import Child, Supervisor, ended
from tests.support import processes
from tests.support.databases import ROOT


def _sleep() -> int:
    time.sleep(60)
    return 0


@pytest.mark.slow
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
    sleeper = Forked("caigou-sleeper-with-a-long-name", _sleep)
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


def test_what_a_child_does_apart_is_not_kept() -> None:
    code = "import sys; from caigou.cli.forked import apart; apart(lambda: __import__('xmlrpc.server'), 10);"
    subprocess.run([sys.executable, "-c", code + "sys.exit('xmlrpc' in sys.modules)"], cwd=ROOT, check=True)

    def refuse() -> None:
        raise UserError("Mend 插座 first.")

    with pytest.raises(UserError, match=r"^Mend 插座 first\.$"):
        apart(refuse, 10)
    with pytest.raises(subprocess.TimeoutExpired):
        apart(lambda: time.sleep(60), 0.1)


def test_the_supervisor_stays_lean() -> None:
    heavy = {"django", "psycopg", "rich", "structlog", "asyncio", "caigou.cli.servers", "typer", "email", "zipfile"}
    code = "import sys, caigou.cli.up; from caigou.cli.postgres.binaries import client_program as path; path('psql');"
    code += f"print(*{heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [], "it would stay in memory for as long as Caigou runs"


def test_patience_with_a_child_that_always_fails_ends(capfd: pytest.CaptureFixture[str]) -> None:
    supervisor = Supervisor(patience=2)
    with ended(supervisor):
        supervisor.add(Child("sick", lambda: Forked("sick", lambda: 1)))
        supervisor.look_after()
        assert not supervisor.is_stopping()
        assert supervisor.dead() == ["sick"]
    assert capfd.readouterr().err.count("child_died") == 2


def test_a_taken_port_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(up, "_LEAVE_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(UserError, match=f"Port {port} is taken.*see --live-port"):
            up._await_port("127.0.0.1", port, "--live-port")
    up._await_port("127.0.0.1", port, "--live-port")
