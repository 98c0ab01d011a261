"""The documents say what is so: commands, links, figures, the container, and which way imports point."""

from __future__ import annotations

import argparse
import ast
import json
import re
import shlex
import subprocess
from functools import cache
from pathlib import Path

import pytest
import yaml

import app
from mrrec import cli
from mrrec.catalog import Item, read_items
from mrrec.settings import ROOT, SEED

README = ROOT / "README.md"
FOLDERS = (".", "benchmarks", "docs", "memory_store", "train")
PAGES = sorted(page for folder in FOLDERS for page in (ROOT / folder).glob("*.md"))
# What each room may import. A new room is added here, and to docs/architecture.md.
BELOW = {
    "settings": set(),
    "embed": {"settings"},
    "adapted": {"embed"},
    "disk": set(),
    "store": {"disk", "settings"},
    "llm": {"settings"},
    "catalog": {"adapted", "embed", "store", "settings"},
    "memory": {"catalog", "llm", "adapted", "embed", "store", "settings"},
    "agent": {"memory", "adapted", "catalog", "llm", "embed", "store", "settings"},
    "assistant": {"agent", "memory", "catalog", "llm", "embed", "store", "settings"},
    "ui": {"assistant", "agent", "memory", "catalog", "llm", "embed", "store", "settings"},
    "evaluate": {"assistant", "agent", "memory", "catalog", "llm", "embed", "store", "settings"},
    "cli": {"evaluate", "ui", "assistant", "agent", "memory", "catalog", "llm", "embed", "store", "settings"},
    "__main__": {"cli"},
}
# What a room within a room may import of mrrec, beside itself
WITHIN = {"memory/reading": {"catalog", "adapted", "embed", "llm", "memory.entry"}}
TRAINING = {"unsloth", "unsloth_zoo", "trl", "peft", "bitsandbytes"}


# Commands


def blocks(page: Path) -> list[str]:
    """Code blocks for the shell."""
    return re.findall(r"^```(?:sh|bash)\n(.*?)^```", page.read_text("utf-8"), re.M | re.S)


def commands(text: str) -> list[list[str]]:
    """Words of each command; pipes and lists are taken apart, redirections and comments left out.

    >>> commands("printf 'a b' | python -m mrrec chat > out  # talk")
    [['printf', 'a b'], ['python', '-m', 'mrrec', 'chat']]
    """
    found = []
    for line in text.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        command: list[str] = []
        skip = False
        for word in [*lexer, ";"]:
            if set(word) <= set("|&;()"):
                found += [command] if command else []
                command = []
            elif set(word) <= set("<>"):
                skip = True
            elif skip:
                skip = False
            else:
                command.append(word)
    return found


def written(*starts: str) -> list[list[str]]:
    """What follows `starts` in the commands of all pages."""
    n = len(starts)
    everything = [c for page in PAGES for block in blocks(page) for c in commands(block)]
    return [c[n:] for c in everything if [Path(c[0]).name, *c[1:n]] == list(starts)]


def subparsers() -> dict[str, argparse.ArgumentParser]:
    """The parser of each command, described by the help of the list of commands."""
    (action,) = (a for a in cli._parser()._actions if isinstance(a, argparse._SubParsersAction))
    for listed in action._choices_actions:
        action.choices[listed.dest].description = listed.help
    return action.choices


def options(parser: argparse.ArgumentParser) -> set[str]:
    return {o for a in parser._actions for o in a.option_strings}


def app_options() -> set[str]:
    """The options of app.py, as its own source names them."""
    return set(re.findall(r'add_argument\(\s*"(--[\w-]+)"', (ROOT / "app.py").read_text("utf-8")))


def test_commands_of_mrrec_parse():
    found = written("python", "-m", "mrrec")
    assert {c[0] for c in found if not c[0].startswith("-")} == set(subparsers())
    for words in found:
        try:
            cli._parser().parse_args(words)
        except SystemExit as left:
            assert left.code == 0, f"`python -m mrrec {shlex.join(words)}` is no command"


