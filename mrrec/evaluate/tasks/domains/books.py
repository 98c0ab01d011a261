"""Book-Crossing ratings, joined to blurbs; without times."""

from __future__ import annotations

import csv
import gzip
import json
import re
from pathlib import Path

from mrrec.catalog.items import Item, normalise
from mrrec.evaluate.tasks.domains.domain import Domain, Reading, find, shorten
from mrrec.evaluate.tasks.domains.lexicon import Lexicon
from mrrec.memory.events import Event

RATINGS, TEXTS = ("book-crossing.csv.gz",), ("books.jsonl.gz",)
RATINGS_AT = "https://grouplens.org/datasets/book-crossing/ (as columns user, isbn13, rating; no rating where implicit)"
TEXTS_AT = (
    "https://www.kaggle.com/datasets/dylanjcastillo/7k-books-with-metadata (as an object a line with isbn13, title, "
    "authors, pages, publication_date, description)"
)
LIKED, DISLIKED = 8, 4  # of 1 to 10
MOST = 3  # genres of a book
PLAIN = "literary fiction"  # what a novel is where nothing tells more

# The data has no genres: words of a blurb that tell them.
GENRES = {
    "adventure": "adventure;swashbuckling;expedition;treasure;perilous journey;explorer;Adventure",
    "biography": "biography;biographer;biographical;life and times;Biography;life story",
    "children": "picture book;children book;young readers;bedtime;storybook;middle grade;Roald Dahl;toddler",
    "comedy": "hilarious;comic novel;comedy;funny;laugh out loud;humorous;humor;funniest;hilariously;humour;uproarious",
    "crime": "crime;criminal;gangster;mafia;Mafia;heist;mob;drug dealer;mobster;underworld;bounty hunter;homicide;cop",
    "essay": "essay;Essays;collected writings;meditations;reflections on",
    "fantasy": "fantasy;wizard;dragon;sorcery;sorcerer;sorceress;magical;elves;elf;magic;kingdom;witch;mage;dwarves;"
    "Middle Earth;Hogwarts;unicorn;Discworld;fairy;fairies;swords and sorcery;enchanted",
    "graphic novel": "graphic novel;comics;comic book;manga;comic strip;superhero;Batman;Superman;cartoonist",
    "historical fiction": "historical novel;historical fiction;Regency;medieval;Napoleonic;Tudor;historical romance",
    "history": "history of;historian;historians;military history;American history;world history;historical account",
    "horror": "horror;vampire;haunted;ghost;demon;demonic;terrifying;zombie;werewolf;macabre;Dracula;supernatural",
    "memoir": "memoir;autobiography;autobiographical;her own life;his own life;memoirs;diaries;growing up in",
    "mystery": "mystery;detective;sleuth;whodunit;murder mystery;Inspector;Poirot;Miss Marple;Sherlock Holmes;murderer;"
    "private eye;investigator;medical examiner;private investigator;inspector;Mystery;mysteries",
    "philosophy": "philosophy;philosopher;philosophical;metaphysics;ethics;Plato;Nietzsche;existentialism;Aristotle",
    "poetry": "poetry;poems;poem;verse;sonnet;poet",
    "romance": "romance;love story;fall in love;falls in love;passion;seduce;seduction;irresistible;true love;"
    "love affair;passionate;handsome;bride;soulmate;romantic;lover",
    "satire": "satire;satirical;satirist;parody;black comedy;darkly comic;farce",
    "science": "science;scientific;physics;physicist;biology;evolution;mathematics;scientist;cosmology;quantum",
    "science fiction": "science fiction;sci fi;planet;galaxy;alien;aliens;robot;spaceship;starship;interstellar;"
    "Star Wars;Star Trek;cyberpunk;time travel;galactic;android;space station;Hugo;Nebula Award;dystopian",
    "short stories": "short stories;stories;short fiction;collection of tales;novellas;short story",
    "thriller": "thriller;suspense;conspiracy;serial killer;CIA;espionage;terrorist;assassin;page turner;FBI;spy;"
    "nail biting;race against time;assassination;killer;kidnapped;spine tingling;pulse pounding;Thriller",
    "war": "World War;soldiers;battlefield;Vietnam War;wartime;Civil War;platoon;battle of;Nazi;Nazis;regiment",
    "western": "cowboy;frontier;Old West;American West;gunfighter;outlaw;Wild West;Louis L Amour;rancher;gunslinger",
    "young adult": "young adult;teen;teenage;high school;teenager;sixteen year old;fifteen year old;seventeen year old",
}


