"""A textured surface as binary glTF 2.0 (https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html).

glTF has one texture coordinate per vertex, so vertices are split at UV seams. The copies have the same position and
normal to the bit: whoever welds by position gets the closed surface back. Vertex i of a part is vertex i of its
mesh; the copies come after. Coordinates stay in the capture's world frame: no axis is swapped.

A rigged head has three nodes: the head, and the eyes, which turn about their nodes' origins. Shape keys are morph
targets; correctives need drivers, which glTF has not, and are left out.
"""

from dataclasses import dataclass

import numpy as np
import pygltflib as gltf

from ..scene import Rig, Surface, TexturedSurface, UvAtlas
from ..scene.head import EYEBALL

_ROUGHNESS = 0.7  # skin, plaster, wood: a photo's own highlights are in the texture already


@dataclass(frozen=True)
class _Part:
    """A node: some of the surface's triangles, about an origin of their own."""

    name: str
    surface: Surface
    atlas: UvAtlas
    normals: np.ndarray
    keys: dict[str, np.ndarray]
    origin: np.ndarray | None = None


def build_glb(
    textured: TexturedSurface, base_color: bytes, normal: bytes, rig: Rig | None = None, name: str = "head"
) -> bytes:
    """The file's bytes. base_color, normal: PNG files."""
    file = _File()
    parts = _parts(textured, rig, name)
    meshes = [_mesh(part, file) for part in parts]
    images = [file.add_image(base_color, "base_color"), file.add_image(normal, "normal")]
    document = gltf.GLTF2(
        asset=gltf.Asset(version="2.0", generator="Likeness"),
        scene=0,
        scenes=[gltf.Scene(nodes=list(range(len(parts))))],
        nodes=[
            gltf.Node(mesh=k, name=part.name, translation=None if part.origin is None else part.origin.tolist())
            for k, part in enumerate(parts)
        ],
        meshes=meshes,
        materials=[_material(name)],
        textures=[gltf.Texture(source=0, sampler=0), gltf.Texture(source=1, sampler=0)],
        samplers=[gltf.Sampler(magFilter=gltf.LINEAR, minFilter=gltf.LINEAR_MIPMAP_LINEAR)],
        images=images,
        accessors=file.accessors,
        bufferViews=file.views,
        buffers=[gltf.Buffer(byteLength=file.length)],
    )
    document.set_binary_blob(b"".join(file.chunks))
    return b"".join(document.save_to_bytes())


def _parts(textured: TexturedSurface, rig: Rig | None, name: str) -> list[_Part]:
    surface, atlas, normals = textured.surface, textured.atlas, textured.surface.vertex_normals()
    if rig is None:
        return [_Part(name, surface, atlas, normals, {})]
    ball = rig.region == EYEBALL
    eyes = {joint.name: np.asarray(joint.head, np.float64) for joint in rig.joints if joint.name.startswith("eye")}
    away = np.stack([np.linalg.norm(surface.vertices - center, axis=1) for center in eyes.values()])
    owner = np.where(ball, 1 + away.argmin(0), 0)
    parts = []
    for number, (title, center) in enumerate([(name, None), *eyes.items()]):
        faces = owner[surface.faces].min(1) == number
        if not faces.any():
            continue
        used, small = np.unique(surface.faces[faces], return_inverse=True)
        moved = {key: move[used] for key, move in rig.keys.items()}
        if center is not None:
            moved = {key: move for key, move in moved.items() if np.abs(move).max() > 0}
        places = surface.vertices[used] if center is None else surface.vertices[used] - center.astype(np.float32)
        part = Surface(places.astype(np.float32), small.reshape(-1, 3).astype(np.int32))
        parts.append(_Part(title, part, UvAtlas(atlas.uvs, atlas.faces[faces]), normals[used], moved, center))
    return parts


