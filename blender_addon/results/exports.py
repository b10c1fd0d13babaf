"""The buttons that write a result as a file for other programs."""

from pathlib import Path

import bpy

from ..link import UserError
from ..translations.language import translated
from . import export_files, result_objects
from .export_formats import FORMATS

_SPLATS, _EMBED, _BESIDE = "SPLATS", "EMBED", "BESIDE"


class LIKENESS_OT_export(bpy.types.Operator):
    """Export the selected head with its eyes, bones, shape keys and textures, ready for a game engine"""

    bl_idname = "likeness.export"
    bl_label = "Export"

    filepath: bpy.props.StringProperty(
        name="File", description="The file; where it has no ending, the format's is added", subtype="FILE_PATH",
        options={"SKIP_SAVE"},
    )  # fmt: skip
    check_existing: bpy.props.BoolProperty(
        name="Check", description="Warn before a file is overwritten", default=True, options={"HIDDEN", "SKIP_SAVE"}
    )
    filter_glob: bpy.props.StringProperty(
        name="Shown", description="Endings of the files to choose from", options={"HIDDEN", "SKIP_SAVE"},
    )  # fmt: skip
    format: bpy.props.EnumProperty(
        name="Format", description="The kind of file",
        items=[*((key, entry.name, entry.description) for key, entry in FORMATS.items()),
               (_SPLATS, "Splats", "The 3D Gaussians of the fit, for splat viewers (.ply)")],
    )  # fmt: skip
    textures: bpy.props.EnumProperty(
        name="Textures", description="Where the pictures go",
        items=[(_EMBED, "Embedded", "Within the file (.glb, .usdz, .fbx)"),
               (_BESIDE, "Beside", "As pictures in a folder beside the file (.gltf, .usdc, .fbx)")],
    )  # fmt: skip
    animation: bpy.props.BoolProperty(
        name="Animation",
        default=True,
        description="Export what keys, bones and eyes do in the scene's frames, where they have Actions",
    )

    @classmethod
    def poll(cls, context):
        return result_objects.target_of(context) is not None or cls.poll_message_set("Select the mesh of a result")

    def invoke(self, context, event):
        suffix = self._suffix()
        if not self.filepath:
            self.filepath = str(default_path(result_objects.target_of(context), suffix))
        self.filter_glob = f"*{suffix}"
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def check(self, context):
        path = Path(self.filepath)
        if path.suffix == self._suffix():
            return False
        self.filepath = str(path.with_suffix(self._suffix()))  # it follows the settings in the file browser
        return True

    def draw(self, context):
        layout = self.layout
        layout.use_property_split, layout.use_property_decorate = True, False
        if self.format in FORMATS and FORMATS[self.format].can_embed:
            layout.prop(self, "textures")
        if self.format in FORMATS and FORMATS[self.format].can_move:
            layout.prop(self, "animation")

    def execute(self, context):
        built, path = result_objects.target_of(context), Path(bpy.path.abspath(self.filepath))
        try:
            if not self.filepath:
                raise UserError("No file is named. Choose one.")
            written, lost = self._write(built, path)
        except UserError as error:
            self.report({"ERROR"}, translated(error))
            return {"CANCELLED"}
        for text in lost:
            self.report({"WARNING"}, translated(text))
        self.report({"INFO"}, translated(f"Written to {written}"))
        return {"FINISHED"}

    def _write(self, built: bpy.types.Object, path: Path) -> tuple[Path, list[str]]:
        if self.format == _SPLATS:
            return export_files.copy_splats(built, path), []
        return export_files.export(built, path, FORMATS[self.format], self.textures == _EMBED, self.animation)

    def _suffix(self) -> str:
        return ".ply" if self.format == _SPLATS else FORMATS[self.format].suffixes[self.textures == _BESIDE]


class LIKENESS_OT_export_splats(bpy.types.Operator):
    """Save the 3D Gaussians that the selected result was made from, for splat viewers and other programs (.ply)"""

    bl_idname = "likeness.export_splats"
    bl_label = "Export Splats"

    filepath: bpy.props.StringProperty(
        name="File", description="The file for the splats", subtype="FILE_PATH", options={"SKIP_SAVE"}
    )
    check_existing: bpy.props.BoolProperty(
        name="Check", description="Warn before a file is overwritten", default=True, options={"HIDDEN", "SKIP_SAVE"}
    )
    filter_glob: bpy.props.StringProperty(
        name="Shown", description="Endings of the files to choose from", default="*.ply",
        options={"HIDDEN", "SKIP_SAVE"},
    )  # fmt: skip

    @classmethod
    def poll(cls, context):
        why = result_objects.why_without_folder(context)
        if not why and not export_files.has_splats(result_objects.target_of(context)):
            why = "The result has no splats: generate it with the method Gaussians"
        return not why or cls.poll_message_set(translated(why)) or False

    def invoke(self, context, event):
        if not self.filepath:
            self.filepath = str(default_path(result_objects.target_of(context), ".ply"))
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        path = Path(bpy.path.abspath(self.filepath))
        try:
            written = export_files.copy_splats(result_objects.target_of(context), path)
        except UserError as error:
            self.report({"ERROR"}, translated(error))
            return {"CANCELLED"}
        self.report({"INFO"}, translated(f"Written to {written}"))
        return {"FINISHED"}


def default_path(built: bpy.types.Object, suffix: str) -> Path:
    """A file named after the object, beside the .blend, or in the user's folder where there is none yet."""
    folder = Path(bpy.data.filepath).parent if bpy.data.filepath else Path.home()
    return folder / (bpy.path.clean_name(built.name) + suffix)


CLASSES = (LIKENESS_OT_export, LIKENESS_OT_export_splats)
