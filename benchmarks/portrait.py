"""How near heads from few photos come to the truth, with cameras and without, and how well disturbances are kept out.

    python -m benchmarks.portrait CAPTURES [--only ROW,...] [--preset preview] [--out DIR]

CAPTURES holds folders with transforms_train.json and gt/. A row is named FOLDER/MODEL/KIND; `--only` takes patterns
(`ict-a/*/3`). Kinds: `average`, the head model with the photos ignored; 1, 3 and 8 photos, which are copied elsewhere
so that nothing tells their cameras; `8-cameras`; and for pairs X-clean, X-harsh `all` and `all-trusting`, all training
photos with cameras, with obstruction weights and without. `astronaut` is the portrait of `install.py demo --portrait`.

Face and head: chamfer in millimeters by the agreed scorer (score_head.py), after its alignment where no cameras were
given. Misfit: median distance of landmarks in percent of the distance between the pupils. Cameras: the largest errors
of all photos (camera_scores.py). Stages are wall seconds; fit once before, so that kernels are compiled.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from multiprocessing import get_context
from pathlib import Path

import pygltflib as gltf

if not __package__:  # run as a script: the folder above holds the packages
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from backend.__main__ import settle_threads
from backend.head.models import load_head_model
from backend.protocol import PRESETS, FitRequest
from benchmarks.camera_scores import score_cameras
from benchmarks.fit_process import ROOT, run_fit
from benchmarks.table import markdown
from benchmarks.truth import load_cameras, training_file
from installer import portrait

MODELS = ("builtin", "ict")
_SCORER = ROOT.parent / "shared" / "tools" / "score_head.py"
_ALL, _TRUSTING = "all", "all-trusting"
# The photos of each kind, by the number of the capture's training photos, which go around the head.
_CHOICES = {
    24: {"1": (0,), "3": (0, 4, 20), "8": (0, 1, 2, 4, 20, 21, 22, 23), "8-cameras": tuple(range(0, 24, 3))},
    12: {"1": (0,), "3": (0, 2, 10)},
}
_COLUMNS = ("photos", "cameras", "weights", "face mm", "head mm", "misfit %", "camera °", "camera %")


@dataclass(frozen=True)
class Row:
    """One fit, or a head model as it is."""

    name: str
    kind: str
    capture: Path | None = None  # its folder; None: the portrait, of which no truth is known
    model: str = "auto"
    photos: tuple[int, ...] = ()  # numbers of training photos; none: all

    @property
    def has_cameras(self) -> bool:
        return self.kind in ("8-cameras", _ALL, _TRUSTING)


def main(arguments: list[str] | None = None) -> None:
    """Fit, measure, print a table."""
    options = parse(arguments)
    settle_threads()  # before torch is loaded, here and in the processes that are started
    rows = chosen(rows_of(options.captures), options.only)
    if not _SCORER.is_file():
        print(f"Without {_SCORER} nothing is told of faces and heads.", file=sys.stderr)
    figures = {}
    with tempfile.TemporaryDirectory() as scratch:
        for row in rows:
            figures[row.name] = measure(row, options.preset, options.out or Path(scratch), Path(scratch))
            print(row.name, json.dumps(figures[row.name]), file=sys.stderr, flush=True)
    print(table(figures))
    for line in disturbances(figures):
        print(f"\n{line}")


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.portrait", description=__doc__.splitlines()[0])
    parser.add_argument("captures", type=Path, metavar="CAPTURES", help="folder of captures whose truth is known")
    parser.add_argument("--only", type=lambda text: text.split(","), default=["*"], metavar="ROW,...")
    parser.add_argument("--preset", choices=PRESETS, default="preview")
    parser.add_argument("--out", type=Path, metavar="DIR", help="keep the results here, one folder for each row")
    return parser.parse_args(arguments)


def rows_of(captures: Path) -> list[Row]:
    """All rows that the captures allow."""
    folders = [path.parent.parent for path in sorted(captures.glob("*/gt/neutral.obj"))]
    names = {folder.name for folder in folders}
    rows = [Row("astronaut", "1")]
    for folder in folders:
        stem = folder.name.removesuffix("-clean").removesuffix("-harsh")
        kinds = {} if folder.name.endswith("-harsh") else _CHOICES.get(len(load_cameras(training_file(folder))), {})
        kinds = {"average": (), **kinds} if kinds else {}
        if {f"{stem}-clean", f"{stem}-harsh"} <= names:
            kinds |= {_ALL: (), _TRUSTING: ()}
        for model in MODELS:
            rows += [Row(f"{folder.name}/{model}/{kind}", kind, folder, model, kinds[kind]) for kind in kinds]
    return rows


def chosen(rows: Sequence[Row], patterns: Sequence[str]) -> list[Row]:
    """The rows that a pattern names; SystemExit where a pattern names none."""
    for pattern in patterns:
        if not any(fnmatchcase(row.name, pattern) for row in rows):
            raise SystemExit(f"There is no row {pattern}. There are: {', '.join(row.name for row in rows)}.")
    return [row for row in rows if any(fnmatchcase(row.name, pattern) for pattern in patterns)]


def measure(row: Row, preset: str, out: Path, scratch: Path) -> dict:
    """The figures of one row: column -> value."""
    folder = out / row.name.replace("/", "-")
    if row.kind == "average":
        return {"photos": 0, **_score(_write_average(row.model, folder), row)}
    if row.kind == _TRUSTING:
        fit_trusting(training_file(row.capture), folder, preset, row.model)
    else:
        source, views = _source(row, scratch)
        run_fit(source, folder, ["--preset", preset, "--head-model", row.model, *views])
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    figures = {
        "photos": report["counts"]["views"],
        "cameras": "given" if row.has_cameras else "solved",
        "weights": "off" if row.kind == _TRUSTING else "on",
        "misfit %": report["head"]["landmark_misfit_percent"],
    }
    if row.capture is not None:
        figures |= _score(folder / "head.glb", row)
    if row.kind == "8":
        degrees, percent = score_cameras(folder / "transforms.json", training_file(row.capture))
        figures |= {"camera °": degrees, "camera %": percent}
    return figures | {f"{stage} s": seconds for stage, seconds in report["seconds"].items()}


def _source(row: Row, scratch: Path) -> tuple[Path, list[str]]:
    """What the row's fit is given, and its further options."""
    if row.capture is None:
        return portrait.fetch(), []
    file = training_file(row.capture)
    frames = json.loads(file.read_text())["frames"]
    photos = [file.parent / frames[number]["file_path"] for number in row.photos]
    if row.has_cameras:
        return file, ["--views", ",".join(photo.stem for photo in photos)] if photos else []
    folder = scratch / "photos" / row.name.replace("/", "-")
    folder.mkdir(parents=True)
    copies = [Path(shutil.copy(photo, folder)) for photo in photos]
    return copies[0] if len(copies) == 1 else folder, []


