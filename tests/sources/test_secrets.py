"""Addresses are shown without the secrets in them, and otherwise as they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.sources.secrets import is_secret, without_secrets


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example/feed", "https://a.example/feed"),
        ("https://desk:pass@a.example/feed", "https://a.example/feed"),
        ("https://desk:p@ss@a.example:8080/feed", "https://a.example:8080/feed"),
        ("//desk:pass@a.example/feed", "//a.example/feed"),
        ("https://a.example/@desk/feed", "https://a.example/@desk/feed"),
        ("https://a.example/?q=a@b.example", "https://a.example/?q=a@b.example"),
        ("https://a.example/?page=2&token=abc", "https://a.example/?page=2"),
        ("https://a.example/?token=abc", "https://a.example/"),
        ("https://a.example/?token=abc#top", "https://a.example/#top"),
        ("https://a.example/#access_token=abc&state=1", "https://a.example/#state=1"),
        ("https://a.example/?API_Key=abc&x=%20+&&y", "https://a.example/?x=%20+&&y"),
        ("https://a.example/?%74oken=abc&x", "https://a.example/?x"),
        ("https://a.example/a;jsessionid=ABC/b;v=1?x=1", "https://a.example/a/b;v=1?x=1"),
        ("https://a.example/?X-Amz-Signature=ab&X-Amz-Date=cd&v=3", "https://a.example/?v=3"),
        ("https://a.example/?key", "https://a.example/?key"),
        ("cape/news.rss", "cape/news.rss"),
        ("", ""),
    ],
)
def test_secrets_go_and_all_else_stays(url: str, shown: str) -> None:
    assert without_secrets(url) == shown


SECRETS = """
token access_token api_key apikey api-key key auth password passwd secret sig signature session
sid sessionid session_id PHPSESSID jsessionid client_secret X-Amz-Credential subscription-key
AWSAccessKeyId
"""
OTHERS = """
page q id author keyword keywords monkey tokens country format appname design sidebar season
assignature authority
"""


@pytest.mark.parametrize("name", SECRETS.split())
def test_these_names_are_those_of_secrets(name: str) -> None:
    assert is_secret(name)
    assert is_secret(name.upper())


@pytest.mark.parametrize("name", OTHERS.split())
def test_these_names_are_not(name: str) -> None:
    assert not is_secret(name)


@given(st.text(alphabet="ab:/?#&;=@%2token[]. ", max_size=60))
def test_what_is_shown_has_nothing_left_to_hide(url: str) -> None:
    shown = without_secrets(url)
    assert without_secrets(shown) == shown
    assert len(shown) <= len(url)
