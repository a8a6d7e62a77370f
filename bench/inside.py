"""`python -m bench.inside NAME`: runs a part of the benchmark inside Django, in a process of its own.

NAME is a module of this package with a function `inside`, which is given the JSON on standard input and whose answer
is printed as JSON. Django is set up before that module is imported, so it may import models.
"""

import json
import sys
from importlib import import_module

import django


def main(name: str) -> None:
    django.setup()
    part = import_module(f"bench.{name}")
    print(json.dumps(part.inside(json.load(sys.stdin))))


if __name__ == "__main__":
    main(sys.argv[1])
