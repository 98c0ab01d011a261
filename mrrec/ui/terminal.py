"""Steps as lines of a terminal."""

from __future__ import annotations

from mrrec.agent.steps import (
    Answer,
    Ask,
    Experience,
    Lookup,
    Profile,
    Ranking,
    Recall,
    Remember,
    Say,
    Step,
    Thought,
)  # fmt: skip


def show(step: Step) -> None:
    """Print a step once it is done."""
    if step.end is None:
        return
    for line in lines(step):
        print(line, flush=True)


def lines(step: Step) -> list[str]:
    """The lines that tell a finished step."""
    took = f"  ({step.seconds:.1f} s)"
    match step:
        case Experience():
            aspects = ", ".join(a["aspect"] for a in step.aspects)
            return [f"  · experience of {step.scenario or 'nothing like it'}: {aspects}{took}"]
        case Thought():
            return [f"  · {step.text}{took}"]
        case Recall():
            head = f"  · recalled for {', '.join(step.aspects)}{': ' + step.note if step.note else ''}{took}"
            return [head, *(f"      [{e['id']}] {e['text']}  {e['score']:.2f}" for e in step.entries)]
        case Lookup():
            missing = [f"      not in the catalogue: {', '.join(step.missing)}"] if step.missing else []
            common = [f"      shared: {', '.join(v for vs in step.shared.values() for v in vs)}"] if step.shared else []
            return [
                f"  · looked up {', '.join(step.queries)}{took}",
                *(f"      {f['text']}" for f in step.facts),
                *common,
                *missing,
            ]
        case Profile():
            binding = "; ".join(filter(None, [", ".join(step.must), ", ".join(step.avoid)]))
            return [f"  · ideal: {step.ideal}{f' ({binding})' if binding else ''}{took}"]
        case Ranking():
            return [f"  · ranked {step.pool} items{took}"]
        case Answer() | Ask() | Say():
            return ["", step.text]
        case Remember():
            changes = [
                ("remembered", step.written),
                ("known already", step.same),
                ("said more exactly", step.refined),
                ("superseded", step.superseded),
                ("forgot", step.forgotten),
                ("back", step.restored),
            ]
            told = [f"  · {word} [{e['id']}] {e['text']}" for word, entries in changes for e in entries]
            return told or ([f"  · {step.note}"] if step.note else [])
    return [str(step)]
