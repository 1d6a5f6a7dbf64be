"""Pages that want to know whether we are a person, instead of what was asked for.

They come with any status, even 200, and a parser would find in them that nothing is there. Told by
headers of those who serve them, and by markup that only they write. Careful: an article about a
captcha, or one beside whose comments there is one, is none. Pure.
"""

import re
from collections.abc import Mapping
from html import unescape
from typing import Final

LOOKED_AT: Final = 64 * 1024
"""Bytes of a page in which such markup is looked for."""
SUSPICIOUS: Final = frozenset({403, 429, 503})
"""Statuses with which such pages are sent; with 200 there must be next to no text beside them."""

HEADERS: Final = (
    ("cf-mitigated", re.compile(r"challenge")),
    ("x-amzn-waf-action", re.compile(r"challenge|captcha")),
    ("x-vercel-mitigated", re.compile(r"challenge")),
)
MARKUP: Final = re.compile(
    rb"_cf_chl_"  # Cloudflare; its /cdn-cgi/challenge-platform/ is in ordinary pages, too
    rb"|captcha-delivery\.com"  # DataDome
    rb"|id=[\"']?px-captcha"  # HUMAN, once PerimeterX
    rb"|_Incapsula_Resource\?[^\"'<>]{0,400}incident_id="
    rb"|/\.well-known/(?:ddos-guard|sgcaptcha|vercel/security)/"
    rb"|sucuri_cloudproxy_js"
    rb"|[\"']anubis_challenge[\"']"
    rb"|awsWafCookieDomainList|window\.gokuProps|AwsWafIntegration\.(?:getToken|checkForce)"
    rb"|slowAES\.decrypt"  # testcookie, before much cheap hosting
    rb"|[?&]bm-verify="  # Akamai
    rb"|/__qrator/"
    rb"|/_guard/(?:html|auto|click|slide|rotate|delay)[a-z_]*\.js"
    rb"|SafeLineChallenge|/\.safeline/"
    rb"|window\.KPSDK"  # Kasada
    rb"|window\[?[\"'.]?bobcmd",  # F5
    re.IGNORECASE,
)
WIDGET: Final = re.compile(
    rb"""<(?:script|iframe)\b[^<>]{0,400}\bsrc=["']?https?://[a-z.]{0,40}"""
    rb"""(?:hcaptcha\.com/|google\.com/recaptcha/|recaptcha\.net/"""
    rb"""|challenges\.cloudflare\.com/turnstile/|smartcaptcha\.yandexcloud)""",
    re.IGNORECASE,
)
"""What forms on ordinary pages have as well: it says something only where we are turned away."""
TITLE: Final = re.compile(rb"<title\b[^<>]{0,200}>([^<]{0,200})</title", re.IGNORECASE)
TITLES: Final = re.compile(
    r"just a moment\W*|one moment, please\W*|please wait\W*( \| cloudflare)?|client challenge"
    r"|checking your browser\b.*|ddos[- ](guard|protection)\b.*|pardon our interruption\W*"
    r"|access to this page has been denied\W*|(human|bot|browser) verification|security check"
    r"|verify(ing)? (that )?you are (a )?human\W*|are you (a robot|human)\W*|robot or human\W*"
    r"|vercel security checkpoint|making sure you.re not a bot\W*|radware (bot manager )?captcha"
    r"|captcha( challenge)?"
)
TAG: Final = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]{0,2000}>|<!--")
SILENT: Final = frozenset({b"script", b"style", b"noscript", b"template", b"head", b"title"})
LITTLE: Final = 1000
"""Letters and digits: no article is shorter; no challenge says so much."""


def is_challenge(status: int, headers: Mapping[str, str], content_type: str, start: bytes) -> bool:
    """Whether the answer is a check for bots; `start` is the beginning of its body, unpacked."""
    if any(pattern.search(headers.get(name, "").lower()) for name, pattern in HEADERS):
        return True
    if "html" not in content_type and (content_type or not start.lstrip().startswith(b"<")):
        return False
    start = start[:LOOKED_AT]
    found = MARKUP.search(start) or _is_titled(start)
    if status in SUSPICIOUS:
        return bool(found or WIDGET.search(start)) and _letters(start) < 2 * LITTLE
    return bool(found) and _letters(start) < LITTLE


def _is_titled(start: bytes) -> bool:
    title = TITLE.search(start)
    if title is None:
        return False
    words = " ".join(unescape(title[1].decode("utf-8", "replace")).lower().split())
    return TITLES.fullmatch(words) is not None


def _letters(page: bytes) -> int:
    """How many letters and digits of a page are to be read; roughly, as it need not be exact."""
    count, at, silent = 0, 0, b""
    for tag in TAG.finditer(page):
        if not silent:
            count += _counted(page[at : tag.start()])
        at, name = tag.end(), (tag[2] or b"").lower()
        if silent and tag[1] and name == silent:
            silent = b""
        elif not silent and not tag[1] and name in SILENT:
            silent = name
    return count if silent else count + _counted(page[at:])


def _counted(text: bytes) -> int:
    return sum(map(str.isalnum, text.decode("utf-8", "replace")))
