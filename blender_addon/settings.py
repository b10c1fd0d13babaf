"""`scene.likeness`: which photos, and what to make of them."""

import bpy

from .link import protocol

SUBJECTS = {"head": ("Head", "A person's head"), "object": ("Object", "A bust, a toy, any single object")}
REPRESENTATIONS = {
    "surface": ("Surface (fastest)", "The mesh straight from the outlines and the photos"),
    "sdf": ("SDF (NeuS)", "A neural distance field first: for shapes with hollows, like eyes, ears and nostrils"),
    "nerf": ("NeRF", "The classic neural radiance field first: slow without a GPU"),
    "hash": ("Hash-grid NeRF", "A neural radiance field first, the fast kind: for novel views"),
    "gaussian": ("Gaussians", "3D Gaussian splats first: for novel views, and a splats.ply for other programs"),
}
PRESETS = {
    "preview": ("Preview", "In under a minute, to see whether the photos work"),
    "standard": ("Standard", "In a few minutes"),
    "high": ("High", "The finest geometry and the largest textures"),
}
TEXTURES = {
    "photo": ("Photo", "The color as photographed, with the light of the day in it"),
    "albedo": ("Albedo", "The color with the light taken out, to be lit anew"),
}
DRAWN = {
    "auto": ("Automatic", "The field where the result keeps one, else the mesh"),
    "mesh": ("Mesh", "The textured mesh"),
    "field": ("Field", "The SDF, NeRF or Gaussians that the mesh was made from"),
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
    representation: bpy.props.EnumProperty(
        name="Method", description="What the photos are turned into on the way to the mesh",
        items=choices(REPRESENTATIONS, protocol.REPRESENTATIONS),
    )  # fmt: skip
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
