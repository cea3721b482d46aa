"""The command line of Motion."""


def main() -> None:
    """Run the command named by the arguments."""
