"""Adds up squares in a part that is written in C, and tells what it was compiled for."""

import platform

from hello._squares import squares


def main() -> None:
    """The program `hello-python`."""
    print(f"Python for {platform.machine()} says {squares(1000)}")
