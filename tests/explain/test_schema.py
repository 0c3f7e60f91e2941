import json
from dataclasses import replace

import numpy as np
import pytest
from tests.schema_validation import problems

from dance_xai.explain import explain_clip, json_schema, to_json
from dance_xai.types import (
    ConceptSpan,
    Correction,
    Flip,
    FlipChange,
    MotionTimeline,
    PhraseSeen,
    SetConcept,
    VideoFacts,
    WindowMatch,
)

CURVE = np.array([0.123456, 1.0, 0.5])
TIMELINE = MotionTimeline(
    0, "motion 0", np.array([5.5, 6.5, 9.0]), CURVE, np.array([True, False, True]), 0.4, (ConceptSpan(3, 9, 1.0),)
)


@pytest.fixture
def full(model, x):
    """An explanation with every part filled."""
    told = explain_clip(model, x, clip="a", matches={0: WindowMatch(1, 5, 0.5, True)}, fps=25.0)
    return replace(
        told,
        timelines=(TIMELINE,),
        phrases_seen=(PhraseSeen(4, "object", "object 4", 12, 2.5, -0.25),),
        flip=Flip("class 1", "class 2", (FlipChange(4, "object", "object 4", 1.0, 0.0, 2.0),), 1.5, -0.5),
        video=VideoFacts(40, 25.0, 640, None),
        notes=("phrases_seen: no video",),
        correction=Correction((SetConcept(4, "object", "object 4", 1.0, 0.0),), told.classes),
        fixed=(2,),
    )


@pytest.mark.parametrize(("label", "correct"), [(None, None), ("class 0", False), ("class 1", True)])
def test_json_says_what_the_explanation_says(model, x, label, correct):
    x[:] = 0
    model.head.bias[:] = (0, 1, 0)
    explanation = explain_clip(model, x, clip="a", true_label=label, matches={0: WindowMatch(1, 5, 0.5, True)})
    data = json.loads(json.dumps(to_json(explanation), allow_nan=False))
    assert (data["schema"], data["version"], data["correct"]) == ("dance-xai/explanation", 2, correct)
    assert data["predicted"] == "class 1"
    assert (data["timelines"], data["phrases_seen"], data["flip"], data["video"]) == ([], None, None, None)
    for told, known in zip(data["classes"], explanation.classes, strict=True):
        assert set(told) == {"label", "probability", "logit", "bias", "contributions", "shares"}
        assert (told["label"], told["logit"], told["shares"]) == (known.label, known.logit, known.shares)
        for term, contribution in zip(told["contributions"], known.contributions, strict=True):
            assert set(term) == {"concept", "kind", "name", "activation", "weight", "value", "match"}
            assert term["value"] == contribution.value
            expected = {"start": 1, "stop": 5, "similarity": 0.5, "mirrored": True} if term["concept"] == 0 else None
            assert term["match"] == expected


def test_when_what_and_how_to_flip_are_told(full):
    data = json.loads(json.dumps(to_json(full), allow_nan=False))
    assert data["video"] == {"frames": 40, "fps": 25.0, "width": 640, "height": None}
    assert data["notes"] == ["phrases_seen: no video"]
    told = data["timelines"][0]
    assert (told["centres"], told["similarity"], told["mirrored"]) == (
        [5.5, 6.5, 9.0],
        [0.1235, 1.0, 0.5],
        [True, False, True],
    )
    assert told["spans"] == [{"start": 3, "stop": 9, "similarity": 1.0}] and told["threshold"] == 0.4
    assert data["phrases_seen"] == [
        {"concept": 4, "kind": "object", "name": "object 4", "frame": 12, "score": 2.5, "mean": -0.25}
    ]
    flip = data["flip"]
    assert flip["margin"] - sum(change["gain"] for change in flip["changes"]) == flip["margin_after"]


def test_the_schema_holds_for_full_and_for_bare_explanations(full, model, x):
    for explanation in (full, explain_clip(model, x, clip="a")):
        assert problems(json.loads(json.dumps(to_json(explanation))), json_schema()) == []


def _objects(schema):
    inside = [schema["$defs"][name] for name in schema["$defs"]]
    return [schema, *inside, schema["$defs"]["class"]["properties"]["shares"]]


def test_the_schema_asks_for_every_key_that_is_written(full):
    """Nothing is written that the schema does not describe, and nothing described is optional."""
    schema = json_schema()
    for each in _objects(schema):
        assert sorted(each.get("required", ())) == sorted(each.get("properties", {}))
    written = to_json(full)
    assert set(written) == set(schema["properties"])
    for name, value in (
        ("class", written["classes"][0]),
        ("timeline", written["timelines"][0]),
        ("phrase_seen", written["phrases_seen"][0]),
        ("flip", written["flip"]),
        ("change", written["flip"]["changes"][0]),
        ("video", written["video"]),
        ("span", written["timelines"][0]["spans"][0]),
        ("contribution", written["classes"][0]["contributions"][0]),
    ):
        assert set(value) == set(schema["$defs"][name]["properties"]), name


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda data: data.update(version=1), "$: const"),
        (lambda data: data.pop("flip"), "$: lacks flip"),
        (lambda data: data["flip"].update(margin_after=0.0), "$.flip: exclusiveMaximum"),
        (lambda data: data["video"].update(frames=0), "$.video"),
        (lambda data: data["timelines"][0]["similarity"].append(1.5), "$.timelines[0].similarity[3]: maximum"),
        (lambda data: data["phrases_seen"][0].update(kind="motion"), "$.phrases_seen[0].kind: enum"),
        (lambda data: data["classes"][0]["contributions"][0].pop("match"), "$.classes[0].contributions[0]: lacks"),
        (lambda data: data.update(classes=[]), "$.classes: minItems"),
    ],
)
def test_the_schema_finds_what_is_wrong(full, change, where):
    data = to_json(full)
    change(data)
    found = problems(data, json_schema())
    assert found and any(problem.startswith((where, where.rpartition(":")[0])) for problem in found)
