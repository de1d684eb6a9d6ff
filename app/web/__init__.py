"""Pages and endpoints: the directory over HTTP."""

import logging
from functools import partial
from pathlib import Path

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from app.directory.service import Directory
from app.model.errors import StorageUnavailable
from app.settings import Settings

log = logging.getLogger(__name__)

_FORM_SECONDS = 12 * 60 * 60


def register(app: Flask) -> None:
    """Register the middleware, error pages, assets and endpoints on the application."""
    # Imported here, so that importing the package does nothing.
    from app.web import errors, frame
    from app.web.http import assets, compression, etags, middleware, template_constants, view_as
    from app.web.http.strict_json import StrictJson
    from app.web.imports import views as import_pages
    from app.web.machine import metrics_page, watching

    settings: Settings = app.extensions["settings"]
    directory: Directory = app.extensions["directory"]
    _configure(app, settings)
    template_constants.configure(app)
    app.json = StrictJson(app)
    middleware.register(app, _photo_origin(directory))
    _limit_bodies(app, settings)
    _know_viewers(app)
    frame.register(app)
    # Flask runs after_request functions in reverse order: the ETag is computed before the page is
    # compressed, and the middleware adds its headers and the log line last.
    compression.register(app)
    etags.register(app)
    view_as.keep_in_links(app)
    CSRFProtect(app)
    errors.register(app)
    assets.register(app, Path(app.root_path).parent / "static")
    template_constants.register(app)
    _add_pages(app)
    _register_sign_in(app)
    metrics_page.register(app)
    watching.watch(app)
    import_pages.watch(app)


def _limit_bodies(app: Flask, settings: Settings) -> None:
    """Say how large bodies may be: to the server, and to each request."""
    from app.web.http.body_limits import BodyLimits
    from app.web.imports import views as import_pages
    from app.web.sign_in.headers import header_names

    others = _body_limit(settings)
    limit_of = partial(import_pages.body_limit, others)
    app.extensions["body_limit"] = BodyLimits(app, limit_of, others, header_names(settings))
    import_pages.limit_bodies(app)


def _add_pages(app: Flask) -> None:
    """Register the pages of every room."""
    from app.web.exports import views as export_pages
    from app.web.history import audit_views, undo_views
    from app.web.history import views as history_pages
    from app.web.http import photos
    from app.web.imports import choosing, downloads, edit_views
    from app.web.imports import views as import_pages
    from app.web.insights import views as insights_page
    from app.web.leaving import leavers_page
    from app.web.leaving import views as leaving_pages
    from app.web.machine import console, diagnostics, health
    from app.web.merging import unmerge_views
    from app.web.merging import views as merging_pages
    from app.web.org import adding, issues
    from app.web.org import views as org_pages
    from app.web.people import below_count, menu_values, samples
    from app.web.people import views as employee_pages
    from app.web.settings_pages import access, accounts, org_top

    for blueprint in (
        *(employee_pages.pages, menu_values.menus, samples.sample_pages),
        *(below_count.below_counts,),
        *(photos.photos, insights_page.insights, org_pages.org, adding.adding_reports),
        issues.org_issues,
        *(export_pages.exports, import_pages.imports, downloads.files, choosing.choosing),
        *(edit_views.bulk_edits, health.machine, console.console, diagnostics.doctor),
        *(leaving_pages.leaving_pages, leavers_page.leavers_pages),
        *(merging_pages.merging, unmerge_views.unmerging),
        *(access.access_pages, accounts.account_pages, org_top.org_settings),
        *(history_pages.histories, undo_views.undos, audit_views.audit),
    ):
        app.register_blueprint(blueprint)


def _know_viewers(app: Flask) -> None:
    """Give each request its viewer, and refuse what they may not do."""
    from app.web import sign_in
    from app.web.http import route_rights, view_as, viewers, write_limit

    viewers.register(app)
    sign_in.register(app)
    write_limit.register(app)
    route_rights.register(app)
    view_as.register(app)


def _register_sign_in(app: Flask) -> None:
    from app.web.sign_in import invitations, own_account, setup, signing_in
    from app.web.sign_in.oidc import views as oidc

    app.register_blueprint(signing_in.signing_in)
    app.register_blueprint(setup.setup_pages)
    app.register_blueprint(invitations.invitation_pages)
    app.register_blueprint(own_account.own_account)
    oidc.register(app)


def _photo_origin(directory: Directory) -> str | None:
    """Return the origin of photos for the policy; None if there is none, or none can be had."""
    if directory.photos is None:
        return None
    try:
        return directory.photos.origin()
    except StorageUnavailable as error:  # S3 was not called, so an address in the settings is wrong
        log.warning("no photo is shown: %s", error)
        return None


def _body_limit(settings: Settings) -> int:
    # Twice the limit of a photo: if one is a little too large, the form returns with all input and
    # a message; only a much larger request is rejected unread.
    return 2 * settings.photo_max_mb * 1024 * 1024


def _configure(app: Flask, settings: Settings) -> None:
    app.config["MAX_CONTENT_LENGTH"] = _body_limit(settings)
    app.config["WTF_CSRF_TIME_LIMIT"] = _FORM_SECONDS
    app.config["SESSION_COOKIE_NAME"] = "directory_session"
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.ensure_sync = lambda func: func  # type: ignore[method-assign]  # none is asynchronous
    app.url_map.merge_slashes = False  # an id may have any character, also two slashes
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=0, x_prefix=0
        )
