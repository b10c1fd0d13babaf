"""install.py: the right Python, the commands, and what CI runs."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import install
from installer import SetupError, blender, commands, demo, doctor, environment, places
from tests.installer.stand_ins import is_one_sentence, posix_only, script

ROOT = Path(install.__file__).resolve().parent


@pytest.mark.parametrize("version", [(3, 10, 0), (3, 11, 7), (3, 12, 1), (3, 13, 9)])
def test_supported_pythons_are_not_complained_about(version):
    assert install.complaint(version, True) is None


@pytest.mark.parametrize(
    ("version", "is_64_bit"), [((2, 7, 18), True), ((3, 9, 18), True), ((3, 14, 0), True), ((3, 11, 7), False)]
)
def test_other_pythons_are_told_in_one_sentence_what_to_do(version, is_64_bit):
    said = install.complaint(version, is_64_bit)
    assert is_one_sentence(said)
    assert ".".join(map(str, version)) in said and "install one" in said
    assert is_64_bit or "32-bit" in said


def test_old_pythons_can_read_install_py_far_enough_to_complain():
    modern = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef, ast.Match)
    tree = ast.parse((ROOT / "install.py").read_text(encoding="ascii"))
    for node in ast.walk(tree):
        assert not isinstance(node, modern), ast.unparse(node)
        assert not isinstance(node, ast.arg) or node.annotation is None
        assert not isinstance(node, ast.FunctionDef) or node.returns is None


def test_install_py_runs_from_any_folder(tmp_path):
    answer = subprocess.run(
        [sys.executable, str(ROOT / "install.py"), "--help"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    for command in ("demo", "test", "build", "doctor"):
        assert command in answer.stdout


@pytest.mark.parametrize("arguments", [["fetch-model"], ["build", "--fast"], ["--no-such-option"]])
def test_what_is_not_offered_is_refused(arguments, capsys):
    with pytest.raises(SystemExit) as end:
        commands.main(arguments)
    assert end.value.code == 2 and "install.py: error" in capsys.readouterr().err


def test_doctor_without_an_environment_says_what_to_run(tmp_path):
    tree = tmp_path / "likeness"
    for name in ("installer", "requirements"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "install.py", tree)
    answer = subprocess.run(
        [sys.executable, str(tree / "install.py"), "doctor"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1 and answer.stderr == ""
    lines = answer.stdout.splitlines()
    missing = next(number for number, line in enumerate(lines) if line.startswith("MISSING"))
    assert "environment" in lines[missing] and "`python install.py`" in lines[missing + 1]
    assert not (tree / ".venv").exists()


@pytest.mark.parametrize(("found", "healthy", "expected"), [
    ({"device": "H200", "torch": "2.13.0"}, True, "cuda: H200"),
    ({"device": None, "torch": "2.13.0+cpu", "threads": 2}, True, "cpu: 2 threads"),
    ({"fault": "libcudart is missing"}, False, "libcudart"),
])  # fmt: skip
def test_doctor_names_the_device(monkeypatch, found, healthy, expected):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    finding = doctor.examine_device(found)
    assert expected in finding.state and (finding.remedy == "") == healthy


def test_the_demo_names_photos_that_are_not_there(tmp_path):
    with pytest.raises(SetupError, match="no-such-photos") as error:
        demo.run(str(tmp_path / "no-such-photos"), tmp_path / "out", [], None)
    assert is_one_sentence(str(error.value))


def test_the_scene_is_saved_by_the_module_or_by_a_blender(tmp_path):
    target = tmp_path / "head.blend"
    assert demo.scene_command(tmp_path, target, None)[1:] == [
        "-m",
        "blender_addon.results.save_blend",
        str(tmp_path),
        str(target),
    ]
    command = demo.scene_command(tmp_path, target, blender.Blender(Path("/opt/blender"), (4, 5, 0)))
    assert command[0] == str(Path("/opt/blender")) and "--background" in command
    ast.parse(command[-1])
    assert repr(str(target)) in command[-1]


def test_a_missing_system_library_is_named_and_a_bug_is_not_hidden():
    said = demo.why_no_scene("ImportError: libXi.so.6: cannot open shared object file: No such file")
    assert "libXi.so.6" in said and "libxi6" in said
    with pytest.raises(SetupError, match="KeyError: 'uv'"):
        demo.why_no_scene("Traceback (most recent call last):\nKeyError: 'uv'")


def test_the_record_is_written_once_and_where_the_extension_looks(tmp_path):
    record = tmp_path / "likeness" / "backend.json"
    environment.record_backend(Path("/x/bin/python"), record)
    assert json.loads(record.read_text(encoding="utf-8")) == {"python": str(Path("/x/bin/python")), "source": str(ROOT)}
    os.utime(record, (10**9, 10**9))
    environment.record_backend(Path("/x/bin/python"), record)
    assert record.stat().st_mtime == 10**9
    home = Path("/home/a")
    assert places.backend_record("linux", {}, home) == home / ".config/likeness/backend.json"
    assert places.backend_record("linux", {"XDG_CONFIG_HOME": "/c"}, home) == Path("/c/likeness/backend.json")
    assert places.backend_record("darwin", {}, home) == home / "Library/Application Support/Likeness/backend.json"
    assert places.backend_record("win32", {"APPDATA": "/r"}, home) == Path("/r/Likeness/backend.json")


def test_the_extension_looks_where_install_py_writes():
    pytest.importorskip("bpy")
    from blender_addon.setup.environment import user_note

    assert user_note() == places.backend_record()


def test_children_see_nothing_of_another_python():
    theirs = places.child_variables({"PATH": "/bin", "PYTHONPATH": "/ros", "PYTHONHOME": "/x", "PIP_TARGET": "/y"})
    assert theirs["PATH"] == "/bin" and not {"PYTHONPATH", "PYTHONHOME", "PIP_TARGET"} & set(theirs)
    assert theirs["KMP_BLOCKTIME"] == "0" and theirs["OMP_WAIT_POLICY"] == "PASSIVE"


@posix_only
def test_ci_runs_install_py_test_with_a_supported_python(tmp_path):
    for name in ("python3.11", "python3", "python3.13"):
        supported = "exit 1" if name == "python3.11" else "exit 0"
        script(tmp_path / name, f'[ "$1" = -c ] && {supported}', f'echo "{name} $* in $(pwd)"')
    script(tmp_path / "id", "echo 1000")  # not root: no packages are installed
    answer = subprocess.run(
        [str(ROOT / ".ci" / "run"), "-q"], cwd="/", env={**os.environ, "PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert answer.stdout == f"python3 install.py test -q in {ROOT}\n"
