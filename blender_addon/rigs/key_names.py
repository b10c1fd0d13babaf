"""The names that shape keys go by: Apple's, and the spellings of other programs for the same 52."""

import re

from ..link import rig

NAMINGS = {
    "APPLE": ("Apple", "eyeBlinkLeft: as ARKit, and as Likeness makes them"),
    "PASCAL": ("Pascal Case", "EyeBlinkLeft: as Live Link Face and Unreal Engine"),
    "SIDE": ("_L and _R", "eyeBlink_L: as ICT-FaceKit and many rigs"),
}
PLUS = "+"  # between the two keys that a corrective key belongs to
_SIDED = re.compile(r"(.+)(Left|Right)$")
_DIRECTIONS = ("jaw", "mouth")  # jawLeft is where the jaw goes, not which of two jaws


def canonical(name: str) -> str | None:
    """Apple's name for a key of any spelling, case aside; None for a key that is none of the 52."""
    return _APPLE.get(name.strip().lower())


def canonical_pair(name: str) -> tuple[str, str] | None:
    """The two keys that a corrective key belongs to, by Apple's names; None for other keys."""
    pair = tuple(canonical(part) for part in name.split(PLUS))
    return pair if len(pair) == 2 and None not in pair else None


def styled(name: str, naming: str) -> str:
    """Apple's name, or the name of a corrective key, in one of NAMINGS."""
    return PLUS.join(_styled(part, naming) for part in name.split(PLUS))


def _styled(name: str, naming: str) -> str:
    if naming == "PASCAL":
        return name[0].upper() + name[1:]
    sided = _SIDED.match(name)
    if naming == "SIDE" and sided and sided[1] not in _DIRECTIONS:
        return f"{sided[1]}_{sided[2][0]}"
    return name


def _spellings(name: str):
    yield name
    if sided := _SIDED.match(name):
        for gap in ("_", ".", "-", " "):
            yield from (sided[1] + gap + sided[2][0], sided[1] + gap + sided[2])


_APPLE = {spelling.lower(): name for name in rig.ARKIT for spelling in _spellings(name)}
