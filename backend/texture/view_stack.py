"""All photos in one block that a kernel can loop over, with what each pixel may be trusted with.

Pixels of all views lie one after another; view k's pixel (row, column) is at offset + row * width + column.
    pixels  uint32: red, green, blue (sRGB, 8 bits each, exposure already evened out) and trust (8 bits)
    depths  float32: distance along the optical axis to the surface, 0 where there is none
    owners  int32: the surface's face that the pixel's center sees, -1 where there is none
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import warp as wp

from ..kernels.rasterize import rasterize
from ..scene import Surface, View
from ..scene.color import to_linear, to_srgb
from .config import TextureConfig
from .row_launch import RowLauncher

wp.set_module_options({"enable_backward": False})

_REACH = 8  # pixels: the largest trust margin that is looked for
_DEPTH_JUMP = 0.02  # unit lengths between neighbors that count as one thing in front of another


@wp.struct
class Eye:
    rotation: wp.mat33  # camera -> world
    position: wp.vec3
    focal: wp.vec2  # pixels
    center: wp.vec2  # pixels, y downwards
    width: wp.int32
    height: wp.int32
    offset: wp.int32
    weight: wp.float32  # the artist's say, times the view's relative resolution squared at unit distance


@dataclass(frozen=True)
class ViewStack:
    """Eyes (K,), pixels, depths and owners (P,) as in the module's text; photos (H, W, 3) sRGB as they came."""

    eyes: wp.array
    pixels: wp.array
    depths: wp.array
    owners: wp.array
    views: tuple[View, ...]
    offsets: np.ndarray

    @property
    def count(self) -> int:
        return len(self.views)


@wp.func
def pixel_depth(
    eye: Eye, vertices: wp.array(dtype=wp.vec3), faces: wp.array2d(dtype=wp.int32), face: int, x: float, y: float
) -> float:
    """Depth of the face's plane along the ray through image point (x, y)."""
    a = vertices[faces[face, 0]]
    normal = wp.cross(vertices[faces[face, 1]] - a, vertices[faces[face, 2]] - a)
    ray = eye.rotation * wp.vec3((x - eye.center[0]) / eye.focal[0], (eye.center[1] - y) / eye.focal[1], -1.0)
    slant = wp.dot(normal, ray)
    if slant == 0.0:
        return 0.0
    return wp.dot(normal, a - eye.position) / slant


@wp.kernel
def depth_kernel(
    first_row: int,
    eye: Eye,
    vertices: wp.array(dtype=wp.vec3),
    faces: wp.array2d(dtype=wp.int32),
    rast: wp.array2d(dtype=wp.vec4),
    owners: wp.array(dtype=wp.int32),
    depths: wp.array(dtype=wp.float32),
):
    band_row, column = wp.tid()
    row = band_row + first_row
    face = int(rast[eye.height - 1 - row, column][3]) - 1  # rasterize draws bottom-up
    index = eye.offset + row * eye.width + column
    owners[index] = face
    depths[index] = 0.0
    if face >= 0:
        depths[index] = pixel_depth(eye, vertices, faces, face, float(column) + 0.5, float(row) + 0.5)


@wp.func
def is_torn(eye: Eye, depths: wp.array(dtype=wp.float32), mask: wp.array2d(dtype=wp.float32), row: int, column: int):
    """Whether the pixel may show something else than the surface: off it, off the mask, or at a jump of depth."""
    here = depths[eye.offset + row * eye.width + column]
    if here <= 0.0 or mask[row, column] < 0.5:
        return True
    limit = _DEPTH_JUMP + 4.0 * here / eye.focal[0]
    for side in range(4):
        near_row = wp.clamp(row + (side % 2) * (side - 2), 0, eye.height - 1)
        near_column = wp.clamp(column + (1 - side % 2) * (side - 1), 0, eye.width - 1)
        if wp.abs(depths[eye.offset + near_row * eye.width + near_column] - here) > limit:
            return True
    return False


@wp.kernel
def torn_kernel(
    first_row: int,
    eye: Eye,
    depths: wp.array(dtype=wp.float32),
    mask: wp.array2d(dtype=wp.float32),
    torn: wp.array2d(dtype=wp.uint8),
):
    band_row, column = wp.tid()
    torn[band_row + first_row, column] = wp.uint8(is_torn(eye, depths, mask, band_row + first_row, column))


@wp.kernel
def trust_kernel(
    first_row: int,
    eye: Eye,
    torn: wp.array2d(dtype=wp.uint8),
    photo: wp.array3d(dtype=wp.uint8),
    clear: wp.array2d(dtype=wp.float32),
    margin: float,
    pixels: wp.array(dtype=wp.uint32),
):
    band_row, column = wp.tid()
    row = band_row + first_row
    nearest = float(_REACH * _REACH)
    if torn[row, column] != wp.uint8(0):
        nearest = 0.0
    else:
        reach = wp.min(int(wp.ceil(margin)) + 1, _REACH)
        for y in range(wp.max(row - reach, 0), wp.min(row + reach, eye.height - 1) + 1):
            for x in range(wp.max(column - reach, 0), wp.min(column + reach, eye.width - 1) + 1):
                if torn[y, x] != wp.uint8(0):
                    nearest = wp.min(nearest, float((y - row) * (y - row) + (x - column) * (x - column)))
    trust = wp.clamp((wp.sqrt(nearest) - 0.5) / margin, 0.0, 1.0)
    trust = trust * trust * (3.0 - 2.0 * trust) * clear[row, column]
    word = wp.uint32(photo[row, column, 0]) | (wp.uint32(photo[row, column, 1]) << wp.uint32(8))
    word = word | (wp.uint32(photo[row, column, 2]) << wp.uint32(16))
    word = word | (wp.uint32(trust * 255.0 + 0.5) << wp.uint32(24))
    pixels[eye.offset + row * eye.width + column] = word


