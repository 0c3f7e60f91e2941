"""A server that speaks the OpenAI chat completions protocol, badly when told to."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GOOD = '{"phrases": ["tennis racket", "tennis ball"]}'


def completion(text, finish="stop"):
    """The body of an answer."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
    return {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}


def reply(text=GOOD, *, status=200, headers=(), finish="stop"):
    """An answer, or an error whose message is ``text``."""
    tree = (
        completion(text, finish) if status == 200 else {"error": text if isinstance(text, dict) else {"message": text}}
    )
    return raw(json.dumps(tree).encode(), status=status, headers=headers)


def raw(body, *, status=200, headers=(), kind="application/json", length=None):
    """Any bytes; ``length`` may lie."""

    def send(handler):
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers:
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return send


def hang(seconds=1.0):
    """Nothing for a while."""
    return lambda handler: time.sleep(seconds)


def drip(seconds=1.0):
    """One byte of the body now and then."""

    def send(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            handler.wfile.write(b" ")
            time.sleep(0.03)

    return send


def drip_head(seconds=1.0):
    """One line of the head now and then."""

    def send(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            handler.wfile.write(b"X-Still-There: yes\r\n")
            time.sleep(0.03)

    return send


def flood(status=200):
    """A body without end."""

    def send(handler):
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        for _ in range(2000):
            handler.wfile.write(b" " * 65536)

    return send


class Server:
    """Its address, the bodies and headers it was sent, and what it answers next; the last answer is repeated.

    ``left`` is set once a client has gone in the middle of an answer.
    """

    def __init__(self, url):
        self.url, self.asked, self.headers, self.plan = url, [], [], [reply()]
        self.left = threading.Event()

    def will(self, *plan):
        self.plan = list(plan)

    def answer(self, handler, body):
        self.asked.append(body)
        self.headers.append({name.lower(): value for name, value in handler.headers.items()})
        step = self.plan.pop(0) if len(self.plan) > 1 else self.plan[0]
        step(handler)

    @property
    def prompts(self):
        return [body["messages"][0]["content"] for body in self.asked]


@contextmanager
def running():
    """A server on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def handle(self):
            try:
                super().handle()
            except OSError:
                server.left.set()

        def do_POST(self):
            server.answer(self, json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def log_message(self, *args):
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads, http.block_on_close = True, False
    server = Server(f"http://127.0.0.1:{http.server_port}/v1")
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
