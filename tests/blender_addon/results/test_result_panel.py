"""The Result and Export panels of a head that is in the scene, and of one whose folder is gone."""

import shutil
from types import SimpleNamespace

import bpy
import pytest

from blender_addon.results import export_panel, exports, result_objects, result_panel
from blender_addon.rigs import head_object


class Noting:
    """Stands for a UILayout: whatever is put into it is noted."""

    def __init__(self, noted: list):
        self.noted = noted

    def __getattr__(self, kind):
        def put(*values, text="", **options):
            self.noted += [value for value in (*values, text) if isinstance(value, str) and value]
            return SimpleNamespace() if kind == "operator" else Noting(self.noted)

        return put


def draw(panel) -> list[str]:
    noted = []
    panel.draw(SimpleNamespace(layout=Noting(noted)), bpy.context)
    return noted


def test_the_panel_tells_of_the_head_whichever_part_is_active(head):
    for part in (head, head.parent, head_object.eyes_of(head)["Left"], bpy.data.objects["a"], None):
        bpy.context.view_layer.objects.active = part
        shown = draw(result_panel.LIKENESS_PT_result)
        assert {"Head", "Textures", "64 × 64", "likeness_color", "likeness.refit"} <= set(shown)
        assert result_panel.LIKENESS_PT_confidence.poll(bpy.context)


def test_below_it_everything_is_closed_until_it_is_asked_for(addon):
    for panel in (result_panel.LIKENESS_PT_confidence, result_panel.LIKENESS_PT_skin, export_panel.LIKENESS_PT_export):
        assert panel.bl_options == {"DEFAULT_CLOSED"}


def test_the_confidence_has_a_switch_and_a_legend(head):
    shown = draw(result_panel.LIKENESS_PT_confidence)
    assert {"likeness_confidence", "Seen in photos", "Mirrored", "Invented"} <= set(shown)
    head.data.materials.clear()
    assert not result_panel.LIKENESS_PT_confidence.poll(bpy.context)


def test_a_folder_that_is_gone_cannot_be_opened(head, rigged_folder):
    assert bpy.ops.likeness.open_result.poll()
    shutil.rmtree(rigged_folder)
    assert not bpy.ops.likeness.open_result.poll()
    with pytest.raises(RuntimeError, match="result folder of Head is gone"):
        bpy.ops.likeness.open_result()
    assert "Head" in draw(result_panel.LIKENESS_PT_result)


def test_every_format_has_its_button(head):
    shown = draw(export_panel.LIKENESS_PT_export)
    assert {"glTF", "FBX", "USD", "OBJ", "likeness.export_splats", "likeness.render_turntable"} <= set(shown)


def test_files_are_named_after_the_head_beside_the_blend(head, tmp_path):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a.blend"))
    assert exports.default_path(bpy.data.objects["Head"], ".glb") == tmp_path / "Head.glb"


def test_a_camera_means_the_head_of_its_result(head, rigged_folder, result_folder):
    bpy.ops.likeness.import_result(directory=str(result_folder))
    other = bpy.context.active_object
    cameras = {camera[result_objects.RESULT]: camera for camera in bpy.data.objects if camera.type == "CAMERA"}
    for built in (bpy.data.objects["Head"], other):
        bpy.context.view_layer.objects.active = cameras[built[result_objects.RESULT]]
        assert result_objects.target_of(bpy.context) == built
