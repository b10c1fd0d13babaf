"""Which triangles of a head model are compared with what of a photo."""

from functools import cached_property

import numpy as np

from ...mesh.parts import away_from
from ...scene.head import EAR, EYEBALL, MOUTH, NECK, SOCKET, TEETH
from ..model import HeadModel
from .skin_light import Openness, openness_of

_BENT = 0.010  # metres from the neck within which skin bends with it: a face's region reaches below its jaw
_LIDS = 0.005  # metres from an eyeball within which skin is a lid


class Skin:
    """The triangles that photos are compared with.

    faces     (F, 3) int32: all that may be seen but teeth
    rigid     (F,) bool: keep their place on the head, from photo to photo
    outlined  (F,) bool: their rim tells of the head's shape
    ears      (F,) bool
    """

    def __init__(self, model: HeadModel):
        triangles = model.triangles(model.polygons)
        self.faces = triangles[~(model.region[triangles] == TEETH).any(1)].astype(np.int32)
        region = model.region[self.faces]
        # Necks bend and eyes turn between photos; sockets and mouths are seen by accident. Before lids stand lashes,
        # dark and well to be seen: photos would agree on where those are.
        self.rigid = ~np.isin(region, (NECK, EYEBALL, SOCKET, MOUTH)).any(1)
        self.rigid &= ~(away_from(model.vertices, model.region == EYEBALL) < _LIDS)[self.faces].any(1)
        self.ears = (region == EAR).any(1)
        bent = away_from(model.vertices, model.region == NECK) < _BENT
        self.outlined = self.rigid & (self.ears | ~bent[self.faces].any(1))
        self._model = model

    @cached_property
    def openness(self) -> Openness:
        """From where light reaches the mean head."""
        return openness_of(self._model, self.faces)
