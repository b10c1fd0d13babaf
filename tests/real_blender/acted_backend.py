"""A backend that takes the time of a fit and says what a fit says: `acted_backend.py serve`, `… job FOLDER`.

It runs with the Python beside a real Blender, which has neither torch nor Pillow; the extension's own `backend` is on
its path. Everything that it shows lies in its folder, the stage: `result` and `refit` come out of a fit and a re-fit,
`shown` holds two previews and two interim meshes, `act.json` says how long a fit and its writing take.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from backend import job, protocol, serve
from backend.asset.replace import replacing
from backend.errors import Enough, UserError
from backend.request import target_of

STAGE = Path(__file__).resolve().parent
STAGES = (
    "Reading the photos",
    "Fitting the head",
    "Refining the surface",
    "Painting the textures",
    "Learning expressions",
)
SPACING = 2.0  # seconds from one preview and one interim mesh to the next, as of a real fit
BREATH = 0.1  # seconds from one progress to the next


def act(request: protocol.Request, emit, folder: Path | None = None) -> Path:
    """Talk for as long as act.json asks for, then put what was prepared to where it was asked for."""
    play, target = json.loads((STAGE / "act.json").read_text()), Path(target_of(request))
    prepared = STAGE / ("refit" if isinstance(request, protocol.RefitRequest) else "result")
    with replacing(target) as partial:
        (partial / "report.json").write_text("{")
        start_worker()
        try:
            talk(play["seconds"], emit, folder)
        except Enough:
            emit(protocol.Warning("Finished early on request."))
        if play["fails"]:
            raise UserError(play["fails"])
        write(prepared, partial, play["writing"])
    (STAGE / "ended").write_text(repr(time.time()))
    return target


def start_worker() -> None:
    """A process that would outlive us, like an unwrapping that hangs."""
    sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
    subprocess.Popen(sleep, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def write(prepared: Path, partial: Path, seconds: float) -> None:
    """The result file after file, spread over some seconds."""
    files = sorted(path for path in prepared.rglob("*") if path.is_file())
    for path in files:
        (partial / path.relative_to(prepared)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, partial / path.relative_to(prepared))
        time.sleep(seconds / len(files))
    if not all((partial / path.relative_to(prepared)).is_file() for path in files):
        raise UserError("Files were deleted while the result was written. Run the fit again.")


def talk(seconds: float, emit, folder: Path) -> None:
    """Progress all the time; a preview and an interim mesh now and then, each by turns in two files as a fit does."""
    count = max(1, round(seconds / BREATH))
    shown = next_stage = 0
    for step in range(count):
        if step >= next_stage * count / len(STAGES):
            emit(protocol.Stage(STAGES[next_stage], next_stage, len(STAGES)))
            next_stage += 1
        if step * BREATH >= shown * SPACING:
            show(shown % 2, emit, folder)
            shown += 1
        emit(protocol.Progress(step / count, (count - step) * BREATH))
        time.sleep(BREATH)


def show(number: int, emit, folder: Path) -> None:
    """One picture, and one mesh where there is one."""
    for name, event in ((f"preview-{number}.png", protocol.Preview), (f"interim-{number}.glb", protocol.InterimMesh)):
        if (STAGE / "shown" / name).is_file():
            partial = (folder / name).with_suffix(".partial")
            shutil.copy(STAGE / "shown" / name, partial)
            os.replace(partial, folder / name)
            emit(event(str(folder / name)))


if __name__ == "__main__":
    if sys.argv[1] == "job":
        sys.exit(job.main(sys.argv[2], act))
    sys.exit(serve.main([sys.executable, __file__, "job"]))
