"""What the expression network learns beyond its model's keys: arcs, pairs of keys, and the turning of joints.

The model's expressions are straight lines. Here the jaw goes around its hinge and takes along what other keys do on
it; lids go around the ball; closed lids stay closed whatever else they are asked; pose moves lids, jaw and neck.
Displacements are in the head's own frame: when the neck bends, the head stands still and the body turns below it.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial.transform import Rotation

from ..head.model import HeadModel
from ..scene.head import FACE, SOCKET
from ..scene.rig import ARKIT, GAZE, JOINTS
from .canonical import keys_of
from .eyes import Eye, Eyes, eyes_of
from .jaw import Hinge, attachment, hinge_of
from .skeleton import skeleton_of

LID_KEYS = ("eyeBlink", "eyeLookDown", "eyeLookIn", "eyeLookOut", "eyeLookUp", "eyeSquint", "eyeWide")
_LID = (0.0035, 0.011)  # meters from the ball's surface: skin up to there is lid, beyond it is not
_STRETCH = 0.25  # of the distance from the ball's center: an arc corrects no more
# These say where the jaw or the closed lips are, with the jaw as it is: they do not turn with it.
_OF_THE_SKULL = ("jawForward", "jawLeft", "jawRight", "jawOpen", "mouthClose")
NECK, JAW, EYES = slice(0, 3), slice(3, 6), {"Left": slice(6, 9), "Right": slice(9, 12)}  # within a pose


@dataclass(frozen=True)
class _Lids:
    """One eye: its ball, how far each vertex is lid (P,), and the distances (1 + 7, P) from the ball's center."""

    eye: Eye
    share: np.ndarray
    distances: np.ndarray  # at the neutral, and with each of LID_KEYS at 1

    @property
    def rows(self) -> list[int]:
        """The numbers of LID_KEYS among the 52."""
        return [ARKIT.index(name + self.eye.side) for name in LID_KEYS]


@dataclass(frozen=True)
class Teacher:
    """P vertices of a head model, meters in its frame."""

    vertices: np.ndarray  # (P, 3)
    keys: np.ndarray  # (52, P, 3)
    hinge: Hinge | None
    jaw: np.ndarray  # (P,) how far a vertex follows the jaw
    eyes: Eyes
    lids: tuple[_Lids, ...]
    bend: np.ndarray  # (3,) what the neck bends about
    neck: np.ndarray  # (P,) how far a vertex follows the body

    @classmethod
    def of(cls, model: HeadModel) -> "Teacher":
        """All vertices of the model."""
        keys, vertices = keys_of(model), model.vertices.astype(float)
        by_name = dict(zip(ARKIT, keys, strict=True))
        eyes, hinge = eyes_of(vertices, model.region, by_name), hinge_of(vertices, by_name["jawOpen"])
        joints, weights = skeleton_of(vertices, model.region, by_name)
        jaw = np.zeros(len(vertices)) if hinge is None else attachment(vertices, by_name["jawOpen"], hinge)
        lids = tuple(_lids_of(vertices, model.region, keys, eye) for eye in eyes.balls)
        head = joints[JOINTS.index("head")].head
        return cls(vertices, keys, hinge, jaw, eyes, lids, head, weights[:, JOINTS.index("neck")].astype(float))

    def at(self, rows: np.ndarray) -> "Teacher":
        """Some of the vertices."""
        lids = tuple(replace(lid, share=lid.share[rows], distances=lid.distances[:, rows]) for lid in self.lids)
        kept = {"jaw": self.jaw[rows], "neck": self.neck[rows], "lids": lids}
        return replace(self, vertices=self.vertices[rows], keys=self.keys[:, rows], **kept)

    def beyond(self, coefficients: np.ndarray, pose: np.ndarray) -> np.ndarray:
        """coefficients (S, 52), pose (S, 12) -> (S, P, 3): what comes to the sum of the keys."""
        more = self._jaw(coefficients, pose[:, JAW])
        for lid in self.lids:
            more += self._around_ball(lid, coefficients, pose[:, EYES[lid.eye.side]])
        return more + self.neck[:, None] * _turned(self.vertices - self.bend, -pose[:, NECK])

    def _jaw(self, coefficients: np.ndarray, pose: np.ndarray) -> np.ndarray:
        """The arc of jawOpen, other keys' displacements turned with it, and the joint's own turn."""
        if self.hinge is None:
            return np.zeros((len(coefficients), *self.vertices.shape))
        amount, arm = coefficients[:, ARKIT.index("jawOpen")], self.vertices - self.hinge.point
        turns = amount[:, None] * self.hinge.turn
        opened = _turned(arm, turns)
        taken = np.where(np.isin(ARKIT, _OF_THE_SKULL), 0, coefficients)
        rest = _summed(taken, self.keys)
        more = opened - amount[:, None, None] * self.hinge.moved(self.vertices) + _turned(rest, turns)
        return self.jaw[:, None] * (more + _turned(arm + opened + rest, pose))

    def _around_ball(self, lid: _Lids, coefficients: np.ndarray, pose: np.ndarray) -> np.ndarray:
        """Lids follow the eye's joint, travel around the ball, and once closed stay closed."""
        keys, given = self.keys[lid.rows], coefficients[:, lid.rows]
        asked = given + self._looking(lid.eye, pose)
        blink, share = given[:, :1], lid.share[:, None]
        whole = _summed(asked, keys)
        closed = whole - blink[..., None] * share * (whole - _summed(blink, keys[:1]))
        start, ends = lid.distances[0], lid.distances[1:]
        change = asked[:, 1:] @ (ends[1:] - start) * (1 - blink * lid.share) + blink * (ends[0] - start)
        place = self.vertices + closed - lid.eye.center
        distance = np.maximum(np.linalg.norm(place, axis=2), 1e-4)
        stretch = np.clip((start + change) / distance - 1, -_STRETCH, _STRETCH)
        return closed - _summed(given, keys) + share * stretch[..., None] * place

    def _looking(self, eye: Eye, pose: np.ndarray) -> np.ndarray:
        """An eye's rotation vectors (S, 3) as coefficients of LID_KEYS (S, 7)."""
        down, outwards = pose @ self.eyes.left, pose @ self.eyes.up * (1 if eye.side == "Left" else -1)
        turned = {"eyeLookDown": down, "eyeLookUp": -down, "eyeLookOut": outwards, "eyeLookIn": -outwards}
        still = np.zeros(len(pose))
        asked = [np.maximum(turned.get(name, still), 0) / np.radians(GAZE.get(name, 1)) for name in LID_KEYS]
        return np.stack(asked, 1)


