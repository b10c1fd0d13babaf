"""What a disturbance costs a face's shape, and how much of that is left where disturbances are looked for.

    python -m benchmarks.disturbance CLEAN HARSH [--models lattice,ict,builtin] [--guards weights,all] [--seeds 0,1,2]

CLEAN and HARSH: two captures of one person with the same cameras, the second disturbed. Shape alone: photos are read
and faces found once, then the lattice (`lattice`: no head model) or a head model is fitted and refined; nothing is
painted. Only the lattice depends on the seed. Face: chamfer in millimeters by the agreed scorer (score_head.py).

What is switched off for comparison is named by --guards: `weights` are those per pixel (View.trust, and masks without
glasses); `all` are also what the fits find by themselves, reflections in tracks (head/fitting/shine.py) and in
refinement (fit/highlights.py).
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from backend.__main__ import settle_threads
from backend.capture import load_capture
from backend.capture.faces import find_faces_in
from backend.capture.obstruction import with_obstructions
from backend.capture.portraits import around
from backend.fit import objective
from backend.fit.context import FitContext
from backend.fit.surface import polish, sculpt
from backend.head.fitting import tracks
from backend.head.fitting.fit import HeadFitConfig, fit_head, with_hair
from backend.head.fitting.photo import HeadPhoto
from backend.head.models import load_head_model
from backend.heads import Gathered
from backend.kernels.renderer import choose_renderer
from backend.presets import Settings, settings_for
from backend.protocol import PRESETS, FitRequest
from backend.scene import Capture, HeadShape, Surface, Unseen, silent

from .fit_process import ROOT
from .table import markdown
from .truth import training_file

LATTICE = "lattice"
GUARDS = ("weights", "all")
_SCORER = ROOT.parent / "shared" / "tools" / "score_head.py"


@dataclass(frozen=True)
class Cost:
    """Errors of the face in millimeters: undisturbed, and disturbed with the guards on and off."""

    clean: float
    on: float
    off: float

    @property
    def left(self) -> float:
        """Share of what the disturbance costs that the guards leave."""
        return (self.on - self.clean) / (self.off - self.clean)


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, measure, print a table."""
    options = parse(arguments)
    settle_threads()
    if not _SCORER.is_file():
        raise SystemExit(f"The scorer {_SCORER} is needed, and not there.")
    plain = {folder: read_untrusting(folder, options.preset) for folder in (options.clean, options.harsh)}
    guarded = {folder: replace(shot, views=with_obstructions(shot.views)) for folder, shot in plain.items()}
    costs = {}
    for model in options.models:
        for seed in options.seeds if model == LATTICE else options.seeds[:1]:
            clean, on = (_error(guarded[folder], folder, model, seed, options.preset) for folder in plain)
            for guards in options.guards:
                with unguarded(guards):
                    off = _error(plain[options.harsh], options.harsh, model, seed, options.preset)
                costs[model, guards, seed] = Cost(clean, on, off)
                print(model, guards, seed, costs[model, guards, seed], file=sys.stderr, flush=True)
    print(table(costs))


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.disturbance", description=__doc__.splitlines()[0])
    parser.add_argument("clean", type=Path, metavar="CLEAN", help="capture of an undisturbed person")
    parser.add_argument("harsh", type=Path, metavar="HARSH", help="the same person and cameras, disturbed")
    models = [LATTICE, "ict", "builtin"]
    parser.add_argument("--models", type=lambda text: text.split(","), default=models, metavar="MODEL,...")
    parser.add_argument("--guards", type=lambda text: text.split(","), default=list(GUARDS), metavar="GUARDS,...")
    parser.add_argument("--seeds", type=lambda text: [int(seed) for seed in text.split(",")], default=[0, 1, 2])
    parser.add_argument("--preset", choices=PRESETS, default="preview")
    options = parser.parse_args(arguments)
    if unknown := set(options.guards) - set(GUARDS):
        parser.error(f"there are no guards {', '.join(sorted(unknown))}; there are {', '.join(GUARDS)}")
    return options


