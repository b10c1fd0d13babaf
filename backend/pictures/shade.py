"""Two ways to draw: the texture without light, and gray clay under a soft key light."""

import numpy as np

from ..scene import Camera, Surface, TexturedSurface, UvAtlas
from ..scene.color import to_srgb
from .raster import Samples, resolve, sample

_CLAY = np.array([0.52, 0.50, 0.48], np.float32)  # linear reflectance
# In camera axes (+X right, +Y up, +Z to the viewer): direction, linear RGB, wrap (0 = hard, 1 = as soft as the sky).
_LAMPS = (
    ((-0.70, 0.65, 0.50), (0.95, 0.91, 0.85), 0.20),  # key: upper left, warm
    ((0.90, 0.00, 0.35), (0.10, 0.13, 0.18), 0.60),  # fill: right, cool
    ((0.45, 0.50, -0.80), (0.35, 0.38, 0.43), 0.10),  # rim: from behind
)
_AMBIENT = (0.07, 0.03)  # linear, facing up and facing down


def draw_unlit(
    textured: TexturedSurface,
    camera: Camera,
    background: np.ndarray | float = 0.5,
    albedo: bool = False,
    samples: Samples | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """The texture as it is: sRGB picture (H, W, 3) over the background, and cover (H, W), both in [0, 1].

    samples: what `sample(textured.surface, camera)` returned, when it is drawn several times.
    """
    samples = samples or sample(textured.surface, camera)
    texture = textured.maps.albedo if albedo else textured.maps.photo
    return compose(samples, textured_colors(samples, textured.surface, textured.atlas, texture), background)


def textured_colors(samples: Samples, surface: Surface, atlas: UvAtlas, texture: np.ndarray) -> np.ndarray:
    """Colors (N, C) of the samples that see the surface, from a texture (T, T2, C)."""
    return fetch(shrunk(texture, samples, surface, atlas), samples.gather(atlas.uvs, atlas.faces))


def draw_clay(
    surface: Surface, camera: Camera, background: np.ndarray | float = 0.5, samples: Samples | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The shape alone, smoothly shaded: sRGB picture (H, W, 3) over the background, and cover (H, W)."""
    samples = samples or sample(surface, camera)
    to_camera = camera.camera_to_world[:3, :3].astype(np.float32)
    normals = samples.gather(surface.vertex_normals() @ to_camera, surface.faces)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    sky = (normals[:, 1:2] + 1) / 2
    light = np.repeat(_AMBIENT[0] * sky + _AMBIENT[1] * (1 - sky), 3, 1)
    for direction, color, wrap in _LAMPS:
        toward = np.array(direction, np.float32) / np.linalg.norm(direction)
        light += np.maximum((normals @ toward + wrap) / (1 + wrap), 0)[:, None] ** (1 + wrap) * np.float32(color)
    return compose(samples, to_srgb(_CLAY * light), background)


def compose(
    samples: Samples, colors: np.ndarray, background: np.ndarray | float
) -> tuple[np.ndarray, np.ndarray]:
    """Colors (N, 3) of the samples that see something -> picture (H, W, 3) over the background, and cover (H, W)."""
    hit = samples.hit
    drawn = np.zeros((*hit.shape, 3), np.float32)
    drawn[hit] = colors
    cover = resolve(hit.astype(np.float32))
    behind = np.broadcast_to(np.asarray(background, np.float32), (*cover.shape, 3))
    return resolve(drawn) + behind * (1 - cover[..., None]), cover


def shrunk(texture: np.ndarray, samples: Samples, surface: Surface, atlas: UvAtlas) -> np.ndarray:
    """The texture (T, T, C) halved until a texel is about as large as a sample: small pictures do not sparkle."""
    seen = np.unique(samples.face[samples.hit])
    if not len(seen):
        return texture
    pixels = samples.camera.project(surface.vertices.astype(float))[0]
    on_screen = _areas(pixels[surface.faces[seen]])
    texels = _areas(atlas.uvs[atlas.faces[seen]]) * texture.shape[0] * texture.shape[1]
    level = int(np.log2(max(texels.sum() / max(on_screen.sum(), 1e-9), 1)) / 2)
    for _ in range(min(level, 3)):  # no further than gutters of eight texels reach
        if texture.shape[0] % 2 or texture.shape[1] % 2:
            break
        texture = (texture[::2, ::2] + texture[1::2, ::2] + texture[::2, 1::2] + texture[1::2, 1::2]) / 4
    return texture


def _areas(corners: np.ndarray) -> np.ndarray:
    """(F, 3, 2) -> areas (F,)."""
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / 2


def fetch(texture: np.ndarray, uvs: np.ndarray) -> np.ndarray:
    """Bilinear samples of a texture (T, T2, C) whose row 0 is v = 1, at uvs (N, 2) -> (N, C); clamped at its rim."""
    high, wide = texture.shape[:2]
    x = np.clip(uvs[:, 0] * wide - 0.5, 0, wide - 1)
    y = np.clip((1 - uvs[:, 1]) * high - 0.5, 0, high - 1)
    left, top = np.minimum(x.astype(int), wide - 2), np.minimum(y.astype(int), high - 2)
    right, below = (x - left)[:, None].astype(np.float32), (y - top)[:, None].astype(np.float32)
    upper = texture[top, left] * (1 - right) + texture[top, left + 1] * right
    lower = texture[top + 1, left] * (1 - right) + texture[top + 1, left + 1] * right
    return upper * (1 - below) + lower * below
