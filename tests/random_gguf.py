"""A GGUF with the packaged model's tokenizer and random weights: the worst model there is."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np

from mrrec.llm.models import packaged_model

WIDTH, HEADS, LAYERS, INNER = 64, 4, 2, 128


def write_random_gguf(path: Path, seed: int = 0) -> Path:
    """Write a tiny llama of random weights to `path`."""
    source = gguf.GGUFReader(packaged_model())
    writer = gguf.GGUFWriter(path, "llama")
    for name, field in source.fields.items():
        if name.startswith("tokenizer."):
            kind = field.types[0]
            writer.add_key_value(
                name, field.contents(), kind, sub_type=field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
            )
    writer.add_context_length(8192)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    words = len(source.fields["tokenizer.ggml.tokens"].data)
    writer.add_vocab_size(words)

    noise = np.random.default_rng(seed)

    def add(name, *shape):
        writer.add_tensor(name, noise.normal(0, 0.4, shape).astype(np.float16))

    def ones(name):
        writer.add_tensor(name, np.ones(WIDTH, np.float32))

    add("token_embd.weight", words, WIDTH)
    ones("output_norm.weight")
    for layer in range(LAYERS):
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            add(f"blk.{layer}.{part}.weight", WIDTH, WIDTH)
        add(f"blk.{layer}.ffn_gate.weight", INNER, WIDTH)
        add(f"blk.{layer}.ffn_up.weight", INNER, WIDTH)
        add(f"blk.{layer}.ffn_down.weight", WIDTH, INNER)
        ones(f"blk.{layer}.attn_norm.weight")
        ones(f"blk.{layer}.ffn_norm.weight")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
