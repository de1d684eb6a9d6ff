"""Cards as rows hold them: a JSON array of an id, texts, the bits of badges and a photo."""

import json
from functools import lru_cache
from operator import attrgetter

import orjson

from app.model.employee import BADGE_KEYS, CARD_TEXTS, Card, hidden_from
from app.photos.keys import PREFIX, is_foreign_key

# Begins a foreign key in a card; older releases then show no photo.
_FOREIGN = "/"
# An id and seven texts of a line, with a photo key.
_MAX_CARD_CHARACTERS = 4_000
_BADGE_BIT = {key: 1 << position for position, key in enumerate(BADGE_KEYS)}
_card_texts_of = attrgetter(*CARD_TEXTS)


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


def _unpack_photo(photo: str) -> str:
    if not photo:
        return ""
    return photo.removeprefix(_FOREIGN) if photo.startswith(_FOREIGN) else PREFIX + photo


@lru_cache(maxsize=4096)
def _badges_of(bits: int) -> tuple[str, ...]:
    return tuple(key for key, bit in _BADGE_BIT.items() if bits & bit)
