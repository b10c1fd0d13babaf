from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import binary_erosion

from backend.scene.head import EAR, EYEBALL, FACE, SCALP
from backend.texture.anatomy import axes_of
from backend.texture.gates import gate_views
from backend.texture.outlines import FACE_OVAL, inside
from tests.texture.heads import head, portrait, region_of, see


def trust_of(view) -> np.ndarray:
    shape = head()
    return gate_views(shape.surface, shape, axes_of(shape.surface, shape), (view,))[0].view.trust


def regions_in(view) -> np.ndarray:
    points, hit = see(view.camera)
    return np.where(hit, region_of(points), 255)


def with_hair(view, where: np.ndarray):
    """The view with its hair mask set to 255 at `where`, its skin mask to 0."""
    masks = view.face.masks
    hair = np.where(where, 255, masks.hair).astype(np.uint8)
    skin = np.where(where, 0, masks.skin).astype(np.uint8)
    return replace(view, face=replace(view.face, masks=replace(masks, hair=hair, skin=skin)))


def test_hair_over_an_ear_never_colors_it():
    view = portrait(50)
    ear = binary_erosion(regions_in(view) == EAR, iterations=3)
    assert ear.sum() > 200
    assert trust_of(view)[ear].max() > 0.9
    assert trust_of(with_hair(view, ear))[ear].max() < 0.01


def test_shaded_skin_around_the_faces_oval_colors_nothing():
    view = portrait(35)
    around = (regions_in(view) == FACE) & (inside(view.face, (FACE_OVAL,), view.mask.shape, 0) < 0.5)
    around = binary_erosion(around & (trust_of(view) > 0.5), iterations=2)
    assert around.sum() > 30
    shaded = replace(view, photo=np.where(around[..., None], np.float32(0.5), 1) * view.photo)
    assert trust_of(shaded)[around].max() < 0.05
    assert np.median(trust_of(with_hair(shaded, around))[around]) < 0.05 < trust_of(view)[around].min()
    within = binary_erosion(inside(view.face, (FACE_OVAL,), view.mask.shape, 0) > 0.5, iterations=6)
    dark = replace(view, photo=np.where(within[..., None], np.float32(0.5), 1) * view.photo)
    cheek = within & (regions_in(view) == FACE) & (trust_of(view) > 0.5)
    assert np.median(trust_of(dark)[cheek]) > 0.9


def test_hair_colors_the_scalp_and_skin_far_behind_the_hairline_does_not():
    view = portrait(120)
    scalp = regions_in(view) == SCALP
    assert np.median(trust_of(view)[scalp]) > 0.5
    masks = view.face.masks
    spot = np.zeros(scalp.shape, bool)
    spot[100:130, 150:170] = True
    assert scalp[spot].all()
    bare = replace(masks, hair=np.where(spot, 0, masks.hair), skin=np.where(spot, 255, masks.skin))
    bare = replace(view, face=replace(view.face, masks=bare))
    assert trust_of(view)[spot].min() > 0.3
    assert trust_of(bare)[spot].max() < 0.2


def test_a_bald_head_keeps_its_skin():
    view = portrait(0)
    masks = view.face.masks
    bald = replace(masks, hair=np.zeros_like(masks.hair), skin=masks.person)
    bald = replace(view, face=replace(view.face, masks=bald))
    square = (regions_in(view) == SCALP) & (trust_of(view) > 0.5)
    assert square.sum() > 100
    assert np.median(trust_of(bald)[square]) > 0.5


def test_skin_at_a_flat_angle_is_not_believed():
    view = portrait(0, masked=False)
    points, hit = see(view.camera)
    normals = points / np.array([0.55, 0.65, 0.8]) ** 2
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    towards = view.camera.position - points
    cosine = (normals * towards).sum(-1) / np.linalg.norm(towards, axis=-1)
    skin = regions_in(view) == FACE
    trust = trust_of(view)
    assert trust[skin & (cosine < 0.33)].max() < 0.05
    far = np.hypot(*(np.indices(hit.shape) - 128)) < 15  # between the eyes' openings and the picture's middle
    assert trust[far & skin & (cosine > 0.8)].min() > 0.9


def test_open_eyes_color_eyeballs_alone():
    view = portrait(0)
    pixel = view.camera.project(np.array([[0.22, -0.64, 0.1]]))[0][0].astype(int)
    around = np.s_[pixel[1] - 1 : pixel[1] + 2, pixel[0] - 1 : pixel[0] + 2]
    assert trust_of(view)[around].min() > 0.5
    shape = head()
    skinned = replace(shape, region=np.where(shape.region == EYEBALL, FACE, shape.region).astype(np.uint8))
    gated = gate_views(shape.surface, skinned, axes_of(shape.surface, skinned), (view,))[0].view
    assert gated.trust[around].max() < 0.05


def test_trust_only_ever_falls():
    view = portrait(20)
    given = np.random.default_rng(0).random(view.mask.shape).astype(np.float32)
    assert (trust_of(replace(view, trust=given)) <= given + 1e-5).all()


@pytest.mark.parametrize("name", ["glasses", "highlight"])
def test_what_disturbs_lowers_trust(name):
    view = portrait(0)
    spot = np.zeros(view.mask.shape, np.uint8)
    spot[120:140, 120:140] = 255
    masks = replace(view.face.masks, **{name: spot})
    disturbed = trust_of(replace(view, face=replace(view.face, masks=masks)))
    assert trust_of(view)[125:135, 125:135].min() > 0.9
    assert disturbed[125:135, 125:135].max() < 0.15
