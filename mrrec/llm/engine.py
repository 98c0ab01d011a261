"""What the agent asks of a model: a transcript that only grows, and bounded spans written under a grammar."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Message:
    role: str  # system, user, assistant
    content: str


class Transcript(Protocol):
    """One assistant message in the making. Text given with `append` is injected, `write` lets the model write."""

    text: str
    injected_tokens: int
    written_tokens: int

    def append(self, text: str) -> None:
        """Add text that the system writes."""

    def write(self, grammar: str, max_tokens: int, stop: str, penalty: float = 1.0) -> Iterator[str]:
        """Let the model write under a GBNF `grammar` until `stop`, which is part of what is written.

        `penalty` above 1 keeps prose from going round in circles.
        """

    def choose(self, alternatives: Sequence[str]) -> Iterator[str]:
        """Let the model choose one of `alternatives`; only what decides is written by it, the rest is appended."""


class Engine(Protocol):
    name: str
    device: str
    trained: bool  # on turns as this project writes them

    def transcript(
        self, messages: Sequence[Message], temperature: float, seed: int | None, owner: str
    ) -> AbstractContextManager[Transcript]:
        """Hold the model for one turn of a conversation, its `owner`.

        The oldest messages after the system's are left out where they do not fit.
        """

    def check(self, grammar: str) -> None:
        """Raise ValueError where `grammar` does not compile."""
