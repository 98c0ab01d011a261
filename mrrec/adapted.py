"""The sentence encoder's layers with low-rank adapters of their own, for heads that read what it alone does not.

Low-rank adapters: Hu et al., arXiv:2106.09685. What is learnt takes a megabyte or less; the layers are the encoder's.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch

from mrrec.embed import Encoder

DROPPED = 0.1


class Adapted(torch.nn.Module):
    """Layers of `encoder` from the one numbered `first` on, adapted with `rank`; a head adds what reads their states.

    Texts are cut after `longest` tokens.
    """

    def __init__(self, encoder: Encoder, rank: int, first: int = 0, longest: int = 160):
        super().__init__()
        bert = encoder.transformer
        self.tokenizer, self.longest = encoder.tokenizer, longest
        self.embeddings = bert.embeddings  # shared, the layers are copies
        self.layers = copy.deepcopy(bert.encoder.layer)
        for parameter in (*self.layers.parameters(), *self.embeddings.parameters()):
            parameter.requires_grad_(False)
        self.adapters = torch.nn.ParameterDict()
        self.linear = {
            f"{n}_{name.replace('.', '_')}": module
            for n, layer in enumerate(self.layers)
            for name, module in layer.named_modules()
            if isinstance(module, torch.nn.Linear) and n >= first
        }
        for name, module in self.linear.items():
            self.adapters[f"{name}_a"] = torch.nn.Parameter(torch.randn(rank, module.in_features) / rank)
            self.adapters[f"{name}_b"] = torch.nn.Parameter(torch.zeros(module.out_features, rank))
        self.drop = torch.nn.Dropout(DROPPED)

    def adapt(self) -> None:
        """Let each linear layer add its adapter, for training."""
        for name, module in self.linear.items():
            a, b = self.adapters[f"{name}_a"], self.adapters[f"{name}_b"]
            module.register_forward_hook(lambda _m, x, y, a=a, b=b: y + self.drop(x[0]) @ a.T @ b.T)

    def own(self) -> dict[str, torch.nn.Parameter]:
        """The parameters that are learnt."""
        return {name: p for name, p in self.named_parameters() if p.requires_grad}

    def merge(self) -> None:
        """Add the adapters to the layers for good, for use."""
        with torch.no_grad():
            for name, module in self.linear.items():
                module.weight += self.adapters[f"{name}_b"] @ self.adapters[f"{name}_a"]
        self.eval()

    def states(self, texts: Sequence[str]) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """States of every token, shape (texts, tokens, dim), and the tokens: their `input_ids`, `attention_mask` and
        `offset_mapping`."""
        tokens = self.tokenizer(
            list(texts), padding=True, truncation=True, max_length=self.longest, return_tensors="pt",
            return_offsets_mapping=True,
        )  # fmt: skip
        device = self.embeddings.word_embeddings.weight.device
        tokens = {k: tokens[k].to(device) for k in ("input_ids", "attention_mask", "offset_mapping")}
        states = self.embeddings(input_ids=tokens["input_ids"])
        wide = (1.0 - tokens["attention_mask"][:, None, None, :].float()) * -1e4
        for layer in self.layers:
            states = layer(states, wide)
            states = states[0] if isinstance(states, tuple) else states
        return states, tokens

    def pooled(self, texts: Sequence[str], heed: torch.Tensor) -> torch.Tensor:
        """Means of the tokens' states, shape (texts, dim), weighted by how far each points to `heed`, shape (dim,)."""
        states, tokens = self.states(texts)
        weight = (states @ heed - 1e4 * (1.0 - tokens["attention_mask"].float())).softmax(1)
        return (weight[:, :, None] * states).sum(1)


def load_head(made: Callable[[Encoder], Adapted], encoder: Encoder, path: Path) -> Adapted | None:
    """A head over `encoder`, ready for use; None where the file was made over another encoder."""
    with np.load(path) as saved:
        if str(saved["encoder"]) != encoder.name:
            return None
        head = made(encoder)
        own = {name: torch.from_numpy(saved[name].astype(np.float32)) for name in head.own()}
    head.load_state_dict(own, strict=False)
    head.merge()
    return head.to(head.embeddings.word_embeddings.weight.device)


def save_head(head: Adapted, encoder: Encoder, path: Path, **facts) -> None:
    """Write what the head has of its own, in half precision, with `facts` about its making."""
    own = {name: value.detach().cpu().numpy().astype(np.float16) for name, value in head.own().items()}
    np.savez_compressed(path, encoder=encoder.name, **facts, **own)
