"""What Blender makes of an object: after shape keys, drivers, bones and modifiers."""

import bpy
import numpy as np


def points(built) -> np.ndarray:
    """(V, 3) in the world."""
    bpy.context.view_layer.update()
    shown = built.evaluated_get(bpy.context.evaluated_depsgraph_get())
    matrix = np.array(shown.matrix_world)
    mesh = shown.to_mesh()
    local = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", local)
    shown.to_mesh_clear()
    return local.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3]
