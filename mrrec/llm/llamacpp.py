"""llama.cpp in this process: one model, one lock, one growing list of tokens a turn.

The transcript is kept as tokens, never tokenised anew: what the model wrote is what it sees next, so the
KV cache carries over from span to span. Text from outside is tokenised without special tokens, so that
nobody can close a message or open another role.
"""

from __future__ import annotations

import json
import os
import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import llama_cpp
from llama_cpp import LlamaGrammar
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from mrrec.llm.adapter import TRAINED
from mrrec.llm.engine import Message
from mrrec.llm.sampling import GrammarLlama

ROOM = 2048  # tokens kept free for the turn's own text
# ChatML, for a GGUF that carries no chat template
CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def _cores() -> int:
    """Cores that this process may use; more threads than that wait for each other."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class LlamaCpp:
    """A GGUF model with the chat template it carries.

    Parameters
    ----------
    path : GGUF file
    n_ctx : tokens of context; cut to what the model was trained with
    gpu_layers : layers on the GPU where the build has one, -1 for all
    lora : an adapter that is applied token by token, as training does after each step; merging it is quicker
    """

    def __init__(
        self,
        path: Path,
        n_ctx: int = 8192,
        gpu_layers: int = -1,
        n_threads: int | None = None,
        lora: Path | None = None,
    ):
        self.path = Path(path)
        self.name = self.path.stem
        on_gpu = llama_cpp.llama_supports_gpu_offload() and gpu_layers != 0
        self.device = "GPU" if on_gpu else "CPU"
        try:
            self._llama = GrammarLlama(
                model_path=str(path),
                n_ctx=n_ctx,
                n_gpu_layers=gpu_layers if on_gpu else 0,
                n_threads=n_threads or _cores(),
                n_threads_batch=n_threads or _cores(),
                flash_attn=True,
                lora_path=str(lora) if lora else None,
                verbose=False,
            )
        except Exception as error:
            raise RuntimeError(f"llama.cpp cannot load {path}: {error}") from error
        self.n_ctx = self._llama.n_ctx()
        self.lock = threading.Lock()
        self._owner = ""
        meta = self._llama.metadata
        self.trained = lora is not None or meta.get(TRAINED) == "true"
        self._format = Jinja2ChatFormatter(
            template=meta.get("tokenizer.chat_template", CHATML),
            bos_token=self._piece(self._llama.token_bos()),
            eos_token=self._piece(self._llama.token_eos()),
            add_generation_prompt=True,
        )
        self._specials = self._special_texts()
        self.prompt_tokens_evaluated = 0  # over the life of the engine; benchmarks read it

    def _piece(self, token: int) -> str:
        return self._llama.detokenize([token], special=True).decode("utf-8", "replace") if token >= 0 else ""

    def _special_texts(self) -> list[str]:
        """Texts of control tokens, longest first."""
        model = self._llama._model
        control = llama_cpp.LLAMA_TOKEN_ATTR_CONTROL | llama_cpp.LLAMA_TOKEN_ATTR_USER_DEFINED
        found = []
        for token in range(self._llama.n_vocab()):
            if llama_cpp.llama_vocab_get_attr(model.vocab, token) & control:
                text = self._piece(token)
                if len(text.strip()) > 1:
                    found.append(text)
        return sorted(found, key=len, reverse=True)

    def neutral(self, text: str) -> str:
        """`text` with nothing in it that the tokenizer takes for a control token."""
        for special in self._specials:
            if special in text:
                text = text.replace(special, special[0] + "\u200b" + special[1:])
        return text

    def prompt_tokens(self, messages: Sequence[Message]) -> list[int]:
        """Token ids of `messages` in the model's chat template, up to where the assistant begins."""
        safe = [{"role": m.role, "content": self.neutral(m.content)} for m in messages]
        try:
            prompt = self._format(messages=safe).prompt
        except Exception:  # some templates refuse a system message
            head, *rest = safe
            rest[0] = {"role": "user", "content": f"{head['content']}\n\n{rest[0]['content']}"}
            prompt = self._format(messages=rest).prompt
        bos = self._piece(self._llama.token_bos())
        adds_bos = not (bos and prompt.startswith(bos)) and llama_cpp.llama_vocab_get_add_bos(self._llama._model.vocab)
        return self._llama.tokenize(prompt.encode(), add_bos=bool(adds_bos), special=True)

    def check(self, grammar: str) -> None:
        """Raise ValueError where `grammar` does not compile."""
        sampler = llama_cpp.llama_sampler_init_grammar(self._llama._model.vocab, grammar.encode(), b"root")
        if not sampler:
            raise ValueError(f"the grammar does not compile:\n{grammar}")
        llama_cpp.llama_sampler_free(sampler)

    @contextmanager
    def transcript(
        self, messages: Sequence[Message], temperature: float = 0.7, seed: int | None = None, owner: str = ""
    ):
        """Hold the model for one turn; others wait meanwhile. Nothing is reused from another `owner`'s turns."""
        with self.lock:
            kept = list(messages)
            tokens = self.prompt_tokens(kept)
            while len(tokens) + ROOM > self.n_ctx and len(kept) > 2:
                kept.pop(1)
                tokens = self.prompt_tokens(kept)
            while len(tokens) + ROOM > self.n_ctx and kept[-1].content:
                kept[-1] = replace(kept[-1], content=kept[-1].content[: len(kept[-1].content) * 3 // 4])
                tokens = self.prompt_tokens(kept)
            if not owner or owner != self._owner:
                self._llama.reset()
            self._owner = owner
            self._llama.set_seed(secrets.randbits(31) if seed is None else seed)
            yield LlamaTranscript(self, tokens, temperature)


class LlamaTranscript:
    """One assistant message in the making."""

    def __init__(self, engine: LlamaCpp, tokens: list[int], temperature: float):
        self._engine, self._llama = engine, engine._llama
        self.tokens, self._temperature = tokens, temperature
        self.prompt_length = len(tokens)
        self.text = ""
        self.written = [False] * len(tokens)  # of each token, whether the model wrote it
        self.prose = [False] * len(tokens)  # and whether it did so in free prose
        self.spans = self.refused = 0  # pieces that the model wrote; those in which a grammar refused what it preferred

    @property
    def written_tokens(self) -> int:
        return sum(self.written)

    @property
    def injected_tokens(self) -> int:
        return len(self.tokens) - self.prompt_length - self.written_tokens

    def append(self, text: str) -> None:
        """Add text that the system writes."""
        new = self._llama.tokenize(self._engine.neutral(text).encode(), add_bos=False, special=False)
        self.tokens += new
        self.written += [False] * len(new)
        self.prose += [False] * len(new)
        self.text += text

    def write(self, grammar: str, max_tokens: int, stop: str, penalty: float = 1.0) -> Iterator[str]:
        """Let the model write until `stop`; what comes out always ends with it. `penalty` above 1 is for prose."""
        text = ""
        for piece in self._sample(grammar, max_tokens, penalty):
            text += piece
            yield piece
            if text.endswith(stop):
                return
        self.append(stop)  # cut off: close the span ourselves, so that the transcript stays well formed
        yield stop

    def choose(self, alternatives: Sequence[str]) -> Iterator[str]:
        """Let the model choose one of `alternatives`, writing only until it is clear which; the rest is appended."""
        text = common_prefix(alternatives)
        if text:
            self.append(text)
            yield text
        rests = list(dict.fromkeys(a[len(text) :] for a in alternatives))
        if len(rests) > 1:
            written = ""
            for piece in self._sample("root ::= " + " | ".join(map(_literal, rests)), 80, 1.0):
                written += piece
                yield piece
                rests = [r for r in rests if r.startswith(written)]
                if len(rests) == 1:
                    break
            rests = [r.removeprefix(written) for r in rests]
        if rests[0]:
            self.append(rests[0])
            yield rests[0]

    def _sample(self, grammar: str, max_tokens: int, penalty: float) -> Iterator[str]:
        """Text as it is sampled, until the grammar ends; closing the iterator frees the model."""
        max_tokens = min(max_tokens, self._engine.n_ctx - len(self.tokens) - 8)
        if max_tokens <= 0:
            return
        held = self._llama.n_tokens
        running = self._llama.generate(
            self.tokens,
            temp=self._temperature,
            top_k=40,
            top_p=0.95,
            min_p=0.05,
            repeat_penalty=penalty,
            grammar=LlamaGrammar.from_string(grammar, verbose=False),
        )
        pending = b""  # bytes of a character that is not whole yet
        self.spans += 1
        clean = True
        with closing(running):
            for count, token in enumerate(running, 1):
                if clean and self._llama._sampler.refused:
                    clean = False
                    self.refused += 1
                if count == 1:
                    self._engine.prompt_tokens_evaluated += self._llama.n_tokens - min(held, len(self.tokens))
                if llama_cpp.llama_vocab_is_eog(self._llama._model.vocab, token):
                    return
                self.tokens.append(token)
                self.written.append(True)
                self.prose.append(penalty > 1)
                pending += self._llama.detokenize([token], special=False)
                piece = pending.decode("utf-8", "ignore")
                if piece:
                    pending = pending[len(piece.encode()) :]
                    self.text += piece
                    yield piece
                if count == max_tokens:
                    return


def common_prefix(texts: Sequence[str]) -> str:
    """How all `texts` begin, without a space at its end: tokens carry theirs in front.

    >>> common_prefix(["A film with", "A film about"])
    'A film'
    """
    shortest, longest = min(texts), max(texts)  # by alphabet: they differ the soonest
    same = next((i for i, (a, b) in enumerate(zip(shortest, longest)) if a != b), min(len(shortest), len(longest)))
    return shortest[:same].rstrip(" ")


def _literal(text: str) -> str:
    """`text` as a GBNF literal."""
    return json.dumps(text, ensure_ascii=False)
