"""Settings: ``Settings.from_env`` is the only reader of the environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from app.access.modes import Mode
from app.model.errors import SettingsError
from app.text import phone_numbers
from app.text.person_names import SortBy

_YES = frozenset({"on", "1", "true", "yes"})
_NO = frozenset({"", "off", "0", "false", "no"})
_MIN_SECRET_CHARACTERS = 16
_MAX_NAME_CHARACTERS = 200
_NO_REGION = (
    "No region is set, so DynamoDB cannot be found. Set AWS_DEFAULT_REGION, such as us-west-2."
)
_NO_BUCKET = (
    "Photos are off, because no bucket is set. Set PHOTOS_BUCKET to the name of an S3 bucket."
)
# Of the course's application in Node; ours take precedence.
_NODE_TABLE, _NODE_REGION = "TABLE_NAME", "DEFAULT_AWS_REGION"
_KNOWN_SECRETS = frozenset(
    {"changeme", "change-me", "secret", "secretkey", "secret_key", "password", "dev", "development",
     "something", "something-secret", "supersecret", "supersecretkey", "flask-secret-key",
     "mysecretkey", "my-secret-key", "you-will-never-guess", "your-secret-key",
     "your-secret-key-here", "thisisasecretkey", "hard to guess string", "hard-to-guess-string",
     "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings; docs/administration.md lists the same (a test compares them).

    ``problems`` are sentences about values that are ignored as obvious mistakes (a placeholder left
    in, photos off); the application starts and shows them. ``notes`` say which settings of the
    course's application in Node count, and which do not because ours are set.
    """

    instance_folder: Path
    dynamo_mode: bool = False
    dynamo_table: str = "Employees"
    database_url: str
    photos_bucket: str = ""
    photos_folder: Path | None = None
    region: str = ""
    secret_keys: tuple[str, ...] = ()
    photo_max_mb: int = 10
    company_name: str = ""
    trusted_proxies: int = 0
    stress: bool = True
    phone_region: str = ""
    sort_by: SortBy = SortBy.GIVEN
    access: Mode | None = None
    problems: tuple[str, ...] = field(default=())
    notes: tuple[str, ...] = field(default=())

    @property
    def index_table(self) -> str:
        """Return the name of the DynamoDB table that lists and searches read."""
        return f"{self.dynamo_table}-index"

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        """Read the settings. Raises SettingsError for a value that cannot be understood."""
        reader = _Reader(env)
        instance = Path(reader.text("INSTANCE_FOLDER") or "instance").absolute()
        dynamo = reader.dynamo_mode()
        bucket = reader.text("PHOTOS_BUCKET")
        folder = reader.text("PHOTOS_FOLDER")
        region = reader.ours_or_of_node(_NODE_REGION, "AWS_DEFAULT_REGION", "AWS_REGION")
        table = reader.ours_or_of_node(_NODE_TABLE, "DYNAMO_TABLE", in_use=dynamo)
        if dynamo and not region:
            reader.problems.append(_NO_REGION)
        if dynamo and not bucket and not folder:
            reader.problems.append(_NO_BUCKET)
        photos_folder = Path(folder).absolute() if folder else None
        if not dynamo and not bucket and not folder:
            photos_folder = instance / "photos"
        return cls(
            instance_folder=instance,
            dynamo_mode=dynamo,
            dynamo_table=table or "Employees",
            database_url=_database_url(reader, instance, in_use=not dynamo),
            photos_bucket=bucket,
            photos_folder=None if bucket else photos_folder,
            region=region,
            secret_keys=_secret_keys(reader.text("SECRET_KEY")),
            photo_max_mb=reader.whole_number("PHOTO_MAX_MB", default=10, minimum=1, maximum=100),
            company_name=_line(reader.text("COMPANY_NAME")),
            trusted_proxies=reader.whole_number(
                "TRUSTED_PROXIES", default=0, minimum=0, maximum=10
            ),
            stress=reader.switch("STRESS", unset=True),
            phone_region=_phone_region(reader.text("PHONE_REGION")),
            sort_by=SortBy(reader.choice("SORT_BY", tuple(SortBy))),
            access=_access(reader),
            problems=tuple(dict.fromkeys(reader.problems)),  # some are read twice
            notes=tuple(reader.notes),
        )


