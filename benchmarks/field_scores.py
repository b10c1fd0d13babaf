"""The figures of a result folder that was fitted with a representation."""

from dataclasses import dataclass
from pathlib import Path

import torch

from backend.asset.layout import FIELD
from backend.asset.reader import read_checkpoint, read_result
from backend.fields import restore
from backend.pictures.shade import draw_unlit
from backend.represent import FINISHING, FITTING

from .concavity import Places, find_places, score_places
from .fidelity import load_textured
from .race import painter
from .scores import score_pictures, score_surface
from .truth import HeldOut, Truth, load_cameras, load_held_out, load_truth, training_file

_SIDE = {"nerf": 128}  # pixels along the longer side of the held-out photos
_USUAL_SIDE = 256


@dataclass(frozen=True)
class Known:
    """What a capture knows about itself."""

    training_file: Path
    held_out: list[HeldOut]
    truth: Truth | None
    places: Places | None


def load_known(capture: Path) -> Known:
    """Of a capture's folder."""
    path, truth = training_file(capture), load_truth(capture)
    return Known(path, load_held_out(capture), truth, truth and find_places(truth, load_cameras(path)))


def score(folder: Path, representation: str, known: Known) -> dict[str, float | None]:
    """Column -> figure: the field's own seconds and PSNR, the mesh, and the places of the face (mm)."""
    stored = read_result(folder)
    seconds = stored.report["seconds"]
    figures = {"field s": sum(seconds[name] for name in (FITTING, FINISHING)) if FITTING in seconds else None}
    if known.held_out:
        figures |= _score_pictures(folder, representation, known)
    if known.truth is not None:
        mesh = score_surface(stored.surface, known.truth, load_cameras(known.training_file))
        names = {"chamfer": "chamfer mm", "f1": "F@1mm", "f2": "F@2mm", "face": "face mm"}
        figures |= {column: mesh[name] for name, column in names.items() if name in mesh}
    if known.places is not None:
        figures |= {f"{place} mm": value for place, value in score_places(stored.surface, known.places).items()}
    return figures


def _score_pictures(folder: Path, representation: str, known: Known) -> dict[str, float]:
    side = _SIDE.get(representation, _USUAL_SIDE)
    held_out = [held.shrunk(side) for held in known.held_out]
    if representation == "surface":
        textured = load_textured(folder)
        scores = score_pictures(lambda camera, background: draw_unlit(textured, camera, background)[0], held_out)
    else:
        kept = read_checkpoint(folder)
        arrays = {name.removeprefix(FIELD): values for name, values in kept.items() if name.startswith(FIELD)}
        field = restore(representation, arrays, torch.device("cpu"))
        center, radius = kept["bounds_center"], float(kept["bounds_radius"])
        scores = score_pictures(painter(field.draw), [held.moved(center, radius) for held in held_out])
    return {"side": side, "PSNR dB": scores["psnr"], "whole dB": scores["psnr_whole"]}
