"""Hand-written requests for `conditions`, by type and half; no shape stands in both halves.

A line is `spec | shape`. The spec begins with the kind that is asked for ("any": no kind). The slots of a shape are
its conditions: they are filled from the fields of an item that satisfies them. {film} and {films} are nouns of the
kind, {a} and {b} titles, {x} what is claimed; a slot that begins with "not" is ruled out.
"""

from __future__ import annotations

DIRECT = {
    "dev": """
any | something by {maker}
film | a {film} with both {player} and {player2}
film | {films} directed by {maker} after {after}
film | anything starring {player} from {decade}?
film | got a {film} with {player} that {maker} directed?
film | {player} and {player2} together in one {film}, please
film | I'm looking for {films} by {maker} from before {before}
film | I'd like a {place} {film} from {year}
film | {films} with {player}, but not with {notplayer}
film | a {maker} {film} without {notplayer}
film | something with {player} that {notmaker} didn't direct
film | {maker} {films} under {under}
film | a {genre} {film} with {player}
film | {player} in a {genre} {film} made between {from} and {to}
film | any {place} {films} with {player}?
film | {films} by {maker} that are longer than {over}
film | recommend a {film} by {maker}, only not {nottitle}
film | {player} {films} from before {before}, but not a {notgenre}
film | a {place} {genre} {film} from {decade}
film | a {film} made in {land} in {decade}, under {under}
film | by {maker}, after {after}
film | everything by {maker} except {nottitle}
film | a {film} with {player} from {year}, please
film | {films} by {maker} in which {player} plays
book | a {film} by {maker}
book | {films} by {maker} published after {after}
book | show me a {film} by {maker} shorter than {under}
book | which {films} by {maker} are from before {before}?
book | I want to read {maker}, but not {nottitle}
book | a {genre} {film} by {maker}
book | a {place} {genre} {film} from {decade}
book | a {film} by {maker} of more than {over}
game | a {film} by {maker}
game | {films} made by {maker} after {after}
game | what have you got by {maker} besides {nottitle}?
game | a {genre} {film} from {maker}
game | a {film} by {maker} that takes less than {under}
game | {place} {genre} {films} from {year}
""",
    "test": """
any | do you have anything from {maker}?
film | is there a {film} that has {player} as well as {player2}?
film | what {films} has {maker} directed since {since}?
film | {player} in {decade}: which {films} would you suggest?
film | {maker} behind the camera and {player} in front of it
film | which {film} do {player} and {player2} share?
film | early {maker}: {films} older than {before}
film | {films} from {land}, released in {year}
film | give me {player} minus {notplayer}, any {film}
film | {maker} {films}, though none that has {notplayer} in it
film | {player} {films} that are not by {notmaker}
film | a {film} by {maker} I can finish in less than {under}
film | {genre} {films} featuring {player}
film | I fancy {player} in something from {from} to {to}
film | {player} in a {place} {film}, please
film | the long ones by {maker}: {films} over {over}
film | I know {nottitle} already. Another {film} directed by {maker}?
film | {films} starring {player}, nothing newer than {until}
film | {decade}, {place}, {genre}: which {films} fit?
film | a short evening: {films} from {land} of {decade} below {under}
film | {maker}'s {films}, later than {after}
film | {maker}, but please leave out {nottitle}
film | what was {player} in, back in {year}? suggest a {film}
film | I'd love to see {player} directed by {maker}
film | a {genre} {film} by {maker} that is not a {notgenre}
book | could you find me a {film} written by {maker}?
book | later {maker}, meaning {films} after {after}
book | something slim by {maker}, at most {atmost}
book | {maker} before {before}, to read on the train
book | any {film} of {maker}'s apart from {nottitle}?
book | {maker} writing {genre}, please
book | {genre} from {land}, {films} of {decade}
book | a fat {film} by {maker}, at least {atleast}
game | which {films} did {maker} develop? recommend some
game | newer {films} from {maker}, past {after}
game | another {film} by {maker}, I've played {nottitle}
game | does {maker} have a {genre} {film}?
game | {maker} {films} that are done in under {under}
game | {genre} {films} from {land} that came out in {year}
""",
}

