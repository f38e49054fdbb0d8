#!/bin/sh
# Copies an export from the 1C server into a local directory, so that no import sees half of it.
#
#   sh scripts/server/sync_import_data.sh --server-ip USER@HOST --remote-data-path DIR --data-dir DIR
#                                         [--ssh-key-path FILE]
#
#   --server-ip         where 1C leaves its exports; default: $ONEC_SYNC_SERVER
#   --remote-data-path  absolute path there (letters, digits, . _ - /); default: $ONEC_SYNC_PATH
#   --ssh-key-path      private key; default: $ONEC_SYNC_KEY, else what ssh itself would use
#   --data-dir          directory to replace; default: $ONEC_SYNC_DATA_DIR. Its parent must exist
#
# What happens: SHA-256 of every file there; nothing to do when the same lies here; otherwise a copy
# into a hidden directory beside the target, SHA-256 of every file of the copy, the list from there
# once more (1C may be writing), and only if all three agree the copy takes the target's place. The
# export that lay there before stays beside it as .NAME.previous.
#
# Exit codes: 0 the target holds what the server holds; 1 it could not be done and the target is as
# it was; 2 wrong options.

set -eu

server=${ONEC_SYNC_SERVER:-}
remote=${ONEC_SYNC_PATH:-}
key=${ONEC_SYNC_KEY:-}
target=${ONEC_SYNC_DATA_DIR:-}

say() {
    printf 'sync: %s\n' "$*" >&2
}

refuse() {
    say "$*"
    exit 2
}

fail() {
    say "$*"
    exit 1
}

while [ $# -gt 0 ]; do
    case $1 in
        -h | --help)
            sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
            exit 0
            ;;
        --server-ip | --remote-data-path | --ssh-key-path | --data-dir)
            [ $# -ge 2 ] || refuse "$1 needs a value."
            ;;
        *) refuse "unknown option $1; --help lists them." ;;
    esac
    case $1 in
        --server-ip) server=$2 ;;
        --remote-data-path) remote=$2 ;;
        --ssh-key-path) key=$2 ;;
        --data-dir) target=$2 ;;
    esac
    shift 2
done

[ -n "$server" ] || refuse "name the server: --server-ip USER@HOST, or ONEC_SYNC_SERVER."
[ -n "$remote" ] || refuse "name its directory: --remote-data-path DIR, or ONEC_SYNC_PATH."
[ -n "$target" ] || refuse "name the directory to fill: --data-dir DIR, or ONEC_SYNC_DATA_DIR."
case $server in
    -* | *[!A-Za-z0-9@._:-]*) refuse "'$server' is no name or address of a server." ;;
esac
# It becomes part of a command there: nothing that a shell would read otherwise.
case $remote in
    */../* | */..) refuse "--remote-data-path must be without dots that lead upwards." ;;
    /*[!A-Za-z0-9._/-]*) refuse "--remote-data-path may hold letters, digits and . _ - / only." ;;
    /?*) ;;
    *) refuse "--remote-data-path must be an absolute path below /." ;;
esac
[ -z "$key" ] || [ -r "$key" ] || refuse "the key $key cannot be read."
case $target in
    ?*/) target=${target%/} ;;
esac
name=$(basename -- "$target")
case $name in
    . | .. | /) refuse "--data-dir must name a directory of its own, not '$target'." ;;
esac
place=$(dirname -- "$target")
[ -d "$place" ] || fail "$place does not exist. Make it, or choose another --data-dir."
[ ! -e "$target" ] || [ -d "$target" ] || fail "$target is no directory."

# SHA-256 and path of every file below the current directory, in an order that no locale changes.
# macOS calls the program shasum; the words are the same on both sides.
digest_command='if command -v sha256sum >/dev/null; then set -- sha256sum; else set -- shasum -a 256; fi
find . -type f -exec "$@" {} + | LC_ALL=C sort'

list_copy() {
    (cd "$1" && sh -c "$digest_command")
}

# BatchMode: a schedule cannot type a password.
set -- -o BatchMode=yes -o ConnectTimeout=15
[ -z "$key" ] || set -- "$@" -i "$key"

list_server() {
    # shellcheck disable=SC2029  # the path is meant to be put in here; it was checked above
    ssh "$@" "$server" "cd '$remote' || exit; $digest_command" </dev/null
}

before=$(list_server "$@") ||
    fail "$server does not tell what lies in $remote. Check address, key and path."
case $before in
    *.[Xx][Mm][Ll]*) ;;
    *) fail "$remote on $server holds no XML file, so nothing was changed." ;;
esac
if [ -d "$target" ] && [ "$(list_copy "$target")" = "$before" ]; then
    say "$target holds the same already."
    exit 0
fi

# Made by one process at a time; what a killed one left behind is removed.
part=$place/.$name.part
owner=$part/'process id' # with a space, so that no remote directory has that name
if ! mkdir "$part" 2>/dev/null; then
    [ -d "$part" ] || fail "nothing can be written to $place."
    other=$(cat "$owner" 2>/dev/null || :)
    ! kill -0 "${other:-none}" 2>/dev/null || fail "another copy to $target runs (process $other)."
    rm -rf -- "$part"
    mkdir "$part" || fail "nothing can be written to $place."
fi
echo $$ >"$owner"
copy=$part/$(basename -- "$remote")
trap 'rm -rf -- "$part"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
say "copying $(printf '%s\n' "$before" | wc -l | tr -d ' ') files from $server"
# Without a closing '/.': not every version of scp takes that.
scp -q -r -p "$@" "$server:$remote" "$part" </dev/null ||
    fail "the copy from $server broke off. $target is as it was."
[ "$(list_copy "$copy")" = "$before" ] ||
    fail "the copy differs from $server: 1C may be writing. $target is as it was; try again later."
[ "$(list_server "$@")" = "$before" ] ||
    fail "$server changed its files meanwhile. $target is as it was; try again later."
chmod 755 "$copy"

previous=$place/.$name.previous
moved=
if [ -d "$target" ]; then
    rm -rf -- "$previous"
    mv -- "$target" "$previous"
    moved=yes
fi
if ! mv -- "$copy" "$target"; then
    [ -z "$moved" ] || mv -- "$previous" "$target"
    fail "$target could not be replaced and is as it was."
fi
say "$target holds the export of $server."
