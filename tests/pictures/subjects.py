"""A ball that shows its own texture coordinates, and photos of it."""

import numpy as np

from backend.pictures.shade import draw_unlit
from backend.scene import Maps, TexturedSurface, UvAtlas, View
from tests.asset.subjects import CENTER, RADIUS, ball, camera


def colored_ball(side: int = 64) -> TexturedSurface:
    """A ball whose color is its own texture coordinate: (u, v, 0.25)."""
    surface = ball(4)
    uvs = ((surface.vertices - CENTER) / RADIUS)[:, [1, 2]].astype(np.float32) * 0.45 + 0.5
    ticks = ((np.arange(side) + 0.5) / side).astype(np.float32)
    picture = np.stack([*np.meshgrid(ticks, 1 - ticks), np.full((side, side), 0.25, np.float32)], -1)
    maps = Maps(picture, 1 - picture, picture, picture[..., :1])
    return TexturedSurface(surface, UvAtlas(uvs, surface.faces), maps)


def views_of(textured: TexturedSurface, angles=(0.0, 2.0), size=(120, 100)) -> list[View]:
    """Photos that show exactly what is drawn."""
    views = []
    for k, angle in enumerate(angles):
        drawn, cover = draw_unlit(textured, camera(angle, *size))
        views.append(View(str(k), drawn, cover, camera(angle, *size)))
    return views
