"""How right and how fast figures are read: `python benchmarks/extraction.py GOLD SCORER`.

GOLD is a file of labelled texts, one JSON object a line; SCORER the script that compares them
with what is read (`SCORER GOLD PREDICTED`). Prints the scorer's output; then, on one core, the
sentences of GOLD a second beside those of quantulum3, the megabytes of whole articles a second,
and how memory grows over many articles. quantulum3 is one of the development packages.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

from tracker.figures import extract_figures

RUNS = 7
ARTICLES = Path(__file__).with_name("articles.jsonl")
WARM = 1_000
"""Articles read before memory is first looked at."""


def main() -> None:
    """Read every text, score the figures, and time the reading alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("scorer", type=Path)
    parser.add_argument("--worst", type=int, default=0, help="show this many wrong texts")
    parser.add_argument(
        "--articles", type=int, default=2_000, help="how many to read for the memory (2000)"
    )
    asked = parser.parse_args()
    texts = _lines(asked.gold)
    with tempfile.TemporaryDirectory() as folder:
        predicted = Path(folder) / "predicted.jsonl"
        predicted.write_text("".join(_line(text) for text in texts), encoding="utf-8")
        subprocess.run(
            [sys.executable, asked.scorer, asked.gold, predicted, "--worst", str(asked.worst)],
            check=True,
        )
    articles = _lines(ARTICLES)
    _compare("labelled texts", _english(texts))
    _compare("whole articles", _english(articles))
    size = sum(len(article["text"].encode()) for article in articles)
    rate = size / _median(lambda: _read(articles)) / 1e6
    print(f"whole articles    {rate:.2f} MB a second (median of {RUNS} runs over {len(articles)})")
    _watch_memory(articles, asked.articles)


def _compare(name: str, texts: list[dict[str, str]]) -> None:
    """Sentences a second, in turn with quantulum3, so that both meet the same machine."""
    sentences = [
        each
        for text in texts
        for paragraph in text["text"].split("\n\n")
        for each in paragraph.split(". ")
    ]
    ours, theirs = list[float](), list[float]()
    parse = _quantulum()
    for _ in range(RUNS):
        ours.append(_seconds(lambda: _extract(sentences)))
        if parse is not None:
            theirs.append(_seconds(lambda: parse(sentences)))
    rate = len(sentences) / statistics.median(ours)
    print(
        f"{name:<17} {rate:,.0f} sentences a second (median of {RUNS} runs over {len(sentences)})"
    )
    if parse is None:
        print("quantulum3        is not installed: pip install quantulum3")
        return
    times = statistics.median(b / a for a, b in zip(ours, theirs, strict=True))
    print(f"quantulum3        {rate / times:,.0f} a second: ours is {times:.1f} times as fast")


def _english(texts: list[dict[str, str]]) -> list[dict[str, str]]:
    return [text for text in texts if text.get("language", "en") == "en"]


def _quantulum() -> Callable[[list[str]], None] | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from quantulum3 import parser  # noqa: PLC0415 — only where it is installed
        except ImportError:
            return None
    parser.parse("warm 5 km up")

    def parse(sentences: list[str]) -> None:
        for sentence in sentences:
            parser.parse(sentence)

    return parse


def _watch_memory(articles: list[dict[str, str]], count: int) -> None:
    """The most memory that the process took, early and late: reading keeps nothing."""
    early = 0.0
    for number, article in enumerate(_over_and_over(articles), start=1):
        # No two are alike, so that no cache can help.
        extract_figures(f"{article['text']}\n\nReport {number}.", article["language"])
        if number == WARM:
            early = _peak()
        if number >= count:
            break
    late = _peak()
    print(
        f"memory            {early:.0f} MB after {WARM:,} articles, {late:.0f} MB after {count:,}"
    )


def _over_and_over(articles: list[dict[str, str]]) -> Iterator[dict[str, str]]:
    while True:
        yield from articles


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _line(text: dict[str, str]) -> str:
    figures = [
        {
            "measure": figure.measure,
            "low": figure.low,
            "high": figure.high,
            "qualifier": figure.qualifier,
            "role": figure.role,
            "start": figure.start,
            "end": figure.end,
            "attribution": figure.issuer,
        }
        for figure in extract_figures(text["text"], text.get("language", "en"))
    ]
    return json.dumps({"id": text["id"], "figures": figures}) + "\n"


def _read(articles: list[dict[str, str]]) -> None:
    for article in articles:
        extract_figures(article["text"], article["language"])


def _extract(sentences: list[str]) -> None:
    for sentence in sentences:
        extract_figures(sentence, "en")


def _median(work: Callable[[], None]) -> float:
    return statistics.median(_seconds(work) for _ in range(RUNS))


def _seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
