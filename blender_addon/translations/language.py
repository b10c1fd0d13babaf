"""Texts in the language of Blender's interface: what is registered, and what panels and operators ask for.

Blender itself translates names, tooltips and plain labels. What is put together from parts is ours: a text with names
in braces is translated before it is filled (`iface`), a finished sentence is recognized by what stands around its
parts (`translated`), so that errors stay plain English wherever they are raised, and in logs.
"""

import functools
import re

import bpy

from . import german, german_messages

MESSAGES = {"de_DE": german_messages.MESSAGES}  # finished sentences with their parts as {0}, {1}
TEXTS = {"de_DE": german.TEXTS}  # of panels
OURS = "Likeness"  # the context of words that Blender itself translates in another sense, like the face of a mesh
CONTEXTS = "*", "Operator", OURS  # of labels and tooltips, of operators' names, and of those words
_OWNER = __package__
_PART = re.compile(r"\\\{\d\\\}")  # {0} after re.escape


def iface(text: str) -> str:
    """A text of a panel, its {names} still in it, in the interface's language."""
    return bpy.app.translations.pgettext_iface(text)


def translated(sentence: object) -> str:
    """What an error or a report says, in the interface's language; what is no message of ours stays as it is."""
    english, parts = _recognized(str(sentence), bpy.app.translations.locale)
    if not english:
        return str(sentence)
    return bpy.app.translations.pgettext_rpt(english).format(*map(translated, parts))


def catalogue(texts: dict[str, str]) -> dict[tuple[str, str], str]:
    """A language as Blender takes it: (context, English) -> text."""
    return {(context, english): text for english, text in texts.items() for context in CONTEXTS}


def register() -> None:
    """Tell Blender all texts."""
    every = {locale: catalogue(texts | MESSAGES[locale]) for locale, texts in TEXTS.items()}
    bpy.app.translations.register(_OWNER, every)


def unregister() -> None:
    """Take them back."""
    bpy.app.translations.unregister(_OWNER)


@functools.lru_cache(256)  # panels ask at each redraw
def _recognized(sentence: str, locale: str) -> tuple[str, tuple[str, ...]]:
    """The message that this is, and its parts; an empty text where it is none."""
    if sentence in MESSAGES.get(locale, ()):
        return sentence, ()
    for english, pattern in _patterns(locale).items():
        if found := pattern.fullmatch(sentence):
            return english, found.groups()
    return "", ()


@functools.cache
def _patterns(locale: str) -> dict[str, re.Pattern]:
    """English with braces -> what a finished sentence looks like; those with the most fixed words first."""
    with_parts = [english for english in MESSAGES.get(locale, ()) if "{0}" in english]
    with_parts.sort(key=lambda english: -len(re.sub(r"\{\d\}", "", english)))
    return {english: re.compile(_PART.sub("(.+?)", re.escape(english)), re.DOTALL) for english in with_parts}
