"""Reads what head models need of Wavefront OBJ files, whose vertices lie in one block."""

import numpy as np


def read_vertices(content: bytes) -> np.ndarray:
    """The vertices (V, 3) float32; ValueError where the file is none of that kind."""
    return _block(content, b"v ", 3)


def read_texture_coordinates(content: bytes) -> np.ndarray:
    """The texture coordinates (U, 2) float32; ValueError where the file is none of that kind."""
    return _block(content, b"vt ", 2)


def read_polygons(content: bytes) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Triangles and quads -> corners (P, 4) int32, texture corners (P, 4), -1 in a triangle's last place; materials.

    The indices count from 0; one material's name for each polygon. ValueError where a polygon has no texture corners.
    """
    corners, texture_corners, materials, material = [], [], [], ""
    for line in content.decode("latin-1").splitlines():
        if line.startswith("usemtl "):
            material = line.split()[1]
        elif line.startswith("f "):
            words = [word.split("/") for word in line.split()[1:]]
            if len(words) not in (3, 4):
                raise ValueError(f"a polygon with {len(words)} corners")
            missing = [-1] * (4 - len(words))
            corners.append([int(word[0]) - 1 for word in words] + missing)
            texture_corners.append([int(word[1]) - 1 for word in words] + missing)
            materials.append(material)
    return np.array(corners, np.int32), np.array(texture_corners, np.int32), tuple(materials)


def _block(content: bytes, word: bytes, columns: int) -> np.ndarray:
    """The numbers of the lines that begin with `word`, from the first of them to the last."""
    start, last = content.find(b"\n" + word) + 1, content.rfind(b"\n" + word) + 1
    if start == 0:
        raise ValueError(f"no line that begins with {word.decode().strip()!r}")
    end = content.find(b"\n", last)
    numbers = content[start : end if end >= 0 else None].replace(word, b"").split()
    values = np.array(numbers, np.float32)
    if len(values) % columns or not np.isfinite(values).all():
        raise ValueError(f"lines {word.decode().strip()!r} that do not hold {columns} numbers each")
    return values.reshape(-1, columns)
