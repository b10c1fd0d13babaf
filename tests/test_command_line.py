"""The command line: its options are the request's, its exit codes are what they promise to be."""

import os
import signal
import subprocess
import sys
import time
import types
from pathlib import Path

import pytest

import backend
from backend import protocol
from backend.__main__ import main, parser
from backend.errors import Cancelled, UserError
from backend.protocol import AnimateRequest, FitRequest, RefitRequest, RenderRequest
from backend.terminal import format_seconds
from tests.processes import PATIENCE, all_end, noted_pids

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def pipeline(monkeypatch):
    """Put a function in the place of pipeline.fit."""
    before = signal.getsignal(signal.SIGTERM)

    def replace(fit):
        fake = types.ModuleType("backend.pipeline")
        fake.fit = fit
        monkeypatch.setitem(sys.modules, "backend.pipeline", fake)
        monkeypatch.setattr(backend, "pipeline", fake, raising=False)

    yield replace
    signal.signal(signal.SIGTERM, before)


def fails(error: BaseException):
    def fit(request, emit, previews=None):
        raise error

    return fit


OPTIONS = """fit photos --out r --subject object --representation sdf --preset high --device cpu --renderer warp
--head-model ict --texture albedo --views 000,001 --face 1 --seed 7 --time-limit 90"""


def test_every_field_of_the_request_is_an_option():
    values = vars(parser().parse_args(OPTIONS.split()))
    assert values.pop("command") == "fit"
    assert FitRequest(**values) == FitRequest(
        "photos", "r", "object", "sdf", "high", "cpu", "warp", "ict", "albedo", ("000", "001"), 1, 7, 90.0
    )


def test_every_field_of_a_refit_is_an_option():
    line = """refit r --views 000,001 --out s --weights 1,0.5 --preset high --texture albedo --rebuild --device cpu
    --renderer warp --time-limit 90"""
    values = vars(parser().parse_args(line.split()))
    assert values.pop("command") == "refit"
    wanted = RefitRequest("r", ("000", "001"), "s", (1.0, 0.5), "high", "albedo", True, "cpu", "warp", 90.0)
    assert RefitRequest(**values) == wanted
    values = vars(parser().parse_args(["refit", "r", "--views", "000"]))
    values.pop("command")
    assert RefitRequest(**values) == RefitRequest("r", ("000",))


def test_options_left_out_are_the_defaults_of_the_request():
    values = vars(parser().parse_args(["fit", "photos", "--out", "r"]))
    values.pop("command")
    assert FitRequest(**values) == FitRequest("photos", "r")


RENDER = "render result --out turn.mp4 --turntable 8 --size 256 --of mesh --fps 30 --device cpu"


def test_every_field_of_a_render_is_an_option():
    values = vars(parser().parse_args(RENDER.split()))
    assert values.pop("command") == "render"
    assert RenderRequest(**values) == RenderRequest("result", "turn.mp4", 8, None, 256, "mesh", 30, "cpu")
    values = vars(parser().parse_args(["render", "r", "--out", "o", "--cameras", "transforms.json"]))
    values.pop("command")
    assert RenderRequest(**values) == RenderRequest("r", "o", cameras="transforms.json")


def test_every_field_of_an_animation_is_an_option():
    values = vars(parser().parse_args("animate result take.mp4 --out take.csv --fps 29.97".split()))
    assert values.pop("command") == "animate"
    assert AnimateRequest(**values) == AnimateRequest("result", "take.mp4", "take.csv", 29.97)
    values = vars(parser().parse_args("animate result frames --out take.csv".split()))
    values.pop("command")
    assert AnimateRequest(**values) == AnimateRequest("result", "frames", "take.csv")


def test_an_animation_names_what_it_made(monkeypatch, tmp_path, capsys):
    before = signal.getsignal(signal.SIGTERM)
    made = types.SimpleNamespace(animate=lambda request, emit: Path(request.out))
    monkeypatch.setattr(backend, "animation", made, raising=False)
    assert main(["animate", "result", "take.mp4", "--out", str(tmp_path / "take.csv")]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'take.csv'}\n"
    assert main(["animate", "result", "take.mp4", "--out", str(tmp_path / "take.fbx")]) == 2
    signal.signal(signal.SIGTERM, before)


