"""Sources that change, vanish or cannot be read: never a mixed file, never a silent gap."""

import json
import os
import signal

import pytest
from harness import make, sets, trees
from harness.program import NOBODY, wait, wait_until_stopped

# The listing is done, no member has been read yet.
POINT = "pack.list.after_write"


def change_while_packing(haul, space, change) -> tuple:
    source = make.files(space / "source", 30)
    child = haul.start("pack", source, space / "out", env={"HAUL_FAULT": f"stop:{POINT}"})
    wait_until_stopped(child)
    change(source)
    child.send_signal(signal.SIGCONT)
    return wait(child), source


def victim(source):
    return source / "folder 1" / "file-00001.bin"


CHANGES = {
    "grew": lambda source: victim(source).write_bytes(b"grew" * 50_000),
    "shrank": lambda source: victim(source).write_bytes(b"s"),
    "same size": lambda source: victim(source).write_bytes(os.urandom(victim(source).stat().st_size)),
    "replaced": lambda source: make.file(source / "new", b"new").rename(victim(source)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_file_is_packed_as_it_is_now(haul, space, change):
    finished, source = change_while_packing(haul, space, CHANGES[change])
    assert finished.code == 0, finished
    haul.run("verify", space / "out" / "source", code=0)
    haul.run("unpack", space / "out" / "source", space / "back", code=0)
    # The folder's own time changed after it was listed where a file was replaced in it.
    back, now = trees.record(space / "back"), trees.record(source)
    name = os.fsencode(victim(source).relative_to(source))
    assert back[name] == now[name]
    files = [path for path, entry in now.items() if entry.kind == "file" and path != name]
    assert [path for path in files if back[path] != now[path]] == []


TILE = 4 << 20
MEMBER = 2 << 20


@pytest.mark.parametrize(("changed", "size"), [("file-20", MEMBER), ("file-05", 12 * TILE)], ids=["ahead", "half sent"])
def test_a_change_sends_little_again(haul, space, changed, size):
    """At most what the part holds from the changed member on, and two tiles: what lies before stays where it is."""
    source, sizes = space / "source", {f"file-{n:02}": MEMBER for n in range(40)} | {changed: size}
    for name, length in sizes.items():
        make.file(source / name, os.urandom(length))
    counters = space / "counters"
    child = haul.start("pack", source, space / "out",
                       env={"HAUL_FAULT": "stop:pack.part.after_send:4", "HAUL_STORE_COUNTERS": counters})
    wait_until_stopped(child)
    make.file(source / changed, os.urandom(size), mtime_ns=make.OLD + 1)
    child.send_signal(signal.SIGCONT)
    assert wait(child).code == 0
    stores = [json.loads(line) for line in counters.read_text().splitlines()]
    sent = sum(store["counters"]["bytes_put"] for store in stores)
    first, late = sorted(path.stat().st_size for path in sets.parts(space / "out" / "source"))[::-1]
    assert late > size, "the changed member is not in a part of its own"
    again = sent - first - late
    tail = size if changed == "file-05" else 0  # of it, what could have been sent before it was seen to change
    assert 0 <= again <= tail + 2 * TILE, f"{again} bytes were sent again"
    haul.run("verify", space / "out" / "source", "--against", source, code=0)


def test_a_vanished_file_is_reported(haul, space):
    finished, source = change_while_packing(haul, space, lambda source: victim(source).unlink())
    assert finished.code == 3, finished
    assert "file-00001.bin" in finished.err
    record = sets.set_record(space / "out" / "source")
    assert [item["path"] for item in record["failed"]["items"]] == ["folder 1/file-00001.bin"]
    haul.run("unpack", space / "out" / "source", space / "back", code=0)
    back = trees.record(space / "back")
    missing = set(trees.record(source)) - set(back)
    assert missing == set()


def become(make_other):
    def change(source):
        victim(source).unlink()
        make_other(victim(source))
    return change


def assert_back_as_it_is(haul, space, source) -> None:
    haul.run("verify", space / "out" / "source", "--against", source, code=0)
    haul.run("unpack", space / "out" / "source", space / "back", code=0)
    back, now = trees.record(space / "back"), trees.record(source)
    trees.assert_same(trees.without_times(back), trees.without_times(now))


def test_a_file_that_became_a_symlink_is_packed_as_that(haul, space):
    finished, source = change_while_packing(haul, space, become(lambda path: path.symlink_to("nowhere")))
    assert finished.code == 0, finished
    assert_back_as_it_is(haul, space, source)


def test_a_file_that_became_a_folder_is_failed_and_packed_by_the_next_run(haul, space):
    finished, source = change_while_packing(haul, space, become(lambda path: make.file(path / "inside", b"x")))
    assert finished.code == 3 and "file-00001.bin" in finished.err, finished
    haul.run("pack", source, space / "out", code=0)
    assert_back_as_it_is(haul, space, source)


def test_a_file_that_became_a_fifo_is_failed(haul, space):
    """It is not opened, which would wait for a writer for ever."""
    finished, source = change_while_packing(haul, space, become(os.mkfifo))
    assert finished.code == 3 and "file-00001.bin" in finished.err, finished
    record = sets.set_record(space / "out" / "source")
    assert [item["path"] for item in record["failed"]["items"]] == ["folder 1/file-00001.bin"]
    haul.run("verify", space / "out" / "source", code=0)
    haul.run("unpack", space / "out" / "source", space / "back", code=0)
    back, now = trees.packed(trees.record(space / "back")), trees.packed(trees.record(source))
    trees.assert_same(trees.without_times(back), trees.without_times(now))


def test_an_unreadable_file_is_failed_and_packed_later(haul, space):
    source = make.files(space / "source", 20)
    for place in (space, space / "out", space / "state-home"):
        place.mkdir(exist_ok=True)
        os.chown(place, 65534, 65534)
    secret = make.file(source / "folder 2" / "secret", b"not for all", mode=0o600)
    finished = haul.run("pack", source, space / "out", before=NOBODY, code=3)
    assert "secret" in finished.err
    record = sets.set_record(space / "out" / "source")
    assert [item["path"] for item in record["failed"]["items"]] == ["folder 2/secret"]
    haul.run("verify", space / "out" / "source", before=NOBODY, code=0)
    haul.run("pack", source, space / "out", before=NOBODY, code=3)
    secret.chmod(0o644)
    haul.run("pack", source, space / "out", before=NOBODY, code=0)
    assert sets.set_record(space / "out" / "source", 2)["failed"]["count"] == 0
    haul.run("unpack", space / "out" / "source", space / "back", code=0)
    assert (space / "back" / "folder 2" / "secret").read_bytes() == b"not for all"


def test_an_unreadable_folder_is_failed(haul, space):
    source = make.files(space / "source", 20)
    for place in (space, space / "out", space / "state-home"):
        place.mkdir(exist_ok=True)
        os.chown(place, 65534, 65534)
    (source / "folder 2").chmod(0o700)
    finished = haul.run("pack", source, space / "out", before=NOBODY, code=3)
    assert "folder 2" in finished.err


def test_an_unreadable_folder_that_is_mended_gets_its_new_mode(haul, space):
    source = make.files(space / "source", 20)
    for place in (space, space / "out", space / "state-home"):
        place.mkdir(exist_ok=True)
        os.chown(place, 65534, 65534)
    folder = source / "folder 2"
    folder.chmod(0o700)
    command = ["pack", source, space / "out"]
    haul.run(*command, before=NOBODY, code=3)
    folder.chmod(0o755)
    haul.run(*command, before=NOBODY, code=0)
    assert sets.set_record(space / "out" / "source", 2)["superseded"] == [{"path": "folder 2", "part": "part-00001.zip"}]
    haul.run(*command, before=NOBODY, code=0)
    packed = space / "out" / "source"
    assert haul.run("ls", packed, code=0).out.splitlines().count("folder 2/") <= 1
    haul.run("verify", packed, "--against", source, code=0)
    haul.run("unpack", packed, space / "back", code=0)
    trees.assert_same(trees.record(space / "back"), trees.record(source))
    totals = sets.set_record(packed, 2)["totals"]
    assert totals["folders"] + totals["folder_lines"] == 1 + sum(1 for path in source.rglob("*") if path.is_dir() and not path.is_symlink())


def test_the_same_command_again_does_nothing(haul, space):
    source = make.files(space / "source", 20)
    haul.run("pack", source, space / "out", code=0)
    before = sets.files_of(space / "out")
    haul.run("pack", source, space / "out", code=0)
    haul.run("pack", source, space / "out", "--state", space / "fresh", code=0)
    assert sets.files_of(space / "out") == before


@pytest.mark.parametrize("change", ["new file", "changed file", "removed file"])
def test_a_complete_set_whose_source_changed(haul, space, change):
    source = make.files(space / "source", 20)
    haul.run("pack", source, space / "out", code=0)
    before = sets.files_of(space / "out")
    changed = source / "folder 1" / ("new" if change == "new file" else "file-00001.bin")
    changed.unlink() if change == "removed file" else changed.write_bytes(b"other")
    for more in ([], ["--state", space / "fresh"]):
        finished = haul.run("pack", source, space / "out", *more, code=2)
        assert changed.name in finished.err and "--name" in finished.err
    assert sets.files_of(space / "out") == before
