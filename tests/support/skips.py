"""Under CI a test that is skipped is a failure, unless ``tests/allowed_skips.txt`` lists it with its reason.

A line there is ``test-id pattern | words of the reason``; ``#`` starts a comment.
"""

from __future__ import annotations

import os
from fnmatch import fnmatch
from pathlib import Path

import pytest

_ALLOWED = Path(__file__).resolve().parents[1] / "allowed_skips.txt"


def allowed(test: str, reason: str, lines: str) -> bool:
    """Tell whether one of ``lines`` lists this skip.

    >>> allowed("tests/a.py::test_b", "Skipped: no real data", "tests/a.py::* | no real data  # why")
    True
    >>> allowed("tests/a.py::test_b", "Skipped: too lazy", "tests/a.py::* | no real data")
    False
    """
    for line in lines.splitlines():
        pattern, _, words = line.partition("#")[0].partition("|")
        if words.strip() and fnmatch(test, pattern.strip()) and words.strip() in reason:
            return True
    return False


class SkipsAreFailures:
    """A pytest plugin for the process that hears of all tests (the controller, under xdist)."""

    def __init__(self) -> None:
        self.refused: list[str] = []
        self._lines = _ALLOWED.read_text(encoding="utf-8")

    def _hear(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if not report.skipped:
            return
        reason = getattr(report, "wasxfail", None)
        if reason is None:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if not allowed(report.nodeid, reason, self._lines):
            self.refused.append(f"{report.nodeid}: {reason}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._hear(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._hear(report)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.refused and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for line in self.refused:
            terminalreporter.write_line(f"SKIPPED WITHOUT LEAVE (tests/allowed_skips.txt): {line}", red=True)


def wanted() -> bool:
    """Tell whether this run is CI's."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")
