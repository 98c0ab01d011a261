"""The packaged model as a reader: which of a few words it would put next, asked in many places in one pass.

It is loaded a second time, beside the model that chats: what somebody says is read the same whichever model that is,
and no conversation loses its place.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import llama_cpp
import numpy as np
from llama_cpp import Llama

from mrrec.llm.adapter import merged
from mrrec.llm.models import packaged_model

ADAPTER = Path(__file__).with_name("adapters") / "reader.gguf"
ROOM = 768  # tokens of a text and of what is asked of it
LONGEST = 384  # tokens of a text that are read
AT_ONCE = 16  # questions in one pass


class Reader:
    """The packaged model with an `adapter` that was trained for what is asked, merged at the first start.

    Raises FileNotFoundError, ValueError and RuntimeError as `merged` does.
    """

    def __init__(self, adapter: Path = ADAPTER):
        # Made for embeddings, llama.cpp lets several sequences share their beginning. One thread: a message is short,
        # and threads that wait for each other lose more than they gain where the model that chats is at work.
        self._llama = Llama(
            str(merged(packaged_model(), adapter)), n_ctx=ROOM, n_batch=ROOM, n_ubatch=ROOM, n_gpu_layers=0,
            n_threads=1, n_threads_batch=1, embedding=True, flash_attn=True, verbose=False,
        )  # fmt: skip
        llama_cpp.llama_set_embeddings(self._llama._ctx.ctx, False)
        self._lock = threading.Lock()

    def next_words(self, text: str, questions: Sequence[str], words: Sequence[str]) -> np.ndarray:
        """Logits of each of `words` after `text` and each of `questions`, shape (n_questions, n_words).

        Questions know nothing of each other. Each word is one token. Of a text that is too long the beginning counts.
        """
        ids = [self._token(w) for w in words]
        head, rows = self._tokens(text)[:LONGEST], []
        with self._lock:
            for start in range(0, len(questions), AT_ONCE):
                rows += self._pass(head, [self._tokens(q) for q in questions[start : start + AT_ONCE]], ids)
        return np.array(rows, np.float32).reshape(len(questions), len(words))

    def _pass(self, head: Sequence[int], questions: Sequence[Sequence[int]], ids: Sequence[int]) -> list[np.ndarray]:
        """As many as there is room for in one pass, the rest in the next."""
        fitting, size = 0, len(head)
        while fitting < len(questions) and size + len(questions[fitting]) <= ROOM:
            size += len(questions[fitting])
            fitting += 1
        if not fitting:
            raise ValueError(f"a question of {len(questions[0])} tokens is too long")
        context, batch = self._llama._ctx, self._llama._batch.batch
        context.kv_cache_clear()
        n, everyone = 0, range(fitting)
        for sequences, tokens, begin in [
            (everyone, head, 0), *(((k,), questions[k], len(head)) for k in everyone)
        ]:  # fmt: skip
            for place, token in enumerate(tokens, begin):
                batch.token[n], batch.pos[n], batch.n_seq_id[n] = token, place, len(sequences)
                for at, sequence in enumerate(sequences):
                    batch.seq_id[n][at] = sequence
                batch.logits[n] = begin > 0 and place == begin + len(tokens) - 1
                n += 1
        batch.n_tokens = n
        context.decode(self._llama._batch)
        ends = len(head) - 1 + np.cumsum([len(q) for q in questions[:fitting]])
        vocabulary = self._llama.n_vocab()
        found = [np.ctypeslib.as_array(context.get_logits_ith(int(end)), (vocabulary,))[list(ids)] for end in ends]
        return found + (self._pass(head, questions[fitting:], ids) if fitting < len(questions) else [])

    def _tokens(self, text: str) -> list[int]:
        return self._llama.tokenize(text.encode(), add_bos=False, special=False)

    def _token(self, word: str) -> int:
        (token,) = self._tokens(word)
        return token
