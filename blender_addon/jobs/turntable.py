"""Drawing a turn around a result, to a video or to pictures."""

from pathlib import Path

import bpy

from ..link import UserError, protocol
from ..rigs import head_object
from ..settings import DRAWN, choices
from ..setup import preferences
from ..translations.language import translated
from . import follow, task


class LIKENESS_OT_render_turntable(bpy.types.Operator):
    """Draw a full turn around the selected result as a video, in the background"""

    bl_idname = "likeness.render_turntable"
    bl_label = "Render Turntable"

    filepath: bpy.props.StringProperty(
        name="File", description="A video that ends in .mp4, or a folder for pictures with transparency; "
        "empty: beside the .blend, or beside the result", subtype="FILE_PATH", options={"SKIP_SAVE"},
    )  # fmt: skip
    filter_glob: bpy.props.StringProperty(
        name="Shown", description="Endings of the files to choose from", default="*.mp4",
        options={"HIDDEN", "SKIP_SAVE"},
    )  # fmt: skip
    check_existing: bpy.props.BoolProperty(
        name="Check", description="Warn before a file is overwritten", default=True, options={"HIDDEN", "SKIP_SAVE"}
    )
    frames: bpy.props.IntProperty(
        name="Frames", description="Pictures of the full turn; a video shows 24 of them in a second",
        default=protocol.TURNTABLE, min=1, max=protocol.MAX_FRAMES,
    )  # fmt: skip
    size: bpy.props.IntProperty(
        name="Size", description="Pixels of the longer side; 0: that of the photos, at most 1024",
        default=0, min=0, max=protocol.MAX_SIZE,
    )  # fmt: skip
    of: bpy.props.EnumProperty(name="Show", description="What is drawn", items=choices(DRAWN, protocol.DRAWN))
    wait: bpy.props.BoolProperty(
        name="Wait", description="Return when the video is there; always so without a window",
        options={"SKIP_SAVE", "HIDDEN"},
    )  # fmt: skip

    @classmethod
    def poll(cls, context):
        return result_of(context) is not None or cls.poll_message_set("Select the mesh of a result")

    def invoke(self, context, event):
        if not self.filepath:
            self.filepath = str(default_path(context))
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        out = Path(bpy.path.abspath(self.filepath)) if self.filepath else default_path(context)
        try:
            backend = preferences.find_backend()
            order = protocol.RenderRequest(
                str(result_of(context)), str(out), turntable=self.frames, size=self.size or None, of=self.of
            ).validate()
            return follow.start_or_queue(self, task.make(backend, order, task.new_folder(context.scene)))
        except UserError as error:
            self.report({"ERROR"}, translated(error))
            return {"CANCELLED"}


def result_of(context) -> Path | None:
    """The result folder that the active object, or the head that it belongs to, came from."""
    active = head_object.head_of(context) or context.active_object
    return Path(active["likeness_result"]) if active is not None and "likeness_result" in active else None


def default_path(context) -> Path:
    """A video named after the object, beside the .blend, or beside the result where there is no .blend yet."""
    name = f"{bpy.path.clean_name(context.active_object.name)}_turntable{protocol.VIDEO_ENDING}"
    return (Path(bpy.data.filepath) if bpy.data.filepath else result_of(context)).parent / name


CLASSES = (LIKENESS_OT_render_turntable,)
