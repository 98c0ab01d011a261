"""Training for real, in its own environment: .venv-train/bin/python -m pytest -n 0 tests/test_training.py"""

import json
from pathlib import Path

import pytest

unsloth = pytest.importorskip("unsloth", reason="runs in the training environment, see train/README.md")

import torch  # noqa: E402
from transformers import AutoTokenizer  # noqa: E402

from mrrec.agent import protocol  # noqa: E402
from mrrec.llm.engine import Message  # noqa: E402
from mrrec.llm.llamacpp import LlamaCpp  # noqa: E402
from mrrec.llm.models import packaged_model  # noqa: E402
from mrrec.llm.reader import Reader  # noqa: E402
from mrrec.memory.reading.asking import WORDS  # noqa: E402
from mrrec.memory.reading.mentions import Found  # noqa: E402
from train import compare, grpo, reader, sft  # noqa: E402
from train.export import export  # noqa: E402
from train.model import DECISION, POINT, PROSE, STEP, base_folder, load, preset, tokens  # noqa: E402
from train.plots import compared  # noqa: E402
from train.stance import Example  # noqa: E402
from train.teacher import Span  # noqa: E402
from train.traces import Episode  # noqa: E402

NAME = "smollm2-135m"


def episode(n: int) -> Episode:
    kinds = ("slow", "tense", "funny", "warm")
    point = kinds[n % 4]
    return Episode(
        "said",
        f"t{n:03d}",
        (Message("system", protocol.BRIEF), Message("user", f"A {point} film")),
        (
            Span("<experience>tone: the mood decides</experience>\n", False),
            Span("<think>", False),
            Span(f"They want a {point} film.</think>", True),
            Span("\n<recall>", False),
            Span("films they like</recall>", True),
            Span(f"<memory>[m1] {point}: Likes {point} films [m2] games: Likes war games</memory>\n<think>", False),
            Span(f"m1: {point}, yes. m2: games, no.</think>", True),
            Span("\n<", False),
            Span("profile>", True),
        ),
    )


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(base_folder(preset(NAME)))


@pytest.fixture(scope="module")
def llama():
    return LlamaCpp(packaged_model(), n_ctx=4096)


@pytest.fixture
def traces(tmp_path):
    path = tmp_path / "traces.jsonl"
    path.write_text("\n".join(episode(n).to_json() for n in range(24)) + "\n", "utf-8")
    return path


def options(traces, out, *more):
    words = ["--traces", str(traces), "--out", str(out), "--steps", "4", "--every", "2", "--held", "2", *more]
    return sft.parser().parse_args(words)


def test_trainer_and_app_see_the_same_tokens(tokenizer, llama):
    one = episode(0)
    ids, shares = tokens(one, tokenizer)
    with llama.transcript(one.messages) as transcript:
        for span in one.spans:
            transcript.append(span.text)
    assert transcript.tokens == ids
    assert len(shares) == len(ids) and 0 < sum(map(bool, shares)) < len(shares)


def test_what_the_system_says_has_no_share_in_the_loss(traces, tmp_path):
    trainer = sft.trainer(options(traces, tmp_path / "out"))
    batch = next(iter(trainer.get_train_dataloader()))
    for ids, labels in zip(batch["input_ids"], batch["labels"]):
        learned = trainer.processing_class.decode(ids[labels != -100])
        assert "yes. m2: games, no.</think>" in learned and "They want" in learned
        for ours in ("<memory>", "<experience>", "Likes war games", protocol.BRIEF, "user"):
            assert ours not in learned
    assert not batch["shares"][batch["labels"] == -100].any()
    assert (batch["shares"][batch["labels"] != -100] > 0).all()
    alike = {**batch, "shares": torch.ones_like(batch["shares"])}
    whole = trainer.compute_loss(trainer.model, alike)
    plain = trainer.model(**{k: batch[k] for k in ("input_ids", "attention_mask", "labels")}).loss
    assert float(whole) == pytest.approx(float(plain), rel=1e-3), "the same loss as with all scores"


def test_steps_and_verdicts_count_more_than_how_a_sentence_is_put(tokenizer):
    ids, shares = tokens(episode(0), tokenizer)
    told = {tokenizer.decode(i).strip(): share for i, share in zip(ids, shares) if share}
    assert told["profile"] > told["yes"] == told["no"] > told["want"]


def test_it_learns_goes_on_after_a_break_and_its_export_is_what_it_learned(traces, tmp_path, tokenizer):
    out = tmp_path / "sft"
    sft.learn(options(traces, out))
    log = json.loads((out / "log.json").read_text())
    losses = [row["eval_loss"] for row in log if "eval_loss" in row]
    assert losses[-1] < losses[0]
    assert sorted(p.name for p in out.glob("checkpoint-*")) == ["checkpoint-2", "checkpoint-4"]
    sft.learn(options(traces, out, "--resume", "--steps", "5"))
    assert json.loads((out / "log.json").read_text())[-1]["step"] == 5

    model, _ = load(NAME, out / "best")
    size = export(out / "best", tmp_path / "a.gguf", model.get_base_model().config.to_dict())
    assert size < 20e6
    ids, shares = tokens(episode(1), tokenizer)
    at = next(n for n, share in enumerate(shares) if share) + 1
    with torch.no_grad():
        mine = model(input_ids=torch.tensor([ids])).logits[0]
    served = LlamaCpp(packaged_model(), n_ctx=1024, lora=tmp_path / "a.gguf")
    served._llama.eval(ids[:at])
    theirs = torch.tensor(logits(served))
    assert torch.corrcoef(torch.stack([mine[at - 1].float(), theirs]))[0, 1] > 0.98

    again, _ = load(NAME, tmp_path / "a.gguf")
    learned, back = (dict(m.named_parameters()) for m in (model, again))
    lora = [name for name in back if "lora_" in name]
    assert len(lora) == 30 * 7 * 2 and any(back[name].abs().max() > 0 for name in lora if "lora_B" in name)
    assert all(torch.allclose(learned[name].float(), back[name].float(), atol=1e-3) for name in lora)


