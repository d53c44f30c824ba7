"""The command line: `liaison`. It reads the words, calls the services, and shows what they return."""


def main() -> None:
    """Run the command line."""
    from liaison.cli.app import app

    app(prog_name="liaison")
