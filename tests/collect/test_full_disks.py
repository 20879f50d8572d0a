"""A disk that is full in the middle of each phase: the run ends with what is missing and where, nothing is lost, and the same command goes on."""

import re

import pytest
from batch import MANY, names_of, source
from harness.mounts import MOUNT, assert_says_what_to_do, script
from harness.program import Finished
from harness.web_site import WebSite

# fill N: no more than N bytes are left there.
FILL = 'fill() { dd if=/dev/zero of="$PLACE/filler" bs=4096 2>/dev/null; truncate -s -"$1" "$PLACE/filler"; }; '
ITEMS = 24


@pytest.fixture
def few(voices):
    return voices[:ITEMS]


@pytest.fixture
def wanted(few, accepted) -> set[str]:
    return accepted & {path.stem for path in few}


def run_full(collector, space, phase: str, before: str, rooms: str, where: str, word: str, code: int = 7) -> Finished:
    """Runs up to the phases `before`; then of `phase` with so many KiB of room on the disk of `where`, until one ends with the code and says
    the word; then one of all phases with enough room. How much a phase needs depends on how commits fall together."""
    place = ' --state "$PLACE/state"' if where == "state" else ""
    run = f'"$HAUL" collect "{collector.plan}" --models "{collector.models}"{place}'
    first = " && ".join(f"{run} --phase {one} >&2" for one in before.split()) or "true"
    back = f'cp -a "$PLACE/state" "{collector.state}"' if where == "state" else f'cp -a "$PLACE/corpus" "{collector.out}"'
    return script(collector, space, MOUNT + FILL + f'''
        {first} || exit 97
        for room in {rooms}; do
            fill "${{room}}K"; {run} --phase {phase} 2>"$SPACE/said"; code=$?
            rm "$PLACE/filler"
            [ $code -ne {code} ] || ! grep -q "{word}" "$SPACE/said" || break
        done
        echo "full: $code"; cat "$SPACE/said" >&2
        mount -o remount,size=64m "$PLACE"
        {run} || exit 98
        mkdir -p "{collector.state.parent}"; {back}''', SIZE="16m")


@pytest.mark.parametrize("phase, before, rooms, where, word", [
    ("probe", "search", "64", "corpus", "/incoming/probe-"),
    ("download", "search probe", "256", "corpus", "/incoming/"),
    ("filter", "search probe download", "64 56 48", "state", "ledger"),
    ("export", "search probe download filter", "64", "corpus", "exports/"),
    ("export", "search probe download filter", "88 80 72 64 56 48 40 32 24 20 16", "state", "/export/"),
])
def test_a_full_disk_ends_the_run_and_loses_nothing(collector, space, site: WebSite, few, wanted, phase, before, rooms, where, word):
    small = f'"{space}/small/corpus"' if where == "corpus" else f'"{collector.out}"'
    collector.write_plan(source(site, few), out=small, **MANY)
    finished = run_full(collector, space, phase, before, rooms, where, word)
    assert re.search("^full: 7$", finished.out, re.MULTILINE), finished
    assert_says_what_to_do(finished)
    assert word in finished.err, finished
    assert "data at risk" not in finished.err.replace("data at risk: none", ""), finished
    assert names_of(collector.assert_sound()) == wanted


def test_a_full_disk_of_the_ledger_ends_a_search(collector, space, site: WebSite, few, wanted):
    """Some thousand candidates need more room than there is: none of a page is known, and none is lost."""
    collector.write_plan(source(site, few), out=f'"{collector.out}"', **MANY)
    items = "".join(f"<item><title>{number}</title><guid>{number}</guid><enclosure url=\"{site.url}/none.wav\" length=\"1\" type=\"audio/wav\"/></item>"
                    for number in range(4000))
    site.served["/feed.xml"].body = site.served["/feed.xml"].body.replace(b"</channel>", items.encode() + b"</channel>")
    finished = run_full(collector, space, "search", "", "300", "state", "ledger")
    assert re.search("^full: 7$", finished.out, re.MULTILINE), finished
    assert_says_what_to_do(finished)
    assert names_of(collector.assert_sound()) == wanted


def test_a_full_disk_of_the_backup_is_an_error_and_the_corpus_stands(collector, space, site: WebSite, few, wanted):
    collector.write_plan(source(site, few), out=f'"{space}/small/corpus"', **MANY)
    finished = run_full(collector, space, "export", "search probe download filter export", "20 16 12 8 4", "corpus",
                        "back up the ledger", code=3)
    assert re.search("^full: 3$", finished.out, re.MULTILINE), finished
    assert "back up the ledger" in finished.err and "No space left" in finished.err and "data at risk: what was judged" in finished.err, finished
    assert names_of(collector.assert_sound()) == wanted
