"""Where mediapipe's detector sees its 478 points on a head model: the table that the model's fits rest on.

    python -m benchmarks.landmark_table MODEL --out FILE [--people 60] [--pictures DIR]

Random people of the model are painted, drawn and looked at by the detector (backend/head/landmarks.py). For each of
its points the place on the mesh is sought that lies nearest to where the detector saw it in all pictures: first among
the vertices, then within the triangles around the best one. The mirrored picture counts as well, so that the table is
as symmetric as the model. What remains is the point's spread. Other people then test the table.
"""

import argparse
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from backend.head.faces.landmarks import find_faces
from backend.head.faces.regions import MIRROR
from backend.head.model import HeadModel, LandmarkTable
from backend.head.models import load_head_model
from backend.head.storage import write_table
from backend.scene.face import LANDMARKS
from backend.scene.head import EYEBALL, FACE, LIPS, NECK, SCALP

from .painted_heads import Canvas, Picture, canvas, draw_person

IRISES = np.arange(468, 478)
ROBUST = 0.0015  # metres: beyond, a sighting counts by its distance and no longer by its square
UNSETTLED = 0.003  # metres: a point that is seen less repeatably slides along an outline, and is not to be used
SEARCH = 0.012  # metres around the best vertex in which triangles are searched
STEPS = 6  # barycentric steps along a triangle's side


