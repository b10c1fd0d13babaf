"""The panels in German, as Blender itself translates them, and a question mark that is pressed."""

import os
import sys

import bpy

sys.path.insert(0, os.environ["LIKENESS_STAGE"])
import scenes


def scenario(ui):
    view = bpy.context.preferences.view
    view.language = "de_DE"
    view.use_translate_interface = view.use_translate_tooltips = True
    yield from scenes.opening(ui)
    yield from scenes.picture(ui, "panel-german")
    said = scenes.ours("translations.language")
    for english, german in (("Photos & Views", "Fotos & Ansichten"), ("{count} jobs wait", "{count} Aufträge warten")):
        ui.check(said.iface(english) == german, f"{english} is {said.iface(english)}")
    face = bpy.app.translations.pgettext_iface("Face", said.OURS)
    ui.check(face == "Gesicht", f"the face of a person is {face}")
    ui.check("Ordner /gone" in report(ui), f"a report is {report(ui)}")
    yield from ui.click_operator("likeness.help", xs=(0.78,), step=6)
    yield 1.0
    editors = [area for window in bpy.context.window_manager.windows for area in window.screen.areas
               if area.type == "TEXT_EDITOR"]  # fmt: skip
    ui.check(len(editors) == 1 and editors[0].spaces.active.text.name == "Likeness Help", "the help is open")


def report(ui) -> str:
    """What an operator says that fails."""
    try:
        with scenes.window(ui):
            bpy.ops.likeness.add_photos(directory="/gone")
    except RuntimeError as error:
        return str(error)
    return ""
