"""The protocol: what is written is read again, and nothing else is accepted."""

import base64
import dataclasses
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend import protocol
from backend.errors import UserError
from backend.protocol import (
    CHOICES,
    AnimateRequest,
    FitRequest,
    ProtocolError,
    RefitRequest,
    RenderRequest,
    from_line,
    to_line,
)
from backend.request import REFIT_CHOICES, RENDER_CHOICES, from_job_file, to_job_file

text = st.text(min_size=1).filter(str.strip)
number = st.floats(allow_nan=False, allow_infinity=False)
requests = st.builds(
    FitRequest, capture=text, out=text, head_model=text, views=st.lists(text).map(tuple),
    face=st.none() | st.integers(0, 9), seed=st.integers(0, 2**32 - 1), time_limit=st.none() | st.floats(0.1, 1e6),
    **{name: st.sampled_from(choices) for name, choices in CHOICES.items()},
)  # fmt: skip
refits = st.lists(st.tuples(text, st.floats(0, 10)), min_size=1).flatmap(
    lambda views: st.builds(
        RefitRequest, result=text, out=st.just("") | text, views=st.just(tuple(name for name, _ in views)),
        weights=st.sampled_from([(), tuple(weight for _, weight in views)]), rebuild=st.booleans(),
        preset=st.just("") | st.sampled_from(CHOICES["preset"]),
        **{name: st.sampled_from(choices) for name, choices in REFIT_CHOICES.items()},
    )
)  # fmt: skip
renders = st.builds(
    RenderRequest, result=text, out=text, turntable=st.none() | st.integers(1, 10_000), cameras=st.none(),
    size=st.none() | st.integers(16, 8192), fps=st.integers(1, 240),
    **{name: st.sampled_from(choices) for name, choices in RENDER_CHOICES.items()},
)  # fmt: skip
animations = st.builds(
    AnimateRequest, result=text, frames=text, out=text.map("{}.csv".format), fps=st.none() | st.floats(1, 240)
)
messages = st.one_of(
    st.builds(protocol.Accepted, text),
    st.builds(protocol.Stage, text, st.integers(), st.integers()),
    st.builds(protocol.Progress, number, st.none() | number),
    st.builds(protocol.Preview, text),
    st.builds(protocol.InterimMesh, text),
    st.builds(protocol.Warning, text),
    st.builds(protocol.Result, text),
    st.builds(protocol.Failed, text, st.booleans(), st.text()),
    st.builds(protocol.Cancelled),
    st.builds(protocol.Fit, requests, text),
    st.builds(protocol.Refit, refits, text),
    st.builds(protocol.Render, renders, text),
    st.builds(protocol.Animate, animations, text),
    st.builds(protocol.Pause),
    st.builds(protocol.Resume),
    st.builds(protocol.Finish),
    st.builds(protocol.Cancel),
    st.builds(protocol.File, text, st.binary().map(lambda data: base64.b64encode(data).decode()), st.booleans()),
    st.builds(protocol.Describe),
    st.builds(
        protocol.About, text, text, text, text, st.lists(text).map(tuple), st.lists(text).map(tuple), number,
        st.lists(text).map(tuple),
    ),
)  # fmt: skip


@given(messages)
def test_every_message_survives_the_line(message):
    line = to_line(message)
    assert line.endswith("\n") and line.count("\n") == 1 and line.isascii()
    assert from_line(line) == message


@given(requests | renders | animations)
def test_a_request_survives_the_job_file(request):
    assert from_job_file(json.loads(json.dumps(to_job_file(request)))) == request.validate()


@given(requests)
def test_a_job_file_without_a_command_is_a_fit(request):
    assert from_job_file(request.to_json()) == request


@pytest.mark.parametrize("command", ["redo", None, 3, ["fit"]])
def test_a_foreign_command_is_named(command):
    with pytest.raises(ProtocolError, match="Unknown command"):
        from_job_file({**FitRequest("a", "b").to_json(), "command": command})


def altered(message, **values):
    return json.dumps({**json.loads(to_line(message)), **values})


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("Module loaded in 3 s", "Not a line of JSON"),
        ("[1, 2]", "must be a JSON object"),
        ("{}", "speaks protocol None"),
        (altered(protocol.Cancel(), likeness=2), "speaks protocol 2"),
        (altered(protocol.Cancel(), kind="redo"), "Unknown kind of message 'redo'"),
        (altered(protocol.Cancel(), kind=["fit"]), "Unknown kind of message"),
        (altered(protocol.Cancel(), hurry=True), "unknown fields: hurry"),
        ('{"likeness": 1, "kind": "stage", "name": "Bake"}', "lacks the fields: index, count"),
        (altered(protocol.Stage("Bake", 0, 5), index="0"), "stage.index has the wrong type"),
        (altered(protocol.Stage("Bake", 0, 5), index=True), "stage.index has the wrong type"),
        (altered(protocol.Progress(0.5), fraction=None), "progress.fraction has the wrong type"),
        (altered(protocol.Fit(FitRequest("a", "b"), "j"), request={"capture": "a", "out": "b", "views": "x"}), "views"),
        (altered(protocol.Fit(FitRequest("a", "b"), "j"), request="photos"), "must be a JSON object"),
    ],
)
def test_a_foreign_line_is_named_for_what_is_wrong(line, complaint):
    with pytest.raises(ProtocolError, match=complaint):
        from_line(line)


