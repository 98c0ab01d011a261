"""A simulated person with a hidden goal and a temper, who talks to the assistant as people do.

Agenda-based (Schatzmann et al. 2007; UserSimCRS, Afzali et al. 2023): what she is going to say lies on a stack of
moves. A reply puts moves on top of it (an answer to a question, a correction, a rejection with its reason, why, a
change of mind), and the topmost is what she says next. She sees what a person sees: the items, the question, the text.

Two settings can be compared on the same goals and seeds: `mrrec`, where what she told in an earlier conversation is in
memory, and `no-memory`, a temporary conversation, in which only what is said in it counts.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from mrrec.agent.loop import Conversation, run
from mrrec.agent.steps import Answer, Ask, Say, Step
from mrrec.assistant import GUEST, Assistant
from mrrec.catalog import Catalog, Item
from mrrec.evaluate import simulator_phrases as p
from mrrec.evaluate.simulator_goals import Goal, Temper, draw_goal, draw_temper, goal_of
from mrrec.evaluate.simulator_person import Person, things

SETTINGS = ("mrrec", "no-memory")
EMPTY_HANDED = 3  # replies without any item, in a row, after which anybody leaves
WITHIN = (1, 2, 3, 4, 5, 6, 8)  # messages, for the share of successes
RESAMPLES = 2000


@dataclass(frozen=True)
class Exchange:
    """A message and what was seen of its reply; `violations` are dicts of sort, what and item.

    Sorts: `repeated` (shown before), `said` (against what she told and what binds), `taste` (against a lasting dislike
    that she did not tell in this conversation), `question` (asked what she had told, here or before).
    """

    move: str
    message: str
    reply: str = ""
    text: str = ""
    shown: tuple[str, ...] = ()
    violations: tuple[dict, ...] = ()


@dataclass(frozen=True)
class Dialogue:
    """`outcome` is accepted, gave up or crashed; `unread` are earlier statements of which nothing was remembered."""

    id: str
    setting: str
    seed: int
    goal: Goal
    temper: Temper
    turns: tuple[Exchange, ...]
    outcome: str
    accepted: str = ""
    needed: int = 0  # messages up to the one that brought the accepted item
    told_before: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    error: str = ""

    def to_dict(self) -> dict:
        return asdict(self)


def dialogue_of(row: dict) -> Dialogue:
    """The dialogue that `to_dict` wrote."""
    turns = tuple(Exchange(**{k: tuple(v) if isinstance(v, list) else v for k, v in t.items()}) for t in row["turns"])
    texts = {name: tuple(row[name]) for name in ("told_before", "unread")}
    made = {"goal": goal_of(row["goal"]), "temper": Temper(**row["temper"]), "turns": turns}
    return Dialogue(**{**row, **texts, **made})


def simulate(assistant: Assistant, goal: Goal, temper: Temper, seed: int, setting: str = "mrrec") -> Dialogue:
    """One conversation. What is written to memory for it is erased afterwards.

    An error of the assistant ends the dialogue as crashed. Raises ValueError for a setting that there is not.
    """
    if setting not in SETTINGS:
        raise ValueError(f"no setting {setting!r}; there are {', '.join(SETTINGS)}")
    name = f"{goal.id}-{seed}-{setting}"
    draw = random.Random(f"{seed} {goal.id}")
    before = _told_before(goal, assistant.catalog, draw)
    memory = assistant.memory(f"{GUEST}simulated-{name}") if setting == "mrrec" else None
    unread = []
    try:
        if memory is not None:
            memory.erase()
            for text in before:
                entries = assistant.understood(text)
                if not entries or not memory.write(entries, turn="before").written:
                    unread.append(text)
        person = Person(goal, temper, draw, assistant.catalog.vocabulary)
        talk = Conversation(memory)
        options = replace(assistant.settings, seed=seed)
        turns, outcome, item, error = _converse(
            person, lambda message: run(assistant, talk, message, options), assistant.catalog
        )
    finally:
        if memory is not None:
            memory.erase()
    needed = sum(t.move not in ("accept", "give_up") for t in turns) if item else 0
    told = tuple(before) if memory is not None else ()
    return Dialogue(name, setting, seed, goal, temper, tuple(turns), outcome, item, needed, told, tuple(unread), error)


def _converse(
    person: Person, send: Callable[[str], Iterable[Step]], catalog: Catalog
) -> tuple[list[Exchange], str, str, str]:
    """The exchanges, the outcome, the id of the accepted item, and the error that ended it."""
    turns: list[Exchange] = []
    while True:
        done = len(turns) >= person.temper.patience or person.empty_handed >= EMPTY_HANDED
        if done and not (person.agenda and person.agenda[-1][0] == "accept"):
            person.agenda.append(("give_up",))
        parting = person.agenda[-1] if person.agenda and person.agenda[-1][0] in ("accept", "give_up") else None
        move, message = person.say()
        if parting and person.draw.random() >= person.temper.talkativeness:  # leaves without a word
            turns.append(Exchange(move, ""))
        else:
            try:
                step, items = _seen(send(message), catalog)
            except Exception as error:
                turns.append(Exchange(move, message))
                return turns, "crashed", "", f"{type(error).__name__}: {error}"
            wrong = () if parting else person.hear(step, items, move)
            kind, text = (step.step, step.text) if step else ("", "")
            turns.append(Exchange(move, message, kind, text, tuple(i.id for i in items), wrong))
        if parting:
            accepted = parting[1].id if parting[0] == "accept" else ""
            return turns, "accepted" if accepted else "gave up", accepted, ""


def _seen(steps: Iterable[Step], catalog: Catalog) -> tuple[Step | None, list[Item]]:
    """What a person sees of a turn: the last question, text or list of items, and the items."""
    found: Step | None = None
    for step in steps:
        if isinstance(step, Answer | Ask | Say):
            found = step
    items = [catalog.get(i["id"]) for i in found.items] if isinstance(found, Answer) else []
    return found, items


def _told_before(goal: Goal, catalog: Catalog, draw: random.Random) -> list[str]:
    """What she said of herself in an earlier conversation."""
    if not goal.remembered:
        return []
    texts = [draw.choice(p.TASTE["like"]).format(things=things(t, goal.kind)) for t in goal.likes]
    texts += [draw.choice(p.TASTE["dislike"]).format(things=things(t, goal.kind)) for t in goal.dislikes]
    seen = [item for i in goal.seen if (item := catalog.get(i))]
    return texts + [draw.choice(p.TASTE.get(i.kind, p.TASTE["film"])).format(title=i.title) for i in seen]


def run_simulation(
    assistant: Assistant, n: int, seed: int, out: Path, progress: bool = True, setting: str = "mrrec"
) -> list[Dialogue]:
    """`n` dialogues, a line each in `out`; those that are there already are not held again.

    Goals and tempers depend on `seed` and the number of the dialogue alone, so settings can be compared in pairs.
    """
    have = {d.id: d for d in read_dialogues(out)} if out.exists() else {}
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("".join(_line(d) for d in have.values()), "utf-8")  # without a last line that was cut off
    found = []
    with out.open("a", encoding="utf-8") as file:
        for number in tqdm(range(n), desc=f"dialogues, {setting}", disable=not progress):
            draw = random.Random(f"{seed} {number}")
            goal, temper = draw_goal(str(number), assistant.catalog, draw), draw_temper(draw)
            dialogue = have.get(f"{goal.id}-{seed}-{setting}")
            if dialogue is None:
                dialogue = simulate(assistant, goal, temper, seed, setting)
                file.write(_line(dialogue))
                file.flush()
            found.append(dialogue)
    return found


def read_dialogues(path: Path) -> list[Dialogue]:
    """The dialogues of a file. A last line that a kill cut off is left out; raises ValueError for any other."""
    lines = path.read_text("utf-8").split("\n")
    found = []
    for number, line in enumerate(lines[:-1], 1):
        try:
            found.append(dialogue_of(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path.name}, line {number}: no dialogue ({error})") from error
    return found


def _line(dialogue: Dialogue) -> str:
    return json.dumps(dialogue.to_dict(), ensure_ascii=False) + "\n"


def summary(dialogues: Sequence[Dialogue]) -> dict:
    """Figures for each setting, means with their 95 % bootstrap interval over dialogues: [mean, low, high].

    `success within` counts messages; `turns needed` is of the successes alone. `repeated`, `said` and `taste` are
    shares of the recommended items, `unnecessary questions` a number for each dialogue. Where two settings met the same
    goals, `difference` has mrrec less no-memory, in pairs; once more for those with something in memory beforehand.
    """
    by = {s: {(d.goal.id, d.seed): d for d in dialogues if d.setting == s} for s in SETTINGS}
    told = {setting: _figures(list(held.values())) for setting, held in by.items() if held}
    both = sorted(by["mrrec"].keys() & by["no-memory"].keys())
    pairs = [(by["mrrec"][k], by["no-memory"][k]) for k in both]
    for name, some in (
        ("difference", pairs),
        ("difference where she told before", [(a, b) for a, b in pairs if a.goal.remembered]),
    ):
        if some:
            told[name] = {"dialogues": len(some)} | {
                f"success within {n}": _mean([_success(a, n) - _success(b, n) for a, b in some]) for n in WITHIN
            }
    return told


def _figures(dialogues: Sequence[Dialogue]) -> dict:
    items = [sum(len(t.shown) for t in d.turns) for d in dialogues]
    told = {"dialogues": len(dialogues), "outcomes": dict(sorted(Counter(d.outcome for d in dialogues).items()))}
    told |= {f"success within {n}": _mean([_success(d, n) for d in dialogues]) for n in WITHIN}
    told["turns needed"] = _mean([d.needed for d in dialogues if d.accepted])
    for sort in ("repeated", "said", "taste"):
        told[sort] = _mean([_violations(d, sort) for d in dialogues], items)
    told["questions"] = _mean([sum(t.reply == "ask" for t in d.turns) for d in dialogues])
    told["unnecessary questions"] = _mean([_violations(d, "question") for d in dialogues])
    told["earlier statements not understood"] = sum(len(d.unread) for d in dialogues)
    return told


def _success(dialogue: Dialogue, turns: int) -> int:
    return int(bool(dialogue.accepted) and dialogue.needed <= turns)


def _violations(dialogue: Dialogue, sort: str) -> int:
    return sum(v["sort"] == sort for t in dialogue.turns for v in t.violations)


def _mean(values: Sequence[float], weights: Sequence[float] | None = None) -> list[float] | None:
    """Mean of `values`, or their sum over that of `weights`, with the percentile bootstrap; None without any."""
    top = np.asarray(values, float)
    below = np.ones(len(top)) if weights is None else np.asarray(weights, float)
    if not below.sum():
        return None
    drawn = np.random.default_rng(0).integers(len(top), size=(RESAMPLES, len(top)))
    sums = below[drawn].sum(1)
    means = top[drawn].sum(1)[sums > 0] / sums[sums > 0]
    low, high = np.percentile(means, (2.5, 97.5))
    return [round(float(v), 4) for v in (top.sum() / below.sum(), low, high)]
