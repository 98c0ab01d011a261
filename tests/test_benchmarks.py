"""The benchmarks start, and say what they measured in one form. Their speed is no test."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent.parent / "benchmarks"
SCRIPTS = sorted(FOLDER.glob("bench_*.py"))


def test_every_script_is_in_the_readme():
    readme = (FOLDER / "README.md").read_text("utf-8")
    assert len(SCRIPTS) >= 4 and all(f"`{script.name}`" in readme for script in SCRIPTS)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_help(script):
    done = subprocess.run([sys.executable, script, "--help"], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "--quick" in done.stdout


@pytest.fixture
def common(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    import common

    return common


def test_a_measure_is_one_json_line(common, capsys):
    measures = [common.at_most("a", 1.2345678, 1.3), common.at_least("b", 0.8, 0.9), common.below("c", 1.0, 1.0)]
    common.report("Title", ("what", "ours"), [("row", "1 ms")], measures)
    lines = capsys.readouterr().out.splitlines()
    assert "row   1 ms" in lines[2]
    assert [json.loads(line) for line in lines[-3:]] == [
        {"name": "a", "ratio": 1.2346, "bar": 1.3, "ok": True},
        {"name": "b", "ratio": 0.8, "bar": 0.9, "ok": False},
        {"name": "c", "ratio": 1.0, "bar": 1.0, "ok": False},
    ]


def test_calls_come_by_turns_and_the_warm_up_is_not_counted(common):
    calls = []
    first, second = (lambda i, side=side: calls.append((side, i)) for side in "ab")
    a, b = common.interleaved(first, second, rounds=3, limit=60, warm=1)
    assert calls == [(side, i) for i in (-1, 0, 1, 2) for side in "ab"]
    assert a > 0 and b > 0


def test_no_round_begins_after_the_limit(common):
    calls = []
    common.interleaved(lambda i: calls.append(i), lambda i: None, rounds=50, limit=0, warm=0)
    assert calls == list(range(common.LEAST_ROUNDS))
