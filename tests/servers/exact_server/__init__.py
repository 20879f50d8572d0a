"""A small S3 server of our own: keeps every key byte for byte and tells when it is asked wrongly. The door is servers/exact.py."""