class _Reader:
    """The environment without the placeholders of an unfinished script, which become problems."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self.problems: list[str] = []
        self.notes: list[str] = []

    def text(self, name: str) -> str:
        value = self._env.get(name, "").strip()
        if (value.startswith("<") and value.endswith(">")) or "${" in value:
            self.problems.append(
                f"{name} still has the placeholder {value}. Replace it with the real value."
            )
            return ""
        return value

    def dynamo_mode(self) -> bool:
        """Return whether records are in DynamoDB: the application in Node has no other place."""
        others = ("DYNAMO_MODE", "DATABASE_URL", "DATABASE_HOST")
        if self.text(_NODE_TABLE) and not any(map(self.text, others)):
            self.notes.append(f"{_NODE_TABLE} is set, so records are in DynamoDB.")
            return True
        is_on = self.switch("DYNAMO_MODE")
        if self.text(_NODE_TABLE) and not is_on:
            self.notes.append(f"{_NODE_TABLE} is not used, because records are in SQL.")
        return is_on

    def ours_or_of_node(self, name: str, *ours: str, in_use: bool = True) -> str:
        """Return the first of our settings that is set, else that of the application in Node."""
        value = self.text(name)
        for each in ours:
            if own := self.text(each):
                if in_use and value and value != own:
                    self.notes.append(f"{name} is not used, because {each} is set.")
                return own
        if in_use and value:
            self.notes.append(f"{name} is used for {ours[0]}: {value}.")
        return value

    def switch(self, name: str, *, unset: bool = False) -> bool:
        value = self.text(name)
        if not value:
            return unset
        if value.lower() not in _YES | _NO:
            raise SettingsError(
                f"{name} is {value!r}, which is neither on nor off. "
                "Use on, 1, true or yes; or off, 0, false or no."
            )
        return value.lower() in _YES

    def choice(self, name: str, allowed: Sequence[str]) -> str:
        """Return one of these; the first if it is not set."""
        value = self.text(name).lower() or allowed[0]
        if value not in allowed:
            raise SettingsError(
                f"{name} is {self.text(name)!r}, which cannot be used. Use {' or '.join(allowed)}."
            )
        return value

    def whole_number(self, name: str, *, default: int, minimum: int, maximum: int) -> int:
        value = self.text(name)
        if not value:
            return default
        if not (value.isascii() and value.isdigit() and minimum <= int(value[:9]) <= maximum):
            raise SettingsError(
                f"{name} is {value!r}, which cannot be used. "
                f"Use a whole number from {minimum} to {maximum}."
            )
        return int(value)


def _line(text: str) -> str:
    return " ".join(text.split())[:_MAX_NAME_CHARACTERS]


def _database_url(reader: _Reader, instance: Path, *, in_use: bool) -> str:
    url = reader.text("DATABASE_URL")
    host = reader.text("DATABASE_HOST")
    if url or not host:
        return url or f"sqlite:///{instance / 'directory.db'}"
    for name in ("DATABASE_USER", "DATABASE_DB_NAME"):
        if in_use and not reader.text(name):
            raise SettingsError(
                f"DATABASE_HOST names a MySQL server, but {name} is not set. Set it too, "
                "or remove DATABASE_HOST."
            )
    user = quote(reader.text("DATABASE_USER"), safe="")
    password = quote(reader.text("DATABASE_PASSWORD"), safe="")
    if host.count(":") > 1 and not host.startswith("["):
        host = f"[{host}]"  # an IPv6 address
    return f"mysql+pymysql://{user}:{password}@{host}/{reader.text('DATABASE_DB_NAME')}"


def _access(reader: _Reader) -> Mode | None:
    return Mode(reader.choice("ACCESS", tuple(Mode))) if reader.text("ACCESS") else None


def _phone_region(value: str) -> str:
    region = value.upper()
    if region and not phone_numbers.is_region(region):
        raise SettingsError(
            f"PHONE_REGION is {value!r}, which is not the code of a country. "
            "Use its two letters, such as US, DE or IL (the United Kingdom is GB), "
            "or leave it empty."
        )
    return region


def _secret_keys(value: str) -> tuple[str, ...]:
    keys = tuple(key for key in (part.strip() for part in value.split(",")) if key)
    for key in keys:
        if len(key) < _MIN_SECRET_CHARACTERS or key.lower() in _KNOWN_SECRETS or len(set(key)) < 6:
            raise SettingsError(
                f"SECRET_KEY has a key that can be guessed ({len(key)} characters). "
                f"Use at least {_MIN_SECRET_CHARACTERS} random characters, "
                "or remove it and a key is created."
            )
    return keys
