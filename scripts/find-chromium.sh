#!/bin/sh
# Prints the Chromium or Chrome that the browser tests drive: $CHROMIUM, or the first one that runs.
# Exit code 1 when there is none.

# Runs it, because Ubuntu's package may be no more than a pointer to a snap.
first_that_runs() {
    for name in "$@"; do
        if program=$(command -v "$name") && "$program" --version >/dev/null 2>&1; then
            printf '%s\n' "$program"
            exit 0
        fi
    done
}

if [ -n "${CHROMIUM:-}" ]; then
    first_that_runs "$CHROMIUM"
    echo "CHROMIUM=$CHROMIUM does not run." >&2
    exit 1
fi
first_that_runs chromium chromium-browser google-chrome google-chrome-stable \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
    "/Applications/Chromium.app/Contents/MacOS/Chromium"
exit 1
