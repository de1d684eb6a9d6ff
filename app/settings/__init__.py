"""Settings: ``Settings.from_env`` is the only reader of the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from app.access.modes import Mode
from app.model.errors import SettingsError
from app.settings.chat import chat_pattern
from app.settings.database import REGIONS, read_place
from app.settings.monitoring import Monitoring, read_monitoring
from app.settings.photos import read_photos
from app.settings.reader import KeptSecrets, Reader
from app.settings.secret_keys import read_secret_keys
from app.settings.sign_in import SignInSettings, read_sign_in
from app.settings.trusted_headers import LoadBalancer, ProxyHeader, load_balancer, proxy_header
from app.text import phone_numbers
from app.text.person_names import SortBy

_MAX_NAME_CHARACTERS = 200
_NO_REGION = (
    "No region is set, so DynamoDB cannot be found. Set AWS_DEFAULT_REGION, such as us-west-2."
)
_NOBODY = "Until then nobody is signed in by it."
_OF_HEADERS = frozenset({"ALB_SIGN_IN", "SIGN_IN_HEADER", "SIGN_IN_HEADER_FROM"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings; docs/administration.md lists the same (a test compares them).

    ``problems`` are sentences about what is missing and about values that cannot be used: the
    application starts all the same, and shows them. ``wrong_values`` are those of the latter, and
    ``unusable`` the names of their settings; what stands in for them is never more open than what
    may have been meant. With a ``database_problem`` no store is read or written, with a
    ``photos_problem`` no photo, and with a ``secret_key_problem`` nothing is signed. ``notes`` say
    how values were understood, and which of another application's count.
    """

    instance_folder: Path
    dynamo_mode: bool = False
    dynamo_table: str = "Employees"
    database_url: str = field(repr=False)
    photos_bucket: str = ""
    photos_folder: Path | None = None
    region: str = ""
    secret_keys: tuple[str, ...] = field(default=(), repr=False)
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
    database_problem: str = ""
    photos_problem: str = ""
    secret_key_problem: str = ""
    problems: tuple[str, ...] = field(default=())
    wrong_values: tuple[str, ...] = field(default=())
    unusable: frozenset[str] = field(default=frozenset())
    notes: tuple[str, ...] = field(default=())

    @property
    def index_table(self) -> str:
        """Return the name of the DynamoDB table that lists and searches read."""
        return f"{self.dynamo_table}-index"

    @property
    def has_sign_in(self) -> bool:
        """Return whether people sign in elsewhere, or were meant to: no stranger is let in."""
        is_there = self.sign_in.oidc or self.load_balancer or self.proxy_header
        return bool(is_there or self.unusable & _OF_HEADERS)

    @property
    def may_have_proxies(self) -> bool:
        """Return whether requests may come through a proxy that is trusted."""
        return bool(self.trusted_proxies) or "TRUSTED_PROXIES" in self.unusable

    def with_problem(self, sentence: str) -> Settings:
        """Return these settings with this problem of the store, if it is a new one."""
        if not sentence or sentence in self.problems:
            return self
        return replace(
            self,
            database_problem=sentence,
            problems=(*self.problems, sentence),
            wrong_values=(*self.wrong_values, sentence),
            unusable=self.unusable | {sentence.split()[0]},
        )

    @classmethod
    def from_env(cls, env: Mapping[str, str], kept: KeptSecrets | None = None) -> Settings:
        """Read the settings; what cannot be used becomes a problem. Never raises.

        ``kept`` are the secrets that the environment only names, as they were read.
        """
        reader = Reader(env, kept)
        instance = Path(reader.text("INSTANCE_FOLDER") or "instance").absolute()
        sign_in = read_sign_in(reader)
        place = read_place(reader, instance)
        if place.dynamo_mode and not reader.is_set_any(*REGIONS):
            reader.problems.append(_NO_REGION)
        bucket, folder, photos_problem = read_photos(reader, instance, place)
        keys = read_secret_keys(reader)
        others = _others(reader) | _who_asks(reader, sign_in)
        return cls(
            instance_folder=instance,
            dynamo_mode=place.dynamo_mode,
            dynamo_table=place.table,
            database_url=place.database_url,
            region=place.region,
            database_problem=place.problem,
            photos_bucket=bucket,
            photos_folder=folder,
            photos_problem=photos_problem,
            secret_keys=keys,
            secret_key_problem=(
                reader.problem_of("SECRET_KEY") if reader.is_kept_elsewhere("SECRET_KEY") else ""
            ),
            sign_in=sign_in,
            **others,
            monitoring=read_monitoring(reader),
            problems=tuple(dict.fromkeys(reader.problems)),  # some are read twice
            wrong_values=tuple(dict.fromkeys(reader.wrong)),
            unusable=frozenset(reader.unusable),
            notes=tuple(dict.fromkeys(reader.notes)),
        )


