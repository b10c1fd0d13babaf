"""Every key is known under every spelling, and no spelling means two keys."""

import pytest

from backend.scene import ARKIT
from blender_addon.rigs import key_names


@pytest.mark.parametrize("naming", key_names.NAMINGS)
def test_a_name_goes_there_and_back(naming):
    styled = [key_names.styled(name, naming) for name in ARKIT]
    assert len(set(styled)) == 52
    assert [key_names.canonical(name) for name in styled] == list(ARKIT)
    assert [key_names.canonical(name.upper()) for name in styled] == list(ARKIT)


def test_names_are_what_other_programs_write():
    assert key_names.styled("eyeBlinkLeft", "SIDE") == "eyeBlink_L"
    assert key_names.styled("mouthSmileRight", "PASCAL") == "MouthSmileRight"
    assert key_names.styled("jawLeft", "SIDE") == "jawLeft"  # a direction, not a side
    assert key_names.styled("jawOpen+mouthSmileLeft", "SIDE") == "jawOpen+mouthSmile_L"
    assert key_names.canonical(" Eye_Blink ") is None
    assert key_names.canonical("mouthSmile.R") == "mouthSmileRight"


def test_correctives_are_told_from_keys():
    assert key_names.canonical("jawOpen+mouthClose") is None
    assert key_names.canonical_pair("JawOpen+MouthSmile_L") == ("jawOpen", "mouthSmileLeft")
    assert key_names.canonical_pair("jawOpen") is None and key_names.canonical_pair("jawOpen+Mine") is None
