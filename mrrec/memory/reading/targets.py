"""What a statement is about: titles, names and terms of the catalogue, items of the last answer, or none of these."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from mrrec.catalog import Catalog, Item
from mrrec.catalog.items import normalise
from mrrec.catalog.lookup import Lookup, Mention
from mrrec.catalog.vocabulary import singular
from mrrec.embed import Encoder
from mrrec.memory.reading import phrases as p
from mrrec.memory.reading.phrases import any_of
from mrrec.memory.reading.plain import Text

SAME = 0.70  # cosine from which a phrase is written down under a term of the catalogue
MOST_ASKED = 4  # words of a phrase that the encoder is asked about

# What one is fond of in talk, not in films, books or games
TALK = re.compile(any_of(r"""
    ^(?:both|either|neither|none) of\b | ^(?:you|yours|u|it|it all|this|that|these|those|them|him|her|me|myself|
    us|everything|everyone|nothing|anything|something| people|most people|all|any|one|a|an|the|not|much|a
    lot|more|most things|so|too|yes|no|way|well)$ |
    ^(?:your|our|how|where|why|what you|when you|that you|that i|to you|being able)\b | ^my (?!favourite) |
    \byour (?:help|taste|style|recommendations?|suggestions?| jokes?|picks?|idea|answer)\b |
    ^(?:talking|chatting|speaking|hanging out|living|working|being) (?:to|with|here|in|at|on)\b |
    ^being (?:wrong|late|alone|bothered|ill|sick|interrupted| told|right|busy|home|rushed)\b |
    ^(?:this|that|these|those) (?!(?:kinds?|sorts?|types?|films?|genres?|stuff)\b) | ^(?:this|that|these|those|the
    new|the) (?:app|site|chat|bot|thing|assistant|tool|website|
    idea|suggestions?|answers?|recommendations?|weather| way|sound of|look
    of|design|interface|list|feature|explanation|reply| vibe|choices?|picks?|name|colour|place|city|town|
    moon)\b | ^to (?:bother|bore|ask|say|admit|break|interrupt|disturb| trouble|sound|complain|see
    you|hear|think|know|keep|disagree|tell|spoil|burst| rush|waste|disappoint|go|leave|bed|be
    (?:that|rude|picky|difficult|annoying|honest|a bother|a pain|the))\b |
    ^(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?| mornings?|evenings?|weekends?|holidays|summers?|
    winters?|autumn|spring|(?:hot|cold|bad|good|nice| sunny|rainy|warm)? ?(?:weather|days?|nights?|mornings?)|the
    (?:heat|cold|rain|snow|sun|sea|beach|weather|gym))\b(?! \w) | ^(?:a |some |good |cold |hot |iced |fresh |dark
    |spicy |strong |black )*(?:pizza|coffee|tea|chocolate|cake|beer|wine|
    cheese|bread|food|pasta|sushi|curry|breakfast| lunch|dinner|vegetables|broccoli|mushrooms|olives| ice
    cream|bananas|eggs|garlic|salad|soup|naps?|walks?|long walks|swimming|running|jogging|hiking|yoga|gardening|
    knitting|sunshine|sun|rain|snow|traffic|queues| queueing|ironing|housework|cleaning|shopping|spam|
    meetings|emails|commuting|exams?|homework|maths| mosquitoes|wasps|taxes|puppies|kittens|flowers|
    chats?|gossip|work|life|christmas time|lie-ins|surprises|noise|technology|computers|
    phones|mess|decisions|monday mornings?|(?:making|taking)
    (?:decisions|choices)|choosing|typing|waiting|queuing|waking up|getting
    up|sleeping|cooking|driving|flying|small talk|dentists|the dentist|spiders in the bath|my
    job|ads|adverts|popcorn|cooking dinner|baking)\b(?! (?:films?|books?|games?|stories|and))
