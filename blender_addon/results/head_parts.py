"""A result's surface taken apart: the skin with all that it holds, and two eyeballs that turn on their own.

Eye frame: origin at the eye's center, +X to the head's left, -Y where the eye looks at rest, +Z up; world units.
"""

from dataclasses import dataclass

import numpy as np

from ..link import head, polygons, reader, rig, surface

SIDES = ("Left", "Right")


@dataclass(frozen=True)
class Part:
    """A piece of a surface.

    vertices  (N,): their numbers in the whole, in rising order
    paired    (F,) bool: whether a face is a quad together with the next one
    """

    vertices: np.ndarray
    surface: surface.Surface
    atlas: surface.UvAtlas
    paired: np.ndarray


@dataclass(frozen=True)
class Eye:
    """An eyeball. frame (4, 4): eye frame -> world; the part's vertices are in the world."""

    side: str  # one of SIDES
    frame: np.ndarray
    part: Part


def split(result: reader.StoredResult) -> tuple[Part, tuple[Eye, ...]]:
    """The skin and the eyes; all of it and no eyes where the result has no rig."""
    whole, atlas = result.surface, result.atlas
    paired = np.zeros(len(whole.faces), bool)
    if result.polygons is not None:
        paired = polygons.first_halves(result.polygons)
    entire = Part(np.arange(len(whole.vertices)), whole, atlas, paired)
    if result.rig is None:
        return entire, ()
    ball = result.rig.region == head.EYEBALL
    in_ball = ball[whole.faces].all(1)
    rest = ~ball
    rest[whole.faces[~in_ball]] = True
    joints = {joint.name: joint for joint in result.rig.joints}
    centers = np.array([joints["eye" + side].head for side in SIDES])
    side_of = np.linalg.norm(whole.vertices[whole.faces].mean(1)[:, None] - centers, axis=2).argmin(1)
    eyes = []
    for number, side in enumerate(SIDES):
        faces = in_ball & (side_of == number)
        if faces.any():
            used = np.zeros(len(rest), bool)
            used[whole.faces[faces]] = True
            eyes.append(Eye(side, eye_frame(joints, side), _piece(entire, used, faces)))
    return _piece(entire, rest, ~in_ball), tuple(eyes)


def lateral(joints: dict[str, rig.Joint]) -> np.ndarray:
    """(3,) unit: to the head's left."""
    across = joints["eyeLeft"].head - joints["eyeRight"].head
    return across / np.linalg.norm(across)


def eye_frame(joints: dict[str, rig.Joint], side: str) -> np.ndarray:
    """(4, 4): of one eye at rest."""
    joint = joints["eye" + side]
    ahead = (joint.tail - joint.head) / np.linalg.norm(joint.tail - joint.head)
    up = np.cross(ahead, lateral(joints))
    up /= np.linalg.norm(up)
    frame = np.eye(4)
    frame[:3] = np.stack([np.cross(up, ahead), -ahead, up, joint.head], 1)
    return frame


def to_eye(eye: Eye) -> np.ndarray:
    """The eyeball's vertices (N, 3) float32 in the eye frame."""
    return ((eye.part.surface.vertices - eye.frame[:3, 3]) @ eye.frame[:3, :3]).astype(np.float32)


def _piece(entire: Part, vertices: np.ndarray, faces: np.ndarray) -> Part:
    """vertices (V,) bool, faces (F,) bool: what belongs to it. A quad of which one half does not is no quad."""
    whole, atlas = entire.surface, entire.atlas
    numbers = np.flatnonzero(vertices)
    new = np.cumsum(vertices) - 1
    cut = surface.Surface(whole.vertices[numbers], new[whole.faces[faces]].astype(np.int32))
    paired = (entire.paired & np.roll(faces, -1))[faces]
    return Part(numbers, cut, surface.UvAtlas(atlas.uvs, atlas.faces[faces]), paired)
