"""Structure from motion with COLMAP, as a program of its own: `motion_worker.py FOLDER`.

It imports nothing of ours, above all not torch: both bring an OpenMP library along, and two of them in one process may
end it; nor can a failed check inside COLMAP take the job along. After Schonberger and Frahm, "Structure-from-Motion
Revisited" (2016): SIFT on the CPU, exhaustive matching, incremental mapping.

FOLDER holds task.json and images/, with masks/NAME.png where the task says so. Standard output gets the fraction done,
one number a line; what was solved goes to solved.json, poses as COLMAP has them (world to camera, +Y down, +Z forward).
"""

import json
import sys
from itertools import combinations
from pathlib import Path

import pycolmap

_CHUNK = 4  # photos between two reports
_ALL_PAIRS = 60  # photos; of more, each is matched with its neighbors in order and with some of the others
_NEAR, _STRIDE = 15, 5
_EXTRACTED, _MATCHED = 0.3, 0.85  # fractions of the time
_FEATURES = 4096  # a photo
_FAINT = 0.003  # contrast of the faintest feature: skin and hair have few that are stronger than SIFT's usual .0067
_SEED_INLIERS, _INLIERS = 50, 15  # matches that the first pair and each further photo need


def solve(folder: Path) -> None:
    """Read task.json, reconstruct, write solved.json."""
    task = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    pycolmap.logging.minloglevel = int(pycolmap.logging.Level.FATAL)
    pycolmap.set_random_seed(task["seed"])
    database = folder / "database.db"
    names = [name for group in task["cameras"] for name in group["images"]]
    done = 0
    for group in task["cameras"]:
        done = _extract(folder, database, task, group, done, len(names))
    _match(folder, database, task, sorted(names))
    options = pycolmap.IncrementalPipelineOptions(
        random_seed=task["seed"], extract_colors=False, min_model_size=3, max_num_models=5
    )
    options.num_threads = 1  # sums in one order: the same photos give the same cameras; the other steps take longer
    options.mapper.init_min_num_inliers, options.mapper.abs_pose_min_num_inliers = _SEED_INLIERS, _INLIERS
    (folder / "models").mkdir(exist_ok=True)
    models = pycolmap.incremental_mapping(database, folder / "images", folder / "models", options=options)
    best = max(models.values(), key=lambda model: (model.num_reg_images(), model.num_points3D()), default=None)
    (folder / "solved.json").write_text(json.dumps(_describe(best)), encoding="utf-8")
    _report(1.0)


def _extract(folder: Path, database: Path, task: dict, group: dict, done: int, count: int) -> int:
    """Features of one camera's photos; returns how many photos have them by now."""
    reader = pycolmap.ImageReaderOptions(camera_model="SIMPLE_RADIAL")
    if group["focal"]:
        reader.camera_params = f"{group['focal']},{group['width'] / 2},{group['height'] / 2},0"
    if task["masks"]:
        reader.mask_path = folder / "masks"
    options = pycolmap.FeatureExtractionOptions(num_threads=task["threads"], use_gpu=False)
    options.sift.max_num_features, options.sift.peak_threshold = _FEATURES, _FAINT
    for start in range(0, len(group["images"]), _CHUNK):
        some = group["images"][start : start + _CHUNK]
        pycolmap.extract_features(
            database, folder / "images", some, pycolmap.CameraMode.SINGLE, reader, options, pycolmap.Device.cpu
        )
        if reader.existing_camera_id == -1:  # the first call made the camera that the others share
            with pycolmap.Database.open(database) as opened:
                reader.existing_camera_id = opened.read_image_with_name(some[0]).camera_id
        done += len(some)
        _report(_EXTRACTED * done / count)
    return done


def _match(folder: Path, database: Path, task: dict, names: list[str]) -> None:
    pairs = [
        f"{names[a]} {names[b]}"
        for a, b in combinations(range(len(names)), 2)
        if len(names) <= _ALL_PAIRS or b - a <= _NEAR or (b - a) % _STRIDE == 0
    ]
    matching = pycolmap.FeatureMatchingOptions(num_threads=task["threads"], use_gpu=False)
    verification = pycolmap.TwoViewGeometryOptions()
    verification.ransac.random_seed = task["seed"]
    size = max(20, len(pairs) // 20)
    for start in range(0, len(pairs), size):
        (folder / "pairs.txt").write_text("\n".join(pairs[start : start + size]), encoding="utf-8")
        chosen = pycolmap.ImportedPairingOptions(match_list_path=folder / "pairs.txt")
        pycolmap.match_image_pairs(database, matching, chosen, verification, pycolmap.Device.cpu)
        _report(_EXTRACTED + (_MATCHED - _EXTRACTED) * min(1.0, (start + size) / len(pairs)))


def _describe(model) -> dict:
    """The reconstruction as plain numbers; empty where there is none."""
    if model is None:
        return {"images": {}, "points": [], "error": 0.0}
    images = {}
    for image in model.images.values():
        if image.has_pose:
            focal, x, y, k1 = image.camera.params
            pose = image.cam_from_world().matrix().tolist()
            images[image.name] = {"pose": pose, "focal": focal, "cx": x, "cy": y, "k1": k1}
    points = [point.xyz.tolist() for point in model.points3D.values()]
    return {"images": images, "points": points, "error": model.compute_mean_reprojection_error()}


def _report(fraction: float) -> None:
    print(fraction, flush=True)


if __name__ == "__main__":
    solve(Path(sys.argv[1]))
