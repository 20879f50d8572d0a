"""Plans that ask for what is not there, or are only looked at: nothing is made, and nobody is asked."""

import json

import pytest
from collecting import feed, files, peertube
from harness import feeds, listener
from harness.peertube_server import PeerTube

YOUTUBE = '[[source]]\nkind = "yt-dlp"\nurls = ["https://media.example.org/a", "https://www.youtube.com/@nobody"]\n'
ARCHIVE = '[[source]]\nkind = "archive"\nquery = "read aloud"\n'


def line_of(collector, text: str) -> int:
    """Of the table that a line of the plan lies in."""
    lines = collector.plan.read_text().splitlines()
    at = next(number for number, line in enumerate(lines) if text in line)
    return max(number for number, line in enumerate(lines[:at + 1], 1) if line == "[[source]]")


@pytest.mark.parametrize("more", [[], ["--dry-run"], ["--phase", "export"]], ids=" ".join)
@pytest.mark.parametrize("source, mark, said", [(ARCHIVE, "archive", "the source archive is not yet supported"),
                                                (YOUTUBE, "youtube", "whose terms have to be accepted")], ids=["archive", "youtube"])
def test_a_source_that_cannot_be_asked_is_refused_before_anything_is_made(collector, speakers, source, mark, said, more):
    collector.write_plan(files(speakers), source)
    finished = collector.run("collect", collector.plan, "--models", collector.models, *more, code=2)
    assert f"line {line_of(collector, mark)}: " in finished.err and said in finished.err and "to do: " in finished.err
    error = json.loads(collector.run(*collector.words(*more), code=2).out.splitlines()[-1])
    assert f"line {line_of(collector, mark)}: " in json.dumps(error)
    assert not collector.out.exists() and not (collector.state / "jobs").exists()
    # Who only looks says what there is.
    for words in (["urls"], ["corpus", "stats"], ["check"]):
        assert "haul collect" in collector.run(*words, collector.plan, code=4).err


def test_terms_that_are_accepted_are_no_trouble(collector):
    collector.write_plan(YOUTUBE + "accept_terms = true\n")
    assert "youtube.com/@nobody" in collector.run("collect", collector.plan, "--dry-run", code=0).out


def test_a_dry_run_asks_nobody(collector, speakers):
    with PeerTube() as site:
        site.add("sanne", "item", speakers / "sanne" / "item-00.ogg", words="aloud")
        address = site.serve("/feed.xml", feeds.rss("Ada", [feeds.Item("a", f"{site.url}/a.ogg")], "CC0-1.0"))
        page = site.serve("/channel", "<html></html>", "text/html")
        collector.write_plan(feed(address), peertube(site.url, "aloud"), f'[[source]]\nkind = "yt-dlp"\nurls = ["{page}"]\n', files(speakers))
        said = collector.run("collect", collector.plan, "--dry-run", code=0).out
        told = json.loads(collector.run("collect", collector.plan, "--dry-run", "--json", code=0).out)
        assert site.asked == []
    for named in (address, f"{site.url}/api/v1/search/videos?search=aloud", page, str(speakers), str(collector.out)):
        assert named in said
    assert "\n".join(told["would_ask"]) + f"\ninto: {told['out']}\n" == said
    assert not collector.out.exists() and not (collector.state / "jobs").exists()


def test_the_example_is_a_plan(collector, speakers, space):
    text = collector.run("collect", "--example", code=0).out
    example = space / "example.toml"
    example.write_text(text)
    said = collector.run("collect", example, "--dry-run", code=0).out
    for named in ("/data/recordings", "https://example.org/feed.xml", "https://video.example.org/", "https://media.example.org/channel",
                  str(space / "corpus" / "stories")):
        assert named in said
    # What is on this machine of it can be collected, every other key as it stands.
    head, *sources = text.split("[[source]]\n")
    local = next(one for one in sources if 'kind = "files"' in one).replace("/data/recordings", str(speakers))
    rest = sources[-1].partition("[accept]")[2]
    example.write_text(f"{head}[[source]]\n{local}[accept]{rest}")
    collector.models = listener.all_models()
    finished = collector.run("collect", example, "--models", collector.models, "--json", code=0)
    totals = finished.events()[-1]["totals"]
    assert totals["candidates"] == 9 and totals["channels"]["open"] == 0 and (space / "corpus" / "stories" / "exports" / "current").is_symlink()


@pytest.mark.parametrize("change, key, said", [
    ({"licences": '["CC0-1.0", "CC BY 4"]'}, "licences", ["accept.licences", "CC-BY-4.0", "Unlicense"]),
    ({}, "languages", ["accept.languages", "english"]),
    ({}, "licence ", ["source.licence", "CC-BY-4.0"])])
def test_a_word_that_no_source_could_ever_say_is_refused(collector, speakers, change, key, said):
    collector.write_plan(files(speakers, licence="CC-BY" if key == "licence " else "CC0-1.0"), **change)
    if key == "languages":
        collector.plan.write_text(collector.plan.read_text().replace("[accept]", '[accept]\nlanguages = ["english"]'))
    line = next(number for number, line in enumerate(collector.plan.read_text().splitlines(), 1) if line.startswith(key))
    error = collector.run("collect", collector.plan, code=2).err
    assert f"line {line}: " in error and all(one in error for one in said) and not collector.out.exists()
