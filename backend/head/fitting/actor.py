"""A person whose landmarks are known at rest: what photos of expressions are compared with."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...scene import FaceRecord
from ...scene.rig import ARKIT
from ..model import HeadModel
from .reading import Marks, Sighting

IRISES = slice(468, 478)  # they tell where the eyes look, which no key of the skin does
_EYES = 0.09  # metres between the outer corners of the eyes
_ROBUST = 8.0  # deviations
_SHARE = 0.25
_FLOOR = 0.02  # of the outer corners' distance: what a detector's points are off by on any one face
_LEARNED = 0.006  # the same where its errors on this face are known
_NEAR = np.radians(15.0)  # angle between views over which a detector's errors stay alike
_DOUBT = 0.2  # of a photo in the same view: pulls what is expected towards no error


@dataclass(frozen=True)
class Actor:
    """The landmarks on one person: metres, the head model's frame.

    rest   (478, 3) in the neutral expression
    keys   (478, 3, 52) how they move at coefficient 1
    sigma  (478,) how repeatably the detector sees them; inf where a point is not to be used
    """

    rest: np.ndarray
    keys: np.ndarray
    sigma: np.ndarray

    @classmethod
    def of(cls, model: HeadModel, neutral: np.ndarray) -> "Actor":
        """model: with all its expressions; neutral (V, 3) metres: the person's head at rest in the model's frame."""
        table = model.landmarks
        sigma = table.spread.astype(float)
        sigma[IRISES] = np.inf
        rest = np.einsum("pcd,pc->pd", neutral[table.corners].astype(float), table.weights)
        keys = np.einsum("kpcd,pc->pdk", keys_of(model)[:, table.corners].astype(float), table.weights)
        return cls(rest, keys, sigma)

    def marks(
        self,
        face: FaceRecord,
        habit: "Habit | None" = None,
        sighting: Sighting | None = None,
        free: np.ndarray | None = None,
    ) -> Marks:
        """The points of a face; less the detector's own errors on this person, as it sees them in such a view.

        free (478, 3, K): further directions in which the points move.
        """
        error, known = (0.0, 0.0) if habit is None else habit.expected(sighting)
        points = face.points - error * face.scale
        used = np.isfinite(self.sigma) & np.isfinite(face.sigma)
        unit = known * _LEARNED + (1 - known) * np.hypot(self.sigma[used] / _EYES, _FLOOR)
        sigma = np.hypot(face.sigma[used], unit * face.scale)
        whiten = np.eye(2) / sigma[:, None, None]
        keys = self.keys if free is None else np.concatenate([self.keys, free], 2)
        return Marks(self.rest[used], keys[used], points[used].astype(float), whiten, _ROBUST, _SHARE)


@dataclass(frozen=True)
class Habit:
    """How a detector sees one person's points beside where they are: errors (N, 478, 2), in units of the face's own
    length, in views that look ahead (N, 3) in the head's frame."""

    errors: np.ndarray
    ahead: np.ndarray

    @classmethod
    def of(
        cls, actor: Actor, faces: Sequence[FaceRecord], sightings: Sequence[Sighting], known: Sequence[np.ndarray]
    ) -> "Habit":
        """known: coefficients (52,) of each photo."""
        errors = [
            (face.points - sighting.project(actor.rest + actor.keys @ b)) / face.scale
            for face, sighting, b in zip(faces, sightings, known, strict=True)
        ]
        return cls(np.stack(errors), np.stack([sighting.pose.rotation[2] for sighting in sightings]))

    def expected(self, sighting: Sighting) -> tuple[np.ndarray, float]:
        """(478, 2) errors to expect in a view, those of similar views, and how far they are known, in [0, 1]."""
        apart = np.arccos(np.clip(self.ahead @ sighting.pose.rotation[2], -1, 1))
        weight = np.exp(-((apart / _NEAR) ** 2) / 2)
        return np.einsum("n,npd->pd", weight / (weight.sum() + _DOUBT), self.errors), float(weight.max(initial=0))

    def without(self, number: int) -> "Habit":
        """What the other photos tell."""
        kept = np.arange(len(self.errors)) != number
        return Habit(self.errors[kept], self.ahead[kept])


def keys_of(model: HeadModel) -> np.ndarray:
    """(52, V, 3) float32 metres: the model's expressions in the order of ARKIT; zero where it has none of a name."""
    numbers = {name: number for number, name in enumerate(model.expression_names)}
    keys = np.zeros((len(ARKIT), *model.vertices.shape), np.float32)
    for row, name in zip(keys, ARKIT, strict=True):
        if name in numbers:
            row[:] = model.expressions[numbers[name]]
    return keys