def _others(reader: Reader) -> dict[str, Any]:
    """Read the settings that concern nobody's data and nobody's rights."""
    number = reader.whole_number
    max_mb = partial(number, "PHOTO_MAX_MB", default=10, minimum=1, maximum=100)
    days = partial(number, "HISTORY_DAYS", default=1_095, minimum=0, maximum=36_500)
    return {
        "photo_max_mb": reader.or_else("PHOTO_MAX_MB", max_mb, 10, "Until then it is 10."),
        "history_days": reader.or_else(
            "HISTORY_DAYS", days, 0, "Until then nothing is removed from the history."
        ),
        "company_name": _line(reader.text("COMPANY_NAME")),
        "chat_link": reader.or_else(
            "CHAT_LINK", lambda: chat_pattern(reader.text("CHAT_LINK")), ""
        ),
        "stress": reader.or_else(
            "STRESS", partial(reader.switch, "STRESS", unset=True), False, "Until then it is off."
        ),
        "phone_region": reader.or_else(
            "PHONE_REGION", lambda: _phone_region(reader.text("PHONE_REGION")), ""
        ),
        "sort_by": reader.or_else(
            "SORT_BY", lambda: SortBy(reader.choice("SORT_BY", tuple(SortBy))), SortBy.GIVEN
        ),
    }


def _who_asks(reader: Reader, sign_in: SignInSettings) -> dict[str, Any]:
    """Read the settings that say what strangers may do, and whose word is taken for who asks."""
    proxies = partial(reader.whole_number, "TRUSTED_PROXIES", minimum=0, maximum=10)
    strictest: Mode | None = Mode.SIGN_IN
    return {
        "access": reader.or_else(
            "ACCESS", lambda: _access(reader), strictest, "Until then it is sign-in."
        ),
        "trusted_proxies": reader.or_else(
            "TRUSTED_PROXIES", proxies, 0, "Until then none is trusted."
        ),
        "load_balancer": reader.or_else(
            "ALB_SIGN_IN", lambda: _load_balancer(reader, sign_in), None, _NOBODY
        ),
        "proxy_header": _proxy_header(reader),
    }


def _proxy_header(reader: Reader) -> ProxyHeader | None:
    name, networks = reader.text("SIGN_IN_HEADER"), reader.text("SIGN_IN_HEADER_FROM")
    if reader.problem_of("SIGN_IN_HEADER", "SIGN_IN_HEADER_FROM"):
        return None
    return reader.or_else("SIGN_IN_HEADER", lambda: proxy_header(name, networks), None, _NOBODY)


def _load_balancer(reader: Reader, sign_in: SignInSettings) -> LoadBalancer | None:
    balancer = load_balancer(reader.text("ALB_SIGN_IN"))
    provider = sign_in.oidc
    if balancer and not (provider and provider.issuer and provider.client_id):
        raise SettingsError(
            "ALB_SIGN_IN is set, but OIDC_ISSUER or OIDC_CLIENT_ID is not, so tokens of any other "
            "application would be believed. Set both as in the listener of the load balancer."
        )
    return balancer


def _line(text: str) -> str:
    return " ".join(text.split())[:_MAX_NAME_CHARACTERS]


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
