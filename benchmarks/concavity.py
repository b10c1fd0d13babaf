"""How near a result comes to the truth where silhouettes tell nothing: in hollows, and at named places of a face.

    python -m benchmarks.concavity CAPTURE [RESULT ...] [--picture FILE]

A hollow is what lies deeper than 2 mm below the truth's own visual hull of 200 nearly parallel views. Depth is the
distance to the nearest line that passes the subject: in a view it is a point's distance from the silhouette's
outside, over all views the least of these. Only what two training photos see counts. All is decided by the truth
alone, before any result. Places are measured by landmarks (68, iBUG order); the unit is the meter, results are mm:
the mean distance from points of the truth, spread evenly by area, to the result (completeness).
"""

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import ndimage

if not __package__:  # run as a script: the folder above holds the packages
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from backend.asset.reader import read_result
from backend.pictures.raster import sample
from backend.scene import Camera, Surface
from benchmarks.place_pictures import draw_places
from benchmarks.scores import known_points
from benchmarks.surfaces import directions_around, nearest
from benchmarks.table import markdown
from benchmarks.truth import Truth, load_cameras, load_truth, training_file

_VIEWS = 200
_SIDE = 512  # pixels of each view
_HOLLOW = 0.002  # depth below the hull
_CORNERS = (36, 39, 42, 45)  # landmarks of the eyes' corners
_CORNER_REACH = 0.007  # around a corner
_NOSTRILS = (31, 32, 33, 34, 35)  # landmarks along the nose's lower edge
_TIP = 30  # landmark of the nose's tip
_OPENING = 0.4  # share of the way from the lower edge to the tip where the openings lie
_NOSTRIL_REACH = 0.007  # around the edge and the openings
_NOSTRIL_DEPTH = 0.0005  # depth below the hull; keeps the wings of the nose out
_LIPS = ((60, 61), (61, 62), (62, 63), (63, 64), (64, 65), (65, 66), (66, 67), (67, 60))  # the mouth's line
_LIP_REACH = 0.004  # around the line
_EAR_ROOTS = (0, 16)  # landmarks where the ears begin
_EAR_BOX = ((-0.012, 0.03), (0.018, 0.056), (-0.061, 0.005))  # from there outward, backward and upward


def main(arguments: list[str] | None = None) -> None:
    """Measure results, print a table."""
    options = parse(arguments)
    truth = load_truth(options.capture)
    if truth is None:
        raise SystemExit(f"{options.capture} has no true surface: neither truth.npz nor gt/neutral.obj.")
    places = find_places(truth, load_cameras(training_file(options.capture)))
    if options.picture:
        draw_places(truth.surface, places.points, places.members, options.picture)
    scores = [score_places(read_result(folder).surface, places) for folder in options.results]
    rows = []
    for name, member in places.members.items():
        depth = float(places.depth[member].mean() * 1000)
        rows.append([name, int(member.sum()), depth, *(score[name] for score in scores)])
    print(markdown(["place", "points", "depth mm", *(folder.name for folder in options.results)], rows))


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("capture", type=Path, help="folder of the capture, with its true surface")
    parser.add_argument("results", type=Path, nargs="*", metavar="RESULT", help="result folders")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw the places on the true surface, from near")
    return parser.parse_args(arguments)


@dataclass(frozen=True)
class Places:
    """Points (N, 3) of the true surface, their depth (N,) below its hull, and which belong where: name -> (N,) bool."""

    points: np.ndarray
    depth: np.ndarray
    members: dict[str, np.ndarray]


def find_places(truth: Truth, training: Sequence[Camera]) -> Places:
    """The hollows and, where there are landmarks, the places of a face."""
    points = known_points(truth, training)
    depth = hull_depth(truth.surface, points)
    members = {"hollows": depth > _HOLLOW}
    if truth.landmarks is not None:
        members |= _face_places(points, depth, truth.landmarks)
    return Places(points, depth, {name: member for name, member in members.items() if member.any()})


def score_places(result: Surface, places: Places) -> dict[str, float]:
    """Mean distance (mm) from each place's points to the result (metres)."""
    distances = nearest(result, places.points)[0] * 1000
    return {name: float(distances[member].mean()) for name, member in places.members.items()}


def hull_depth(surface: Surface, points: np.ndarray) -> np.ndarray:
    """points (N, 3) of the surface -> depth (N,) below its visual hull, at least 0, to half a pixel of the views."""
    with ThreadPoolExecutor() as pool:
        cameras = directions_around(surface, _VIEWS, _SIDE)
        return np.min(list(pool.map(lambda camera: _depth_in_view(surface, camera, points), cameras)), axis=0)


def _depth_in_view(surface: Surface, camera: Camera, points: np.ndarray) -> np.ndarray:
    inside = ndimage.distance_transform_edt(sample(surface, camera, across=1).hit)
    pixels, away = camera.project(points)
    found = ndimage.map_coordinates(inside, pixels[:, ::-1].T - 0.5, order=1, mode="nearest")
    return np.maximum(found - 0.5, 0) * away / camera.fl_x  # the outside begins half a pixel before its first center


def _face_places(points: np.ndarray, depth: np.ndarray, marks: np.ndarray) -> dict[str, np.ndarray]:
    lips = np.min([_segment_distance(points, marks[a], marks[b]) for a, b in _LIPS], axis=0)
    edge = marks[list(_NOSTRILS)]
    openings = edge + _OPENING * (marks[_TIP] - edge)
    nostrils = _mark_distance(points, np.concatenate([edge, openings])) < _NOSTRIL_REACH
    ears = _ear(points, marks, 0) | _ear(points, marks, 1)
    return {
        "eye corners": _mark_distance(points, marks[list(_CORNERS)]) < _CORNER_REACH,
        "nostrils": nostrils & (depth > _NOSTRIL_DEPTH),
        "lip line": lips < _LIP_REACH,
        "ears": ears,
        "ears' hollows": ears & (depth > _HOLLOW),
    }


def _mark_distance(points: np.ndarray, marks: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points[:, None] - marks, axis=2).min(1)


def _segment_distance(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    along = np.clip((points - start) @ (end - start) / ((end - start) @ (end - start)), 0, 1)
    return np.linalg.norm(points - start - along[:, None] * (end - start), axis=1)


def _ear(points: np.ndarray, marks: np.ndarray, side: int) -> np.ndarray:
    root, other = marks[_EAR_ROOTS[side]], marks[_EAR_ROOTS[1 - side]]
    outward = np.sign(root[0] - other[0])
    local = (points - root) * [outward, 1, 1]  # +Y is backward, +Z up
    return np.all([(low < local[:, k]) & (local[:, k] < high) for k, (low, high) in enumerate(_EAR_BOX)], axis=0)


if __name__ == "__main__":
    main()
