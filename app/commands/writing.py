"""Files that commands write."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path

from app.errors import ExportRefused


def write_file(path: Path, pieces: Iterable[bytes]) -> None:
    """The file appears whole, or stays as it was. Raises ExportRefused."""
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with part.open("xb") as file:
            for piece in pieces:
                file.write(piece)
        part.replace(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ExportRefused(f"{path} could not be written ({reason}). Name another.") from error
    finally:
        part.unlink(missing_ok=True)
