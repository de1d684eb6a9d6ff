"""What templates may use by name, and the converter of ids in addresses."""

from functools import partial
from typing import cast

from flask import Flask
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter

from app.model import leaving
from app.text.sanitizing import clean_text, visible
from app.web.people.chat_links import chat_address
from app.web.people.colleagues import colleagues_of
from app.web.people.last_change import last_author
from app.web.people.local_time import local_time_in
from app.web.people.missing_facts import missing_facts
from app.web.people.person_facts import contact_facts, job_facts
from app.web.people.reporting import reporting_of
from app.web.ui import dates, urls
from app.web.ui.display_names import display_name
from app.web.ui.flashes import FLASH_ICONS, flashes
from app.web.ui.html.avatars import avatar, named_avatar
from app.web.ui.html.icons import icon_at
from app.web.ui.html.linked_text import linked_text
from app.web.ui.html.links import dialled, mail_address
from app.web.ui.html.menus import MenuCache


class AnyText(BaseConverter):
    """A URL converter for ids: any text with slashes, because other programs create ids."""

    regex = ".+"
    part_isolating = False
    weight = 200


def offer_to_templates(state: BlueprintSetupState) -> None:
    """Prepare an application, before the routes are registered, which need the converter."""
    app = cast(Flask, state.app)
    app.url_map.converters["id"] = AnyText
    app.extensions["menus"] = MenuCache()
    sprite = app.extensions["sprite"] = app.extensions["assets"]["icons.svg"].address
    app.jinja_env.globals.update(
        icon=partial(icon_at, sprite),
        # Faster than an import in the template, which creates the macros again for every page.
        macros=lambda name: app.jinja_env.get_template(name).module,
        flashes=flashes,
        avatar=avatar,
        named_avatar=named_avatar,
        flash_icon=FLASH_ICONS.__getitem__,
        chat_address=chat_address,
        dialled=dialled,
        display_name=display_name,
        mail_address=mail_address,
        contact_facts=contact_facts,
        job_facts=job_facts,
        local_time_in=local_time_in,
        missing_facts=missing_facts,
        colleagues_of=colleagues_of,
        reporting_of=reporting_of,
        last_author=last_author,
        last_day_of=leaving.last_day,
        today=lambda: leaving.today(),
        photo_limit_mb=app.extensions["settings"].photo_max_mb,
        **urls.FOR_TEMPLATES,
    )
    app.jinja_env.filters.update(
        day=dates.day,
        weekday=dates.weekday,
        visible=visible,
        readable=clean_text,
        linked=linked_text,
        moment=dates.moment,
        in_words=dates.number_in_words,
    )
    app.jinja_env.tests["a_day"] = dates.is_day
