"""The url of a webhook: what could never be posted to is refused, in words that tell what to do."""

import pytest

from tracker.alerts.urls import webhook_url


@pytest.mark.parametrize(
    "url",
    [
        "https://desk.example/hook?to=a@b",
        "https://desk.example/me@home",
        "http://desk_1.example./",
        "http://ünï.example/",
        "http://127.0.0.1:8800/",
        "http://[::1]:80/",
        "http://[fe80::1%eth0]/",
        "http://localhost",
    ],
)
def test_what_can_be_posted_to_is_left_as_it_is(url: str) -> None:
    assert webhook_url(url) == url


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://me:word@desk.example/", "a user or a password before its @"),
        ("http://me@desk.example/", "a user or a password before its @"),
        ("me:word@desk.example/", "a user or a password before its @"),
        ("127.0.0.1:8803/x", "'127.0.0.1:8803/x' is no address: write http://… or https://…"),
        ("ftp://desk.example/", "is no address: write http://… or https://…"),
        ("http:///x", "is no address: write http://… or https://…"),
        ("https://[desk", "is no address: write http://… or https://…"),
        ("https://desk.example/\n", "is no address: write http://… or https://…"),
        (8800, "8800 is no address: write http://… or https://…"),
        ("http://desk.example:0/", "'0' is no port: write one from 1 to 65535"),
        ("http://desk.example:99999/", "'99999' is no port: write one from 1 to 65535"),
        ("http://desk.example:x/", "'x' is no port: write one from 1 to 65535"),
        ("http://a..example/", "'a..example' is no name of a host"),
        (f"http://{'a' * 70}.example/", "is no name of a host"),
        (f"http://{'ü' * 70}.example/", "is no name of a host"),
        ("http://ex ample/", "'ex ample' is no name of a host"),
        ("http://%41.example/", "'%41.example' is no name of a host"),
        ("http://2130706433:8800/", "'2130706433' is not a way to write an address"),
        ("http://1.2.3/", "'1.2.3' is not a way to write an address: write it like 192.0.2.7"),
        ("http://256.1.1.1/", "'256.1.1.1' is not a way to write an address"),
    ],
)
def test_what_cannot_be_posted_to_is_refused_in_one_line(url: object, said: str) -> None:
    """A password is not repeated."""
    with pytest.raises(ValueError, match=r".") as caught:
        webhook_url(url)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "word@" not in str(caught.value)
