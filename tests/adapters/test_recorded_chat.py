"""A record answers as the model did, and grows by whole lines only."""

from __future__ import annotations

import json

import pytest

from dance_xai.adapters.chat_model import Completion
from dance_xai.adapters.recorded_chat import RecordedChat
from dance_xai.errors import DanceError, ProposalError
from dance_xai.protocols import ChatModel


class Live:
    """Answers with what was asked; ``asked`` lists it."""

    def __init__(self, failing_after=None):
        self.asked, self.failing_after = [], failing_after

    def complete(self, prompt, *, sample, attempt):
        if len(self.asked) == self.failing_after:
            raise ProposalError("the server is gone")
        self.asked.append((prompt, sample, attempt))
        return Completion(f"{prompt}/{sample}/{attempt}\n\u2028é\ud800", "plain", "stop", 3, 4)


QUESTIONS = [("a", 0, 0), ("a", 1, 0), ("b", 0, 0), ("b", 0, 1), ("ü\n", 0, 0)]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "new" / "record.jsonl"


def recorded(path, live=None, **settings):
    return RecordedChat(path, "m", settings or {"temperature": 0.7}, live)


def ask_all(chat):
    return [chat.ask(prompt, sample=sample, attempt=attempt) for prompt, sample, attempt in QUESTIONS]


def failure(chat, prompt="a"):
    with pytest.raises(DanceError) as caught:
        chat.ask(prompt, sample=0)
    assert "\n" not in str(caught.value)
    assert "record" in str(caught.value)
    return str(caught.value)


def test_a_second_run_asks_nothing_and_leaves_the_file_alone(path):
    live = Live()
    first = ask_all(recorded(path, live))
    data = path.read_bytes()
    assert live.asked == QUESTIONS
    again = Live(failing_after=0)
    assert ask_all(recorded(path, again)) == ask_all(recorded(path)) == first
    assert path.read_bytes() == data


def test_replay_touches_no_network(path, no_network):
    ask_all(recorded(path, Live()))
    ask_all(recorded(path))


def test_one_object_a_line_with_question_and_answer(path):
    ask_all(recorded(path, Live()))
    lines = [json.loads(line) for line in path.read_text(encoding="ascii").split("\n")[:-1]]
    assert [(line["prompt"], line["sample"], line["attempt"]) for line in lines] == QUESTIONS
    assert set(lines[0]) == set(
        "prompt_sha256 model sample attempt settings prompt text form finish prompt_tokens answer_tokens".split()
    )
    assert lines[0]["text"] == "a/0/0\n\u2028é\ud800"


def test_knows_what_it_has(path):
    chat = recorded(path, Live())
    assert isinstance(chat, ChatModel)
    assert not chat.knows("a", sample=0)
    assert not path.exists()
    chat.ask("a", sample=0)
    assert chat.knows("a", sample=0)
    assert not chat.knows("a", sample=1)
    assert not chat.knows("a", sample=0, attempt=1)
    assert not recorded(path, temperature=0.5).knows("a", sample=0)
    assert not RecordedChat(path, "another", {"temperature": 0.7}).knows("a", sample=0)


def test_settings_compare_whatever_their_order(path):
    recorded(path, Live(), x=1, y=2).ask("a", sample=0)
    assert recorded(path, None, y=2, x=1).knows("a", sample=0)


def test_a_run_that_dies_goes_on_where_it_was(path):
    with pytest.raises(ProposalError, match="gone"):
        ask_all(recorded(path, Live(failing_after=2)))
    live = Live()
    ask_all(recorded(path, live))
    assert live.asked == QUESTIONS[2:]
    whole = path.read_bytes()
    path.unlink()
    ask_all(recorded(path, Live()))
    assert path.read_bytes() == whole


def test_a_half_line_of_a_killed_run_is_dropped_wherever_it_ends(path):
    ask_all(recorded(path, Live()))
    whole = path.read_bytes()
    start = whole.rstrip(b"\n").rfind(b"\n") + 1
    for end in range(start, len(whole), 7):
        path.write_bytes(whole[:end])
        assert not recorded(path).knows(QUESTIONS[-1][0], sample=0)
        live = Live()
        ask_all(recorded(path, live))
        assert live.asked == QUESTIONS[-1:]
        assert path.read_bytes() == whole


def test_a_half_first_line_leaves_an_empty_record(path):
    path.parent.mkdir()
    path.write_bytes(b'{"prompt_sha')
    recorded(path, Live()).ask("a", sample=0)
    assert path.read_bytes().startswith(b'{"prompt_sha256"')
    assert recorded(path).knows("a", sample=0)


def test_a_record_without_an_answer_does_not_stay(path):
    with pytest.raises(ProposalError, match="gone"):
        recorded(path, Live(failing_after=0)).ask("a", sample=0)
    assert not path.exists()


def test_an_answer_is_kept_although_another_run_with_this_record_found_none(path):
    class Slow(Live):
        def complete(self, prompt, *, sample, attempt):
            with pytest.raises(ProposalError, match="gone"):
                recorded(path, Live(failing_after=0)).ask("b", sample=0)
            return super().complete(prompt, sample=sample, attempt=attempt)

    recorded(path, Slow()).ask("a", sample=0)
    assert recorded(path).knows("a", sample=0)


def test_the_first_of_two_answers_counts(path):
    recorded(path, Live()).ask("a", sample=0)
    other = path.read_text().replace("a/0/0", "other")
    path.write_text(path.read_text() + other)
    assert recorded(path).ask("a", sample=0).startswith("a/0/0")


def test_what_replay_lacks_is_named(path):
    ask_all(recorded(path, Live()))
    message = failure(recorded(path), "unknown")
    assert "recorded answer of 'm' (sample 1, try 1, prompt " in message
    assert "got none; replay with" in message


@pytest.mark.parametrize(
    "line", ["not json", "[]", "3", '{"text": "x"}', "", '{"a":' * 100_000, "\udcff"], ids=range(7)
)
def test_a_damaged_line_is_named(path, line):
    ask_all(recorded(path, Live()))
    first, rest = path.read_bytes().split(b"\n", 1)
    path.write_bytes(first + b"\n" + line.encode("utf-8", "surrogateescape") + b"\n" + rest)
    message = failure(recorded(path, Live()))
    assert "line 2: expected a recorded answer" in message
    assert len(message) < 400


@pytest.mark.parametrize(
    ("name", "value"), [("text", 3), ("model", None), ("sample", "first"), ("attempt", 0.5), ("settings", [])]
)
def test_an_answer_of_other_types_is_damaged(path, name, value):
    recorded(path, Live()).ask("a", sample=0)
    tree = json.loads(path.read_text())
    path.write_text(json.dumps({**tree, name: value}) + "\n")
    assert f"{name} is not a" in failure(recorded(path))


def test_a_place_that_cannot_be_written_is_said_before_the_model_is_asked(tmp_path):
    (tmp_path / "record").write_text("")
    live = Live()
    failure(recorded(tmp_path / "record" / "x.jsonl", live))
    (tmp_path / "record.jsonl").mkdir()
    failure(recorded(tmp_path / "record.jsonl", live))
    assert live.asked == []
