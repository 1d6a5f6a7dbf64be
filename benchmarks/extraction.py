"""How right and how fast figures are read: `python benchmarks/extraction.py GOLD SCORER`.

GOLD is a file of labelled texts, one JSON object a line; SCORER the script that compares them
with what is read (`SCORER GOLD PREDICTED`). Prints the scorer's output and the speed.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tracker.figures import extract_figures

RUNS = 7


def main() -> None:
    """Read every text, score the figures, and time the reading alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("scorer", type=Path)
    parser.add_argument("--worst", type=int, default=0, help="show this many wrong texts")
    asked = parser.parse_args()
    texts = [json.loads(line) for line in asked.gold.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        predicted = Path(folder) / "predicted.jsonl"
        predicted.write_text("".join(_line(text) for text in texts), encoding="utf-8")
        subprocess.run(
            [sys.executable, asked.scorer, asked.gold, predicted, "--worst", str(asked.worst)],
            check=True,
        )
    sentences = sum(text["text"].count(". ") + 1 for text in texts)
    characters = sum(len(text["text"]) for text in texts)
    seconds = statistics.median(_seconds(texts) for _ in range(RUNS))
    print(
        f"speed  {sentences / seconds:,.0f} sentences/s, {characters / seconds / 1e6:.2f} MB/s"
        f" (median of {RUNS} runs over {sentences} sentences)"
    )


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


def _seconds(texts: list[dict[str, str]]) -> float:
    began = time.perf_counter()
    for text in texts:
        extract_figures(text["text"], text.get("language", "en"))
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
