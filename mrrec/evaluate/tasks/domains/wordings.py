"""Requests in plain words: sentences by form and half, and how era and length are told."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence

from mrrec.catalog.items import Item
from mrrec.evaluate.tasks.domains.domain import Domain
from mrrec.evaluate.tasks.domains.lexicon import Lexicon, Theme

HALVES = ("dev", "test")
SHORT, LONG = 200, 500  # pages

# {a}: the genre as a thing, with its article; {thing}, {verb}: the domain's; {about}: its preposition;
# {theme}: a clause; {themes}: two or three of them; {when}: era or length, or nothing.
FORMS: dict[str, dict[str, tuple[str, ...]]] = {
    "vague": {
        "dev": (
            "{a} for tonight, surprise me",
            "I feel like {a}. Anything goes.",
            "Got {a} for me? I have no particular ideas.",
            "What would be a good choice if I want {a}?",
            "In the mood for {a}, the rest is up to you.",
            "Pick {a} that I am likely to enjoy.",
            "Just {a}, please. You know me.",
            "Could you find me {a} for the weekend?",
            "My evening is free. I could do with {a}.",
            "I need {a}; choose whatever you think fits me.",
            "Any {thing} will do, so long as it is {a}.",
            "Hit me with {a}.",
            "Long day. {a} would do nicely.",
            "Which {thing} should I try next? {a}, I'd say.",
            "Looking for {a} to {verb}, open to ideas.",
            "I haven't had {a} in a while. What do you suggest?",
            "What would somebody like me pick? {a}, please.",
            "Today it should be {a}. Your call which.",
            "{a}, one that I'd be sorry to have missed.",
            "Rainy Sunday, sofa, {a}. Which one?",
        ),
        "test": (
            "Recommend {a}, would you?",
            "I'd like to {verb} {a}, but cannot decide which.",
            "Please suggest {a} that suits my taste.",
            "Time for {a}. I trust your judgement.",
            "Do you know {a} that I might take to?",
            "What's {a} that would be right for me?",
            "I'm craving {a}, no idea what though.",
            "Let's go for {a} this time. Which do you have?",
            "Give me {a}; I'm not picky today.",
            "{a}? I'm open to anything in that direction.",
            "My next {thing} ought to be {a}. Help me choose.",
            "Help, I want {a} and there are too many.",
            "Show me {a} that I would thank you for.",
            "Is there {a} that you are sure of for me?",
            "Friday night calls for {a}. Tell me which.",
            "Bring on {a}, I'll take what comes.",
            "If I were to {verb} {a} now, which should it be?",
            "I leave it to you, as long as it is {a}.",
            "Tell me of {a} worth my time.",
            "{a}, for once. What have you got?",
        ),
    },
    "paraphrased": {
        "dev": (
            "{a} {about} {theme}",
            "I'd like {a}, with {theme} if you have it.",
            "Do you have {a} in which there is {theme}?",
            "Looking for {a}: {theme}, that kind of thing.",
            "Can you think of {a} {about} {theme}?",
            "{theme}, and it should be {a}.",
            "I want {a} that gives me {theme}.",
            "Tonight I fancy {a} {about} {theme}.",
            "Some {thing} {about} {theme}. It should be {a}.",
            "What I have in mind: {a}, {theme}.",
            "Please find {a} that has {theme} in it.",
            "I could do with {a}. It should bring {theme}.",
            "Which {thing} offers {theme}? It is to be {a}.",
            "Is there {a} for someone who wants {theme}?",
            "What I hope for this evening is {a} and {theme}.",
            "{a} please, the sort with {theme}",
            "I keep thinking of {theme}. Is there {a} like that?",
            "Find me {a} to {verb}; {theme} would be just right.",
            "I'm after {theme}. {a}, ideally.",
            "Hand me {a} built around {theme}.",
        ),
        "test": (
            "Recommend {a} {about} {theme}, please.",
            "Is there {a} with {theme}?",
            "I'd like it best to {verb} {a} where I get {theme}.",
            "In the mood for {a}. Think of {theme}.",
            "Suggest {a}; what draws me is {theme}.",
            "Anything like {theme}, as {a}?",
            "{theme}: who made {a} of that?",
            "Do you know {a} that turns on {theme}?",
            "For a change, {a}. And in it, {theme}.",
            "Let me have {a}, preferably {about} {theme}.",
            "I'm looking for {a} and for {theme}.",
            "Would you know of {a} featuring {theme}?",
            "My next {thing}: {a}, and {theme} at the heart of it.",
            "What about {a}? I'd enjoy {theme}.",
            "{a} would be great, if it comes with {theme}",
            "Help me to {a} {about} {theme}.",
            "Show me {a} that deals in {theme}.",
            "There must be {a} that contains {theme}. Which?",
            "Could it be {a} this time, and {theme}?",
            "I'm searching for {a}. Key ingredient: {theme}.",
        ),
    },
    "rich": {
        "dev": (
            "I want {a}{when}, with {themes}.",
            "{a}{when}, please: {themes}",
            "Can you find {a}{when} that combines {themes}?",
            "What I'm after is {a}{when}. It should have {themes}.",
            "Looking for something quite precise: {a}{when}, {about} {themes}.",
            "Do you have {a}{when} in which I find {themes}?",
            "My ideal tonight: {themes}. {a}{when}, of course.",
            "Let me describe it. {a}{when}. In it, {themes}.",
            "I'd like to {verb} {a}{when} that brings together {themes}.",
            "{themes}, and all that in {a}{when}.",
            "{a}{when} would be nice, {about} {themes}.",
            "I know what I want: {a}{when}, then {themes}.",
            "Please look for {a}{when}; it ought to offer {themes}.",
            "Is there {a}{when} for someone who likes {themes}?",
            "Here is my list: {a}{when}; {themes}.",
            "Which {thing} has {themes}? Make it {a}{when}.",
            "I picture {a}{when}, full of {themes}.",
            "It has to be {a}{when}. I'm hoping for {themes}.",
            "For tonight, {a}{when}. The ingredients: {themes}.",
            "One request, several parts: {a}{when}, {themes}.",
        ),
        "test": (
            "Recommend {a}{when} {about} {themes}.",
            "I'm in the market for {a}{when} where I get {themes}.",
            "Could you suggest {a}{when}? Think of {themes}.",
            "Here's what would please me: {a}{when}, {themes}.",
            "There should be {a}{when} with all of this: {themes}.",
            "I'd be happy with {a}{when}, as long as there are {themes}.",
            "Find me {a}{when} that mixes {themes}.",
            "Next on my list should be {a}{when}. Wanted: {themes}.",
            "Any idea for {a}{when}, one that features {themes}?",
            "{a}{when} would suit me, above all {about} {themes}.",
            "I'm longing for {themes}. As {a}{when}, please.",
            "Give me {a}{when}, and make it one with {themes}.",
            "What is {a}{when} that contains {themes}?",
            "If you know {a}{when} holding {themes}, tell me.",
            "Show me {a}{when}. I care for {themes}.",
            "To {verb} next: {a}{when}, and in it {themes}.",
            "Let it be {a}{when}. What matters to me is {themes}.",
            "Help me to {a}{when}, rich in {themes}.",
            "{a}{when}: that plus {themes} would make my day.",
            "I have a taste for {a}{when} today, together with {themes}.",
        ),
    },
}
ERAS = {
    "dev": (" from the {decade}", " that came out in the {decade}", " of the {decade}"),
    "test": (" made in the {decade}", " out of the {decade}", " which dates from the {decade}"),
}
LENGTHS = {
    "dev": {"short": " that is soon finished", "long": " of many pages"},
    "test": {"short": " that is on the slim side", "long": " as thick as a brick"},
}
ALSO = {"dev": "a good dose of {genre} besides", "test": "a touch of {genre} on top"}


class Wording:
    """Words requests; `plain` finds the words by which themes are found, which no request may say of its target."""

    def __init__(self, domain: Domain, themes: Mapping[str, Theme], plain: Lexicon):
        self.domain, self.themes = domain, themes
        self._shown = {c: set(plain.find(c, tags=True)) for t in themes.values() for c in t.paraphrases}

    def request(
        self, rng: random.Random, form: str, half: str, target: Item, genre: str, asked: Sequence[str]
    ) -> str:  # fmt: skip
        """One of `FORMS` in the sentences of a half: the target's genre, and what fits in of the themes `asked`.

        A request has one theme or, if it is rich, up to three; with one alone, another genre of the target is told.
        """
        shape = rng.choice(FORMS[form][half])
        count = {"vague": 0, "paraphrased": 1, "rich": 3}[form]
        fit = {t: self._clauses(t, half, target) for t in asked}
        fit = {t: clauses for t, clauses in fit.items() if clauses} or {
            t: paraphrases(self.themes[t], half) for t in asked
        }
        clauses = [rng.choice(fit[t]) for t in rng.sample(list(fit), min(count, len(fit)))]
        others = [g for g in target.genres if g != genre]
        if form == "rich" and len(clauses) == 1 and others:
            clauses.append(ALSO[half].format(genre=rng.choice(others)))
        text = shape.format(
            a=with_article(self.domain.noun(genre)), thing=self.domain.kind, verb=self.domain.verb,
            about=self.domain.about, theme=clauses[0] if clauses else "", themes=listed(clauses),
            when=_when(rng, half, target),
        )  # fmt: skip
        return re.sub(r"(^|[.!?] )(\w)", lambda m: m[1] + m[2].upper(), text)

    def _clauses(self, theme: str, half: str, target: Item) -> list[str]:
        """Paraphrases of a theme that show no other theme of the target either, nor hold its title by chance."""
        clauses = (c for c in paraphrases(self.themes[theme], half) if target.title.lower() not in c.lower())
        return [c for c in clauses if not self._shown[c] & set(target.themes)]


def _when(rng: random.Random, half: str, target: Item) -> str:
    """Length where it is out of the ordinary, else the decade where it is no theme of the target, else nothing."""
    size = "short" if 0 < target.length < SHORT else "long" if target.length > LONG else ""
    if target.kind == "book" and size:
        return LENGTHS[half][size]
    decade = f"{target.year // 10 * 10}s"
    return rng.choice(ERAS[half]).format(decade=decade) if target.year and decade not in target.themes else ""


def paraphrases(theme: Theme, half: str) -> tuple[str, ...]:
    """The clauses that belong to a half: every other one, so that the halves share none."""
    return theme.paraphrases[HALVES.index(half) :: 2]


def with_article(noun: str) -> str:
    """
    >>> with_article("action film"), with_article("comedy")
    ('an action film', 'a comedy')
    """
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def listed(clauses: Sequence[str]) -> str:
    """
    >>> listed(["one", "two", "three"])
    'one; two; and three'
    """
    return "; ".join([*clauses[:-1], f"and {clauses[-1]}"]) if len(clauses) > 1 else "".join(clauses)
