"""A client against a server that misbehaves."""

from __future__ import annotations

import time
from email.utils import formatdate

import pytest
from tests.adapters.chat_server import GOOD, drip, drip_head, flood, hang, raw, reply, running

from dance_xai.adapters.chat_model import ChatOptions, OpenAIChat
from dance_xai.adapters.patience import Patience, Waiter
from dance_xai.errors import ConfigError, DanceError, ProposalError

pytest.importorskip("openai", reason="openai is not installed (extra llm)")
KEY = "sk-very-secret"


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


@pytest.fixture
def server():
    with running() as server:
        yield server


class Time:
    """A clock that moves when somebody sleeps."""

    def __init__(self):
        self.now, self.slept = 0.0, []

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def hours():
    return Time()


def chat(server, hours, *, patience=None, chance=lambda: 0.0, **more):
    patience = patience or Patience()
    waiter = Waiter("the model", patience, lambda: hours.now, hours.sleep, chance)
    url = server if isinstance(server, str) else server.url
    return OpenAIChat("m", {"type": "object"}, url, patience=patience, waiter=waiter, **more)


def failure(client):
    with pytest.raises(DanceError) as caught:
        client.complete("hello")
    assert "\n" not in str(caught.value)
    assert KEY not in str(caught.value)
    return str(caught.value)


def test_one_answer_with_what_the_server_counts(server, hours):
    answer = chat(server, hours).complete("hello", sample=2, attempt=1)
    assert (answer.text, answer.form, answer.finish) == (GOOD, "json_schema", "stop")
    assert (answer.prompt_tokens, answer.answer_tokens) == (11, 7)
    (body,) = server.asked
    assert body["messages"] == [{"role": "user", "content": "hello"}]
    assert (body["model"], body["temperature"], body["seed"], body["max_tokens"]) == ("m", 0.7, 1002, 4000)
    assert body["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    assert hours.slept == []


def test_what_is_none_is_not_sent(server, hours):
    chat(server, hours, options=ChatOptions(temperature=None, seed=None)).complete("hello")
    assert not {"temperature", "seed"} & set(server.asked[0])


def test_429_then_an_answer(server, hours):
    server.will(reply("slow down", status=429), reply("slow down", status=429), reply())
    assert chat(server, hours).complete("hello").text == GOOD
    assert hours.slept == [1.0, 2.0]


def test_pauses_grow_and_are_shortened_by_chance(server, hours):
    server.will(reply("down", status=500))
    message = failure(chat(server, hours, patience=Patience(total=1e4, retries=7, longest_pause=20), chance=lambda: 1))
    assert hours.slept == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]
    assert len(server.asked) == 8
    assert "got status 500 (Error code: 500 - down) in the last of 8 calls over 36 s; try again later" in message


@pytest.mark.parametrize("when", [lambda: "7", lambda: "7.0", lambda: formatdate(time.time() + 7.5, usegmt=True)])
def test_a_pause_that_the_server_asks_for_is_kept(server, hours, when):
    server.will(reply("slow down", status=429, headers=[("Retry-After", when())]), reply())
    assert chat(server, hours).complete("hello").text == GOOD
    assert hours.slept == [pytest.approx(7, abs=1.5)]


@pytest.mark.parametrize("value", ["soon", "nan", "-5"])
def test_a_pause_that_makes_no_sense_is_none(server, hours, value):
    server.will(reply("slow down", status=429, headers=[("Retry-After", value)]), reply())
    assert chat(server, hours).complete("hello").text == GOOD
    assert hours.slept == [1.0]


def test_a_server_that_asks_for_too_long_a_pause_is_left(server, hours):
    server.will(reply("slow down", status=429, headers=[("Retry-After", "61")]))
    message = failure(chat(server, hours))
    assert "asking to wait 61 s; wait, ask for a higher limit" in message
    assert (len(server.asked), hours.slept) == (1, [])


def test_the_total_limit_ends_the_waiting(server, hours):
    server.will(reply("down", status=503))
    failure(chat(server, hours, patience=Patience(total=10.0, retries=100)))
    assert hours.slept == [1.0, 2.0, 4.0]  # a fourth pause of 8 s would end after 10 s


@pytest.mark.parametrize(
    ("status", "advice"),
    [(401, "the key in OPENAI_API_KEY"), (403, "OPENAI_API_KEY"), (404, "base_url"), (413, "another model")],
)
def test_what_does_not_pass_fails_at_once(server, hours, status, advice):
    server.will(reply(f"no, {KEY} will not do", status=status))
    message = failure(chat(server, hours))
    assert f"got status {status}" in message
    assert "no, *** will not do" in message
    assert advice in message
    assert (len(server.asked), hours.slept) == (1, [])


