"""JSON as servers send it, to the document it holds, and JMESPath into it.

What a document means is read by the kinds.
"""

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NoReturn

from tracker.sources.capture import Capture, Unreadable
from tracker.sources.markup import is_html
from tracker.sources.text import decoded, one_line, without_controls

if TYPE_CHECKING:
    from jmespath.parser import ParsedResult

PREFIX: Final = re.compile(r"(?:invalid|bad) jmespath expression:\s*", re.IGNORECASE)
ESCAPE: Final = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|)')


def read_document(capture: Capture, instead: str) -> object:
    """What JSON says: dict, list, str, int, float, bool or None, in each other.

    `instead` tells what to do where the answer is a web page.

    A backslash that escapes nothing is taken for itself: some APIs pass on headlines as they
    are. A float may be infinite (1e999).

    Raises:
        Unreadable: no JSON, or not all of it.
    """
    text = without_controls(decoded(capture)).strip()
    if not text:
        raise Unreadable("the answer is empty")
    if is_html(text, ""):
        raise Unreadable(f"a web page (HTML), no JSON: {instead}")
    if text.startswith("<"):
        raise Unreadable("XML, no JSON: does this source need kind 'feed'?")
    if not text.startswith(("{", "[")):
        raise Unreadable(f"no JSON; it says: {shortened(text)}")
    try:
        try:
            return _loaded(text)
        except json.JSONDecodeError as error:
            if not error.msg.startswith("Invalid \\"):
                raise
            return _loaded(ESCAPE.sub(lambda found: found[0] if found[1] else r"\\", text))
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"the JSON is broken or cut off at character {error.pos + 1} of {len(text)}"
        ) from None
    except ValueError:
        raise Unreadable("JSON with a number of thousands of digits") from None
    except RecursionError:
        raise Unreadable("JSON nested deeper than any that is read") from None


def _loaded(text: str) -> object:
    document: object = json.loads(text, strict=False, parse_constant=_refused)
    return document


def _refused(word: str) -> NoReturn:
    raise Unreadable(f"no JSON: it holds {word}, which is no number")


def shortened(text: str) -> str:
    """The text in one line, of 120 characters at most."""
    line = one_line(text)
    return line if len(line) <= 120 else f"{line[:119].rstrip()}…"


def search(path: str, document: object) -> object:
    """What a JMESPath expression finds in the document; None = nothing.

    Raises:
        ValueError: the expression does not fit the document; the text says why.
    """
    try:
        found: object = compiled(path).search(document)
    except Exception as error:  # on odd numbers its functions raise nearly anything
        raise ValueError(one_line(str(error))) from error
    return found


@lru_cache(maxsize=512)
def compiled(path: str) -> "ParsedResult":
    """A JMESPath expression, ready to search with.

    Raises:
        ValueError: it is none; the text says why.
    """
    import jmespath  # noqa: PLC0415 — only where a source of this kind is read

    try:
        return jmespath.compile(path)
    except RecursionError:
        raise ValueError("nested too deep") from None


def checked_path(path: str) -> str:
    """The expression, if it is one (jmespath.org/specification.html).

    Raises:
        ValueError: it is none, or calls a function that does not exist.
    """
    from jmespath.exceptions import (  # noqa: PLC0415 — as above
        ArityError,
        JMESPathError,
        UnknownFunctionError,
    )

    try:
        expression = compiled(path)
        try:
            expression.search({})
        except (ArityError, UnknownFunctionError):
            raise
        except JMESPathError:
            pass  # it only does not fit an empty document
    except ValueError as error:
        # Its own message shows the expression again, over several lines, with a mark below.
        reason = str(error).split("\n", maxsplit=1)[0].partition(", for expression")[0]
        reason = PREFIX.sub("", reason).replace(": Parse error at", " at").rstrip(": ")
        raise ValueError(f"{path!r} is no JMESPath expression: {reason}") from None
    return path
