"""How much of what disturbs a person in photos stays in the skin of the painted head.

    python -m benchmarks.skin CLEAN HARSH [--models ict,builtin]

CLEAN and HARSH: two captures of one person with the same cameras, the second disturbed. A head is fitted, refined and
painted from each, and drawn without light from the cameras of CLEAN's photos that show the face. Told is the root
mean square difference of log luminance to these photos, on the skin about the eyes, without what changes over more
than a few millimeters: light that is merely stronger on one side is no fault of the skin's. The clean head's own
figure is what pores and sheen make of it; the disturbed head is painted as always, with what glasses left on its map
left there, and then with no pixel mistrusted either.
"""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from scipy import ndimage

from backend.__main__ import settle_threads
from backend.capture.obstruction import with_obstructions
from backend.fit.context import FitContext
from backend.kernels.renderer import choose_renderer
from backend.pictures.raster import sample
from backend.pictures.shade import draw_unlit
from backend.scene import Capture, TexturedSurface, View
from backend.scene.color import to_linear
from backend.scene.head import EYEBALL, FACE, HeadShape
from backend.texture import paint
from backend.texture.head_painting import HeadPainter

from .disturbance import modeled, read_untrusting, settings_of
from .table import markdown

_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
_DARKEST = 0.005  # luminance below which the logarithm is not followed
_FINE = 0.0056  # metres: standard deviation of the window that slower changes are taken from
_HEIGHTS = (-0.053, 0.037)  # metres from the eyes' middle within which glasses are worn and throw shadows
_FACING = 0.4  # least cosine between normal and ray


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, paint, measure, print a table."""
    options = parse(arguments)
    settle_threads()
    clean = read_untrusting(options.clean, options.preset)
    harsh = read_untrusting(options.harsh, options.preset)
    rows = []
    for model in options.models:
        row = [model, _damage(_trusting(clean), clean, model, options.preset)]
        row.append(_damage(_trusting(harsh), clean, model, options.preset))
        with marks_left():
            row.append(_damage(_trusting(harsh), clean, model, options.preset))
            row.append(_damage(harsh, clean, model, options.preset))
        rows.append(row)
    print(markdown(["model", "clean", "disturbed", "marks left", "all trusted"], rows))


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.skin", description=__doc__.splitlines()[0])
    parser.add_argument("clean", type=Path, metavar="CLEAN", help="capture of an undisturbed person")
    parser.add_argument("harsh", type=Path, metavar="HARSH", help="the same person and cameras, disturbed")
    parser.add_argument("--models", type=lambda text: text.split(","), default=["ict"], metavar="MODEL,...")
    parser.add_argument("--preset", default="preview")
    return parser.parse_args(arguments)


@contextmanager
def marks_left() -> Iterator[None]:
    """Within, painting leaves on the map what glasses left there."""
    kept = HeadPainter.without_glasses
    HeadPainter.without_glasses = lambda self, baked, texels, atlas, launcher: baked
    try:
        yield
    finally:
        HeadPainter.without_glasses = kept


def fine_difference(drawn: np.ndarray, photo: np.ndarray, where: np.ndarray, sigma: float) -> float:
    """drawn, photo (H, W, 3) sRGB, where (H, W) bool -> RMS difference of log luminance finer than sigma pixels."""
    logs = [np.log(np.maximum(to_linear(picture) @ _LUMINANCE, _DARKEST)) for picture in (drawn, photo)]
    difference, weight = (logs[0] - logs[1]) * where, where.astype(float)
    slow = ndimage.gaussian_filter(difference, sigma) / np.maximum(ndimage.gaussian_filter(weight, sigma), 1e-6)
    return float(np.sqrt(np.mean((difference - slow)[where] ** 2)))


def _trusting(capture: Capture) -> Capture:
    return replace(capture, views=with_obstructions(capture.views))


def _damage(capture: Capture, clean: Capture, model: str, preset: str) -> float:
    context = FitContext(choose_renderer("warp", "cpu"), torch.device("cpu"), 0)
    settings = settings_of(model, preset)
    capture, head, surface = modeled(capture, model, settings, context)
    painted = paint(surface, None, head.atlas, capture.normalized().views, settings.texture, head=head)
    shown = [view for view in clean.views if view.face is not None]
    return float(np.sqrt(np.mean([_difference(painted, head, view, capture) ** 2 for view in shown])))


def _difference(painted: TexturedSurface, head: HeadShape, view: View, capture: Capture) -> float:
    camera, surface = view.camera.moved(capture.bounds.center, capture.bounds.radius), painted.surface
    samples, vertices = sample(surface, camera, 1), surface.vertices.astype(float)
    height = (vertices - vertices[head.region == EYEBALL].mean(0))[:, 2] / head.metre
    towards = camera.position - vertices
    facing = (surface.vertex_normals() * towards).sum(1) / np.linalg.norm(towards, axis=1)
    low, high = _HEIGHTS
    judged = (head.region == FACE) & (height > low) & (height < high) & (facing > _FACING)
    where = np.zeros(samples.hit.shape, bool)
    where[samples.hit] = samples.gather(judged[:, None].astype(np.float32), surface.faces)[:, 0] > 0.99
    depth = camera.project(vertices.mean(0)[None])[1][0]
    return fine_difference(draw_unlit(painted, camera)[0], view.photo, where, _FINE * head.metre * camera.fl_x / depth)


if __name__ == "__main__":
    main()
