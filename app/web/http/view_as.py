"""View as: whoever is signed in sees pages of people as a lesser audience does, with ``?as=``.

It takes rights and fields away, and never gives any, so the address may come from anywhere.
"""

import re
from urllib.parse import quote, urlencode

from flask import Flask, Response, g, request

from app.access.rights import Right
from app.access.viewer import Origin, Role, Viewer
from app.web.current import current_viewer
from app.web.http.route_rights import right_for

PARAMETER = "as"
_ROLES = {"everybody": Role.VISITOR, "colleague": Role.COLLEAGUE}
# Links and searches of a page that lead to pages of people; a plain link leads out of it.
_LINK = re.compile(
    r'(<a\b(?! data-plain)[^>]*?\shref=")'
    r'(/(?:employee/[^"?#]*|org/[^"?#]*|employee|insights|org)?)(\?[^"#]*)?(?=["#])'
)
_SEARCH = re.compile(r'<form\b[^>]*\saction="/(?:org)?"[^>]*>')


def register(app: Flask) -> None:
    """Reduce the viewer of a request that asks for it, once their own rights were checked."""
    app.before_request(_reduce)
    app.jinja_env.globals.update(seen_as=seen_as, address_seen_as=address_seen_as)


def keep_in_links(app: Flask) -> None:
    """Let links of a page lead on as the same audience; called after ETags were registered."""
    app.after_request(_keep)


def seen_as() -> str:
    """Return as whom this page is seen, ``everybody`` or ``colleague``; "" as oneself."""
    name: str = g.get("seen_as", "")
    return name


def address_seen_as(name: str) -> str:
    """Return the address of this page, seen as another audience, or with "" as oneself."""
    pairs = [pair for pair in request.args.items(multi=True) if pair[0] != PARAMETER]
    pairs += [(PARAMETER, name)] if name else []
    query = urlencode(pairs, errors="replace")
    path = quote(request.path)
    return f"{path}?{query}" if query else path


def _reduce() -> None:
    name = request.args.get(PARAMETER, "")
    viewer = current_viewer()
    role = _ROLES.get(name)
    if role is not None and _is_for_people() and _may_view_as(viewer, role):
        g.seen_as = name
        g.viewer = viewer.viewing_as(role)


def _is_for_people() -> bool:
    is_page = request.method in ("GET", "HEAD") and request.endpoint is not None
    right = right_for(request.endpoint or "", request.blueprint)
    return is_page and right is Right.SEE_PEOPLE and request.blueprint != "photos"


def _may_view_as(viewer: Viewer, role: Role) -> bool:
    is_somebody = viewer.is_signed_in or viewer.origin is Origin.OPEN
    return is_somebody and viewer.role.includes(role)


def _keep(response: Response) -> Response:
    name = seen_as()
    if name and response.mimetype == "text/html" and response.is_sequence:
        suffix = f"{PARAMETER}={name}"

        def lead_on(link: re.Match[str]) -> str:
            query = f"{link[3]}&amp;{suffix}" if link[3] else f"?{suffix}"
            return link[0] if link[3] and f"{PARAMETER}=" in link[3] else link[1] + link[2] + query

        page = _LINK.sub(lead_on, response.get_data(as_text=True))
        field = f'<input type="hidden" name="{PARAMETER}" value="{name}">'
        response.set_data(_SEARCH.sub(lambda form: form[0] + field, page))
    return response
