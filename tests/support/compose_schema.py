"""The schema of the Compose specification, as dclint of the npm registry carries it."""

import json
import tarfile
from typing import Any

from tests.support.npm_packages import fetched

PURPOSE = "the Compose specification"
PACKAGE = "dclint@3.1.0"
SHA512 = "afTGdzRFUXK4yCpIiEW/LOR+9TOMEDhNldDp56VCWzn7JDmD451PcUi640GGlMHgbHKJ10rDBm4PtpcBbjqlXw=="


def compose_schema() -> dict[str, Any]:
    """The JSON schema; fetched from the npm registry once, into the cache folder."""
    with tarfile.open(fetched(PACKAGE, SHA512, PURPOSE)) as archive:
        member = archive.extractfile("package/schemas/compose.schema.json")
        assert member is not None
        schema: dict[str, Any] = json.load(member)
    return schema
