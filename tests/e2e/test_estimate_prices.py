"""haul estimate counts requests to services and, with a price list, says what they cost."""

import pytest
from harness import make, schemas

NOBODY_THERE = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "r",
                "HAUL_RETRY_MS": 1, "HAUL_RETRY_MOST_MS": 2, "HAUL_RETRY_DEADLINE_MS": 20}
PRICES = """currency = "EUR"
[requests]
list = 1000
put = 100
get = 10
[storage]
STANDARD = 1_000_000
COLD = 500_000.0
[transfer]
out = 1
"""


@pytest.fixture
def source(space):
    make.file(space / "source" / "large", b"l" * (20 << 20))
    make.file(space / "source" / "small", b"s")
    make.file(space / "source" / "empty", b"")
    return space / "source"


@pytest.fixture
def prices(space):
    path = space / "prices.toml"
    path.write_text(PRICES)
    return path


def estimate(haul, source, destination, *more) -> tuple[dict, str]:
    event = haul.run("estimate", source, destination, "--json", *more, env=NOBODY_THERE, code=0).events()[-1]
    schemas.assert_event(event)
    return event, haul.run("estimate", source, destination, *more, env=NOBODY_THERE, code=0).out


def test_local_folders_take_no_requests(haul, space, source, prices):
    event, said = estimate(haul, source, space / "out", "--prices", prices)
    assert not any(sum(one.values()) for one in event["requests"].values())
    assert event["write_requests"] == event["read_requests"] == 0
    assert "Requests:  none" in said
    assert event["cost"] == {"currency": "EUR", "requests": 0, "out": 0, "once": 0, "storage_month": 0}
    assert "Costs:     0.00 EUR once" in said


def test_a_service_takes_requests_and_money(haul, source, prices):
    event, said = estimate(haul, source, "s3://bucket/sets", "--prices", prices)
    assert event["requests"]["source"] == dict.fromkeys(("lists", "gets", "heads", "puts", "removes"), 0)
    wanted = event["requests"]["destination"]
    assert event["parts"] == 1 and wanted == {"lists": 7, "gets": 0, "heads": 3, "puts": 10, "removes": 5}  # two pieces
    assert event["write_requests"] == 25 and "25 (7 LIST, 0 GET, 3 HEAD, 10 PUT, 5 DELETE) to the destination" in said
    cost = event["cost"]
    assert cost["requests"] == cost["once"] == pytest.approx(7 * 1 + 3 * 0.01 + 10 * 0.1)
    assert cost["out"] == 0 and cost["storage_class"] == "STANDARD"
    assert cost["storage_month"] == pytest.approx(event["image_bytes"] / 1e9 * 1_000_000)
    assert "Costs:     8.03 EUR once" in said and "a month to keep the parts as STANDARD" in said
    colder = estimate(haul, source, "s3://bucket/sets", "--prices", prices, "--storage-class", "COLD")[0]["cost"]
    assert colder["storage_class"] == "COLD" and colder["storage_month"] == pytest.approx(cost["storage_month"] / 2)


def test_more_parts_take_more(haul, source):
    one, _ = estimate(haul, source, "s3://bucket/sets")
    two, said = estimate(haul, source, "s3://bucket/sets", "--part-size", "10MB")
    assert two["parts"] == 3 and two["write_requests"] > one["write_requests"] and "cost" not in two and "Costs" not in said


def test_a_class_without_price(haul, source, prices):
    finished = haul.run("estimate", source, "s3://bucket/sets", "--prices", prices, "--storage-class", "GLACIER_IR", env=NOBODY_THERE, code=2)
    assert "no price for the storage class GLACIER_IR" in finished.err and "[storage]: GLACIER_IR =" in finished.err


@pytest.mark.parametrize("line, said", [
    ("speed = 1", "line 11: unknown key 'speed' in [transfer]"),
    ("[request]", "line 11: unknown key 'request'"),
    ("[storage", "line 11"),
    ("in = \x1b", "line 11"),
])
def test_a_wrong_list_is_refused_with_its_line(haul, space, source, prices, line, said):
    prices.write_text(PRICES + line + "\n")
    finished = haul.run("estimate", source, space / "out", "--prices", prices, code=2)
    assert said in finished.err and "to do: " in finished.err and "\x1b" not in finished.err
    haul.run("estimate", source, space / "out", "--prices", space / "missing", code=4)


def test_the_example_is_a_list(haul, space, source):
    example = haul.run("estimate", "--example-prices", code=0).out
    assert "made up" in example
    (space / "prices.toml").write_text(example)
    haul.run("estimate", source, space / "out", "--prices", space / "prices.toml", code=0)
    haul.run("estimate", "--example-prices", "--json", code=2)
    haul.run("estimate", "--example-prices", source, space / "out", code=2)


@pytest.mark.parametrize("given", [[], ["source"]])
def test_places_are_needed_otherwise(haul, given):
    assert "is required" in haul.run("estimate", *given, code=2).err
