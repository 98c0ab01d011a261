"""Tasks to evaluate on, by name. Each is a function (data folder or None, seed, progress) -> Task."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mrrec.evaluate.data import Task

TASKS = {
    "films": ("behaviour", "build_films", "what people did next: MovieLens, with texts of Wikipedia"),
    "books": ("behaviour", "build_books", "the same: Book-Crossing, with blurbs"),
    "games": ("behaviour", "build_games", "the same: Steam, with the store's tags"),
    "said": ("said", "build", "what people said in earlier conversations, over the starter catalogue"),
    "conditions": ("conditions", "build", "binding facts, through titles too, and false premises; the same catalogue"),
    "amazon-c4": ("amazon_c4", "build", "the paper's own"),
}


def builder(name: str) -> Callable[[Path | None, int, bool], Task]:
    """The function that makes a task. Raises ValueError that lists the names."""
    if name not in TASKS:
        raise ValueError(f"there is no task {name!r}; there are {', '.join(TASKS)}")
    module, function, _ = TASKS[name]
    return getattr(import_module(f"{__name__}.{module}"), function)
