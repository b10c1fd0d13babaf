"""Whether every key of a result does what its name says, and nothing comes out through anything. numpy alone.

The fit writes the rows into report.json; the extension's operator "Check Expression Keys" runs the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from ..scene.rig import ARKIT, mirrored
from . import key_contact as contact

PEAK = 0.3  # mm: a key that moves nothing farther does nothing
GAP = 0.3  # mm between lids or lips that should touch
POKE = 0.3  # mm that an eyeball may come out through a lid
CROSSED = 0.5  # mm that lips may pass through one another or through the teeth, beyond what they do at rest
LEAK = 0.05  # of a key's peak on the side that it does not name
UNLIKE = 0.35  # of a key's size, by which it differs from its mirrored twin
_SIDEWAYS = ("jawLeft", "jawRight", "mouthLeft", "mouthRight")  # these name where to, not where
_MIDDLE = 20.0  # mm from the middle plane within which left passes into right: lips and nose are one flesh
_STILL = 0.05  # mm
_ABOUT_EYES = ("eye", "brow", "cheekSquint")
_ABOUT_MOUTH = ("mouth", "jaw", "cheekPuff", "noseSneer", "tongue")


@dataclass(frozen=True)
class KeyFinding:
    """One figure of one check. unit: mm, share, or empty for what is or is not there."""

    check: str
    keys: tuple[str, ...]
    value: float
    limit: float
    unit: str
    ok: bool


@dataclass(frozen=True)
class _Face:
    """The neutral and its keys in the face's own axes, millimeters."""

    rest: np.ndarray
    keys: dict[str, np.ndarray]
    mouth: contact.Slit | None
    eyes: dict[str, contact.Eye]


def check_keys(
    neutral: np.ndarray,
    faces: np.ndarray,
    keys: dict[str, np.ndarray],
    correctives: dict[str, np.ndarray],
    region: np.ndarray,
    mirror: np.ndarray | None,
    metre: float,
) -> list[KeyFinding]:
    """neutral (V, 3) in any frame, faces (F, 3), keys and correctives (V, 3) as in scene.rig.Rig.

    region (V,) index into scene.head.REGIONS; mirror (V,) the vertex on the other side, or None where there is none;
    metre: the length of one meter in the mesh's frame.
    """
    blinks = (keys.get("eyeBlinkLeft"), keys.get("eyeBlinkRight"))
    axes = contact.face_axes(neutral, region, blinks, metre)
    rest = axes.points(neutral)
    moved = {name: axes.arrows(key) for name, key in {**keys, **correctives}.items()}
    opened = moved.get("jawOpen", np.zeros_like(rest))
    own = {name: moved[name] for name in keys}
    face = _Face(rest, own, contact.mouth_of(rest, faces, region, opened), contact.eyes_of(rest, faces, region))
    findings = [*_names(keys), *_effects(own), *_sides(face), *_symmetry(own, mirror)]
    return [*findings, *_seal(face, moved), *_lids(face), *_crossings(face)]


def as_rows(findings: Sequence[KeyFinding]) -> dict:
    """For report.json: ok, how many figures there are, the worst of each check, and all that failed."""
    checks: dict[str, KeyFinding] = {}
    for finding in findings:
        worst = checks.get(finding.check)
        if worst is None or _badness(finding) > _badness(worst):
            checks[finding.check] = finding
    return {
        "ok": all(finding.ok for finding in findings),
        "figures": len(findings),
        "worst": [_row(finding) for finding in checks.values()],
        "failed": [_row(finding) for finding in findings if not finding.ok],
    }


def _badness(finding: KeyFinding) -> float:
    """Above 1 where a figure is out of bounds; what should be large is turned around."""
    share = finding.value / (finding.limit or 1)
    return share if finding.ok == (finding.value <= finding.limit) else 1 / max(share, 1e-9)


def _row(finding: KeyFinding) -> dict:
    return {**asdict(finding), "keys": list(finding.keys), "value": round(finding.value, 3)}


def _at_most(check: str, keys: Sequence[str], value: float, limit: float, unit: str) -> KeyFinding:
    return KeyFinding(check, tuple(keys), float(value), limit, unit, bool(value <= limit))


def _names(keys: dict[str, np.ndarray]) -> Iterator[KeyFinding]:
    missing, extra = [name for name in ARKIT if name not in keys], [name for name in keys if name not in ARKIT]
    yield _at_most("missing names", missing, len(missing), 0, "")
    yield _at_most("unknown names", extra, len(extra), 0, "")


