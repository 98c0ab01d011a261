"""A LoRA adapter: merged once, the same as applied token by token, and refused where it does not fit."""

import numpy as np
import pytest
from gguf import GGUFReader, GGUFWriter

from mrrec.llm.adapter import PACKAGED, merged, read_adapter
from mrrec.llm.engine import Message
from mrrec.llm.llamacpp import LlamaCpp
from mrrec.llm.models import adapter_of, model_path, packaged_model
from mrrec.settings import NO_ADAPTER
from train.export import halved, interleaved, weights

RANK = 4


def write_adapter(path, wide=0, scale=0.06):
    """An adapter with random values for every matrix of the packaged model."""
    rng = np.random.default_rng(0)
    writer = GGUFWriter(path, "llama")
    writer.add_string("general.type", "adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 2.0 * RANK)
    for tensor in GGUFReader(packaged_model()).tensors:
        if tensor.name.startswith("blk.") and len(tensor.shape) == 2:
            inputs, outputs = map(int, tensor.shape)
            a = rng.normal(0, scale, (RANK, inputs + wide)).astype(np.float16)
            b = rng.normal(0, scale, (outputs, RANK)).astype(np.float16)
            writer.add_tensor(f"{tensor.name}.lora_a", a)
            writer.add_tensor(f"{tensor.name}.lora_b", b)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture(scope="module")
def adapter(tmp_path_factory):
    return write_adapter(tmp_path_factory.mktemp("adapter") / "a.gguf")


@pytest.fixture(scope="module")
def model(adapter):
    return merged(packaged_model(), adapter, adapter.parent / "cache")


def logits(engine, text):
    engine._llama.reset()
    engine._llama.eval(engine._llama.tokenize(text.encode()))
    import llama_cpp

    pointer = llama_cpp.llama_get_logits_ith(engine._llama._ctx.ctx, -1)
    return np.ctypeslib.as_array(pointer, shape=(engine._llama.n_vocab(),)).copy()


def test_merged_and_unmerged_say_the_same(adapter, model):
    text = "The best film about the sea is"
    one, other, base = (
        logits(LlamaCpp(path, n_ctx=256, lora=lora), text)
        for path, lora in ((model, None), (packaged_model(), adapter), (packaged_model(), None))
    )
    assert np.corrcoef(one - base, other - base)[0, 1] > 0.98
    assert np.abs(one - other).mean() < 0.25 * np.abs(base - other).mean()
    assert one.argmax() == other.argmax()


def test_a_merged_model_is_known_as_trained_and_is_made_once(adapter, model):
    engine = LlamaCpp(model, n_ctx=512)
    assert engine.trained and not LlamaCpp(packaged_model(), n_ctx=512).trained
    with engine.transcript([Message("system", "x"), Message("user", "hello")]) as transcript:
        assert transcript.prompt_length < 512, "a small context leaves out what does not fit, and does not wait"
    before = model.stat().st_mtime_ns
    assert merged(packaged_model(), adapter, adapter.parent / "cache") == model
    assert model.stat().st_mtime_ns == before
    assert [p.name for p in model.parent.iterdir()] == [model.name]


def test_what_does_not_fit_is_refused(tmp_path):
    wide = write_adapter(tmp_path / "wide.gguf", wide=8)
    with pytest.raises(ValueError, match="trained for another model"):
        merged(packaged_model(), wide, tmp_path / "cache")
    assert not list((tmp_path / "cache").iterdir())
    with pytest.raises(ValueError, match="not a LoRA adapter"):
        read_adapter(packaged_model())
    with pytest.raises(FileNotFoundError, match="or none"):
        merged(packaged_model(), tmp_path / "nowhere.gguf", tmp_path / "cache")
    (tmp_path / "text.gguf").write_text("no model")
    with pytest.raises(ValueError, match="not a GGUF"):
        read_adapter(tmp_path / "text.gguf")


def test_a_cache_that_cannot_be_written_is_told(adapter, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RuntimeError, match="MRREC_CACHE"):
        merged(packaged_model(), adapter, tmp_path / "file" / "cache")


def test_an_exported_adapter_can_be_trained_on():
    config = {"model_type": "llama", "num_hidden_layers": 30, "num_attention_heads": 9, "num_key_value_heads": 3}
    layers = {"self_attn.q_proj": (576, 576), "self_attn.k_proj": (192, 576), "mlp.down_proj": (576, 1536)}
    targets = [f"model.layers.{n}.{name}" for n in range(30) for name in layers]
    found = weights(PACKAGED, config, targets)
    for target in targets:
        n_out, n_in = layers[target.split(".", 3)[3]]
        assert found[f"base_model.model.{target}.lora_A.weight"].shape == (16, n_in)
        assert found[f"base_model.model.{target}.lora_B.weight"].shape == (n_out, 16)
    rows = np.arange(192 * 16).reshape(192, 16)
    assert (halved(interleaved(rows, 3), 3) == rows).all() and (interleaved(rows, 3) != rows).any()
    with pytest.raises(ValueError, match="nothing for"):
        weights(PACKAGED, config, ["model.layers.99.mlp.up_proj"])


def test_which_adapter_is_used(tmp_path):
    assert model_path(None, NO_ADAPTER) == packaged_model()
    assert adapter_of(None, tmp_path) == tmp_path
    assert adapter_of(tmp_path / "other.gguf", None) is None, "another model has none unless it is named"
