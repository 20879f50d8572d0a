"""What the suites share: running the program, making and comparing trees, reading sets, building ZIPs byte by byte."""
