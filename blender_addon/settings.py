"""`scene.likeness`: which photos, and what to make of them."""

import bpy

from .jobs import job
from .link import protocol, rig
from .setup import head_models
from .translations import language
from .views import photo_list

SUBJECTS = {"head": ("Head", "A person's head"), "object": ("Object", "A bust, a toy, any single object")}
HEAD_MODELS = {
    "auto": ("Automatic", "ICT-FaceKit where it is installed, else the one that comes with Likeness"),
    "builtin": ("Built-in", "The head that comes with Likeness"),
    "ict": ("ICT-FaceKit", "A model made from scans of many people: closer to the person; installed on its own"),
    "file": ("File", "Another head model, from a file or a folder"),
}
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
MESHES = {
    job.FITTED: ("As Fitted", "The surface as the photos made it: the finest shape"),
    job.CLEAN: ("Clean Quads", "The head model's quads laid onto that surface: for rigging, sculpting and painting. "
                "Of an object, and of a head from few photos, there is one mesh only"),
}  # fmt: skip
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
    use: bpy.props.BoolProperty(
        name="Use", description="Use this photo for the next fit, or for the next re-fit", default=True
    )
    weight: bpy.props.FloatProperty(
        name="Weight", description="How much this photo counts beside the others: 1 as usual, 0 not at all",
        default=1.0, min=0.0, max=10.0, soft_max=3.0, step=10, precision=2,
    )  # fmt: skip
    mask: bpy.props.StringProperty(
        name="Mask", description="A picture that is white where the photo shows the subject; empty: it is computed",
        subtype="FILE_PATH",
    )  # fmt: skip
    expression: bpy.props.StringProperty(
        name="Expression", description="What the face does here: neutral, or ARKit's names as in "
        "'jawOpen + mouthSmileLeft:0.5'; any other word names a group of photos. Empty: found out",
        search=lambda photo, context, text: expression_tags(text), search_options={"SUGGESTION"},
    )  # fmt: skip
    has_camera: bpy.props.BoolProperty(
        name="Has a camera", description="Its camera is known, from a file or from the scene; others are solved",
        default=False,
    )  # fmt: skip
    camera: bpy.props.StringProperty(
        name="Camera", description="Lens and pose as in a frame of a transforms.json (JSON)", options={"HIDDEN"}
    )
    state: bpy.props.EnumProperty(
        name="State", description="What is known of the photo's camera", options={"HIDDEN"},
        items=choices(photo_list.STATES, tuple(photo_list.STATES)),
    )  # fmt: skip
    message: bpy.props.StringProperty(
        name="Message", description="What is wrong with the photo, and what to do", options={"HIDDEN"}
    )
    obstruction: bpy.props.StringProperty(
        name="Weights", description="How far the last fit trusted its pixels (a picture)", subtype="FILE_PATH",
        options={"HIDDEN"},
    )  # fmt: skip


def expression_tags(text: str) -> list[str]:
    """What can be completed from a text, of the words that the backend knows."""
    begun, plus, last = text.rpartition("+")
    words = [word for word in ("neutral", "smile", *rig.ARKIT) if last.strip().lower() in word.lower()]
    return [f"{begun.strip()} + {word}" if plus else word for word in words]


class LikenessSettings(bpy.types.PropertyGroup):
    """What the panel shows"""

    photos: bpy.props.CollectionProperty(name="Photos", description="The list of photos", type=LikenessPhoto)
    active_photo: bpy.props.IntProperty(
        name="Active Photo", description="Which photo of the list is active", options={"HIDDEN"}
    )
    cameras: bpy.props.StringProperty(
        name="Cameras", description="The transforms.json that the cameras came from", subtype="FILE_PATH"
    )
    subject: bpy.props.EnumProperty(
        name="Subject", description="What the photos show", items=choices(SUBJECTS, protocol.SUBJECTS)
    )
    head_model: bpy.props.EnumProperty(
        name="Head model", description="What fills in where no photo looks, and what the cameras are solved with",
        items=choices(HEAD_MODELS, tuple(HEAD_MODELS)), update=lambda settings, context: head_models.look(),
    )  # fmt: skip
    head_model_file: bpy.props.StringProperty(
        name="File", description="The head model's file, or the folder of its data", subtype="FILE_PATH"
    )
    face: bpy.props.IntProperty(
        name="Face", description="Whose face, in photos with several: counted from the left, beginning with 0; "
        "-1: the largest", default=-1, min=-1, max=99, translation_context=language.OURS,
    )  # fmt: skip
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
    mesh: bpy.props.EnumProperty(
        name="Mesh", description="Which mesh of a result is put into the scene",
        items=choices(MESHES, (job.FITTED, job.CLEAN)),
    )  # fmt: skip
    output: bpy.props.StringProperty(
        name="Results in", description="Folder for the result folders; empty: a folder of the extension",
        subtype="DIR_PATH",
    )  # fmt: skip
    live: bpy.props.BoolProperty(
        name="Show in Viewport", description="Show the mesh in the scene while it is fitted", default=True
    )


def material_color():
    """`material.likeness_color`: photo or albedo. The node is what is stored; this only reads and turns it."""
    from .results.result_material import color_index, set_color_index

    return bpy.props.EnumProperty(
        name="Color", description="Which color map the material shows", items=choices(TEXTURES, protocol.TEXTURES),
        get=color_index, set=set_color_index,
    )  # fmt: skip


CLASSES = (LikenessPhoto, LikenessSettings)
