"""What is left behind when things go wrong: processes, half results, silence.

    python -m benchmarks.faults [--starts 100] [--kills 20] [--fits 8] [--seed 0]

Needs Linux and the Blender module. The backend is acted (tests/real_blender/acted_backend.py) but for the last
row, where a real fit of a few small photos is disturbed. Counted are, over all runs of a fault:

orphans   processes that live on when Blender's side has been told of the end; known by a mark in their environment
halves    what is not whole: *.partial, *.old, *.removed, and result folders that the reader refuses
unclear   ends without a sentence for people, or no end at all
stuck     whether the next run, with nothing in its way, brings no head

Exit code 1 where anything is left. What is random is seeded.
"""

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from backend import protocol
from backend.errors import UserError
from tests.real_blender.stage import Stage, build
from tests.real_blender.window import Window
from tests.stored_capture import write_capture

from .artist import Artist
from .leftovers import Tally, fill, kill, mark_children, small_disk
from .table import markdown

FIT = 0.8  # seconds of an acted fit that a fault hits
WRITING = 0.4  # seconds of writing its result
REAL_PATIENCE = 300.0  # seconds for a whole real fit of the preset preview
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Scene:
    """Where the faults happen."""

    artist: Artist
    stage: Stage
    jobs: Path
    dice: random.Random

    def hit(self) -> float:
        """A moment of a fit, in seconds after the press of the button."""
        return self.dice.uniform(0, FIT + WRITING)

    def begin(self) -> None:
        """A fit that will be hit."""
        self.stage.set_up(FIT, WRITING)
        self.artist.start()

    def works(self) -> bool:
        """Whether a fit that nothing disturbs brings a head."""
        self.stage.set_up(0.1)
        self.artist.start()
        return isinstance(self.artist.wait(), protocol.Result) and self.artist.has_head()


def main(arguments: list[str] | None = None) -> int:
    """The command line; 1 where anything was left behind."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--starts", type=int, default=100, help="jobs that are cancelled, one after another")
    parser.add_argument("--kills", type=int, default=20, help="moments of killing, of the backend and of Blender")
    parser.add_argument("--fits", type=int, default=8, help="real fits that are disturbed; 0: none")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    mark_children()
    folder = Path(tempfile.mkdtemp(prefix="likeness-faults."))
    stage = build(Window(Path("/")), python=sys.executable)
    scene = Scene(Artist(stage, folder / "jobs"), stage, folder / "jobs", random.Random(options.seed))
    faults = cancels, backend_kills, blender_kills, deletions, full_disks, real_fits
    try:
        tallies = [fault(scene, options) for fault in faults]
    finally:
        scene.artist.close()
        stage.clear()
        shutil.rmtree(folder, ignore_errors=True)
    names = "runs", "orphans", "halves", "unclear", "stuck"
    print(markdown(("fault", *names), [(t.fault, *(getattr(t, name) for name in names)) for t in tallies if t.runs]))
    for tally in tallies:
        print(f"{tally.fault}: {'; '.join(sorted(tally.said)) or ('not run' if not tally.runs else '-')}")
    return 0 if all(tally.clean for tally in tallies) else 1


def cancels(scene: Scene, options) -> Tally:
    """Start and cancel, again and again."""
    tally = Tally("start and cancel")
    for _ in range(options.starts):
        scene.begin()
        scene.artist.wait(scene.dice.choice((0, 0.1, 1)) * scene.hit())
        scene.artist.cancel()
        tally.hear(scene.artist.wait(), (protocol.Cancelled, protocol.Result))
        tally.look(scene.jobs)
    tally.stuck += not scene.works()
    return tally


def backend_kills(scene: Scene, options) -> Tally:
    """kill -9 of serve or of its job, by turns, at random moments."""
    tally = Tally("kill -9 of the backend")
    for number in range(options.kills):
        scene.begin()
        scene.artist.wait(scene.hit())
        kill(("serve", "job")[number % 2])
        tally.hear(scene.artist.wait(), (protocol.Failed, protocol.Result))
        tally.look(scene.jobs)
        tally.stuck += not scene.works()
    return tally


def blender_kills(scene: Scene, options) -> Tally:
    """kill -9 of a Blender of its own, at random moments."""
    tally = Tally("kill -9 of Blender")
    for _ in range(options.kills):
        scene.stage.set_up(FIT, WRITING)
        command = [sys.executable, "-m", "benchmarks.artist", str(scene.stage.folder), str(scene.jobs)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as blender:
            for line in blender.stdout:
                if line == b"started\n":
                    break
            time.sleep(scene.hit())
            blender.kill()
        tally.look(scene.jobs)
        tally.stuck += not scene.works()
    return tally


def deletions(scene: Scene, options) -> Tally:
    """The job's folder, or the folder of all results, is deleted at a random moment."""
    tally = Tally("folder deleted under us")
    for number in range(options.kills):
        scene.begin()
        scene.artist.wait(scene.hit() + 0.2 * (number % 3))
        for folder in [scene.jobs] if number % 2 else list(scene.jobs.iterdir()):
            shutil.rmtree(folder, ignore_errors=True)
        tally.hear(scene.artist.wait(), (protocol.Failed, protocol.Result))
        tally.look(scene.jobs)
        tally.stuck += not scene.works()
    return tally