def _effects(keys: dict[str, np.ndarray]) -> Iterator[KeyFinding]:
    for name, key in keys.items():
        peak = _peak(key)
        yield KeyFinding("does something", (name,), peak, PEAK, "mm", peak >= PEAK)


def _sides(face: _Face) -> Iterator[KeyFinding]:
    """The eyes' middle is the face's: what lies more than two centimeters beyond it is the other side."""
    for name, key in face.keys.items():
        if mirrored(name) != name and name not in _SIDEWAYS:
            own = 1 if name.endswith("Left") else -1
            other = face.rest[:, 0] * own < -_MIDDLE
            yield _at_most("stays on its side", [name], _peak(key[other]) / max(_peak(key), 1e-9), LEAK, "share")


def _symmetry(keys: dict[str, np.ndarray], mirror: np.ndarray | None) -> Iterator[KeyFinding]:
    """Without a mirror only the sums of the displacements can be compared."""
    flip = np.array([-1.0, 1.0, 1.0])
    for name, key in keys.items():
        twin = keys.get(mirrored(name))
        if not name.endswith("Left") or twin is None:
            continue
        here, there = (key, twin[mirror] * flip) if mirror is not None else (key.sum(0), twin.sum(0) * flip)
        size = max(np.linalg.norm(here), np.linalg.norm(there), 1e-9)
        yield _at_most("left as right", [name, mirrored(name)], np.linalg.norm(here - there) / size, UNLIKE, "share")


def _seal(face: _Face, moved: dict[str, np.ndarray]) -> Iterator[KeyFinding]:
    names = ("jawOpen", "mouthClose")
    if face.mouth is None or any(name not in moved for name in names):
        return
    pose = face.rest + sum(moved[name] for name in names) + moved.get("+".join(names), 0.0)
    gap = contact.gap_of_lips(face.mouth, pose)
    yield _at_most("lips seal", names, gap.max() if len(gap) else np.inf, GAP, "mm")
    yield _at_most("sealed lips do not cross", names, max(-gap.min(initial=0), 0), CROSSED, "mm")


def _lids(face: _Face) -> Iterator[KeyFinding]:
    for side, eye in face.eyes.items():
        at_rest = _uncovered_as_zero(contact.rise(eye, eye.lids, face.rest))
        near = np.unique(eye.lids)
        for name, key in face.keys.items():
            about = name.startswith(_ABOUT_EYES) and (name.endswith(side) or mirrored(name) == name)
            if not about or not len(near) or _peak(key[near]) < _STILL:
                continue
            pose = face.rest + key
            if name == "eyeBlink" + side:
                yield _at_most("lids close", [name], contact.open_slit(eye, face.rest, pose, POKE), GAP, "mm")
            rise = contact.rise(eye, eye.lids, pose, eye.ball.axis_of(name))
            worst = (_uncovered_as_zero(rise) - np.maximum(at_rest, 0)).max()
            yield _at_most("eyeball stays behind the lids", [name], max(worst, 0), POKE, "mm")


def _uncovered_as_zero(rise: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(rise), rise, 0)


def _crossings(face: _Face) -> Iterator[KeyFinding]:
    if face.mouth is None:
        return
    lips = np.unique(np.concatenate([face.mouth.upper, face.mouth.lower]))
    at_rest = max(-contact.gap_of_lips(face.mouth, face.rest).min(initial=0), 0)
    behind = contact.behind_teeth(face.mouth, face.rest)
    for name, key in face.keys.items():
        if not name.startswith(_ABOUT_MOUTH) or name == "mouthClose" or _peak(key[lips]) < _STILL:
            continue  # mouthClose is made to go with jawOpen: by itself it drives the lips into one another
        pose = face.rest + key
        crossed = max(-contact.gap_of_lips(face.mouth, pose).min(initial=0), 0) - at_rest
        yield _at_most("lips do not cross", [name], max(crossed, 0), CROSSED, "mm")
        through = (contact.behind_teeth(face.mouth, pose) - behind).max()
        yield _at_most("teeth stay behind the lips", [name], max(through, 0), CROSSED, "mm")


def _peak(key: np.ndarray) -> float:
    return float(np.linalg.norm(key, axis=1).max(initial=0))
