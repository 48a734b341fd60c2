"""Dockerfile and compose.yaml: no engine builds them here, so what can be held without one is held."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from caigou.cli.postgres.binaries import client_program, program_folder, server_user
from caigou.cli.processes import spawn
from tests.support.databases import ROOT
from tests.support.processes import wait_for

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
STEPS = [line.split(None, 1) for line in DOCKERFILE.splitlines() if line and not line.startswith("#")]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
OURS = COMPOSE["services"]["caigou"]
GUIDE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
#: Who reads a variable that isn't one of ours: PostgreSQL's image.
_OF_THE_DATABASE = {"POSTGRES_PASSWORD", "CAIGOU_OWNER_PASSWORD", "CAIGOU_APP_PASSWORD"}


def steps(name: str) -> list[str]:
    return [rest for step, rest in STEPS if step == name]


# --- Dockerfile ---------------------------------------------------------------------------------------------------


def test_each_line_begins_with_an_instruction() -> None:
    known = {"FROM", "ENV", "RUN", "WORKDIR", "COPY", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK"}
    assert {step for step, _rest in STEPS} <= known | {"ENTRYPOINT", "CMD"}
    assert not [run for run in steps("RUN") if re.search(r"\b(RUN|COPY|ENV)\b", run)], "two steps ran into one"


def test_what_is_copied_is_there_and_not_ignored() -> None:
    patterns = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    kept = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    for copy in steps("COPY"):
        if copy.startswith("--from="):
            continue
        for name in copy.split()[:-1]:
            assert (ROOT / name).exists(), name
            assert any(fnmatch.fnmatch(name, pattern) for pattern in kept), f"{name} is ignored"


def test_what_the_build_reads_of_the_project_is_copied_before() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {project["project"]["readme"], *project["project"]["license-files"], "pyproject.toml", "caigou"}
    assert wanted <= {name for copy in steps("COPY") for name in copy.split()[:-1]}
    assert project["tool"]["setuptools"]["dynamic"]["dependencies"]["file"][0].split("/")[0] in " ".join(steps("COPY"))


def test_the_only_package_from_the_other_list_comes_with_its_hashes() -> None:
    [command] = re.findall(r"sed -n '([^']+)' requirements/dev\.txt", DOCKERFILE.replace("  ", " "))
    done = subprocess.run(
        ["sed", "-n", command, "requirements/dev.txt"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lines = [line.strip().rstrip("\\").strip() for line in done.stdout.splitlines()]
    assert re.fullmatch(r"setuptools==[\d.]+", lines[0])
    assert len(lines) > 1
    assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", line) for line in lines[1:])


def test_it_starts_a_command_that_there_is_with_options_that_it_takes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert json.loads(steps("ENTRYPOINT")[0]) == list(project["project"]["scripts"])
    command = json.loads(steps("CMD")[0])
    done = subprocess.run(
        [sys.executable, "-m", "caigou.cli", command[0], "--help"],
        env=os.environ | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert [word for word in command if word.startswith("--") and word not in done.stdout] == []


def test_it_asks_whether_it_is_ready_by_a_host_that_it_answers_to() -> None:
    python = json.loads(steps("HEALTHCHECK")[0].split("CMD", 1)[1])
    assert python[:2] == ["python", "-c"]
    compile(python[2], "HEALTHCHECK", "exec")
    assert "CAIGOU_HOSTS" in python[2]
    assert "/readyz" in python[2]


def test_it_runs_as_nobody_in_particular() -> None:
    assert steps("USER") == ["caigou"]


# --- compose.yaml -------------------------------------------------------------------------------------------------


def test_our_service_sets_only_variables_that_we_read() -> None:
    listed = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(OURS["environment"]) <= listed


def test_what_has_to_be_filled_in_is_named_by_the_guide() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    wanted = set(re.findall(r"\$\{(\w+):\?", text))
    assert wanted == _OF_THE_DATABASE
    assert set(re.findall(r"\$\{(\w+)", text)) == wanted, "a variable without a word what is missing"
    assert [name for name in wanted if name not in GUIDE] == []


def test_what_the_services_name_is_declared() -> None:
    volumes = {mount.split(":")[0] for service in COMPOSE["services"].values() for mount in service["volumes"]}
    assert volumes == set(COMPOSE["volumes"])
    named = {entry["source"] for entry in COMPOSE["services"]["db"]["configs"]}
    assert named == set(COMPOSE["configs"])
    assert set(OURS["depends_on"]) <= set(COMPOSE["services"])
    assert (ROOT / OURS["build"] / "Dockerfile").is_file()


def test_the_page_is_reached_only_through_a_proxy_of_this_machine() -> None:
    assert OURS["ports"] == ["127.0.0.1:8000:8000", "127.0.0.1:8001:8001"]
    assert "ports" not in COMPOSE["services"]["db"]


def test_the_container_may_write_only_where_the_data_are() -> None:
    assert OURS["read_only"] is True
    assert OURS["environment"]["CAIGOU_HOME"] in [mount.split(":")[1] for mount in OURS["volumes"]]


# --- The roles, on a real server ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    """A PostgreSQL with a superuser who may log in, as an operator's own has; yields its socket's folder."""
    user = server_user()
    programs = program_folder(user)
    with tempfile.TemporaryDirectory(prefix="caigou-roles-") as name:
        folder = Path(name)
        if user:
            os.chown(folder, user.uid, user.gid)
        subprocess.run(
            [programs / "initdb", "-D", folder / "data", "--username=postgres", "--auth=trust", "--no-sync",
             "--locale=C.UTF-8", "--encoding=UTF8"],
            user=user.uid if user else None, group=user.gid if user else None,
            cwd="/", capture_output=True, check=True,
        )  # fmt: skip
        process = spawn(
            [programs / "postgres", "-D", folder / "data", "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"],
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            user=user,
            death_signal=signal.SIGQUIT,
            output=subprocess.DEVNULL,
            cwd=Path("/"),
        )
        try:
            assert wait_for(lambda: answers(folder), 30)
            yield folder
        finally:
            process.send_signal(signal.SIGQUIT)
            process.wait(20)


def answers(folder: Path) -> bool:
    try:
        psycopg.connect(f"postgresql://postgres@/postgres?host={folder}").close()
    except psycopg.OperationalError:
        return False
    return True


def script() -> str:
    """The script of compose.yaml, as it lies in the container."""
    content: str = COMPOSE["configs"]["roles"]["content"]
    return content.replace("$$", "$")


def guide_sql() -> str:
    """The statements that the guide gives to those with a server of their own."""
    block: str
    [block] = [found for found in re.findall(r"```sql\n(.*?)```", GUIDE, re.DOTALL) if "CREATE ROLE" in found]
    return block


@pytest.mark.slow
@pytest.mark.parametrize("source", ["compose", "guide"])
def test_the_roles_are_made_and_the_application_may_change_no_table(server: Path, source: str) -> None:
    psql = str(client_program("psql"))
    environment = {
        "PATH": f"{Path(psql).parent}:{os.environ['PATH']}",
        "PGHOST": str(server),
        "CAIGOU_OWNER_PASSWORD": "owner",
        "CAIGOU_APP_PASSWORD": "app",
    }
    clean(server)
    command = ["bash"] if source == "compose" else [psql, "-v", "ON_ERROR_STOP=1", "-U", "postgres"]
    text = script() if source == "compose" else guide_sql()
    done = subprocess.run(command, input=text, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

    owner, app = (f"postgresql://{role}@/caigou?host={server}" for role in ("caigou_owner", "caigou_app"))
    with psycopg.connect(owner) as connection:
        connection.execute("CREATE TABLE goods (id bigint GENERATED BY DEFAULT AS IDENTITY, name text)")
    with psycopg.connect(app) as connection:
        connection.execute("INSERT INTO goods (name) VALUES ('mug')")
        assert connection.execute("SELECT name FROM goods").fetchone() == ("mug",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE other (id bigint)")
    assert refused(app) == ""
    assert "may change tables" in refused(owner)


def clean(server: Path) -> None:
    with psycopg.connect(f"postgresql://postgres@/postgres?host={server}", autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS caigou")
        connection.execute("DROP ROLE IF EXISTS caigou_owner")
        connection.execute("DROP ROLE IF EXISTS caigou_app")


def refused(url: str) -> str:
    """What the start says of a role; empty when it is taken."""
    code = "import django; django.setup(); from caigou.cli.prepare import refuse_powerful_role as ask; ask()"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | {"DATABASE_URL": url}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    return done.stderr