def full_disks(scene: Scene, options) -> Tally:
    """Results go to a small disk that is full, at once or in the middle of the writing."""
    tally = Tally("disk full")
    place = scene.jobs.parent / "small disk"
    with small_disk(place) as mounted:
        if not mounted:
            print("disk full: not run, a small disk cannot be mounted (needs root)", file=sys.stderr)
            return tally
        for free in (0, 8, 64, 256, 1024) if options.kills else ():  # KiB
            fill(place, free)
            scene.artist.write_to(place / "jobs")
            tally.hear(attempt(scene), (protocol.Failed,))
            (place / "filler").unlink()
            tally.look(place / "jobs")
            tally.stuck += not scene.works()
            tally.look(place / "jobs")
            tally.runs -= 1
        scene.artist.write_to(scene.jobs)
    return tally


def attempt(scene: Scene) -> protocol.Event | None:
    """The end of a fit that may not even begin; what the button would report counts as its end."""
    try:
        scene.begin()
    except UserError as error:
        return protocol.Failed(str(error), user_error=True)
    return scene.artist.wait()


def real_fits(scene: Scene, options) -> Tally:
    """The same faults for the real backend, by turns, in a fit of a few small photos: moments of the whole of it."""
    tally = Tally("any of these, real fit")
    if not options.fits:
        return tally
    capture = scene.jobs.parent / "capture"
    capture.mkdir()
    scene.artist.fit_for_real(write_capture(capture))
    began = time.monotonic()
    scene.artist.start()
    tally.stuck += not (isinstance(scene.artist.wait(REAL_PATIENCE), protocol.Result) and scene.artist.has_head())
    whole = time.monotonic() - began
    for number in range(options.fits):
        scene.artist.start()
        scene.artist.wait(scene.dice.uniform(0, whole))
        REAL_FAULTS[number % len(REAL_FAULTS)](scene)
        tally.hear(scene.artist.wait(REAL_PATIENCE), (protocol.Cancelled, protocol.Failed, protocol.Result))
        scene.artist.has_head()
        tally.look(scene.jobs)
    scene.artist.start()
    tally.stuck += not (isinstance(scene.artist.wait(REAL_PATIENCE), protocol.Result) and scene.artist.has_head())
    return tally


REAL_FAULTS = (
    lambda scene: scene.artist.cancel(),
    lambda scene: kill("serve"),
    lambda scene: kill("job"),
    lambda scene: shutil.rmtree(scene.jobs, ignore_errors=True),
)


if __name__ == "__main__":
    sys.exit(main())