def fit_trusting(capture: Path, out: Path, preset: str, model: str) -> None:
    """A fit that trusts every pixel, in a process of its own, as the others have."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        pool.submit(_fit_trusting, FitRequest(str(capture), str(out), preset=preset, head_model=model)).result()


def _fit_trusting(request: FitRequest) -> None:
    from backend import pipeline

    usual = pipeline.settings_for

    def trusting(request: FitRequest, device: str):
        settings = usual(request, device)
        return replace(settings, capture=replace(settings.capture, obstructions=False))

    pipeline.settings_for = trusting
    pipeline.fit(request.validate(), lambda event: None)


def _write_average(name: str, folder: Path) -> Path:
    """The head model as it is, for the scorer."""
    model = load_head_model(name)
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"v {x:.6f} {y:.6f} {z:.6f}" for x, y, z in model.vertices]
    lines += [f"f {a} {b} {c}" for a, b, c in model.triangles(model.polygons) + 1]
    (folder / "average.obj").write_text("\n".join(lines) + "\n")
    return folder / "average.obj"


def _score(surface: Path, row: Row) -> dict:
    """Face and head by the agreed scorer; nothing where it is missing."""
    if not _SCORER.is_file():
        return {}
    align = [] if row.has_cameras else ["--align"]
    with tempfile.TemporaryDirectory() as scratch:
        if surface.suffix == ".glb":
            surface = without_keys(surface, Path(scratch) / surface.name)
        command = [sys.executable, str(_SCORER), str(surface), str(row.capture), *align, "--no-images"]
        said = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
    return {"face mm": said["face"]["chamfer_mm"], "head mm": said["head"]["chamfer_mm"]}


def without_keys(head: Path, copy: Path) -> Path:
    """A copy of a head.glb at rest: of shape keys the scorer wants the truth, which not every capture has."""
    scene = gltf.GLTF2().load(str(head))
    for mesh in scene.meshes:
        mesh.weights, mesh.extras = [], {}
        for primitive in mesh.primitives:
            primitive.targets = []
    scene.save(str(copy))
    return copy


def table(figures: dict[str, dict]) -> str:
    """A row for each name, and a column for each stage that any of them has, the total last."""
    longest = sorted(figures.values(), key=len, reverse=True)  # its stages stand in their order
    stages = dict.fromkeys(column for row in longest for column in row if column.endswith(" s"))
    header = [*_COLUMNS, *sorted(stages, key=lambda stage: stage == "total s")]
    return markdown(
        ["row", *header], [[name, *(row.get(column) for column in header)] for name, row in figures.items()]
    )


def disturbances(figures: dict[str, dict]) -> list[str]:
    """What disturbances cost the face, with weights and without, a line for each pair and model measured."""
    lines = []
    for name in figures:
        folder, *rest = name.split("/")
        if not folder.endswith("-harsh") or rest[1] != _ALL:
            continue
        stem, model = folder.removesuffix("-harsh"), rest[0]
        errors = [figures.get(f"{stem}-{light}/{model}/{kind}", {}).get("face mm")
                  for kind in (_ALL, _TRUSTING) for light in ("harsh", "clean")]  # fmt: skip
        if None not in errors:
            extra, trusting = errors[0] - errors[1], errors[2] - errors[3]
            lines.append(
                f"{stem}, {model}: disturbances cost the face {extra:.3f} mm with weights, {trusting:.3f} mm without."
            )
    return lines


if __name__ == "__main__":
    main()
