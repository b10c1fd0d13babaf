"""Expressions in photos of a fitted head: the coefficients of each, what the shape wears, and held expressions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...scene import Camera, Progress, silent
from ...scene.expression_tag import group_of, is_neutral, told_coefficients
from ...scene.rig import ARKIT
from ..performance import Performance
from .actor import Actor, Habit, keys_of
from .departure import Modes, Take, modes_of, seen_departure
from .fit import HeadFit
from .photo import HeadPhoto
from .pose import Pose, stand
from .reading import Expectation, Marks, Reading, Sighting, read

_WEAK = 0.15  # a smaller coefficient may be no more than a face that its model cannot reach
_FAINT = 0.01  # what is less is nothing
_TURN, _SHIFT = np.radians(1.5), 0.003  # radians, metres: how far a person moves between photos
_SIDE = 640  # pixels along the photos' longer side
_PASSES = 3  # of dense flow
_APART = np.cos(np.radians(40.0))  # between photos whose skin can be compared
_PARTNERS = 2  # neutral photos that each photo is compared with
_UNTOLD = 0.1  # deviation of a coefficient where no tag tells anything


def coefficients_of(fit: HeadFit, photos: Sequence[HeadPhoto] = ()) -> list[dict[str, float]]:
    """Of each photo: name of ARKIT -> coefficient, the significant ones.

    photos: those of the fit, or any number of others with cameras in its world. Where several show the face, each is
    read again, less the detector's errors in the others; without them, the fit's own words are all there is.
    """
    rough = _significant(_fitted(fit))
    if sum(photo.face is not None for photo in photos) < 2:
        return [_told(b) for b in rough]
    if len(photos) != len(fit.cameras):
        rough = np.tile(_significant(np.median(_fitted(fit), 0)), (len(photos), 1))
    return [_told(b) for b in _significant(_Stage(fit, photos, rough).reread())]


def worn_by(fit: HeadFit, tags: Sequence[str]) -> dict[str, float]:
    """The expression that the photos of the shape have in common; nothing where they are tagged as neutral.

    tags: the expression of each photo as the artist tells it, "" where nobody says.
    """
    told = [tag for tag in tags if tag]
    if told and all(is_neutral(tag) for tag in told):
        return {}
    common = np.median(_fitted(fit), 0)
    # A face that plainly wears something wears the little that comes with it too: lips apart, a cheek that is lifted.
    return _told(np.where(common >= _FAINT, common, 0)) if _significant(common).any() else {}


def neutral_of(fit: HeadFit, worn: dict[str, float]) -> np.ndarray:
    """(V, 3) metres in the model's frame: the fitted head without hair and without what it wears."""
    common = np.median(fit.solution.expressions, 0)
    shape = fit.model.shape(fit.solution.identity, common)
    return shape - np.tensordot(_vector(worn), keys_of(fit.whole), 1).astype(np.float32)


def performances(
    fit: HeadFit,
    photos: Sequence[HeadPhoto],
    tags: Sequence[str],
    neutral_photos: Sequence[HeadPhoto],
    progress: Progress = silent,
) -> list[Performance]:
    """What the photos with expressions show, one for each expression that they are tagged with.

    photos: with cameras in the fit's world, or with a face from which the camera follows. tags: as artists write them.
    neutral_photos: those of the fit, or others with cameras in its world; the more views, the better. They wear what
    the fit's photos have in common.
    """
    groups: dict[str, list[int]] = {}
    for number, (photo, tag) in enumerate(zip(photos, tags, strict=True)):
        if photo.face is not None:
            groups.setdefault(group_of(tag) if tag else photo.name, []).append(number)
    if not groups:
        return []
    worn = _significant(np.median(_fitted(fit), 0))
    stage, found = _Stage(fit, neutral_photos, [worn] * len(neutral_photos)), []
    for number, (name, members) in enumerate(groups.items()):
        progress(number / len(groups))
        told = told_coefficients(tags[members[0]])
        found.append(stage.perform(name, [photos[member] for member in members], told))
    progress(1.0)
    return found


@dataclass(frozen=True)
class _Shot:
    """A photo before the head, of working size."""

    photo: HeadPhoto
    sighting: Sighting

    @property
    def camera(self) -> Camera:
        """In the model's frame."""
        return self.camera_at(self.sighting.pose)

    def camera_at(self, pose: Pose) -> Camera:
        """The photo's camera, moved."""
        x, y = self.sighting.center
        return replace(pose.camera(*self.photo.size, self.sighting.focal), cx=x, cy=y)


