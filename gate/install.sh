#!/bin/sh
# Makes a virtual environment in FOLDER with this project in it: gate/install.sh FOLDER
# Needs python (3.11 or newer, with pip) and the package index. The versions and hashes are those of the lock files; what
# builds the project is not left behind. Where FOLDER is there already, it is left as it is.
set -eu

[ $# -eq 1 ] || { echo 'usage: gate/install.sh FOLDER' >&2; exit 4; }
[ ! -x "$1/bin/contract-gate" ] || exit 0
python -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  { echo "gate/install.sh: found $(python -V 2>&1), expected Python 3.11 or newer" >&2; exit 4; }
project=$(dirname "$0")/..
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT

python -m pip install --quiet --disable-pip-version-check --no-input --root-user-action=ignore --no-compile --only-binary :all: \
  --no-deps --require-hashes --requirement "$project/requirements-build.lock" --target "$tools"
export UV_NO_CONFIG=1 UV_SYSTEM_CERTS=1
"$tools/bin/uv" venv --quiet --python "$(command -v python)" "$1"
"$tools/bin/uv" pip install --quiet --python "$1/bin/python" --only-binary :all: \
  --require-hashes --requirement "$project/requirements.lock"
(cd "$project" && PYTHONPATH=$tools PYTHONDONTWRITEBYTECODE=1 python -m hatchling build --target wheel --directory "$tools/built") >"$tools/said" 2>&1 ||
  { cat "$tools/said" >&2; exit 3; }
"$tools/bin/uv" pip install --quiet --python "$1/bin/python" --no-deps "$tools"/built/*.whl
cp "$project/gate/check.sh" "$1/bin/contract-gate"
