#!/usr/bin/env bash
# Sends generated operations to a server of its own (Schemathesis, https://schemathesis.io) and fails
# on any answer with a status of 500 or more, with an error that has no code or INTERNAL, or with
# internal text. It needs a built server (npm run build) and Python 3.10 or newer with
# `pip install schemathesis`.
#
#   scripts/fuzz-graphql.sh [EXAMPLES_PER_OPERATION]
set -euo pipefail
cd "$(dirname "$0")/.."
examples=${1:-300}
folder=$(mktemp -d)
DATA_DIR=$folder/data PORT=0 LOG_LEVEL=error node dist/src/main.js >"$folder/log" &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" || true; rm -rf "$folder"' EXIT
until grep -q 'listening on' "$folder/log"; do kill -0 "$server" && sleep 0.1; done
url=$(grep -o 'http://[^"]*' "$folder/log" | tail -n 1)

hooks=$PWD/scripts
cd "$folder" # where it may leave its notes
PYTHONPATH=$hooks SCHEMATHESIS_HOOKS=fuzz_graphql_hooks PYTHONDONTWRITEBYTECODE=1 schemathesis run "$url/graphql" \
  --checks does_not_fail,shows_nothing_of_its_inside \
  --phases fuzzing --max-examples "$examples" --continue-on-failure --generation-database none

# Whatever was sent, the server logged no failure of its own and is well.
if grep -q '"level":50' "$folder/log"; then cat "$folder/log" && exit 1; fi
curl -sf "$url/health/live"
