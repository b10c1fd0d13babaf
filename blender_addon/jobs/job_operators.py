"""Pausing, finishing and stopping the job that runs, and the order of those that wait."""

import bpy

from ..panel import redraw_sidebars
from ..settings import choices
from ..translations.language import translated
from . import job, waiting

DISCARD, KEEP, GO_ON = "DISCARD", "KEEP", "GO_ON"
CHOICES = {
    DISCARD: ("Stop and Discard", "Stop at once; the scene stays as it is"),
    KEEP: ("Stop and Keep the Best So Far", "Refine no further; the result is made of what there is, and imported"),
    GO_ON: ("Go On", "Let the job run"),
}


class LIKENESS_OT_cancel(bpy.types.Operator):
    """Stop what is under way; the scene stays as it is"""

    bl_idname = "likeness.cancel"
    bl_label = "Cancel"

    choice: bpy.props.EnumProperty(
        name="Choice", description="What becomes of what there is so far", items=choices(CHOICES, tuple(CHOICES)),
        options={"SKIP_SAVE", "HIDDEN"},
    )  # fmt: skip

    @classmethod
    def poll(cls, context):
        return not job.is_idle() or cls.poll_message_set("Nothing is under way")

    def invoke(self, context, event):
        if not job.current().can_finish or job.current().finishing:
            return self.execute(context)
        return bpy.ops.wm.call_menu(name="LIKENESS_MT_cancel")

    def execute(self, context):
        if self.choice == DISCARD:
            job.current().cancel()
        elif self.choice == KEEP:
            job.current().finish()
        return {"FINISHED"}


class LIKENESS_MT_cancel(bpy.types.Menu):
    """What becomes of what there is so far"""

    bl_label = "Stop the fit?"

    def draw(self, context):
        self.layout.operator_context = "EXEC_DEFAULT"
        for choice, icon in ((GO_ON, "PLAY"), (KEEP, "CHECKMARK"), (DISCARD, "CANCEL")):  # a double click does no harm
            self.layout.operator("likeness.cancel", text=CHOICES[choice][0], icon=icon).choice = choice


class LIKENESS_OT_pause_job(bpy.types.Operator):
    """Let the job wait at its next step; it needs no processor until it goes on"""

    bl_idname = "likeness.pause_job"
    bl_label = "Pause"

    @classmethod
    def poll(cls, context):
        running = job.current()
        if running is None or not running.under_way:
            return cls.poll_message_set("Nothing is under way") or False
        return not running.paused or cls.poll_message_set("It is paused already")

    def execute(self, context):
        job.current().pause()
        return {"FINISHED"}


class LIKENESS_OT_resume_job(bpy.types.Operator):
    """Let the paused job go on"""

    bl_idname = "likeness.resume_job"
    bl_label = "Resume"

    @classmethod
    def poll(cls, context):
        running = job.current()
        return (running is not None and running.paused) or cls.poll_message_set("Nothing is paused")

    def execute(self, context):
        job.current().resume()
        return {"FINISHED"}


class LIKENESS_OT_finish_job(bpy.types.Operator):
    """Refine no further: the result is made of what there is so far, and imported as usual"""

    bl_idname = "likeness.finish_job"
    bl_label = "Stop and Keep the Best So Far"

    @classmethod
    def poll(cls, context):
        running = job.current()
        if running is None or not running.can_finish:
            return cls.poll_message_set("No fit is under way") or False
        return not running.finishing or cls.poll_message_set("It is about to end already")

    def execute(self, context):
        job.current().finish()
        return {"FINISHED"}


class _WaitingOperator:
    """An operator for one of the jobs that wait."""

    index: bpy.props.IntProperty(
        name="Number", description="Which of the waiting jobs, counted from 0", default=0, min=0,
        options={"SKIP_SAVE"},
    )  # fmt: skip

    @classmethod
    def poll(cls, context):
        return bool(waiting.tasks()) or cls.poll_message_set("No job waits")

    def execute(self, context):
        try:
            self._change()
        except IndexError:
            self.report({"ERROR"}, translated(f"There is no waiting job {self.index}. {len(waiting.tasks())} wait."))
            return {"CANCELLED"}
        redraw_sidebars()
        return {"FINISHED"}


class LIKENESS_OT_remove_waiting(_WaitingOperator, bpy.types.Operator):
    """Take this job out of the queue"""

    bl_idname = "likeness.remove_waiting"
    bl_label = "Remove from Queue"

    def _change(self) -> None:
        waiting.remove(self.index)


class LIKENESS_OT_move_waiting(_WaitingOperator, bpy.types.Operator):
    """Let this job begin before the one above it"""

    bl_idname = "likeness.move_waiting"
    bl_label = "Move Up"

    def _change(self) -> None:
        waiting.move(self.index, max(0, self.index - 1))


CLASSES = (
    LIKENESS_OT_cancel, LIKENESS_MT_cancel, LIKENESS_OT_pause_job, LIKENESS_OT_resume_job, LIKENESS_OT_finish_job,
    LIKENESS_OT_remove_waiting, LIKENESS_OT_move_waiting,
)  # fmt: skip
