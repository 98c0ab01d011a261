"""A headless Chromium on the page, for the browser tests and the screenshots."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip


def missing() -> str:
    """What a browser test would need and does not find; empty where all is there."""
    try:
        import selenium  # noqa: F401
    except ImportError:
        return "selenium is not installed (requirements-dev.txt)"
    if not _chromium():
        return "no chromium on the PATH (Debian: apt-get install chromium chromium-driver)"
    return "" if shutil.which("chromedriver") else "no chromedriver on the PATH (Debian: chromium-driver)"


def _chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Page:
    """The page in a window of its own; elements are found by CSS selector."""

    def __init__(self, driver):
        self.driver = driver

    def wait(self, what: Callable[[], object], seconds: float = 90.0, why: str = ""):
        """The first true value of `what`, tried again until then. Raises TimeoutError."""
        from selenium.common.exceptions import WebDriverException

        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if found := what():
                    return found
            except (WebDriverException, IndexError):
                pass  # the element was being drawn anew
            time.sleep(0.1)
        raise TimeoutError(why or "the page did not come so far")

    def all(self, selector: str) -> list:
        return self.driver.find_elements("css selector", selector)

    def one(self, selector: str):
        return self.wait(lambda: self.all(selector), 20, f"no {selector}")[0]

    def js(self, script: str, *values):
        return self.driver.execute_script(script, *values)

    def click(self, selector: str, at: int = 0) -> None:
        self.wait(lambda: len(self.all(selector)) > at, 20, f"no {selector}")
        self.js("arguments[0].click()", self.all(selector)[at])

    def say(self, text: str) -> None:
        """Type `text` and send it with the Enter key."""
        box = self.one("#message textarea")
        box.send_keys(text)
        box.send_keys("\ue007")

    def answered(self) -> None:
        """Wait until every message has its answer, or the note that it was stopped."""

        def ended() -> bool:
            ends = len(self.all("#chat .took")) + sum("Waiting" not in n.text for n in self.all("#chat .note"))
            going = self.all('#chat [aria-busy="true"]') or not self.all("#send")
            return ends >= len(self.all("#chat .user-row")) > 0 and not going

        self.wait(ended, 240, "no end came")
        time.sleep(0.6)

    def cards(self) -> list:
        return self.all("#shelf .card")

    def overflow(self) -> int:
        """Pixels by which the page is wider than the window."""
        return self.js("return document.documentElement.scrollWidth - document.documentElement.clientWidth")


@contextmanager
def page(address: str, width: int = 1280, height: int = 900, dark: bool = False) -> Iterator[Page]:
    """Open `address` in a new profile; `dark` is what the system prefers."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = _chromium()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for flag in (*FLAGS, f"--user-data-dir={profile}", f"--window-size={width},{height}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
        try:
            size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
            scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
            driver.get(address)
            opened = Page(driver)
            opened.wait(
                lambda: opened.all("#message textarea") and opened.all("#memories p"), why="the page did not load"
            )
            yield opened
        finally:
            driver.quit()
