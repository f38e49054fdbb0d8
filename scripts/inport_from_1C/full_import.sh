#!/bin/sh
# The whole way of an export from 1C into the shop: copy it here, migrate, back up, import the
# catalogue, import the customers, show how it ended.
#
#   sh scripts/inport_from_1C/full_import.sh [options]
#
#   --manage COMMAND         what manage.py is called with, e.g. ".venv/bin/python manage.py";
#                            default: $MANAGE, else Docker Compose (below)
#   --compose-file FILE      default: compose.yaml beside the project
#   --service NAME           the service whose image and settings the commands run with; default: web
#   --data-dir DIR           the export; default: $ONEC_SYNC_DATA_DIR, else ONEC_DATA_DIR of the settings
#   --chunk-size N           records in one transaction; default: the commands' own
#   --import-args "ARGS"     more options for import_catalog_from_1c, e.g. "--file-type prices"
#   --backup-output FILE     write the backup there; default: a new file in BACKUP_DIR
#   --server-ip, --remote-data-path, --ssh-key-path
#                            where the export is copied from (scripts/server/sync_import_data.sh)
#   --use-local-data         --data-dir holds the export already: copy nothing, and stop at once
#                            unless an XML file lies there
#   --skip-sync --skip-migrate --skip-backup --skip-import
#                            leave a step out
#
# Without --server-ip (or ONEC_SYNC_SERVER) nothing is copied. With Compose, --data-dir is a directory
# of this computer and is mounted for this run (IMPORT_DATA_DIR in compose.yaml).
#
# Exit codes: those of the step that ended the run (docs/architecture.md, "Exit codes"): 0 all done;
# 1 failed; 2 wrong options; 3 done, but a record or a file failed; 75 another import is active, and
# nothing was done; 130 cancelled.

# shellcheck disable=SC2317,SC2329  # `step` calls functions by their names
set -u
# Ctrl-C reaches the command that runs; its exit code says what became of it.
trap : INT

here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)

manage_command=${MANAGE:-}
compose_file=$project/compose.yaml
service=web
data_dir=${ONEC_SYNC_DATA_DIR:-}
chunk_size=
import_args=
backup_output=
server=${ONEC_SYNC_SERVER:-}
remote=${ONEC_SYNC_PATH:-}
key=${ONEC_SYNC_KEY:-}
use_local_data=
skip_sync=
skip_migrate=
skip_backup=
skip_import=

say() {
    printf '== %s\n' "$*" >&2
}

refuse() {
    say "$*"
    exit 2
}

while [ $# -gt 0 ]; do
    case $1 in
        -h | --help)
            sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
            exit 0
            ;;
        --use-local-data) use_local_data=yes ;;
        --skip-sync) skip_sync=yes ;;
        --skip-migrate) skip_migrate=yes ;;
        --skip-backup) skip_backup=yes ;;
        --skip-import) skip_import=yes ;;
        --manage | --compose-file | --service | --data-dir | --chunk-size | --import-args | \
            --backup-output | --server-ip | --remote-data-path | --ssh-key-path)
            [ $# -ge 2 ] || refuse "$1 needs a value."
            case $1 in
                --manage) manage_command=$2 ;;
                --compose-file) compose_file=$2 ;;
                --service) service=$2 ;;
                --data-dir) data_dir=$2 ;;
                --chunk-size) chunk_size=$2 ;;
                --import-args) import_args=$2 ;;
                --backup-output) backup_output=$2 ;;
                --server-ip) server=$2 ;;
                --remote-data-path) remote=$2 ;;
                --ssh-key-path) key=$2 ;;
            esac
            shift
            ;;
        *) refuse "unknown option $1; --help lists them." ;;
    esac
    shift
done

# --no-deps: an import needs the database alone, and goes on without broker and worker.
manage() {
    if [ -n "$manage_command" ]; then
        # shellcheck disable=SC2086  # a command with its words
        $manage_command "$@" </dev/null
    else
        docker compose -f "$compose_file" run --rm --no-deps -T "$service" \
            python manage.py "$@" </dev/null
    fi
}

# Ends the run when a step fails.
step() {
    say "$1"
    shift
    "$@"
    code=$?
    if [ "$code" -ne 0 ]; then
        say "Ended with exit code $code."
        exit "$code"
    fi
}

# Lets compose.yaml mount the directory. Docker would make a missing one, and it would be empty.
mount_data() {
    if [ ! -d "$data_dir" ]; then
        say "The data directory $data_dir does not exist. Copy the export there, then try again."
        return 1
    fi
    IMPORT_DATA_DIR=$data_dir
    export IMPORT_DATA_DIR
}

# Goes on when only some records failed (3); the run then ends with that code.
import() {
    [ -z "$chunk_size" ] || set -- "$@" --chunk-size "$chunk_size"
    if [ -n "$data_dir" ] && [ -n "$manage_command" ]; then
        set -- "$@" --data-dir "$data_dir"
    elif [ -n "$data_dir" ]; then
        mount_data || return
    fi
    # One backup is enough: it was made above, or is not wanted.
    manage "$@" --skip-backup
    code=$?
    case $code in
        0) return 0 ;;
        3)
            result=3
            return 0
            ;;
        *) return "$code" ;;
    esac
}

sync_data() {
    [ -n "$data_dir" ] || refuse "--data-dir must name the directory that is copied to."
    set -- --server-ip "$server" --remote-data-path "$remote" --data-dir "$data_dir"
    [ -z "$key" ] || set -- "$@" --ssh-key-path "$key"
    sh "$project/scripts/server/sync_import_data.sh" "$@"
}

back_up() {
    if [ -n "$backup_output" ]; then
        manage backup_db --output "$backup_output"
    else
        manage backup_db && manage rotate_backups
    fi
}

if [ -n "$use_local_data" ]; then
    [ -n "$data_dir" ] || refuse "--use-local-data needs --data-dir."
    if [ -z "$(find "$data_dir" -type f -iname '*.xml' 2>/dev/null | head -n 1)" ]; then
        say "$data_dir holds no XML file. Copy the export there, then try again."
        exit 1
    fi
    skip_sync=yes
fi
if [ -n "$data_dir" ]; then
    case $data_dir in
        /*) ;;
        *) data_dir=$(pwd)/$data_dir ;;
    esac
fi

result=0
step "Is another import active?" manage import_status --require-idle
[ -n "$skip_sync" ] || [ -z "$server" ] || step "Copying the export" sync_data
[ -n "$skip_migrate" ] || step "Migrating" manage migrate --noinput
[ -n "$skip_backup" ] || step "Backing up" back_up
if [ -z "$skip_import" ]; then
    # shellcheck disable=SC2086  # options in one string
    step "Importing the catalogue" import import_catalog_from_1c $import_args
    step "Importing the customers" import import_customers_from_1c
    say "The last session"
    manage import_status
fi
exit "$result"
