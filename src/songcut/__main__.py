"""``python -m songcut``."""

from songcut.cli import main

if __name__ == "__main__":
    main()
