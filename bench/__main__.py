"""What pages cost, from a thousand people to a million, against a bare Flask view.

Loads sample people into each store at each size, measures every kind of page at all sizes of a
store in the same rounds, and writes speed.md, speed.svg and speed.json.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from bench import photos, picture, report
from bench.checkout import ROOT
from bench.histories import MANY
from bench.machine import Moment
from bench.measuring import Effort, measure_store
from bench.results import Results, StoreFigures, read_results
from bench.worlds import DYNAMODB, SQLITE, worlds
from tests.support.environment import isolate

_SIZES = {SQLITE: [1_000, 10_000, 100_000, 1_000_000], DYNAMODB: [1_000, 10_000, 100_000]}
_QUICK_SIZES = {SQLITE: [1_000, 10_000], DYNAMODB: [1_000, 10_000]}
_FULL, _QUICK = Effort(25, 10, 1_000), Effort(3, 4, 200)


def main(arguments: list[str] | None = None) -> None:
    """Measure each store that is asked for, and write what was found; others stay as they were."""
    options = _options(arguments)
    isolate(os.environ)
    options.into.mkdir(parents=True, exist_ok=True)
    results = read_results(options.into)
    for store in options.stores:
        results.stores[store] = _measured(store, options)
        results.stores = {each: results.stores[each] for each in _SIZES if each in results.stores}
        _write(results, options.into)
    if not options.quick:
        results.upload = photos.report()
    _write(results, options.into)
    print("\n".join(report.lines_of_promises(results)))
    print(f"Written: {', '.join(str(options.into / name) for name in (report.FILE, picture.FILE))}")


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes and few rounds")
    parser.add_argument("--stores", type=_stores, default=[SQLITE, DYNAMODB])
    parser.add_argument("--sizes", type=_numbers, help="such as 1000,10000; of every store")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--requests", type=int, help="a page and size in each round")
    parser.add_argument(
        "--changes", type=int, default=MANY, help="fewer of who changed often, to try the bench"
    )
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keeps SQLite's databases")
    parser.add_argument("--into", type=Path, metavar="FOLDER", help="where the results go")
    options = parser.parse_args(arguments)
    if options.into is None:
        options.into = ROOT / (".cache/bench" if options.quick else "docs")
    return options


def _stores(text: str) -> list[str]:
    stores = text.split(",")
    if not set(stores) <= {SQLITE, DYNAMODB}:
        raise argparse.ArgumentTypeError(f"stores are {SQLITE} and {DYNAMODB}")
    return stores


def _numbers(text: str) -> list[int]:
    return sorted(int(each) for each in text.split(","))


def _measured(store: str, options: argparse.Namespace) -> StoreFigures:
    effort = _QUICK if options.quick else _FULL
    sizes = options.sizes or (_QUICK_SIZES if options.quick else _SIZES)[store]
    effort = Effort(
        options.rounds or effort.rounds,
        options.requests or effort.requests,
        min(effort.sdk_people, *sizes),
        options.changes,
    )
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        moment = Moment()
        with worlds(store, sizes, scratch, options.keep or scratch) as loaded:
            figures = measure_store(store, loaded, effort, scratch)
        return replace(figures, about=moment.about())


def _write(results: Results, folder: Path) -> None:
    results.write(folder)
    (folder / report.FILE).write_text(report.markdown(results))
    (folder / picture.FILE).write_text(picture.svg(results))


if __name__ == "__main__":
    main()
