"""The page that shows the ways to sign in."""

from flask.typing import ResponseReturnValue

from app.web.current import current_access, current_settings, current_sign_in
from app.web.forms.rendering import Notice
from app.web.sign_in.next_path import HOME
from app.web.sign_in.rendering import show
from app.web.sign_in.ways import ProviderUnavailable, ways


def sign_in_page(
    next_path: str = HOME, *, notice: Notice | None = None, status: int = 200, email: str = ""
) -> ResponseReturnValue:
    """Show the ways to sign in, after which one goes on to this path of ours."""
    return show(
        "sign_in.html",
        notice=notice or _unfinished(),
        status=status,
        next_path=next_path,
        email=email,
        has_passwords=offers_passwords(),
        is_by_proxy=_is_by_proxy(),
    )


def provider_unavailable(error: ProviderUnavailable, next_path: str) -> ResponseReturnValue:
    """Show the ways again, since one of them does not work at the moment."""
    others = "or use a local account" if offers_passwords() else "in a minute"
    separator = ", " if offers_passwords() else " "
    notice = Notice("bad", f"{error.label} is not answering. Try again{separator}{others}.")
    return sign_in_page(next_path, notice=notice, status=503)


def offers_passwords() -> bool:
    """Return whether the page has the form of accounts with a password: where one may exist."""
    if not ways() and current_access().policy().is_claimed:
        return True
    return current_sign_in().local_accounts.exist()


def _unfinished() -> Notice | None:
    """Return what is missing of a provider that is set up in part."""
    settings = current_settings()
    oidc = settings.sign_in.oidc
    if oidc is None or not oidc.problem or settings.load_balancer is not None:
        return None
    return Notice("warning", f"{oidc.problem} Whoever runs the directory can set it.")


def _is_by_proxy() -> bool:
    """Return whether what is in front of the directory signs people in."""
    settings = current_settings()
    return settings.load_balancer is not None or settings.proxy_header is not None
