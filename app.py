"""The door: `python app.py` opens the page. On Spaces the same file runs, with options from the environment."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from mrrec.assistant import Assistant
from mrrec.settings import Settings


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    default = Settings()
    parser = argparse.ArgumentParser(description="A recommender that chats, remembers and shows its reasons.")
    parser.add_argument("--model", type=Path, help="a GGUF file with a chat template; the packaged model otherwise")
    parser.add_argument(
        "--adapter", type=Path, metavar="GGUF", help="a LoRA adapter for it; none for the model as it is"
    )
    parser.add_argument("--embedder", help="a sentence-transformers folder or name; the packaged encoder otherwise")
    parser.add_argument("--items", type=Path, help="a catalogue of your own: CSV, JSONL, Parquet or a folder")
    parser.add_argument(
        "--events", type=Path, help="what people did with its items: user_id, item_id, rating, timestamp"
    )
    parser.add_argument("--store", type=Path, help="folder of the memory store (memory_store/db)")
    parser.add_argument("--host", default=os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=_port(), help="7860, or the next free one")
    parser.add_argument(
        "--share", action="store_true", help="a public address through Gradio's tunnel; needs a network"
    )
    parser.add_argument(
        "--gpu-layers", type=int, default=default.gpu_layers, help="layers on the GPU, -1 for all (%(default)s)"
    )
    parser.add_argument(
        "--auth", type=Path, metavar="FILE", help="ask for a login: a file with one name:password a line"
    )
    parser.add_argument(
        "--login", action="store_true", help="offer the Hugging Face login (on a Space whose README has hf_oauth: true)"
    )
    return parser.parse_args(argv)


def read_auth(path: Path) -> list[tuple[str, str]]:
    """Names and passwords of a file. Raises ValueError that names the line."""
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        name, colon, password = line.strip().partition(":")
        if line.strip() and not (name and colon and password):
            raise ValueError(f"{path}, line {number}: write name:password")
        if line.strip():
            found.append((name, password))
    if not found:
        raise ValueError(f"{path} names nobody: write one name:password a line")
    return found


def main(argv: list[str] | None = None) -> int:
    options = arguments(argv)
    settings = Settings(
        model=options.model, embedder=options.embedder, store=options.store or Settings.store_of(options.items),
        adapter=options.adapter, gpu_layers=options.gpu_layers, items=options.items, events=options.events,
    )  # fmt: skip
    try:
        auth = read_auth(options.auth) if options.auth else None
        assistant = Assistant.open(settings, progress=True)
        assistant.sweep()
    except (RuntimeError, ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    from mrrec.ui.page import build, launch_options

    demo = build(assistant, login=options.login)
    print("\n".join(assistant.summary()))
    _, address, shared = demo.launch(
        server_name=options.host,
        server_port=options.port,
        share=options.share,
        auth=auth,
        prevent_thread_lock=True,
        quiet=True,
        **launch_options(assistant),
    )
    print(f"address  {shared or address}", flush=True)
    try:
        demo.block_thread()
    finally:
        demo.erase_guests()
    return 0


def _port() -> int | None:
    """The port from the environment; None lets Gradio take the first free one from 7860 on."""
    value = os.environ.get("PORT") or os.environ.get("GRADIO_SERVER_PORT")
    return int(value) if value else None


if __name__ == "__main__":
    raise SystemExit(main())
