import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from backend.capture.images import read_mask, read_photo, same_shape
from backend.errors import UserError

RED = (230, 20, 10)


def ramp(width=48, height=32):
    """(H, W, 3) uint8: red grows to the right, green downwards."""
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return np.stack([x, y, np.full_like(x, 128)], -1).round().astype(np.uint8)


def exif(orientation):
    data = Image.Exif()
    data[0x0112] = orientation
    return data


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGB", "RGBA", "CMYK", "1", "I;16", "F", "YCbCr"])
def test_every_mode_becomes_srgb_floats(tmp_path, mode):
    path = tmp_path / ("x.tif" if mode in ("CMYK", "F", "YCbCr", "LA") else "x.png")
    if mode in ("I;16", "F"):
        image = Image.fromarray(
            np.full((8, 8), 0.5 if mode == "F" else 32768, np.float32 if mode == "F" else np.uint16)
        )
    else:
        image = Image.new("RGB", (8, 8), (255, 255, 255) if mode == "1" else (128, 128, 128)).convert(mode)
    image.save(path)
    picture = read_photo(path, 100)
    assert picture.rgb.shape == (8, 8, 3) and picture.rgb.dtype == np.float32
    expected = np.asarray(image.convert("RGB"), np.float32) / 255 if mode == "P" else 1.0 if mode == "1" else 0.5
    np.testing.assert_allclose(picture.rgb, expected, atol=0.02)


def save_deep(path, bands):
    """A PNG or TIFF of 16 bits a band, every one at half its range; Pillow itself writes deep grays only."""
    import cv2

    cv2.imwrite(str(path), np.full((8, 8, bands), 32768, np.uint16))


@pytest.mark.parametrize("ending", ["png", "tif"])
@pytest.mark.parametrize("bands", [1, 3, 4])
def test_sixteen_bits_a_band_become_floats(tmp_path, ending, bands):
    save_deep(tmp_path / f"deep.{ending}", bands)
    picture = read_photo(tmp_path / f"deep.{ending}", 100)
    assert picture.rgb.shape == (8, 8, 3)
    np.testing.assert_allclose(picture.rgb, 0.5, atol=0.01)


@pytest.mark.parametrize("ending", ["jpg", "tif"])
def test_print_colors_become_screen_colors(tmp_path, ending):
    Image.new("CMYK", (16, 16), (0, 255, 255, 0)).save(tmp_path / f"ink.{ending}")
    np.testing.assert_allclose(read_photo(tmp_path / f"ink.{ending}", 100).rgb[8, 8], (1, 0, 0), atol=0.03)


@pytest.mark.parametrize(("name", "kind"), [("a.jpg", "PNG"), ("a.png", "JPEG"), ("a.tif", "WEBP"), ("a.bmp", "TIFF")])
def test_a_wrong_ending_does_not_matter(tmp_path, name, kind):
    Image.new("RGB", (8, 8), RED).save(tmp_path / name, format=kind)
    np.testing.assert_allclose(read_photo(tmp_path / name, 100).rgb[4, 4], np.array(RED) / 255, atol=0.05)


@pytest.mark.parametrize("ending", ["gif", "png", "webp", "tif"])
def test_of_a_moving_picture_the_first_is_used_and_that_is_noted(tmp_path, ending):
    first, second = Image.new("RGB", (8, 8), RED), Image.new("RGB", (8, 8), "blue")
    first.save(tmp_path / f"x.{ending}", save_all=True, append_images=[second])
    picture = read_photo(tmp_path / f"x.{ending}", 100)
    np.testing.assert_allclose(picture.rgb[4, 4], np.array(RED) / 255, atol=0.05)
    assert len(picture.notes) == 1 and "2 pictures" in picture.notes[0]


def test_a_photo_with_a_second_picture_for_machines_is_not_noted(tmp_path):
    first = Image.new("RGB", (8, 8), RED)  # phones write gain and depth maps behind the photo like this
    first.save(tmp_path / "x.jpg", format="MPO", save_all=True, append_images=[Image.new("RGB", (8, 8))])
    assert read_photo(tmp_path / "x.jpg", 100).notes == ()


def test_alpha_is_the_mask_and_an_opaque_one_is_none(tmp_path):
    alpha = np.zeros((8, 8), np.uint8)
    alpha[2:6, 2:6] = 255
    Image.fromarray(np.dstack([np.full((8, 8, 3), 90, np.uint8), alpha])).save(tmp_path / "cut.png")
    Image.new("RGBA", (8, 8), (90, 90, 90, 255)).save(tmp_path / "opaque.png")
    np.testing.assert_allclose(read_photo(tmp_path / "cut.png", 100).alpha, alpha / 255)
    assert read_photo(tmp_path / "opaque.png", 100).alpha is None


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_turns_the_photo_upright(tmp_path, orientation):
    stored = Image.fromarray(ramp())
    stored.save(tmp_path / "x.png", exif=exif(orientation))
    picture = read_photo(tmp_path / "x.png", 100)
    plane = np.asarray(stored, np.float32) / 255
    ways = [plane, plane[:, ::-1], plane[::-1, ::-1], plane[::-1], plane.transpose(1, 0, 2),
            np.rot90(plane, -1), np.rot90(plane, 2).transpose(1, 0, 2), np.rot90(plane)]  # fmt: skip
    np.testing.assert_array_equal(picture.rgb, ways[orientation - 1])
    assert picture.full_size == picture.rgb.shape[1::-1]


