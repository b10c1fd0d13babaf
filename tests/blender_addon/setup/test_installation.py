"""Installing from inside Blender, with an installer that acts: progress, failure, cancel, and no half left."""

import json
import os
import shlex
import sys
import textwrap
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest

from backend import __version__, protocol
from backend.asset.reader import read_result
from blender_addon.jobs import request
from blender_addon.setup import environment, errand, head_models, installation, preferences, pythons, state
from blender_addon.setup.remote_link import Remote
from tests.asset import subjects
from tests.processes import PATIENCE, all_end, eventually

REMOTE = Path(__file__).resolve().parents[2] / "remote_backend.py"
INSTALLER = """
import json, os, pathlib, subprocess, sys, time
words = dict(zip(sys.argv[2::2], sys.argv[3::2])) if sys.argv[1] == "backend" else {}
here = pathlib.Path(__file__).parent
(here / "arguments.json").write_text(json.dumps([sys.executable, *sys.argv[1:]]))
say = lambda **values: print(json.dumps(values), flush=True)
say(step="Downloading torch-2.13.0")
say(done=95e6, total=190e6)
print("a word of pip")
environment = pathlib.Path(words.get("--environment", here / "none"))
(environment / "bin").mkdir(parents=True, exist_ok=True)
"""
FINISH = """
python = environment / "bin" / "python"
python.write_text("#!/bin/sh")
(environment / "likeness.json").write_text('{"backend": "x"}')
pathlib.Path(words["--note"]).parent.mkdir(parents=True, exist_ok=True)
pathlib.Path(words["--note"]).write_text(json.dumps({"python": str(python), "source": "."}))
"""
FAIL = """
say(error="The packages cannot be downloaded: check that this computer is online, then run this again.")
sys.exit(1)
"""
HANG = """
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
(here / "pids.part").write_text(f"{os.getpid()} {child.pid}")
(here / "pids.part").rename(here / "pids")
time.sleep(600)
"""