@pytest.mark.parametrize(
    ("values", "advice"),
    [
        ({"capture": " "}, "Give a photo, a folder of photos or a transforms.json"),
        ({"out": ""}, "--out DIR"),
        ({"preset": "ultra"}, "Use one of: preview, standard, high"),
        ({"subject": ""}, "Use one of: head, object"),
        ({"face": -1}, "beginning with 0"),
        ({"seed": -1}, "whole number from 0"),
        ({"time_limit": 0.0}, "seconds above 0"),
        ({"time_limit": math.nan}, "seconds above 0"),
        ({"time_limit": math.inf}, "seconds above 0"),
        ({"views": ("000", "")}, "single commas"),
    ],
)
def test_a_bad_value_is_refused_with_advice(values, advice):
    request = dataclasses.replace(FitRequest("photos", "out"), **values)
    with pytest.raises(UserError, match=advice):
        request.validate()


@pytest.mark.parametrize(
    ("values", "advice"),
    [
        ({"result": ""}, "folder that a fit has written"),
        ({"views": ()}, "--views 000,001,002"),
        ({"views": ("000", "")}, "--views 000,001,002"),
        ({"weights": (1.0,)}, "1 weights for 2 views"),
        ({"weights": (1.0, -1.0)}, "below 0"),
        ({"weights": (1.0, math.nan)}, "below 0"),
        ({"preset": "ultra"}, "Use one of: preview, standard, high"),
        ({"texture": "plain"}, "Use one of: photo, albedo"),
        ({"device": "tpu"}, "Use one of: auto, cpu, cuda"),
        ({"time_limit": 0.0}, "seconds above 0"),
    ],
)
def test_a_bad_value_of_a_refit_is_refused_with_advice(values, advice):
    request = dataclasses.replace(RefitRequest("result", ("000", "001")).validate(), **values)
    with pytest.raises(UserError, match=advice):
        request.validate()


@pytest.mark.parametrize(
    ("values", "advice"),
    [
        ({"result": ""}, "folder that a fit has written"),
        ({"out": " "}, "DIR|FILE.mp4"),
        ({"of": "splats"}, "Use one of: auto, mesh, field"),
        ({"device": "tpu"}, "Use one of: auto, cpu, cuda"),
        ({"turntable": 0}, "1 to 10000 frames"),
        ({"turntable": 8, "cameras": "transforms.json"}, "exclude one another"),
        ({"cameras": ""}, "leave it out for a turntable"),
        ({"size": 8}, "16 to 8192 pixels"),
        ({"fps": 0}, "frames a second"),
    ],
)
def test_a_bad_value_of_a_render_is_refused_with_advice(values, advice):
    request = dataclasses.replace(RenderRequest("result", "out"), **values)
    with pytest.raises(UserError, match=advice.replace("|", r"\|")):
        request.validate()


@pytest.mark.parametrize(
    ("values", "advice"),
    [
        ({"result": ""}, "folder that a fit has written"),
        ({"frames": " "}, "a video, or a folder"),
        ({"out": ""}, "--out FILE.csv"),
        ({"out": "take.fbx"}, "ends in .csv"),
        ({"fps": 0.0}, "1 to 240 frames a second"),
        ({"fps": math.nan}, "frames a second"),
    ],
)
def test_a_bad_value_of_an_animation_is_refused_with_advice(values, advice):
    request = dataclasses.replace(AnimateRequest("result", "take.mp4", "take.CSV").validate(), **values)
    with pytest.raises(UserError, match=advice):
        request.validate()


@pytest.mark.parametrize(("out", "is_video"), [("a.mp4", True), ("A.MP4", True), ("mp4", False), ("a.mp4/b", False)])
def test_the_name_tells_a_video_from_a_folder(out, is_video):
    assert RenderRequest("result", out).is_video == is_video


def test_numbers_that_json_cannot_carry_are_refused_at_the_writer():
    with pytest.raises(ValueError, match="JSON compliant"):
        to_line(protocol.Progress(math.nan))


def test_every_kind_of_event_and_command_has_a_name():
    assert set(protocol._NAMES) == set(protocol.Event.__args__) | set(protocol.Command.__args__)
