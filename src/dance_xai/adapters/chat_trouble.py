"""What the errors of the openai library mean, and what a user can do about each."""

from __future__ import annotations

import math
import os
import re
import time
from email.utils import parsedate_to_datetime
from typing import Any

from dance_xai.adapters.patience import ServerTroubleError, too_late

_REFUSED = (400, 422)
_FORM = re.compile(r"response.?format|json.?(schema|object|mode)|structured.?output|grammar|guided", re.IGNORECASE)
_LENGTH = re.compile(r"context.?(length|size|window)|too many tokens|(prompt|input) is too long", re.IGNORECASE)
_LATER = "try again later, or take another model or server"

ADVICE = {
    400: "check the model and its settings (a model that thinks first takes no temperature)",
    401: "check the key in {key}",
    402: "check the account of the key in {key}",
    403: "check what the key in {key} may do",
    404: "check the name of the model, and base_url, which often ends in /v1",
    429: "wait, ask for a higher limit, or take another model",
}

LONGER = "take a model that reads more, or serve it with a longer context (num_ctx, --ctx-size, --max-model-len)"


def trouble_of(error: Any, key_variable: str | None) -> ServerTroubleError:
    """Translate an error.

    Args:
        error: Of the openai library.
        key_variable: The environment variable whose content must not be shown.

    Source: ours.
    """
    status = getattr(error, "status_code", None)
    if status is None:
        return _unreached(error)
    said = hide_key(_one_line(getattr(error, "message", "")), key_variable)
    known = LONGER if _is_too_long(error) else ADVICE.get(status, _LATER)
    advice = known.format(key=key_variable or "key_variable")
    spent = getattr(error, "code", None) == "insufficient_quota"
    passing = (status in (408, 409, 429) or status >= 500) and not spent
    return ServerTroubleError(f"status {status} ({said})", advice, passing=passing, after=_retry_after(error))


def may_be_form(error: Any) -> bool:
    """Whether the server refuses the request as it stands and names no other cause than the form of answer, if any."""
    other = getattr(error, "param", None) or _is_too_long(error)
    return speaks_of_form(error) or (_is_refused(error) and not other)


def speaks_of_form(error: Any) -> bool:
    """Whether the server refuses the form of answer in so many words."""
    said = f"{getattr(error, 'param', None)} {getattr(error, 'message', '')}"
    return _is_refused(error) and _FORM.search(said) is not None


def wants_other_limit(error: Any, name: str) -> bool:
    """Whether the server refuses this name for the length of an answer."""
    return _is_refused(error) and getattr(error, "param", None) == name


def _is_refused(error: Any) -> bool:
    return getattr(error, "status_code", None) in _REFUSED


def _is_too_long(error: Any) -> bool:
    return _is_refused(error) and _LENGTH.search(f"{getattr(error, 'code', None)} {error.message}") is not None


def hide_key(text: str, key_variable: str | None) -> str:
    """The text without the key, should a server repeat it."""
    key = os.environ.get(key_variable, "").strip() if key_variable else ""
    return text.replace(key, "***") if key else text


def _unreached(error: Any) -> ServerTroubleError:
    if "Timeout" in type(error).__name__:
        return too_late()
    cause = _one_line(error.__cause__ or error) or type(error.__cause__).__name__
    return ServerTroubleError(f"no connection ({cause})", "check base_url and that the server runs", passing=True)


def _one_line(text: object) -> str:
    return " ".join(str(text).split())[:160]


def _retry_after(error: Any) -> float | None:
    """Seconds of a ``Retry-After`` header, which holds seconds or a date."""
    value = error.response.headers.get("retry-after")
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except ValueError:
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
