"""Sampling under a grammar, with the grammar asked about few tokens.

llama.cpp's own chain tests every token of the vocabulary at every step, which halves the speed. Here the likeliest
tokens are taken first and the grammar is asked about those alone; only where it admits none of them is the whole
vocabulary tested. Within the likeliest, the distribution is the same.
"""

from __future__ import annotations

import ctypes

import llama_cpp
import numpy as np
from llama_cpp import Llama, LlamaGrammar

LIKELIEST = 40  # tokens that the grammar is asked about first
LAST = 64  # tokens that the repeat penalty looks back on
_TOKEN = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])


class GrammarSampler:
    """Stands in for the chain that `Llama.generate` samples with."""

    def __init__(
        self, model, grammar: LlamaGrammar, seed: int, temp: float, top_p: float, min_p: float, penalty: float
    ):
        self._vocab = model.vocab
        self._size = llama_cpp.llama_vocab_n_tokens(model.vocab)
        self._tokens = np.zeros(self._size, _TOKEN)
        self._ids = np.arange(self._size, dtype=np.int32)
        self.refused = 0  # times that the grammar did not admit the likeliest token
        make = llama_cpp
        self._grammar = make.llama_sampler_init_grammar(model.vocab, grammar._grammar.encode(), grammar._root.encode())
        self._penalty = make.llama_sampler_init_penalties(self._size, LAST, penalty, 0.0, 0.0)
        self._likeliest = make.llama_sampler_init_top_k(LIKELIEST)
        if temp > 0:
            self._choice = [
                make.llama_sampler_init_top_p(top_p, 1),
                make.llama_sampler_init_min_p(min_p, 1),
                make.llama_sampler_init_temp(temp),
                make.llama_sampler_init_dist(seed),
            ]
        else:
            self._choice = [make.llama_sampler_init_greedy()]
        if not self._grammar:
            self.close()
            raise ValueError("the grammar does not compile")

    def sample(self, context, index: int = -1) -> int:
        """The next token. Raises RuntimeError where the grammar admits none."""
        logits = llama_cpp.llama_get_logits_ith(context.ctx, index)
        logits = np.ctypeslib.as_array(logits, shape=(self._size,))
        found = self._candidates(logits, [self._penalty, self._likeliest])
        likeliest = int(self._tokens["id"][0])
        found = self._admitted(found)
        self.refused += not found.size or int(self._tokens["id"][0]) != likeliest
        if not found.size:  # none of the likeliest is admitted
            found = self._admitted(self._candidates(logits, [self._penalty]))
            llama_cpp.llama_sampler_apply(self._likeliest, ctypes.byref(found))
        if not found.size:
            raise RuntimeError("the grammar admits no token of this model")
        for sampler in self._choice:
            llama_cpp.llama_sampler_apply(sampler, ctypes.byref(found))
        token = int(self._tokens["id"][found.selected])
        llama_cpp.llama_sampler_accept(self._grammar, token)
        llama_cpp.llama_sampler_accept(self._penalty, token)
        return token

    def _candidates(self, logits: np.ndarray, samplers) -> llama_cpp.llama_token_data_array:
        """The tokens that `samplers` leave."""
        self._tokens["id"], self._tokens["logit"], self._tokens["p"] = self._ids, logits, 0.0
        data = self._tokens.ctypes.data_as(llama_cpp.llama_token_data_p)
        found = llama_cpp.llama_token_data_array(data=data, size=self._size, selected=-1, sorted=False)
        for sampler in samplers:
            llama_cpp.llama_sampler_apply(sampler, ctypes.byref(found))
        return found

    def _admitted(self, found: llama_cpp.llama_token_data_array) -> llama_cpp.llama_token_data_array:
        """Those of `found` that the grammar does not refuse, in their order."""
        llama_cpp.llama_sampler_apply(self._grammar, ctypes.byref(found))
        left = self._tokens[: found.size]
        left = left[np.isfinite(left["logit"])]
        self._tokens[: len(left)], found.size = left, len(left)
        return found

    def close(self) -> None:
        samplers = [self._grammar, self._penalty, self._likeliest, *self._choice]
        self._grammar, self._penalty, self._likeliest, self._choice = None, None, None, []
        for sampler in samplers:
            if sampler:
                llama_cpp.llama_sampler_free(sampler)

    def __del__(self):
        if getattr(self, "_choice", None):
            self.close()


class GrammarLlama(Llama):
    """`Llama` with the sampler above wherever a grammar is given."""

    def _init_sampler(self, *args, grammar: LlamaGrammar | None = None, **options):
        if grammar is None:
            return super()._init_sampler(*args, **options)
        return GrammarSampler(
            self._model, grammar, self._seed, options["temp"], options["top_p"], options["min_p"],
            options["repeat_penalty"],
        )  # fmt: skip
