"""The routes of the app."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from dance_xai.app import api, changes
from dance_xai.app.desk import Desk, open_desk
from dance_xai.app.guard import PAGE_POLICY, Guard
from dance_xai.app.jobs import Busy, job_tree
from dance_xai.app.limits import Limits
from dance_xai.app.sessions import Missing, Session
from dance_xai.app.uploads import TooLarge, receive, shown_name
from dance_xai.app.work import looking
from dance_xai.errors import DanceError, DataError
from dance_xai.report.render import asset
from dance_xai.workflows.runs import RunView

MOST_JSON = 64_000
MEDIA = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}
SHARED = ("page.css", "chart.css", "skeleton.js")
"""Taken from the pages of the report."""

Endpoint = Callable[[Request], Awaitable[Response]]
Work = Callable[[Desk, Session, Any], dict[str, Any]]


class Refused(DanceError):
    """A request without its session or token."""


def make_app(
    view: RunView, *, other: RunView | None = None, limits: Limits | None = None, host: str = "127.0.0.1"
) -> Starlette:
    """The app as an ASGI application; uvicorn serves it.

    Args:
        view: The RUN.
        other: A RUN to compare it with.
        limits: What is refused.
        host: The address it will listen at.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        with open_desk(view, other, limits or Limits()) as desk:
            app.state.desk = desk
            yield

    app = Starlette(
        routes=_routes(),
        lifespan=lifespan,
        middleware=[Middleware(Guard, host=host)],
        exception_handlers={DanceError: _trouble, 404: _nothing, 405: _nothing},
    )
    app.state.cookie = f"dance-{secrets.token_hex(4)}"  # apps at two ports of one machine share cookies
    app.state.statics = _statics()
    return app


def _routes() -> list[Route]:
    readings = {
        "state": api.state,
        "clips": api.clips,
        "reading": api.reading,
        "catalogue": api.catalogue,
        "failures": api.failures,
        "comparison": api.comparison,
        "forms": api.forms,
        "diagnosis": api.diagnosis,
    }
    actions = {
        "edit": changes.edit,
        "propose": changes.propose,
        "diagnose": api.diagnose,
        "undo": changes.undo,
        "redo": changes.redo,
        "save": changes.save,
        "page": api.page,
    }
    return [
        Route("/", _index),
        Route("/static/{name}", _static),
        Route("/pages/{key}", _page),
        Route("/api/uploads", _upload, methods=["POST"]),
        Route("/api/jobs/{key}", _job, methods=["GET"]),
        Route("/api/jobs/{key}", _cancel, methods=["DELETE"]),
        *(Route(f"/api/{name}", _reading(work)) for name, work in readings.items()),
        *(Route(f"/api/{name}", _action(work), methods=["POST"]) for name, work in actions.items()),
    ]


def _statics() -> dict[str, Response]:
    folder = files("dance_xai.app") / "static"
    texts = {each.name: each.read_text(encoding="utf-8") for each in folder.iterdir() if each.is_file()}
    texts |= {name: asset(name) for name in SHARED}
    return {
        name: Response(text, media_type=MEDIA["." + name.rsplit(".", 1)[-1]])
        for name, text in texts.items()
        if "." + name.rsplit(".", 1)[-1] in MEDIA
    }


def _session(request: Request, *, changing: bool = False) -> Session:
    """The session of a request.

    Raises:
        Refused: It has none, or what changes something comes without its token.
    """
    desk: Desk = request.app.state.desk
    session = desk.sessions.find(request.cookies.get(request.app.state.cookie))
    if session is None:
        raise Refused("session: expected the cookie of a session, got none or a forgotten one; reload the page")
    sent = request.headers.get("x-dance-token", "")
    if changing and not secrets.compare_digest(sent.encode(), session.token.encode()):
        raise Refused("token: expected that of the session, got another; reload the page")
    return session


async def _index(request: Request) -> Response:
    """The page; a browser that is new gets a session with it."""
    text = request.app.state.statics["index.html"].body
    response = HTMLResponse(text)
    cookie = request.app.state.cookie
    sessions = request.app.state.desk.sessions
    if sessions.find(request.cookies.get(cookie)) is None:
        response.set_cookie(cookie, sessions.start().key, httponly=True, samesite="strict", path="/")
    return response


async def _static(request: Request) -> Response:
    found: Response | None = request.app.state.statics.get(request.path_params["name"])
    return _nothing(request) if found is None else Response(found.body, media_type=found.media_type)


async def _page(request: Request) -> Response:
    text = _session(request).pages.get(request.path_params["key"])
    if text is None:
        return _nothing(request)
    return HTMLResponse(text, headers={"content-security-policy": PAGE_POLICY})


def _reading(work: Work) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        session = _session(request)
        return JSONResponse(await run_in_threadpool(work, request.app.state.desk, session, request.query_params))

    return endpoint


def _action(work: Work) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        session = _session(request, changing=True)
        body = await _json(request)
        return JSONResponse(await run_in_threadpool(work, request.app.state.desk, session, body))

    return endpoint


async def _upload(request: Request) -> Response:
    """The body is the file; its name stands in a header, in percent encoding."""
    desk, session = request.app.state.desk, _session(request, changing=True)
    name = shown_name(request.headers.get("x-dance-name", ""))
    if not desk.receiving.acquire(blocking=False):
        raise Busy(f"{name}: expected fewer uploads at once, got too many; try again in a moment")
    try:
        path = await receive(request, desk.folder, name, desk.limits)
    finally:
        desk.receiving.release()
    return JSONResponse(job_tree(desk.worker, desk.worker.submit(looking(desk, session, path, name))), status_code=202)


async def _job(request: Request) -> Response:
    desk = request.app.state.desk
    return JSONResponse(job_tree(desk.worker, api.find_job(desk, _session(request), request.path_params["key"])))


async def _cancel(request: Request) -> Response:
    desk, session = request.app.state.desk, _session(request, changing=True)
    job = api.find_job(desk, session, request.path_params["key"])
    desk.worker.cancel(job)
    return JSONResponse(job_tree(desk.worker, job))


async def _json(request: Request) -> dict[str, Any]:
    """The body of a request.

    Raises:
        DataError: It is too long, or no JSON object.
    """
    data = b""
    async for chunk in request.stream():
        data += chunk
        if len(data) > MOST_JSON:
            raise TooLarge("request: expected a short JSON object, got a long one; send less")
    try:
        body = json.loads(data or b"{}")
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise DataError("request: expected a JSON object, got something else; send one")
    return body


def _trouble(request: Request, error: Exception) -> Response:
    if isinstance(error, Refused):
        status = 403
    else:
        status = 413 if isinstance(error, TooLarge) else 503 if isinstance(error, Busy) else 400
        status = 404 if isinstance(error, Missing) else status
    return JSONResponse({"error": str(error)}, status_code=status)


def _nothing(request: Request, error: Exception | None = None) -> Response:
    status = getattr(error, "status_code", 404)
    return JSONResponse({"error": f"{request.method}: expected a page of the app, got nothing there"}, status)
