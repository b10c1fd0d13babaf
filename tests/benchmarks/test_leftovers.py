"""What benchmarks/faults.py counts: it must see what was left behind, and nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest

from backend import protocol
from backend.asset.writer import write_result
from benchmarks import leftovers
from tests.asset import subjects

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux")


@pytest.fixture
def mark(monkeypatch):
    monkeypatch.setenv(leftovers.MARK, "to be undone")  # so that what is set now goes after the test
    monkeypatch.setattr(leftovers, "GRACE", 0.2)
    leftovers.mark_children()


def test_a_process_that_stays_is_an_orphan_and_is_ended(mark):
    with subprocess.Popen([sys.executable, "-c", "import time; print(1, flush=True); time.sleep(60)"],
                          stdout=subprocess.PIPE) as child:  # fmt: skip
        child.stdout.readline()
        assert list(leftovers.orphans()) == [child.pid]
        assert child.wait(5) == -9
    assert leftovers.orphans() == {}


def test_a_process_is_killed_by_what_it_is(mark):
    command = [sys.executable, "-c", "import time; print(1, flush=True); time.sleep(60)"]
    with subprocess.Popen([*command, "serve"], stdout=subprocess.PIPE) as serve:
        serve.stdout.readline()
        leftovers.kill("job")
        assert serve.poll() is None
        leftovers.kill("serve")
        assert serve.wait(5) == -9


def test_halves_are_what_is_being_written_and_what_the_reader_refuses(tmp_path):
    (tmp_path / "photos").mkdir()
    for name in ("whole", "damaged"):
        write_result(tmp_path / "jobs" / name / "result", subjects.result(tmp_path / "photos"))
    assert leftovers.halves(tmp_path / "jobs") == []
    (tmp_path / "jobs" / "damaged" / "result" / "head.glb").unlink()
    (tmp_path / "jobs" / "whole" / "result.12.partial").mkdir()
    assert {path.name for path in leftovers.halves(tmp_path / "jobs")} == {"result", "result.12.partial"}


@pytest.mark.parametrize(("message", "clear"), [
    ("There is no face in the photo. Give another.", True),
    ("", False),
    ("No.", False),
    ("Likeness made a mistake (KeyError: 'a'). The details say where.", False),
    ("[Errno 28] No space left on device: what to do", False),
])  # fmt: skip
def test_an_end_is_clear_where_it_is_a_sentence_for_people(message, clear):
    tally = leftovers.Tally("a fault")
    tally.hear(protocol.Failed(message, user_error=True), (protocol.Failed,))
    assert tally.clean == clear


def test_an_end_that_never_came_is_unclear():
    tally = leftovers.Tally("a fault")
    tally.hear(None, (protocol.Failed, protocol.Result))
    assert tally.unclear == 1