def test_a_render_names_what_it_made(monkeypatch, tmp_path, capsys):
    before = signal.getsignal(signal.SIGTERM)
    made = types.SimpleNamespace(render=lambda request, emit: Path(request.out))
    monkeypatch.setattr(backend, "novel_views", made, raising=False)
    assert main(["render", "result", "--out", str(tmp_path / "turn.mp4")]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'turn.mp4'}\n"
    assert main(["render", "result", "--out", str(tmp_path / "turn.mp4"), "--turntable", "0"]) == 2
    assert capsys.readouterr().err == "error: turntable cannot be 0. Use 1 to 10000 frames.\n"
    signal.signal(signal.SIGTERM, before)


def test_help_needs_no_torch_and_is_instant():
    code = "import sys; from backend.__main__ import parser; parser(); print(sorted(sys.modules))"
    modules = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert not {"torch", "warp", "numpy", "rich"} & set(modules.replace("'", "").strip("[]\n").split(", "))


def test_a_result_is_named_on_standard_output(pipeline, tmp_path, capsys):
    def fit(request, emit, previews=None):
        emit(protocol.Stage("Carving", 0, 2))
        emit(protocol.Progress(0.5, 65.0))
        emit(protocol.Warning("Photo c has no mask."))
        return Path(request.out)

    pipeline(fit)
    assert main(["fit", "photos", "--out", str(tmp_path / "r")]) == 0
    said = capsys.readouterr()
    assert said.out == f"{tmp_path / 'r'}\n"
    assert "[1/2] Carving" in said.err and "warning: Photo c has no mask." in said.err


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (UserError("There is no photo x.png. Give another."), 2, "error: There is no photo x.png. Give another.\n"),
        (RuntimeError("oh"), 1, "RuntimeError: oh"),
        (Cancelled(), 130, "Cancelled."),
        (KeyboardInterrupt(), 130, "Cancelled."),
    ],
)
def test_every_end_has_its_exit_code(pipeline, tmp_path, capsys, error, code, words):
    pipeline(fails(error))
    assert main(["fit", "photos", "--out", str(tmp_path / "r")]) == code
    said = capsys.readouterr()
    assert words in said.err and said.out == ""
    assert ("Traceback" in said.err) == (code == 1)


def test_a_bad_value_is_one_sentence_and_exit_code_2(capsys):
    assert main(["fit", "photos", "--out", "r", "--seed", "-1"]) == 2
    assert capsys.readouterr().err.startswith("error: seed cannot be -1. Use a whole number")


@pytest.mark.parametrize(
    "arguments",
    [
        ["fit", "photos"],
        ["fit", "p", "--out", "r", "--preset", "ultra"],
        ["refit"],
        [],
        ["render", "r"],
        ["render", "r", "--out", "o", "--turntable", "3", "--cameras", "c"],
    ],
)
def test_what_does_not_parse_is_exit_code_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_to_be_interrupted_is_to_be_cancelled(tmp_path, number):
    """The real process with an acted fit: nothing of the result is left, and the exit code is 130."""
    code = (
        "import sys, types, backend; sys.path.insert(0, 'tests'); import fake_backend\n"
        "backend.pipeline = sys.modules['backend.pipeline'] = types.SimpleNamespace(fit=fake_backend.act)\n"
        "from backend.__main__ import main\n"
        f"sys.exit(main(['fit', {str(tmp_path)!r}, '--out', {str(tmp_path / 'r')!r}, '--head-model', 'hang']))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.PIPE, start_new_session=True)
    pids = noted_pids(tmp_path)
    time.sleep(0.2)
    os.killpg(process.pid, number)  # as a terminal does
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "Cancelled." in said.decode()
    assert not list(tmp_path.glob("r*"))
    assert all_end(pids)


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, ""), (0.4, "0:00"), (245, "4:05"), (3609, "1:00:09"), (-3, "0:00")]
)
def test_times_are_written_as_people_do(seconds, text):
    assert format_seconds(seconds) == text
