"""Outlets to reports: configuration, the one outbound GET, and one module per kind of source.

What a report means is not decided here: figures, incidents and times are read further on.
"""

import logging

# It logs, where nobody configured logging even to stderr, that a page has no text; here that is
# `Unreadable`, and said once.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
