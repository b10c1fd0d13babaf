"""A fitted head becomes one that moves: the story of this package."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..head.fitting.expressive import neutral_of
from ..head.fitting.fit import HeadFit
from ..head.model import HeadModel
from ..head.performance import Performance
from ..scene import ARKIT, Carrier, Progress, Rig, Surface
from ..scene.head import EYEBALL
from .canonical import canonical_points, keys_of
from .contact import in_contact, lips_touch, neutral_sealed
from .correctives import correctives_of
from .expression import learned
from .eyes import gaze_keys
from .skeleton import skeleton_of
from .tuning import tuned

_NEEDED = ("jawOpen", "eyeBlinkLeft", "eyeBlinkRight")  # where the jaw turns, and which eye is which


@dataclass(frozen=True)
class Wearing:
    """A head as photos show it, in the world frame.

    surface  in the expression `worn`; region (V,) index into scene.head.REGIONS
    carrier  where the surface's vertices lie on the head model
    model    (M, 3) the model's own vertices in the same expression and frame
    worn     key -> coefficient, those that are not 0; photos: the same for each view
    """

    surface: Surface
    region: np.ndarray
    carrier: Carrier
    model: np.ndarray
    worn: Mapping[str, float]
    photos: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Moving:
    """A neutral surface in the world frame, and what makes it move."""

    surface: Surface
    rig: Rig


def lacks(model: HeadModel) -> str:
    """What a head model lacks to be made to move, in words; empty: nothing."""
    names = [name for name in _NEEDED if name not in model.expression_names]
    if names:
        return f"no {' and no '.join(names)}"
    return "" if (model.region == EYEBALL).any() else "no eyeballs"


def rig_head(
    wearing: Wearing, fit: HeadFit, performances: Sequence[Performance], progress: Progress
) -> tuple[Moving, Moving]:
    """Take the photos' expression off, and bake the expression network into shape keys on what remains.

    Returns the surface that was worn, and the head model's own; the same twice where it is that.
    """
    whole, placed, carrier = fit.whole, fit.solution.placement, wearing.carrier

    def to_world(moves: np.ndarray) -> np.ndarray:
        """Displacements (..., 3) in the model's frame -> the world's."""
        return (moves @ placed.rotation.T * placed.scale).astype(np.float32)

    worn = _as_refined(wearing)
    model = worn - to_world(_worn_move(fit, wearing.worn))
    # Where the photos' own head model has closed lips, a gap between those of the surface is an error of its making.
    closed_there = lips_touch(neutral_of(fit, dict(wearing.worn)), whole, 1.0)
    model = neutral_sealed(model, whole, placed.scale, bared=bool(wearing.worn) or closed_there)
    change = carrier.carry(model - worn)
    neutral = replace(wearing.surface, vertices=(wearing.surface.vertices + change).astype(np.float32))
    field = learned(whole, lambda done: progress(0.3 * done))
    points = canonical_points(whole)
    unlearned = keys_of(whole) - field.bake(points)  # what a smooth network leaves of the model's own keys
    progress(0.3)
    if performances:
        field = tuned(field, whole, performances)
    progress(0.5)
    on_model = dict(zip(ARKIT, to_world(field.bake(points) + unlearned), strict=True))
    closed = in_contact(model, on_model, whole, placed.scale)
    progress(0.7)
    pairs = {pair: to_world(move) for pair, move in correctives_of(whole).items()}
    itself = Surface(model, whole.triangles(whole.polygons).astype(np.int32))
    if carrier.is_itself:
        moving = _moving(neutral, wearing.region, closed, pairs, wearing)
        progress(1.0)
        return moving, moving
    baked = dict(zip(ARKIT, to_world(field.bake(carrier.carry(points))), strict=True))
    rest = dict(zip(ARKIT, to_world(unlearned), strict=True))
    keys = {name: baked[name] + carrier.carry(rest[name] + closed[name] - on_model[name]) for name in ARKIT}
    carried = {pair: carrier.carry(move) for pair, move in pairs.items()}
    moving = _moving(neutral, wearing.region, keys, carried, wearing)
    progress(0.9)
    own = _moving(itself, fit.region, closed, pairs, wearing)
    progress(1.0)
    return moving, own


def _moving(surface: Surface, region: np.ndarray, keys: dict, correctives: dict, wearing: Wearing) -> Moving:
    """With eyes that turn, and joints."""
    keys = {**keys, **gaze_keys(surface.vertices, region, keys)}
    joints, weights = skeleton_of(surface.vertices, region, keys)
    photos = dict(wearing.photos), dict(wearing.worn)
    return Moving(surface, Rig(keys, correctives, joints, weights, region, *photos))


def _worn_move(fit: HeadFit, worn: Mapping[str, float]) -> np.ndarray:
    """(M, 3) in the model's frame: what the worn expression does to the model."""
    whole = fit.whole
    move = np.zeros(whole.vertices.shape)
    for name, coefficient in worn.items():
        move += coefficient * whole.expressions[whole.expression_names.index(name)]
    return move


def _as_refined(wearing: Wearing) -> np.ndarray:
    """The model's vertices (M, 3), those that the surface has too where photos have moved them."""
    own = wearing.carrier.corners[:, 0] == wearing.carrier.corners[:, 1]  # one and the same
    model = wearing.model.copy()
    model[wearing.carrier.corners[own, 0]] = wearing.surface.vertices[own]
    return model