@pytest.fixture
def machine(addon, tmp_path, monkeypatch):
    """A Blender with online access and without a backend; `acts` says what the installer does."""
    monkeypatch.delenv("LIKENESS_PYTHON", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("LIKENESS_HEAD_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(installation, "INSTALL", tmp_path / "install.py")
    monkeypatch.setattr(pythons, "choose", lambda: pythons.Python((sys.executable,), (3, 11)))
    bpy.context.preferences.system.use_online_access = True
    entry = bpy.context.preferences.addons.new()
    entry.module = "blender_addon"
    preferences.look()
    yield SimpleNamespace(
        acts=lambda act: (tmp_path / "install.py").write_text(textwrap.dedent(INSTALLER + act)),
        folder=tmp_path / "config/likeness/backend", log=tmp_path / "config/likeness/logs/install.log", here=tmp_path,
        settings=entry.preferences,
    )  # fmt: skip
    errand.close()
    bpy.context.preferences.addons.remove(entry)
    bpy.context.preferences.system.use_online_access = False
    monkeypatch.undo()
    state.forget()


def pids(machine) -> list[int]:
    assert eventually((machine.here / "pids").exists)
    return [int(word) for word in (machine.here / "pids").read_text().split()]


def test_an_installed_backend_is_found_at_once(machine):
    machine.acts(FINISH)
    with pytest.raises(Exception, match="Press Install"):
        preferences.find_python()
    assert preferences._seen.trouble and not preferences._seen.is_made
    assert bpy.ops.likeness.install_backend() == {"FINISHED"}
    assert preferences.find_python() == machine.folder / "bin/python"
    assert preferences._seen.where == str(machine.folder / "bin/python") and preferences._seen.is_made
    command = json.loads((machine.here / "arguments.json").read_text())
    assert command == [sys.executable, "backend", "--environment", str(machine.folder), "--note",
                       str(environment.user_note())]  # fmt: skip
    log = machine.log.read_text()
    assert "Downloading torch-2.13.0" in log and "a word of pip" in log and log.endswith("Done\n")


def test_its_progress_is_seen_and_a_cancel_leaves_neither_process_nor_half(machine):
    machine.acts(HANG)
    command = [sys.executable, str(installation.INSTALL), "backend", "--environment", str(machine.folder)]
    tidy = partial(installation._tidy, machine.folder)
    sent = errand.start("Installing", lambda: command, machine.log, tidy)
    running = pids(machine)
    assert eventually(lambda: sent.detail == "95 of 190 MB")
    assert sent.step == "Downloading torch-2.13.0" and sent.fraction == 0.5 and machine.folder.is_dir()
    assert not bpy.ops.likeness.install_backend.poll()
    assert bpy.ops.likeness.cancel_installation() == {"FINISHED"}
    sent.join(PATIENCE)
    assert sent.ended and sent.error == errand.STOPPED
    assert all_end(running) and not machine.folder.exists()
    assert bpy.ops.likeness.install_backend.poll() and not bpy.ops.likeness.cancel_installation.poll()


def test_a_repair_that_is_cancelled_leaves_what_was_whole(machine):
    machine.acts(FINISH)
    bpy.ops.likeness.install_backend()
    installation._tidy(machine.folder, well=False)
    assert preferences.find_python().is_file()


def test_a_failure_is_told_in_a_sentence_and_the_half_goes(machine):
    machine.acts(FAIL)
    with pytest.raises(RuntimeError, match="check that this computer is online"):
        bpy.ops.likeness.install_backend()
    assert not machine.folder.exists() and "is online" in machine.log.read_text()


def test_an_installer_that_dies_names_its_log(machine):
    machine.acts("sys.stderr.write('Killed by nobody'); os.kill(os.getpid(), 9)")
    with pytest.raises(RuntimeError, match=r"Killed by nobody.*install\.log"):
        bpy.ops.likeness.install_backend()


def test_without_a_python_it_says_which_to_install(machine, monkeypatch):
    monkeypatch.undo()
    assert pythons.probe((sys.executable,)).version == sys.version_info[:2]
    assert pythons.probe(("no-such-python",)) is None and pythons.probe(("false",)) is None
    with pytest.raises(Exception, match=r"Install Python 3\.11"):
        pythons.choose([("false",), ("no-such-python",)])


def test_the_best_python_is_taken(monkeypatch):
    versions = {"own": (3, 13), "new": (3, 14), "good": (3, 12), "old": (3, 9)}
    monkeypatch.setattr(pythons, "probe", lambda command: pythons.Python(command, versions[command[0]]))
    assert pythons.choose([(name,) for name in versions]).command == ("good",)
    assert pythons.choose([("own",), ("new",), ("old",)]).command == ("own",)
    assert (sys.executable,) in pythons.candidates()


def test_nothing_is_downloaded_without_online_access(machine):
    machine.acts(FINISH)
    bpy.context.preferences.system.use_online_access = False
    assert not bpy.ops.likeness.install_backend.poll()
    with pytest.raises(RuntimeError, match="online access"):
        bpy.ops.likeness.install_backend()
    (machine.here / "python").write_text("")
    machine.settings.python = str(machine.here / "python")
    with pytest.raises(RuntimeError, match="online access"):
        bpy.ops.likeness.install_head_model()
    assert not (machine.here / "arguments.json").exists()


def test_a_head_model_is_taken_from_a_file_without_online_access(machine):
    machine.acts("")
    bpy.context.preferences.system.use_online_access = False
    machine.settings.python = sys.executable
    (models := machine.here / "models").mkdir()
    (models / "ict.npz").write_bytes(b"")
    head_models.look()
    assert bpy.ops.likeness.install_head_model(filepath="/kits/ict.tar.gz") == {"FINISHED"}
    command = json.loads((machine.here / "arguments.json").read_text())
    assert command[1:] == ["head-model", "ict", "--python", sys.executable, "--from", "/kits/ict.tar.gz"]
    assert head_models.has_ict()


def test_switching_the_extension_off_ends_an_installation(machine, addon):
    machine.acts(HANG)
    errand.start("Installing", lambda: [sys.executable, str(installation.INSTALL), "backend"], machine.log)
    running = pids(machine)
    addon.unregister()
    assert all_end(running)
    addon.register()


def about(**changes) -> protocol.About:
    told = protocol.About(__version__, "3.11.7", "2.13.0", "cuda: H200", ("warp",), ("builtin",), 65.0, ())
    return protocol.About(**{**vars(told), **changes})


def answering(path: Path, line: str, code: int = 0) -> Path:
    """A Python that says a line."""
    path.write_text(f"#!/bin/sh\ncat <<'END'\n{line}\nEND\nexit {code}\n")
    path.chmod(0o755)
    return path


def test_a_backend_that_answers_is_described(machine):
    machine.settings.python = str(answering(machine.here / "python", protocol.to_line(about(missing=("xatlas",)))))
    assert bpy.ops.likeness.check_backend() == {"FINISHED"}
    told = " ".join(state.current().lines())
    assert "cuda: H200" in told and "Missing: xatlas" in told and __version__ in told
    assert "cuda: H200" in state.report() and str(machine.here / "python") in state.report()
    machine.settings.python = ""
    assert state.current() == state.State() and "Not asked" in state.report()


@pytest.mark.parametrize(("line", "code", "expected"), [("", 1, "Press Repair"), ("no JSON", 0, "Not a line of JSON")])
def test_a_backend_that_does_not_answer_is_a_sentence(machine, line, code, expected):
    machine.settings.python = str(answering(machine.here / "python", line, code))
    with pytest.raises(RuntimeError, match=expected):
        bpy.ops.likeness.check_backend()
    assert expected in state.current().trouble


def test_a_check_does_not_wait_and_a_late_answer_is_dropped(machine):
    python = answering(machine.here / "python", protocol.to_line(about()))
    slow = machine.here / "slow"
    slow.write_text(f"#!/bin/sh\nsleep 0.5\nexec {python}\n")
    slow.chmod(0o755)
    machine.settings.python = str(slow)
    began = time.perf_counter()
    state.ask(preferences.find_backend)
    assert time.perf_counter() - began < 0.2 and state.current().checking
    assert not bpy.ops.likeness.check_backend.poll()
    machine.settings.python = ""
    state._asking.join()
    assert state.current() == state.State()


def test_switching_the_extension_off_ends_a_check(machine, addon):
    slow = machine.here / "slow"
    slow.write_text(f"#!/bin/sh\necho $$ > {machine.here}/pids.part\nmv {machine.here}/pids.part {machine.here}/pids\n"
                    "exec sleep 600\n")  # fmt: skip
    slow.chmod(0o755)
    machine.settings.python = str(slow)
    state.ask(preferences.find_backend)
    running = pids(machine)
    addon.unregister()
    assert all_end(running)
    state._asking.join()
    assert state.current() == state.State()
    addon.register()


def test_the_button_generates_on_another_machine(machine, monkeypatch):
    (photos := machine.here / "photos").mkdir()
    views = [subjects.view(photos, name).source for name in ("a", "b")]
    made = request.from_scene
    monkeypatch.setattr(request, "from_scene", lambda *scene: replace(made(*scene), head_model="photographed"))
    machine.settings.remote = shlex.join(["env", f"TMPDIR={machine.here}", sys.executable, str(REMOTE)])
    bpy.ops.likeness.add_photos(directory=str(photos))
    assert bpy.ops.likeness.generate() == {"FINISHED"}
    (built,) = (one for one in bpy.data.collections["Likeness"].all_objects if one.type == "MESH")
    stored = read_result(built["likeness_result"])
    assert [camera.image for camera in stored.cameras] == views
    assert eventually(lambda: not list(machine.here.glob("likeness-remote-*")))


def test_another_machine_is_asked_through_its_command(machine):
    script = machine.here / "far"
    script.write_text(f"#!/bin/sh\nread line\ncat <<'END'\n{protocol.to_line(about(device='cuda: far away'))}END\n")
    script.chmod(0o755)
    machine.settings.remote = f"{script} serve --remote"
    assert preferences.find_backend() == Remote(f"{script} serve --remote")
    assert bpy.ops.likeness.check_backend() == {"FINISHED"}
    assert "far away" in state.report() and str(script) in state.report()
    assert not bpy.ops.likeness.install_head_model.poll()
    machine.settings.remote = "sh -c 'echo no route to host >&2'"
    with pytest.raises(RuntimeError, match="no route to host"):
        bpy.ops.likeness.check_backend()
    bpy.context.preferences.system.use_online_access = False
    with pytest.raises(RuntimeError, match="online access"):
        bpy.ops.likeness.check_backend()


def drawn(draw, *arguments) -> str:
    """What a part of the preferences or of the sidebar shows."""
    from tests.blender_addon.test_registration import Layout

    shown = []
    draw(Layout(shown), SimpleNamespace(region=None, preferences=bpy.context.preferences), *arguments)
    return " ".join(shown)


def test_the_preferences_and_the_sidebar_show_what_is_missing_and_what_is_there(machine):
    text = drawn(preferences.draw_backend, machine.settings)
    assert "is not installed" in text and "likeness.install_backend" in text and "online access" not in text
    assert "likeness.install_backend" in drawn(preferences.draw_setup)
    bpy.context.preferences.system.use_online_access = False
    assert "no online access" in drawn(preferences.draw_backend, machine.settings)
    machine.settings.python = str(answering(machine.here / "python", protocol.to_line(about())))
    bpy.ops.likeness.check_backend()
    text = drawn(preferences.draw_backend, machine.settings)
    assert "cuda: H200" in text and "GB free" in text and f"In use: {machine.here / 'python'}" in text
    assert drawn(preferences.draw_setup) == ""


def test_an_installation_under_way_is_shown(machine):
    machine.acts(HANG)
    sent = errand.start("Installing", lambda: [sys.executable, str(installation.INSTALL), "backend"], machine.log)
    pids(machine)
    assert eventually(lambda: sent.detail)
    text = drawn(preferences.draw_setup)
    assert "95 of 190 MB" in text and "Downloading torch-2.13.0" in text and "likeness.cancel_installation" in text
    sent.cancel()
    sent.join(PATIENCE)
    assert errand.STOPPED in drawn(preferences.draw_errand)


def test_the_log_folder_is_made_where_it_is_shown(machine, monkeypatch):
    opener = machine.here / "xdg-open"
    opener.write_text(f'#!/bin/sh\nprintf "%s" "$1" > {machine.here}/shown\n')
    opener.chmod(0o755)
    monkeypatch.setenv("PATH", str(machine.here), prepend=os.pathsep)
    assert bpy.ops.likeness.open_log_folder() == {"FINISHED"}
    assert (machine.here / "shown").read_text() == str(machine.log.parent) and machine.log.parent.is_dir()


def test_an_errand_is_the_installers(machine):
    """The words of the true installer are understood, and it is asked for them in its own way."""
    from installer import errand as true

    assert environment.errand_environment()[true.VARIABLE] == true.LINES
    assert installation.INSTALL.name == "install.py" and (environment.SOURCES / "install.py").is_file()
    assert os.fspath(environment.python_of(Path("x"))).startswith("x")