TITLES = {
    "dev": """
film both maker | something by whoever directed both {a} and {b}
film both maker | a {film} by the director of {a} and {b}
film both maker | who made {a} and {b}? I want another {film} by that person
film both maker | another one from the person who directed {a} as well as {b}
film both maker | {films} by the maker of {a} and {b}, from {decade}
film both player | the actor in {a} and {b}, something else with that person
film both player | a {film} with the actor who is in both {a} and {b}
film both player | {films} with whoever plays in {a} and in {b}
film both player | another {film} starring the one from {a} and {b}
film both player | I want the actor that {a} and {b} have in common, in a {film} from {decade}
film one maker | more by the director of {a}
film one maker | {a}'s director, another {film} please
film one maker later | a later {film} by the director of {a}
film one maker earlier | an earlier {film} from the director of {a}
film one maker shorter | the director of {a}, but a shorter {film}
film one maker | a {genre} {film} by the director of {a}
film one maker | something with {player} by the director of {a}
film one maker | a {film} by the one who directed {a}, made after {after}
film one maker | same director as {a}
film one star | a {film} with the star of {a}
film one star | {films} with the lead actor of {a}, from {decade}
film one star | the star of {a} in a {genre} {film}
film one star later | something newer with the lead of {a}
book one maker | another {film} by the author of {a}
book one maker later | the author of {a}, but a later one
book one maker earlier | something older by the author of {a}
book one maker shorter | a {film} by the author of {a}, only shorter
book one maker | whoever wrote {a}, I want more
book one maker | the {a} author, any other {film}
book both maker | a {film} by the author of {a} and {b}
game one maker | same studio as {a}
game one maker | another {film} by the studio behind {a}
game one maker later | the makers of {a}, a newer {film}
game one maker | a {genre} {film} by the developers of {a}
game both maker | {films} by the studio that made both {a} and {b}
""",
    "test": """
film both maker | {a} and {b} have the same director. What else is there from that director?
film both maker | which other {films} did the director behind {a} and {b} make?
film both maker | I'm after the filmmaker who gave us {a} and {b}: any other {film}?
film both maker | directed by the same person as {a} and {b}
film both maker | the person behind both {a} and {b}, but before {before}
film both player | somebody plays in both {a} and {b}. Show me that actor in another {film}
film both player | whoever is in {a} and also in {b}, what other {films} have them?
film both player | {a} and {b} share an actor, more with that actor please
film both player | which {films} feature the person who appears in {a} and {b}?
film both player | the cast member common to {a} and {b}, in something after {after}
film one maker | what else did the person who made {a} direct?
film one maker | I liked who directed {a}, so another {film} from that director
film one maker later | what did the director of {a} do afterwards? a later {film} please
film one maker earlier | older {films} by whoever is behind {a}
film one maker longer | a longer {film} than {a}, by the same director
film one maker | the filmmaker of {a} doing {genre}
film one maker | {player} in a {film} by the person who directed {a}
film one maker | {films} of {decade} by {a}'s director
film one maker | anything else directed by the guy who did {a}
film one star | whoever plays the lead in {a}, another {film} with them
film one star | who stars in {a}? more with that star, {decade} only
film one star | {a}'s star in some {genre} {film}
film one star earlier | an older {film} with {a}'s lead actor
book one maker | what other {films} has the writer of {a} written?
book one maker later | newer than {a}, but from the same author
book one maker earlier | the novelist who wrote {a}: an earlier {film}
book one maker longer | a longer {film} by {a}'s author
book one maker | I enjoyed {a}; anything else by that writer?
book one maker | the mind behind {a}, another {film} of theirs
book both maker | {a} and {b} are by one author. Another {film} by that author?
game one maker | what else has the developer of {a} released?
game one maker | more from the team that created {a}
game one maker earlier | an older {film} from {a}'s studio
game one maker | {genre} {films} by whoever developed {a}
game both maker | the developer of {a} and of {b}, any other {film}
""",
}