def test_an_empty_account_is_not_waited_for(server, hours):
    server.will(reply({"message": "you exceeded your quota", "code": "insufficient_quota"}, status=429))
    assert "you exceeded your quota" in failure(chat(server, hours))
    assert len(server.asked) == 1


def test_a_server_that_refuses_schemas_is_asked_more_plainly_and_remembered(server, hours):
    no = reply("response_format is not supported", status=400)
    server.will(no, no, reply())
    client = chat(server, hours)
    assert client.complete("hello").form == "plain"
    assert [body.get("response_format", {}).get("type") for body in server.asked] == [
        "json_schema",
        "json_object",
        None,
    ]
    assert client.complete("again").form == "plain"
    assert len(server.asked) == 4


def test_422_counts_as_a_refused_form(server, hours):
    server.will(reply("no json_schema", status=422), reply())
    assert chat(server, hours).complete("hello").form == "json_object"


def forms_asked(server):
    return [body.get("response_format", {}).get("type") for body in server.asked]


def test_other_400s_fail_with_the_words_of_the_server_and_change_nothing(server, hours):
    server.will(reply("not so", status=400), reply("nor so", status=400), reply("no", status=400), reply())
    client = chat(server, hours)
    assert "got status 400 (Error code: 400 - not so)" in failure(client)
    assert (forms_asked(server), hours.slept) == (["json_schema", "json_object", None], [])
    assert client.complete("again").form == "json_schema"


def test_a_400_that_names_another_cause_is_asked_once(server, hours):
    server.will(reply({"message": "must be 1", "param": "temperature"}, status=400), reply())
    client = chat(server, hours)
    message = failure(client)
    assert "must be 1" in message and "takes no temperature" in message and len(server.asked) == 1
    assert client.complete("again").form == "json_schema"


@pytest.mark.parametrize(
    "error",
    [
        {"message": "This model's maximum context length is 8192 tokens", "code": "context_length_exceeded"},
        "the request exceeds the available context size, try increasing it",
        {"message": "prompt is too long", "param": "messages"},
    ],
)
def test_a_prompt_that_is_too_long_is_told_and_changes_nothing(server, hours, error):
    server.will(reply(error, status=400), reply())
    client = chat(server, hours)
    assert "take a model that reads more" in failure(client)
    assert len(server.asked) == 1 and client.complete("again").form == "json_schema"


def test_a_400_that_goes_away_with_another_form_was_for_the_form(server, hours):
    server.will(reply("bad request", status=400), reply())
    client = chat(server, hours)
    assert client.complete("hello").form == client.complete("again").form == "json_object"
    assert forms_asked(server) == ["json_schema", "json_object", "json_object"]


def test_a_form_that_is_refused_in_words_is_not_asked_for_again_after_other_trouble(server, hours):
    server.will(reply({"message": "no", "param": "response_format"}, status=400), reply("down", status=500), reply())
    assert chat(server, hours).complete("hello").form == "json_object"
    assert forms_asked(server) == ["json_schema", "json_object", "json_object"]


def test_a_form_in_doubt_is_asked_for_again_after_other_trouble(server, hours):
    server.will(reply("hm", status=400), reply("down", status=500), reply())
    assert chat(server, hours).complete("hello").form == "json_schema"


def test_newer_models_have_another_name_for_the_limit(server, hours):
    server.will(reply({"message": "use the other", "param": "max_tokens"}, status=400), reply())
    assert chat(server, hours).complete("hello").form == "json_schema"
    assert server.asked[1]["max_completion_tokens"] == 4000
    assert "max_tokens" not in server.asked[1]


SHORT = Patience(call=0.15, total=1e4, retries=1)


@pytest.mark.parametrize("step", [hang(0.6), drip(0.6)], ids=["hang", "drip"])
def test_a_server_that_hangs_is_left_in_time(server, hours, step):
    server.will(step)
    assert "got nothing in time in the last of 2 calls" in failure(chat(server, hours, patience=SHORT))


@pytest.mark.parametrize("step", [drip(20), drip_head(20)], ids=["body", "head"])
@pytest.mark.parametrize("patience", [Patience(call=0.15, retries=0), Patience(call=20, total=0.15)])
def test_a_server_that_says_a_little_now_and_then_is_left_long_before_it_is_through(server, hours, step, patience):
    server.will(step)
    assert "got nothing in time; raise the limits" in failure(chat(server, hours, patience=patience))
    assert server.left.wait(10)


