import math

import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from backend.capture.exif import camera_key, focal_of
from backend.errors import UserError

FOCAL, FOCAL_35, ZOOM, LENS, WIDTH, HEIGHT, PLANE_X, UNIT = (
    0x920A, 0xA405, 0xA404, 0xA434, 0xA002, 0xA003, 0xA20E, 0xA210,
)  # fmt: skip


def shoot(path, size=(400, 300), make="", model="", orientation=1, **tags):
    """A gray picture with tags; the keys of `tags` are the names above in small letters."""
    exif = Image.Exif()
    for tag, value in ((0x010F, make), (0x0110, model), (0x0112, orientation)):
        if value:
            exif[tag] = value
    inner = exif.get_ifd(0x8769)
    for name, value in tags.items():
        inner[globals()[name.upper()]] = value
    Image.new("RGB", size, "gray").save(path, exif=exif)
    return path


@pytest.fixture
def photo(tmp_path):
    return lambda **tags: shoot(tmp_path / "a.jpg", **tags)


def test_the_35_mm_equivalent_compares_diagonals(photo):
    focal = focal_of(photo(size=(400, 300), focal_35=26))
    assert focal.pixels == pytest.approx(26 * 500 / math.hypot(36, 24))
    assert "35 mm" in focal.source and 0.01 < focal.sigma < 0.06


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turning_the_picture_changes_no_focal_length_but_the_key(photo, orientation):
    path = photo(size=(400, 300), focal_35=26, orientation=orientation)
    assert focal_of(path).pixels == pytest.approx(26 * 500 / math.hypot(36, 24))
    assert camera_key(path).size == ((300, 400) if orientation > 4 else (400, 300))


@pytest.mark.parametrize(("unit", "per_mm"), [(2, 25.4), (3, 10), (4, 1), (None, 25.4)])
def test_the_focal_plane_gives_pixels_in_every_unit(photo, unit, per_mm):
    resolution = IFDRational(round(400 / 22.3 * per_mm * 1000), 1000)  # a sensor 22.3 mm wide
    tags = {"focal": 50.5, "plane_x": resolution} | ({} if unit is None else {"unit": unit})
    focal = focal_of(photo(**tags))
    assert focal.pixels == pytest.approx(50.5 * 400 / 22.3, rel=1e-3) and "focal plane" in focal.source


def test_a_resized_photo_has_a_smaller_focal_length(photo):
    plane = IFDRational(round(4000 / 22.3 * 25.4 * 1000), 1000)  # of the picture as the camera wrote it
    focal = focal_of(photo(size=(400, 300), focal=50.5, plane_x=plane, unit=2, width=4000, height=3000))
    assert focal.pixels == pytest.approx(50.5 * 400 / 22.3, rel=1e-3)
    focal = focal_of(photo(size=(400, 300), focal_35=26, width=4000, height=3000))
    assert focal.pixels == pytest.approx(26 * 500 / math.hypot(36, 24))


def test_a_crop_keeps_the_focal_length_and_is_doubtful(photo):
    whole = focal_of(photo(size=(400, 300), focal_35=26, width=400, height=300))
    crop = focal_of(photo(size=(200, 280), focal_35=26, width=400, height=300))
    assert crop.pixels == pytest.approx(whole.pixels) and crop.sigma >= 0.2 > whole.sigma


@pytest.mark.parametrize(("size", "low", "high"), [((400, 225), 480, 500), ((300, 300), 500, 541)])
def test_wide_and_square_pictures_are_cut_from_a_whole_sensor(photo, size, low, high):
    diagonal = focal_of(photo(size=size, focal_35=26)).pixels / 26 * math.hypot(36, 24)
    assert low <= diagonal <= high


@pytest.mark.parametrize(
    ("make", "model", "width"),
    [
        ("NIKON CORPORATION", "NIKON D750", 36.0), ("NIKON CORPORATION", "NIKON D7500", 23.5),
        ("Canon", "Canon EOS 5D Mark III", 36.0), ("Canon", "Canon EOS 70D", 22.3), ("SONY", "ILCE-7M3", 36.0),
        ("SONY", "ILCE-6400", 23.5), ("FUJIFILM", "X-T30", 23.5), ("NIKON CORPORATION", "NIKON Z 6_2", 36.0),
        ("NIKON CORPORATION", "NIKON Z 50", 23.5), ("Canon", "Canon EOS R7", 22.3), ("Canon", "Canon EOS R6", 36.0),
    ],
)  # fmt: skip
def test_known_sensors_turn_millimeters_into_pixels(photo, make, model, width):
    focal = focal_of(photo(size=(600, 400), make=make, model=model, focal=85.0))
    assert focal.pixels == pytest.approx(85 * 600 / width, rel=0.01) and model in focal.source


def test_a_phones_lens_is_known_by_its_focal_length(photo):
    focal = focal_of(photo(make="Apple", model="iPhone 11", focal=4.25))
    assert focal.pixels == pytest.approx(26 * 500 / math.hypot(36, 24))


def test_an_unknown_cameras_millimeters_alone_say_nothing(photo):
    assert focal_of(photo(make="Acme", model="One", focal=50.0)) is None


@pytest.mark.parametrize("tags", [
    {}, {"focal_35": 0}, {"focal_35": 60000}, {"focal": IFDRational(0, 0)}, {"focal_35": 1},
    {"focal": 50.0, "plane_x": IFDRational(72, 1), "unit": 2},  # a sensor of 14 cm
    {"focal": 50.0, "plane_x": IFDRational(0, 1), "unit": 2},
])  # fmt: skip
def test_absurd_values_are_ignored(photo, tags):
    assert focal_of(photo(**tags)) is None


def test_digital_zoom_narrows_the_view(photo):
    camera = {"make": "NIKON CORPORATION", "model": "NIKON D750", "size": (600, 400), "focal": 50.0}
    plain, zoomed = focal_of(photo(**camera)), focal_of(photo(**camera, zoom=2.0))
    assert zoomed.pixels == pytest.approx(2 * plain.pixels) and zoomed.sigma > plain.sigma
    assert focal_of(photo(**camera, zoom=0.0)).pixels == plain.pixels


def test_statements_that_contradict_one_another_are_doubtful(photo):
    agreed = focal_of(photo(size=(600, 400), make="SONY", model="ILCE-7M3", focal=50.0, focal_35=50))
    doubtful = focal_of(photo(size=(600, 400), make="SONY", model="ILCE-7M3", focal=50.0, focal_35=100))
    assert agreed.sigma < 0.05 and doubtful.sigma > 0.3


def test_keys_tell_cameras_lenses_zooms_and_sizes_apart(tmp_path):
    def key(**tags):
        return camera_key(shoot(tmp_path / "k.jpg", **{"make": "Canon", "model": "A", "focal": 50.0, **tags}))

    assert key() == key() and key().is_known
    others = [key(model="B"), key(focal=35.0), key(size=(300, 200)), key(lens="EF 50"), key(zoom=2.0)]
    assert key() not in others and len(set(others)) == 5
    assert not key(make="", model="").is_known


def test_a_damaged_exif_block_counts_as_none(tmp_path):
    path = tmp_path / "a.jpg"
    Image.new("RGB", (8, 8)).save(path, exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\x0f\x01\x02\0" * 3)
    assert focal_of(path) is None and camera_key(path).size == (8, 8)


def test_a_file_that_is_no_picture_is_a_user_error(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"x" * 100)
    with pytest.raises(UserError, match=r"a\.jpg"):
        focal_of(tmp_path / "a.jpg")
