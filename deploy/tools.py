"""Run a tool of `package-lock.json` on this project's files.

    python -m deploy.tools eslint .
    python -m deploy.tools prettier --check .
    python -m deploy.tools node --test tests/javascript/*.test.js

`python -m deploy.npm` installs the tools.
"""

import os
import subprocess
import sys

from deploy import npm

TOOLS = {
    "node": [],
    "eslint": [str(npm.MODULES / "eslint" / "bin" / "eslint.js")],
    "prettier": [str(npm.MODULES / "prettier" / "bin" / "prettier.cjs")],
}


def main(name: str, *arguments: str) -> int:
    """Return the exit status of the tool."""
    try:
        command = [npm.node(), *TOOLS[name], *arguments]
    except npm.Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    # `require` looks there, since there is no node_modules beside our files.
    environment = os.environ | {"NODE_PATH": str(npm.MODULES)}
    return subprocess.run(command, cwd=npm.ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
