"""Settings: ``Settings.from_env`` is the only reader of the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from app.access.modes import Mode
from app.model.errors import SettingsError
from app.settings.chat import chat_pattern
from app.settings.monitoring import Monitoring, read_monitoring
from app.settings.reader import NODE_REGION, NODE_TABLE, Reader
from app.settings.sign_in import SignInSettings, read_sign_in
from app.settings.trusted_headers import LoadBalancer, ProxyHeader, load_balancer, proxy_header
from app.text import phone_numbers
from app.text.person_names import SortBy

_MIN_SECRET_CHARACTERS = 16
_MAX_NAME_CHARACTERS = 200
_NO_REGION = (
    "No region is set, so DynamoDB cannot be found. Set AWS_DEFAULT_REGION, such as us-west-2."
)
_NO_BUCKET = (
    "Photos are off, because no bucket is set. Set PHOTOS_BUCKET to the name of an S3 bucket."
)
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
    history_days: int = 1_095
    company_name: str = ""
    chat_link: str = ""
    trusted_proxies: int = 0
    stress: bool = True
    phone_region: str = ""
    sort_by: SortBy = SortBy.GIVEN
    access: Mode | None = None
    load_balancer: LoadBalancer | None = None
    proxy_header: ProxyHeader | None = None
    sign_in: SignInSettings = field(default_factory=SignInSettings)
    monitoring: Monitoring = field(default_factory=Monitoring)
    problems: tuple[str, ...] = field(default=())
    notes: tuple[str, ...] = field(default=())

    @property
    def index_table(self) -> str:
        """Return the name of the DynamoDB table that lists and searches read."""
        return f"{self.dynamo_table}-index"

    @property
    def has_sign_in(self) -> bool:
        """Return whether people sign in elsewhere: at a provider, at a balancer or at a proxy."""
        return bool(self.sign_in.oidc or self.load_balancer or self.proxy_header)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        """Read the settings. Raises SettingsError for a value that cannot be understood."""
        reader = Reader(env)
        instance = Path(reader.text("INSTANCE_FOLDER") or "instance").absolute()
        dynamo = reader.dynamo_mode()
        sign_in = read_sign_in(reader)
        bucket = reader.text("PHOTOS_BUCKET")
        region = reader.ours_or_of_node(NODE_REGION, "AWS_DEFAULT_REGION", "AWS_REGION")
        table = reader.ours_or_of_node(NODE_TABLE, "DYNAMO_TABLE", in_use=dynamo)
        if dynamo and not region:
            reader.problems.append(_NO_REGION)
        return cls(
            instance_folder=instance,
            dynamo_mode=dynamo,
            dynamo_table=table or "Employees",
            database_url=_database_url(reader, instance, in_use=not dynamo),
            photos_bucket=bucket,
            photos_folder=_photos_folder(reader, instance, bucket, dynamo=dynamo),
            region=region,
            secret_keys=_secret_keys(reader.text("SECRET_KEY")),
            photo_max_mb=reader.whole_number("PHOTO_MAX_MB", default=10, minimum=1, maximum=100),
            history_days=reader.whole_number(
                "HISTORY_DAYS", default=1_095, minimum=0, maximum=36_500
            ),
            company_name=_line(reader.text("COMPANY_NAME")),
            chat_link=chat_pattern(reader.text("CHAT_LINK")),
            trusted_proxies=reader.whole_number("TRUSTED_PROXIES", minimum=0, maximum=10),
            stress=reader.switch("STRESS", unset=True),
            phone_region=_phone_region(reader.text("PHONE_REGION")),
            sort_by=SortBy(reader.choice("SORT_BY", tuple(SortBy))),
            access=_access(reader),
            load_balancer=_load_balancer(reader, sign_in),
            proxy_header=proxy_header(
                reader.finished("SIGN_IN_HEADER"), reader.finished("SIGN_IN_HEADER_FROM")
            ),
            sign_in=sign_in,
            monitoring=read_monitoring(reader),
            problems=tuple(dict.fromkeys(reader.problems)),  # some are read twice
            notes=tuple(reader.notes),
        )


def _load_balancer(reader: Reader, sign_in: SignInSettings) -> LoadBalancer | None:
    balancer = load_balancer(reader.finished("ALB_SIGN_IN"))
    provider = sign_in.oidc
    if balancer and not (provider and provider.issuer and provider.client_id):
        raise SettingsError(
            "ALB_SIGN_IN is set, but OIDC_ISSUER or OIDC_CLIENT_ID is not, so tokens of any other "
            "application would be believed. Set both as in the listener of the load balancer."
        )
    return balancer


def _line(text: str) -> str:
    return " ".join(text.split())[:_MAX_NAME_CHARACTERS]


def _photos_folder(reader: Reader, instance: Path, bucket: str, *, dynamo: bool) -> Path | None:
    folder = reader.text("PHOTOS_FOLDER")
    if bucket:
        return None
    if not folder and dynamo:
        reader.problems.append(_NO_BUCKET)
        return None
    return Path(folder).absolute() if folder else instance / "photos"


def _database_url(reader: Reader, instance: Path, *, in_use: bool) -> str:
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


def _access(reader: Reader) -> Mode | None:
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