"""))  # fmt: skip
# What films, books and games are made of: a taste that the catalogue has no word for
CRAFT = re.compile(r"\b" + any_of(r"""
    films? | cinema | books? | novels? | games? | gaming | reading | stor(?:y|ies) | storytelling | plots? |
    endings? | characters? | dialogues? | soundtracks? | scores? | acting | prose | camera\w* | twists? |
    cliffhangers? | subtitle[sd]? | dubb(?:ing|ed) | jump ?-?scares? | cgi | effects | remakes? | reboots? |
    sequels? | prequels? | franchises? | series | trilog\w+ | sagas? | directors? | authors? | writers? |
    actors? | actresses | narrat\w+ | chapters? | flashbacks? | voice-?overs? | first-person | third-person |
    multiplayer | single-?player | co-?op | grind\w* | boss(?:es)? | turn-based | real-time | pixel |
    black and white | black-and-white | silent | cinematograph\w+ | world-?building | protagonists? | villains? |
    antagonists? | hero(?:es)? | heroines? | anti-?heroes | leads? | sex scenes? | nudity | swearing | cursing |
    pacing | paced | tropes? | cliches? | clichés? | monologues? | humou?r | jokes | arthouse | art-house |
    indies? | blockbusters? | hollywood | bollywood | k-dramas? | manga | giallo | fiction | non-fiction | plays |
    classics? | bestsellers? | open worlds? | loot ?-?boxes | microtransactions | cut ?-?scenes | metaphors? |
    explosions? | fights? | battles? | chases? | love triangles? | happy | long takes? | shaky | handheld |
    found footage | three hours | two hours | pages | foreign | translated | period | costume | victorian |
    short | (?:19|20)?\d0s | twenties | thirties | forties | fifties | sixties | seventies | eighties | nineties |
    scandinavian | nordic | world cinema | television | shows | spoilers? | trailers? | audiobooks? | comics? |
    drawings? | rpgs? | souls-?likes? | mmos? | side quests? | tutorials? | timers? | crafting | permadeath |
    puzzles? | slapstick | melodrama\w* | schmaltz\w* | sentimental\w* | sappy | atmosphere | atmospheric |
    tension | suspense | vibes? | moods? | preachy\w*
""") + r"\b")  # fmt: skip
NATIONS = re.compile(
    r"\b(?:korean|japanese|french|italian|german|swedish|danish|spanish|indian|iranian|chinese|"
    r"russian|british|american|polish|african|mexican|brazilian|australian|irish|european|"
    r"latin american|czech|hungarian|taiwanese|turkish|english|scottish|norwegian|icelandic|"
    r"argentine|nigerian|arabic|hong kong)\b"
)
ORDINALS = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3,
            "fifth": 4, "5th": 4, "last": -1, "one": 0, "1": 0, "two": 1, "2": 1, "three": 2, "3": 2, "four": 3,
            "4": 3, "five": 4, "5": 4}  # fmt: skip
ORDER = "first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th"
_COUNT = "two|three|four|2|3|4"
SHOWN_ONE = re.compile(
    rf"^(?:the )?(?P<nth>{ORDER})(?: (?:one|film|book|game|suggestion|option|pick|title))?$|"
    rf"^(?:number|no|#) (?P<no>one|two|three|four|five|\d)$"
)
SHOWN_SOME = re.compile(
    rf"^(?:the |your )?first (?P<n>{_COUNT})(?: (?:ones|films|books|games|of (?:them|those|these)))?$"
)
SHOWN_ALL = re.compile(
    rf"^(?:both|them all|(?:both|all|all {_COUNT}|every one|most|any|either|none)(?: of)? (?:them|"
    rf"those|these)|all (?:of )?(?:the )?(?:{_COUNT})|(?:these|those) (?:two|three|films|books|"
    rf"games))$"
)
IT = re.compile(
    r"^(?:it|this|that|this one|that one|(?:the|this|that) (?:film|book|game|novel|"
    r"whole thing))(?: again| twice)?$"
)
THEM = re.compile(
    r"^(?:it|that|them|those|these|they|that stuff|this stuff|that genre|the genre|those films|"
    r"those books|these films|(?:that|those|these) (?:kinds?|sorts?|types?)(?: of (?:thing|films?|"
    r"books?|games?|stories))?|them all|that kind of thing|him|her)$"
)
SPLIT = re.compile(
    r" (?:, )?(?:(?:like|such as|similar to|especially|for example|"
    r"for instance)(?: ,)?(?= (?:the (?:film|book|game) )?t_)|and also|and even|and|or|nor|plus|"
    r"as well as|but|,|/|then)(?: (?:also|even|especially|of course|definitely|maybe|"
    r"then))* (?!not )"
)
FLIP = re.compile(
    r"(?:^| )(?:, )?(?:but |just |though |and |only |or )?(?:not|never|except for|except|apart from|"
    r"other than|excluding|minus|save for|with the exception of|bar)(?: for)? "
)
CUT = re.compile(
    r" (?:,? ?because|so that|when|whenever|if|unless|as long as|even though|ever since|since|"
    r"provided|like i said|but only|which|who|without|with no|over|more than|rather than|instead of|"
    r"than|while|until|though|after all|i (?:have|saw|watched|read|do|did|am|was|like|love)|(?:like|"
    r"such as)(?! (?:the (?:film|book|game) )?t_)|to be honest|tbh|compared|that (?:do|does|is|are|"
    r"has|have|did) not|(?:it|they|he|she) (?:is|was|were|are|has|had|made|makes)|as far as|"
    r"thanks to|where i)\b.*$"
)
TRAILING = re.compile(
    r"(?: ,| :)? "
    + any_of(r"""
    too | also | as well | a lot | so much | very much | that much | much | too much | at all | though |
    any more | these days | nowadays | lately | now | anyway | really | best | most | the most | most of all |
    more than anything | more than anything else | above all | in general | generally | for some reason |
    for sure | please | thanks | thank you | lol | haha | with a passion | to bits | to death | to pieces |
    like the plague | of all time | ever | since i was \w+ | tonight | today | right now | this evening |
    this time | at the moment | for now | just now | this weekend | for once | for a change | again | twice |
    yesterday | last night | last week | last year | last month | recently | years ago | a while ago | already |
    in one sitting | halfway | halfway through | half way | half way through | so far | from time to time |
    sometimes | now and then | occasionally | in small doses | personally | i am afraid | i must say | i guess |
    i think | or so | etc | and so on | and such | and stuff | and things | and so forth | and the like |
    and all that | or anything | or whatever | or something | in any form |
    in (?:this|our|my) (?:house|home|family) | of any kind | of any sort | whatsoever | full stop | period |
    or not | you know | you see | to be fair | the other day | with my \w+ | in the cinema | at the cinema |
    on netflix | all the time | all my life | for years | for ages | (?:\w+|an? \w+|so many) times |
    after midnight | for \w+ (?:hours|years|weeks|months|days) | from start to finish |
    after (?:\w+ ){1,3}(?:minutes|pages|chapters|hours|episodes) | on screen | of late | in films | in books |
    in games | in my films | in my books | in my games | in a film | in a book | in a game | in novels |
    in stories | without a second thought | without hesitation | hands down | completely | entirely | altogether |
    just so you know | as a genre | in particular | in the end | at first | as a kid | as a child | growing up |
    every day | every time | any day | forever | but there you go | to be sure | unfortunately | sadly | for me |
    then | actually | honestly | obviously | of course | usually | mostly | somehow | eventually
