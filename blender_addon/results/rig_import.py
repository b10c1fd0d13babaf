"""What makes an imported head move: shape keys, weights, an armature and eyes that turn."""

from collections.abc import Generator

import bpy
import numpy as np

from ..link import reader
from ..rigs import eyeballs, head_object, shape_keys, skeleton
from . import head_parts

REGION = "likeness_region"  # integer attribute of the vertices: index into scene.head.REGIONS


def build_steps(
    built: bpy.types.Object, result: reader.StoredResult, skin: head_parts.Part, eyes: tuple[head_parts.Eye, ...]
) -> Generator[str, None, list[bpy.types.Object]]:
    """Rig the mesh object of a result's skin; returns the new objects, linked nowhere."""
    made = result.rig
    yield from shape_keys.build_steps(built, made, skin.surface.vertices, skin.vertices)
    _store_region(built.data, made.region[skin.vertices])
    yield "Importing the armature"
    armature = skeleton.build(f"{built.name} rig", made.joints)
    yield from skeleton.bind_steps(built, armature, made, skin.vertices)
    objects = [armature]
    for eye in eyes:
        yield "Importing the eyes"
        objects.append((yield from eyeballs.build_steps(f"{built.name} eye {eye.side.lower()}", eye, armature, built)))
    head_object.store_expressions(built, made)
    return objects


def _store_region(mesh: bpy.types.Mesh, region: np.ndarray) -> None:
    attribute = mesh.attributes.new(REGION, "INT", "POINT")
    attribute.data.foreach_set("value", region.astype(np.int32))
