"""Cards as rows hold them: a JSON array of an id, texts, the bits of badges and a photo."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import attrgetter

import orjson

from app.contracts.queries import TEXT_FILTERS
from app.model.employee import BADGE_KEYS, CARD_TEXTS, Card, hidden_from
from app.photos.keys import PREFIX, is_foreign_key

# Begins a foreign key in a card; older releases then show no photo.
_FOREIGN = "/"
# An id and seven texts of a line, with a photo key.
_MAX_CARD_CHARACTERS = 4_000
_BADGE_BIT = {key: 1 << position for position, key in enumerate(BADGE_KEYS)}
_card_texts_of = attrgetter(*CARD_TEXTS)
# The place of each value in a card.
_PLACES = {name: place for place, name in enumerate(("id", *CARD_TEXTS, "badges", "photo"))}


def pack_card(card: Card) -> str:
    """Return the packed form of a card, without what is hidden."""
    bits = sum(_BADGE_BIT[key] for key in card.badges)
    key = card.photo_key
    photo = _FOREIGN + key if is_foreign_key(key) else key.removeprefix(PREFIX)
    values = (card.id, *_card_texts_of(card), bits, photo)
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=2048)
def read_card(packed: str, hidden: str = "") -> Card | None:
    """Return the card of a row from its packed form and ``v``; None if that is no card.

    Cached, since a list shows the same cards again and again.
    """
    try:
        *texts, bits, photo = orjson.loads(packed)
        if len("".join((*texts, photo))) > _MAX_CARD_CHARACTERS or not texts[0]:
            return None
        fields = (*texts, _badges_of(bits), _unpack_photo(photo))
        return Card._make((*fields, hidden_from(hidden.split(" ")) if hidden else ()))
    except (ValueError, TypeError, IndexError):
        return None


def count_values(packed: Sequence[str]) -> Mapping[str, Counter[str]] | None:
    """Return how often these cards have each location, department, job title and badge.

    It takes a third of the time of ``read_card`` for each. None if one of them might be no card.
    """
    try:
        cards = list(map(orjson.loads, packed))
        if {type(card) for card in cards} - {list} or max(map(len, packed)) > _MAX_CARD_CHARACTERS:
            return None
        columns = list(zip(*cards, strict=True))
        ids, bits = columns[_PLACES["id"]], columns[_PLACES["badges"]]
        texts = (column for column in columns if column is not bits)
        if len(columns) != len(_PLACES) or not all(ids) or {type(each) for each in bits} - {int}:
            return None
        "".join(chain.from_iterable(texts))
    except (ValueError, TypeError, IndexError):
        return None
    badges: Counter[str] = Counter()
    for some, count in Counter(bits).items():
        for key in _badges_of(some):
            badges[key] += count
    return {"badge": badges, **{name: Counter(columns[_PLACES[name]]) for name in TEXT_FILTERS}}


def _unpack_photo(photo: str) -> str:
    if not photo:
        return ""
    return photo.removeprefix(_FOREIGN) if photo.startswith(_FOREIGN) else PREFIX + photo


@lru_cache(maxsize=4096)
def _badges_of(bits: int) -> tuple[str, ...]:
    return tuple(key for key, bit in _BADGE_BIT.items() if bits & bit)