def _mesh(part: _Part, file: "_File") -> gltf.Mesh:
    origin, uvs, faces = split_at_seams(part.surface, part.atlas)
    flipped = np.stack([uvs[:, 0], 1 - uvs[:, 1]], 1)  # glTF counts v downwards
    attributes = gltf.Attributes(
        POSITION=file.add(part.surface.vertices[origin], gltf.VEC3, bounds=True),
        NORMAL=file.add(part.normals[origin], gltf.VEC3),
        TEXCOORD_0=file.add(flipped, gltf.VEC2),
    )
    indices = file.add_indices(faces)
    targets = [{"POSITION": file.add(move[origin], gltf.VEC3, bounds=True)} for move in part.keys.values()]
    primitive = gltf.Primitive(attributes=attributes, indices=indices, material=0, targets=targets or None)
    mesh = gltf.Mesh(name=part.name, primitives=[primitive])
    if part.keys:
        mesh.weights, mesh.extras = [0.0] * len(part.keys), {"targetNames": list(part.keys)}
    return mesh


def split_at_seams(surface: Surface, atlas: UvAtlas) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One vertex for each pair of position and texture coordinate: origin (N,) into the surface's vertices,
    uvs (N, 2), faces (F, 3) int. The first V are the surface's own vertices in their order."""
    count = len(surface.vertices)
    corners, uv_corners = surface.faces.reshape(-1).astype(np.int64), atlas.faces.reshape(-1).astype(np.int64)
    pairs, at = np.unique(corners * max(len(atlas.uvs), 1) + uv_corners, return_inverse=True)
    vertex, uv = np.divmod(pairs, max(len(atlas.uvs), 1))
    first = np.r_[True, vertex[1:] != vertex[:-1]][: len(vertex)]  # pairs are sorted by vertex
    slot = np.where(first, vertex, 0)
    slot[~first] = count + np.arange((~first).sum())
    origin = np.r_[np.arange(count), vertex[~first]]
    uvs = np.zeros((len(origin), 2), np.float32)
    uvs[slot] = atlas.uvs[uv]
    return origin, uvs, slot[at.reshape(-1, 3)]


def _material(name: str) -> gltf.Material:
    return gltf.Material(
        name=name,
        pbrMetallicRoughness=gltf.PbrMetallicRoughness(
            baseColorTexture=gltf.TextureInfo(index=0), metallicFactor=0.0, roughnessFactor=_ROUGHNESS
        ),
        normalTexture=gltf.NormalMaterialTexture(index=1),
        doubleSided=False,
    )


class _File:
    """The binary chunk as it grows; every part begins at a multiple of four bytes."""

    def __init__(self):
        self.chunks: list[bytes] = []
        self.length = 0
        self.views: list[gltf.BufferView] = []
        self.accessors: list[gltf.Accessor] = []

    def add(self, values: np.ndarray, kind: str, bounds: bool = False) -> int:
        """A float attribute of the vertices; the number of its accessor."""
        values = np.ascontiguousarray(values, "<f4")
        accessor = gltf.Accessor(
            bufferView=self._view(values.tobytes(), gltf.ARRAY_BUFFER),
            componentType=gltf.FLOAT,
            count=len(values),
            type=kind,
        )
        if bounds:
            accessor.min, accessor.max = values.min(0).tolist(), values.max(0).tolist()
        self.accessors.append(accessor)
        return len(self.accessors) - 1

    def add_indices(self, faces: np.ndarray) -> int:
        """The triangles; the number of their accessor."""
        view = self._view(faces.astype("<u4").tobytes(), gltf.ELEMENT_ARRAY_BUFFER)
        self.accessors.append(
            gltf.Accessor(bufferView=view, componentType=gltf.UNSIGNED_INT, count=faces.size, type=gltf.SCALAR)
        )
        return len(self.accessors) - 1

    def add_image(self, png: bytes, name: str) -> gltf.Image:
        """An embedded picture."""
        return gltf.Image(bufferView=self._view(png, None), mimeType="image/png", name=name)

    def _view(self, data: bytes, target: int | None) -> int:
        self.views.append(gltf.BufferView(buffer=0, byteOffset=self.length, byteLength=len(data), target=target))
        padded = data + b"\0" * (-len(data) % 4)
        self.chunks.append(padded)
        self.length += len(padded)
        return len(self.views) - 1
