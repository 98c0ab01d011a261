"""Who somebody is, as the server knows it: from its own login, never from what the page or a program sends."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import get_type_hints

import gradio as gr

OTHERS = "This conversation belongs to another login. Reload the page to begin your own."
_REQUEST = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=gr.Request)


def identity(request: gr.Request | None) -> str:
    """The name of a person who is logged in, empty for a guest."""
    if request is None:
        return ""
    if request.username:
        return f"user-{request.username}"
    try:
        login = request.request.session.get("oauth_info") or {}
    except (AssertionError, AttributeError):  # no login is set up
        return ""
    name = (login.get("userinfo") or {}).get("preferred_username")
    return f"hf-{name}" if name else ""


def owned(handler: Callable, opened: Callable) -> Callable:
    """`handler(session, …)` that is given `opened(session, identity)` in place of the session.

    The page's state is found by a hash that the client sends; so at every event it is checked whose it is.
    """
    parameters = list(inspect.signature(handler).parameters.values())
    with_event = parameters[-1].name == "event"

    def arguments(request, *values):
        event, values = (values[:1], values[1:]) if with_event else ((), values)
        session, *rest = values
        return opened(session, identity(request)), *rest, *event

    if inspect.isgeneratorfunction(handler):

        def answered(*values):
            yield from handler(*arguments(*values))

    else:

        def answered(*values):
            return handler(*arguments(*values))

    order = [_REQUEST, *parameters[-1:], *parameters[:-1]] if with_event else [_REQUEST, *parameters]
    answered.__signature__ = inspect.Signature(order)
    answered.__annotations__ = get_type_hints(handler) | {"request": gr.Request}
    answered.__name__, answered.__doc__ = handler.__name__, handler.__doc__
    return answered
