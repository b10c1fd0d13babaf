"""A backend whose jobs are acted: `fake_backend.py serve` and `fake_backend.py job FOLDER`.

A fit's capture is a folder; its `head_model` names the act. Process ids are noted as files in the capture. Of a
render, the result's folder is where ids are noted, and a folder `hang` in it makes it hang. The animation of a film
is the performance.csv that lies among its frames.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from backend import job, protocol, serve  # noqa: E402
from backend.asset.png import encode_png  # noqa: E402
from backend.asset.replace import replacing, replacing_file  # noqa: E402
from backend.errors import UserError  # noqa: E402


def act(request: protocol.Request, emit, previews: Path | None = None) -> Path:
    """Begin like every job, with half a result on disk and a worker; then do as the act says."""
    if isinstance(request, protocol.RenderRequest):
        return act_render(request, emit)
    if isinstance(request, protocol.AnimateRequest):
        return act_animate(request, emit)
    capture, out = Path(request.capture), Path(request.out)
    with replacing(out) as partial:
        (partial / "head.glb").write_text("half")
        begin(capture, emit)
        if request.head_model == "show":
            (previews / "preview-0.png").write_bytes(encode_png(np.full((8, 8, 3), 0.25, np.float32)))
            emit(protocol.Preview(str(previews / "preview-0.png")))
        ACTS[request.head_model](capture, partial, emit)
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
            hang(result, partial, emit)
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


def hang(capture, partial, emit):
    time.sleep(600)


def crash(capture, partial, emit):
    print("the last words", file=sys.stderr, flush=True)
    os.kill(os.getpid(), signal.SIGSEGV)


def stumble(capture, partial, emit):
    raise RuntimeError("a bug of ours")


def refuse(capture, partial, emit):
    raise UserError("There is no face in the photo. Give another.")


def chatter(capture, partial, emit):
    print("from Python")
    os.write(1, b"from a native library\n")


def finish(capture, partial, emit):
    """Where the capture has a folder `result`, that is what comes out."""
    if (capture / "result").is_dir():
        for source in (capture / "result").rglob("*"):
            target = partial / source.relative_to(capture / "result")
            if source.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(source.read_bytes())


ACTS = {act.__name__: act for act in (hang, crash, stumble, refuse, chatter, finish)} | {"show": hang}


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
