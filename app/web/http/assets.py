"""Style sheets, scripts and icons at URLs with a hash of their content, cacheable for ever."""

import hashlib
import mimetypes
from pathlib import Path
from typing import NamedTuple

from flask import Blueprint, Flask, Response, abort, current_app

from app.web.http.compression import MIN_BYTES, accepts_gzip, gzipped

files = Blueprint("static_files", __name__)
_FOREVER = "public, max-age=31536000, immutable"


class Asset(NamedTuple):
    """A file as it is served, kept in memory, because all of them together are small."""

    address: str
    digest: str
    mimetype: str
    content: bytes
    gzipped: bytes


def register(app: Flask, folder: Path) -> None:
    """Read every asset once and offer ``asset(name)`` to templates."""
    paths = [path for path in sorted(folder.iterdir()) if path.is_file()]
    assets = {path.name: _asset(path.name, path.read_bytes()) for path in paths}
    app.extensions["assets"] = assets
    app.register_blueprint(files)
    app.jinja_env.globals["asset"] = lambda name: assets[name].address


def _asset(name: str, content: bytes) -> Asset:
    digest = hashlib.sha256(content).hexdigest()[:16]
    mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
    zipped = gzipped(content, level=9)  # once, for every visitor
    return Asset(f"/static/{digest}/{name}", digest, mimetype, content, zipped)


@files.get("/static/<digest>/<name>")
def send(digest: str, name: str) -> Response:
    """Serve an asset; a page of another release gets the current one, uncached."""
    asset: Asset | None = current_app.extensions["assets"].get(name)
    if asset is None:
        abort(404)
    zipped = len(asset.content) >= MIN_BYTES and accepts_gzip()
    response = Response(asset.gzipped if zipped else asset.content, mimetype=asset.mimetype)
    response.headers["Cache-Control"] = _FOREVER if digest == asset.digest else "no-store"
    response.headers["Vary"] = "Accept-Encoding"
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    return response


@files.get("/favicon.ico")
def favicon() -> Response:
    """Serve the icon at the URL that browsers request by default."""
    return send(current_app.extensions["assets"]["mark.svg"].digest, "mark.svg")
