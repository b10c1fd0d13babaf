"""Which pixels of a photo may color which part of a head, as a View's trust.

A pixel colors what the fitted head shows there. Where the head is seen at a flat angle, where hair lies before
skin, where a lid of the head hangs over an eye of the photo, its color would be wrong there and nowhere else:
such pixels lose their say before anything is baked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from PIL import Image
from scipy.ndimage import gaussian_filter, minimum_filter

from ..kernels.rasterize import rasterize
from ..scene import Surface, View
from ..scene.face import FaceRecord
from ..scene.head import EAR, EYEBALL, FACE, MOUTH, NECK, TEETH, HeadShape
from .anatomy import Axes, depth_in_scalp, hairiness
from .outlines import BEARD, FACE_OVAL, LEFT_BROW, LEFT_EYE, RIGHT_BROW, RIGHT_EYE, above_face, inside, opening

_SIDE = 1024  # pixels along the longer side at which gates are drawn
_SKIN_COSINES = (0.35, 0.6)  # normal . view on skin: nothing below the first, everything above the second
_EAR_COSINES = (0.55, 0.8)  # an ear's folds are seldom where the photo's are
_HAIR_COSINES = (0.25, 0.5)
_INNER = (EYEBALL, MOUTH, TEETH)
_INNER_COSINES = (0.1, 0.4)
_BEHIND = (15.0, 40.0)  # millimeters behind the face's border between which bare skin becomes unlikely
_SOFT = 2.0  # millimeters over which trust falls to nothing
_SHADED = (0.55, 0.85)  # brightness of neck and ears, in sRGB and of the face's own, between which it is shadow
_MARGIN = 6.0  # pixels within which a photo fades at its border
_BALD = (0.15, 0.45)  # share of hair above a face below which a head is bald, and above which it is not


@dataclass(frozen=True)
class Sighting:
    """What a view's pixels see of the head: planes (H, W), or (H, W, 3)."""

    hit: np.ndarray  # bool
    region: np.ndarray  # uint8, of the nearest corner; meaningless off the head
    cosine: np.ndarray  # normal . direction to the camera
    hairy: np.ndarray  # anatomy.hairiness
    behind: np.ndarray  # anatomy.depth_in_scalp, millimeters


@dataclass(frozen=True)
class Gated:
    """A view whose trust was lowered, as it came and small; the face's masks at the small one's size, as planes_of."""

    view: View
    small: View
    planes: dict[str, np.ndarray] | None


