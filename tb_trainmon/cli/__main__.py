"""``python -m tb_trainmon.cli``."""

from tb_trainmon.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
