import json

import pytest

from dance_xai.explain import explain_clip, to_json
from dance_xai.types import WindowMatch


@pytest.mark.parametrize(("label", "correct"), [(None, None), ("class 0", False), ("class 1", True)])
def test_json_says_what_the_explanation_says(model, x, label, correct):
    x[:] = 0
    model.head.bias[:] = (0, 1, 0)
    explanation = explain_clip(model, x, clip="a", true_label=label, matches={0: WindowMatch(1, 5, 0.5, True)})
    data = json.loads(json.dumps(to_json(explanation), allow_nan=False))
    assert (data["schema"], data["version"], data["correct"]) == ("dance-xai/explanation", 1, correct)
    assert data["predicted"] == "class 1"
    for told, known in zip(data["classes"], explanation.classes, strict=True):
        assert set(told) == {"label", "probability", "logit", "bias", "contributions", "shares"}
        assert (told["label"], told["logit"], told["shares"]) == (known.label, known.logit, known.shares)
        for term, contribution in zip(told["contributions"], known.contributions, strict=True):
            assert set(term) == {"concept", "kind", "name", "activation", "weight", "value", "match"}
            assert term["value"] == contribution.value
            expected = {"start": 1, "stop": 5, "similarity": 0.5, "mirrored": True} if term["concept"] == 0 else None
            assert term["match"] == expected
