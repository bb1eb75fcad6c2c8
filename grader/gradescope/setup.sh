#!/usr/bin/env bash
# Gradescope runs this once, when the autograder is uploaded: it installs the grader that is in the
# pack. No submission is there yet.
set -euo pipefail

root="${KATA_ROOT:-}/autograder" # the variable is for tests, and empty on Gradescope
pack="$root/source/course.kata"
versions="3.13 3.12 3.11"

find_python() {
    for version in $versions; do
        if "python$version" -I -c 'import ensurepip, venv' 2>/dev/null; then
            return 0
        fi
    done
    return 1
}

if ! find_python; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update
    for version in $versions; do
        if apt-get install --yes "python$version" "python$version-venv"; then
            break
        fi
    done
    if ! find_python; then
        echo "tensorkata needs Python 3.11 to 3.13: choose a newer base image" >&2
        exit 1
    fi
fi

"python$version" -I -m venv "$root/kata"
"$root/kata/bin/pip" install --no-cache-dir "tensorkata[cpu] @ file://$pack#subdirectory=package"
chmod 700 "$root/source"
"$root/kata/bin/kata" doctor
