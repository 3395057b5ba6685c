"""No arguments or a project: the window; a verb: the command line."""

from tlstudio import environment

environment.prepare()


def main() -> None:
    """Start TL Studio as its arguments ask."""
    raise NotImplementedError


if __name__ == "__main__":
    main()
