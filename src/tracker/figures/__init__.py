"""Text to figures: what a report counts, and what each number is to the incident.

    text → paragraphs, sentences, words (tokens) → numbers with their hedges (cardinals, numerals)
         → noun phrases (phrases) → what each counts (frames, tolls, lists, measures)
         → its role (roles, then settle for the paragraph) → who says it (attribution, issuers)

A language is a file of words in `lexicons/`. `docs/architecture.md` tells what each module
decides. Nothing here matches a figure to an incident or weighs one source against another.
"""

from tracker.figures.extract import VERSION, extract_figures
from tracker.figures.issuers import resolve_issuer

__all__ = ["VERSION", "extract_figures", "resolve_issuer"]
