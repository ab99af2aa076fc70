#!/bin/sh
# Judges a gateway as variables say, and leaves the reports in a folder: what a CI job runs. gate/install.sh puts it beside
# the command, as bin/contract-gate. It ends with the exit code of the suite; docs/gate.md has the variables.
set -eu

refuse() {
  echo "contract gate: $1" >&2
  exit 4
}

[ -n "${GATE_TARGET:-}${GATE_TARGETS:-}" ] || refuse 'there is neither a target nor a targets file; give one of them'
case ${GATE_FAIL_ON:=must} in
  must | should) ;;
  *) refuse "fail-on: found '$GATE_FAIL_ON', expected must or should" ;;
esac
[ -z "${GATE_KEY:-}" ] || export "GATEWAY_API_KEY=$GATE_KEY"
unset GATE_KEY
report=${GATE_REPORT:-contract-gate}
mkdir -p "$report" || refuse "report: there can be no folder $report"
rm -f "$report/report.json" "$report/report.md" "$report/report.html" "$report/report.sarif" "$report/junit.xml"

set -- "--depth=${GATE_DEPTH:-standard}" \
  "--report-json=$report/report.json" "--report-md=$report/report.md" "--report-html=$report/report.html" \
  "--report-sarif=$report/report.sarif" "--junitxml=$report/junit.xml"
[ -z "${GATE_TARGET:-}" ] || set -- "$@" "--target=$GATE_TARGET"
[ -z "${GATE_TARGETS:-}" ] || set -- "$@" "--targets=$GATE_TARGETS"
[ -z "${GATE_ONLY:-}" ] || set -- "$@" "--only=$GATE_ONLY"
[ -z "${GATE_PROVIDER:-}" ] || set -- "$@" "--provider=$GATE_PROVIDER"
[ -z "${GATE_WAIVERS:-}" ] || set -- "$@" "--waivers=$GATE_WAIVERS"
[ "$GATE_FAIL_ON" = must ] || set -- "$@" --strict
[ -z "${GITHUB_ACTIONS:-}" ] || set -- "$@" --report-annotations

code=0
"$(dirname "$0")/gateway-contracts" check "$@" || code=$?
case $code in
  0) verdict=kept ;;
  1) verdict=broken ;;
  2) verdict=interrupted ;;
  4) verdict='not usable' ;;
  5) verdict='nothing judged' ;;
  6) verdict=inconclusive ;;
  *) verdict='our error' ;;
esac
if [ -n "${GITHUB_OUTPUT:-}" ]; then
  printf '%s=%s\n' verdict "$verdict" exit-code "$code" report "$(cd "$report" && pwd)" >>"$GITHUB_OUTPUT"
fi
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
  if [ -f "$report/report.md" ]; then
    cat "$report/report.md" >>"$GITHUB_STEP_SUMMARY"
  else
    echo "Nothing was judged ($verdict, exit code $code); the log of the step says why." >>"$GITHUB_STEP_SUMMARY"
  fi
fi
exit "$code"