def smoothstep(low: float, high: float, values: np.ndarray) -> np.ndarray:
    """0 below `low`, 1 above `high`, a cubic between."""
    t = np.clip((values - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def gate_views(surface: Surface, head: HeadShape, axes: Axes, views: Sequence[View]) -> tuple[Gated, ...]:
    """The views with their trust lowered where a pixel would color what it does not show."""
    fields = hairiness(surface, head, axes), depth_in_scalp(surface, head, axes)
    normals = surface.vertex_normals()
    gated = []
    for view in views:
        small = view.shrunk(_SIDE)
        planes = planes_of(view, small.mask.shape)
        seen = _sight(surface, head.region, normals, fields, small)
        gate = (_inner_gate(seen, small) if head.carried else _gate(seen, small, planes)) * _frame(seen.hit.shape)
        gate = _softened(gate, _SOFT * axes.millimeter * small.camera.fl_x / _distance(small, axes)).astype(np.float32)
        trust = np.asarray(Image.fromarray(gate).resize(view.mask.shape[::-1], Image.BILINEAR))
        gated.append(Gated(replace(view, trust=trust), replace(small, trust=gate), planes))
    return tuple(gated)


def _distance(view: View, axes: Axes) -> float:
    """From the camera to the head, along its optical axis."""
    return max(float(view.camera.project(axes.center[None])[1][0]), 1e-6)


def _softened(gate: np.ndarray, sigma: float) -> np.ndarray:
    """A gate that falls over some `sigma` pixels before a place where it is lower, and never rises."""
    return np.minimum(gate, gaussian_filter(minimum_filter(gate, 2 * round(sigma) + 1), sigma))


def planes_of(view: View, shape: tuple[int, int]) -> dict[str, np.ndarray] | None:
    """The face's masks by name, (H, W) float32 in [0, 1]; None where the view has none."""
    if view.face is None or view.face.masks is None:
        return None
    size = (shape[1], shape[0])
    masks = vars(view.face.masks)
    return {name: np.asarray(Image.fromarray(mask).resize(size, Image.BOX), np.float32) / 255
            for name, mask in masks.items()}  # fmt: skip


def _sight(surface: Surface, region: np.ndarray, normals: np.ndarray, fields, view: View) -> Sighting:
    camera = view.camera
    depth = camera.project(surface.vertices.astype(np.float64))[1]
    far = max(float(depth.max()), 1e-3) * 1.01
    clip = camera.clip_matrix(max(float(depth.min()) * 0.99, 1e-3 * far), far).astype(np.float32)
    points = np.c_[surface.vertices, np.ones(len(surface.vertices), np.float32)] @ clip.T
    faces = np.array(surface.faces, np.int32)
    rast = rasterize(torch.from_numpy(points), torch.from_numpy(faces), (camera.height, camera.width)).numpy()[::-1]
    owner = rast[..., 3].astype(np.int64) - 1
    hit = owner >= 0
    weights = np.stack([rast[..., 0], rast[..., 1], 1 - rast[..., 0] - rast[..., 1]], -1)[hit]
    corners = faces[owner[hit]]

    def spread(values: np.ndarray) -> np.ndarray:
        plane = np.zeros(hit.shape + values.shape[1:], np.float32)
        plane[hit] = np.einsum("nk,nk...->n...", weights, values[corners])
        return plane

    facing, place = spread(normals), spread(surface.vertices)
    towards = camera.position - place
    cosine = (facing * towards).sum(-1) / np.maximum(np.linalg.norm(towards, axis=-1), 1e-12)
    cosine /= np.maximum(np.linalg.norm(facing, axis=-1), 1e-12)
    regions = np.zeros(hit.shape, np.uint8)
    regions[hit] = region[corners[np.arange(len(corners)), weights.argmax(1)]]
    return Sighting(hit, regions, cosine, *(spread(field) for field in fields))


def _frame(shape: tuple[int, int]) -> np.ndarray:
    """(H, W): fading over the last pixels before the picture ends, where what is seen is cut off."""
    across, along = (np.minimum(np.arange(side), np.arange(side)[::-1]) for side in shape)
    return smoothstep(0, _MARGIN, np.minimum(across[:, None], along))


def _gate(seen: Sighting, view: View, masks: dict[str, np.ndarray] | None) -> np.ndarray:
    """(H, W) in [0, 1]; the view has the planes' size."""
    scalp = smoothstep(0.5, 1.0, seen.hairy)
    gate = (1 - scalp) * smoothstep(*_SKIN_COSINES, seen.cosine) + scalp * smoothstep(*_HAIR_COSINES, seen.cosine)
    gate = np.where(seen.region == EAR, smoothstep(*_EAR_COSINES, seen.cosine), gate)
    gate = np.where(np.isin(seen.region, _INNER), smoothstep(*_INNER_COSINES, seen.cosine), gate)
    if view.trust is not None:
        gate *= view.trust
    elif masks is not None:
        gate *= (1 - masks["glasses"]) * (1 - 0.9 * masks["highlight"])
    if view.face is not None:
        gate *= _openings(seen, view.face)
    if masks is not None:
        gate *= _belonging(seen, view.face, masks) * _unshaded(seen, view, masks)
    return gate


def _inner_gate(seen: Sighting, view: View) -> np.ndarray:
    """(H, W) in [0, 1] of a head that photos shaped: they color the skin where they see it, eyes and mouth if open."""
    gate = np.where(np.isin(seen.region, _INNER), smoothstep(*_INNER_COSINES, seen.cosine), 1.0)
    if view.trust is not None:
        gate *= view.trust
    return gate if view.face is None else gate * _openings(seen, view.face)


def _openings(seen: Sighting, record: FaceRecord) -> np.ndarray:
    """Eyes only onto eyeballs, the open mouth only onto what it holds, and nothing else onto either."""
    eyes = inside(record, (RIGHT_EYE, LEFT_EYE), seen.hit.shape, 0.01 * record.scale)
    mouth = opening(record, seen.hit.shape)
    eyeball, cavity = seen.region == EYEBALL, np.isin(seen.region, (MOUTH, TEETH))
    return np.where(eyeball, eyes, np.where(cavity, mouth, (1 - eyes) * (1 - mouth)))


def _unshaded(seen: Sighting, view: View, masks: dict[str, np.ndarray]) -> np.ndarray:
    """What lies in the chin's or the hair's deep shadow says little of a neck's or an ear's color."""
    gray, skin = view.photo.mean(-1), seen.hit & (seen.region == FACE) & (masks["skin"] > 0.5)
    if not skin.any():
        return np.ones(seen.hit.shape)
    # Bare skin around the face's oval is neck, wherever the model's own begins.
    around = (inside(view.face, (FACE_OVAL,), gray.shape, 0) < 0.5) & (masks["hair"] < 0.5)
    bare = np.isin(seen.region, (EAR, NECK)) | ((seen.region == FACE) & around)
    return np.where(bare, smoothstep(*_SHADED, gray / max(float(np.median(gray[skin])), 1e-6)), 1.0)


def _belonging(seen: Sighting, record: FaceRecord, masks: dict[str, np.ndarray]) -> np.ndarray:
    """Hair onto the scalp alone, skin not far behind the hairline, and neither clothes nor background anywhere."""
    kept = inside(record, (RIGHT_BROW, LEFT_BROW, BEARD), seen.hit.shape, 0.03 * record.scale)
    hair, skin = masks["hair"] * (1 - kept), masks["skin"]
    gate = 1 - smoothstep(0.1, 0.6, hair) * (1 - smoothstep(0.0, 0.7, seen.hairy))
    # Brows and lips are neither skin nor hair, but they lie within the face's oval; around it nothing else belongs.
    free = inside(record, (FACE_OVAL,), seen.hit.shape, 0) * (1 - np.isin(seen.region, (EAR, NECK)))
    gate *= np.maximum(free, smoothstep(0.2, 0.6, np.maximum(skin, masks["hair"] * (seen.hairy > 0))))
    return gate * (1 - hair_share(record, masks) * smoothstep(*_BEHIND, seen.behind) * skin * (1 - masks["hair"]))


def hair_share(record: FaceRecord, masks: dict[str, np.ndarray]) -> float:
    """How far a person has hair on the head, in [0, 1]: what shows above the face and beside the forehead."""
    above = above_face(record, masks["hair"].shape) * masks["person"]
    hair, skin = float((above * masks["hair"]).sum()), float((above * masks["skin"]).sum())
    return float(smoothstep(*_BALD, np.array(hair / max(hair + skin, 1e-6))))
