"""The results as Markdown: the promises, then a table for each store, then every figure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bench.picture import FILE as PICTURE
from bench.promises import verdicts
from bench.results import PageFigures, Results, StoreFigures, WorldFigures

FILE = "speed.md"
NAMES = {"sqlite": "SQLite", "dynamodb": "DynamoDB Local"}

_HEAD = f"""# Speed and size

Written by `make bench`; every figure is of a run on one machine, where the server, the database and
the client that asks share the CPUs. Only the ratios mean much elsewhere.

![Cost of a page against the number of people, both axes logarithmic]({PICTURE})

gunicorn runs with 2 workers of 8 threads; one connection asks. In each round every page is asked
for at every size in turn, beside a bare Flask view and a view that renders 24 constant cards, so
that whatever else the machine does falls on all of them; a ratio is the median of the ratios of
the rounds. SQLite's files are read once before, so that the disk is not measured. Each page is
asked for at many addresses in turn. *p50* is the median over the rounds
of each round's median, *p99* is of all requests, *CPU* is that of all processes of the server for
one request. *x small* compares with the smallest size whose page shows as many cards. *Its CPU*
is the ratio before it, of the server's CPU instead of the time: where others keep the machine
busy, a long request is put off more often than a short one, and only that ratio holds. *RCU* and
*WCU* are capacity units of DynamoDB; those of a transaction are counted by AWS's rule, two for each
KB, begun, of each item that it writes, and not by the emulator's flat number.
"""


def markdown(results: Results) -> str:
    """The whole file."""
    parts = [_HEAD, _promises(results)]
    for figures in results.stores.values():
        parts += [_about(figures), _main_table(figures), _worlds_table(figures.worlds)]
        parts += [_sdk(figures)] if figures.sdk else []
    parts += [f"## An upload\n\n{results.upload}\n"] if results.upload else []
    parts += [_everything(figures) for figures in results.stores.values()]
    return "\n".join(parts)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _promises(results: Results) -> str:
    rows = [
        (NAMES[each.store], each.promise, each.limit, each.measured,
         each.by_cpu,
         "kept" if each.kept else "**missed**")
        for figures in results.stores.values()
        for each in verdicts(figures)
    ]  # fmt: skip
    return "## What was promised\n\n" + _table(
        ("store", "what", "limit", "measured", "by CPU alone", ""), rows
    )


def _about(figures: StoreFigures) -> str:
    told = "".join(f"- {name}: {text}\n" for name, text in figures.about.items())
    return (
        f"## {NAMES[figures.store]}\n\n{told}"
        f"- {figures.rounds} rounds of {figures.requests} requests a page and size\n"
        f"- bare view: {figures.bare_ms:.2f} ms, {figures.bare_cpu_ms:.2f} ms of CPU; "
        f"24 constant cards: {figures.cards_ms:.2f} ms\n"
    )


def _main_table(figures: StoreFigures) -> str:
    """One row a page: how long it takes at each size, and what it costs at the largest."""
    sizes, largest = figures.sizes, figures.sizes[-1]
    charged = any(each.read_units is not None for each in figures.pages)
    heads = ["p50 ms at", *(f"{size:,}" for size in sizes), *_cost_heads(charged=charged)]
    rows = []
    for name in dict.fromkeys(each.page for each in figures.pages):
        at_sizes = [figures.page(name, size) for size in sizes]
        times = ["" if each is None else f"{each.p50_ms:.1f}" for each in at_sizes]
        page = figures.page(name, largest)
        if page is not None:
            rows.append([name, *times, *_costs(page, charged=charged)])
    title = f"Columns after the sizes are at {largest:,} people."
    return f"{title}\n\n{_table(heads, rows)}"


def _cost_heads(*, charged: bool) -> list[str]:
    heads = [
        "cards",
        "p99 ms",
        "CPU ms",
        "p99",
        "x bare",
        "its CPU",
        "x cards",
        "x small",
        "its CPU",
    ]
    return [*heads, *(("RCU", "most", "WCU") if charged else ())]


def _costs(page: PageFigures, *, charged: bool) -> list[str]:
    units = (page.read_units, page.most_read_units, page.write_units)
    return [
        f"{page.cards:.0f}" if page.cards else "",
        f"{page.p99_ms:.1f}",
        f"{page.cpu_ms:.2f}",
        "" if page.p99_cpu_ms is None else f"{page.p99_cpu_ms:.1f}",
        f"{page.x_bare:.1f}",
        f"{page.x_bare_cpu:.1f}",
        f"{page.x_cards:.1f}",
        "" if page.x_small is None else f"{page.x_small:.2f}",
        "" if page.x_small_cpu is None else f"{page.x_small_cpu:.2f}",
        *(["" if each is None else f"{each:g}" for each in units] if charged else ()),
    ]


def _worlds_table(worlds: list[WorldFigures]) -> str:
    heads = ("people", "import people/s", "a core", "peak MB", "export people/s", "CPU ms a person",
             "peak MB", "first answer s", "memory MB", "after load", "on disk")  # fmt: skip
    rows = [
        (f"{each.people:,}", _whole(each.import_rate), _whole(each.import_rate_per_core),
         _whole(each.import_peak_mb), f"{each.export_rate:,.0f}", f"{each.export_cpu_ms:.3f}",
         f"{each.export_peak_mb:.0f}", f"{each.first_answer_seconds:.2f}",
         f"{each.memory_before_mb:.0f}", f"{each.memory_after_mb:.0f}", _size(each.disk_bytes))
        for each in worlds
    ]  # fmt: skip
    broken = sum(each.import_interruptions for each in worlds)
    told = f" The imports were broken off {broken} times and went on." if broken else ""
    return (
        "Import is `add_many` of sample people in a process of its own, without the time to make "
        "them up; it is left out where a database was loaded before. Export is `/export.csv` of "
        "everyone. Memory is the proportional set size of the whole service, after the requests of "
        "one connection; sixteen connections at once leave it larger. DynamoDB Local looks "
        "through all records of a table's stream at each request to the table, so the stream is "
        "off while people are loaded."
        f"{told}\n\n{_table(heads, rows)}"
    )


def _whole(number: float | None) -> str:
    return "" if number is None else f"{number:,.0f}"


def _size(count: float | None) -> str:
    return "" if count is None else f"{count / 1e6:,.0f} MB"


def _sdk(figures: StoreFigures) -> str:
    sdk = figures.sdk
    if sdk is None:
        return ""
    return (
        f"Beside the bare SDK, {sdk.people:,} people of {sdk.rows_per_person:.1f} rows each, the "
        f"median of the rounds: the import takes {sdk.ours_seconds:.1f} s; boto3's "
        f"BatchWriteItem of the same rows {sdk.one_thread_seconds:.1f} s from one thread "
        f"({sdk.x_one_thread:.2f} x) and {sdk.more_threads_seconds:.1f} s from {sdk.more_threads} "
        f"({sdk.x_more_threads:.2f} x).\n"
    )


def _everything(figures: StoreFigures) -> str:
    charged = any(each.read_units is not None for each in figures.pages)
    heads = ["page", "people", "p50 ms", *_cost_heads(charged=charged)]
    rows = [
        [each.page, f"{each.people:,}", f"{each.p50_ms:.2f}", *_costs(each, charged=charged)]
        for each in figures.pages
    ]
    return (
        f"<details><summary>Every figure of {NAMES[figures.store]}</summary>\n\n"
        f"{_table(heads, rows)}\n</details>\n"
    )


def lines_of_promises(results: Results) -> Iterator[str]:
    """What is kept and what is missed, a line each, for a terminal."""
    for figures in results.stores.values():
        for each in verdicts(figures):
            mark = "kept  " if each.kept else "MISSED"
            yield f"{mark} {NAMES[each.store]}: {each.promise}: {each.measured} ({each.limit})"