@pytest.mark.parametrize(("described", "shape"), [((48, 32), (32, 48)), ((32, 48), (48, 32)), (None, (48, 32))])
def test_cameras_solved_on_stored_pixels_keep_them(tmp_path, described, shape):
    Image.fromarray(ramp()).save(tmp_path / "x.png", exif=exif(6))
    assert read_photo(tmp_path / "x.png", 100, described).rgb.shape[:2] == shape


@pytest.mark.parametrize(("width", "height"), [(301, 203), (1201, 803), (100, 33)])
@pytest.mark.parametrize("ending", ["png", "jpg"])
def test_shrinking_keeps_every_point_in_its_place(tmp_path, width, height, ending):
    path = tmp_path / f"x.{ending}"
    x, y = np.meshgrid((np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height)
    pixels = np.stack([x, y, y], -1) * 255
    Image.fromarray(pixels.round().astype(np.uint8)).save(path, **({"quality": 95} if ending == "jpg" else {}))
    picture = read_photo(path, 60)
    assert max(picture.rgb.shape) == 60 and picture.full_size == (width, height)
    columns = picture.rgb[..., 0].mean(0) * 60
    np.testing.assert_allclose(columns[3:-3], np.arange(60)[3:-3] + 0.5, atol=0.25)  # pixels


def test_transparent_pixels_do_not_tint_the_shrunk_subject(tmp_path):
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[16:49, 16:49] = (*RED, 255)
    Image.fromarray(pixels).save(tmp_path / "x.png")
    picture = read_photo(tmp_path / "x.png", 16)
    np.testing.assert_allclose(
        picture.rgb[picture.alpha > 0.2], np.array([RED]) / 255 + 0 * picture.rgb[picture.alpha > 0.2], atol=0.02
    )


@pytest.mark.parametrize("data", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, b"\xff\xd8\xff\xe0"])
def test_unreadable_files_are_user_errors_that_name_them(tmp_path, data):
    path = tmp_path / "broken.png"
    path.write_bytes(data)
    with pytest.raises(UserError, match=r"broken\.png"):
        read_photo(path, 100)


@pytest.mark.parametrize("ending", ["png", "jpg"])
def test_truncated_files_are_user_errors_that_name_them(tmp_path, ending):
    path = tmp_path / f"half.{ending}"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(UserError, match=r"half\."):
        read_photo(path, 100)


@pytest.mark.parametrize(("width", "height"), [(20_000, 15_000), (11_000, 10_000), (60_000, 60_000)])
def test_gigantic_photos_are_refused_before_decoding(tmp_path, width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path = tmp_path / "huge.png"  # a header alone: decoding it would fail otherwise
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b""))
    with pytest.raises(UserError, match=r"huge\.png.*megapixel"):
        read_photo(path, 100)


def test_a_color_profile_that_cannot_fit_is_ignored(tmp_path):
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    Image.new("RGB", (8, 8), RED).save(tmp_path / "x.png", icc_profile=profile)  # a profile that cannot fit RGB pixels
    np.testing.assert_allclose(read_photo(tmp_path / "x.png", 100).rgb[0, 0], np.array(RED) / 255, atol=0.01)


def test_masks_are_resampled_and_labels_count(tmp_path):
    plane = np.zeros((32, 48), np.uint8)
    plane[8:24, 12:36] = 1
    Image.fromarray(plane).save(tmp_path / "labels.png")
    mask = read_mask(tmp_path / "labels.png", (96, 64))
    assert mask.shape == (64, 96) and mask[32, 48] == 1 and mask[4, 4] == 0
    assert mask.mean() == pytest.approx(0.25, abs=0.01)


def test_a_masks_alpha_wins_over_its_brightness(tmp_path):
    pixels = np.zeros((8, 8, 4), np.uint8)
    pixels[2:6, 2:6, 3] = 255
    Image.fromarray(pixels).save(tmp_path / "m.png")
    assert read_mask(tmp_path / "m.png", (8, 8)).sum() == 16


def test_a_mask_of_another_shape_is_refused(tmp_path):
    Image.new("L", (30, 30)).save(tmp_path / "m.png")
    with pytest.raises(ValueError, match="30 x 30"):
        read_mask(tmp_path / "m.png", (48, 32))


def test_a_mask_of_the_stored_pixels_turns_with_its_photo(tmp_path):
    plane = np.zeros((32, 48), np.uint8)
    plane[:, :10] = 255
    Image.fromarray(plane).save(tmp_path / "m.png")
    np.testing.assert_array_equal(read_mask(tmp_path / "m.png", (32, 48), stored=6), np.rot90(plane / 255, -1))


def test_shapes_compare_by_aspect():
    assert same_shape((4000, 3000), (1024, 768)) and not same_shape((4000, 3000), (768, 1024))