# kind, what is claimed of {a} (maker, star, player or year), whose works are asked for: `maker` and `star` are those
# that {a} truly has; `claimed` is said only where the request itself names {x}, and {a} is an aside.
PREMISE = {
    "dev": """
film maker maker | Since {x} directed {a}, more by that director, please
film maker maker | {a} was directed by {x}, so what else is there by the director of {a}?
film maker maker | I loved {x}'s {a}. Another {film} by the same director?
film maker maker | As {x} made {a}, I'd like another {film} by whoever made {a}
film maker maker | that {x} {film} {a} was great, more {films} by its director please
film maker maker | {x} is the director of {a}, right? Anything else by that director
film maker maker | I just saw {a} by {x}. More from that director please
film maker maker | because {x} shot {a}, give me a {film} by the director of {a}
film maker maker | {a}, directed by {x}, is a favourite of mine. What else did its director make?
film maker maker | Given that {a} is a {film} by {x}, recommend another {film} by its director
film maker claimed | {films} by {x}, please. {x} also directed {a}, I think
film maker claimed | more {films} from {x}, who also directed {a}
film maker claimed | I'd like a {film} by {x}, the director of {a}
film star star | Since {x} has the lead in {a}, another {film} with that star?
film star star | {x} stars in {a}, so more {films} with the star of {a}
film star star | as the star of {a} is {x}, I want another {film} with that star
film player maker | I loved {x} in {a}. More by its director?
film player maker | {x} plays in {a}, and I want another {film} by the director of {a}
film player maker | since {x} was in {a}, something else by the director of {a}
film player maker | {a}, the one with {x}: another {film} by its director
film year maker | that {x} {film} {a}: more by its director, please
film year maker | since {a} came out in {x}, what else is there by its director?
film year maker | {a} is from {x}, and I want another {film} by its director
film year maker | the {film} {a} was released in {x}. Anything else by that director?
book maker maker | since {x} wrote {a}, another {film} by that author
book maker maker | I loved {a} by {x}. More by the same author, please
book maker maker | {x}'s {a} was wonderful, what else is there by its author?
book maker maker | as {a} was written by {x}, I want another {film} by the author of {a}
book maker claimed | a {film} by {x}, who also wrote {a}
book year maker | that {film} from {x}, {a}: more by its author
game maker maker | since {x} made {a}, more by that studio
game maker maker | {a} was developed by {x}, so another {film} by the studio behind {a}
game maker maker | I loved {x}'s {a}. Another {film} by the same studio?
game maker claimed | {films} by {x}, who also developed {a}
game year maker | {a} came out in {x}, right? more by its developers
""",
    "test": """
film maker maker | Seeing that {x} was the director of {a}, suggest other {films} by that director
film maker maker | So {x} did {a}? Then I'd like more from the director of {a}
film maker maker | {x}'s {a} blew me away. What other {films} come from that director?
film maker maker | Knowing {a} is {x}'s work, I would like another {film} from whoever directed {a}
film maker maker | the {x} movie {a} is one I adore, find me something else from its director
film maker maker | It was {x} who directed {a}, so show me others by this director
film maker maker | {a} (directed by {x}) was superb. Got another {film} by that director?
film maker maker | if {x} directed {a}, as I believe, then any {film} by that same director will do
film maker maker | I enjoyed {a}, a {film} directed by {x}; other {films} by its director?
film maker maker | {a} being directed by {x}, what else has the director of {a} done?
film maker claimed | Show me {films} that {x} directed. {a} was by {x} too, wasn't it?
film maker claimed | anything by {x}, who after all directed {a}
film maker claimed | {x} {films} please, {x} being the director of {a}
film star star | {x} plays the lead in {a}, doesn't {x}? Other {films} with the star of {a}
film star star | Seeing that {a} stars {x}, which other {films} have that star?
film star star | {a}, starring {x}, was lovely. Another {film} with its star?
film player maker | {x} was so good in {a}! Other {films} by its director?
film player maker | I remember {a} with {x}. What else comes from that director?
film player maker | with {x} acting in {a}, I am curious for more by the director of {a}
film player maker | {x} appears in {a}, so suggest another {film} from its director
film year maker | {a} from {x} was good. Another {film} from that director?
film year maker | {a}, a {x} {film}, made me curious about its director: more, please
film year maker | I watched {a} ({x}). Other {films} by the same director?
film year maker | back in {x}, when {a} was made: which other {films} are by its director?
book maker maker | seeing that {x} is the author of {a}, suggest another {film} by that author
book maker maker | {a}, written by {x}, moved me. Other {films} from this author?
book maker maker | I finished {x}'s {a}; another {film} from the same writer?
book maker maker | it was {x} who wrote {a}, so more from the writer of {a}
book maker claimed | Any {film} from {x}? {x} wrote {a}, after all
book year maker | {a} was published in {x}. What else comes from its author?
game maker maker | seeing that {x} developed {a}, other {films} from that developer
game maker maker | {a}, made by {x}, was fun. Something else from its developer?
game maker maker | {x}'s {a} hooked me, show me another {film} from that studio
game maker claimed | Which {films} are there from {x}, the developer of {a}?
game year maker | the {x} {film} {a}: what else comes from its studio?
""",
}

