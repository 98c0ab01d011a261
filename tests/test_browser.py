"""The page in headless Chromium, over the real assistant. Skipped, saying so, where there is no browser."""

from __future__ import annotations

import json
import time

import pytest

from mrrec.ui.markup import plain
from tests.browser import missing, page

pytestmark = pytest.mark.skipif(bool(missing()), reason=f"browser tests: {missing()}")
HOSTILE = 'A slow film <img src=x onerror="window.hit=1"><script>window.hit=1</script> ![a](http://evil.example/a.png)'


@pytest.fixture(scope="module")
def address(assistant):
    from mrrec.ui.page import build, launch_options

    demo = build(assistant)
    _, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, inbrowser=False, **launch_options(assistant))
    yield url
    demo.close()
    demo.erase_guests()


def test_a_turn_from_typing_to_cards_to_memory(address):
    with page(address) as p:
        p.say("A hopeful, slow science fiction film")
        p.wait(lambda: p.all("#chat .thought-group"), why="no step appeared")
        p.wait(lambda: p.one("#stop").is_displayed(), why="no Stop while it goes on")
        p.answered()
        assert len(p.cards()) == 5
        titles = [t.text for t in p.all("#chat .thought-group .title")]
        assert any("Thought" in t for t in titles) and any("Ranked" in t for t in titles)
        assert all("s)" in t for t in titles), "each step shows its duration"
        assert not [e for e in p.all("#chat .step") if e.is_displayed()], "done steps are folded"

        title = p.cards()[0].find_element("css selector", "h3").text.rsplit(" ", 1)[0]
        p.click(".presses button")
        p.wait(lambda: p.all(".presses button")[0].get_attribute("aria-pressed") == "true", 20, "not pressed")
        p.wait(lambda: title in p.one("#memories").text, 20, "the press is not among what is remembered")
        p.click("#undo-change")
        p.wait(lambda: title not in p.one("#memories").text, 20, "not undone")
        assert p.all(".presses button")[0].get_attribute("aria-pressed") == "false"

        hosts = p.js("return performance.getEntriesByType('resource').map(r => new URL(r.name).hostname)")
        assert set(hosts) == {"127.0.0.1"}, "nothing is asked of other hosts"
        errors = [e["message"] for e in p.driver.get_log("browser") if e["level"] == "SEVERE"]
        assert not errors, errors


def test_a_narrow_window_does_not_scroll_sideways(address):
    with page(address, 390, 844) as p:
        assert p.overflow() <= 0
        p.say("A hopeful, slow science fiction film")
        p.answered()
        for at in range(len(p.all("#chat .thought-group .title"))):
            p.click("#chat .thought-group .title", at)
        p.wait(lambda: [e for e in p.all("#chat .step table") if e.is_displayed()], 20, "the ranking did not open")
        assert p.overflow() <= 0
        assert p.one("#message textarea").rect["width"] > 200
        wide = [b.rect["x"] + b.rect["width"] for b in p.all(".presses button")]
        assert max(wide) <= 390


def test_dark_mode_follows_the_system(address, tmp_path):
    def luminance(p, selector, style):
        colour = p.js("return getComputedStyle(arguments[0])[arguments[1]]", p.one(selector), style)
        return sum(float(c) for c in colour[colour.index("(") + 1 : -1].split(",")[:3]) / 3

    with page(address, dark=True) as p:
        assert luminance(p, "body", "backgroundColor") < 60
        assert luminance(p, "#memory h2", "color") > 180
        assert p.driver.save_screenshot(str(tmp_path / "dark.png")) and (tmp_path / "dark.png").stat().st_size > 5_000
    with page(address) as p:
        assert luminance(p, "body", "backgroundColor") > 200


def test_everything_can_be_done_with_the_keyboard(address):
    from selenium.webdriver import ActionChains

    with page(address) as p:
        p.say("A scary film")
        p.answered()
        p.js("document.querySelector('#message textarea').focus()")
        reached = []
        while len(reached) < 20 and not (reached and reached[-1].startswith("Like: ")):
            ActionChains(p.driver).key_down("\ue008").send_keys("\ue004").key_up("\ue008").perform()
            reached.append(p.js("const e = document.activeElement; return e.getAttribute('aria-label') || e.innerText"))
        assert reached[-1].startswith("Like: "), reached
        p.driver.switch_to.active_element.send_keys("\ue007")
        p.wait(lambda: p.all('.presses button[aria-pressed="true"]'), 20, "Enter did not press Like")
        p.wait(lambda: p.js("return document.activeElement.dataset.action") == "liked", 10, "the focus was lost")
        title = p.one("#chat .thought-group .title")
        p.js("arguments[0].focus()", title)
        title.send_keys("\ue007")
        p.wait(lambda: [e for e in p.all("#chat .step") if e.is_displayed()], 10, "Enter did not open the step")


def test_stop_undo_retry_and_edit(address):
    with page(address) as p:
        p.say("I love slow westerns. What shall I watch?")
        p.wait(lambda: p.all("#chat .thought-group"), why="no step appeared")
        p.click("#stop")
        p.wait(lambda: "Stopped" in p.one("#chat").text, 30, "not stopped")
        p.answered()
        assert "western" not in p.one("#memories").text
        p.click('#chat button[aria-label="Retry"]')
        p.wait(lambda: p.cards(), why="the retry gave no cards")
        p.answered()
        p.wait(lambda: "western" in p.one("#memories").text, 20, "nothing was remembered")
        p.click('#chat button[aria-label="Undo"]')
        p.wait(lambda: "western" not in p.one("#memories").text, 20, "undo left the memory there")
        assert p.one("#message textarea").get_attribute("value") == "I love slow westerns. What shall I watch?"
        p.one("#message textarea").send_keys("\ue007")
        p.answered()
        p.click('#chat button[aria-label="Edit"]')
        box = p.one("#chat .user textarea")
        box.clear()
        box.send_keys("I hate westerns. A funny film, please")
        p.click('#chat button[aria-label="Submit"]')
        p.wait(lambda: "funny" in p.one("#chat .user").text, 20, "the edit was not sent")
        p.wait(lambda: "slow" not in p.one("#memories").text, 60, "what the first wording taught is still there")