@contextmanager
def unguarded(guards: str) -> Iterator[None]:
    """Within, fits do not look for reflections where `guards` is "all"."""
    kept = objective.highlight_trust, tracks.shining_apart
    if guards == "all":
        objective.highlight_trust = lambda scene, index: torch.ones_like(scene.targets[index].mask)
        tracks.shining_apart = lambda first, second, known: np.zeros_like(known)
    try:
        yield
    finally:
        objective.highlight_trust, tracks.shining_apart = kept


def table(costs: Mapping[tuple[str, str, int], Cost]) -> str:
    """A row for each model, kind of guards and seed, and a mean where there are several seeds."""
    rows = []
    for model, guards in dict.fromkeys((model, guards) for model, guards, _ in costs):
        own = {seed: cost for (*key, seed), cost in costs.items() if tuple(key) == (model, guards)}
        rows += [_row(model, guards, str(seed), cost) for seed, cost in own.items()]
        if len(own) > 1:
            every = zip(*((cost.clean, cost.on, cost.off) for cost in own.values()), strict=True)
            rows.append(_row(model, guards, "mean", Cost(*(float(np.mean(values)) for values in every))))
    return markdown(["model", "switched off", "seed", "clean mm", "on mm", "off mm", "left %"], rows)


def _row(model: str, guards: str, seed: str, cost: Cost) -> list:
    return [model, guards, seed, cost.clean, cost.on, cost.off, round(100 * cost.left, 1)]


def settings_of(model: str, preset: str) -> Settings:
    """Of a fit of a capture with the head model, or with none for the lattice."""
    chosen = {} if model == LATTICE else {"head_model": model}
    return settings_for(FitRequest("capture", "out", preset=preset, **chosen), "cpu")


def read_untrusting(folder: Path, preset: str) -> Capture:
    """The capture with its faces, every pixel trusted."""
    config = replace(settings_of(LATTICE, preset).capture, obstructions=False)
    return find_faces_in(load_capture(training_file(folder), config), config, None)


def _error(capture: Capture, folder: Path, model: str, seed: int, preset: str) -> float:
    context = FitContext(choose_renderer("warp", "cpu"), torch.device("cpu"), seed)
    settings = settings_of(model, preset)
    shape = _sculpted if model == LATTICE else _modeled
    return _face_error(shape(capture, model, settings, context), folder)


def _sculpted(capture: Capture, model: str, settings: Settings, context: FitContext) -> Surface:
    local, plan = capture.normalized(), settings.surface
    surface = sculpt(local, plan, context, silent, Unseen())
    surface = polish(surface, local, plan.passes, plan, context, silent, Unseen())
    return surface.to_world(capture.bounds.center, capture.bounds.radius)


def _modeled(capture: Capture, model: str, settings: Settings, context: FitContext) -> Surface:
    capture, _, surface = modeled(capture, model, settings, context)
    return surface.to_world(capture.bounds.center, capture.bounds.radius)


def modeled(
    capture: Capture, model: str, settings: Settings, context: FitContext
) -> tuple[Capture, HeadShape, Surface]:
    """The capture around its head, and the head model as fitted and refined, both in the normalized capture's frame."""
    photos = [HeadPhoto(v.name, v.photo, v.face, v.mask, v.trust, v.camera) for v in capture.views]
    fit = with_hair(fit_head(photos, load_head_model(model), HeadFitConfig()), photos)
    bounds, cut = around(fit)
    capture = replace(capture, bounds=bounds, cut=cut)
    head, plan = Gathered(capture, fit).shape, settings.surface.kept(outlined=True, skin=True)
    surface = polish(head.surface, capture.normalized(), plan.passes, plan, context, silent, Unseen(), still=head.inner)
    return capture, head, surface


def _face_error(surface: Surface, folder: Path) -> float:
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "surface.obj"
        lines = [f"v {x:.6f} {y:.6f} {z:.6f}" for x, y, z in surface.vertices]
        file.write_text("\n".join([*lines, *(f"f {a} {b} {c}" for a, b, c in surface.faces + 1)]) + "\n")
        command = [sys.executable, str(_SCORER), str(file), str(folder), "--no-images"]
        said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return json.loads(said)["face"]["chamfer_mm"]


if __name__ == "__main__":
    main()
