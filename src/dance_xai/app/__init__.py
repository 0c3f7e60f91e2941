"""The local web app: explain a video, switch concepts off, edit the model and keep it (extra ``app``).

The browser gets numbers and text, and does the sum itself; nothing is sent to another machine.
"""

from dance_xai.app.limits import Limits
from dance_xai.app.server import make_app

__all__ = ["Limits", "make_app"]
