"""`python -m liaison.cli` is `liaison`."""

from liaison.cli import main

main()
