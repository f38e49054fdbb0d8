#!/bin/sh
# Makes the virtual environment VENV and installs what LOCK names, hashes checked.
# Usage: install.sh VENV LOCK       PYTHON, when set, is the interpreter to use.
set -eu
venv=$1
lock=$2

fail() {
    printf 'install: %s\n' "$*" >&2
    exit 1
}

# Runs the candidate, because a version manager's shim may exist and refuse.
suits() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        suits "$PYTHON" || fail "PYTHON=$PYTHON is no Python 3.11, 3.12 or 3.13 that runs."
        echo "$PYTHON"
        return
    fi
    for candidate in python3 python3.13 python3.12 python3.11 python; do
        if suits "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    fail "no Python 3.11, 3.12 or 3.13 found on PATH. Install one (Debian, Ubuntu:" \
        "apt-get install python3 python3-venv; macOS: brew install python@3.13)," \
        "or name it: make install PYTHON=/path/to/python3.12"
}

make_venv() {
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        fail "$python cannot make virtual environments: its modules venv and ensurepip are" \
            "missing. Debian and Ubuntu keep them apart: apt-get install python$version-venv"
    fi
    echo "Making $venv with $("$python" --version)"
    rm -rf "$venv"
    "$python" -m venv "$venv"
}

if ! { suits "$venv/bin/python" && "$venv/bin/python" -m pip --version >/dev/null 2>&1; }; then
    make_venv
fi
echo "Installing the locked dependencies into $venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock" ||
    fail "the dependencies could not be installed; pip's message above says why. A second" \
        "'make install' takes up where this one ended."
