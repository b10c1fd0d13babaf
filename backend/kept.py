"""What a result keeps to be refined from: meshes and maps, photos with cameras, and what is known of its head."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from .asset import layout
from .asset.mesh_arrays import StoredMesh
from .asset.reader import StoredCamera, StoredResult, read_checkpoint, read_result
from .capture.images import read_mask, read_photo
from .errors import LikenessError, UserError
from .protocol import FitRequest
from .scene import Bounds, Capture, CutPlane, HeadShape, Maps, Progress, Surface, View


@dataclass(frozen=True)
class KeptMesh:
    """One of a result's meshes: at rest, world frame. mirror (V,): of heads, the vertices on the other side."""

    stored: StoredMesh
    texture_files: Mapping[str, Path]
    mirror: np.ndarray | None

    def worn(self, bounds: Bounds) -> Surface:
        """The mesh in the expression that the photos show, normalized frame."""
        vertices, rig = self.stored.surface.vertices, self.stored.rig
        if rig is not None:
            vertices = vertices + rig.moved(rig.worn)
        return Surface(((vertices - bounds.center) / bounds.radius).astype(np.float32), self.stored.surface.faces)

    def maps(self) -> Maps:
        """The textures as they were written; UserError where one cannot be read."""
        return Maps(**{name: _read_map(path, name) for name, path in self.texture_files.items()})


@dataclass(frozen=True)
class Kept:
    """A result as it was read. clean: of heads whose shape photos made, the head model's topology."""

    stored: StoredResult
    request: FitRequest  # of its first fit
    checkpoint: Mapping[str, np.ndarray]  # all that is neither a mesh nor a rig
    fitted: KeptMesh
    clean: KeptMesh | None

    @property
    def bounds(self) -> Bounds:
        """What the normalized frame's unit sphere is in the world."""
        return Bounds(self.checkpoint[layout.BOUNDS_CENTER], float(self.checkpoint[layout.BOUNDS_RADIUS]))

    @property
    def carried(self) -> bool:
        """Whether photos made the shape, and not a head model."""
        return self.stored.polygons is None

    @property
    def metre(self) -> float:
        """The length of a meter in the normalized frame; 1 where nobody knows."""
        return float(self.checkpoint.get(layout.HEAD_METRE, self.bounds.radius)) / self.bounds.radius

    @property
    def outlined(self) -> bool:
        """Whether the masks show the outline of the surface itself."""
        return bool(self.checkpoint.get(layout.HEAD_OUTLINED, 1))

    @property
    def head_known(self) -> bool:
        """Whether the subject is a head with its parts."""
        return self.stored.rig is not None

    def head(self, mesh: KeptMesh, worn: Surface) -> HeadShape | None:
        """What is known of a rigged mesh, of which `worn` is the surface (normalized frame); None of others."""
        if mesh.stored.rig is None or mesh.mirror is None:
            return None
        model = self.stored.report["head"]["model"]
        return HeadShape(worn, mesh.stored.atlas, mesh.stored.rig.region, mesh.mirror, model, self.carried, self.metre)

    def views(self, weights: Mapping[str, float], max_side: int, progress: Progress) -> Capture:
        """The photos in the world frame, `max_side` pixels long at most, with weights in place of their own.

        Photos that are gone are left out with a warning; UserError where a weighted one is.
        """
        found, warnings = [], []
        for number, camera in enumerate(self.stored.cameras):
            progress(number / len(self.stored.cameras))
            try:
                view = _read_view(camera, self.stored.folder, max_side)
            except UserError as error:
                if camera.name in weights:
                    raise
                warnings.append(f"The photo {camera.name} is left out: {error}")
                continue
            found.append(replace(view, weight=weights.get(camera.name, view.weight)))
        return Capture(tuple(found), self.bounds, self._cut(), tuple(warnings))

    def _cut(self) -> CutPlane | None:
        """Where the photos cut the subject off."""
        if layout.CUT_POINT not in self.checkpoint:
            return None
        return CutPlane(self.checkpoint[layout.CUT_POINT], self.checkpoint[layout.CUT_NORMAL])


def read_kept(folder: Path) -> Kept:
    """The result in `folder`; UserError where it is none, or where it keeps too little to be refined."""
    stored, checkpoint = read_result(folder), read_checkpoint(folder)
    needed = [layout.BOUNDS_CENTER, layout.BOUNDS_RADIUS]
    needed += [layout.HEAD_MIRROR, layout.HEAD_METRE] if stored.rig is not None else []
    if missing := [name for name in needed if name not in checkpoint]:
        raise UserError(f"{folder} was written by an older Likeness (it lacks {missing[0]}). Run its fit again.")
    mesh = StoredMesh(stored.surface, stored.atlas, stored.polygons, stored.rig)
    fitted = KeptMesh(mesh, stored.texture_files, checkpoint.get(layout.HEAD_MIRROR))
    clean = None
    if stored.clean is not None:
        mirror = checkpoint.get(layout.CLEAN + layout.HEAD_MIRROR)
        clean = KeptMesh(stored.clean.mesh, stored.clean.texture_files, mirror)
    return Kept(stored, _first_request(stored), checkpoint, fitted, clean)


def _first_request(stored: StoredResult) -> FitRequest:
    """What the first fit was asked for, as the report tells it."""
    try:
        if stored.rig is not None:
            stored.report["head"]["model"]
        return FitRequest.from_json(stored.report["settings"])
    except (KeyError, TypeError, LikenessError) as error:
        raise UserError(f"{stored.folder / layout.REPORT} is damaged ({error}). Run the fit again.") from error


def _read_view(stored: StoredCamera, folder: Path, max_side: int) -> View:
    if stored.image is None:
        raise UserError(f"The photo of the view {stored.name} is gone. Put it back, or refine from other views.")
    described = stored.camera.width, stored.camera.height
    photo = read_photo(stored.image, max_side, described).rgb
    size = photo.shape[1], photo.shape[0]
    mask = np.ones(photo.shape[:2], np.float32) if stored.mask is None else read_mask(stored.mask, size)
    trust = folder / layout.OBSTRUCTION / f"{stored.name}.png"
    return View(
        stored.name, photo, mask, stored.camera.resized(*size), stored.image, stored.weight, stored.expression,
        _read_trust(trust, size) if trust.is_file() else None,
    )  # fmt: skip


def _read_trust(path: Path, size: tuple[int, int]) -> np.ndarray:
    """(H, W) float32 in [0, 1]; unlike a mask's, its brightest value need not be 1."""
    with Image.open(path) as image:
        return np.asarray(image.convert("L").resize(size, Image.Resampling.BOX), np.float32) / 255


def _read_map(path: Path, name: str) -> np.ndarray:
    """(T, T, C) float32 in [0, 1]."""
    try:
        with Image.open(path) as image:
            plane = np.asarray(image.convert("L" if name == "confidence" else "RGB"), np.float32) / 255
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error}). Run the fit again.") from error
    return plane if plane.ndim == 3 else plane[..., None]
