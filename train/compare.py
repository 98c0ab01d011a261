"""Both rewards from the same adapter on the same budget, several seeds each: is more learned, and how steadily?

    python -m train.compare --start out/sft/best --out out/compare --seeds 3 --steps 8

Each run is `train.grpo` with options of its own below OUT; one that has ended is not run again. What is unknown here is
handed on to it ("--people 60 --rate 5e-5").
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

import pandas as pd

from train.plots import QUALITY, compared
from train.rewards import REWARDS

WATCHED = (QUALITY, "entropy", "completions/mean_length", "reward_std")


def run(out: Path, reward: str, seed: int, options: Sequence[str]) -> None:
    """One run of GRPO, unless it has ended. Raises SystemExit with the end of its output where it fails."""
    folder = out / f"{reward}-{seed}"
    if (folder / "ended").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "train.grpo", "--reward", reward, "--seed", str(seed), "--out", str(folder)]
    resumes = ["--resume"] if any(folder.glob("checkpoint-*")) else []
    done = subprocess.run([*command, *options, *resumes], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{folder} failed:\n{done.stderr[-2000:]}")
    (folder / "ended").touch()


def shares(jobs: int) -> SimpleQueue[set[int]]:
    """The cores, shared out among `jobs`; none where the system has no such thing."""
    found: SimpleQueue[set[int]] = SimpleQueue()
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    for job in range(jobs):
        if mine := set(cores[job::jobs]):
            found.put(mine)
    return found


def _settle(shared: SimpleQueue[set[int]]) -> None:
    """Keep this thread, and the programs that it starts, to a share of the cores."""
    if not shared.empty():
        os.sched_setaffinity(0, shared.get())


def curves(out: Path) -> pd.DataFrame:
    """What was logged of each run: reward, seed, step, and the columns of WATCHED."""
    rows = []
    for folder in sorted(out.glob("*-*")):
        reward, _, seed = folder.name.rpartition("-")
        if (folder / "log.json").exists():
            log = json.loads((folder / "log.json").read_text("utf-8"))
            rows += [{"reward": reward, "seed": int(seed)} | {k: r.get(k) for k in ("step", *WATCHED)} for r in log]
    return pd.DataFrame(rows)


def summary(found: pd.DataFrame) -> pd.DataFrame:
    """Held-out nDCG@10 of each reward over its seeds: before, best and last, mean and standard deviation."""
    held = found.dropna(subset=[QUALITY]).sort_values("step")
    of_run = held.groupby(["reward", "seed"])[QUALITY].agg(before="first", best="max", last="last")
    told = of_run.groupby("reward").agg(["mean", "std"]).round(3)
    told["seeds"] = of_run.groupby("reward").size()
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("out/compare"))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time; cores are shared among them")
    args, options = parser.parse_known_args()
    runs = [(reward, seed) for seed in range(args.seeds) for reward in REWARDS]
    with ThreadPoolExecutor(args.jobs, initializer=_settle, initargs=(shares(args.jobs),)) as pool:
        list(pool.map(lambda of: run(args.out, *of, options), runs))
    found = curves(args.out)
    compared(found, WATCHED, args.out / "compared.png")
    print(summary(found).to_string())


if __name__ == "__main__":
    main()