def test_commands_of_app_parse(capsys):
    found = written("python", "app.py")
    assert found
    for words in found:
        try:
            app.arguments(words)
        except SystemExit:
            pytest.fail(f"python app.py {shlex.join(words)}: {capsys.readouterr().err}")


def test_targets_of_make_exist():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    named = [word for words in written("make") for word in words if "=" not in word]
    assert {"app", "test"} <= set(named) <= targets


def test_opening_is_two_commands():
    first, *_ = blocks(README)
    opening = commands(first)
    assert [c for c in opening if c[0] == "make"] == [["make", "app"], ["make", "test"]]
    assert len(first.strip().splitlines()) == 2


def row(name: str, parser: argparse.ArgumentParser) -> str:
    """A command as a row of the README's table."""
    words = [name, *(" / ".join(a.choices or [a.dest]) for a in parser._actions if not a.option_strings)]
    flags = [f"`{a.option_strings[-1]}`" for a in parser._actions if a.option_strings and a.dest != "help"]
    return f"| `{' '.join(words)}` | {parser.description} | {' '.join(flags)} |"


def test_table_of_commands_is_generated():
    table = "\n".join(row(name, parser) for name, parser in subparsers().items())
    assert table in README.read_text("utf-8"), f"put these rows into README.md:\n{table}"


def test_options_in_the_text_exist():
    known = set().union(*map(options, subparsers().values()), app_options(), {"--quick"})
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", README.read_text("utf-8"), flags=re.M | re.S))
    named = {o for code in inline for o in re.findall(r"(?<![\w-])--[a-z][a-z-]*", code)}
    assert "--model" in named
    assert named <= known, f"no such options: {named - known}"


# Links, front matter, figures


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_resolve(page):
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.M | re.S)
    targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r"<(?:img|source)[^>]+src(?:set)?=\"([^\"]+)\"", text)
    for target in targets:
        path, _, anchor = target.partition("#")
        if re.match(r"https?:|mailto:", target):
            continue
        to = (page.parent / path).resolve() if path else page
        assert to.exists(), f"{page.name}: {target} is not there"
        assert not anchor or anchor in anchors(to), f"{page.name}: no heading for {target}"


def test_front_matter():
    head = README.read_text("utf-8").split("---\n")
    assert head[0] == ""
    meta = yaml.safe_load(head[1])
    colours = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
    assert meta["sdk"] == "docker" and meta["app_port"] == 7860 and meta["license"] == "apache-2.0"
    assert meta["title"] and meta["emoji"] and {meta["colorFrom"], meta["colorTo"]} <= colours
    assert 0 < len(meta["short_description"]) <= 60


@cache
def items() -> list[Item]:
    return read_items(SEED / "catalog")


def test_counts_are_those_of_the_catalogue():
    text = README.read_text("utf-8")
    for kind in ("film", "book", "game"):
        count = sum(i.kind == kind for i in items())
        figures = re.findall(rf"(\d[\d,]*) {kind}s\b", text)
        assert figures, f"the README does not count {kind}s"
        for figure in figures:
            assert int(figure.replace(",", "")) == count, f"{figure} {kind}s; there are {count}"


def test_items_of_the_excerpt_are_in_the_catalogue():
    known = {(i.title, i.year) for i in items()}
    shown = re.findall(r"^\*\*(.+?)\*\* \((\d{4})\):", README.read_text("utf-8"), re.M)
    assert shown
    for title, year in shown:
        assert (title, int(year)) in known, f"{title} ({year}) is not in the catalogue"


# Imports


def sources() -> list[Path]:
    return [p for p in files() if p.suffix == ".py"]