def test_what_reads_statements_learns_and_says_the_same_when_served(tmp_path):
    def told(word, verb, stance):
        message, start = f"I {verb} {word}, as it happens", 3 + len(verb)
        found = Found(start, start + len(word), "term", terms=(word,))
        return Example(message, (found,), ("",), (frozenset({stance}),), (frozenset(),))

    words = ("opera", "horror", "chess", "whales")
    examples = [told(w, *of) for w in words for of in (("adore", "like"), ("loathe", "dislike"))]
    made = reader.trainer(examples, tmp_path, 12, 0)
    made.train()
    made.model.save_pretrained(tmp_path / "adapter")
    config = made.model.get_base_model().config.to_dict()
    export(tmp_path / "adapter", tmp_path / "r.gguf", config)
    served, put = Reader(tmp_path / "r.gguf"), [reader.asked(e) for e in examples]
    likeliest = [
        WORDS[int(served.next_words(q.questions.text, q.questions.asked, WORDS)[0][:3].argmax())].strip() for q in put
    ]
    assert likeliest == ["like", "dislike"] * len(words)
    batch = reader.batched([reader.sequence(put[0], made.processing_class)])
    (row,) = batch.pop("rows")
    base = made.model.eval().get_base_model()
    with torch.no_grad():
        states = base.model(**batch).last_hidden_state[0][row["places"]]
        mine = states @ base.lm_head.weight[made.words].T
    theirs = torch.tensor(served.next_words(put[0].questions.text, put[0].questions.asked, WORDS))
    assert torch.corrcoef(torch.stack([mine.flatten().float(), theirs.flatten()]))[0, 1] > 0.98


def logits(engine):
    import llama_cpp
    import numpy as np

    pointer = llama_cpp.llama_get_logits_ith(engine._llama._ctx.ctx, -1)
    return np.ctypeslib.as_array(pointer, shape=(engine._llama.n_vocab(),)).copy()


def test_what_is_decided_counts_more_than_how_it_is_put(tokenizer):
    spans = (
        Span("<think>", False),
        Span("They want a slow film.</think>", True),
        Span(
            "\n<memory>[m1] slow: Likes slow films [m2] sea, fish, other: Ships are my thing "
            "[m3] meant, space: Liked Solaris</memory>\n<think>",
            False,
        ),
        Span("m1: slow, yes. m2: sea, no. m3: meant, look up.</think>", True),
        Span("\n<", False),
        Span("profile>", True),
    )
    told = Episode("said", "t1", (Message("user", "A slow film"),), spans)
    ids, shares = tokens(told, tokenizer)
    counted = [(tokenizer.decode([i]).strip(), share) for i, share in zip(ids, shares) if share]
    assert {share for word, share in counted if word in ("want", "They", "film")} == {PROSE}
    assert {word for word, share in counted if share == DECISION} == {"yes", "no", "sea", "look", "up"}
    assert [word for word, share in counted if share == STEP] == ["profile"]
    assert {("slow", POINT), ("meant", POINT)} <= {*counted}


def test_rewards_are_compared_over_seeds(tmp_path):
    for reward, seed, held in (("paper", 0, (0.2, 0.3)), ("paper", 1, (0.2, 0.1)), ("useful", 0, (0.2, 0.4))):
        folder = tmp_path / f"{reward}-{seed}"
        folder.mkdir()
        log = [{"step": n, compare.QUALITY: q} for n, q in enumerate(held)] + [{"step": 1, "entropy": 0.2}]
        (folder / "log.json").write_text(json.dumps(log), "utf-8")
    found = compare.curves(tmp_path)
    told = compare.summary(found)
    assert told.loc["paper", ("last", "mean")] == 0.2 and told.loc["paper", ("best", "mean")] == 0.25
    assert told["seeds"].to_dict() == {"paper": 2, "useful": 1}
    compared(found, compare.WATCHED, tmp_path / "compared.png")
    assert (tmp_path / "compared.png").stat().st_size > 1000


def test_one_step_of_grpo_counts_only_what_the_model_wrote(traces, tmp_path, monkeypatch):
    out = tmp_path / "sft"
    sft.learn(options(traces, out))
    seen = []
    plain = grpo.GRPOTrainer._compute_loss

    def spy(self, model, inputs):
        seen.append({k: inputs[k].clone() for k in ("completion_ids", "tool_mask")})
        return plain(self, model, inputs)

    monkeypatch.setattr(grpo.GRPOTrainer, "_compute_loss", spy)
    words = ["--start", str(out / "best"), "--out", str(tmp_path / "grpo"), "--people", "3", "--held", "1"]
    grpo.learn(grpo.parser().parse_args([*words, "--steps", "1", "--group", "2", "--lessons", "1", "--every", "1"]))
    tokenizer = AutoTokenizer.from_pretrained(base_folder(preset(NAME)))
    assert seen
    for batch in seen:
        for ids, mask in zip(batch["completion_ids"], batch["tool_mask"]):
            wrote = tokenizer.decode(ids[mask.bool()])
            assert not any(protocol.open_tag(tag) in wrote for tag in protocol.INJECTED)
    assert (tmp_path / "grpo" / "best" / "adapter_model.safetensors").exists()
    assert (Path(tmp_path) / "grpo" / "log.json").exists()
