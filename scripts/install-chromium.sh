#!/bin/sh
# Provides a Chromium for the browser tests where that is allowed: an installed browser serves; as
# root on Debian the package `chromium` is installed. Otherwise says what to do and ends well: the
# browser tests then skip with the same reason.
set -u
find_chromium="sh $(dirname "$0")/find-chromium.sh"

say() {
    printf 'Chromium: %s\n' "$*" >&2
}

give_up() {
    say "$1 The browser tests will be skipped. To run them, install Chromium or Chrome" \
        "(Debian: apt-get install chromium), or set CHROMIUM to the program's path."
    exit 0
}

$find_chromium >/dev/null && exit 0
[ -z "${CHROMIUM:-}" ] || give_up "the one that CHROMIUM names does not run."
command -v apt-get >/dev/null 2>&1 || give_up "none found, and no apt-get to install it."
[ "$(id -u)" -eq 0 ] || give_up "none found, and only root may install it."

say "installing the Debian package (once)."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
if apt-get -q update >"$log" 2>&1 &&
    apt-get -q install -y --no-install-recommends chromium fonts-dejavu-core >>"$log" 2>&1; then
    $find_chromium >/dev/null && exit 0
    give_up "the package chromium was installed, but does not run."
fi
tail -n 5 "$log" >&2
give_up "apt-get could not install it (its last lines are above)."
