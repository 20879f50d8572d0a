"""A proxy of plain HTTP/1.1 that disturbs as its rules say. The door is servers/proxy.py; rules are told in rules.py."""