""")
    + r"$"
)
FILLER = re.compile(
    r"^(?:to |it when (?:there is|there are|things get|it gets|films are|films have|books are|"
    r"a film is|a book is|a film has)|when (?:there is|there are|films are|films have|a film is|"
    r"a film has|things get)|"
    r"be |being |get |getting |watch |watching |read |reading |see |seeing |play |playing |"
    r"the (?:sight|idea|thought|genre) of |any |all |most |some |many |lots of |a lot of |loads of |"
    r"a bit of |a little |too much |too many |excessive |so much |"
    r"kinds? of |sorts? of |types? of |anything (?:with|about|involving|set in|by|from)? ?|"
    r"everything (?:with|about|by|from)? ?|something (?:with|about)? ?|stuff (?:with|about) |"
    r"things (?:with|about) |(?:films?|books?|novels?|games?|stories|tales) (?:about|full of|set in|set on) |those |"
    r"more |other |really |very |good |a good |a |an |great |"
    r"genuinely |truly |especially |pure |proper )+"
)
# Words beside a title that leave it what it is
BESIDE = re.compile(
    r"^(?:the|a|an|film|films|book|books|game|games|novel|novels|series|trilogy|original|both|all|"
    r"by|from|of|called|first|whole|version|director's cut|most|again|twice|recently|last|night|"
    r"yesterday|week|already|finally|"
    r"and|or|,|:|'s|show|part|half|especially|everything|anything|things?|stuff|stories|something|"
    r"like|such as|such|as|similar to|work|works|cinema|old|early|late|later|latest|new|great|"
    r"classic|brilliant|wonderful|anything else|adaptation|remake|"
    r"in|on|at|the cinema|\d{4}|dvd|netflix|too|with|my|kids|wife|dad|mum|about|is|definitely|"
    r"probably|oeuvre|output|one|ones|other|saga|so|much|for|me|i|think|fans?|fan|\s)*$"
)
# Words of a title that start small
SMALL = frozenset("the a an of and in on at to for from with by or is no de la le du und der die das".split())
# Fears and wishes that hold no word of the catalogue
MEANT = (
    (re.compile(r"\b(?:be|being|get|getting|feel|feeling) (?:\w+ )?(?:scared|frightened|terrified|spooked)\b|"
        r"\b(?:good )?(?:scares?|frights?)\b"), ("horror",)),
    (re.compile(r"\b(?:violence|violent)\b"), ("gore",)),
)  # fmt: skip
# Compounds whose parts are words of the catalogue, though the whole is another thing
COMPOUND = re.compile(r"\b(?:jump ?-?scares?|jumpscares?|open worlds?|love triangles?|family drama)\b")
# Words of ours that are no slips of the catalogue's
ORDINARY = frozenset(
    re.findall(
        r"[a-z]{3,}", " ".join(t.pattern for t in (FILLER, TALK, CRAFT, TRAILING, CUT, p.BARE, p.REQUEST, p.COURTESY))
    )
)
KINDS = {
    "film": re.compile(r"\b(?:films?|cinema|watch|watched|watching|saw|documentar(?:y|ies))\b"),
    "book": re.compile(r"\b(?:books?|novels?|read|reading|reread|fiction)\b"),
    "game": re.compile(r"\b(?:games?|play|played|playing|gaming|gamer)\b"),
}
# "The Mask", "A Bad Moms Christmas": a title though there are terms in it
_TITLE_SHAPE = re.compile(r"(?:The|A|An) [A-Z]|[A-Z][\w'’-]* (?:\w+ )*[A-Z]")
_KIND_NOUN = r"\b(?:Films?|Movies?|Books?|Games?|Novels?|Westerns?|Cinema|Fiction|Comedy|Comedies|Dramas?)\b"
_CAPITALS = re.compile(rf"(?!.*{_KIND_NOUN}$)[A-Z\d][\w'’-]*(?: [A-Z][\w'’-]*)+")
# "All sorts of films" are no taste
KIND_ONLY = re.compile(
    r"(?:(?:all|any|most|some|every|many|good|great|the|a|of|sorts?|types?|kinds?|lots|different|watching|reading|"
    r"playing|new|to|watch|read|play|other|trying|discovering) )*"
    r"(?:films?|books?|games?|novels?|series|shows?|stories|cinema|television|reading|movies?|watch|read|play|tv)"
)
_PROPER = re.compile(r"[A-Z][\w.'’-]+(?: (?:[A-Z][\w.'’-]*|de|of|the|van|von|la))* [A-Z][\w.'’-]+")
_DID = re.compile(r"(?:\w+ed\b|seen|saw|read|beat|gave|finish|quit|got|get)")
# "Jaws a hundred times", while "the Heat soundtrack" is another thing
_TITLE_FIRST = re.compile(
    r"(?:the )?(?:film |book |game |novel )?t_\d+ "
    r"(?!(?:fans?|soundtrack|universe|references?|memes?|ending|score|remake|sequel)\b)"
)
_FOLDED = re.compile(r"\b[tnq]_\d+")


@dataclass(frozen=True)
class Target:
    """What a statement is about; `sign` is -1 where a list turns ("but not musicals")."""

    words: str
    sign: int = 1
    items: tuple[Item, ...] = ()
    names: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    kind: str = ""
    title: bool = False  # reads as a title, though the catalogue lacks it
    via: str = ""  # what a pronoun stands for
    worth: bool = True  # about films, books or games, as far as can be told


class Targets:
    """Resolves the objects of one message; `topic` is what "it" and "them" would mean."""

    def __init__(self, text: Text, catalog: Catalog, encoder: Encoder, shown: tuple[Item, ...]):
        self.text, self.catalog, self.encoder, self.shown = text, catalog, encoder, shown
        self.topic: tuple[Target, ...] = ()

    def of(self, start: int, end: int, ask: bool = False, doing: str = "") -> list[Target]:
        """What `plain[start:end]` speaks of, one target a member of the list.

        With `ask` the encoder may help; `doing` is the verb that governs it.
        """
        plain = self.text.plain
        obj = p.trimmed(CUT.sub("", " " + plain[start:end])[1:], TRAILING)
        if doing.startswith("prefer") and not obj.startswith("to "):
            obj = re.sub(r" to .+$", "", obj)
        kind = kind_of(obj) or kind_of(plain[start:end])
        members = ((self.one(start + a, start + b, ask, kind, doing), sign) for a, b, sign in self._members(obj, start))
        return [replace(target, sign=sign) for target, sign in members if target]

    def _members(self, obj: str, start: int) -> Iterator[tuple[int, int, int]]:
        """(start, end, sign) of the members of a list; "and" within a term or a title joins nothing."""
        whole = [(t.start, t.end) for t in self.catalog.vocabulary.find(obj) if " and " in obj[t.start : t.end]]
        at, sign = 0, 1
        marks = [(m.span(), False) for m in SPLIT.finditer(obj)] + [(m.span(), True) for m in FLIP.finditer(obj)]
        for (a, b), flips in sorted(marks):
            titled = flips and self.text.words(start + a, start + b)[:1].isupper() and not self.text.raw.isupper()
            if a < at or titled or any(s < b and a < e for s, e in whole):
                continue
            if obj[at:a].strip(" ,"):
                yield at, a, sign
            at, sign = b, -1 if flips else sign
        if obj[at:].strip(" ,"):
            yield at, len(obj), sign

    def one(self, start: int, end: int, ask: bool = False, kind: str = "", doing: str = "") -> Target | None:
        """What one member means; None where it says nothing."""
        plain = self.text.plain[start:end].strip(" ,")
        start = self.text.plain.index(plain, start)
        words = self.text.words(start, start + len(plain))
        if pointed := self._pointed_at(plain, words):
            return pointed
        held = [self.text.held[w] for w in _FOLDED.findall(plain)]
        beside = _FOLDED.sub(" ", plain).strip()
        pure = bool(BESIDE.match(beside) or _TITLE_FIRST.match(plain))
        items = tuple(i for m in held for i in self.chosen(m.items, f"{doing} {beside}"))
        if items and pure:
            return Target(words, items=items, kind=kind)
        names = _names(held, words, plain, pure)
        terms = () if items else self._terms(plain)
        if TALK.search(plain) and not names and not (plain.startswith("my ") and self.genres(terms)):
            return None  # but "I like my horror quiet"
        if not names and not items and (target := self._unknown(plain, words, terms, kind, doing, pure and bool(held))):
            return target
        if ask and not (items or names or terms):
            terms = self._nearest(FILLER.sub("", plain))
        if terms or names:
            return Target(words, names=names, terms=terms, kind=kind)
        crafted = (CRAFT.search(plain) or NATIONS.search(plain)) and not re.match(r"(?:the|this|that|what) ", plain)
        return Target(words, kind=kind, worth=bool(crafted or _PROPER.fullmatch(words)))

    def titles(self, plain: str) -> list[Target]:
        """Titles of the catalogue that stand in `plain`."""
        held = [self.text.held[w] for w in _FOLDED.findall(plain)]
        return [Target(m.surface, items=tuple(self.chosen(m.items, plain))) for m in held if m.items]

    def genres(self, terms: Sequence[str]) -> set[str]:
        return set(terms) & self.catalog.vocabulary.genres

    def _terms(self, plain: str) -> tuple[str, ...]:
        """The catalogue's terms that stand in `plain`, or that it means."""
        vocabulary = self.catalog.vocabulary
        plain = COMPOUND.sub("|", plain)
        found = [t.name for t in vocabulary.find(plain, known_words(self.catalog.lookup))]
        found = found or [t.name for t in vocabulary.find(FILLER.sub("", plain))]
        found += [t for pattern, meant in MEANT if pattern.search(plain) for t in meant if t in vocabulary.counts]
        return tuple(dict.fromkeys(found))

    def _pointed_at(self, plain: str, words: str) -> Target | None:
        """Items of the last answer ("the second one"), or what a pronoun stands for."""
        if items := self._shown_items(plain):
            return Target(words, items=tuple(items), via=", ".join(i.title for i in items))
        if self.topic and (IT.match(plain) or THEM.match(plain)):
            via = "" if self.topic[0].items else ", ".join(t.words for t in self.topic)
            merged = {
                of: tuple(dict.fromkeys(v for t in self.topic for v in getattr(t, of)))
                for of in ("items", "names", "terms")
            }
            return replace(self.topic[0], words=words, via=via, sign=1, **merged)
        return None

    def _shown_items(self, plain: str) -> Sequence[Item]:
        if not self.shown:
            return ()
        if one := SHOWN_ONE.match(plain):
            n = ORDINALS[one["nth"] or one["no"]]
            return self.shown[n : n + 1] if n >= 0 else self.shown[-1:]
        if some := SHOWN_SOME.match(plain):
            return self.shown[: ORDINALS[some["n"]] + 1]
        if SHOWN_ALL.match(plain):
            return self.shown[:2] if plain.startswith("both") else self.shown
        alone = len(self.shown) == 1 and not self.topic and plain not in ("it", "this", "that")
        return self.shown if alone and IT.match(plain) else ()

    def chosen(self, items: Sequence[Item], said: str) -> list[Item]:
        """The item that a title means: the kind they speak of, what was shown, else a film, else the newest.

        The name of a series is all of it.
        """
        kind = kind_of(said)
        items = [i for i in items if i.kind == kind] or list(items)
        items = [i for i in items if i in self.shown] or items
        if len({normalise(i.title) for i in items}) > 1:
            return items
        return sorted(items, key=lambda i: (i.kind != "film", i.kind != "book", -i.year))[:1]

    def _unknown(self, plain: str, words: str, terms, kind: str, doing: str, quoted: bool) -> Target | None:
        """A title or a name that the lookup did not see, else None."""
        whole = any(t.start == 0 and t.end == len(plain) for t in self.catalog.vocabulary.find(plain))
        if terms and (whole or not _TITLE_SHAPE.match(words)):
            return None
        if quoted or _reads_as_title(words, plain, doing):
            return Target(
                words, items=tuple(self.chosen(self.catalog.lookup.titles(words), doing)), kind=kind, title=True
            )
        names = () if terms or not words[:1].isupper() else self.catalog.lookup.names(words)
        if names and normalise(words) in (normalise(names[0]), normalise(names[0]).split()[-1]):
            return Target(words, names=(names[0],), kind=kind)
        return Target(words, kind=kind) if _CAPITALS.fullmatch(words) and not self.text.raw.isupper() else None

    def _nearest(self, phrase: str) -> tuple[str, ...]:
        """The catalogue's term that means the same as a short phrase, by the encoder; none where none does."""
        if not phrase or len(phrase.split()) > MOST_ASKED or _FOLDED.search(phrase):
            return ()
        vector = self.encoder.encode([phrase])[0]
        said = {singular(w) for w in phrase.split()}
        for term in self.catalog.vocabulary.resolve(phrase, vector):
            words = {singular(w) for w in term.split()}
            # "growing old" is not "growing up": half the words in common make two phrases look alike
            if words <= said or not words & said:
                return (term,) if float(self.encoder.encode([term])[0] @ vector) >= SAME else ()
        return ()


