"""Bringing a performance onto a head: from a recording, or from a film of the person."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import bpy

from ..jobs import follow, task
from ..link import LikenessError, UserError, protocol
from ..results.result_import import push_undo
from ..setup import preferences
from ..translations.language import translated
from . import expressions, face_action, face_capture, head_object

CSV = "performance.csv"  # in the folder of the job
MAX_FPS = 240.0


class LIKENESS_OT_import_face_capture(expressions.HeadOperator, bpy.types.Operator):
    """Animate the selected head by a recording of Live Link Face (CSV with ARKit's names)"""

    bl_idname = "likeness.import_face_capture"
    bl_label = "Import Face Capture"

    filepath: bpy.props.StringProperty(
        name="File", description="The recording", subtype="FILE_PATH", options={"SKIP_SAVE"}
    )
    filter_glob: bpy.props.StringProperty(
        name="Shown", description="Endings of the files to choose from", default="*.csv",
        options={"HIDDEN", "SKIP_SAVE"},
    )  # fmt: skip
    start_frame: bpy.props.IntProperty(name="Start Frame", description="Where the recording begins", default=1)
    fps: bpy.props.FloatProperty(
        name="Frame Rate", description="Frames a second of the recording; 0: as its timecode tells, or else 60",
        default=0.0, min=0.0, max=MAX_FPS,
    )  # fmt: skip

    def invoke(self, context, event):
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        try:
            recorded = face_capture.load(Path(bpy.path.abspath(self.filepath)), self.fps or None)
            face_action.apply(head_object.head_of(context), recorded, context.scene, self.start_frame)
        except UserError as error:
            self.report({"ERROR"}, translated(error))
            return {"CANCELLED"}
        text = f"{len(recorded.times)} frames, {len(recorded.keys)} keys, {recorded.times[-1]:.1f} s"
        self.report({"INFO"}, translated(text))
        return {"FINISHED"}


class LIKENESS_OT_capture_performance(bpy.types.Operator):
    """Read the expressions of the person in a video, or in a folder of its frames, in the background, and animate the
    selected head by them"""

    bl_idname = "likeness.capture_performance"
    bl_label = "Animate from Video"

    filepath: bpy.props.StringProperty(
        name="Video", description="A video, or a folder of its frames", subtype="FILE_PATH", options={"SKIP_SAVE"}
    )
    directory: bpy.props.StringProperty(
        name="Frames", description="A folder of frames, where no video is given", subtype="DIR_PATH",
        options={"SKIP_SAVE"},
    )  # fmt: skip
    filter_movie: bpy.props.BoolProperty(
        name="Show videos", description="Show videos", default=True, options={"HIDDEN", "SKIP_SAVE"}
    )
    filter_image: bpy.props.BoolProperty(
        name="Show photos", description="Show pictures", default=True, options={"HIDDEN", "SKIP_SAVE"}
    )
    filter_folder: bpy.props.BoolProperty(
        name="Show folders", description="Show folders", default=True, options={"HIDDEN", "SKIP_SAVE"}
    )
    start_frame: bpy.props.IntProperty(name="Start Frame", description="Where the animation begins", default=1)
    fps: bpy.props.FloatProperty(
        name="Frame Rate", description="Frames a second; 0: the video's own, or 30 for a folder",
        default=0.0, min=0.0, max=MAX_FPS,
    )  # fmt: skip
    wait: bpy.props.BoolProperty(
        name="Wait", description="Return when the animation is there; always so without a window",
        options={"SKIP_SAVE", "HIDDEN"},
    )  # fmt: skip

    @classmethod
    def poll(cls, context):
        head = head_object.head_of(context)
        made = head is not None and "likeness_result" in head
        return made or cls.poll_message_set("Select a head of a result, with expressions")

    def invoke(self, context, event):
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        head = head_object.head_of(context)
        frames = bpy.path.abspath(self.filepath or self.directory)
        try:
            backend = preferences.find_backend()
            folder = task.new_folder(context.scene)
            order = protocol.AnimateRequest(
                head["likeness_result"], frames, str(folder / CSV), self.fps or None
            ).validate()
            steps = partial(animate_steps, head.name, self.start_frame)
            return follow.start_or_queue(self, task.make(backend, order, folder, steps, load_csv))
        except UserError as error:
            self.report({"ERROR"}, translated(error))
            return {"CANCELLED"}


def load_csv(path: Path) -> tuple[Path, face_capture.FaceCapture]:
    """What the job's thread reads."""
    return path, face_capture.load(path)


def animate_steps(name: str, start: int, where: Path, recorded: face_capture.FaceCapture) -> Iterator[str]:
    """Put a recording onto the head of that name; ends with one undo step."""
    yield "Importing the animation"
    head = bpy.data.objects.get(name)
    if head is None or not head_object.is_head(head):
        raise LikenessError(f"The head {name} is gone. The animation is kept in {where}: import it to another head.")
    face_action.apply(head, recorded, bpy.context.scene, start)
    push_undo()


CLASSES = (LIKENESS_OT_import_face_capture, LIKENESS_OT_capture_performance)
