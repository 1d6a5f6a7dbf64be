"""Data on its way out of a log and into one: lines of a file to events, and back.

`whole.py` has events as they are stored, `figures.py` figures alone, as one would type them, and
`cells.py` the same as cells of a table. `lines.py` reads a file, and `bring.py` hands what is in
it to a log, be it new or in use.
"""
