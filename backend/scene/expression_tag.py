"""What an artist says of the expression in a photo: "neutral", "jawOpen", "mouthSmile_L:0.6 + mouthSmile_R:0.6".

Names of scene.rig.ARKIT joined by "+", in any case, sides also as `_L` and `_R`, a name without its side for both
sides, each with an optional weight behind a colon. Any other word ("angry") names a group of photos and no more.
"""

import re

from .rig import ARKIT, mirrored

_NEUTRAL = ("", "neutral", "none", "rest", "basis")
_SIDE = re.compile(r"[_. -](l|r|left|right)$")
_SIDES = {"l": "left", "r": "right"}
_MOVING_SIDEWAYS = ("jaw", "mouth")  # their left is a direction, not one of two sides


def is_neutral(tag: str) -> bool:
    """Whether the tag says that a face is at rest."""
    return tag.strip().lower() in _NEUTRAL


def told_coefficients(tag: str) -> dict[str, float]:
    """Name of ARKIT -> coefficient in (0, 1]; empty for a face at rest, and for a tag with any unknown word."""
    told: dict[str, float] = {}
    for part in tag.split("+"):
        word, colon, weight = part.partition(":")
        names, strength = _KEYS.get(_plain(word)), _weight(weight) if colon else 1.0
        if names is None or strength is None:
            return {}
        told.update(dict.fromkeys(names, strength))
    return told


def group_of(tag: str) -> str:
    """The same text for all ways of writing one expression."""
    if is_neutral(tag):
        return "neutral"
    told = told_coefficients(tag)
    if not told:
        return tag.strip().lower()
    return "+".join(name if told[name] == 1 else f"{name}:{told[name]:g}" for name in ARKIT if name in told)


def _plain(word: str) -> str:
    """Lower case, the side written out, no separators."""
    word = _SIDE.sub(lambda found: _SIDES.get(found[1], found[1]), word.strip().lower())
    return re.sub(r"[_. -]", "", word)


def _weight(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 < number <= 1 else None


def _keys() -> dict[str, tuple[str, ...]]:
    known = {name.lower(): (name,) for name in ARKIT}
    for name in ARKIT:
        stem = name.removesuffix("Left")
        if stem == name:
            known |= {} if mirrored(name) != name else {name.lower() + side: (name,) for side in _SIDES.values()}
        elif stem not in _MOVING_SIDEWAYS:
            known[stem.lower()] = (name, mirrored(name))
    return known


_KEYS = _keys()
