"""Make the pictures of docs/screenshots: `python -m docs.screenshots` (needs Chromium; pngquant makes them smaller)."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from mrrec.assistant import Assistant
from mrrec.settings import Settings
from mrrec.ui.page import build, launch_options
from tests.browser import Page, page

FOLDER = Path(__file__).parent / "screenshots"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as store:
        assistant = Assistant.open(Settings(store=Path(store), seed=3), progress=True)
        demo = build(assistant)
        _, address, _ = demo.launch(prevent_thread_lock=True, quiet=True, inbrowser=False, **launch_options(assistant))
        with page(address) as p:
            keep(p, "start")
            wear(p, 2)
            p.say("Surprise me with a film")
            p.answered()
            open_step(p, "Recalled")
            open_step(p, "Ranked")
            time.sleep(1)  # they unfold
            keep(p, "steps")
            p.click(".presses button")
            p.wait(lambda: p.all('.presses button[aria-pressed="true"]'))
            p.js("document.querySelector('#shelf').scrollIntoView()")
            keep(p, "cards")
        with page(address, 390, 844, dark=True) as p:
            p.say("A hopeful, slow science fiction film")
            p.answered()
            keep(p, "phone-dark")
        demo.close()
        demo.erase_guests()


def wear(p: Page, persona: int) -> None:
    p.one("#persona input").click()
    p.wait(lambda: len(p.all("#persona [role=option]")) > persona)
    p.all("#persona [role=option]")[persona].click()
    p.wait(lambda: len(p.all("#memories .entry")) > 5)


def open_step(p: Page, title: str) -> None:
    for at, step in enumerate(p.all("#chat .thought-group .title")):
        if step.text.startswith(title):
            p.click("#chat .thought-group .title", at)
            return


def keep(p: Page, name: str) -> None:
    p.js("document.activeElement.blur()")
    p.wait(lambda: not p.all(".toast-body"), 15)
    path = FOLDER / f"{name}.png"
    p.driver.save_screenshot(str(path))
    if shutil.which("pngquant"):
        subprocess.run(["pngquant", "--force", "--output", str(path), "64", str(path)], check=True)
    print(f"{path}: {path.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
