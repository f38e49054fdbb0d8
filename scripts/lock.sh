#!/bin/sh
# Writes requirements/*.txt from pyproject.toml: versions and hashes for every platform and Python.
# Usage: lock.sh PYTHON [--upgrade]     PYTHON is the virtual environment's; uv is put beside it.
set -eu
python=$1
shift

compile() {
    output=$1
    shift
    # A machine's own package sources must not leave traces in the lock.
    env -u PIP_FIND_LINKS -u UV_FIND_LINKS "$python" -m uv pip compile pyproject.toml \
        --output-file "$output" --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header --quiet "$@"
    echo "Wrote $output"
}

"$python" -m pip install --quiet --disable-pip-version-check "uv~=0.13"
compile requirements/production.txt "$@"
compile requirements/dev.txt --extra embedded --extra dev --constraint requirements/production.txt "$@"
