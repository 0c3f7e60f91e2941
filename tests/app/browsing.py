"""A browser without a window, and names that try to break the page."""

from __future__ import annotations

import time
from urllib.parse import quote

from starlette.testclient import TestClient

HOME = "http://127.0.0.1"
NASTY = "<img src=x onerror=alert(1)>"
LABELS = {"wave": NASTY, "squat": "squat_down", "kick": "</script><script>alert(2)</script>"}


class Browser:
    """A client with a cookie of its own, and the token of its session."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        assert client.get("/").status_code == 200
        self.state = client.get("/api/state").json()
        self.headers = {"x-dance-token": self.state["token"]}

    def get(self, name: str, **query: str):
        return self.client.get(f"/api/{name}", params=query)

    def post(self, name: str, body=None, **options):
        return self.client.post(f"/api/{name}", json=body or {}, headers=self.headers, **options)

    def send(self, content, name: str = "new.mp4", **headers: str):
        return self.client.post(
            "/api/uploads", content=content, headers=self.headers | {"x-dance-name": quote(name)} | headers
        )

    def finish(self, job: dict, seconds: float = 60.0) -> dict:
        """Wait for a job."""
        until = time.monotonic() + seconds
        while job["state"] in ("waiting", "running"):
            assert time.monotonic() < until, job
            time.sleep(0.02)
            job = self.get(f"jobs/{job['job']}").json()
        return job
