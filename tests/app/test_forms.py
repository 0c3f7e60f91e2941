"""Every edit has a form, and what does not fit its fields is refused in one line."""

from __future__ import annotations

import inspect
import re
from importlib.resources import files

import pytest

from dance_xai.app.forms import OPERATIONS, checked, forms_tree
from dance_xai.errors import DataError

FORMS = {form["operation"]: form for form in forms_tree()}
BUILT = set(re.findall(r"^  (\w+)(?:\(|: )", (files("dance_xai.app") / "static" / "fields.js").read_text(), re.M))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_argument_of_every_edit_is_a_field_that_the_page_can_build(operation):
    form = FORMS[operation]
    wanted = [
        (one.name, one.default is not one.empty)
        for one in inspect.signature(OPERATIONS[operation]).parameters.values()
        if one.kind is one.KEYWORD_ONLY
    ]
    assert [(field["name"], field["optional"]) for field in form["fields"]] == wanted
    assert {field["type"] for field in form["fields"]} <= BUILT | {"pairs"}
    assert form["does"].endswith(".") and "\n" not in form["does"]


def test_fields_know_what_they_name():
    types = {name: {field["name"]: field["type"] for field in form["fields"]} for name, form in FORMS.items()}
    assert types["resolve"] == {
        "only": "kinds",
        "forbid": "pairs",
        "positive": "pairs",
        "negative": "pairs",
        "lam": "number",
        "nec": "number",
    }
    assert types["split"] == {"concept": "concept", "halves": "halves", "names": "texts"}
    assert types["add_class"]["label"] == "text" and types["drop_class"]["label"] == "class"
    assert FORMS["change_weight"]["fields"][2]["choices"] == ["set", "add", "scale"]


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("set_activation", {"concept": "x", "value": "1"}),
        ("set_activation", {"concept": 3, "value": 1.0}),
        ("set_activation", {"concept": "x", "value": True}),
        ("set_activation", {"nonsense": 1}),
        ("change_weight", {"change": "halve"}),
        ("ablate", {"concepts": "x"}),
        ("ablate", {"concepts": [["x"]]}),
        ("resolve", {"forbid": [["a"]]}),
        ("resolve", {"forbid": ["ab"]}),
        ("resolve", {"forbid": [["a", "b", "c"]]}),
        ("resolve", {"lam": "small"}),
        ("split", {"halves": [["a"]]}),
        ("split", {"names": ["a", "b", "c"]}),
        ("add_class", {"most": 1.5}),
    ],
)
def test_what_does_not_fit_is_refused(operation, arguments):
    with pytest.raises(DataError, match=f"^{operation}: expected") as told:
        checked(operation, arguments)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("set_activation", {"concept": "x", "value": 1}),
        ("resolve", {"only": ["motion"], "forbid": [["*", "a"]], "lam": None, "nec": 3}),
        ("split", {"concept": "x", "halves": [["a", "b"], ["c", "d"]], "names": None}),
        ("change_weight", {"label": "a", "concept": "b", "change": "add", "value": -0.5}),
    ],
)
def test_what_fits_passes_as_it_is(operation, arguments):
    assert checked(operation, arguments) is arguments
