#!/usr/bin/env bash
# The SDK's stories of a cluster, of policies and of receivers through `cargo lambda watch`: every function a
# Lambda process of its own, against the embedded services, with the event pump in place of the event source
# mapping and the schedule.
#
# Needs cargo-lambda, openstacksdk and pytest on the path, and the debug binaries built (`cargo build`).
# Everything binds loopback, on ports that were free a moment ago; everything is stopped at the end.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
binary=${COPPICE_BIN:-target/debug/coppice}
here=$(mktemp -d)
export CARGO_LAMBDA_GLOBAL=$PWD/infra/aws/CargoLambda.toml
children=()

finish() {
    local status=$?
    trap - EXIT
    if ((status != 0)); then
        for log in "$here"/*.log; do
            echo "--- the end of ${log##*/}" >&2
            grep -v ' status=2' "$log" | tail -n 30 >&2 || true
        done
    fi
    # In reverse: the pump, then the functions, then what they depend on.
    for ((i = ${#children[@]} - 1; i >= 0; i--)); do
        kill -TERM "${children[i]}" 2>/dev/null || true
    done
    wait 2>/dev/null || true
    rm -rf "$here"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

# wait_for WHAT COMMAND...: tries until the command succeeds, for at most two minutes.
wait_for() {
    local what=$1 tries
    shift
    for ((tries = 0; tries < 240; tries++)); do
        if "$@" >/dev/null 2>&1; then return 0; fi
        for child in "${children[@]}"; do
            kill -0 "$child" 2>/dev/null || { echo "a process ended while waiting for $what" >&2; return 1; }
        done
        sleep 0.5
    done
    echo "gave up waiting for $what" >&2
    return 1
}

# field NAME: a value of the line of JSON that the embedded services print.
field() {
    python -c 'import json, sys; print(json.loads(open(sys.argv[1]).readline())[sys.argv[2]])' "$here/services.json" "$1"
}

# status_of URL: the status a GET is answered with.
status_of() {
    python - "$1" <<'PYTHON'
import sys, urllib.error, urllib.request
try:
    print(urllib.request.urlopen(sys.argv[1], timeout=90).status)
except urllib.error.HTTPError as answer:
    print(answer.code)
PYTHON
}

answers_with() { [[ $(status_of "$2") == "$1" ]]; }

port=$(python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
api=http://127.0.0.1:$port

"$binary" emulators --listen-dynamodb 127.0.0.1:0 --listen-sqs 127.0.0.1:0 --listen-identity 127.0.0.1:0 \
    --api-url "$api" --data-dir "$here" --in-memory >"$here/services.json" 2>"$here/services.log" </dev/null &
children+=($!)
wait_for "the embedded services" field queue_url

export AWS_ENDPOINT_URL_DYNAMODB AWS_ENDPOINT_URL_SQS
AWS_ENDPOINT_URL_DYNAMODB=$(field dynamodb)
AWS_ENDPOINT_URL_SQS=$(field sqs)
export AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
export COPPICE_TABLE COPPICE_SIMULATED_TABLE COPPICE_QUEUE_URL COPPICE_KEYSTONE_URL
COPPICE_TABLE=$(field table)
COPPICE_SIMULATED_TABLE=$(field simulated_table)
COPPICE_QUEUE_URL=$(field queue_url)
COPPICE_KEYSTONE_URL=$(field identity)
# What serves the functions says https of its plain requests, so webhooks are told where they are called.
export COPPICE_RECEIVER_URL=$api
export COPPICE_IDENTITY=keystone COPPICE_COMPUTE=simulated COPPICE_DEPLOYMENT=smoke COPPICE_LOG=text

cargo lambda watch --invoke-address 127.0.0.1 --invoke-port "$port" --ignore-changes --timeout 60 \
    >"$here/functions.log" 2>&1 </dev/null &
children+=($!)
# The first request to a function starts it; the version list is the meta function's.
wait_for "the functions" answers_with 300 "$api/"

"$binary" pump --invoke "$api" --log text >"$here/pump.log" 2>&1 </dev/null &
children+=($!)

COPPICE_URL=$api OS_CLIENT_CONFIG_FILE=$(field clouds) COPPICE_DYNAMODB=$AWS_ENDPOINT_URL_DYNAMODB python -m pytest -q \
    tests/clients/test_sdk_story.py tests/clients/test_sdk_policies.py tests/clients/test_sdk_receivers.py

# Neither HTTP nor the pump reaches these: the account's own events do.
readonly UNREACHED=" coppice-announcer coppice-triggers "

# Each function answered from a process of its own, and was started once: none died on the way.
for crate in functions/*/src/main.rs; do
    name=coppice-$(basename "$(dirname "$(dirname "$crate")")")
    [[ $UNREACHED == *" $name "* ]] && continue
    started=$(grep -c "starting lambda function instance.*function=\"$name\"" "$here/functions.log" || true)
    if [[ $started != 1 ]]; then
        echo "$name was started $started times, not once" >&2
        exit 1
    fi
done
for child in "${children[@]}"; do
    kill -0 "$child" 2>/dev/null || { echo "a process did not live to the end of the story" >&2; exit 1; }
done
echo "every function ran as a process of its own"
