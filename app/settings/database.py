"""Where records are, and why nothing may be read or written if that cannot be said."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from app.model.errors import SettingsError
from app.settings.aws_names import check_endpoints, check_table, read_region
from app.settings.reader import NODE_REGION, NODE_TABLE, Reader

REGIONS = ("AWS_DEFAULT_REGION", "AWS_REGION", NODE_REGION)
_OF_SQL = ("DATABASE_URL", "DATABASE_HOST")
_OF_HOST = ("DATABASE_USER", "DATABASE_PASSWORD", "DATABASE_DB_NAME", "DATABASE_HOST")
_HOST = re.compile(r"[^\s/@?#<>'\"\\]+", re.ASCII)
_NO_STORE = "Until then nothing is read or written."


class Place(NamedTuple):
    """The place of records; ``problem`` says why it is not known, and nothing may be written."""

    dynamo_mode: bool
    table: str
    database_url: str
    region: str
    problem: str = ""


def read_place(reader: Reader, instance: Path) -> Place:
    """Read where records are."""
    dynamo = reader.or_else("DYNAMO_MODE", lambda: _dynamo_mode(reader), False, _NO_STORE)
    region_name = next(
        (name for name in ("AWS_DEFAULT_REGION", "AWS_REGION") if reader.text(name)), NODE_REGION
    )
    region = reader.ours_or_of_node(NODE_REGION, "AWS_DEFAULT_REGION", "AWS_REGION")
    region = reader.or_else(region_name, lambda: read_region(reader, region_name, region), "")
    table_name = "DYNAMO_TABLE" if reader.is_set("DYNAMO_TABLE") else NODE_TABLE
    table = reader.ours_or_of_node(NODE_TABLE, "DYNAMO_TABLE", in_use=dynamo)
    if dynamo:
        table = reader.or_else(table_name, lambda: check_table(table_name, table), "", _NO_STORE)
    url = _database_url(reader, instance, in_use=not dynamo)
    of_dynamo = (table_name, region_name, *check_endpoints(reader, "DYNAMODB")) if dynamo else ()
    names = ("DYNAMO_MODE", *(of_dynamo or _names_of_sql(reader)))
    return Place(dynamo, table or "Employees", url, region, reader.problem_of(*names))


def _dynamo_mode(reader: Reader) -> bool:
    """Return whether records are in DynamoDB: the application in Node has no other place."""
    others = ("DYNAMO_MODE", *_OF_SQL)
    if reader.is_set(NODE_TABLE) and not reader.is_set_any(*others):
        reader.notes.append(f"{NODE_TABLE} is set, so records are in DynamoDB.")
        return True
    is_on = reader.switch("DYNAMO_MODE")
    if reader.text(NODE_TABLE) and not is_on:
        reader.notes.append(f"{NODE_TABLE} is not used, because records are in SQL.")
    return is_on


def _names_of_sql(reader: Reader) -> tuple[str, ...]:
    """Return the names of the settings that say where an SQL database is."""
    if reader.is_set("DATABASE_URL"):
        return ("DATABASE_URL",)
    if reader.is_set("DATABASE_HOST"):
        return _OF_HOST
    # A database in a folder that nobody named would be a new one.
    return ("INSTANCE_FOLDER",)


def _database_url(reader: Reader, instance: Path, *, in_use: bool) -> str:
    url = reader.text("DATABASE_URL")
    if not url and not reader.is_set("DATABASE_URL") and reader.text("DATABASE_HOST"):
        read_url = _url_of_host
        url = reader.or_else("DATABASE_HOST", lambda: read_url(reader, in_use=in_use), "")
    return url or f"sqlite:///{instance / 'directory.db'}"


def _url_of_host(reader: Reader, *, in_use: bool) -> str:
    host = reader.text("DATABASE_HOST")
    for name in ("DATABASE_USER", "DATABASE_DB_NAME"):
        if in_use and not reader.is_set(name):
            raise SettingsError(
                f"DATABASE_HOST names a MySQL server, but {name} is not set. Set it too, "
                f"or remove DATABASE_HOST. {_NO_STORE}"
            )
    if in_use and not _HOST.fullmatch(host):
        raise SettingsError(
            f"DATABASE_HOST is {host[:200]!r}, which is not the name of a server. Use its name or "
            f"address alone, such as db.internal or db.internal:3306. {_NO_STORE}"
        )
    user = quote(reader.text("DATABASE_USER"), safe="")
    password = quote(reader.text("DATABASE_PASSWORD"), safe="")
    if host.count(":") > 1 and not host.startswith("["):
        host = f"[{host}]"  # an IPv6 address
    return f"mysql+pymysql://{user}:{password}@{host}/{reader.text('DATABASE_DB_NAME')}"
