"""Feeds as podcasts have them: RSS 2.0 with the podcast namespace's licence, and Atom (RFC 4287) with links rel="license"."""

from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr


@dataclass
class Item:
    guid: str
    url: str
    size: int = 0
    kind: str = "audio/ogg"
    seconds: float = 0


def rss(title: str, items: list[Item], licence: str = "", following: str = "") -> str:
    """`following`: the address of the next page (RFC 5005)."""
    head = f"<podcast:license>{escape(licence)}</podcast:license>" if licence else ""
    if following:
        head += f'<atom:link rel="next" href={quoteattr(following)}/>'
    body = "".join(
        f"<item><title>{escape(one.guid)}</title><guid isPermaLink=\"false\">{escape(one.guid)}</guid>"
        + (f"<itunes:duration>{one.seconds:g}</itunes:duration>" if one.seconds else "")
        + f"<enclosure url={quoteattr(one.url)} length=\"{one.size}\" type={quoteattr(one.kind)}/></item>" for one in items)
    return ('<?xml version="1.0"?><rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0" '
            'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:atom="http://www.w3.org/2005/Atom">'
            f"<channel><title>{escape(title)}</title><language>nl</language>{head}{body}</channel></rss>")


def atom(title: str, items: list[Item], licence: str = "") -> str:
    head = f'<link rel="license" href={quoteattr(licence)}/>' if licence else ""
    body = "".join(
        f"<entry><title>{escape(one.guid)}</title><id>{escape(one.guid)}</id>"
        f'<link rel="enclosure" href={quoteattr(one.url)} length="{one.size}" type={quoteattr(one.kind)}/></entry>' for one in items)
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>{escape(title)}</title>{head}{body}</feed>'
