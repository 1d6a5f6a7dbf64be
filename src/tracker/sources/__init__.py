"""Outlets to reports: configuration, the one outbound GET, and one module per kind of source.

What a report means is not decided here: figures, incidents and times are read further on.
"""
