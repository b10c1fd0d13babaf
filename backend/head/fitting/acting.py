"""A filmed person's expressions, frame by frame, on the head that was fitted to the person.

The detector's habits on a face are taken from the frames in which it rests; eyes are taken to look into the camera
most of the time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...scene import FaceRecord, Progress
from ...scene.rig import ARKIT
from ..faces.landmarks import yaw_of
from ..model import HeadModel
from .actor import Actor, Habit
from .bundle import BundleConfig, Evidence, solve
from .gaze import Eyes, look_keys
from .photo import HeadPhoto
from .pose import Pose, stand
from .reading import Expectation, Sighting, read
from .smoothing import bridged, smoothed
from .start import begin, landmarks_of

_UNSAID, _LIVELY = 0.12, 0.3  # deviations of coefficients before a frame is seen: of most, of those that move most
_RESTING = 0.25  # share of the frames with the least expression: the person's baseline
_BASELINE = 24  # of them, at most
_SHAPING = 8  # frames that tell an unknown person's shape
_SLOW, _QUICK = 7.0, 12.0  # Hz: how fast faces and heads move, and lids and eyes
_SHUT = 0.6  # of eyeBlink, from which on an iris is not seen
_OFTEN = ("eyeBlink", "jawOpen", "mouthSmile", "mouthPucker", "browInnerUp")
_LIDS = np.array([name.startswith(("eyeBlink", "eyeLook", "eyeSquint", "eyeWide")) for name in ARKIT])
_BLINKS = [ARKIT.index("eyeBlinkLeft"), ARKIT.index("eyeBlinkRight")]
# A head that looks into a camera: its left is the picture's right, its up the picture's up.
_FACING = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])


@dataclass(frozen=True)
class Shown:
    """What one frame shows: a face, and the frame's width and height."""

    face: FaceRecord
    size: tuple[int, int]


@dataclass(frozen=True)
class Acting:
    """N frames. Radians: yaw to the subject's left, pitch down, roll to its right shoulder; heads against the camera.

    coefficients (N, 52); head (N, 3) yaw, pitch, roll; eyes (N, 2, 2) yaw, pitch of the left and the right eye
    """

    coefficients: np.ndarray
    head: np.ndarray
    eyes: np.ndarray


def act(
    model: HeadModel, neutral: np.ndarray | None, frames: Sequence[Shown | None], fps: float, progress: Progress
) -> Acting:
    """What the frames show, smooth in time; frames without a face are bridged. At least one must show one.

    neutral (V, 3): the person's head at rest in the model's frame, metres; None: it is told from the frames.
    """
    shown = [frame for frame in frames if frame is not None]
    if neutral is None:
        neutral = neutral_from(model, shown)
    actor, eyes = Actor.of(model, neutral), Eyes.of(model, neutral)
    sightings = [_stand(actor, frame) for frame in shown]
    first, sightings = _read(actor, shown, sightings, None, lambda done: progress(0.5 * done))
    habit = _habit(actor, shown, sightings, first)
    found, sightings = _read(actor, shown, sightings, habit, lambda done: progress(0.5 + 0.5 * done))
    turns = np.zeros((len(shown), 2, 2)) if eyes is None else _looks(eyes, shown, sightings, found)
    head = np.unwrap(np.stack([head_turns(sighting.pose) for sighting in sightings]), axis=0)
    return _in_time(np.array([frame is not None for frame in frames]), found, head, turns, fps)


