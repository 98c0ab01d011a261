"""`python -m mrrec`: chat in the terminal, and look at what there is."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
import uuid
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from mrrec.evaluate.tasks import TASKS
from mrrec.settings import Settings


class UsageError(Exception):
    """Wrong input; the message says what to do."""


def main(argv: list[str] | None = None) -> int:
    """Run a command; errors go to stderr, and the exit status is then 1 (2 for unknown options)."""
    args = _parser().parse_args(argv)
    args.words = sys.argv[1:] if argv is None else argv
    try:
        return args.run(args) or 0
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        return 130
    except (UsageError, ValueError, KeyError, OSError, RuntimeError) as error:
        message = error.args[0] if isinstance(error, KeyError) and error.args else error
        print(f"mrrec: {message}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--store", type=Path, metavar="DIR", help="where memory lives (memory_store/db)")
    common.add_argument("--embedder", metavar="NAME", help="any sentence-transformers model (the packaged MiniLM)")
    common.add_argument("--json", action="store_true", help="print JSON lines")
    person = argparse.ArgumentParser(add_help=False)
    person.add_argument("--person", metavar="NAME", help="whose memory")
    model = argparse.ArgumentParser(add_help=False)
    model.add_argument(
        "--model", type=Path, metavar="PATH", help="a GGUF with a chat template (the packaged SmolLM2-135M)"
    )
    model.add_argument(
        "--adapter", type=Path, metavar="GGUF", help="a LoRA adapter for it; none for the model as it is"
    )
    model.add_argument("--gpu-layers", type=int, default=-1, metavar="N", help="layers on the GPU; -1 all, 0 none")
    model.add_argument("--seed", type=int, help="make runs repeat")

    parser = argparse.ArgumentParser(prog="python -m mrrec", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run, help: str, *parents) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help, description=help, parents=[common, *parents])
        command.set_defaults(run=run)
        return command

    own = argparse.ArgumentParser(add_help=False)
    own.add_argument(
        "--items", type=Path, metavar="FILE", help="a catalogue of your own: CSV, JSONL, Parquet or a folder"
    )
    own.add_argument("--events", type=Path, metavar="FILE", help="what people did with its items")
    chat = add("chat", _chat, "talk; with --json one message a line in, one step a line out", person, model, own)
    chat.add_argument("--persona", metavar="NAME", help="start from a copy of this persona's memory")
    chat.add_argument(
        "--save-trace", type=Path, metavar="FILE", help="write every turn's steps there, one JSON line each"
    )
    add("info", _info, "models, encoder, counts of items, personas, memories, experience", model, own)
    search = add("search", _search, "search the catalogue", own)
    search.add_argument("query")
    search.add_argument("--kind", action="append", default=[], help="film, book, game")
    search.add_argument("--limit", type=int, default=10)
    memory = add("memory", _memory, "list, forget, undo, export or import a person's memory", person, own)
    memory.add_argument("action", choices=("list", "forget", "undo", "export", "import"))
    memory.add_argument("target", nargs="*", help="forget: ids; export and import: a file")
    memory.add_argument("--turn", metavar="TURN", help="undo: everything of this turn or import (the last change)")
    bring = add("import", _import, "bring along what another service exports, as memories", person, own)
    bring.add_argument("file", type=Path, help="the export as it was downloaded: a zip, a folder, CSV or JSON")
    bring.add_argument("--service", metavar="NAME", help="where it is from (seen from what is in it)")
    bring.add_argument("--user", metavar="ID", help="whose rows, where the file holds several people's")
    bring.add_argument("--preview", action="store_true", help="show what would be remembered, and write nothing")
    distil = add("distil", _distil, "distil experience (global memory) from the personas, or from a file of events")
    distil.add_argument(
        "--events",
        type=Path,
        metavar="FILE",
        help="CSV, JSONL or Parquet: user_id, item_id, rating or event, timestamp",
    )
    distil.add_argument(
        "--items", type=Path, metavar="CATALOGUE", help="the events' catalogue, a file or folder (the one in use)"
    )
    distil.add_argument(
        "--least-people", type=int, metavar="N", help="publish what at least N people support, 2 or more (3)"
    )
    distil.add_argument("--restart", action="store_true", help="discard what a run that was broken off has left")
    distil.add_argument(
        "--out", type=Path, metavar="FILE", help="where to write it (memory_store/seed/experience.jsonl)"
    )
    make = "make the data of an evaluation"
    task = commands.add_parser("task", help=make, description=make)
    task.add_argument("name", choices=tuple(TASKS), help="; ".join(f"{n}: {about}" for n, (*_, about) in TASKS.items()))
    task.add_argument("--data", type=Path, metavar="DIR", help="where the publishers' files lie")
    task.add_argument("--out", type=Path, metavar="DIR", required=True, help="the folder to write it to")
    task.add_argument("--seed", type=int, default=0)
    task.set_defaults(run=_task)
    scored = add("evaluate", _evaluate, "compare settings on items, events and queries of any making", model)
    scored.add_argument("--items", type=Path, required=True, metavar="FILE", help="CSV, JSONL or Parquet")
    scored.add_argument("--events", type=Path, metavar="FILE", help="CSV, JSONL or Parquet")
    scored.add_argument("--queries", type=Path, required=True, metavar="FILE", help="JSONL")
    scored.add_argument("--settings", required=True, metavar="LIST", help="names with commas between them")
    scored.add_argument("--k", default="5,10,100", metavar="LIST", help="cut-offs (%(default)s)")
    scored.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the report is written")
    scored.add_argument("--only", action="append", default=[], metavar="NAME=VALUE", help="queries of this stratum")
    scored.add_argument(
        "--model-queries", type=int, default=200, metavar="N", help="queries for settings that ask the model; 0 all"
    )
    scored.add_argument("--jobs", type=int, default=0, metavar="N", help="processes; 0 is one a core")
    held = add("simulate", _simulate, "let simulated people with a hidden goal talk with the app, and count", model)
    held.add_argument("--dialogues", type=int, default=20, metavar="N", help="for each setting (%(default)s)")
    held.add_argument("--setting", choices=("mrrec", "no-memory", "both"), default="both", help="(%(default)s)")
    held.add_argument("--out", type=Path, default=Path("out/dialogues.jsonl"), metavar="FILE", help="(%(default)s)")
    whole = add("study", _study, "run the whole evaluation, and write docs/results.md and docs/results.json", model)
    whole.add_argument("--data", type=Path, metavar="DIR", help="where the publishers' files lie")
    whole.add_argument(
        "--work", type=Path, default=Path("out/study"), metavar="DIR", help="tasks and runs (%(default)s)"
    )
    whole.add_argument("--out", type=Path, default=Path("docs"), metavar="DIR", help="where results go (%(default)s)")
    whole.add_argument(
        "--run", dest="runs", action="append", default=[], metavar="NAME", help="one run only; may be repeated"
    )
    whole.add_argument("--jobs", type=int, default=0, metavar="N", help="processes; 0 is one a core")
    add("encode-seed", _encode_seed, "encode the seed's items into the vectors that are shipped with them")
    replay = commands.add_parser("replay", help="show a saved trace, without a model")
    replay.add_argument("file", type=Path)
    replay.add_argument("--json", action="store_true", help="print JSON lines")
    replay.set_defaults(run=_replay)
    return parser


def settings_of(args: argparse.Namespace) -> Settings:
    """Settings with the options that were given."""
    names = ("model", "adapter", "embedder", "store", "gpu_layers", "seed", "items", "events")
    given = {name: getattr(args, name, None) for name in names}
    given["store"] = given["store"] or Settings.store_of(given["items"])
    return replace(Settings(), **{name: value for name, value in given.items() if value is not None})


def _open(args: argparse.Namespace, model: bool = True):
    from mrrec.assistant import Assistant

    return Assistant.open(settings_of(args), progress=sys.stderr.isatty() or not args.json, model=model)


def _chat(args: argparse.Namespace) -> None:
    from mrrec.agent.loop import Conversation, run
    from mrrec.ui.terminal import show

    if args.person is not None and not args.person.strip():
        raise UsageError("--person needs a name")
    assistant = _open(args)
    memory = assistant.memory(args.person or f"guest-{uuid.uuid4().hex}")
    try:
        if args.persona:
            if memory.entries():
                raise UsageError(f"{args.person} has memories already; try the persona on with another --person")
            assistant.wear(memory, args.persona)
        if not args.json:
            print("\n".join(assistant.summary()), file=sys.stderr)
        conversation = Conversation(memory)
        for number, message in enumerate(_messages(args.json), 1):
            for step in run(assistant, conversation, message):
                if not args.json:
                    show(step)
                elif step.end is not None:
                    print(json.dumps({"turn": number} | step.to_dict(), ensure_ascii=False), flush=True)
            if args.save_trace:
                with args.save_trace.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(conversation.last.to_dict(), ensure_ascii=False) + "\n")
    finally:
        if not args.person:  # a guest's memory lives as long as the conversation
            memory.erase()


def _messages(quiet: bool) -> Iterable[str]:
    """Lines of standard input that hold something, until its end."""
    while True:
        if not quiet and sys.stdin.isatty():
            print("\nyou> ", end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        if not line:
            return
        if line.strip():
            yield line.strip()


def _info(args: argparse.Namespace) -> None:
    assistant = _open(args)
    facts = {
        "model": assistant.engine.name,
        "device": assistant.engine.device,
        "encoder": assistant.encoder.name,
        "dimensions": assistant.encoder.dim,
        "items": assistant.counts(),
        "personas": list(assistant.personas),
        "memories": assistant.memories(),
        "experience": assistant.experience.count,
        "store": str(assistant.store.path),
    }
    print(json.dumps(facts, ensure_ascii=False) if args.json else "\n".join(assistant.summary()))


def _search(args: argparse.Namespace) -> None:
    if not args.query.strip():
        raise UsageError("the query is empty")
    assistant = _open(args, model=False)
    if unknown := set(args.kind) - set(assistant.catalog.kinds):
        raise UsageError(
            f"no items of kind {', '.join(sorted(unknown))}; there are {', '.join(assistant.catalog.kinds)}"
        )
    vector = assistant.encoder.encode([args.query])[0]
    for item, score in assistant.catalog.search(args.query, vector, args.kind, args.limit):
        if args.json:
            print(json.dumps(item.to_dict() | {"score": round(score, 4)}, ensure_ascii=False))
        else:
            print(f"{score:5.2f}  {item.facts()}")


def _memory(args: argparse.Namespace) -> None:
    if not args.person or not args.person.strip():
        raise UsageError("whose memory? give --person NAME")
    memory = _open(args, model=False).memory(args.person)
    if args.action == "list":
        for tier in ("profile", "pattern", "record"):
            for entry in memory.entries(tier):
                _print(args, entry.to_dict(), f"{entry.id}  {entry.tier:8}{entry.text}")
    elif args.action == "forget":
        if not args.target:
            raise UsageError("forget what? give ids; see them with 'memory list'")
        change = memory.forget(args.target)
        for entry in (*change.forgotten, *change.withdrawn):
            _print(args, {"forgotten": entry.id, "text": entry.text}, f"forgotten  {entry.id}  {entry.text}")
    elif args.action == "undo":
        change = memory.undo(args.turn)
        if not change.restored and not change.forgotten:
            raise UsageError("there is nothing to undo")
        for word, entries in (("restored", change.restored), ("taken back", change.forgotten)):
            for entry in entries:
                _print(
                    args, {word.replace(" ", "_"): entry.id, "text": entry.text}, f"{word}  {entry.id}  {entry.text}"
                )
    elif args.action == "export":
        text = json.dumps(memory.export(), ensure_ascii=False, indent=None if args.json else 1)
        if args.target:
            Path(args.target[0]).write_text(text, "utf-8")
        else:
            print(text)
    else:
        if not args.target:
            raise UsageError("import what? give the file that 'memory export' wrote")
        try:
            data = json.loads(Path(args.target[0]).read_text("utf-8"))
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"{args.target[0]} is not JSON: {error}") from error
        change = memory.import_(data)
        _print(args, {"imported": len(change.written)}, f"imported {len(change.written)} records")


def _import(args: argparse.Namespace) -> None:
    from mrrec.memory.imports import make_plan, new_turn, preview, records

    if not args.person or not args.person.strip():
        raise UsageError("whose memory? give --person NAME")
    assistant = _open(args, model=False)
    plan = make_plan(args.file, assistant.catalog, args.service or "", args.user or "", progress=not args.json)
    _print(args, plan.to_dict(), "\n".join(preview(plan)))
    if args.preview:
        return
    if not len(plan):
        raise UsageError(f"nothing in {args.file.name} is to be remembered")
    if not args.json:
        print(f"writing {len(plan):,} memories …", file=sys.stderr, flush=True)
    turn = new_turn(plan)
    written = len(assistant.memory(args.person).write(records(plan), turn=turn).written)
    undo = f"python -m mrrec memory undo --person {shlex.quote(args.person)} --turn {turn}"
    told = f"take it back with: {undo}" if written else "all of it was there already"
    _print(args, {"imported": written, "turn": turn}, f"remembered {written:,}; {told}")


def _distil(args: argparse.Namespace) -> None:
    from mrrec.catalog import read_items
    from mrrec.embed import Encoder
    from mrrec.memory.distil import LEAST_PEOPLE, Shelf, check_least, choices_of, discard, distil, work_folder
    from mrrec.memory.events import read_histories
    from mrrec.memory.experience import write_aspects

    if args.items and not args.events:
        raise UsageError("--items is the catalogue of --events: give both")
    least = LEAST_PEOPLE if args.least_people is None else args.least_people
    check_least(least)
    out = args.out or settings_of(args).seed_dir / "experience.jsonl"
    work = work_folder(out)
    if args.restart:
        discard(work)
    people = read_histories(args.events, not args.json) if args.events else None
    assistant = None if args.items else _open(args, model=False)
    items = read_items(args.items) if args.items else assistant.catalog.items
    told = people.report({i.id for i in items}) if people else {}
    if told and not args.json:
        print("\n".join(f"{name:18}{value}" for name, value in told.items()), file=sys.stderr)
    if args.items:
        shelf = Shelf.encoded(items, Encoder(args.embedder), work, not args.json)
    else:
        shelf = Shelf.of(items, assistant.catalog.vectors, assistant.encoder)
    people = people or [choices_of(assistant.persona_records(name)) for name in assistant.personas]
    aspects = distil(people, shelf, least, not args.json, work)
    write_aspects(out, aspects)
    discard(work)
    scenarios = len({(a.kind, a.genre) for a in aspects})
    found = {"aspects": len(aspects), "scenarios": scenarios, "people": len(people), "out": str(out)}
    text = f"{len(aspects)} aspects of {scenarios} scenarios from {len(people)} people, in {out}"
    _print(args, found | ({"events": told} if told else {}), text)


def _task(args: argparse.Namespace) -> None:
    from mrrec.evaluate.data import write_task
    from mrrec.evaluate.tasks import builder

    task = builder(args.name)(args.data, args.seed, True)
    write_task(task, args.out)
    people = len({q.user for q in task.queries if q.user})
    counts = f"{len(task.items)} items, {len(task.events)} events, {len(task.queries)} queries of {people} people"
    print(f"{counts}, in {args.out}")


def _evaluate(args: argparse.Namespace) -> None:
    from mrrec.evaluate.run import Options, evaluate

    only = [tuple(o.split("=", 1)) for o in args.only]
    if wrong := [o for o in only if len(o) != 2]:
        raise UsageError(f"--only {wrong[0][0]}: write it as NAME=VALUE")
    try:
        ks = tuple(sorted({int(k) for k in args.k.split(",")}))
    except ValueError:
        raise UsageError(f"--k {args.k}: whole numbers with commas between them") from None
    if ks[0] < 1:
        raise UsageError("--k: a cut-off is at least 1")
    options = Options(
        args.items, args.queries, args.out, tuple(dict.fromkeys(s.strip() for s in args.settings.split(","))),
        args.events, ks, tuple(only), args.model_queries, args.seed or 0, args.jobs,
        command="python -m mrrec " + shlex.join(args.words),
    )  # fmt: skip
    summary = evaluate(options, settings_of(args), progress=not args.json)
    _print(args, summary, f"{args.out / 'report.md'}")


def _study(args: argparse.Namespace) -> None:
    from mrrec.evaluate.study import study

    found = study(args.work, args.out, args.data, settings_of(args), args.runs, args.jobs, args.seed or 0)
    for head in found["headlines"]:
        gain = f"{head['gain']:+.1%} over {head['worse']}" if "worse" in head else f"{head['value']:.3f}"
        _print(args, head, f"{'reached' if head['reached'] else 'missed ':8} {head['run']:11} {head['claim']}: {gain}")


def _simulate(args: argparse.Namespace) -> None:
    from mrrec.evaluate.simulator import SETTINGS, run_simulation, summary

    if args.dialogues < 1:
        raise UsageError("--dialogues: at least 1")
    assistant, found = _open(args), []
    for setting in SETTINGS if args.setting == "both" else (args.setting,):
        found += run_simulation(assistant, args.dialogues, args.seed or 0, args.out, not args.json, setting)
    told = summary(found)
    for name, figures in told.items():
        _print(args, {name: figures}, name + "".join(f"\n  {k:34}{v}" for k, v in figures.items()))


def _encode_seed(args: argparse.Namespace) -> None:
    from mrrec.catalog import Catalog, read_items
    from mrrec.embed import Encoder, save_vectors

    settings = settings_of(args)
    texts = Catalog.texts(read_items(settings.seed_dir / "catalog"))
    out = settings.seed_dir / "vectors.npz"
    save_vectors(out, Encoder(settings.embedder), texts, progress=not args.json)
    _print(args, {"texts": len(texts), "out": str(out)}, f"{len(texts)} vectors in {out}")


def _replay(args: argparse.Namespace) -> None:
    from mrrec.agent.conversation import replay
    from mrrec.ui.terminal import show

    try:
        traces = [json.loads(line) for line in args.file.read_text("utf-8").splitlines() if line.strip()]
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{args.file} is no saved trace: {error}") from error
    for number, trace in enumerate(traces, 1):
        for step in replay(trace):
            if args.json:
                print(json.dumps({"turn": number} | step.to_dict(), ensure_ascii=False))
            else:
                show(step)


def _print(args: argparse.Namespace, data: dict, text: str) -> None:
    print(json.dumps(data, ensure_ascii=False) if args.json else text)
