"""Checks for bots are told from what was asked for, and no article is taken for one."""

import pytest

from tracker.sources.challenge import is_challenge

SENTENCE = "The harbour office has counted eleven passengers, and looks for one more. "
HTML = "text/html"


def page(title: str = "", head: str = "", body: str = "") -> bytes:
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    ).encode()


ARTICLE = page("Ferry sinks off Cape Lorn", body=f"<article><p>{SENTENCE * 30}</p></article>")
CHALLENGES = [
    page("Just a moment...", "<script>window._cf_chl_opt={cvId:'3'}</script>", "Enable JavaScript"),
    page("Einen Moment…", "<script>window._cf_chl_opt={cvId:'3'}</script>"),
    page("cape.example", body="<script src='https://ct.captcha-delivery.com/c.js'></script>"),
    page("Access to this page has been denied", body="<div id='px-captcha'></div>"),
    page(body='<iframe src="/_Incapsula_Resource?SWUDNSAI=31&xinfo=1&incident_id=2"></iframe>'),
    page("DDoS-Guard", "<script src='/.well-known/ddos-guard/js-challenge/index.js'></script>"),
    page(head="<meta http-equiv='refresh' content='0;/.well-known/sgcaptcha/?r=%2Ffeed'>"),
    page("Making sure you&#39;re not a bot!", "<script id='anubis_challenge'>{}</script>"),
    page("Vercel Security Checkpoint"),
    page(body="<script>document.cookie='t='+toHex(slowAES.decrypt(c,2,a,b))</script>"),
    page(head="<meta http-equiv='refresh' content=\"5; URL='/feed?bm-verify=AAQ'\">"),
    page("Robot or human?", body="<p>Activate and hold the button to confirm.</p>"),
]


@pytest.mark.parametrize("body", CHALLENGES, ids=range(len(CHALLENGES)))
@pytest.mark.parametrize("status", [200, 403, 429, 503])
def test_a_check_for_bots_is_told_by_its_markup_whatever_its_status(
    status: int, body: bytes
) -> None:
    assert is_challenge(status, {}, HTML, body)
    assert is_challenge(status, {}, "", b"\n" + body)


@pytest.mark.parametrize(
    "headers",
    [
        {"cf-mitigated": "challenge"},
        {"x-amzn-waf-action": "captcha"},
        {"x-vercel-mitigated": "challenge"},
    ],
)
@pytest.mark.parametrize("status", [200, 202, 403, 405])
def test_a_check_for_bots_is_told_by_its_headers(status: int, headers: dict[str, str]) -> None:
    assert is_challenge(status, headers, HTML, b"")


def test_a_captcha_where_we_are_turned_away_is_a_check() -> None:
    form = page("cape.example", body="<script src='https://js.hcaptcha.com/1/api.js'></script>")
    assert is_challenge(403, {}, HTML, form)
    assert not is_challenge(200, {}, HTML, form)


@pytest.mark.parametrize(
    "body",
    [
        ARTICLE,
        page("Just a moment...", body=f"<p>{SENTENCE * 30}</p>"),
        page(
            "How the window._cf_chl_opt captcha works",
            body=f"<p>{SENTENCE * 30}</p><pre>window._cf_chl_opt = {{}}; id='px-captcha'</pre>",
        ),
        page(
            "Ferry sinks",
            "<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>"
            "<script src='https://www.google.com/recaptcha/api.js'></script>",
            "<p>Twelve dead.</p>",
        ),
        page("Captcha farms uncovered", body="<p>Short.</p>"),
    ],
)
def test_an_article_is_none(body: bytes) -> None:
    assert not is_challenge(200, {}, HTML, body)


def test_a_plain_refusal_is_none() -> None:
    assert not is_challenge(403, {}, HTML, page("403 Forbidden", body="<h1>Forbidden</h1>"))
    assert not is_challenge(503, {"retry-after": "60"}, "", b"")


def test_a_feed_is_none_whatever_it_tells_of() -> None:
    feed = b"<rss><channel><title>Just a moment...</title>window._cf_chl_opt</channel></rss>"
    assert not is_challenge(200, {}, "application/rss+xml", feed)
    assert not is_challenge(200, {}, "application/json", b'{"a": "_cf_chl_opt"}')
    assert not is_challenge(200, {}, "", b'{"a": "_cf_chl_opt"}')


def test_what_is_hidden_in_a_page_is_no_text_of_it() -> None:
    hidden = f"<script>{SENTENCE * 100}</script><style>{SENTENCE * 100}</style>"
    assert is_challenge(200, {}, HTML, page("Just a moment...", hidden, "<p>Wait.</p>"))


@pytest.mark.parametrize("piece", [b"<script ", b"<title>", b"<a", b"<!--", b"<script>", b"id="])
def test_no_page_takes_long(piece: bytes) -> None:
    """Where a pattern looked to the end of the page from each place, this would not come back."""
    start = b"<html>_cf_chl_" + piece * (64 * 1024 // len(piece))
    is_challenge(200, {}, HTML, start)
    is_challenge(403, {}, HTML, start)