def _eye_of(view: View, offset: int) -> Eye:
    camera = view.camera
    eye = Eye()
    eye.rotation = wp.mat33(*camera.camera_to_world[:3, :3].astype(np.float32).ravel().tolist())
    eye.position = wp.vec3(*camera.position.astype(np.float32).tolist())
    eye.focal, eye.center = wp.vec2(camera.fl_x, camera.fl_y), wp.vec2(camera.cx, camera.cy)
    eye.width, eye.height, eye.offset = camera.width, camera.height, offset
    eye.weight = view.weight * camera.fl_x * camera.fl_y
    return eye


def _fitting(views: Sequence[View], config: TextureConfig) -> tuple[View, ...]:
    """The views, made smaller where they hold more than the maps can show or the memory can take."""
    budget = config.photo_pixels / max(len(views), 1)
    fitted = []
    for view in views:
        width, height = view.camera.width, view.camera.height
        scale = min(1.0, config.size / max(width, height), (budget / (width * height)) ** 0.5)
        fitted.append(view if scale > 0.99 else view.resized(scale))
    return tuple(fitted)


def stack_views(surface: Surface, views: Sequence[View], config: TextureConfig, launcher: RowLauncher) -> ViewStack:
    """surface and cameras in one frame -> the block of all views."""
    fitted = _fitting(views, config)
    sizes = [view.camera.width * view.camera.height for view in fitted]
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    total = int(offsets[-1])
    eyes = [_eye_of(view, int(offset)) for view, offset in zip(fitted, offsets, strict=False)]
    sharpest = max((eye.weight for eye in eyes), default=1.0)
    for eye in eyes:
        eye.weight = eye.weight / sharpest if sharpest > 0 else 0.0
    stack = ViewStack(
        eyes=wp.array(eyes, dtype=Eye, device=launcher.device),
        pixels=wp.zeros(total, dtype=wp.uint32, device=launcher.device),
        depths=wp.zeros(total, dtype=wp.float32, device=launcher.device),
        owners=wp.zeros(total, dtype=wp.int32, device=launcher.device),
        views=fitted, offsets=offsets,
    )  # fmt: skip
    depth_kernel.module.load(wp.get_device(launcher.device))
    vertices = torch.from_numpy(np.ascontiguousarray(surface.vertices, np.float32)).to(launcher.device)
    faces = torch.from_numpy(np.ascontiguousarray(surface.faces, np.int32)).to(launcher.device)
    alone = RowLauncher(launcher.device, 1)  # the views themselves are shared out over the threads
    launcher.each(lambda k: _fill_view(stack, eyes[k], k, vertices, faces, config, alone), range(len(fitted)))
    return stack


def _fill_view(stack, eye, k, vertices, faces, config, launcher) -> None:
    view = stack.views[k]
    camera = view.camera
    points = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)
    depth = camera.project(points)[1]
    far = max(float(depth.max()), 1e-3)
    near = max(float(depth.min()), 0.01 * far)
    clip = torch.from_numpy(camera.clip_matrix(near, far).astype(np.float32)).to(vertices.device)
    homogeneous = vertices @ clip[:, :3].T + clip[:, 3]
    rast = rasterize(homogeneous, faces, (camera.height, camera.width))
    if vertices.is_cuda:
        torch.cuda.synchronize(vertices.device)  # Warp's own stream follows
    wrapped = [wp.from_torch(vertices, dtype=wp.vec3), wp.from_torch(faces), wp.from_torch(rast, dtype=wp.vec4)]
    launcher.rows(depth_kernel, camera.height, camera.width, [eye, *wrapped, stack.owners, stack.depths])
    pack_photo(stack, k, eye, np.ones(3), config, launcher)


def pack_photo(
    stack: ViewStack, k: int, eye: Eye, gain: np.ndarray, config: TextureConfig, launcher: RowLauncher
) -> None:
    """Write view k's pixels with its linear colors divided by gain (3,)."""
    view = stack.views[k]
    photo = view.photo
    if not np.all(gain == 1.0):
        photo = to_srgb(to_linear(photo) / gain.astype(np.float32))
    bytes_ = launcher.upload((np.clip(photo, 0, 1) * 255 + 0.5).astype(np.uint8), wp.uint8)
    mask = launcher.upload(view.mask.astype(np.float32), wp.float32)
    trust = np.ones(view.mask.shape, np.float32) if view.trust is None else view.trust
    clear = launcher.upload(trust.astype(np.float32), wp.float32)
    height, width = view.mask.shape
    torn = wp.empty((height, width), dtype=wp.uint8, device=launcher.device)
    launcher.rows(torn_kernel, height, width, [eye, stack.depths, mask, torn])
    launcher.rows(trust_kernel, height, width, [eye, torn, bytes_, clear, config.trust_margin, stack.pixels])


def apply_gains(stack: ViewStack, gains: np.ndarray, config: TextureConfig, launcher: RowLauncher) -> None:
    """gains (K, 3) linear: even out the exposures of all views in place."""
    eyes = [_eye_of(view, int(stack.offsets[k])) for k, view in enumerate(stack.views)]
    alone = RowLauncher(launcher.device, 1)
    changed = [k for k in range(stack.count) if not np.all(gains[k] == 1.0)]
    launcher.each(lambda k: pack_photo(stack, k, eyes[k], gains[k], config, alone), changed)
