"""The teacher's episodes: the app's own loop and grammars, and labels that hold."""

import re
from collections import Counter

import pytest

from mrrec.agent import protocol
from mrrec.evaluate.tasks.said_phrases import read_phrases
from tests.scripted import admits
from train import teacher as teachers
from train.rewards import Outcome, paper, useful
from train.rollouts import people_of, rollout
from train.traces import classroom, episodes
from train.worlds import World


@pytest.fixture(scope="module")
def world():
    return World.open()


@pytest.fixture(scope="module")
def lessons(world):
    found = list(world.lessons(30, 0))
    few = {}
    for lesson in found:
        few.setdefault(lesson.sort, []).append(lesson)
    return [x for of in few.values() for x in of[:4]]


@pytest.fixture(scope="module")
def written():
    """(grammar, text) of all that the teacher wrote."""
    return []


@pytest.fixture(scope="module")
def taught(world, lessons, written, tmp_path_factory):
    patch = pytest.MonkeyPatch()
    plain = teachers.TeacherTranscript.write

    def write(self, grammar, *rest):
        for text in plain(self, grammar, *rest):
            written.append((grammar, text))
            yield text

    patch.setattr(teachers.TeacherTranscript, "write", write)
    assistant, teacher = classroom(world, tmp_path_factory.mktemp("taught"), 0)
    made = list(episodes(assistant, teacher, lessons, 0))
    patch.undo()
    return made


def test_all_sorts_of_lessons_are_taught(taught, lessons):
    sorts = Counter(e.sort for e in taught)
    assert set(sorts) == {x.sort for x in lessons} >= {"said", "history", "again"}


def test_the_teacher_writes_within_the_grammars(taught, written, assistant):
    assert len(written) > 40
    refused = [(g[:200], t) for g, t in written if not admits(assistant.engine, g, t)]
    assert refused == []
    assert not admits(assistant.engine, *('root ::= "yes"', "no"))


def test_what_the_system_says_is_not_marked_as_written(taught):
    for episode in taught:
        ours = "".join(s.text for s in episode.spans if s.written)
        for tag in ("<memory>", "<experience>", "<facts>", "<items>"):
            assert tag not in ours
        assert episode.messages[0].content == protocol.BRIEF


def test_each_memory_shown_is_weighed_and_only_those_that_count_are_named(taught):
    seen = 0
    for episode in taught:
        shown = re.findall(r"\[(m\d+)\] ", "".join(re.findall(r"<memory>(.*?)</memory>", episode.text, re.S)))
        verdicts = protocol.weighed(episode.text)
        if "</profile>" not in episode.text or not shown:
            continue
        assert list(verdicts) == shown
        named = re.findall(r"\[(m\d+)\]", episode.text.partition("memories: ")[2].partition("</profile>")[0])
        assert named == [a for a in shown if verdicts[a]]
        seen += bool(named)
    assert seen > 5


def test_a_memory_of_another_kind_does_not_count(taught):
    for episode in taught:
        kind = re.search(r"must: an? (film|book|game)\b", episode.text)
        if kind is None:  # "games" may be the theme then
            continue
        for alias, of in re.findall(r"\[(m\d+)\] (film|book|game)s[,:] ", episode.text):
            assert of != kind[1]
            assert protocol.weighed(episode.text)[alias] is False


def test_a_request_that_leans_on_a_memory_is_looked_up(taught):
    asked = [e for e in taught if e.sort == "again" and "</profile>" in e.text and "<memory>" in e.text]
    assert asked and sum("<lookup>" in e.text for e in asked) >= len(asked) / 2


def test_what_is_relevant_is_like_the_work_that_is_named_or_leaned_on(world, catalog):
    found = [x for x in world.lessons(60, 0) if x.sort in ("again", "like")]
    assert {x.sort for x in found} == {"again", "like"}
    for lesson in found:
        one = catalog.get(lesson.about)
        met = {e.item_id for e in lesson.events}
        assert lesson.query.relevant and not met & {*lesson.query.relevant} and one.id not in lesson.query.relevant
        assert all(set(catalog.get(i).genres) & set(one.genres) for i in lesson.query.relevant)
        assert (one.title in lesson.query.text) == (lesson.sort == "like")


def test_what_is_relevant_against_a_habit_lacks_it(world, catalog):
    found = [x for x in world.lessons(120, 0) if x.sort == "against"]
    for lesson in found:
        for item in map(catalog.get, lesson.query.relevant):
            assert lesson.usual not in (*item.genres, *item.themes)
            assert {t.term for t in lesson.ask.topics} <= {*item.genres, *item.themes}
    assert found


def test_nothing_is_looked_up_that_the_request_does_not_lean_on(taught):
    assert not any(protocol.to_look_up(s.text) for e in taught if e.sort != "again" for s in e.spans)


def test_the_examination_shares_nothing_with_the_lessons(world):
    exam = World.open("test")
    for use, rows in exam.rows.items():
        assert not {r["text"] for r in rows} & {r["text"] for r in world.rows[use]}
    mine, theirs = ({i.id for i in w.parts["film"].items} for w in (world, exam))
    assert not mine & theirs
    for use, texts in exam.phrases.sentences.items():
        assert not set(texts) & set(world.phrases.sentences[use])
    for key, rows in world.topics.items():
        called = {r[of] for r in rows for of in ("noun", "short")}
        assert not called & {r[of] for r in exam.topics.get(key, ()) for of in ("noun", "short")}
        assert not called & {*exam.phrases.names.get(key, ())}
    assert exam.phrases.sentences["like"] == read_phrases("test").sentences["like"]


def test_a_rollout_is_the_apps_own_turn_with_what_it_came_to(assistant, lessons):
    lesson = next(x for x in lessons if x.sort == "said")
    people = people_of(assistant, [lesson], progress=False)
    made = rollout(assistant, people, lesson, 0.0, 0)
    assert len(made.completion) == len(made.mask) and 0 < sum(made.mask) < len(made.mask)
    assert (
        assistant.engine._llama.detokenize(list(made.completion)).decode("utf-8", "ignore").startswith("<experience>")
    )
    decided = assistant.engine._llama.detokenize([t for t, m in zip(made.completion, made.mask) if m]).decode()
    assert made.outcome.written > sum(made.mask) > 0
    thought = re.search(r"<think>(.*?)</think>", made.text)[1]
    assert thought[-12:] not in decided and re.search(r"<wants>(.*?)<", made.text)[1] in decided
    assert all(1 <= p <= len(lesson.query.candidates) for p in made.outcome.places)
    assert sum(useful(made.outcome).values()) == pytest.approx(
        sum(useful(rollout(assistant, people, lesson, 0.0, 0).outcome).values())
    )


def test_the_papers_reward_pays_for_calling_ours_for_what_it_brings():
    called_in_vain = Outcome((5,), (5,), 1, idle=1.0)
    useful_call = Outcome((5,), (50,), 1)
    assert paper(called_in_vain) == paper(useful_call)
    assert sum(useful(useful_call).values()) > sum(useful(called_in_vain).values())
