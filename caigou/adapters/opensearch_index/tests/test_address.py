"""What SEARCH_URL may say."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from caigou.adapters.opensearch_index.address import Address, read


def test_everything_that_is_needed_stands_in_the_url(tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    ca.touch()
    told = read(f"https://shop:p%40ss%2Fw@search.example:9201/eu-shop?ca={ca}")
    assert told == Address("https", "search.example", 9201, "eu-shop", "shop", "p@ss/w", ca)
    assert str(told) == "https://search.example:9201/eu-shop"


def test_what_is_left_out_has_the_usual_value() -> None:
    assert read("https://search.example") == Address("https", "search.example", 443, "caigou")
    assert read("http://localhost/") == Address("http", "localhost", 9200, "caigou")


@pytest.mark.parametrize(
    "url",
    [
        *("search.example:9200", "ftp://search.example", "https://", "https://a:b:c@d:e", "https://[::1", "caigou"),
        *("https://a/UPPER", "https://a/_all", "https://a/*", "https://a/one/two", "https://a/one,two"),
        *("https://a/b?ca=/not/there.pem", "https://a/b?verify=no"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="SEARCH_URL"):
        read(url)


def test_only_tls_and_the_machine_itself_are_private() -> None:
    private = {url: read(url).is_private for url in ("https://a", "http://127.0.0.1", "http://[::1]", "http://a")}
    assert private == {"https://a": True, "http://127.0.0.1": True, "http://[::1]": True, "http://a": False}
