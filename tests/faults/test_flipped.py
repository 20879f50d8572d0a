"""One bit that turns on its way: found wherever a checksum can tell, and what is wrong gets no name.

What no checksum can tell: a bit of a source file that is wrong as it is read is packed as it is (`verify --against` finds it),
and a folder keeps no checksum of its own to find a bit that turns on its way to the disk (`--verify full`, `haul verify`).
"""

import shutil

import pytest
from harness import faults, trees
from harness.faults import store_of

def test_unpack_does_not_write_what_it_read_wrong(runner, flows):
    flow = flows["unpack"]
    faults.begin_anew(runner, flow)
    faults.run(runner, *flow.arguments, code=5, plan=[f"read~haul-00001.json:1:flip@{store_of(flow, 'source')}"])
    assert not flow.destination.exists() or not list(flow.destination.iterdir())
    runner.run(*flow.arguments, code=0)
    flow.assert_done()


# What unpack reads twice before it calls it damaged, and what a flip of its bytes falls on.
READ_TWICE = {
    "a manifest": ("part-00001.jsonl.zst:1", "part-00001.jsonl.zst"),
    "a manifest that the runs read": ("part-00001.jsonl.zst:2", "part-00001.jsonl.zst"),
    "a small file": ("part-00001.zip:1", "medium.bin"),
    "a large file": ("part-00003.zip:2", "large.bin"),
}


@pytest.mark.parametrize("what", READ_TWICE)
def test_unpack_reads_again(runner, flows, what):
    (read, name), flow = READ_TWICE[what], flows["unpack"]
    faults.begin_anew(runner, flow)
    ended = faults.run(runner, *flow.arguments, plan=[f"read~{read}:flip@{store_of(flow, 'source')}"])
    assert "read wrong at first" in ended.finished.err and name in ended.finished.err, ended.finished
    flow.assert_done()


@pytest.mark.parametrize("what", ["a small file", "a large file"])
def test_unpack_believes_what_lies_there(runner, flows, what):
    """Damage in the store, which each reading shows: the member is named, has no file, and all others are in place."""
    (read, name), flow = READ_TWICE[what], flows["unpack"]
    faults.begin_anew(runner, flow)
    part = read.split(":")[0]
    ended = faults.run(runner, *flow.arguments, code=5, plan=[f"read~{part}:1x*:flip@{store_of(flow, 'source')}"])
    missing = set(flow.result) - set(trees.record(flow.destination))
    assert missing and all(path.decode() in ended.finished.err for path in missing), ended.finished
    assert any(name.encode() in path for path in missing), missing
    assert "read wrong at first" not in ended.finished.err, ended.finished
    runner.run(*flow.arguments, code=0)
    flow.assert_done()


@pytest.mark.parametrize("name", ["haul-00001.json", "part-00002.jsonl.zst", "part-00001.zip", "part-00003.zip"])
def test_verify_finds_it(runner, flows, name):
    packed = flows["unpack"].arguments[1]
    ended = faults.run(runner, "verify", packed, plan=[f"read~{name}:1:flip@{packed}"], code=5)
    assert name in ended.finished.out + ended.finished.err, ended.finished
    runner.run("verify", packed, code=0)


# What pack reads back or reads again, and that it makes again what was wrong.
MADE_AGAIN = {
    "a tile, read back": ("put:3", ["--verify", "full"]),
    "a tile of the large file, read back": ("put:12", ["--verify", "full"]),
    "a member list as it is read": ("read~*.list.zst:1", []),
    "a part as it is read back": ("read~part-00001.zip:1", ["--verify", "full"]),
    "a claim as it is read": ("read~claim-*.json:1", []),
}


@pytest.mark.parametrize("what", MADE_AGAIN)
def test_pack_makes_it_again(runner, flows, what):
    (fault, more), flow = MADE_AGAIN[what], flows["pack"]
    faults.begin_anew(runner, flow)
    faults.run(runner, *flow.arguments, *more, plan=[f"{fault}:flip@{store_of(flow, 'destination')}"])
    flow.assert_done()


@pytest.mark.parametrize("fault", ["write~haul-00001.json:1", "read~haul-00001.json:1", "read~part-00001.jsonl.zst:1"])
def test_pack_ends_with_5_and_the_same_command_completes(runner, flows, fault):
    flow = flows["pack"]
    faults.begin_anew(runner, flow)
    ended = faults.run(runner, *flow.arguments, code=5, plan=[f"{fault}:flip@{store_of(flow, 'destination')}"])
    assert "same command again" in ended.finished.err, ended.finished
    runner.run(*flow.arguments, code=0)
    flow.assert_done()


@pytest.mark.parametrize("more", [[], ["--verify", "full"]])
def test_a_manifest_that_lies_there_damaged(runner, flows, more):
    """It is create-only, so the same command cannot mend it: it says what can."""
    flow = flows["pack"]
    faults.begin_anew(runner, flow)
    faults.run(runner, *flow.arguments, *more, code=5,
               plan=[f"write~part-00002.jsonl.zst:1:flip@{store_of(flow, 'destination')}"])
    again = runner.run(*flow.arguments, *more, code=5)
    assert "part-00002.jsonl.zst" in again.err and "haul cancel" in again.err, again
    job = next((runner.state / "jobs").iterdir()).name
    runner.run("cancel", job, code=0)
    runner.run(*flow.arguments, *more, code=0)
    flow.assert_done()


@pytest.mark.parametrize("fault", ["read~file-00001.bin:1", "read~large.bin:3"])
def test_a_source_that_was_read_wrong(runner, flows, fault):
    flow = flows["pack"]
    faults.begin_anew(runner, flow)
    faults.run(runner, *flow.arguments, plan=[f"{fault}:flip@{store_of(flow, 'source')}"])
    runner.run("verify", flow.destination / "source", code=0)
    found = runner.run("verify", flow.destination / "source", "--against", flow.arguments[1], code=5)
    assert fault.split("~")[1].split(":")[0] in found.out, found


def test_a_tile_that_went_wrong_to_a_folder_is_found_by_verify(runner, flows):
    flow = flows["pack"]
    faults.begin_anew(runner, flow)
    faults.run(runner, *flow.arguments, plan=[f"put:3:flip@{store_of(flow, 'destination')}"])
    runner.run("verify", flow.destination / "source", code=5)
    shutil.rmtree(flow.destination)
