"""install.py on an errand for Blender: lines of JSON, an environment at a place of its own, an end with its parent."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from installer import commands, environment, errand, mending, places, requirements
from installer.status import Status
from tests.installer.stand_ins import is_one_sentence, posix_only, script
from tests.processes import PATIENCE

ROOT = places.ROOT


@pytest.fixture
def sent(monkeypatch):
    """Blender has sent us; our own standard input is left alone."""
    monkeypatch.setenv(errand.VARIABLE, errand.LINES)
    monkeypatch.setattr(errand, "end_with_parent", lambda: None)


def lines(capsys) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]


def test_a_status_is_lines_of_json(sent, capsys):
    with Status() as status:
        status.step("Downloading torch")
        status.detail("190 MB")
        for done in (1e6, 2e6, 190e6):
            status.progress(done, 190e6)
    assert lines(capsys) == [
        {"step": "Downloading torch"}, {"detail": "190 MB"}, {"done": 1e6, "total": 190e6},
        {"done": 190e6, "total": 190e6},
    ]  # fmt: skip


def test_without_an_errand_a_log_has_a_line_for_a_step(capsys):
    with Status() as status:
        status.step("Downloading torch")
        status.progress(1e6, 2e6)
    assert capsys.readouterr().out == "Downloading torch\n"


def test_the_backend_alone_goes_where_it_is_asked_for_and_is_noted(sent, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(commands, "set_up", lambda groups, place: groups == (requirements.BACKEND,))
    arguments = ["--environment", str(tmp_path / "env"), "--note", str(tmp_path / "user" / "likeness-backend.json")]
    assert commands.main(["backend", *arguments]) == 0
    noted = json.loads((tmp_path / "user" / "likeness-backend.json").read_text(encoding="utf-8"))
    assert noted["python"] == str(places.environment_python(tmp_path / "env"))


def test_what_the_user_can_mend_is_a_line_too(sent, tmp_path, capsys):
    assert commands.main(["head-model", "ict", "--python", str(tmp_path / "gone")]) == 1
    (told,) = lines(capsys)
    assert is_one_sentence(told["error"]) and "gone" in told["error"]


@posix_only
def test_its_end_is_that_of_its_parent(tmp_path):
    """A head model that takes forever to convert; then the parent lets go."""
    python = script(tmp_path / "python", f"echo $$ > {tmp_path}/pid", "exec sleep 600")
    arguments = ["head-model", "ict", "--from", str(tmp_path), "--python", str(python)]
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "install.py"), *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        env={**os.environ, errand.VARIABLE: errand.LINES},
    )  # fmt: skip
    assert json.loads(process.stdout.readline())["step"].startswith("Converting")
    end = time.monotonic() + PATIENCE
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text().strip():
        assert time.monotonic() < end
        time.sleep(0.01)
    process.stdin.close()
    assert process.wait(PATIENCE) != 0
    process.stdout.close()
    while Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists():
        assert time.monotonic() < end
        time.sleep(0.01)


@posix_only
def test_the_environment_finds_the_sources_from_any_folder(tmp_path):
    packages = tmp_path / "env/lib/python3.11/site-packages"
    packages.mkdir(parents=True)
    environment.point_to_sources(tmp_path / "env")
    assert (packages / environment.POINTER).read_text() == f"{ROOT}\n"
    environment.point_to_sources(tmp_path / "nothing here")
    assert not (tmp_path / "nothing here").exists()


@pytest.fixture
def made(tmp_path):
    """An environment that says of itself that all is there."""
    python = places.environment_python(tmp_path / "env")
    python.parent.mkdir(parents=True)
    python.write_text("")
    requirements.update_stamp({"backend": "x", "pip": "y"}, tmp_path / "env")
    return tmp_path / "env"


@pytest.mark.parametrize(("answer", "code", "left"), [
    ({"wrong": []}, 0, {"backend": "x", "pip": "y"}),
    ({"wrong": ["xatlas (missing)"]}, 0, {"backend": "", "pip": "y"}),
    ({"wrong": ["torch (missing)"], "fault": "No module named torch"}, 0, {"backend": "", "pip": "y"}),
    ({"wrong": [], "fault": "libcudart is missing"}, 0, {}),
    ({}, 1, {}),
])  # fmt: skip
def test_a_repair_removes_what_cannot_be_mended_in_place(made, monkeypatch, answer, code, left):
    done = subprocess.CompletedProcess([], code, json.dumps(answer), "")
    monkeypatch.setattr(mending, "probe", lambda place: done)
    mending.clear_faults(made)
    assert requirements.read_stamp(made) == left and made.exists() == bool(left)


def test_nothing_is_cleared_where_nothing_is(tmp_path):
    mending.clear_faults(tmp_path / "env")
    assert not list(tmp_path.iterdir())
