"""Why this: what each memory moved is what ranking without it gives, and asking changes nothing."""

import pytest

from mrrec.agent.asked import Asked, ranking
from mrrec.agent.rank import Wanted
from mrrec.agent.request import read_request
from mrrec.agent.why import influences
from mrrec.catalog.catalog import telling
from mrrec.memory import Entry
from mrrec.memory.personas import event_record
from mrrec.settings import TIERS


@pytest.fixture
def ask(catalog, encoder):
    def asked(text: str) -> Asked:
        request = read_request(text, catalog)
        wishes = tuple(dict.fromkeys((*request.terms, *request.genres)))
        wanted = Wanted(
            text, encoder.encode([text])[0], wishes=wishes, like=request.like, open=not telling(text), limit=5
        )
        return Asked(request, wanted, frozenset(), (), frozenset(), TIERS)

    return asked


@pytest.fixture
def taste(memory, catalog):
    """Somebody who loves westerns and cannot stand gore."""
    westerns = [i for i in catalog.items if i.kind == "film" and i.genres[0] == "western"][:6]
    memory.write([event_record("rated", i, rating=5, when=1e9 + n) for n, i in enumerate(westerns)])
    memory.write([Entry(id="", tier="record", event="said", text="I hate gore", value=-0.95, terms=("gore",))])
    return memory


def test_what_a_memory_moved_is_what_ranking_without_it_gives(ask, taste, catalog):
    asked = ask("an adventurous film")
    first = ranking(asked, taste, catalog).chosen[0]
    before = taste.export()
    found = influences(asked, first.item.id, taste, catalog)
    assert taste.export() == before
    moved = [i for i in found if i.memory is not None]
    assert moved, "six westerns must move a film"
    for influence in moved:
        with taste.without(influence.memory.id) as other:
            without = ranking(asked, other, catalog)
        assert influence.moved == pytest.approx(first.score - without.scores[first.item.id], abs=0.001)
        places = [n for n, c in enumerate(without.chosen, 1) if c.item.id == first.item.id]
        assert influence.place_without == (places[0] if places else None)
    assert [abs(i.moved) for i in found] == sorted((abs(i.moved) for i in found), reverse=True)


def test_a_record_takes_its_patterns_with_it(ask, memory, catalog):
    westerns = [i for i in catalog.items if i.kind == "film" and i.genres[0] == "western"][:3]
    memory.write([event_record("rated", i, rating=5, when=1e9 + n) for n, i in enumerate(westerns)])
    asked = ask("a film")
    with memory.without(memory.entries("record")[0].id) as other:
        less = ranking(asked, other, catalog)
    assert not any(p.terms == ("western",) for c in less.chosen for p in c.patterns)


def test_without_memory_only_the_request_moves(ask, catalog):
    asked = ask("a hopeful, slow science fiction film")
    first = ranking(asked, None, catalog).chosen[0]
    found = influences(asked, first.item.id, None, catalog)
    assert found and all(i.memory is None for i in found)
    assert any("slow" in i.text or "hopeful" in i.text or "science fiction" in i.text for i in found)


def test_what_was_pressed_since_does_not_hide_the_reason(ask, taste, catalog):
    asked = ask("an adventurous film")
    first = ranking(asked, taste, catalog).chosen[0]
    taste.write([event_record("liked", first.item)])
    assert influences(asked, first.item.id, taste, catalog)


def test_an_item_that_is_ruled_out_by_now_is_told_so(ask, taste, catalog):
    asked = ask("a horror film")
    gory = next((c for c in ranking(asked, None, catalog).chosen if "gore" in c.item.themes), None)
    found = gory.item if gory else next(i for i in catalog.items if i.kind == "film" and "gore" in i.themes)
    with pytest.raises(ValueError, match="would not be recommended"):
        influences(asked, found.id, taste, catalog)
