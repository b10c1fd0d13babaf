"""The part of the texture stage's story that only heads have: what is not seen is completed by what heads are like."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import warp as wp

from ..scene import Surface, UvAtlas, View
from ..scene.color import to_linear
from ..scene.head import EYEBALL, FACE, MOUTH, TEETH, HeadShape
from .anatomy import axes_of
from .bake import Baked
from .completion import SURE, complete, fields_of
from .complexion import hair_tone, read_complexion, skin_tone
from .eyes import colors_of, find_eyes, upload_eyes
from .fill import vertex_colors
from .gates import gate_views, smoothstep
from .glasses import find_worn, kept_beside
from .grain import upload_grain
from .layers import Net, cover_of_hair, layers_of, loose_in
from .row_launch import RowLauncher
from .symmetry import find_twins
from .texel_geometry import Texels

_EVEN = 0.7  # how far one photo's albedo is held to the skin's tone at low frequencies; less with more photos
_EVEN_REACH = 25.0  # millimeters
_MOUTH_OPEN = 0.5  # of the sky, which teeth, gums and tongue see at least: that much they do when the mouth opens
_GAMMA = 1 / 2.2  # of sRGB, nearly: a factor on light as one on colors
_EVEN_ODD = 0.25  # relative distance from the tone at which a color is no skin


class HeadPainter:
    """Gates the views before they are baked, and completes the maps after it."""

    def __init__(self, surface: Surface, head: HeadShape, views: Sequence[View], seed: int):
        if surface.faces.shape != head.surface.faces.shape or len(surface.vertices) != len(head.region):
            raise ValueError("a head's surface must have the triangles of its model")
        self._surface, self._head, self._seed = surface, head, seed
        self._axes = axes_of(surface, head)
        self._net = Net(surface, self._axes)
        self._gated = gate_views(surface, head, self._axes, views)
        self.views = tuple(gated.view for gated in self._gated)
        self._worn = find_worn(surface, head, self._axes, views)

    def without_glasses(self, baked: Baked, texels: Texels, atlas: UvAtlas, launcher: RowLauncher) -> Baked:
        """The bake, no longer sure of what glasses left on it."""
        if self._worn is None:
            return baked
        confidence, owner = baked.confidence.numpy(), texels.owner.numpy()
        kept = kept_beside(self._worn, baked.photo.numpy(), confidence, owner, self._surface, atlas, self._axes)
        return replace(baked, confidence=launcher.upload(confidence * kept, wp.float32))

    def even_shading(self, shading: np.ndarray, photo: np.ndarray, sure: np.ndarray) -> np.ndarray:
        """shading (V, 3) linear, photo (V, 3) sRGB, sure (V,) -> shading that leaves skin less uneven.

        One photo cannot tell shade from dark skin; people's albedo, smoothed over centimeters, is nearly one tone.
        """
        albedo = to_linear(photo) / np.maximum(shading, 1e-3)
        face = sure * (self._head.region == FACE)
        if face.sum() <= 0:
            return shading
        tone = np.array([np.median(albedo[face > 0.5 * face.max(), k]) for k in range(3)])
        relative = np.log(np.maximum(albedo, 1e-4) / np.maximum(tone, 1e-4))
        ordinary = 1 / (1 + (np.linalg.norm(relative - np.median(relative[face > 0], 0), axis=1) / _EVEN_ODD) ** 2) ** 2
        inner = np.isin(self._head.region, (EYEBALL, MOUTH, TEETH))
        keep = self._net.pull(_EVEN_REACH) * sure * ordinary * ~inner
        smooth = self._net.settle(relative, keep, np.zeros(3), 4 * _EVEN_REACH)
        return (shading * np.exp(_EVEN / max(len(self.views), 1) * smooth)).astype(np.float32)

    def complete(
        self, baked: Baked, albedo: wp.array, weights: np.ndarray, open_sky: np.ndarray, texels: Texels,
        atlas: UvAtlas, launcher: RowLauncher,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
        """albedo (T, T) vec3; at the vertices weights (V, K) of the views and open_sky (V,), the share of even light
        that reaches them -> photo, albedo, confidence, all whole."""
        head, surface = self._head, self._surface
        complexion = read_complexion(surface, self._axes, self._gated, weights, self._seed)
        cover = cover_of_hair(self._net, surface, head, self._axes, complexion)
        mirror = find_twins(surface.faces, head.mirror).upload(launcher)
        cloths = tuple(upload_grain(grain, self._axes, launcher)
                       for grain in (complexion.skin_grain, complexion.hair_grain))  # fmt: skip
        eyes = find_eyes(surface, head, self._axes)
        eye_colors = colors_of(eyes, self.views)
        plain = np.isin(head.region, (EYEBALL, MOUTH, TEETH))
        tone = None
        maps, lit = [], np.ones(len(head.region))
        for map_, shade in ((baked.photo, self._shade(open_sky)), (albedo, lit)):
            colors, sure = vertex_colors(map_.numpy(), baked.confidence.numpy(), surface, atlas)
            sure = smoothstep(*SURE, sure)
            own = skin_tone(colors, sure, head, complexion)
            gain = np.ones(3) if tone is None else own / np.maximum(tone, 1e-3)
            tone = own if tone is None else tone
            hair = hair_tone(colors, sure, head, complexion)
            if complexion.hair_tone is not None:
                hair = hair * gain  # it was read from the photos, whatever this map shows
            layers = layers_of(self._net, head, cover, complexion, colors, sure, hair)
            paint = upload_eyes(eyes, eye_colors, gain, launcher, self._seed)
            fields = fields_of(layers, plain, shade, launcher)
            whole, certain = complete(map_, baked.confidence, texels, mirror, fields, cloths, paint, launcher)
            maps.append(whole)
        return *maps, certain

    def _shade(self, open_sky: np.ndarray) -> np.ndarray:
        """(V,) factor on the sRGB colors of what the skin encloses: lids shade eyes, lips shade teeth."""
        shade, region = np.ones(len(open_sky)), self._head.region
        inner = np.isin(region, (MOUTH, TEETH))
        least = np.where(loose_in(self._head), _MOUTH_OPEN, 0.0)
        shade[inner] = np.clip(open_sky[inner], least[inner], 1) ** _GAMMA
        eye = region == EYEBALL
        if eye.any():
            # The eyes' colors were measured in the lids' usual shade: what is more open is brighter than that.
            usual = np.median(open_sky[eye][open_sky[eye] >= np.quantile(open_sky[eye], 0.85)])
            shade[eye] = np.clip(open_sky[eye] / max(float(usual), 1e-3), 0.3, 1.15) ** _GAMMA
        return shade
