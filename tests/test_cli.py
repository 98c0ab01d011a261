"""The command line as people and programs use it: real processes over a store of their own."""

import json
import os
import subprocess
import sys

import pytest

from mrrec.settings import ROOT


@pytest.fixture(scope="module")
def mrrec(tmp_path_factory, assistant):
    store = tmp_path_factory.mktemp("cli")

    def call(*arguments, stdin=""):
        command = [sys.executable, "-m", "mrrec", *arguments]
        if arguments and arguments[0] not in ("replay", "--help"):
            command += ["--store", str(store)]
        environment = os.environ | {"HF_HUB_OFFLINE": "1"}
        return subprocess.run(
            command, input=stdin, capture_output=True, text=True, cwd=ROOT, env=environment, timeout=300
        )

    return call


def lines(result):
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_conversation_in_json_and_its_memory_between_runs(mrrec, tmp_path):
    trace = tmp_path / "trace.jsonl"
    out = lines(
        mrrec(
            "chat",
            "--json",
            "--person",
            "ada",
            "--save-trace",
            str(trace),
            stdin="I hate gore. A scary film, please\nmore like the second one\n",
        )
    )
    assert {s["turn"] for s in out} == {1, 2} and len({s["id"] for s in out}) == len(out)
    answers = [s for s in out if s["step"] == "answer"]
    assert len(answers) == 2
    for answer in answers:
        for item in answer["items"]:
            assert {
                "id",
                "kind",
                "title",
                "year",
                "length",
                "genres",
                "themes",
                "creators",
                "people",
                "why",
                "memories",
                "facts",
            } <= set(item)
            assert "gore" not in item["themes"]
    listed = lines(mrrec("memory", "list", "--person", "ada", "--json"))
    assert any("gore" in e["text"] and e["tier"] == "record" for e in listed)
    replayed = lines(mrrec("replay", str(trace), "--json"))
    assert [s["id"] for s in replayed] == [s["id"] for s in out]

    record = next(e["id"] for e in listed if e["tier"] == "record")
    stranger = mrrec("memory", "forget", record, "--person", "bea")
    assert stranger.returncode != 0 and record in stranger.stderr
    gone = lines(mrrec("memory", "forget", record, "--person", "ada", "--json"))
    assert len(gone) == len(listed)  # the record, and all that rested on it
    assert lines(mrrec("memory", "list", "--person", "ada", "--json")) == []
    lines(mrrec("memory", "undo", "--person", "ada", "--json"))
    assert {e["id"] for e in lines(mrrec("memory", "list", "--person", "ada", "--json"))} == {e["id"] for e in listed}

    exported = tmp_path / "memory.json"
    mrrec("memory", "export", str(exported), "--person", "ada")
    lines(mrrec("memory", "import", str(exported), "--person", "eve", "--json"))
    assert {e["text"] for e in lines(mrrec("memory", "list", "--person", "eve", "--json"))} == {
        e["text"] for e in listed
    }


def test_a_guest_in_a_personas_clothes_leaves_nothing_behind(mrrec):
    before = json.loads(mrrec("info", "--json").stdout)["memories"]
    out = lines(mrrec("chat", "--json", "--persona", "court-clerk", stdin="surprise me\n"))
    assert any(i["memories"] for s in out if s["step"] == "answer" for i in s["items"])
    assert json.loads(mrrec("info", "--json").stdout)["memories"] == before


def test_info_and_search(mrrec):
    info = json.loads(mrrec("info", "--json").stdout)
    assert info["items"]["film"] >= 1500 and len(info["personas"]) == 12 and info["experience"] > 0
    assert "SmolLM2" in info["model"] and "MiniLM" in info["encoder"]
    found = lines(mrrec("search", "the left hand of darkness", "--kind", "book", "--json"))
    assert found[0]["title"] == "The Left Hand of Darkness"


@pytest.mark.parametrize(
    "arguments, said",
    [
        (("memory", "list"), "--person"),
        (("memory", "forget", "--person", "ada"), "ids"),
        (("memory", "import", "/nowhere.json", "--person", "ada"), "nowhere"),
        (("chat", "--persona", "nobody"), "nobody"),
        (("chat", "--model", "/nowhere.gguf"), "--model"),
        (("search", "  "), "empty"),
        (("search", "x", "--kind", "opera"), "opera"),
        (("replay", "/nowhere.jsonl"), "nowhere"),
    ],
)
def test_errors_go_to_stderr_and_say_what_to_do(mrrec, arguments, said):
    result = mrrec(*arguments)
    assert result.returncode != 0 and said in result.stderr and "Traceback" not in result.stderr and not result.stdout
