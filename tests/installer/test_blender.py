"""Blender is found, and the extension put into it."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from installer import SetupError, blender, extension
from tests.installer.stand_ins import fake_blender, is_one_sentence, posix_only, script


@posix_only
def test_the_blender_on_path_is_found_first_and_old_or_broken_ones_are_passed_over(tmp_path, monkeypatch):
    home, path = tmp_path / "home", tmp_path / "bin"
    monkeypatch.setattr(blender, "PLACES", {sys.platform: ("blender*/blender",)})
    monkeypatch.setattr(Path, "home", lambda: home)
    monkeypatch.setenv("PATH", str(path), prepend=os.pathsep)
    fake_blender(home / "blender-4.10" / "blender", "4.10.0")
    fake_blender(home / "blender-4.9" / "blender", "4.9.1")
    script(home / "blender-9" / "blender", "exit 1")
    assert blender.find() == blender.Blender(home / "blender-4.10" / "blender", (4, 10, 0))
    fake_blender(path / "blender", "3.6.5")
    assert blender.find().version == (4, 10, 0)
    fake_blender(path / "blender", "4.2.0")
    assert blender.find() == blender.Blender(path / "blender", (4, 2, 0))


@posix_only
def test_a_blender_can_be_named_by_its_program_or_its_folder(tmp_path):
    program = fake_blender(tmp_path / "my blender" / "blender", "5.0.1")
    app = fake_blender(tmp_path / "Blender.app" / "Contents" / "MacOS" / "Blender", "4.5.15")
    assert blender.find(str(program)) == blender.find(str(program.parent)) == blender.Blender(program, (5, 0, 1))
    assert blender.find(str(tmp_path / "Blender.app")).path == app


@posix_only
@pytest.mark.parametrize(("line", "expected"), [
    ("echo 'Blender 3.6.5'", "needs 4.2"), ("echo hello", "does not answer"), (None, "There is no Blender"),
])  # fmt: skip
def test_a_wrongly_named_blender_is_an_error(tmp_path, line, expected):
    if line:
        script(tmp_path / "blender", line)
    with pytest.raises(SetupError, match=expected) as error:
        blender.find(str(tmp_path / "blender"))
    assert is_one_sentence(str(error.value))


@pytest.mark.parametrize(("platform", "below", "found"), [
    ("linux", "", "blender-4.5.15-linux-x64/blender"),
    ("darwin", "", "Applications/Blender 4.5.app/Contents/MacOS/Blender"),
    ("win32", "Program Files", "Blender Foundation/Blender 4.5/blender.exe"),
])  # fmt: skip
def test_the_usual_places_of_each_system_are_searched(tmp_path, platform, below, found):
    program = tmp_path / below / found
    program.parent.mkdir(parents=True)
    program.touch()
    variables = {"PATH": "", "ProgramFiles": str(tmp_path / "Program Files")}
    assert program in blender.candidates(platform, variables, tmp_path)


@posix_only
def test_the_extension_is_installed_once_and_again_when_it_is_gone(tmp_path):
    log, user = tmp_path / "log", tmp_path / "user"
    script(
        tmp_path / "blender",
        f'echo "$@" >> {log}', 'case "$*" in',
        '*validate*) echo "Success parsing TOML";;',
        f'*install-file*) [ -e {user} ] && again=Reinstalled; echo "STATUS ${{again:-Installed}} \\"likeness\\""',
        f"mkdir -p {user}/likeness; touch {user}/likeness/{extension.MANIFEST};;",
        f"*) echo FOLDER {user};;", "esac",
    )  # fmt: skip
    archive = tmp_path / "likeness.zip"
    archive.write_bytes(b"zip")
    found = blender.Blender(tmp_path / "blender", (4, 5, 0))
    assert blender.install(found, archive, tmp_path) and not blender.install(found, archive, tmp_path)
    assert log.read_text().count("install-file") == 1 and "--enable" in log.read_text()
    shutil.rmtree(user)
    assert blender.install(found, archive, tmp_path)
    archive.write_bytes(b"another zip")
    assert blender.install(found, archive, tmp_path)


@posix_only
def test_a_failed_installation_is_noticed_although_blender_exits_with_0(tmp_path):
    program = script(tmp_path / "blender", 'echo "Success parsing TOML"; echo "Error: archive is broken"')
    (tmp_path / "likeness.zip").write_bytes(b"")
    with pytest.raises(SetupError, match="archive is broken"):
        blender.install(blender.Blender(program, (4, 5, 0)), tmp_path / "likeness.zip", tmp_path)