def read(data: Path | None, lexicon: Lexicon) -> Reading:
    """Books with a blurb; editions with the same title and author are one. Events have no time (0)."""
    ratings, texts = find(data, RATINGS, RATINGS_AT), find(data, TEXTS, TEXTS_AT)
    genres = Lexicon({genre: words.split(";") for genre, words in GENRES.items()})
    items: dict[tuple[str, str], Item] = {}
    same: dict[str, str] = {}
    with gzip.open(texts, "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            if not (row.get("description") or "").strip():
                continue
            item = _item(row, lexicon, genres)
            item = items.setdefault((normalise(item.title), normalise(item.creators[0]) if item.creators else ""), item)
            same[row["isbn13"]] = item.id
    events: dict[tuple[str, str], Event] = {}
    rated = 0
    with gzip.open(ratings, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rated += 1
            if row["isbn13"] not in same:
                continue
            event = Event(f"book-{row['user']}", same[row["isbn13"]], verdict(row["rating"]), 0.0)
            before = events.get((event.person, event.item_id))
            if before is None or before.event == "finished":  # of several editions the first with a verdict
                events[event.person, event.item_id] = event
    counts = {"editions with a blurb": len(same), "ratings": rated, "ratings of these books": len(events)}
    return Reading(list(items.values()), list(events.values()), counts)


def verdict(rating: str) -> str:
    """
    >>> verdict(""), verdict("9.000000"), verdict("3"), verdict("6")
    ('finished', 'liked', 'disliked', 'finished')
    """
    if not rating.strip():
        return "finished"
    return "liked" if float(rating) >= LIKED else "disliked" if float(rating) <= DISLIKED else "finished"


def _item(row: dict, lexicon: Lexicon, genres: Lexicon) -> Item:
    blurb = " ".join(row["description"].split())
    title, series = split_series(row["title"])
    authors = tuple(dict.fromkeys(" ".join(a.split()) for a in (row.get("authors") or "").split("/") if a.strip()))
    year = re.search(r"(\d{4})\s*$", row.get("publication_date") or "")
    found = genres.find(blurb, authors)[:MOST]
    if not found and re.search(r"\b(novel|novelist|fiction)\b", blurb):
        found = (PLAIN,)
    pages = str(row.get("pages") or "")
    return Item(
        id=f"isbn-{row['isbn13']}", kind="book", title=title, year=int(year[1]) if year else 0, creators=authors[:1],
        people=authors[1:4], genres=found, themes=lexicon.find(blurb, (title, *authors)),
        length=int(float(pages)) if pages.replace(".", "", 1).isdigit() else 0, description=shorten(blurb),
        more=(f"series: {series}",) if series else (),
    )  # fmt: skip


def split_series(title: str) -> tuple[str, str]:
    """
    >>> split_series("Warhost of Vastmark (Wars of Light & Shadow  #3; Arc 2)")
    ('Warhost of Vastmark', 'Wars of Light & Shadow #3; Arc 2')
    """
    title = " ".join(title.split())
    found = re.match(r"^(.+?) \(([^()]*#[^()]*)\)$", title)
    return (found[1], found[2]) if found else (title, "")


DOMAIN = Domain(
    name="books", kind="book", read=read, liked=lambda e: e.event == "liked", dated=False, least=4, verb="read",
    about="about",
    nouns={g: g for g in ("biography", "comedy", "graphic novel", "memoir", "mystery", "romance", "satire", "thriller")}
    | {g: f"{g} novel" for g in ("adventure", "crime", "fantasy", "horror", "science fiction", "war", "young adult")}
    | {
        "children": "children's book", "essay": "book of essays", "historical fiction": "piece of historical fiction",
        "literary fiction": "piece of literary fiction", "poetry": "book of poetry",
        "short stories": "book of short stories", "western": "western",
    },
    sources=(
        f"Book-Crossing, Ziegler et al., WWW 2005, {RATINGS_AT}: research, acknowledge",
        f"blurbs: text of the publishers, {TEXTS_AT}: not to be passed on",
        "genres are read from the blurbs by words; a rating of 8 and more is liked, of 4 and less disliked, any other "
        "and a book without one only read",
    ),
)  # fmt: skip
