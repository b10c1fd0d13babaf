from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from backend.scene.color import to_linear, to_srgb
from backend.scene.head import EAR, EYEBALL, FACE, NECK, SCALP
from backend.texture import TextureConfig, paint
from backend.texture.fill import vertex_colors
from tests.texture.heads import EYES, HAIR, IRIS, SCLERA, SKIN, colors_of, head, portrait

CONFIG = TextureConfig(size=512, gutter=4)
SHAPE = head()


def painted(*views):
    return paint(SHAPE.surface, None, SHAPE.atlas, views, CONFIG, head=SHAPE).maps


@lru_cache
def frontal():
    return painted(portrait(0))


@lru_cache
def turned():
    return painted(portrait(35))


def at_vertices(maps, plane: str = "photo") -> tuple[np.ndarray, np.ndarray]:
    return vertex_colors(getattr(maps, plane), maps.confidence[..., 0], SHAPE.surface, SHAPE.atlas)


def near_eyes() -> np.ndarray:
    return np.linalg.norm(SHAPE.surface.vertices[:, None] - EYES, axis=2).min(1) < 0.22


def hidden(maps) -> np.ndarray:
    """Vertices that are neither seen nor mirrored."""
    return at_vertices(maps)[1] < 0.02


def test_the_half_that_is_not_seen_has_the_colors_of_the_other():
    colors, confidence = at_vertices(turned())
    mirrored = (np.abs(confidence - 0.5) < 0.05) & (SHAPE.region == FACE)
    assert mirrored.sum() > 50
    assert (SHAPE.surface.vertices[mirrored, 0] < 0.05).mean() > 0.9  # the camera stands on the head's left
    error = np.abs(colors - colors_of(SHAPE.surface.vertices))[mirrored]
    assert np.quantile(error, 0.95) < 0.04
    pairs = np.abs(colors - colors[SHAPE.mirror])[mirrored]
    assert np.quantile(pairs, 0.95) < 0.04


def test_other_light_on_the_two_halves_leaves_no_seam():
    def lit(points):
        return colors_of(points) * (0.8 + 0.25 * points[..., :1])  # brighter on the head's left

    colors, confidence = at_vertices(painted(portrait(25, colors=lit)))
    skin = (SHAPE.region == FACE) & (SHAPE.surface.vertices[:, 2] > -0.4)
    edges = SHAPE.surface.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    edges = edges[skin[edges].all(1)]
    kind = np.digitize(confidence, [0.25, 0.75])
    across = kind[edges[:, 0]] != kind[edges[:, 1]]
    steps = np.abs(np.diff(colors[edges], axis=1)[:, 0]).mean(1)
    assert across.sum() > 20
    assert np.quantile(steps[across], 0.9) < 1.5 * np.quantile(steps[~across], 0.9) + 0.01


def test_an_unseen_neck_takes_the_skins_tone():
    for plane in ("photo", "albedo"):
        colors, confidence = at_vertices(frontal(), plane)
        face = (SHAPE.region == FACE) & (confidence > 0.9)
        neck = (SHAPE.region == NECK) & hidden(frontal()) & (SHAPE.surface.vertices[:, 1] > 0.2)
        assert neck.sum() > 30
        np.testing.assert_allclose(np.median(colors[neck], 0), np.median(colors[face], 0), atol=0.03)
        assert colors[neck].std(0).max() < 0.05


def test_the_back_of_the_head_takes_the_hairs_color():
    colors, _ = at_vertices(frontal())
    back = (SHAPE.region == SCALP) & hidden(frontal()) & (SHAPE.surface.vertices[:, 1] > 0.4)
    np.testing.assert_allclose(np.median(colors[back], 0), HAIR, atol=0.05)


def test_a_bald_head_has_skin_at_the_back():
    view = portrait(0, colors=lambda points: np.broadcast_to(SKIN, points.shape))
    masks = view.face.masks
    bald = replace(masks, hair=np.zeros_like(masks.hair), skin=masks.person)
    colors, confidence = at_vertices(painted(replace(view, face=replace(view.face, masks=bald))))
    back = (SHAPE.region == SCALP) & (confidence < 0.02)
    assert back.sum() > 100
    np.testing.assert_allclose(np.median(colors[back], 0), SKIN, atol=0.03)


def test_hair_in_front_of_an_ear_leaves_it_skin():
    view = portrait(0)
    points_of_ears = SHAPE.surface.vertices[SHAPE.region == EAR]
    pixels = view.camera.project(points_of_ears.astype(float))[0]
    rows, columns = np.indices(view.mask.shape) + 0.5
    over = np.zeros(view.mask.shape, bool)
    for sign in (-1, 1):
        side = pixels[np.sign(points_of_ears[:, 0]) == sign]
        (left, top), (right, bottom) = side.min(0) - 2, side.max(0) + 2
        over |= (columns > left) & (columns < right) & (rows > top) & (rows < bottom)
    masks = view.face.masks
    masks = replace(masks, hair=np.where(over, 255, masks.hair).astype(np.uint8),
                    skin=np.where(over, 0, masks.skin).astype(np.uint8))  # fmt: skip
    photo = np.where(over[..., None], HAIR, view.photo).astype(np.float32)
    colors, _ = at_vertices(painted(replace(view, photo=photo, face=replace(view.face, masks=masks))))
    ears = colors[SHAPE.region == EAR]
    assert np.linalg.norm(ears - SKIN, axis=1).max() < 0.5 * np.linalg.norm(SKIN - HAIR)