class _Stage:
    """The fitted person at rest, and the photos in which the shape was seen."""

    def __init__(self, fit: HeadFit, photos: Sequence[HeadPhoto], worn: Sequence[np.ndarray]):
        self.model, self.keys = fit.whole, keys_of(fit.whole)
        self._fit = fit
        self.worn = np.stack(list(worn))
        self._takes: dict[int, Take] = {}
        self.neutral = neutral_of(fit, _told(_significant(np.median(_fitted(fit), 0))))
        self.actor = Actor.of(fit.whole, self.neutral)
        if len(photos) == len(fit.cameras):  # the fit's own photos, whose cameras it may have found
            photos = [replace(photo, camera=camera) for photo, camera in zip(photos, fit.cameras, strict=True)]
        self.shots = [self._shot(photo) for photo in photos]
        self._faces = [number for number, photo in enumerate(photos) if photo.face is not None]
        self.habit = self._habit(self.worn)

    def reread(self) -> np.ndarray:
        """(N, 52): the photos of the shape, each without what it alone says of the detector's errors.

        Twice: what is first taken for errors in an expressive photo would else be held against its neighbors.
        """
        found, expected = self.worn.copy(), Expectation.of({}, unsaid=_UNTOLD)
        for _ in range(2):
            habit = self._habit(_significant(found))
            for row, number in enumerate(self._faces):
                shot = self.shots[number]
                marks = self.actor.marks(shot.photo.face, habit.without(row), shot.sighting)
                found[number] = read([_with(shot.sighting, marks)], expected).coefficients
        return found

    def _habit(self, known: np.ndarray) -> Habit:
        """known (N, 52): what the photos show."""
        faces = [self.shots[number].photo.face for number in self._faces]
        sightings = [self.shots[number].sighting for number in self._faces]
        return Habit.of(self.actor, faces, sightings, [known[number] for number in self._faces])

    def perform(self, name: str, photos: Sequence[HeadPhoto], told: dict[str, float]) -> Performance:
        """One expression that all of the photos show."""
        shots = [self._shot(photo) for photo in photos]
        marks = [self.actor.marks(shot.photo.face, self.habit, shot.sighting) for shot in shots]
        expected = Expectation.of(told) if told else Expectation.of({}, unsaid=_UNTOLD)
        reading = read([_with(shot.sighting, own) for shot, own in zip(shots, marks, strict=True)], expected)
        modes = modes_of(self.model, self.neutral, self._moved(reading.coefficients))
        table = self.model.landmarks
        free = modes.at(table.corners, table.weights)
        marks = [self.actor.marks(shot.photo.face, self.habit, shot.sighting, free) for shot in shots]
        expected = expected.joined(modes.count)
        reading = replace(reading, coefficients=np.pad(reading.coefficients, (0, modes.count)))
        for _ in range(_PASSES):
            moved = self._moved(reading.coefficients, modes)
            seen = [
                _with(shot.sighting, own, *self._flows(shot, pose, modes, moved))
                for shot, own, pose in zip(shots, marks, reading.poses, strict=True)
            ]
            reading = read(seen, expected, rounds=2, start=reading)
        return self._performance(name, reading, modes)

    def _performance(self, name: str, reading: Reading, modes: Modes) -> Performance:
        count = len(ARKIT)
        displacement = (self._moved(reading.coefficients, modes) - self.neutral).astype(np.float32)
        certainty = np.clip(modes.known(reading.evidence[count:, count:]), 0, 1).astype(np.float32)
        return Performance(name, reading.coefficients[:count], displacement, certainty)

    def _flows(self, shot: _Shot, pose: Pose, modes: Modes, moved: np.ndarray) -> list[Marks]:
        """What the nearest neutral photos say beside it."""
        camera = shot.camera_at(pose)
        forward = [other.camera.forward @ camera.forward for other in self.shots]
        nearest = [number for number in np.argsort(forward)[::-1][:_PARTNERS] if forward[number] > _APART]
        take = Take.of(shot.photo, camera, moved, self.model)
        return [
            seen_departure(take, self._neutral_take(number), self.model, self.keys, modes, self.neutral)
            for number in nearest
        ]

    def _neutral_take(self, number: int) -> Take:
        if number not in self._takes:
            shot = self.shots[number]
            self._takes[number] = Take.of(shot.photo, shot.camera, self._moved(self.worn[number]), self.model)
        return self._takes[number]

    def _moved(self, coefficients: np.ndarray, modes: Modes | None = None) -> np.ndarray:
        """(V, 3) metres: the head in an expression."""
        keys, free = np.split(coefficients, [len(ARKIT)])
        moved = self.neutral + np.tensordot(keys[keys != 0], self.keys[keys != 0], 1)
        return moved if modes is None else moved + modes.displacement(free)

    def _shot(self, photo: HeadPhoto) -> _Shot:
        """The photo's camera from the world to the model's frame, or where its landmarks see the head from."""
        small = photo.shrunk(_SIDE)
        placed = self._fit.solution.placement
        if small.camera is None:
            focal, center = small.expected_focal[0], (small.size[0] / 2, small.size[1] / 2)
            used = np.isfinite(self.actor.sigma)
            pose = stand(self.actor.rest[used], small.face.points[used], focal, center)
            return _Shot(small, Sighting(pose, focal, center))
        world = Pose.of(small.camera)
        shift = (world.rotation @ placed.translation + world.translation) / placed.scale
        center = (small.camera.cx, small.camera.cy)
        pose = Pose(world.rotation @ placed.rotation, shift)
        return _Shot(small, Sighting(pose, small.camera.fl_x, center, turn=_TURN, shift=_SHIFT))


def _with(sighting: Sighting, *marks: Marks) -> Sighting:
    return replace(sighting, marks=marks)


def _fitted(fit: HeadFit) -> np.ndarray:
    """(N, 52) in [0, 1], as the fit solved them."""
    numbers = {name: number for number, name in enumerate(fit.model.expression_names)}
    values = np.zeros((len(fit.solution.expressions), len(ARKIT)))
    for column, name in enumerate(ARKIT):
        if name in numbers:
            values[:, column] = fit.solution.expressions[:, numbers[name]]
    return np.clip(values, 0, 1)


def _significant(values: np.ndarray) -> np.ndarray:
    return np.where(values >= _WEAK, values, 0.0)


def _vector(told: dict[str, float]) -> np.ndarray:
    return np.array([told.get(name, 0.0) for name in ARKIT])


def _told(values: np.ndarray) -> dict[str, float]:
    return {name: round(float(value), 3) for name, value in zip(ARKIT, values, strict=True) if value > 0}
