"""Errors that stay: the right exit code, words that name what failed and what to do, and the same command ends well once they are gone."""

import pytest
from harness import faults
from harness.faults import store_of

# An outage counts as too long soon.
SHORT = {"HAUL_OUTAGE_MS": 200}
KEPT = "the same command continues"
# flow, side, operation -> what each code of error, from then on always, must end with, and words of the message.
ENDS = {
    ("pack", "destination", "write~claim-*.json:1x*"): {
        "denied": (6, "claim"), "no_space": (7, "make room"), "io": (1, "claim"), "corrupt": (5, "claim")},
    ("pack", "destination", "write~*.list.zst:1x*"): {
        "denied": (6, KEPT), "no_space": (7, "make room"), "io": (3, "set aside list source"), "corrupt": (3, "set aside list source")},
    ("pack", "destination", "open_upload:1x*"): {
        "denied": (6, KEPT), "no_space": (7, "make room"), "io": (3, "set aside part 00001"), "corrupt": (3, "set aside part 00001")},
    ("pack", "destination", "put:3x*"): {
        "denied": (6, KEPT), "no_space": (7, "make room"), "io": (3, "set aside part 00003"), "corrupt": (3, "set aside part 00003")},
    ("pack", "destination", "flush:2x*"): {
        "denied": (6, KEPT), "no_space": (7, "make room"), "io": (3, "set aside part 00003"), "corrupt": (3, "set aside part 00003")},
    ("pack", "destination", "finish:2x*"): {
        "denied": (6, KEPT), "no_space": (7, "make room"), "io": (3, "set aside part"), "corrupt": (3, "set aside part")},
    ("pack", "destination", "write~part-*.jsonl.zst:1x*"): {
        "denied": (6, KEPT), "no_space": (7, "make room"), "io": (3, "set aside part 00002"), "corrupt": (3, "set aside part 00002")},
    ("pack", "destination", "write~haul-*.json:1x*"): {
        "denied": (6, "haul-00001.json"), "no_space": (7, "make room"), "io": (1, "haul-00001.json"), "corrupt": (5, "haul-00001.json")},
    ("pack", "destination", "remove:1x*"): {
        "denied": (6, ".haul/parts/"), "no_space": (7, "make room"), "io": (1, ".haul/parts/"), "corrupt": (5, ".haul/parts/")},
    ("pack", "destination", "remove~.haul:1x*"): {
        "denied": (6, ".haul"), "no_space": (7, "make room"), "io": (1, ".haul"), "corrupt": (5, ".haul")},
    ("pack", "source", "page:1x*"): {
        "denied": (6, KEPT), "io": (3, "set aside list source"), "corrupt": (3, "set aside list source")},
    ("unpack", "destination", "write~claim-*.json:1x*"): {
        "denied": (6, "claim"), "no_space": (7, "make room"), "io": (1, "claim"), "corrupt": (5, "claim")},
    ("unpack", "destination", "write~file-00001.bin:1x*"): {
        "denied": (3, "failed folder 1/file-00001.bin"), "no_space": (7, "make room"), "io": (3, "set aside run"),
        "corrupt": (5, "failed folder 1/file-00001.bin")},
    ("unpack", "destination", "put:3x*"): {
        "denied": (3, "failed folder 3/large.bin"), "no_space": (7, "make room"), "io": (3, "set aside run"),
        "corrupt": (5, "failed folder 3/large.bin")},
    ("unpack", "destination", "finish:1x*"): {
        "denied": (3, "failed folder 3/large.bin"), "no_space": (7, "make room"), "io": (3, "set aside run"),
        "corrupt": (5, "failed folder 3/large.bin")},
    ("unpack", "destination", "write~link:1x*"): {
        "denied": (3, "failed link"), "no_space": (7, "make room"), "io": (3, "set aside close")},
    ("unpack", "destination", "write~folder*:1x*"): {
        "denied": (3, "failed folder 6"), "no_space": (7, "make room"), "io": (3, "set aside close")},
    ("unpack", "destination", "remove:1x*"): {
        "denied": (6, ".haul"), "no_space": (7, "make room"), "io": (1, ".haul"), "corrupt": (5, ".haul")},
    ("unpack", "source", "read~haul-00001.json:1x*"): {
        "denied": (6, "haul-00001.json"), "io": (1, "haul-00001.json"), "corrupt": (5, "haul-00001.json")},
    ("unpack", "source", "read~part-00002.jsonl.zst:1x*"): {
        "denied": (3, "set aside plan 000001"), "io": (3, "set aside plan 000001"), "corrupt": (5, "part-00002.jsonl.zst")},
    ("unpack", "source", "read~part-00002.zip:1x*"): {
        "denied": (3, "27 items failed"), "io": (3, "set aside run 000001"), "corrupt": (3, "set aside run 000001")},
}


@pytest.mark.parametrize("flow, side, where, error", [(*key, error) for key, row in ENDS.items() for error in row])
def test_the_end_is_right_and_the_same_command_ends_well(runner, flows, flow, side, where, error):
    code, words = ENDS[flow, side, where][error]
    flow = flows[flow]
    faults.begin_anew(runner, flow)
    ended = faults.run(runner, *flow.arguments, plan=[f"{where}:error={error}@{store_of(flow, side)}"], code=code, env=SHORT)
    assert words in ended.finished.err + ended.finished.out, ended.finished
    runner.run(*flow.arguments, code=0)
    flow.assert_done()


@pytest.mark.parametrize("error", ["denied", "io", "corrupt"])
def test_a_file_that_cannot_be_read_is_failed_and_makes_the_next_generation(runner, flows, error):
    flow = flows["pack"]
    faults.begin_anew(runner, flow)
    ended = faults.run(runner, *flow.arguments, code=3,
                       plan=[f"read~file-00001.bin:1x*:error={error}@{store_of(flow, 'source')}"])
    assert "failed folder 1/file-00001.bin" in ended.finished.err, ended.finished
    runner.run("verify", flow.destination / "source", code=0)
    runner.run(*flow.arguments, code=0)
    assert (flow.destination / "source" / "haul-00002.json").exists()
    runner.run("verify", flow.destination / "source", "--against", flow.arguments[1], code=0)
