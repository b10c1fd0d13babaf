"""A backend whose jobs are acted: `fake_backend.py serve` and `fake_backend.py job FOLDER`.

A fit's capture is a folder; its `head_model` names the act. Process ids are noted as files in the capture. Of a
render or a re-fit, the result's folder is where ids are noted, and a folder `hang` in it makes it hang. The animation
of a film is the performance.csv that lies among its frames; a re-fit is a copy of the result, or of its folder
`refitted`.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from backend import job, protocol, serve  # noqa: E402
from backend.asset.interim import write_interim  # noqa: E402
from backend.asset.png import encode_png  # noqa: E402
from backend.asset.replace import replacing, replacing_file  # noqa: E402
from backend.errors import Enough, UserError  # noqa: E402
from backend.request import target_of  # noqa: E402
from backend.scene import Surface  # noqa: E402

STEPS = 600  # of the act `steps`, where the capture has no file steps.txt with another number
STEP = 0.1  # seconds
SHOWN_EVERY = 5  # steps


def act(request: protocol.Request, emit, previews: Path | None = None) -> Path:
    """Begin like every job, with half a result on disk and a worker; then do as the act says."""
    if isinstance(request, protocol.RenderRequest):
        return act_render(request, emit)
    if isinstance(request, protocol.AnimateRequest):
        return act_animate(request, emit)
    if isinstance(request, protocol.RefitRequest):
        return act_refit(request, emit)
    capture, out = Path(request.capture), Path(request.out)
    with replacing(out) as partial:
        (partial / "head.glb").write_text("half")
        begin(capture, emit)
        ACTS[request.head_model](capture, partial, emit, previews)
    with contextlib.suppress(Enough):
        emit(protocol.Progress(1.0, 0.0))
    return out


def act_render(request: protocol.RenderRequest, emit) -> Path:
    """A video of a few bytes, or a folder with one of them."""
    result, out = Path(request.result), Path(request.out)
    with replacing_file(out) if request.is_video else replacing(out) as partial:
        file = partial if request.is_video else partial / "000.png"
        file.write_text(f"{request.turntable} {request.size} {request.of}")
        begin(result, emit)
        if (result / "hang").exists():
            hang()
    return out


def act_refit(request: protocol.RefitRequest, emit) -> Path:
    """A copy of the result, or of what lies ready in it."""
    result, out = Path(request.result), Path(target_of(request))
    with replacing(out) as partial:
        begin(result, emit)
        if (result / "hang").exists():
            hang()
        copy_tree(result / "refitted" if (result / "refitted").is_dir() else result, partial)
    return out


def act_animate(request: protocol.AnimateRequest, emit) -> Path:
    """A copy of what lies among the frames."""
    ready, out = Path(request.frames) / "performance.csv", Path(request.out)
    begin(Path(request.frames), emit)
    if not ready.is_file():
        raise UserError("There is no face in the film. Give another.")
    with replacing_file(out) as partial:
        partial.write_bytes(ready.read_bytes())
    return out


def begin(folder: Path, emit) -> None:
    note(folder, "job", os.getpid())
    note(folder, "worker", start_worker().pid)
    emit(protocol.Stage("Pretending", 0, 2))
    emit(protocol.Progress(0.25, 3.0))


def hang(*_):
    time.sleep(600)


def crash(*_):
    print("the last words", file=sys.stderr, flush=True)
    os.kill(os.getpid(), signal.SIGSEGV)


def stumble(*_):
    raise RuntimeError("a bug of ours")


def refuse(*_):
    raise UserError("There is no face in the photo. Give another.")


def chatter(*_):
    print("from Python")
    os.write(1, b"from a native library\n")


def finish(capture, partial, *_):
    """Where the capture has a folder `result`, that is what comes out."""
    if (capture / "result").is_dir():
        copy_tree(capture / "result", partial)


def show(capture, partial, emit, previews):
    """One preview, and then nothing more."""
    show_preview(previews, 0, emit)
    hang()


def steps(capture, partial, emit, previews):
    """Refine in small steps, shown now and then, until told to finish or at the end of the steps; then `finish`."""
    told = capture / "steps.txt"
    count = int(told.read_text()) if told.exists() else STEPS
    emit(protocol.Stage("Refining", 1, 2))
    try:
        for step in range(count):
            time.sleep(STEP)
            if step % SHOWN_EVERY == 0:
                show_preview(previews, step // SHOWN_EVERY, emit)
                show_surface(previews, step // SHOWN_EVERY, emit)
            emit(protocol.Progress(0.25 + 0.7 * (step + 1) / count, (count - step - 1) * STEP))
    except Enough:
        emit(protocol.Warning("Finished early on request: cut short were Refining. Run it again for all detail."))
    finish(capture, partial)


ACTS = {act.__name__: act for act in (hang, crash, stumble, refuse, chatter, finish, show, steps)}


def show_preview(folder: Path, number: int, emit) -> None:
    """A gray square, lighter from time to time."""
    path = folder / f"preview-{number % 2}.png"
    path.write_bytes(encode_png(np.full((8, 8, 3), min(0.25 + 0.01 * number, 1.0), np.float32)))
    emit(protocol.Preview(str(path)))


def show_surface(folder: Path, number: int, emit) -> None:
    """A double pyramid of 6 vertices and 8 triangles, a centimeter higher each time."""
    corners = np.array([[1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], np.float32)
    corners[4, 2] += 0.01 * number
    around = [(k, (k + 1) % 4) for k in range(4)]
    faces = [(a, b, 4) for a, b in around] + [(b, a, 5) for a, b in around]
    path = folder / f"interim-{number % 2}.glb"
    write_interim(path, Surface(corners, np.array(faces, np.int32)))
    emit(protocol.InterimMesh(str(path)))


def copy_tree(source: Path, target: Path) -> None:
    """All files of a folder, into one that there is."""
    shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.pid", "*.part"))


def start_worker() -> subprocess.Popen:
    """A process that would outlive us, like an unwrapping that hangs."""
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], stdout=subprocess.DEVNULL)


def note(capture: Path, name: str, pid: int) -> None:
    (capture / f"{name}.part").write_text(str(pid))
    (capture / f"{name}.part").rename(capture / f"{name}.pid")


if __name__ == "__main__":
    if sys.argv[1] == "job":
        sys.exit(job.main(sys.argv[2], act))
    sys.exit(serve.main([sys.executable, __file__, "job"]))
