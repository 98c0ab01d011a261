"""Countries and languages as people say them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mrrec.agent.request.phrases import Said

_PLACES = {  # what is said: countries; languages
    "american": "USA", "british": "UK", "scottish": "UK", "english": "UK; English", "welsh": "UK", "irish": "Ireland",
    "french": "France; French", "german": "Germany, West Germany, East Germany; German", "austrian": "Austria",
    "italian": "Italy; Italian", "spanish": "Spain; Spanish", "portuguese": "Portugal; Portuguese",
    "greek": "Greece; Greek", "turkish": "Turkey; Turkish", "russian": "Russia, Soviet Union; Russian",
    "soviet": "Soviet Union", "polish": "Poland; Polish", "ukrainian": "Ukraine; Ukrainian",
    "czech": "Czechoslovakia, Czech Republic; Czech", "hungarian": "Hungary; Hungarian",
    "romanian": "Romania; Romanian",
    "swedish": "Sweden; Swedish", "danish": "Denmark; Danish", "norwegian": "Norway; Norwegian",
    "finnish": "Finland; Finnish", "icelandic": "Iceland; Icelandic", "dutch": "Netherlands; Dutch",
    "belgian": "Belgium", "swiss": "Switzerland", "serbian": "Serbia, Yugoslavia; Serbian",
    "yugoslav": "Yugoslavia", "japanese": "Japan; Japanese",
    "korean": "South Korea; Korean", "south korean": "South Korea; Korean",
    "chinese": "China, Hong Kong, Taiwan; Mandarin, Cantonese, Chinese", "taiwanese": "Taiwan",
    "hong kong": "Hong Kong; Cantonese", "indian": "India; Hindi, Bengali, Tamil, Telugu, Malayalam",
    "bollywood": "; Hindi",
    "thai": "Thailand; Thai", "vietnamese": "Vietnam; Vietnamese", "indonesian": "Indonesia; Indonesian",
    "filipino": "Philippines; Filipino", "iranian": "Iran; Persian", "persian": "Iran; Persian",
    "israeli": "Israel; Hebrew", "lebanese": "Lebanon", "egyptian": "Egypt", "arabic": "; Arabic", "mexican": "Mexico",
    "brazilian": "Brazil", "argentinian": "Argentina", "argentine": "Argentina", "chilean": "Chile", "cuban": "Cuba",
    "colombian": "Colombia", "canadian": "Canada", "australian": "Australia", "new zealand": "New Zealand",
    "nigerian": "Nigeria", "nollywood": "Nigeria", "senegalese": "Senegal", "south african": "South Africa",
    "kenyan": "Kenya", "scandinavian": "Sweden, Norway, Denmark, Finland, Iceland",
    "nordic": "Sweden, Norway, Denmark, Finland, Iceland",
    "african": "Senegal, Nigeria, South Africa, Kenya, Mali, Egypt, Algeria, Botswana, Burkina Faso, Mauritania, "
    "DR Congo, "
               "Lesotho, Ivory Coast, Tunisia, Ethiopia, Ghana, Morocco, Zimbabwe, Cameroon",
    "latin american": "Mexico, Brazil, Argentina, Chile, Colombia, Cuba, Peru, Venezuela, Uruguay, Bolivia",
    "south american": "Brazil, Argentina, Chile, Colombia, Peru, Venezuela, Uruguay, Bolivia",
    "asian": "Japan, South Korea, China, Hong Kong, Taiwan, India, Thailand, Vietnam, Indonesia, Philippines, Bhutan",
    "european": "UK, Ireland, France, Germany, West Germany, Italy, Spain, Portugal, Sweden, Norway, Denmark, Finland, "
                "Poland, Hungary, Czechoslovakia, Czech Republic, Austria, Belgium, Netherlands, Switzerland, Greece, "
                "Romania, Russia, Soviet Union, Yugoslavia, Iceland",
}  # fmt: skip
_COUNTRY_WORDS = {
    "america": "USA", "the us": "USA", "the usa": "USA", "the states": "USA", "united states": "USA",
    "hollywood": "USA",
    "britain": "UK", "england": "UK", "scotland": "UK", "the uk": "UK", "united kingdom": "UK", "korea": "South Korea",
    "russia": "Russia, Soviet Union", "germany": "Germany, West Germany, East Germany", "holland": "Netherlands",
    "czechia": "Czech Republic, Czechoslovakia", "scandinavia": _PLACES["nordic"], "africa": _PLACES["african"],
    "europe": _PLACES["european"], "asia": _PLACES["asian"], "latin america": _PLACES["latin american"],
    "south america": _PLACES["south american"],
}  # fmt: skip
_NO_SUBTITLES = re.compile(r"\b(?:without|no|don't want|hate|not? with) (?:any )?(?:subtitles?|subs)\b", re.I)
_FOREIGN = re.compile(
    r"\b(?:foreign(?:[- ]language)?|non[- ]english|(?:with|in) subtitles|subtitled|not in english)\b", re.I
)
_SILENT = re.compile(r"\bsilent(?= (?:film|movie|era|cinema|comed|classic|one|\|))|\bsilents\b", re.I)
_ANIME = re.compile(r"\banime\b", re.I)
_ADJECTIVE = re.compile(r"\b(?P<in>in )?(?P<place>" + "|".join(sorted(_PLACES, key=len, reverse=True)) + r")s?\b", re.I)


@dataclass(frozen=True)
class Place:
    """Countries or languages, any of which will do; `wanted` False rules them out."""

    label: str
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    wanted: bool = True

    def holds(self, country: str, language: str) -> bool:
        here = {c.strip().lower() for c in country.split(";")} & {c.lower() for c in self.countries}
        spoken = {c.strip().lower() for c in language.split(";")} & {c.lower() for c in self.languages}
        return bool(here or spoken) == self.wanted


def places(said: Said, known: Iterable[str]) -> tuple[Place, ...]:
    """Countries and languages asked for; `known` are those of the catalogue, in lower case."""
    found = [(m.span(), Place("in English", languages=("English",))) for m in said.take(_NO_SUBTITLES)]
    found += [(m.span(), Place("not in English", (), ("English",), False)) for m in said.take(_FOREIGN)]
    found += [(m.span(), Place("silent", languages=("Silent", "No dialogue"))) for m in said.take(_SILENT)]
    for match in _ANIME.finditer(said.rest):  # the word stays: it is a genre too
        found.append((match.span(), Place("Japanese", ("Japan",), ("Japanese",), not said.is_negated(match.start()))))
    found += _by_adjective(said) + _by_name(said, known)
    return _alternatives(sorted(found, key=lambda f: f[0]), said.text)


def _by_adjective(said: Said) -> list[tuple[tuple[int, int], Place]]:
    """ "French", "in Japanese"."""
    found = []
    for match in said.take(_ADJECTIVE):
        word = match["place"].lower()
        countries, _, languages = _PLACES[word].partition(";")
        wanted = not said.is_negated(match.start())
        if match["in"] and languages:
            countries = ""
        label = f"in {word.capitalize()}" if match["in"] else word.title()
        place = Place(label if wanted else f"not {label}", _members(countries), _members(languages), wanted)
        found.append((match.span(), place))
    return found


def _by_name(said: Said, known: Iterable[str]) -> list[tuple[tuple[int, int], Place]]:
    """ "from India", "made in Japan or Korea"."""
    names = "|".join(
        map(re.escape, sorted({*_COUNTRY_WORDS, *(k for k in known if len(k) > 2)}, key=len, reverse=True))
    )
    origin = re.compile(
        rf"\b(?:from|out of|made in|produced in|spoken in|dubbed in) (?:{names})\b"
        rf"(?:(?:,| or| and|, or) (?:from )?(?:{names})\b)*",
        re.I,
    )
    found = []
    for match in said.take(origin):
        members = tuple(
            m
            for name in re.findall(rf"\b(?:{names})\b", match[0], re.I)
            for m in _members(_COUNTRY_WORDS.get(name.lower(), name))
        )
        wanted = not said.is_negated(match.start())
        found.append((match.span(), Place(match[0] if wanted else f"not {match[0]}", members, members, wanted)))
    return found


def _alternatives(found: list[tuple[tuple[int, int], Place]], text: str) -> tuple[Place, ...]:
    """ "French or Italian" is one condition."""
    joined: list[tuple[tuple[int, int], Place]] = []
    for span, place in found:
        if joined and place.wanted and re.fullmatch(r"(?:\s*(?:,|or|and|/|-)\s*)+", text[joined[-1][0][1] : span[0]]):
            (start, _), before = joined.pop()
            label = f"{before.label} or {place.label}"
            place = Place(label, before.countries + place.countries, before.languages + place.languages)
            span = (start, span[1])
        joined.append((span, place))
    return tuple(place for _, place in joined)


def _members(text: str) -> tuple[str, ...]:
    return tuple(m.strip() for m in text.split(",") if m.strip())