@dataclass(frozen=True)
class Sighting:
    """One picture's points (478, 2) and the mesh's vertices (V, 2), both in metres at the head's distance."""

    points: np.ndarray
    vertices: np.ndarray


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, write, test on other people, and print how well it went."""
    options = _parser().parse_args(arguments)
    model = load_head_model(options.model)
    board = canvas(model)
    seen = sightings(board, options.people, seed=0, pictures=options.pictures)
    table = calibrate(model, seen)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    write_table(table, options.out)
    others = sightings(board, options.people // 2, seed=1, pictures=None)
    for name, people in (("the same people", seen), ("other people", others)):
        print(f"{name}: {report(model, table, people)}")
    print(
        f"{options.out}: {options.out.stat().st_size / 1000:.0f} kB, {np.isfinite(table.spread).sum()} points settled"
    )


def sightings(board: Canvas, people: int, seed: int, pictures: Path | None) -> list[Sighting]:
    """Draw people and detect their landmarks; who is not found is left out."""
    found = []
    for index in range(people):
        picture = draw_person(board, np.random.default_rng([seed, index]))
        faces = find_faces(picture.photo)
        if len(faces) == 1:
            found.append(_in_metres(picture, faces[0].points))
            if pictures is not None and index < 12:
                _save(picture.photo, faces[0].points, pictures / f"{index:02d}.png")
    return found


def _in_metres(picture: Picture, points: np.ndarray) -> Sighting:
    pixels, depth = picture.camera.project(picture.vertices.astype(float))
    metre = float(np.median(depth)) / picture.camera.fl_x
    return Sighting(points * metre, pixels * metre)


def calibrate(model: HeadModel, seen: Sequence[Sighting]) -> LandmarkTable:
    """The table that fits the sightings best, symmetric about the middle."""
    points = np.stack([sighting.points for sighting in seen])  # (R, 478, 2)
    vertices = np.stack([sighting.vertices for sighting in seen])  # (R, V, 2)
    corners = np.zeros((LANDMARKS, 3), np.int32)
    weights = np.zeros((LANDMARKS, 3), np.float32)
    spread = np.full(LANDMARKS, np.inf, np.float32)
    own = np.nonzero(np.arange(LANDMARKS) <= MIRROR)[0]
    with ThreadPoolExecutor(2) as pool:
        places = list(pool.map(lambda point: _place(model, point, points, vertices), own))
    for point, (place, share, scatter) in zip(own, places, strict=True):
        corners[point], weights[point], spread[point] = place, share, scatter
        other = MIRROR[point]
        if other != point:
            corners[other], weights[other], spread[other] = model.mirror[place], share, scatter
    spread[spread > UNSETTLED] = np.inf
    return LandmarkTable(corners, weights, spread)


def _place(
    model: HeadModel, point: int, points: np.ndarray, vertices: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """Corners (3,), weights (3,) and spread of one point."""
    middle = MIRROR[point] == point
    wanted = np.isin(model.region, (EYEBALL,) if point in IRISES else (FACE, LIPS, SCALP, NECK))
    wanted &= model.vertices[:, 1] < 0.03  # what a face shows
    if middle:
        wanted &= model.mirror == np.arange(len(model.mirror))
    candidates = np.nonzero(wanted)[0]
    best = candidates[_cost(candidates[:, None], np.ones((1, 1)), model, point, points, vertices).argmin()]
    near = np.linalg.norm(model.vertices - model.vertices[best], axis=1) < SEARCH
    faces = model.triangles(model.polygons)
    faces = faces[wanted[faces].all(1) & near[faces].any(1)] if not middle else _middle_edges(model, wanted & near)
    barycentric = _grid(middle)
    costs = np.stack([_cost(faces, share[None], model, point, points, vertices) for share in barycentric], 1)
    face, grid = np.unravel_index(costs.argmin(), costs.shape)
    residual = _residuals(faces[face][None], barycentric[grid][None], model, point, points, vertices)
    return faces[face], barycentric[grid], float(np.median(residual)) / 1.1774  # Rayleigh's median for sigma = 1


def _middle_edges(model: HeadModel, wanted: np.ndarray) -> np.ndarray:
    """Edges of the middle line as triangles (E, 3) whose last corner repeats the first."""
    faces = model.triangles(model.polygons)
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    edges = np.unique(np.sort(edges[wanted[edges].all(1)], 1), axis=0)
    return np.concatenate([edges, edges[:, :1]], 1)


def _grid(middle: bool) -> np.ndarray:
    """Barycentric coordinates (G, 3) all over a triangle, or along its first side."""
    first, second = np.meshgrid(np.arange(STEPS + 1), np.arange(STEPS + 1), indexing="ij")
    inside = first + second == STEPS if middle else first + second <= STEPS
    first, second = first[inside] / STEPS, second[inside] / STEPS
    return np.stack([first, second, 1 - first - second], 1)


def _cost(corners, weights, model, point, points, vertices) -> np.ndarray:
    """Robust mean (N,) of the distances (Charbonnier et al. 1994) for places corners (N, C), weights (1, C)."""
    residual = _residuals(corners, weights, model, point, points, vertices)
    return (np.sqrt(1 + (residual / ROBUST) ** 2) - 1).mean(0)


def _residuals(corners, weights, model, point, points, vertices) -> np.ndarray:
    """Distances (2 R, N) in metres from the sightings, and from those of the mirrored point to the mirrored place."""
    sides = ((point, corners), (MIRROR[point], model.mirror[corners]))
    both = [
        np.linalg.norm(np.einsum("rncx,nc->rnx", vertices[:, place], np.broadcast_to(weights, place.shape))
                       - points[:, one, None], axis=-1)
        for one, place in sides
    ]  # fmt: skip
    return np.concatenate(both)


def report(model: HeadModel, table: LandmarkTable, seen: Sequence[Sighting]) -> str:
    """How far the table's places are from the sightings, in percent of the distance between the pupils."""
    settled = np.isfinite(table.spread)
    eyes = model.vertices[model.region == EYEBALL]
    between = 2 * np.abs(eyes[:, 0]).mean()
    rows = []
    for sighting in seen:
        places = np.einsum("ncx,nc->nx", sighting.vertices[table.corners], table.weights)
        rows.append(np.linalg.norm(places - sighting.points, axis=1)[settled] / between * 100)
    error = np.array(rows)
    median, high = np.median(error), np.quantile(error, 0.9)
    return f"{len(seen)} found, residual {median:.2f} % of the pupils' distance (median), {high:.2f} % (90 of 100)"


def _save(photo: np.ndarray, points: np.ndarray, path: Path) -> None:
    from PIL import Image, ImageDraw

    picture = Image.fromarray((photo * 255).astype(np.uint8))
    marked = picture.copy()
    draw = ImageDraw.Draw(marked)
    for x, y in points:
        draw.ellipse((x - 1, y - 1, x + 1, y + 1), fill=(0, 255, 0))
    both = Image.new("RGB", (2 * picture.width, picture.height))
    both.paste(picture)
    both.paste(marked, (picture.width, 0))
    path.parent.mkdir(parents=True, exist_ok=True)
    both.save(path)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.landmark_table", description=__doc__.splitlines()[0])
    parser.add_argument("model", metavar="MODEL", help="builtin, ict, or the path of a model")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the table, an .npz")
    parser.add_argument("--people", type=int, default=60, metavar="N", help="pictures to learn from; default: 60")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="where to put some of the pictures, to look at")
    return parser


if __name__ == "__main__":
    main()
