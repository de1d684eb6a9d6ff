"""The views that pages are measured against: a bare one, and one that renders 24 constant cards."""

from __future__ import annotations

from flask import Flask, render_template
from jinja2 import DictLoader

_CARDS = """<!doctype html>
<html lang="en"><head><title>People</title></head><body><main>
{% for card in cards %}<article class="cell">
<img src="/photos/{{ card.photo }}" alt="" width="64" height="72">
<h2><a href="/employee/{{ card.id }}">{{ card.name }}</a></h2><p>{{ card.title }}</p>
<p>{{ card.place }} · {{ card.department }}</p><ul>{% for badge in card.badges %}
<li title="{{ badge }}"><svg><use href="/static/icons.svg#{{ badge }}"></use></svg></li>
{% endfor %}</ul></article>
{% endfor %}</main></body></html>"""

_PEOPLE = [
    {
        "id": f"00000000-0000-4000-8000-{number:012}",
        "name": f"Amara Adeyemi-Lindqvist {number}",
        "title": "Principal Reliability Engineer",
        "place": "Nairobi",
        "department": "Engineering",
        "photo": f"{number:032x}-thumb.jpg",
        "badges": ["linux", "trophy", "bug", "coffee"],
    }
    for number in range(24)
]

application = Flask(__name__)
application.jinja_loader = DictLoader({"cards.html": _CARDS})


@application.get("/bare")
def bare() -> str:
    """What Flask under gunicorn costs by itself."""
    return "hello"


@application.get("/cards")
def cards() -> str:
    """What a page of 24 cards costs when its data costs nothing."""
    return render_template("cards.html", cards=_PEOPLE)
