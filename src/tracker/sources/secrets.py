"""Addresses without the secrets in them, for people and for the log.

An address is where outlets put keys, passwords and sessions; it is also what error lines, reports
and events show. Pure. What a source's own credentials are is read in `credentials.py`.
"""

import re
from typing import Final
from urllib.parse import unquote_plus

USER_INFO: Final = re.compile(r"^((?:[a-z][a-z0-9+.-]*:)?[/\\]{2})[^/\\]*@", re.IGNORECASE)
PATH_PARAMETER: Final = re.compile(r";([^=/;]+)=[^/;]*")
SECRET: Final = re.compile(
    r"(?:(?:access|api|auth|bearer|client|id|login|private|refresh|security|session|user)[_.-]?)?"
    r"(?:token|key|secret|password|passwd|pwd|passphrase)"
    r"|auth|authorization|credentials?|jwt"
    r"|sig|signature|hmac"
    r"|(?:php|j|asp)?sess(?:ion)?(?:[_.-]?id)?|sid"
    r"|(?:ocp-apim-)?subscription[_.-]?key|aws[_.-]?access[_.-]?key[_.-]?id"
    r"|x-(?:amz|goog)-.+",
    re.IGNORECASE,
)
"""The names of parameters that carry secrets."""


def without_secrets(url: str) -> str:
    """The address without user info and without parameters whose names are those of secrets.

    All else stays as it is, byte for byte.

    >>> without_secrets("https://desk:word@a.example/feed?page=2&api_key=abc#top")
    'https://a.example/feed?page=2#top'
    """
    head, hash_, fragment = url.partition("#")
    address, question, query = head.partition("?")
    address = PATH_PARAMETER.sub(_unless_secret, USER_INFO.sub(r"\1", address))
    if question:
        query = _without_secrets(query)
        question = "?" if query else ""
    if hash_:
        fragment = _without_secrets(fragment)
        hash_ = "#" if fragment else ""
    return f"{address}{question}{query}{hash_}{fragment}"


def is_secret(name: str) -> bool:
    """Whether a parameter of this name, written as in an address, carries a secret."""
    return SECRET.fullmatch(unquote_plus(name).strip()) is not None


def _without_secrets(query: str) -> str:
    if "=" not in query:
        return query
    return "&".join(each for each in query.split("&") if not is_secret(each.partition("=")[0]))


def _unless_secret(parameter: re.Match[str]) -> str:
    return "" if is_secret(parameter[1]) else parameter[0]
