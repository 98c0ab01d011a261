"""What has been read so far of whom and what a message names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mrrec.agent.request.acts import Part
from mrrec.agent.request.conditions import Correction, Named, Relation, Request
from mrrec.agent.request.phrases import Said
from mrrec.agent.request.premises import Claim, corrections
from mrrec.catalog import Catalog, Item


@dataclass
class Naming:
    """Titles, names and references of `said`. `previous` led to the last answer, which showed `shown`; with `asked` it
    was a question; with `searching`, its request is still open; with `sure`, it is known to ask for
    something."""

    said: Said
    catalog: Catalog
    previous: Request | None
    shown: tuple[Item, ...]
    asked: bool
    searching: bool
    sure: bool = False
    parts: list[Part] = field(default_factory=list)
    plain: list[Part] = field(default_factory=list)  # those that ask by their form
    live: list[Part] = field(default_factory=list)  # all that ask for something
    kinds: tuple[str, ...] = ()
    like: list[Item] = field(default_factory=list)
    avoid_items: list[Item] = field(default_factory=list)
    avoid_names: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    compared: tuple[Item, ...] = ()  # "shorter than Dune"
    referred: tuple[Item, ...] = ()  # of those shown
    rejected: bool = False  # one of those shown is turned down
    of_taste: bool = False  # what is live tells of lasting tastes
    claims: list[Claim] = field(default_factory=list)
    # Titles of an aside, and the words about them
    told: list[tuple[list[tuple[Item, ...]], str]] = field(default_factory=list)
    # Of those, the ones that are examples if nobody of theirs is meant
    pending: list[tuple[Item, ...]] = field(default_factory=list)

    @property
    def corrections(self) -> tuple[Correction, ...]:
        return corrections(self.claims)

    def part_at(self, at: int) -> Part | None:
        """The live part that stands there."""
        return next((p for p in self.live if p.start <= at < p.end), None)

    def asks(self, at: int) -> bool:
        """Whether what stands there belongs to the request."""
        return self.part_at(at) is not None

    def was_shown(self, found: Sequence[tuple[Item, ...]]) -> bool:
        """Whether any item of any title was shown."""
        return any(i in self.shown for i in flat(found))


def flat(found: Sequence[tuple[Item, ...]]) -> tuple[Item, ...]:
    return tuple(i for items in found for i in items)