NOUNS = {
    "film": {"dev": ("film films", "movie movies"), "test": ("film films", "movie movies")},
    "book": {"dev": ("book books", "novel novels"), "test": ("book books",)},
    "game": {"dev": ("game games",), "test": ("game games", "video game video games")},
}
ADJECTIVES = {
    "USA": "American", "UK": "British", "France": "French", "Italy": "Italian", "Japan": "Japanese",
    "Germany": "German", "India": "Indian", "Sweden": "Swedish", "Australia": "Australian", "Canada": "Canadian",
    "South Korea": "Korean", "Ireland": "Irish", "Spain": "Spanish", "Denmark": "Danish", "Poland": "Polish",
    "Iran": "Iranian", "Mexico": "Mexican", "Norway": "Norwegian", "Finland": "Finnish", "Brazil": "Brazilian",
    "Taiwan": "Taiwanese", "New Zealand": "New Zealand", "Senegal": "Senegalese", "Belgium": "Belgian",
}  # fmt: skip
LANGUAGES = {  # what an adjective may mean besides: one who says "French" may mean the language
    "France": "French", "Italy": "Italian", "Japan": "Japanese", "Germany": "German", "Sweden": "Swedish",
    "South Korea": "Korean", "Spain": "Spanish", "Denmark": "Danish", "Poland": "Polish", "Norway": "Norwegian",
    "Finland": "Finnish", "Mexico": "Spanish", "Brazil": "Portuguese",
}  # fmt: skip
GENRES = {
    "film": ("action", "adventure", "comedy", "crime", "documentary", "fantasy", "horror", "musical", "mystery",
             "romance", "science fiction", "thriller", "war", "western"),
    "book": ("adventure", "biography", "crime", "fantasy", "historical fiction", "horror", "mystery", "poetry",
             "romance", "science fiction", "thriller"),
    "game": ("action", "adventure", "horror", "platformer", "puzzle", "racing", "role-playing", "shooter",
             "simulation", "stealth", "strategy"),
}  # fmt: skip
LENGTHS = {  # what is said, and what it is in the unit of the kind
    "film": (("80 minutes", 80), ("an hour and a half", 90), ("90 minutes", 90), ("95 minutes", 95),
             ("100 minutes", 100), ("110 minutes", 110), ("two hours", 120), ("2 hours", 120), ("130 minutes", 130),
             ("140 minutes", 140), ("two and a half hours", 150), ("160 minutes", 160)),
    "book": (("150 pages", 150), ("200 pages", 200), ("250 pages", 250), ("300 pages", 300), ("350 pages", 350),
             ("400 pages", 400), ("500 pages", 500)),
    "game": (("five hours", 5), ("8 hours", 8), ("ten hours", 10), ("12 hours", 12), ("15 hours", 15),
             ("20 hours", 20), ("30 hours", 30), ("40 hours", 40)),
}  # fmt: skip
DECADES = {1920: "the twenties", 1930: "the thirties", 1940: "the forties", 1950: "the fifties", 1960: "the sixties",
           1970: "the seventies", 1980: "the eighties", 1990: "the nineties"}  # fmt: skip


def shapes(text: str) -> list[tuple[tuple[str, ...], str]]:
    """The lines of one type and half as (words of the spec, shape).

    >>> shapes("film one maker | same director as {a}")
    [(('film', 'one', 'maker'), 'same director as {a}')]
    """
    lines = (line.partition(" | ") for line in text.strip().splitlines())
    return [(tuple(spec.split()), shape.strip()) for spec, _, shape in lines]
