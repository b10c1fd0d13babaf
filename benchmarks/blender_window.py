"""How long a real Blender's window stands still while Likeness works.

    LIKENESS_REAL_BLENDER=/path/to/chroot python -m benchmarks.blender_window [--vertices 60000] [--texels 2048]
        [--seconds 20] [--plays 3]

Needs ../shared/tools and a real Blender (tests/real_blender/window.py says how one is found). The backend is acted: it
tells its progress ten times a second, a preview and an interim mesh of 18,000 triangles every two seconds, and ends in
a head with every key. A timer of 20 ms ticks in the main loop: the gaps between its ticks are what the artist feels.
Drawing is done by the processor here (software GL), so the viewport's anti-aliasing is off, and a plain mesh is put
into the same window for comparison.
Figures are the best of the plays, as other work on the machine only adds to them.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from installer.extension import build
from tests.real_blender import stage as stages
from tests.real_blender import window as windows

from .table import markdown

SIZE = "1280x800"  # of the window, pixels
REGISTRATION, P95, LONGEST, IMPORT = 0.3, 0.05, 0.25, 3.0  # seconds that were set as targets
ROWS = (  # name, path in the figures, target
    ("registration", ("registration",), REGISTRATION),
    ("nothing runs: 95th percentile of the gaps", ("nothing", "p95"), None),
    ("nothing runs: longest gap", ("nothing", "longest"), None),
    ("a plain mesh of 60,000 vertices is put into the scene: longest gap", ("plain", "longest"), None),
    ("fit: 95th percentile", ("fit", "p95"), P95),
    ("fit: longest gap", ("fit", "longest"), LONGEST),
    ("import: seconds from the backend's end to the head", ("import", "seconds"), IMPORT),
    ("import: longest gap", ("import", "longest"), LONGEST),
    ("import: longest step of ours", ("import", "step"), LONGEST),
    ("after the import, drawing: longest gap", ("after", "longest"), None),
)


def main(arguments: list[str] | None = None) -> int:
    """The command line; 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--vertices", type=int, default=60_000, help="of the head's skin")
    parser.add_argument("--texels", type=int, default=2048, help="of a side of its four textures")
    parser.add_argument("--seconds", type=float, default=20.0, help="that the acted fit takes")
    parser.add_argument("--plays", type=int, default=3, help="of the whole; the best figure of each kind counts")
    options = parser.parse_args(arguments)
    window = windows.find()
    stage = stages.build(window, options.vertices, options.texels)
    try:
        plays = [measure(window, stage, options.seconds) for _ in range(options.plays)]
    finally:
        stage.clear()
    rows = [(name, min(look_up(figures, path) for figures in plays), target) for name, path, target in ROWS]
    print(markdown(("what", "seconds", "target"), rows))
    return 0 if all(target is None or value <= target for _, value, target in rows) else 1


def measure(window: windows.Window, stage: stages.Stage, seconds: float) -> dict:
    """The figures of one play."""
    stage.set_up(seconds)
    (stage.folder / "ended").unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        archive = build(dist=Path(folder))
        record = window.play(windows.scenario("times"), stage.folder, archive, Path(folder) / "out", SIZE)
    if record["state"] != "ended" or not all(ok for ok, _ in record["checks"]):
        raise SystemExit(f"The play went wrong: {record}")
    return record["figures"]


def look_up(figures: dict, path: tuple[str, ...]) -> float:
    """A figure by its path."""
    for name in path:
        figures = figures[name]
    return figures


if __name__ == "__main__":
    sys.exit(main())