def imported(path: Path) -> set[str]:
    """Modules that a file imports when it runs; imports for type checkers alone are left out."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body = [ast.Pass()]
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path.name} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_imports_point_down():
    package = ROOT / "mrrec"
    for path in package.rglob("*.py"):
        room = path.relative_to(package).parts[0].removesuffix(".py")
        if room == "__init__":
            continue
        assert room in BELOW, f"say in BELOW what the new room {room!r} may import"
        used = {m.split(".")[1] for m in imported(path) if m.startswith("mrrec.")}
        assert used - {room} <= BELOW[room], f"{path.relative_to(ROOT)} imports {used - {room} - BELOW[room]}"


@pytest.mark.parametrize("room", WITHIN)
def test_imports_of_an_inner_room_point_down(room):
    allowed = tuple(f"mrrec.{below}." for below in (room.replace("/", "."), *WITHIN[room]))
    for path in (ROOT / "mrrec" / room).rglob("*.py"):
        used = {m for m in imported(path) if m.startswith("mrrec.") and not m.startswith(allowed)}
        assert not used, f"{path.relative_to(ROOT)} imports {used}"


def test_training_is_imported_in_train_only():
    for path in sources():
        if path.relative_to(ROOT).parts[0] != "train" and path.name != "bench_train.py":
            used = {m.split(".")[0] for m in imported(path)} & TRAINING
            assert not used, f"{path.relative_to(ROOT)} imports {used}"


def test_app_and_training_pin_the_same_versions():
    def pins(path: Path) -> dict[str, str]:
        return dict(re.findall(r"^([\w-]+)==(\S+)", path.read_text("utf-8"), re.M))

    ours, training = pins(ROOT / "requirements.txt"), pins(ROOT / "train" / "requirements.txt")
    assert {"torch", "transformers"} <= set(ours) & set(training)
    for name in set(ours) & set(training):
        assert ours[name] == training[name], name


# The container, and what is in the repository


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text("utf-8"), flags=re.M).replace("\\\n", " ")
    return [tuple(line.split(None, 1)) for line in text.splitlines() if line.strip()]


def test_container_runs_as_uid_1000_on_7860():
    last = max(i for i, (name, _) in enumerate(instructions()) if name == "FROM")
    final = instructions()[last:]
    assert [v for n, v in final if n == "USER"][-1].split(":")[0] == "1000"
    assert any("useradd" in v and "--uid 1000" in v for n, v in final if n == "RUN")
    assert ("EXPOSE", "7860") in final
    settings = " ".join(v for n, v in final if n == "ENV").split()
    assert {"HF_HUB_OFFLINE=1", "GRADIO_ANALYTICS_ENABLED=False"} <= set(settings)
    python, script, *words = json.loads(dict(final)["CMD"])
    assert (python, script) == ("python", "app.py")
    options = app.arguments(words)
    assert (options.host, options.port) == ("0.0.0.0", 7860)
    assert options.store.is_relative_to("/home/user"), "the store must lie where uid 1000 may write"
    built = [c for n, v in final if n == "RUN" for c in commands(v) if c[:3] == ["python", "-m", "mrrec"]]
    assert [cli._parser().parse_args(c[3:]).store for c in built] == [options.store], "built where it is used"


def test_container_copies_what_exists():
    for name, value in instructions():
        if name == "COPY" and "--from" not in value:
            *copied, _ = [w for w in value.split() if not w.startswith("--")]
            for source in copied:
                assert (ROOT / source).exists(), f"COPY {source}"
                assert f"!{source.split('/')[0]}" in (ROOT / ".dockerignore").read_text("utf-8").split()


@cache
def files() -> list[Path]:
    """Files that are or will be in the repository."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [p for name in listed.split("\0") if name and (p := ROOT / name).is_file()]


def test_no_path_of_a_machine():
    local = re.compile(r"(?<![\w.])/(?:work|root|Users)/")
    for path in files():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        hit = local.search(text)
        assert hit is None, f"{path.relative_to(ROOT)}: {text[max(0, hit.start() - 30) : hit.end() + 30]!r}"