def test_what_is_hostile_stays_text(address, assistant):
    with page(address) as p:
        p.say(HOSTILE)
        p.answered()
        assert "<img" in plain(p.one("#chat .user").text) and not p.all("#chat .user img") and not p.all("#chat a")
        trace = {"format": "mrrec-trace-1", "id": "t", "message": HOSTILE, "steps": [
            {"step": "thought", "id": "a", "start": 1.0, "end": 2.0, "text": HOSTILE},
            {"step": "recall", "id": "b", "start": 2.0, "end": 3.0, "aspects": [HOSTILE],
             "entries": [dict.fromkeys(("id", "tier", "text", "aspect"), HOSTILE) | {"evidence": [HOSTILE]}]},
            {"step": "answer", "id": "c", "start": 3.0, "end": 4.0, "text": HOSTILE,
             "items": [{"id": HOSTILE, "title": HOSTILE, "why": HOSTILE, "facts": [HOSTILE], "memories": [HOSTILE]}]},
        ]}  # fmt: skip
        replayed = p.js(
            """const data = new DataTransfer();
            data.items.add(new File([arguments[0]], "trace.json", {type: "application/json"}));
            const input = document.querySelector('#tools input[type=file]');
            input.files = data.files; input.dispatchEvent(new Event('change', {bubbles: true})); return true;""",
            json.dumps(trace),
        )
        assert replayed
        p.wait(lambda: p.cards() and "<img" in p.cards()[0].text, 20, "the trace was not replayed")
        for at in range(len(p.all("#chat .thought-group .title"))):
            p.click("#chat .thought-group .title", at)
        time.sleep(0.5)
        assert p.js("return window.hit") is None
        assert not p.all("#house img") and not p.all("#house a") and not p.all("#house script")


def test_two_windows_are_two_visitors(address):
    with page(address) as one, page(address) as two:
        one.say("I love slow westerns. What shall I watch?")
        one.answered()
        one.wait(lambda: "western" in one.one("#memories").text, 20, "nothing was remembered")
        assert "western" not in two.one("#memories").text and not two.all("#chat .user-row")


def test_settings_are_kept_for_the_next_visit(address):
    with page(address) as p:
        p.js("document.querySelector('#settings button').click()")
        number = p.wait(lambda: p.all("#settings input[type=number]"), 20)[0]
        before = p.js("return localStorage['mrrec-settings']")
        number.clear()
        number.send_keys("4\ue004")
        p.wait(lambda: p.js("return localStorage['mrrec-settings']") != before, 10, "not kept")
        time.sleep(1)
        p.driver.refresh()
        p.wait(lambda: p.all("#message textarea"), 30)
        p.js("document.querySelector('#settings button').click()")
        p.wait(lambda: p.all("#settings input[type=number]")[0].get_attribute("value") == "4", 20, "not restored")


def test_a_life_is_brought_along_looked_at_and_taken_back(address, tmp_path):
    ratings = tmp_path / "ratings.csv"
    ratings.write_text(
        "Date,Name,Year,Letterboxd URI,Rating\n"
        "2024-01-02,Heat,1995,https://boxd.it/1,4.5\n"
        "2024-01-03,Zorblax <img src=x onerror=window.hit=1>,2011,https://boxd.it/3,1\n"
        "2124-01-04,The Thing,1982,https://boxd.it/4,3\n",
        "utf-8",
    )
    with page(address) as p:
        p.click("#bring button")
        p.wait(lambda: p.all("#bring input[type=file]"), 20, "no place for a file")[0].send_keys(str(ratings))
        p.wait(lambda: "Letterboxd" in p.one("#bring-seen").text, 30, "nothing was shown before the import")
        seen = p.one("#bring-seen").text
        assert "1 in the catalogue" in seen and "Zorblax" in seen and "future" in seen
        assert "Heat" not in p.one("#memories").text, "nothing may be written before it was agreed to"
        p.click("#bring-take")
        p.wait(lambda: "Rated Heat" in p.one("#memories").text, 30, "not remembered")
        assert not p.js("return window.hit")
        p.click("#history button")
        p.click('#timeline button[data-action="back"]')
        p.wait(lambda: "Rated Heat" not in p.one("#memories").text, 30, "not taken back")
        assert "Zorblax" not in p.one("#memories").text


def test_why_switches_and_forgetting_everything(address):
    with page(address) as p:
        p.say("I love westerns. A western film, please")
        p.answered()
        p.click('.presses button[data-action="why"]')
        p.wait(lambda: p.all(".moved"), 30, "no reason was given")
        assert "estern" in p.one(".moved").text
        p.click("#switches button")
        p.click("#memory-on input")
        p.wait(lambda: "switched off" in p.one("#memory-head").text, 20, "not switched off")
        p.click("#memory-on input")
        p.wait(lambda: "switched off" not in p.one("#memory-head").text, 20, "not switched on")
        p.click("#wipe")
        p.wait(lambda: p.one("#wipe-yes").is_displayed(), 20, "nobody asked whether it is meant")
        p.click("#wipe-yes")
        p.wait(lambda: "estern" not in p.one("#memories").text, 30, "not forgotten")
        p.click("#undo-change")
        p.wait(lambda: "estern" in p.one("#memories").text, 30, "not brought back")
