"""``caigou doctor`` says what is wrong with an installation, and what to do about it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.installation import Installation

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


def findings(installation: Installation) -> tuple[int, dict[str, dict[str, Any]]]:
    done = installation.command("doctor", "--json")
    return done.returncode, {row["what"]: row for row in json.loads(done.stdout)}


def test_what_is_missing_is_named_with_what_to_do(installation: Installation) -> None:
    code, found = findings(installation)
    assert code == 1
    assert found["search index"]["state"] == "bad"
    assert "caigou reindex" in found["search index"]["mend"]


def test_a_search_server_that_does_not_answer_is_told_from_an_index_that_is_not_there(
    installation: Installation,
) -> None:
    away = "http://shop:secret@search.invalid:9/caigou"
    done = installation.command("doctor", "--json", SEARCH_URL=away)
    found = {row["what"]: row for row in json.loads(done.stdout)}
    assert (done.returncode, found["search index"]["told"]) == (1, "its server can't be reached")
    assert (found["search server"]["state"], found["search server"]["told"]) == (
        "note",
        "http://search.invalid:9/caigou",
    )
    assert "secret" not in done.stdout + done.stderr


def test_a_house_in_order_is_called_so_and_each_fault_is_named(installation: Installation) -> None:
    assert installation.command("reindex").returncode == 0
    code, found = findings(installation)
    assert (code, found["staff"]["state"]) == (1, "bad"), "nobody of the operator could sign in"

    assert installation.command("seat", "ana@example.test", "--staff").returncode == 0
    code, found = findings(installation)
    assert code == 0, [row for row in found.values() if row["state"] == "bad"]
    assert {found[name]["state"] for name in ("postgresql", "fsync", "role", "migrations", "books")} == {"ok"}
    assert found["payments"]["mend"], "a sandbox is no fault, but it is said"
    assert all(row["mend"] for row in found.values() if row["state"] != "ok")


def test_unsafe_settings_are_one_finding_not_a_traceback(installation: Installation) -> None:
    done = installation.command("doctor", "--json", CAIGOU_MODE="production")
    assert done.returncode == 1
    [bad] = [row for row in json.loads(done.stdout) if row["state"] == "bad"]
    assert "CAIGOU_SECRET_KEY" in bad["told"]
