"""German is whole, keeps what is put into texts, and is what panels and operators say."""

import re
from types import SimpleNamespace

import bpy
import pytest

from blender_addon.translations import language
from tests.blender_addon.panels import draw_all
from tests.blender_addon.translations import texts

GERMAN = language.TEXTS["de_DE"]
MESSAGES = language.MESSAGES["de_DE"]


@pytest.fixture
def german(monkeypatch):
    """A Blender that speaks German: that of the tests has no languages, so its dictionary is acted."""
    every = GERMAN | MESSAGES

    def lookup(text: str) -> str:
        return every.get(text, text)

    acted = SimpleNamespace(locale="de_DE", pgettext_iface=lookup, pgettext_rpt=lookup)
    monkeypatch.setattr(language, "bpy", SimpleNamespace(app=SimpleNamespace(translations=acted)))
    return lookup


def test_every_name_tooltip_and_choice_has_a_german_text(addon):
    assert texts.of_classes() - GERMAN.keys() == set()


def test_every_text_that_a_panel_draws_has_a_german_one():
    assert texts.of_panels() - GERMAN.keys() - MESSAGES.keys() == set()


def test_every_sentence_of_an_error_or_a_report_has_a_german_one():
    assert texts.said() - MESSAGES.keys() == set()


def test_the_catalogue_holds_nothing_that_is_never_shown(addon):
    paths = (path for path in texts.FOLDER.rglob("*.py") if "translations" not in path.parts)
    sources = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    drawn = texts.of_classes() | texts.of_panels()
    assert [text for text in GERMAN if text not in drawn and f'"{text}"' not in sources] == []


def test_translations_keep_what_is_filled_in():
    def kept(text: str) -> tuple:
        return sorted(re.findall(r"\{\w*\}", text)), text[:1].isspace(), text.endswith((".", "?"))

    assert [english for english, german in (GERMAN | MESSAGES).items() if kept(english) != kept(german)] == []
    assert all(german.strip() for german in (GERMAN | MESSAGES).values())


def test_finished_sentences_are_recognized_with_their_parts(german):
    parts = ["/tmp/Head", "7", "jawOpen", "x.y (z)"]
    told = {english: language.translated(english.format(*parts)) for english in MESSAGES}
    assert told == {english: text.format(*parts) for english, text in MESSAGES.items()}


def test_parts_that_are_messages_are_translated_and_names_are_not(german):
    error = "The faces of Head are not those of the result."
    assert language.translated(f"{error} It was imported as a new object.").startswith("Die Flächen von Head sind")
    assert language.translated("Head, standard, 2 photos") == "Kopf, Standard, 2 Fotos"


def test_what_the_backend_says_stays_as_it_is(german):
    for text in ("No face was found in the photo.", "Head", "", "{0}"):
        assert language.translated(text) == text


def test_words_that_blender_takes_in_another_sense_have_a_context_of_their_own(addon):
    assert bpy.context.scene.likeness.bl_rna.properties["face"].translation_context == language.OURS
    assert bpy.types.LIKENESS_PT_fit.bl_translation_context == language.OURS


def test_english_stays_english(addon):
    for english in MESSAGES:
        assert language.translated(english) == english


def test_panels_speak_german(addon, german, photos):
    bpy.ops.likeness.add_photos(directory=str(photos))
    shown = draw_all(german)
    assert {"Keine Kamera", "Neu aufbauen", "Backend prüfen"} <= set(shown)
    assert not {"No Camera", "Rebuild", "Check the Backend"} & set(shown)


def test_blender_takes_the_catalogue_and_gives_it_back(addon):
    contexts = {context for context, english in language.catalogue(GERMAN) if english == "Add Photos"}
    assert contexts == {"*", "Operator", "Likeness"}
    language.unregister()
    language.register()  # it would raise if it was still there


def test_blender_itself_speaks_german(addon):
    view = bpy.context.preferences.view
    try:
        view.language = "de_DE"
    except TypeError:
        pytest.skip("this bpy comes without languages; tests/real_blender looks at a Blender that has them")
    try:
        view.use_translate_interface = True
        assert language.iface("Photos & Views") == "Fotos & Ansichten"
    finally:
        view.language = "DEFAULT"
