"""Blender's own exporters, with the settings that game engines expect. All export what is selected.

A mesh with shape keys goes out without its modifiers but the armature: no format can hold both. Settings that one
version of Blender does not know are left out there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import bpy

from ..link import UserError


@dataclass(frozen=True)
class Order:
    """What an exporter is told."""

    path: Path
    embed: bool  # pictures within the file
    textures: str  # name of the folder for pictures beside it
    has_keys: bool
    is_animated: bool


@dataclass(frozen=True)
class Format:
    """A file format. `suffixes`: with pictures embedded, and with pictures beside."""

    name: str
    description: str
    suffixes: tuple[str, str]
    write: Callable[[Order], None]
    takes_pictures_along: bool = False  # whether it refers to picture files where they are, and writes none itself
    can_embed: bool = True  # whether pictures can lie within the file
    can_move: bool = True  # whether it knows bones, keys and animation
    applies_modifiers: bool = False  # also of a mesh with shape keys


def _write_gltf(order: Order) -> None:
    """The scene's mode writes what drivers do, too: the eyes of an animated face have no Action."""
    _call(
        "export_scene.gltf", "Blender's glTF 2.0 add-on", filepath=str(order.path),
        export_format="GLB" if order.embed else "GLTF_SEPARATE", export_texture_dir=order.textures,
        use_selection=True, export_yup=True, export_apply=not order.has_keys, export_extras=False,
        export_cameras=False, export_lights=False, export_morph=True, export_morph_normal=True, export_skins=True,
        export_animations=order.is_animated, export_morph_animation=order.is_animated, export_animation_mode="SCENE",
        export_anim_scene_split_object=False,
    )  # fmt: skip


def _write_fbx(order: Order) -> None:
    """FBX_SCALE_ALL: the unit is in the file, so that no node is scaled by 100."""
    _call(
        "export_scene.fbx", "Blender's FBX format add-on", filepath=str(order.path), use_selection=True,
        object_types={"MESH", "ARMATURE"}, use_mesh_modifiers=not order.has_keys, mesh_smooth_type="FACE",
        apply_scale_options="FBX_SCALE_ALL", apply_unit_scale=True, axis_forward="-Z", axis_up="Y",
        add_leaf_bones=False, primary_bone_axis="Y", secondary_bone_axis="X", use_custom_props=False,
        bake_anim=order.is_animated, bake_anim_use_all_actions=False, bake_anim_use_nla_strips=False,
        bake_anim_simplify_factor=0.0,
        path_mode="COPY" if order.embed else "RELATIVE", embed_textures=order.embed,
    )  # fmt: skip


def _write_usd(order: Order) -> None:
    if not bpy.app.build_options.usd:
        raise UserError("This Blender was built without USD. Choose another format.")
    _call(
        "wm.usd_export", "USD", filepath=str(order.path), selected_objects_only=True, visible_objects_only=False,
        export_animation=order.is_animated, export_uvmaps=True, export_normals=True, export_materials=True,
        export_armatures=True, export_shapekeys=True, only_deform_bones=False, generate_preview_surface=True,
        export_textures_mode="NEW", export_textures=True, overwrite_textures=True, relative_paths=True,
        export_custom_properties=False, root_prim_path="/root", export_lights=False, export_cameras=False,
        convert_world_material=False,
    )  # fmt: skip


def _write_obj(order: Order) -> None:
    if not bpy.app.build_options.io_wavefront_obj:
        raise UserError("This Blender was built without OBJ. Choose another format.")
    _call(
        "wm.obj_export", "OBJ", filepath=str(order.path), export_selected_objects=True, apply_modifiers=True,
        forward_axis="NEGATIVE_Z", up_axis="Y", export_materials=True, export_pbr_extensions=False,
        path_mode="RELATIVE", export_smooth_groups=False, export_object_groups=False,
    )  # fmt: skip


FORMATS = {
    "GLTF": Format(
        "glTF", "For the web, Unity, Unreal and Godot: keys, bones and textures", (".glb", ".gltf"), _write_gltf
    ),
    "FBX": Format(
        "FBX", "For Unity, Unreal and Maya: keys, bones and textures", (".fbx", ".fbx"), _write_fbx,
        takes_pictures_along=True,
    ),
    "USD": Format(
        "USD", "For Omniverse, Houdini and Apple's tools: keys, bones and textures", (".usdz", ".usdc"), _write_usd
    ),
    "OBJ": Format(
        "OBJ", "The shape as it is posed now, without keys and bones, its textures beside", (".obj", ".obj"),
        _write_obj, takes_pictures_along=True, can_embed=False, can_move=False, applies_modifiers=True,
    ),
}  # fmt: skip


def _call(operator: str, what: str, **settings) -> None:
    """Call an exporter with those of the settings that it has; UserError where it is switched off or fails."""
    module, name = operator.split(".")
    exporter = getattr(getattr(bpy.ops, module), name)
    try:
        known = exporter.get_rna_type().properties.keys()
    except (KeyError, AttributeError, RuntimeError) as error:
        raise UserError(f"{what} is switched off. Switch it on under Edit > Preferences > Add-ons.") from error
    try:
        outcome = exporter(**{setting: value for setting, value in settings.items() if setting in known})
    except RuntimeError as error:
        raise UserError(f"Blender's exporter says: {str(error).removeprefix('Error: ').strip()}") from error
    if "FINISHED" not in outcome:
        raise UserError("Blender's exporter was cancelled; the console may say why.")
