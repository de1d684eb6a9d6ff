"""Five hundred misspelt names with known answers, made by rules from sample people.

Each rule is what people do: swap, drop or double a letter, hit the key beside it, mistake a vowel,
write as it sounds, or call someone by another form of the name. The same seed gives the same list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import NamedTuple

from app.model.employee import Employee
from app.text.folding import fold

ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
# How else a sound is written; either way round.
PAIRS = (
    *(("ph", "f"), ("c", "k"), ("ck", "k"), ("ie", "ei"), ("ll", "l"), ("nn", "n"), ("y", "i")),
    *(("v", "w"), ("z", "s"), ("ss", "s"), ("th", "t"), ("sch", "sh"), ("x", "ks"), ("dt", "t")),
    *(("j", "y"), ("tt", "t"), ("rr", "r"), ("mm", "m"), ("ch", "k"), ("ue", "u"), ("oe", "o")),
)
# What people are called, by the names of sample people; written down here, not read from the app.
CALLED = {
    "robert": "bob", "dan": "danny", "samuel": "sam", "jack": "john", "peter": "pete",
    "isaac": "ike", "wesley": "wes", "elizabeth": "betty", "jose": "pepe", "javier": "javi",
    "ramon": "moncho", "guadalupe": "lupe", "beatriz": "bea", "pilar": "pili", "alexander": "sasha",
    "grzegorz": "grzesiek", "malgorzata": "gosia", "wojciech": "wojtek", "zofia": "zosia",
    "zbigniew": "zbyszek", "agnieszka": "aga", "slawomir": "slawek", "natalia": "natasha",
    "dmytro": "dima", "ivan": "vanya", "serhiy": "seryozha", "olga": "olya", "pavel": "pasha",
    "darya": "dasha", "oksana": "ksyusha", "ursula": "uschi", "friedrich": "fritz",
    "lieselotte": "lilo", "anneliese": "liesel", "matthias": "hias", "jurgen": "jorg",
    "francesca": "cecca", "lorenzo": "renzo", "niccolo": "nico", "gabriele": "lele",
    "riccardo": "ricky", "lucas": "luke", "joao": "janjao", "mehmet": "memo", "zeynep": "zeyno",
    "lars": "lasse", "nils": "nisse", "sigrid": "siri", "yannis": "ioannis", "kostas": "dinos",
    "hannah": "hanna", "grace": "gracie", "laura": "laurie", "ellen": "nell", "simon": "si",
    "siddharth": "sid", "tunde": "babatunde", "temitope": "tope", "oluwaseun": "seun",
    "padraig": "paddy", "sean": "shaun", "margarida": "guida", "ines": "nene", "uri": "uriel",
    "sigriour": "sigga", "helene": "lena", "francois": "fanfan", "theo": "theodore",
}  # fmt: skip


class Misspelt(NamedTuple):
    """What was typed, by which rule, and who is meant."""

    typed: str
    rule: str
    who: str


def _transposed(word: str, chance: Random) -> str:
    places = [at for at in range(len(word) - 1) if word[at] != word[at + 1]]
    at = chance.choice(places)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _dropped(word: str, chance: Random) -> str:
    at = chance.randrange(len(word))
    return word[:at] + word[at + 1 :]


def _doubled(word: str, chance: Random) -> str:
    at = chance.randrange(len(word))
    return word[:at] + word[at] + word[at:]


def _neighbouring(word: str, chance: Random) -> str:
    at = chance.randrange(len(word))
    row = next((row for row in ROWS if word[at] in row), "")
    beside = [row[near] for near in (row.find(word[at]) - 1, row.find(word[at]) + 1)
              if row and 0 <= near < len(row)]  # fmt: skip
    return word[:at] + chance.choice(beside) + word[at + 1 :] if beside else word


def _wrong_vowel(word: str, chance: Random) -> str:
    places = [at for at, mark in enumerate(word) if mark in "aeiou"]
    if not places:
        return word
    at = chance.choice(places)
    return word[:at] + chance.choice("aeiou".replace(word[at], "")) + word[at + 1 :]


def _as_it_sounds(word: str, chance: Random) -> str:
    both = [*PAIRS, *((spoken, spelled) for spelled, spoken in PAIRS)]
    fitting = [pair for pair in both if pair[0] in word]
    if not fitting:
        return word
    spelled, spoken = chance.choice(fitting)
    return word.replace(spelled, spoken, 1)


def _called(word: str, chance: Random) -> str:
    return CALLED.get(word, word)


RULES: tuple[Callable[[str, Random], str], ...] = (
    _transposed, _dropped, _doubled, _neighbouring, _wrong_vowel, _as_it_sounds, _called
)  # fmt: skip


def misspelt_names(people: Iterable[Employee], number: int, seed: int) -> Iterator[Misspelt]:
    """So many misspelt names of these people, every rule as often as the others."""
    everyone = list(people)
    having = Counter(word for each in everyone for word in set(_words(each)))
    chance = Random(seed)
    made = 0
    while made < number:
        person, rule = chance.choice(everyone), RULES[made % len(RULES)]
        words = _words(person)
        at = 0 if rule is _called else chance.randrange(len(words) or 1)
        if len(words) < 2 or (len(words[at]) < 4 and rule is not _called):
            continue
        wrong = rule(words[at], chance)
        if wrong == words[at]:
            continue
        alone = having[words[at]] <= 12 and chance.random() < 0.5
        typed = wrong if alone else " ".join([*words[:at], wrong, *words[at + 1 :]])
        yield Misspelt(typed, rule.__name__.strip("_"), person.id)
        made += 1


def _words(person: Employee) -> list[str]:
    """First and last name in plain letters; nothing where it is written in others."""
    folded = fold(person.full_name).replace("'", "").replace("-", " ").split()
    return [folded[0], folded[-1]] if len(folded) > 1 and "".join(folded).isascii() else []