@lru_cache(maxsize=4)
def known_words(lookup: Lookup) -> Container[str]:
    """Words that are no slips of a term: the catalogue's and those of our own tables."""
    return lookup.known | ORDINARY


def kind_of(text: str) -> str:
    """The one kind that `text` speaks of, else "".

    >>> kind_of("horror films"), kind_of("films and books")
    ('film', '')
    """
    kinds = [kind for kind, pattern in KINDS.items() if pattern.search(text)]
    return kinds[0] if len(kinds) == 1 else ""


def _names(held: Sequence[Mention], words: str, plain: str, pure: bool) -> tuple[str, ...]:
    """Names that are liked or not, rather than part of "the scene with Hugh Grant" or of "White House Down"."""
    surfaces = "|".join(re.escape(m.surface) for m in held if m.names)
    if not surfaces or (plain.startswith(("the ", "this ", "that ")) and not pure):
        return ()
    longer = rf"\b(?:[A-Z]\w+ (?:{surfaces})\b|(?:{surfaces}) (?:(?:of|the|in|and|on) )*[A-Z])"
    if re.search(longer, words) and not re.search(_KIND_NOUN, words):
        return ()
    return tuple(n for m in held for n in (m.names if "others" in m.surface else m.names[:1]))


def _reads_as_title(words: str, plain: str, doing: str) -> bool:
    """Whether words that the catalogue lacks are a title: in capitals, after a verb of doing."""
    if not _DID.match(doing) or words.isupper():
        return False
    bare = re.sub(r"^(?:the|this) (?:film|movie|book|novel|game|series|show) ", "", words)
    parts = [w.strip(",.!?\"'") for w in bare.split()]
    capitals = [w for w in parts if w[:1].isupper() or w[:1].isdigit()]
    if not parts[0][:1].isupper() or any(w.lower() not in SMALL for w in parts if w not in capitals):
        return False
    return not (len(parts) == 1 and NATIONS.search(plain)) and capitals != ["I"]