def test_confidence_tells_seen_from_mirrored_from_invented():
    confidence = turned().confidence[..., 0]
    assert confidence.min() >= 0 and confidence.max() <= 1
    _, sure = at_vertices(turned())
    towards = np.array([np.sin(np.radians(35)), -np.cos(np.radians(35)), 0])
    facing = SHAPE.surface.vertex_normals() @ towards
    face = (SHAPE.region == FACE) & (np.abs(SHAPE.surface.vertices[:, 2]) < 0.35)
    seen, other = face & (facing > 0.85), face & (facing < 0.2) & (facing[SHAPE.mirror] > 0.85)
    back = (SHAPE.surface.vertices[:, 1] > 0.5) & (SHAPE.region != EYEBALL)
    assert sure[seen & ~near_eyes()].min() > 0.9
    np.testing.assert_allclose(np.median(sure[other & ~near_eyes()]), 0.5, atol=0.05)
    assert sure[back].max() < 0.02


def test_eyes_are_drawn_around_their_poles_in_the_photos_colors():
    colors, _ = at_vertices(frontal())
    eyes = SHAPE.region == EYEBALL
    away = SHAPE.surface.vertices[eyes][:, None] - EYES
    away = away[np.arange(len(away)), np.linalg.norm(away, axis=2).argmin(1)]
    share = np.linalg.norm(away[:, [0, 2]], axis=1) / np.linalg.norm(away, axis=1)
    ahead = away[:, 1] < 0
    iris, white = ahead & (share > 0.22) & (share < 0.42), ahead & (share > 0.62) & (share < 0.85)
    assert iris.sum() >= 6 and white.sum() >= 6
    hue = colors[eyes][iris].mean(0)
    np.testing.assert_allclose(hue / hue.sum(), IRIS / IRIS.sum(), atol=0.03)
    light = colors[eyes][white].mean(0)
    np.testing.assert_allclose(light / light.sum(), SCLERA / SCLERA.sum(), atol=0.03)
    assert light.mean() > 1.3 * hue.mean()


def test_the_albedo_of_one_photo_is_no_worse_than_the_photo():
    """Light from the left on an even skin: the albedo comes nearer to its one tone than the photo does."""

    def lit(points):
        normals = points / np.array([0.55, 0.65, 0.8]) ** 2
        normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
        light = 0.75 + 0.35 * normals @ np.array([0.8, -0.6, 0.0])
        return to_srgb(to_linear(SKIN) * light[..., None])

    maps = painted(portrait(0, colors=lit))
    for_photo, confidence = at_vertices(maps)
    face = (SHAPE.region == FACE) & (confidence > 0.9) & ~near_eyes()
    photo, albedo = for_photo[face], at_vertices(maps, "albedo")[0][face]
    assert (albedo.std(0) / albedo.mean(0)).mean() < 0.6 * (photo.std(0) / photo.mean(0)).mean()


@pytest.mark.parametrize("views", [(), (portrait(0, masked=False),), (replace(portrait(180), face=None),)])
def test_a_head_is_painted_whole_however_little_is_seen(views):
    maps = painted(*views)
    for plane in (maps.photo, maps.albedo, maps.normal, maps.confidence):
        assert np.isfinite(plane).all() and plane.min() >= 0 and plane.max() <= 1


def test_the_same_photos_give_the_same_head():
    np.testing.assert_array_equal(frontal().photo, painted(portrait(0)).photo)


def test_without_masks_the_scalp_goes_on_as_it_looks():
    colors, confidence = at_vertices(painted(portrait(0, masked=False)))
    back = (SHAPE.region == SCALP) & (confidence < 0.02)
    np.testing.assert_allclose(np.median(colors[back], 0), HAIR, atol=0.05)


def test_faces_in_the_views_change_nothing_where_no_head_was_fitted():
    view = portrait(20)
    with_face, without = (
        paint(SHAPE.surface, None, SHAPE.atlas, (one,), CONFIG).maps for one in (view, replace(view, face=None))
    )
    for name in ("photo", "albedo", "normal", "confidence"):
        np.testing.assert_array_equal(getattr(with_face, name), getattr(without, name))


def test_a_surface_that_is_not_the_models_is_refused():
    other = replace(SHAPE.surface, faces=SHAPE.surface.faces[:-1])
    with pytest.raises(ValueError, match="triangles"):
        paint(other, None, SHAPE.atlas, (), CONFIG, head=SHAPE)


def test_a_photo_from_behind_is_used_on_the_back():
    behind = replace(portrait(180, colors=lambda points: np.broadcast_to([0.1, 0.5, 0.3], points.shape)), face=None)
    colors, confidence = at_vertices(painted(behind))
    back = (SHAPE.surface.vertices[:, 1] > 0.55) & (SHAPE.region == SCALP)
    assert confidence[back].min() > 0.9
    np.testing.assert_allclose(colors[back], np.broadcast_to([0.1, 0.5, 0.3], colors[back].shape), atol=0.02)
