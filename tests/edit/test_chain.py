"""Chains of edits and undos: bit for bit back, the same model when replayed, the same after a round trip to disk."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dance_xai.artifacts import load_noun, save_noun
from dance_xai.artifacts.parts import pack, unpack
from dance_xai.edit import EditChain, content_hash
from dance_xai.edit.operations import BY_HAND, FROM_CLIPS, apply
from dance_xai.errors import ArtifactError, DanceError, DataError
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.types import Edit

Steps = list[tuple[str, int, int, float]]
UNDO_REDO = ("undo", "redo")


def steps_of(*operations: str):
    """Up to six steps, four bytes each: what to do, and which concepts, classes and values to do it with."""
    return st.binary(min_size=4, max_size=24).map(lambda data: [_step(operations, *part) for part in _fours(data)])


def _fours(data: bytes) -> list[bytes]:
    return [data[at : at + 4] for at in range(0, len(data) - 3, 4)]


def _step(operations: tuple[str, ...], what: int, a: int, b: int, value: int) -> tuple[str, int, int, float]:
    return operations[what % len(operations)], a, b, (value - 128) / 40


def arguments_of(model, clips, operation, a, b, value):
    """Arguments that are often possible."""
    concepts = [f"{one.kind}:{one.name}" for one in model.bank.concepts]
    one, two, label = concepts[a % len(concepts)], concepts[b % len(concepts)], model.classes[a % len(model.classes)]
    ids = [clips.ids[(a + 4 * step) % len(clips.ids)] for step in range(4)]
    known = [clip for clip, train in zip(clips.ids, clips.train, strict=True) if train]
    taught = [known[(a + 4 * step) % len(known)] for step in range(4)]
    return {
        "ablate": {"kinds": [], "concepts": [one]},
        "set_activation": {"concept": one, "value": value},
        "swap_activations": {"first": one, "second": two},
        "change_weight": {"label": label, "concept": two, "change": ["set", "add", "scale"][b % 3], "value": value},
        "remove": {"concepts": [one]},
        "rename": {"old": one, "new": f"name {b}"},
        "drop_class": {"label": label},
        "merge": {"first": one, "second": two, "name": f"merged {b}"},
        "split": {"concept": one, "halves": [taught[:2], taught[2:]]},
        "resolve": {"forbid": [[label, one]], "positive": [["*", two]], "lam": 0.05},
        "detach": {"kinds": ["scene"][: a % 2], "sources": [one], "forbid": [["*", two]], "lam": 0.05},
        "add_class": {"label": f"class {b}", "ids": ids, "lam": 0.05},
    }[operation]


def walk(model, clips, steps: Steps):
    """Edit, undo and redo as told, as far as possible; every model on the way by the edits that made it."""
    chain, seen = EditChain.start(model), {(): model}
    for operation, a, b, value in steps:
        current = seen[_key(chain)]
        try:
            if operation in UNDO_REDO:
                chain = getattr(chain, operation)()
                continue
            current, chain = chain.apply(
                current, clips, operation, arguments_of(current, clips, operation, a, b, value)
            )
        except DanceError:
            continue
        seen[_key(chain)] = current
    return chain, seen


def _key(chain: EditChain):
    return tuple((edit.operation, repr(edit.arguments)) for edit in chain.active)


@pytest.fixture(scope="module")
def cases(case):
    return [case(seed) for seed in range(3)]


@settings(max_examples=1000)
@given(seed=st.integers(0, 2), steps=steps_of("undo", "redo", *BY_HAND))
def test_chains_of_edits_by_hand(cases, seed, steps):
    check(*cases[seed], steps)


@settings(max_examples=60)
@given(seed=st.integers(0, 2), steps=steps_of("undo", "redo", *BY_HAND, *FROM_CLIPS, *FROM_CLIPS))
def test_chains_of_all_edits(cases, seed, steps):
    check(*cases[seed], steps)


def check(model, clips, steps):
    """Undone, redone, and packed and replayed, a chain gives the very models it gave on the way."""
    before, x = content_hash(model), clips.inputs
    chain, seen = walk(model, clips, steps)
    current = seen[_key(chain)]
    assert content_hash(current) == chain.content
    again = unpack(EditChain, *pack(chain, "edits"), "edits")
    assert again == chain
    assert again.replay(model, clips).logits(x).tobytes() == current.logits(x).tobytes()
    while chain.position:
        chain = chain.undo()
        assert content_hash(seen[_key(chain)]) == chain.content
    assert chain.replay(model, clips).logits(x).tobytes() == model.logits(x).tobytes()
    assert content_hash(model) == before


def test_a_chain_survives_the_disk(model, clips, tmp_path):
    now, chain = edited(model, clips)
    save_noun(chain, tmp_path / "chain")
    save_noun(model, tmp_path / "model")
    again, base = load_noun(EditChain, tmp_path / "chain"), load_noun(ConceptBottleneck, tmp_path / "model")
    assert again == chain
    assert again.replay(base, clips).logits(clips.inputs).tobytes() == now.logits(clips.inputs).tobytes()
    assert again.undo().redo() == chain and again.undo().content == chain.edits[2].parent


def edited(model, clips):
    chain = EditChain.start(model)
    for operation, arguments in (
        ("rename", {"old": "rope", "new": "string"}),
        ("add_class", {"label": "fly", "ids": list(clips.ids[:9])}),
        ("resolve", {"only": ["motion"]}),
    ):
        model, chain = chain.apply(model, clips, operation, arguments)
    return model, chain


def test_a_new_edit_forgets_what_was_undone(model, clips):
    now, chain = edited(model, clips)
    back = chain.undo().undo()
    assert [edit.operation for edit in back.active] == ["rename"] and len(back.edits) == 3
    current = back.replay(model, clips)
    _, other = back.apply(current, clips, "drop_class", {"label": "jump"})
    assert [edit.operation for edit in other.edits] == ["rename", "drop_class"] and other.position == 2
    assert content_hash(back.redo().redo().replay(model, clips)) == content_hash(now)


def test_the_clips_of_an_added_class_are_learnt_from_when_solving_again(model, clips):
    now, chain = edited(model, clips)
    assert now.classes[-1] == "fly" and now.head.kkt < 1e-8
    rows, labels = chain.clips(clips).training(now)
    assert rows[labels == 4].tolist() == list(range(9))
    assert 0 not in clips.training(model)[0]


def test_there_is_an_end_to_undo_and_redo(model, clips):
    chain = EditChain.start(model)
    with pytest.raises(DataError, match="undo: expected an edit to take back, got none"):
        chain.undo()
    with pytest.raises(DataError, match="redo: expected an edit that was undone, got none"):
        chain.redo()


def test_a_chain_for_another_model_is_refused(model, clips, case):
    _, chain = edited(model, clips)
    other, _ = case(1)
    for call in (lambda: chain.replay(other, clips), lambda: chain.apply(model, clips, "ablate", {"kinds": ["scene"]})):
        with pytest.raises(ArtifactError, match=r"edits: expected the model [0-9a-f]{12}.. they were made for"):
            call()


def test_a_record_that_gives_another_model_is_refused(model, clips):
    _, chain = edited(model, clips)
    rng = np.random.default_rng(0)
    with pytest.raises(ArtifactError, match=r"edit 2 \(add_class\): expected the model .* made from other clips"):
        chain.replay(model, replace(clips, inputs=clips.inputs + rng.normal(size=clips.inputs.shape)))
    forged = replace(chain, edits=(replace(chain.edits[0], arguments={"old": "rope", "new": "cord"}), *chain.edits[1:]))
    with pytest.raises(ArtifactError, match=r"edit 1 \(rename\)"):
        forged.replay(model, clips)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (Edit("polish", {}, ""), "edit 'polish': expected one of ablate, add_class"),
        (Edit("ablate", {"sort": ["scene"]}, ""), "edit 'ablate': expected its own arguments, got .*'sort'"),
        (Edit("rename", {"old": "rope"}, ""), "edit 'rename': expected its own arguments, got missing .*'new'"),
    ],
)
def test_an_unknown_record_is_one_line(model, clips, edit, message):
    with pytest.raises(DataError, match=message):
        apply(model, clips, edit.operation, edit.arguments)


def test_clips_are_checked(clips):
    with pytest.raises(DataError, match="inputs: expected shape"):
        replace(clips, inputs=clips.inputs[1:])
    with pytest.raises(DataError, match="different ids"):
        replace(clips, ids=("a", *clips.ids[:-2], "a"))
