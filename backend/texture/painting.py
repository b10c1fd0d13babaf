"""From photos to maps: the texture stage's story."""

from collections.abc import Sequence

import numpy as np

from ..scene import Maps, Progress, Surface, TexturedSurface, UvAtlas, View, silent
from ..scene.head import HeadShape
from . import exposure, light
from .albedo import divide_light
from .bake import bake
from .config import TextureConfig
from .fill import fill, vertex_colors
from .head_painting import HeadPainter
from .normal_map import bake_normals
from .optimize import sharpen_to_photos
from .probe import look_at, probe
from .row_launch import RowLauncher
from .texel_geometry import Texels, find_texels, skin_of
from .transfer import measure_transfer
from .view_stack import apply_gains, stack_views


def paint(
    surface: Surface,
    detail: Surface | None,
    atlas: UvAtlas,
    views: Sequence[View],
    config: TextureConfig,
    progress: Progress = silent,
    head: HeadShape | None = None,
) -> TexturedSurface:
    """surface and the views' cameras in the normalized frame -> the surface with all its maps.

    detail is a finer surface in the same frame whose relief goes into the normal map; None leaves that map flat.
    head tells the parts of a surface that has the triangles of a head model: what no photo shows is then completed
    from the other side, and from what skin, hair and eyes look like where they are seen.
    """
    painter = None if head is None else HeadPainter(surface, head, views, config.seed)
    launcher = RowLauncher(config.device, config.threads)
    texels = find_texels(skin_of(surface, atlas, launcher), config.size, launcher, config.gutter)
    stack = stack_views(surface, views if painter is None else painter.views, config, launcher)
    progress(0.15)
    gains = exposure.measure_gains(probe(surface, stack, config, launcher, exposure.PROBES))
    apply_gains(stack, gains, config, launcher)
    progress(0.2)
    baked = bake(texels, stack, config, launcher)
    progress(0.4)
    sharpen_to_photos(baked.photo, texels, stack, config, launcher)
    if painter is not None:
        baked = painter.without_glasses(baked, texels, atlas, launcher)
    progress(0.6)
    transfer = measure_transfer(surface, launcher)
    measured = probe(surface, stack, config, launcher, light.PROBES)
    found = light.fit_light(measured, surface, transfer, stack, config)
    weights = look_at(surface.vertices, surface.vertex_normals(), stack, config, launcher)[1]
    shading = light.shade(found, transfer, weights, stack)
    if painter is not None:
        read = vertex_colors(baked.photo.numpy(), baked.confidence.numpy(), surface, atlas)
        shading = painter.even_shading(shading, *read)
    albedo = divide_light(baked, texels, shading, launcher)
    progress(0.75)
    if painter is not None:
        open_sky = transfer[:, 0] / 0.282095  # of the even light Y00
        photo, albedo, confidence = painter.complete(baked, albedo, weights, open_sky, texels, atlas, launcher)
    else:
        photo = fill(baked.photo, baked.confidence, texels, surface, atlas, launcher)
        albedo = fill(albedo, baked.confidence, texels, surface, atlas, launcher)
        confidence = _spread(baked.confidence.numpy(), texels)
    progress(0.85)
    normal = _spread(bake_normals(surface, detail, atlas, texels, launcher), texels)
    maps = Maps(photo, albedo, normal, confidence[..., None])
    progress(1.0)
    return TexturedSurface(surface, atlas, maps)


def _spread(plane: np.ndarray, texels: Texels) -> np.ndarray:
    """A map (T, T, ...) whose gutters repeat their chart's rim."""
    model = texels.model.numpy()
    off_chart = (texels.owner.numpy() < 0) & (model >= 0)
    plane[off_chart] = plane.reshape(-1, *plane.shape[2:])[model[off_chart]]
    return plane
