"""Feeds of any length, whose pages are made when they are asked for."""

from dataclasses import dataclass, field
from typing import Callable
from urllib.parse import parse_qs, urlsplit

from harness import feeds
from harness.web_site import Answer, WebSite

A_PAGE = 1000


@dataclass
class LongFeed:
    name: str
    items: int
    licence: str
    media: Callable[[int], str] = field(repr=False)  # the address of item N


class LongFeeds(WebSite):
    """Each feed at /NAME, its further pages at /NAME?page=N."""

    def __init__(self):
        self.feeds: dict[str, LongFeed] = {}
        super().__init__()

    def add(self, feed: LongFeed) -> str:
        """Its address."""
        self.feeds[feed.name] = feed
        return f"{self.url}/{feed.name}"

    def answer(self, path: str) -> Answer:
        asked = urlsplit(path)
        feed = self.feeds.get(asked.path[1:])
        if feed is None:
            return super().answer(path)
        number = int(parse_qs(asked.query).get("page", ["0"])[0])
        first, end = number * A_PAGE, min((number + 1) * A_PAGE, feed.items)
        items = [feeds.Item(f"{feed.name}-{n}", feed.media(n)) for n in range(first, end)]
        following = f"{self.url}/{feed.name}?page={number + 1}" if end < feed.items else ""
        return Answer(feeds.rss(feed.name, items, feed.licence, following).encode(), "application/rss+xml")
