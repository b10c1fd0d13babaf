"""Photos without cameras: which are read, what is told, and the capture that a fitted head makes of them."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from backend.capture import faces, portraits
from backend.capture.config import CaptureConfig
from backend.capture.unposed import lacks_cameras
from backend.errors import UserError
from backend.head.fitting.fit import HeadFit
from backend.head.fitting.pose import Pose
from backend.head.fitting.solution import Lens, Placement, Shot, Solution
from backend.scene import Bounds, Capture, View, silent
from backend.scene.head import FACE, NECK
from tests.capture.faces import SIZE, drawn_face, drawn_record
from tests.head.fitting.soft_heads import portrait_camera, soft_head

PLAIN = CaptureConfig(obstructions=False)
NOBODY = "blank"


def fake_analysis(photo, name, face=None, *, needed=True, file=None, model=None):
    """A face in every photo but those called blank; the number of the face is its confidence."""
    if NOBODY not in name:
        return drawn_record(confidence=1.0 if face is None else face / 10), [f"{name} was looked at."]
    if needed:
        raise UserError(f"No face was found in {name}.")
    return None, [f"No face was found in {name}."]


@pytest.fixture(autouse=True)
def _no_detector(monkeypatch):
    monkeypatch.setattr(portraits, "analyze", fake_analysis)
    monkeypatch.setattr(faces, "analyze", fake_analysis)


@pytest.fixture
def folder(tmp_path):
    for name in ("ada", "bob", "blank"):
        Image.fromarray((drawn_face() * 255).astype(np.uint8)).save(tmp_path / f"{name}.png")
    return tmp_path


def write_transforms(folder, *frames, **lens) -> None:
    (folder / "transforms.json").write_text(json.dumps({**lens, "frames": frames}))


def read(path, face=None, **options):
    return portraits.read_portraits(path, replace(PLAIN, **options), face, silent)


def names(found) -> list[str]:
    return [portrait.photo.name for portrait in found]


def test_photos_and_folders_of_them_lack_cameras(folder):
    assert lacks_cameras(folder) and lacks_cameras(folder / "ada.png")
    assert not lacks_cameras(folder / "not there")
    write_transforms(folder, {"file_path": "ada.png"}, {"file_path": "bob.png", "transform_matrix": None})
    assert lacks_cameras(folder) and lacks_cameras(folder / "transforms.json")


def test_two_poses_speak_of_cameras_and_one_does_not(folder):
    pose = np.eye(4).tolist()
    write_transforms(folder, {"file_path": "ada.png"}, {"file_path": "bob.png", "transform_matrix": pose})
    assert lacks_cameras(folder)
    frames = [{"file_path": f"{name}.png", "transform_matrix": pose} for name in ("ada", "bob")]
    write_transforms(folder, *frames)
    assert not lacks_cameras(folder) and not lacks_cameras(folder / "transforms.json")


def test_a_photo_without_a_face_is_left_out_of_several_and_told(folder):
    found, warnings = read(folder)
    assert names(found) == ["ada", "bob"]
    assert any("No face was found in blank.png" in text for text in warnings)
    assert found[0].source == folder / "ada.png"
    np.testing.assert_array_equal(found[0].photo.face.points, drawn_record().points)


def test_a_single_photo_without_a_face_is_an_error(folder):
    with pytest.raises(UserError, match=r"blank\.png"):
        read(folder / "blank.png")


def test_no_face_in_any_photo_is_an_error_that_names_them(folder):
    for name in ("ada", "bob"):
        (folder / f"{name}.png").rename(folder / f"blank {name}.png")
    with pytest.raises(UserError, match=r"No photo shows a usable face.*blank ada\.png"):
        read(folder)


def test_a_photo_that_cannot_be_read_is_left_out_of_several(folder):
    (folder / "torn.png").write_bytes(b"no picture")
    found, warnings = read(folder)
    assert names(found) == ["ada", "bob"]
    assert any(text.startswith("torn.png is left out: ") for text in warnings)


def test_views_are_chosen_by_name(folder):
    assert names(read(folder, views=("bob",))[0]) == ["bob"]
    with pytest.raises(UserError, match=r"no views called eve, mallory\. There are: ada, blank, bob"):
        read(folder, views=("mallory", "bob", "eve"))


def test_photos_with_the_weight_0_are_left_out_unless_asked_for_by_name(folder):
    write_transforms(folder, {"file_path": "ada.png", "weight": 0}, {"file_path": "bob.png", "weight": None})
    assert names(read(folder)[0]) == ["bob"]
    assert names(read(folder, views=("ada",))[0]) == ["ada"]


@pytest.mark.parametrize("size", [None, (5, 90)])
def test_a_mask_that_cannot_be_used_is_told_and_left_away(folder, size):
    if size is not None:
        Image.new("L", size).save(folder / "cut.png")
    write_transforms(folder, {"file_path": "ada.png", "mask_path": "cut.png"})
    (portrait,), warnings = read(folder)
    assert portrait.photo.mask is None and any("The mask of ada.png is not used" in text for text in warnings)


@pytest.mark.parametrize("told", [-1, "much", float("nan")])
def test_a_weight_that_makes_no_sense_is_that_of_the_others(folder, told):
    write_transforms(folder, {"file_path": "ada.png", "weight": told}, {"file_path": "bob.png", "weight": 0.5})
    assert [portrait.weight for portrait in read(folder)[0]] == [1.0, 0.5]


def test_the_face_that_was_asked_for_is_looked_for(folder):
    (portrait,), _ = read(folder / "ada.png", face=3)
    assert portrait.photo.face.confidence == pytest.approx(0.3)


def test_frames_without_poses_tell_masks_weights_and_expressions(folder):
    half = np.zeros((SIZE, SIZE), np.uint8)
    half[:, : SIZE // 2] = 255
    Image.fromarray(half).save(folder / "cut.png")
    write_transforms(
        folder,
        {"file_path": "bob.png", "mask_path": "cut.png", "weight": 0.5, "expression": "smile"},
        {"file_path": "ada"},
    )
    found, _ = read(folder)
    assert names(found) == ["bob", "ada"]
    assert (found[0].weight, found[0].expression) == (0.5, "smile")
    assert (found[1].weight, found[1].expression) == (1.0, "")
    np.testing.assert_allclose(found[0].photo.person[0, [0, SIZE - 1]], [1, 0])
    assert found[1].photo.mask is None


def test_frames_that_name_missing_photos_are_an_error(folder):
    write_transforms(folder, {"file_path": "ada.png"}, {"file_path": "gone.png"}, {"file_path": "lost.png"})
    with pytest.raises(UserError, match=r"gone\.png, lost\.png"):
        read(folder)


def test_pictures_that_name_no_camera_share_a_lens_by_their_size(folder):
    Image.fromarray((drawn_face()[:150] * 255).astype(np.uint8)).save(folder / "wide.png")
    found = {portrait.photo.name: portrait.photo.lens for portrait in read(folder)[0]}
    assert found["ada"] == found["bob"] != found["wide"]


def test_the_focal_length_of_the_file_is_scaled_with_the_photo(folder):
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0xA405] = 85  # millimeters on 35 mm film
    Image.new("RGB", (300, 200)).save(folder / "told.jpg", exif=exif)
    ((whole,), _), ((small,), _) = (read(folder / "told.jpg", max_side=side) for side in (400, 150))
    assert whole.photo.focal == pytest.approx(85 / 36 * 300, rel=1e-3)
    assert small.photo.size == (150, 100) and small.photo.focal == pytest.approx(whole.photo.focal / 2)
    assert whole.photo.deviation < 0.1


def fit_of(count: int) -> HeadFit:
    """A head that stands upside down two metres away, before cameras that see it."""
    model = soft_head()
    region = np.where(model.vertices[:, 2] < -0.06, NECK, FACE).astype(np.uint8)
    placement = Placement(1.0, np.diag([1.0, -1, -1]), np.array([0, 0, 2.0]))
    cameras = tuple(portrait_camera(10.0 * k, size=SIZE) for k in range(count))
    shots = tuple(Shot(Pose.of(camera), (100, 100), 0) for camera in cameras)
    solution = Solution(np.zeros(4), np.zeros((count, 2)), shots, (Lens(400, 400, 0.2),), placement, False)
    return HeadFit(replace(model, region=region), model, solution, cameras, 0.01)


def test_the_capture_has_the_photos_their_cameras_and_the_head_within_bounds(folder):
    found, _ = read(folder)
    fit = fit_of(2)
    capture = portraits.capture_of(found, fit, PLAIN, ["Told before."])
    assert [view.name for view in capture.views] == ["ada", "bob"]
    assert [view.camera for view in capture.views] == list(fit.cameras)
    assert capture.warnings == ("Told before.",)
    assert all(view.face is not None for view in capture.views)
    for view in capture.views:  # without masks all that lies around the head counts, and nothing else
        columns, rows = np.floor(view.camera.project(fit.vertices())[0]).astype(int).T
        height, width = view.mask.shape
        inside = (columns >= 0) & (rows >= 0) & (columns < width) & (rows < height)
        assert (view.mask[rows[inside], columns[inside]] == 1).all()
    away = np.linalg.norm(fit.vertices() - capture.bounds.center, axis=1)
    assert 0.9 * capture.bounds.radius < away.max() < capture.bounds.radius


def test_the_cut_lies_across_the_neck_and_keeps_the_head():
    fit = fit_of(1)
    _, cut = portraits.around(fit)
    np.testing.assert_allclose(cut.normal, [0, 0, 1], atol=1e-9)  # the head is upside down
    height = (fit.vertices() - cut.point) @ cut.normal
    neck = fit.model.region == NECK
    assert (height[~neck] < 0).all()
    assert 0.02 < (height[neck] > 0).mean() < 0.5


def test_views_with_cameras_get_their_faces(monkeypatch):
    views = tuple(
        View(name, drawn_face(), np.ones((SIZE, SIZE), np.float32), portrait_camera(0, size=SIZE))
        for name in ("front", "blank")
    )
    capture = Capture(views, Bounds(np.zeros(3), 1.0))
    monkeypatch.setattr(faces, "has_face_finder", lambda: True)
    found = faces.find_faces_in(capture, PLAIN, None)
    assert found.views[0].face is not None and found.views[1].face is None
    assert found.warnings == () and found.views[0].trust is None
    monkeypatch.setattr(faces, "has_face_finder", lambda: False)
    assert faces.find_faces_in(capture, PLAIN, None) is capture
