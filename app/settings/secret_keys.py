"""The keys that sign sessions and forms, if the environment has them."""

from __future__ import annotations

import re

from app.settings.reader import Reader

_MIN_SECRET_CHARACTERS = 16
_VARIABLE = re.compile(r"\$\{?[A-Za-z_]+\}?")
_KNOWN_SECRETS = frozenset(
    {"changeme", "change-me", "secret", "secretkey", "secret_key", "password", "dev", "development",
     "something", "something-secret", "supersecret", "supersecretkey", "flask-secret-key",
     "mysecretkey", "my-secret-key", "you-will-never-guess", "your-secret-key",
     "your-secret-key-here", "thisisasecretkey", "hard to guess string", "hard-to-guess-string",
     "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf"}
)  # fmt: skip


def read_secret_keys(reader: Reader) -> tuple[str, ...]:
    """Return the keys that nobody can guess; without one, a key is made."""
    value = reader.text("SECRET_KEY")
    keys = [key for key in (part.strip() for part in value.split(",")) if key]
    for key in keys:
        if _can_be_guessed(key):
            reader.refuse(
                "SECRET_KEY",
                f"SECRET_KEY has a key that can be guessed ({len(key)} characters), so it is not "
                f"used. Use at least {_MIN_SECRET_CHARACTERS} random characters, "
                "or remove it and a key is created.",
            )
    return tuple(key for key in keys if not _can_be_guessed(key))


def _can_be_guessed(key: str) -> bool:
    is_short = len(key) < _MIN_SECRET_CHARACTERS or len(set(key)) < 6
    return is_short or key.lower() in _KNOWN_SECRETS or bool(_VARIABLE.fullmatch(key))
