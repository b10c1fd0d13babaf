import cv2
import numpy as np
import pytest
from portraits import bust, bust_mask, needs_mediapipe

from backend.head.faces import regions
from backend.head.faces.landmarks import find_faces
from backend.head.faces.segments import segment_face
from backend.scene.face import MASKS

pytestmark = needs_mediapipe


def share(plane, where):
    return float((plane[where] > 127).mean())


def around(photo, points, radius):
    """(H, W) bool: near one of the points (N, 2)."""
    plane = np.zeros(photo.shape[:2], np.uint8)
    for x, y in points:
        cv2.circle(plane, (int(x), int(y)), radius, 1, -1)
    return plane > 0


def with_glasses(photo, face):
    """The photo with round dark glasses drawn onto it."""
    picture = photo.copy()
    eyes = [face.points[list(eye)].mean(0) for eye in (regions.RIGHT_EYE, regions.LEFT_EYE)]
    radius = 0.36 * face.scale
    reach = radius * np.array([(0.85, -0.5), (-0.85, -0.5)])  # from the eyes to the bridge's ends
    ends = [tuple(int(v) for v in eye + way) for eye, way in zip(eyes, reach, strict=True)]
    frame = np.zeros(photo.shape[:2], np.uint8)
    for eye in eyes:
        cv2.circle(frame, tuple(int(v) for v in eye), int(radius), 1, 4)
    cv2.line(frame, *ends, 1, 4)
    picture[frame > 0] = (0.08, 0.06, 0.05)
    return picture, frame > 0


def test_masks_have_the_photos_size_and_type(front):
    photo, _, masks = front
    for name in MASKS:
        plane = getattr(masks, name)
        assert plane.shape == photo.shape[:2] and plane.dtype == np.uint8


def test_the_person_is_the_bust(front):
    person, truth = front[2].person > 127, bust_mask(0) > 0.5
    assert (person & truth).sum() / (person | truth).sum() > 0.93


def test_skin_is_on_the_cheeks_and_not_on_eyes_brows_lips_or_shirt(front):
    photo, face, masks = front
    cheeks = around(photo, face.points[list(regions.RIGHT_CHEEK + regions.LEFT_CHEEK)], 3)
    assert share(masks.skin, cheeks) > 0.85
    other = regions.RIGHT_EYE + regions.LEFT_EYE + regions.RIGHT_BROW + regions.LEFT_BROW
    assert share(masks.skin, around(photo, face.points[list(other)], 1)) < 0.1
    assert share(masks.skin, np.s_[480:, 150:350]) < 0.02  # the shirt


def test_hair_is_above_the_face_and_not_shirt_background_or_cheek(front):
    photo, face, masks = front
    top = face.points[regions.FOREHEAD_TOP] - (0, 0.42 * face.scale)
    assert share(masks.hair, around(photo, [top], 8)) > 0.8
    assert share(masks.hair, bust_mask(0) < 0.01) < 0.01
    assert share(masks.hair, np.s_[400:]) < 0.01
    assert share(masks.hair, around(photo, face.points[list(regions.RIGHT_CHEEK + regions.LEFT_CHEEK)], 3)) == 0


@pytest.mark.parametrize("number", [0, 1, 2, 18])
def test_a_face_without_glasses_has_none(number):
    photo = bust(number)
    (face,) = find_faces(photo)
    assert segment_face(photo, face).glasses.max() == 0


def test_drawn_glasses_are_found_and_are_no_skin(front):
    worn, frame = with_glasses(front[0], front[1])
    (face,) = find_faces(worn)
    masks = segment_face(worn, face)
    brows = around(worn, face.points[list(regions.RIGHT_BROW + regions.LEFT_BROW)], 6)
    assert share(masks.glasses, frame & ~brows) > 0.75
    assert share(masks.glasses, ~cv2.dilate(frame.astype(np.uint8), np.ones((15, 15))).astype(bool)) < 0.01
    assert share(masks.skin, frame) < 0.1


def test_a_lamps_reflection_is_a_highlight_and_no_skin(front):
    photo, face, before = front
    cheek = face.points[50]
    spot = around(photo, [cheek], 7)
    shining = photo.copy()
    shining[spot] = 0.05 * shining[spot] + 0.95
    masks = segment_face(shining, face)
    assert share(before.highlight, spot) == 0
    assert share(masks.highlight, spot) > 0.8 and share(masks.skin, spot) < 0.2


def test_masks_follow_the_photos_scale(front):
    masks = front[2]
    small = bust(0, 256)
    (face,) = find_faces(small)
    again = segment_face(small, face)
    for name in ("person", "skin", "hair"):
        reference = cv2.resize(getattr(masks, name), (256, 256), interpolation=cv2.INTER_AREA) > 127
        found = getattr(again, name) > 127
        assert (reference & found).sum() / (reference | found).sum() > 0.85, name
