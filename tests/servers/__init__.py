"""Servers that tests need: two real S3 servers, one of our own that keeps any key, and a proxy that disturbs. See README.md."""
