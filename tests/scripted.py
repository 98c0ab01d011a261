"""A model that writes what a test tells it to, where the model is not the point; what a grammar admits; and searches
for words and tags."""

from __future__ import annotations

import ctypes
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from html.parser import HTMLParser

import llama_cpp
import numpy as np

from mrrec import disk
from mrrec.llm.sampling import _TOKEN
from mrrec.store import Store

SAYS = {
    "</think>": " what fits.", "</wants>": "nothing", "</recall>": "taste", ".\n": " quiet people",
    "</profile>": "[m1] ",
    "\n": " for you.", "</say>": "Good.", "</ask>": "What now?",
}  # fmt: skip


class Scripted:
    """An engine; `says` gives what it writes before each stop, `transcripts` keeps what it was shown."""

    name, device, trained = "scripted", "CPU", False

    def __init__(self, says: Mapping[str, str] = SAYS):
        self.says = says
        self.lock = threading.Lock()
        self.transcripts: list[ScriptedTranscript] = []

    def check(self, grammar: str) -> None:
        pass

    @contextmanager
    def transcript(self, messages, temperature=0.0, seed=None, owner=""):
        with self.lock:
            self.transcripts.append(ScriptedTranscript(messages, self.says))
            yield self.transcripts[-1]


class ScriptedTranscript:
    def __init__(self, messages, says: Mapping[str, str]):
        self.messages, self.text = list(messages), ""
        self.injected_tokens = self.written_tokens = 0
        self._says = says

    def append(self, text: str) -> None:
        self.text += text

    def write(self, grammar: str, max_tokens: int, stop: str, penalty: float = 1.0) -> Iterator[str]:
        self.text += self._says[stop] + stop
        yield self._says[stop] + stop

    def choose(self, alternatives: Sequence[str]) -> Iterator[str]:
        self.text += alternatives[0]
        yield alternatives[0]


def holding(store: Store, *words: str) -> list[str]:
    """Where any of `words` is under the store's folder: files, as bytes, and rows of every version, decoded."""
    found = []
    coded = [word.encode(code) for word in words for code in ("utf-8", "utf-16-le", "utf-16-be")]
    for path in disk.files(store.path):
        try:
            held = path.read_bytes()
        except FileNotFoundError:  # a compaction was quicker
            continue
        if any(code in held for code in coded):
            found.append(str(path.relative_to(store.path)))
    for folder in store.path.glob("*.lance"):
        raw = store.open(folder.stem)
        for version in raw.list_versions():
            raw.checkout(version["version"])
            columns = [name for name in raw.schema.names if name != "vector"]
            rows = json.dumps(raw.search().select(columns).limit(10**9).to_list(), default=str, ensure_ascii=False)
            if any(word in rows for word in words):
                found.append(f"{folder.name}, version {version['version']}")
    return found


def admits(engine, grammar, text):
    """Whether llama.cpp's own grammar takes the tokens of `text`."""
    sampler = llama_cpp.llama_sampler_init_grammar(engine._llama._model.vocab, grammar.encode(), b"root")
    try:
        for token in engine._llama.tokenize(text.encode(), add_bos=False, special=False):
            row = np.array([(token, 1.0, 0.0)], _TOKEN)
            data = row.ctypes.data_as(llama_cpp.llama_token_data_p)
            found = llama_cpp.llama_token_data_array(data=data, size=1, selected=-1, sorted=False)
            llama_cpp.llama_sampler_apply(sampler, ctypes.byref(found))
            if not np.isfinite(row["logit"][0]):
                return False
            llama_cpp.llama_sampler_accept(sampler, token)
        return True
    finally:
        llama_cpp.llama_sampler_free(sampler)


class Tags(HTMLParser):
    """What is alive in a piece of HTML: its tags, and their attributes with values."""

    def __init__(self, html: str):
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}
