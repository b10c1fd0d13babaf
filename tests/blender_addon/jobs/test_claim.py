"""A job folder belongs to one Blender at a time, and to nobody when that has ended."""

import signal
import subprocess
import sys

import pytest

from blender_addon.jobs import claim

HOLD = """
import sys
from pathlib import Path
from blender_addon.jobs import claim
held = claim.claim(Path(sys.argv[1]))
print(held is not None, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that has claimed the folder."""
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline().strip() == b"True"
        yield process
        process.kill()


def test_a_folder_without_a_lock_is_nobodys_to_take_up(tmp_path):
    assert not claim.is_free(tmp_path) and not claim.is_free(tmp_path / "gone")
    assert claim.claim(tmp_path / "gone") is None


def test_a_claim_holds_until_it_is_released(tmp_path):
    held = claim.claim(tmp_path)
    assert not claim.is_free(tmp_path) and claim.claim(tmp_path) is None
    held.release()
    held.release()
    assert claim.is_free(tmp_path)
    claim.claim(tmp_path).release()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_a_claim_ends_with_its_process_however_that_ends(tmp_path, holder, how):
    assert not claim.is_free(tmp_path) and claim.claim(tmp_path) is None
    holder.send_signal(how)
    holder.wait()
    assert claim.is_free(tmp_path)


def test_where_there_are_no_locks_nothing_is_free(tmp_path, monkeypatch):
    claim.claim(tmp_path).release()

    def unknown(file):
        raise OSError("Function not implemented")

    monkeypatch.setattr(claim, "_lock", unknown)
    assert claim.claim(tmp_path) is None and not claim.is_free(tmp_path)
