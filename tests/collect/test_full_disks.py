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


def run_full(collector, space, phase: str, before: str, room: str, where: str) -> Finished:
    """A run up to the phase `before`, one of `phase` with so much room on the disk of `where`, and one of all with enough: their ends."""
    place = ' --state "$PLACE/state"' if where == "state" else ""
    run = f'"$HAUL" collect "{collector.plan}" --models "{collector.models}"{place}'
    first = "" if not before else " && ".join(f"{run} --phase {one} >&2" for one in before.split()) + " || exit 97; "
    back = f'cp -a "$PLACE/state" "{collector.state}"' if where == "state" else f'cp -a "$PLACE/corpus" "{collector.out}"'
    return script(collector, space, MOUNT + FILL + f'''
        {first} fill {room}
        {run} --phase {phase} 2>"$SPACE/said"; echo "full: $?"
        cat "$SPACE/said" >&2
        rm "$PLACE/filler"; mount -o remount,size=64m "$PLACE"
        {run} || exit 98
        mkdir -p "{collector.state.parent}"; {back}''', SIZE="16m")


@pytest.mark.parametrize("phase, before, room, where", [
    ("probe", "search", "64K", "corpus"),
    ("download", "search probe", "256K", "corpus"),
    ("filter", "search probe download", "64K", "state"),
    ("export", "search probe download filter", "64K", "corpus"),
    ("export", "search probe download filter", "96K", "state"),
])
def test_a_full_disk_ends_the_run_and_loses_nothing(collector, space, site: WebSite, few, wanted, phase, before, room, where):
    small = f'"{space}/small/corpus"' if where == "corpus" else f'"{collector.out}"'
    collector.write_plan(source(site, few), out=small, **MANY)
    finished = run_full(collector, space, phase, before, room, where)
    assert re.search("^full: 7$", finished.out, re.MULTILINE), finished
    assert_says_what_to_do(finished)
    assert "data at risk" not in finished.err.replace("data at risk: none", ""), finished
    assert names_of(collector.assert_sound()) == wanted


def test_a_full_disk_of_the_ledger_ends_a_search(collector, space, site: WebSite, few, wanted):
    """Some thousand candidates need more room than there is: none of a page is known, and none is lost."""
    collector.write_plan(source(site, few), out=f'"{collector.out}"', **MANY)
    items = "".join(f"<item><title>{number}</title><guid>{number}</guid><enclosure url=\"{site.url}/none.wav\" length=\"1\" type=\"audio/wav\"/></item>"
                    for number in range(4000))
    site.served["/feed.xml"].body = site.served["/feed.xml"].body.replace(b"</channel>", items.encode() + b"</channel>")
    finished = run_full(collector, space, "search", "", "300K", "state")
    assert re.search("^full: 7$", finished.out, re.MULTILINE), finished
    assert_says_what_to_do(finished)
    assert names_of(collector.assert_sound()) == wanted


def test_a_full_disk_of_the_backup_is_an_error_and_the_corpus_stands(collector, space, site: WebSite, few, wanted):
    collector.write_plan(source(site, few), out=f'"{space}/small/corpus"', **MANY)
    finished = run_full(collector, space, "export", "search probe download filter export", "20K", "corpus")
    assert re.search("^full: 3$", finished.out, re.MULTILINE), finished
    assert "back up the ledger" in finished.err and "No space left" in finished.err and "data at risk: what was judged" in finished.err, finished
    assert names_of(collector.assert_sound()) == wanted
