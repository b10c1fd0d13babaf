"""`scene.likeness`: which photos, and what to make of them."""

import bpy

from .link import protocol

SUBJECTS = {"head": ("Head", "A person's head"), "object": ("Object", "A bust, a toy, any single object")}
PRESETS = {
    "preview": ("Preview", "In under a minute, to see whether the photos work"),
    "standard": ("Standard", "In a few minutes"),
    "high": ("High", "The finest geometry and the largest textures"),
}
TEXTURES = {
    "photo": ("Photo", "The color as photographed, with the light of the day in it"),
    "albedo": ("Albedo", "The color with the light taken out, to be lit anew"),
}


def choices(texts: dict, names: tuple) -> list:
    """Items of an EnumProperty: exactly the values that the protocol knows."""
    return [(name, *texts[name]) for name in names]


class LikenessPhoto(bpy.types.PropertyGroup):
    """One photo; its `name` is the view's name: the file's name without folder and ending"""

    path: bpy.props.StringProperty(name="Path", description="The photo's file", subtype="FILE_PATH")
    use: bpy.props.BoolProperty(name="Use", description="Use this photo for the fit", default=True)


class LikenessSettings(bpy.types.PropertyGroup):
    """What the panel shows"""

    photos: bpy.props.CollectionProperty(type=LikenessPhoto)
    active_photo: bpy.props.IntProperty(name="Active photo", options={"HIDDEN"})
    cameras: bpy.props.StringProperty(
        name="Cameras", description="The transforms.json that the cameras came from", subtype="FILE_PATH"
    )
    subject: bpy.props.EnumProperty(
        name="Subject", description="What the photos show", items=choices(SUBJECTS, protocol.SUBJECTS)
    )
    preset: bpy.props.EnumProperty(
        name="Quality", description="How much time to spend", items=choices(PRESETS, protocol.PRESETS),
        default="standard",
    )  # fmt: skip
    texture: bpy.props.EnumProperty(
        name="Color", description="Which color map the material shows", items=choices(TEXTURES, protocol.TEXTURES)
    )
    output: bpy.props.StringProperty(
        name="Results in", description="Folder for the result folders; empty: a folder of the extension",
        subtype="DIR_PATH",
    )  # fmt: skip


def material_color():
    """`material.likeness_color`: photo or albedo. The node is what is stored; this only reads and turns it."""
    from .result_material import color_index, set_color_index

    return bpy.props.EnumProperty(
        name="Color", description="Which color map the material shows", items=choices(TEXTURES, protocol.TEXTURES),
        get=color_index, set=set_color_index,
    )  # fmt: skip


CLASSES = (LikenessPhoto, LikenessSettings)
