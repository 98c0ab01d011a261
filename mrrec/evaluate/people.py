"""Everybody's memory, and what the crowd had done, as both were at the moment of a query."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

import numpy as np
from scipy.sparse import csr_array
from tqdm import tqdm

from mrrec.assistant import Assistant
from mrrec.catalog import Catalog
from mrrec.catalog.crowd import Crowd
from mrrec.embed import Encoder
from mrrec.evaluate.data import Query
from mrrec.evaluate.naive import Given, latest
from mrrec.memory import Entry, LocalMemory
from mrrec.memory.entry import EVENT_VALUE, LIKED, strength_of
from mrrec.memory.events import Event, liking, scale_of
from mrrec.memory.personas import event_record

EVER = float("inf")


class People:
    """Memories by person and moment, written into the assistant's store through the app's own road."""

    def __init__(self, events: Iterable[Event], assistant: Assistant):
        self._store, self._encoder, self._catalog = assistant.store, _Cached(assistant.encoder), assistant.catalog
        self._understood = lru_cache(maxsize=None)(assistant.understood)
        self.events: dict[str, list[Event]] = defaultdict(list)
        for event in events:
            self.events[event.person].append(event)
        for mine in self.events.values():
            mine.sort(key=lambda e: e.when)
        rated = [e.rating for mine in self.events.values() for e in mine if e.rating is not None]
        self._scale = scale_of(np.array(rated))
        self._crowd = _Timeline(
            [e for mine in self.events.values() for e in mine if e.item_id], self._catalog, self._scale
        )

    def prepare(self, queries: Sequence[Query], progress: bool = False) -> None:
        """Write the memories that `queries` need and that are not there yet."""
        needed = {name: q for q in queries if (name := self._name(q))}
        ready = self._store.read_meta().get("prepared", [])
        done = set(ready)
        for name, query in tqdm(sorted(needed.items()), "memories", disable=not progress, unit="person"):
            if name not in done:
                memory = self._handle(name)
                if memory.entries():
                    memory.erase()  # what a run that was broken off has left
                if records := self._records(query):
                    memory.write(records, turn="history")
                ready.append(name)
                if len(ready) % 20 == 0:
                    self._store.write_meta(prepared=ready)
        self._store.write_meta(prepared=ready)

    def memory(self, query: Query) -> LocalMemory | None:
        """The memory of who asks, as it was then; None for nobody."""
        return self._handle(name) if (name := self._name(query)) else None

    def given(self, query: Query, choose: Callable[[LocalMemory], Sequence[Entry]]) -> Given | None:
        """The memory of who asks, of which only what `choose` takes is read."""
        memory = self.memory(query)
        if memory is None:
            return None
        return Given(self._store, self._encoder, self._catalog, memory.person, choose(memory), memory.met())

    @lru_cache(maxsize=8)  # noqa: B019 (as long-lived as the object)
    def _handle(self, name: str) -> LocalMemory:
        return LocalMemory(self._store, self._encoder, self._catalog, name)

    @lru_cache(maxsize=64)  # noqa: B019
    def crowd(self, as_of: float | None) -> Crowd | None:
        """What everybody had done before `as_of`; None where there are no events of items."""
        return self._crowd.before(EVER if as_of is None else as_of)

    def texts(self, query: Query) -> list[str]:
        """What the person last liked or said, newest first: the paper's naive setting."""
        memory = self.memory(query)
        liked = latest(memory) if memory else []
        labels = (self._catalog.get(e.item_id) for e in liked)
        return [item.label if item else e.text for e, item in zip(liked, labels)]

    def _name(self, query: Query) -> str:
        """Whose memory, and after how many events; two moments between which nothing happened share one."""
        if query.history:
            return f"query {query.id}"
        return f"{query.user} after {len(self._before(query))}" if query.user else ""

    def _before(self, query: Query) -> list[Event]:
        mine = self.events.get(query.user, [])
        return mine if query.as_of is None else mine[: bisect_left(mine, query.as_of, key=lambda e: e.when)]

    def _records(self, query: Query) -> list[Entry]:
        if query.history:
            return [r for n, given in enumerate(query.history) if (r := self._of_history(given, float(n)))]
        before = self._before(query)
        values = liking([e for e in before if e.item_id], self._scale)
        records = []
        for event in before:
            if event.item_id:
                if item := self._catalog.get(event.item_id):
                    record = event_record(event.event, item, None, event.text, event.when, "import")
                    value = values[event.item_id] if event.rating is not None else EVENT_VALUE[event.event]
                    rated = "" if event.rating is None else f" {event.rating:g}"
                    records.append(record.with_(value=value, text=record.text + rated, strength=strength_of(value)))
            else:
                records += [e.with_(when=event.when) for e in self._understood(event.text)]
        return records

    def _of_history(self, given: str, when: float) -> Entry | None:
        item = self._catalog.get(given) or next(iter(self._catalog.lookup.titles(given)), None)
        if item is None:
            return None
        return event_record("liked", item, when=when, source="import")


class _Cached:
    """An encoder that knows a text again: many people did the same with the same item."""

    def __init__(self, encoder: Encoder):
        self._encoder, self._known = encoder, {}
        self.name, self.dim = encoder.name, encoder.dim

    def encode(self, texts: Sequence[str], progress: bool = False) -> np.ndarray:
        if fresh := [t for t in dict.fromkeys(texts) if t not in self._known]:
            self._known |= dict(zip(fresh, self._encoder.encode(fresh, progress)))
        return np.stack([self._known[t] for t in texts]) if len(texts) else np.zeros((0, self.dim), np.float32)


class _Timeline:
    """Events of items in order of time, so that any moment's crowd is a prefix."""

    def __init__(self, events: Sequence[Event], catalog: Catalog, scale):
        events = sorted(events, key=lambda e: e.when)
        people = {p: n for n, p in enumerate(dict.fromkeys(e.person for e in events))}
        known = [e for e in events if e.item_id in catalog.position]
        self._shape = (len(people), len(catalog))
        self._when = np.array([e.when for e in known])
        self._person = np.array([people[e.person] for e in known], np.int64)
        self._item = np.array([catalog.position[e.item_id] for e in known], np.int64)
        self._liked = np.array([_liked(e, scale) for e in known], bool)

    def before(self, as_of: float) -> Crowd | None:
        end = int(np.searchsorted(self._when, as_of, side="left"))
        if not len(self._when):
            return None
        liked = np.flatnonzero(self._liked[:end])
        pairs = np.unique(self._person[liked] * self._shape[1] + self._item[liked])
        ones = (np.ones(len(pairs), np.float32), np.divmod(pairs, self._shape[1]))
        met = np.bincount(self._item[:end], minlength=self._shape[1])
        return Crowd(csr_array(ones, shape=self._shape), met)


def _liked(event: Event, scale) -> bool:
    """Against the scale's own mean, not the person's, which would be known only later."""
    if event.rating is None:
        return EVENT_VALUE[event.event] > LIKED
    return (event.rating - scale.mean) * 2 / (scale.high - scale.low) > LIKED
