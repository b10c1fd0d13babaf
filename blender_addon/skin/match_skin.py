"""Matching the skin of a body, and of the head's own neck, to the face of a result."""

import bpy
import numpy as np

from ..link import UserError
from ..results import head_skin, skin_material
from ..results.result_import import COLLECTION
from ..translations.language import translated
from . import skin_nodes
from .skin_tone import SkinTone, measure

NECK = "Likeness neck"  # the float attribute that says where the head's match is seen


class LIKENESS_OT_match_body_skin(bpy.types.Operator):
    """Give the active object's skin, and the neck of the generated head, the color of the face"""

    bl_idname = "likeness.match_body_skin"
    bl_label = "Match Body Skin"
    bl_options = {"REGISTER", "UNDO"}

    factor: bpy.props.FloatProperty(
        name="Factor", description="How much of the match is seen", default=1.0, min=0.0, max=1.0, subtype="FACTOR"
    )

    @classmethod
    def poll(cls, context):
        if find_head(context) is None:
            return cls.poll_message_set("Generate or import a head first, or select it") or False
        active = context.active_object
        worn = active is not None and active.type == "MESH" and active.active_material is not None
        return worn or cls.poll_message_set("Select the mesh of the body; it needs a material")

    def execute(self, context):
        head = find_head(context)
        try:
            texts = match(head, find_body(context, head), self.factor)
        except UserError as error:
            self.report({"ERROR"}, translated(error))
            return {"CANCELLED"}
        self.report({"INFO"}, "; ".join(map(translated, texts)))
        return {"FINISHED"}


class LIKENESS_OT_unmatch_body_skin(bpy.types.Operator):
    """Take the skin match out of the active object's material and out of the generated head's"""

    bl_idname = "likeness.unmatch_body_skin"
    bl_label = "Remove Skin Match"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        objects = (context.active_object, find_head(context))
        return any(is_matched(built) for built in objects) or cls.poll_message_set("There is no skin match here")

    def execute(self, context):
        for built in {context.active_object, find_head(context)} - {None}:
            if is_matched(built):
                unmatch(built)
        return {"FINISHED"}


def find_head(context) -> bpy.types.Object | None:
    """The head of a result: the active one, a selected one, or the last one in the collection of the results."""
    candidates = [context.active_object, *context.selected_objects]
    for collection in context.scene.collection.children:
        if collection.name.partition(".")[0] == COLLECTION:
            candidates += reversed(list(collection.objects))
    return next((built for built in candidates if built is not None and _is_result(built)), None)


def find_body(context, head: bpy.types.Object) -> bpy.types.Object | None:
    """The mesh to match: the active one, or with the head active another selected one; None for the neck alone."""
    for built in (context.active_object, *context.selected_objects):
        if built is not None and built.type == "MESH" and built.active_material not in (None, head.active_material):
            return built
    return None


def match(head: bpy.types.Object, body: bpy.types.Object | None, factor: float = 1.0) -> list[str]:
    """Insert the nodes, in place of earlier ones; returns what was done. UserError: nothing was changed."""
    skin = head_skin.examine(head)
    own = {} if skin.neck is None else {head: skin.neck}
    if body is not None:
        own[body] = measure(skin_material.samples_of(body, body.active_material)[1])
    if not own:
        raise UserError(f"{head.name} shows no bare neck. Select the mesh of a body, too.")
    for built, tone in own.items():
        socket = skin_material.base_color(built.active_material)
        skin_nodes.remove(socket.id_data)
        if built is head:
            _store(head.data, skin.neck_weights)
        skin_nodes.insert(socket, tone, skin.face, factor, NECK if built is head else "")
    return [f"{built.name} was {_distance(tone, skin.face):.1f} off the face's color" for built, tone in own.items()]


def unmatch(built: bpy.types.Object) -> None:
    """Restore the object's material as it was."""
    skin_nodes.remove(built.active_material.node_tree)
    if NECK in built.data.attributes:
        built.data.attributes.remove(built.data.attributes[NECK])


def is_matched(built: bpy.types.Object | None) -> bool:
    """Whether the object's active material has our node."""
    material = built.active_material if built is not None else None
    return (
        material is not None
        and material.node_tree is not None
        and any(map(skin_nodes.is_match, material.node_tree.nodes))
    )


def _store(mesh: bpy.types.Mesh, weights: np.ndarray) -> None:
    attribute = mesh.attributes.get(NECK) or mesh.attributes.new(NECK, "FLOAT", "POINT")
    attribute.data.foreach_set("value", np.ascontiguousarray(weights, np.float32))


def _distance(one: SkinTone, other: SkinTone) -> float:
    return float(np.linalg.norm(one.mean - other.mean))


def _is_result(built: bpy.types.Object) -> bool:
    return built.type == "MESH" and "likeness_result" in built


CLASSES = (LIKENESS_OT_match_body_skin, LIKENESS_OT_unmatch_body_skin)
