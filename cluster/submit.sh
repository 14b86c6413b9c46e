#!/usr/bin/env bash
# A job of jobs/ on a Ray cluster, with this checkout as its working directory: the same file, the same options.
set -euo pipefail

usage="usage: cluster/submit.sh [--no-wait] JOB [OPTIONS OF THE JOB...]

  cluster/submit.sh jobs.build synthetic --out /shared/synthetic
  cluster/submit.sh jobs.train clip --optical /shared/optical --sar /shared/synthetic --out /shared/clip

--no-wait               returns once the job is accepted; its log is then 'ray job logs ID'
RAY_API_SERVER_ADDRESS  the cluster's dashboard, as http://127.0.0.1:8265; else RAY_ADDRESS
RAY_AUTH_TOKEN          its token; else the file at RAY_AUTH_TOKEN_PATH, else ~/.ray/auth_token
RAY_WORKER_PYTHON       the Python that runs the job there (python)

What a job reads and writes must lie where all nodes see it: a shared folder by its full path, or S3.
Ctrl-C stops the job; what is committed stays, and the same command goes on from there.
Exit status: 0 done; 2 not submitted, said in one line; 130 or 143 stopped; 1 the job failed, its last lines say why."

fail() {
    echo "submit.sh: $*" >&2
    exit 2
}

waiting=()
case "${1:-}" in
    -h | --help) echo "$usage"; exit 0 ;;
    --no-wait) waiting=(--no-wait); shift ;;
    -*) fail "there is no option $1; the options of a job stand after its name; see cluster/submit.sh --help" ;;
esac
job="${1:-}"
[ -n "$job" ] || fail "no job given; see cluster/submit.sh --help"
shift

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
jobs="$(cd "$root" && grep -l '^if __name__ == "__main__":' jobs/*.py | sed 's|/|.|; s|\.py$||' | paste -sd ' ')"
case " $jobs " in
    *" $job "*) ;;
    *) fail "there is no job '$job'; choose from $jobs" ;;
esac

# The job runs in a copy of this folder, which goes with it.
before=
for argument in "$@"; do
    place=
    case "$argument" in
        --out=*) place="${argument#--out=}" ;;
        *) [ "$before" = --out ] && place="$argument" ;;
    esac
    case "$place" in
        "" | /* | *://*) ;;
        *) fail "--out is '$place', a place in the job's copy of this folder; give a full path that all nodes see, or s3://..." ;;
    esac
    before="$argument"
done

address="${RAY_API_SERVER_ADDRESS:-${RAY_ADDRESS:-}}"
case "$address" in
    http://* | https://*) ;;
    "") fail "no cluster given; set RAY_API_SERVER_ADDRESS to its dashboard, as http://127.0.0.1:8265" ;;
    *) fail "the cluster's address is '$address'; jobs are submitted to its dashboard, as http://127.0.0.1:8265" ;;
esac
token_file="${RAY_AUTH_TOKEN_PATH:-$HOME/.ray/auth_token}"
if [ -z "${RAY_AUTH_TOKEN:-}" ] && [ -r "$token_file" ]; then
    RAY_AUTH_TOKEN="$(<"$token_file")"
fi
if [ -n "${RAY_AUTH_TOKEN:-}" ]; then
    export RAY_AUTH_TOKEN RAY_AUTH_MODE=token
fi

bin="$root/.venv/bin"
[ -x "$bin/ray" ] || bin="$(dirname "$(command -v ray || echo /none/ray)")"
[ -x "$bin/ray" ] || fail "no program 'ray' in $root/.venv/bin or PATH; make the environment with: uv sync --no-dev"

# Ray's own client says in forty lines what is said here in one. The token travels in the environment, never in arguments.
ask() {
    "$bin/python" - "$1" "${address%/}" "$2" <<'PYTHON'
import os
import sys
import urllib.error
import urllib.request

method, address, path = sys.argv[1:]
token = os.environ.get("RAY_AUTH_TOKEN", "").strip()
headers = {"Authorization": f"Bearer {token}"} if token else {}
try:
    urllib.request.urlopen(urllib.request.Request(address + path, headers=headers, method=method), timeout=20).close()
except urllib.error.HTTPError as error:
    said = "takes another token than RAY_AUTH_TOKEN" if token else "wants a token; set RAY_AUTH_TOKEN"
    said = said if error.code in (401, 403) else f"answers {error.code} to {path}; is it the dashboard of a Ray cluster?"
    sys.exit(f"submit.sh: {address} {said}")
except (OSError, ValueError) as error:
    sys.exit(f"submit.sh: nothing answers at {address} ({getattr(error, 'reason', error)}); start the cluster, or mend its address")
PYTHON
}
ask GET /api/jobs/ || exit 2

# RAY_JOB_STOP_WAIT_TIME_S: a job ends cleanly within 10 s, and Ray would kill it after 3.
commit="${SARTEXT_COMMIT:-$(git -C "$root" rev-parse HEAD 2>/dev/null || true)}"
environment="\"RAY_JOB_STOP_WAIT_TIME_S\": \"12\"${commit:+, \"SARTEXT_COMMIT\": \"$commit\"}"
excludes='"/.venv", "/.git", "/out", "/tests", "__pycache__", "/.mypy_cache", "/.ruff_cache", "/.pytest_cache", "/.hypothesis"'
id="${job//./-}-$(date +%Y%m%d-%H%M%S)-$$"

cd "$root"
submit=("$bin/ray" job submit --address "$address" --submission-id "$id" --working-dir .
    --runtime-env-json "{\"excludes\": [$excludes], \"env_vars\": {$environment}}"
    "${waiting[@]}" -- "${RAY_WORKER_PYTHON:-python}" -m "$job" "$@")
[ "${#waiting[@]}" -eq 0 ] || exec "${submit[@]}"

stop() {
    trap "kill $client; exit $1" INT TERM  # a second Ctrl-C leaves the job to itself
    echo "submit.sh: stopping $id" >&2
    if ask POST "/api/jobs/$id/stop"; then
        wait "$client" || true  # it shows the job's last lines
    else
        kill "$client" 2>/dev/null || true
    fi
    exit "$1"
}
trap 'stop 130' INT
trap 'stop 143' TERM
"${submit[@]}" &
client=$!
status=0
wait "$client" || status=$?
exit "$status"