def test_a_client_that_left_a_server_asks_it_again(server, hours):
    server.will(drip(20), reply())
    assert chat(server, hours, patience=Patience(call=2, total=1e4, retries=1)).complete("hello").text == GOOD
    assert server.left.wait(10)


@pytest.mark.parametrize("error", ["not so", {"message": "use the other", "param": "max_tokens"}])
def test_other_forms_and_names_of_the_limit_are_asked_for_within_the_same_total(server, hours, error):
    def slow(handler):
        hours.now += 1.5
        reply(error, status=400)(handler)

    server.will(slow)
    assert "got nothing in time; raise the limits" in failure(chat(server, hours, patience=Patience(total=1)))
    assert len(server.asked) == 1


def test_a_server_that_hangs_once_is_asked_again(server, hours):
    server.will(hang(4), reply())
    assert chat(server, hours, patience=Patience(call=2, total=1e4, retries=1)).complete("hello").text == GOOD


@pytest.mark.parametrize("status", [200, 500])
def test_a_body_without_end_is_cut(server, hours, status):
    server.will(flood(status))
    assert "more than 1000000 bytes" in failure(chat(server, hours))
    assert len(server.asked) == 1


def test_half_a_body_is_asked_for_again(server, hours):
    body = b'{"choices": [{"mess'
    server.will(raw(body, length=500), raw(body), reply())
    assert chat(server, hours).complete("hello").text == GOOD
    assert len(hours.slept) == 2


@pytest.mark.parametrize(
    "step",
    [
        raw(b"<html><b>It works!</b></html>", kind="text/html"),
        raw(b'{"error": "no model loaded"}'),
        raw(b'{"choices": []}'),
        raw(b"[1, 2]"),
        raw(b"null"),
    ],
    ids=["html", "error", "no choice", "list", "null"],
)
def test_something_else_than_a_chat_completion_is_named(server, hours, step):
    server.will(step)
    assert "no chat completion but" in failure(chat(server, hours))
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "body", [b'{"choices": 3}', b'{"choices": [{}]}', b'{"choices": [{"message": null}]}', b"\xff\xfe", b""]
)
def test_damaged_answers_are_one_line(server, hours, body):
    server.will(raw(body))
    failure(chat(server, hours))


def test_an_answer_without_words_is_empty(server, hours):
    server.will(reply(None))
    assert chat(server, hours).complete("hello").text == ""


@pytest.mark.parametrize("value", [None, "", "  "])
def test_no_key_is_said_before_anything_is_sent(server, hours, monkeypatch, value):
    monkeypatch.delenv("OPENAI_API_KEY")
    if value is not None:
        monkeypatch.setenv("OPENAI_API_KEY", value)
    message = failure(chat(server, hours))
    assert "expected a key in the environment variable OPENAI_API_KEY, got none" in message
    assert "base_url" not in message
    assert server.asked == []


def test_a_server_without_keys_gets_none_of_ours(server, hours):
    chat(server, hours, key_variable=None).complete("hello")
    assert KEY not in str(server.headers)


def test_no_server_is_one_line(hours):
    with running() as gone:
        url = gone.url
    message = failure(chat(url, hours, patience=Patience(retries=2)))
    assert "no connection" in message
    assert "in the last of 3 calls" in message


@pytest.mark.parametrize("url", ["localhost:11434/v1", "", "ftp://host/v1"])
def test_an_address_without_scheme_is_refused(url, hours):
    with pytest.raises(ConfigError, match="base_url: expected http"):
        chat(url, hours)


@pytest.mark.parametrize("url", ["http://[::1", "http://host:port/v1", "http://"])
def test_an_address_that_is_none_is_one_line(url, hours):
    failure(chat(url, hours, patience=Patience(retries=0)))


def test_a_password_in_the_address_is_not_shown(hours):
    assert "hunter2" not in chat("http://me:hunter2@127.0.0.1:1/v1", hours).where
    with pytest.raises(ConfigError, match=r"base_url: expected http.* got 'host/v1'"):
        chat("me:hunter2@host/v1", hours)
    assert "hunter2" not in failure(chat("http://me:hunter2@host:port/v1", hours))


def test_making_a_client_needs_neither_key_nor_network(no_network, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY")
    assert OpenAIChat("m", {}).where == "language model 'm' at https://api.openai.com/v1"


def test_a_patience_without_retries_raises_at_once(server, hours):
    server.will(reply("down", status=500))
    with pytest.raises(ProposalError, match=r"got status 500 \(.*\); try again"):
        chat(server, hours, patience=Patience(retries=0)).complete("hello")