def _summed(coefficients: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """(S, K) and (K, P, 3) -> (S, P, 3)."""
    return (coefficients @ keys.reshape(len(keys), -1)).reshape(len(coefficients), *keys.shape[1:])


def _turned(arms: np.ndarray, turns: np.ndarray) -> np.ndarray:
    """How rotation vectors (S, 3) displace arms (P, 3) or (S, P, 3) -> (S, P, 3)."""
    matrices = Rotation.from_rotvec(turns).as_matrix() - np.eye(3)
    return arms @ matrices.transpose(0, 2, 1)


def _lids_of(vertices: np.ndarray, region: np.ndarray, keys: np.ndarray, eye: Eye) -> _Lids:
    above = np.linalg.norm(vertices - eye.center, axis=1) - eye.radius
    far = np.clip((above - _LID[0]) / (_LID[1] - _LID[0]), 0, 1)
    share = np.where(np.isin(region, (FACE, SOCKET)), 1 - far**2 * (3 - 2 * far), 0)
    rows = [ARKIT.index(name + eye.side) for name in LID_KEYS]
    ends = np.concatenate([np.zeros_like(keys[:1]), keys[rows]])
    return _Lids(eye, share, np.linalg.norm(vertices + ends - eye.center, axis=2))


def sampled_states(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Expressions (S, 52) and poses (S, 12) as faces show them: few keys at a time, of an eye or of the mouth."""
    random = np.random.default_rng(seed)
    groups = [[ARKIT.index(name + side) for name in LID_KEYS] for side in EYES]
    mouth = [row for row, name in enumerate(ARKIT) if name.startswith(("jaw", "mouth", "cheekPuff", "tongue"))]
    states = np.zeros((count, len(ARKIT)))
    for state in states:
        for group in (*groups, mouth, range(len(ARKIT))):
            if random.random() < 0.6:
                chosen = random.choice(group, random.integers(1, 4), replace=False)
                state[chosen] = np.minimum(random.uniform(0, 1.25, len(chosen)), 1)
        if random.random() < 0.5:
            state[ARKIT.index("jawOpen")] = min(random.uniform(0, 1.25), 1)
    widest = np.radians([20, 8, 20] + [15, 3, 6] + [28, 5, 35] * 2)
    posed = random.random((count, 4)).repeat(3, 1) < 0.25
    return states, random.uniform(-1, 1, (count, 12)) * widest * posed
