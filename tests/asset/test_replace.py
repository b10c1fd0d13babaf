import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from backend.asset import replace, writer
from backend.asset.reader import read_result
from backend.asset.writer import write_result
from backend.errors import UserError
from tests.asset import subjects

ROOT = Path(__file__).parents[2]


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


@pytest.fixture
def out(tmp_path):
    return tmp_path / "results" / "head"


def siblings(out: Path) -> list[str]:
    return sorted(entry.name for entry in out.parent.iterdir()) if out.parent.exists() else []


def test_a_new_result_replaces_an_old_one_but_not_the_files_of_others(photos, out):
    write_result(out, subjects.result(photos))
    (out / "my scene.blend").write_text("mine")
    write_result(out, subjects.result(photos, report={"seed": 6}))
    assert read_result(out).report["seed"] == 6
    assert (out / "my scene.blend").read_text() == "mine"
    assert siblings(out) == ["head"]


def test_an_empty_folder_is_taken_and_a_strange_one_refused(photos, out):
    out.mkdir(parents=True)
    write_result(out, subjects.result(photos))
    with pytest.raises(UserError, match="not a Likeness result"):
        write_result(photos, subjects.result(photos))
    assert sorted(p.name for p in photos.iterdir()) == ["a.png", "b.png"]
    with pytest.raises(UserError, match="is a file"):
        write_result(photos / "a.png", subjects.result(photos))


@pytest.mark.parametrize("old", [False, True])
def test_a_full_disk_is_told_and_leaves_nothing(photos, out, old, monkeypatch):
    if old:
        write_result(out, subjects.result(photos))
    real, count = Path.write_bytes, []

    def write_bytes(self, data):
        count.append(self)
        if len(count) == 6:
            raise OSError(28, "No space left on device", str(self))
        return real(self, data)

    monkeypatch.setattr(Path, "write_bytes", write_bytes)
    with pytest.raises(UserError, match="disk is full"):
        write_result(out, subjects.result(photos, report={"seed": 6}))
    monkeypatch.undo()
    assert siblings(out) == (["head"] if old else [])
    if old:
        assert read_result(out).report["seed"] == 5


def test_an_old_result_survives_a_failed_last_step(photos, out, monkeypatch):
    write_result(out, subjects.result(photos))
    real = replace.os.rename

    def rename(source, target):
        if str(source).endswith(".partial"):
            raise PermissionError(13, "Permission denied", str(target))
        real(source, target)

    monkeypatch.setattr(replace.os, "rename", rename)
    with pytest.raises(UserError, match="No permission"):
        write_result(out, subjects.result(photos, report={"seed": 6}))
    monkeypatch.undo()
    assert read_result(out).report["seed"] == 5 and siblings(out) == ["head"]


def test_an_exception_of_ours_passes_and_leaves_nothing(photos, out, monkeypatch):
    monkeypatch.setattr(writer, "write_cameras", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_result(out, subjects.result(photos))
    assert siblings(out) == []


_KILLED = """
import os, sys
from pathlib import Path
from backend.asset import writer
from tests.asset import subjects
writer.write_cameras = lambda *_: os._exit(9)
writer.write_result(Path(sys.argv[2]), subjects.result(Path(sys.argv[1])))
"""


@pytest.mark.parametrize("old", [False, True])
def test_a_killed_writer_leaves_no_result_and_the_next_one_cleans_up(photos, out, old):
    if old:
        write_result(out, subjects.result(photos))
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(photos), str(out)], cwd=ROOT, check=False)
    assert killed.returncode == 9
    (partial,) = [name for name in siblings(out) if name != "head"]
    assert partial.endswith(".partial") and out.exists() == old
    if old:
        assert read_result(out).report["seed"] == 5
    abandoned = time.time() - 7200
    os.utime(out.parent / partial, (abandoned, abandoned))
    write_result(out, subjects.result(photos, report={"seed": 6}))
    assert siblings(out) == ["head"]


def test_a_result_caught_between_two_renames_returns(photos, out):
    write_result(out, subjects.result(photos))
    (out / "my scene.blend").write_text("mine")
    out.rename(out.with_name("head.123.old"))
    write_result(out, subjects.result(photos, report={"seed": 6}))
    assert read_result(out).report["seed"] == 6 and siblings(out) == ["head"]
    assert (out / "my scene.blend").exists()