def neutral_from(model: HeadModel, frames: Sequence[Shown]) -> np.ndarray:
    """(V, 3) metres: an unknown person at rest, told from the most frontal frames."""
    frontal = sorted(frames, key=lambda frame: abs(yaw_of(frame.face)))[: 4 * _SHAPING]
    chosen = frontal[:: max(1, len(frontal) // _SHAPING)][:_SHAPING]
    kept = [number for number, name in enumerate(model.expression_names) if not name.startswith("eyeLook")]
    names = tuple(model.expression_names[number] for number in kept)
    posing = replace(model, expressions=model.expressions[kept], expression_names=names)
    photos = [
        HeadPhoto(f"{number}", np.broadcast_to(np.float32(0), (*frame.size[::-1], 3)), frame.face, lens=frame.size)
        for number, frame in enumerate(chosen)
    ]
    evidence = Evidence([[landmarks_of(posing, photo)] for photo in photos])
    solution = solve(posing, begin(posing, photos), evidence, BundleConfig())
    return posing.shape(solution.identity, np.zeros(len(kept)))


def head_turns(pose: Pose) -> np.ndarray:
    """(3,) yaw, pitch, roll of the head before the camera, in this order about axes that turn along."""
    x, y, z = (_FACING.T @ pose.rotation).T  # where the head's left, back and up point, in a head that faces us
    pitch = np.arcsin(np.clip(y[2], -1, 1))
    return np.array([np.arctan2(-y[0], y[1]), pitch, np.arctan2(x[2], z[2])])


def _stand(actor: Actor, frame: Shown) -> Sighting:
    used = np.isfinite(actor.sigma) & np.isfinite(frame.face.sigma)
    focal = HeadPhoto("", np.broadcast_to(np.float32(0), (*frame.size[::-1], 3)), None).expected_focal[0]
    center = (frame.size[0] / 2, frame.size[1] / 2)
    return Sighting(stand(actor.rest[used], frame.face.points[used], focal, center), focal, center)


def _read(actor: Actor, frames, sightings, habit: Habit | None, progress: Progress):
    """Coefficients (N, 52) and sightings with the poses that go with them."""
    found, posed, expected = [], [], _expected()
    for number, (frame, sighting) in enumerate(zip(frames, sightings, strict=True)):
        progress(number / len(frames))
        marks = actor.marks(frame.face, habit, sighting)
        reading = read([replace(sighting, marks=(marks,))], expected)
        found.append(reading.coefficients)
        posed.append(replace(sighting, pose=reading.poses[0]))
    return np.stack(found), posed


def _expected() -> Expectation:
    usual = Expectation.of({}, unsaid=_UNSAID)
    lively = np.array([name.startswith(_OFTEN) for name in ARKIT])
    return replace(usual, deviation=np.where(lively, _LIVELY, usual.deviation))


def _habit(actor: Actor, frames, sightings, found: np.ndarray) -> Habit:
    """The detector's errors in the frames in which the person rests."""
    count = int(np.clip(_RESTING * len(frames), 1, _BASELINE))
    resting = np.argsort(found.sum(1), kind="stable")[:count]
    still = [np.zeros(len(ARKIT))] * count
    return Habit.of(actor, [frames[k].face for k in resting], [sightings[k] for k in resting], still)


def _looks(eyes: Eyes, frames, sightings, found: np.ndarray) -> np.ndarray:
    """(N, 2, 2) where the eyes look, nan where they are shut."""
    turns = np.stack([eyes.turns(frame.face, sighting) for frame, sighting in zip(frames, sightings, strict=True)])
    ahead = np.stack([eyes.toward(sighting) for sighting in sightings])
    turns[found[:, _BLINKS] > _SHUT] = np.nan
    away = turns - ahead
    usual = np.nanmedian(away, 0) if np.isfinite(away).all(-1).any(0).all() else 0.0
    return turns - usual


def _in_time(seen: np.ndarray, found: np.ndarray, head: np.ndarray, turns: np.ndarray, fps: float) -> Acting:
    """Everything at all of the frames, smooth."""

    def spread(values: np.ndarray) -> np.ndarray:
        full = np.zeros((len(seen), values.shape[1]))
        full[seen] = values
        return full

    eyes = np.zeros((len(seen), 2, 2))
    for side in range(2):
        open_eyed = seen.copy()
        open_eyed[seen] = np.isfinite(turns[:, side]).all(-1)
        if open_eyed.any():
            eyes[:, side] = smoothed(bridged(spread(np.nan_to_num(turns[:, side])), open_eyed), open_eyed, fps, _QUICK)
    keys = spread(found)
    slow, quick = (smoothed(keys, seen, fps, cutoff) for cutoff in (_SLOW, _QUICK))
    keys = np.clip(np.where(_LIDS, quick, slow) + look_keys(eyes), 0, 1)
    return Acting(keys, smoothed(spread(head), seen, fps, _SLOW), eyes)
