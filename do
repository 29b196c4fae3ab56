#!/bin/sh
# do: every errand of the project by one name. On a fresh Debian 12 each installs what it needs.
#
#   ./do run [ARG…]      build, then start the recorder (arguments go to "steno serve")
#   ./do test [WORD]     build plain and under sanitizers, run all tests (or those named like WORD)
#   ./do build           only build: build/steno
#   ./do bench [WORD]    the benchmarks (or those named like WORD), one JSON line a figure
#   ./do fuzz [TARGET [SECONDS]]   the fuzz targets, 60 s each unless told otherwise
#   ./do lint            formatting, static analysis, manual pages, floors, promises
set -eu
cd "$(dirname "$0")"

say() { printf '%s\n' "do: $*" >&2; }
die() { say "$*"; exit 1; }

# ---- what each errand needs, as Debian packages ----
build_packages='gcc libc6-dev meson ninja-build pkg-config libsqlite3-dev libzstd-dev
  libmicrohttpd-dev libpcre2-dev libidn2-dev libssl-dev libxxhash-dev libcurl4-openssl-dev
  zlib1g-dev libyaml-dev'
test_packages="$build_packages clang libclang-rt-14-dev llvm libcmocka-dev curl jq gzip zstd sqlite3
  mandoc libtest-json-schema-acceptance-perl"
fuzz_packages="$build_packages clang libclang-rt-14-dev llvm"
lint_packages="$test_packages clang-format clang-tidy cppcheck"
bench_packages="$build_packages valgrind"
peer_packages='libsimdjson-dev libjansson-dev g++'

missing() {
    for package in "$@"; do
        dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
            printf '%s ' "$package"
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

need() {
    absent=$(missing "$@")
    [ -n "$absent" ] || return 0
    command -v apt-get >/dev/null || die "these Debian packages are needed: $absent"
    say "installing $absent"
    as_root apt-get update -qq
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        $absent >/dev/null
}

# want PACKAGE…: as need, but what cannot be installed is said and done without.
want() {
    [ -n "$(missing "$@")" ] || return 0
    (need "$@") || say "the rest runs without: $(missing "$@")"
    rm -f build/.options
}

# node may come from elsewhere than Debian; 18 or newer will do.
need_node() {
    command -v node >/dev/null || need nodejs
    command -v npm >/dev/null || need npm
}

# ---- building ----
# configure DIR COMPILER [OPTION…]: a build folder, made once, and anew when compiler or options change
configure() {
    dir=$1 compiler=$2
    shift 2
    [ "$(cat "$dir/.options" 2>/dev/null)" != "$compiler $*" ] || return 0
    CC=$compiler meson setup --wipe "$dir" "$@" >"$dir.log" 2>&1 ||
        CC=$compiler meson setup "$dir" "$@" >"$dir.log" 2>&1 ||
        { cat "$dir.log" >&2; die "meson failed"; }
    rm -f "$dir.log"
    printf '%s' "$compiler $*" >"$dir/.options"
}

# On a terminal ninja shows how far it is; elsewhere it is heard only when it fails.
compile() {
    if [ -t 2 ]; then
        ninja -C "$1" >&2 || die "the build in $1 failed"
    else
        ninja -C "$1" >"$1/ninja.out" 2>&1 || { cat "$1/ninja.out" >&2; die "the build in $1 failed"; }
    fi
}

build() {
    # shellcheck disable=SC2086
    need $build_packages
    configure build gcc
    compile build
}

run() {
    build
    exec build/steno serve "$@"
}

# ---- testing ----
# One run of the tests in a build folder; what they printed ends up in its testlog.
run_tests() {
    dir=$1
    shift
    say "tests in $dir"
    meson test -C "$dir" --no-rebuild --print-errorlogs --quiet "$@" || failed=1
    cat "$dir"/meson-logs/testlog.txt >>build-test/all.log
}

test_all() {
    # shellcheck disable=SC2086
    need $test_packages
    need_node
    failed=0
    configure build-test gcc -Dtests=true
    compile build-test
    : >build-test/all.log
    configure build-asan clang -Dtests=true -Dbuildtype=debugoptimized -Db_sanitize=address,undefined \
        -Db_lundef=false
    compile build-asan
    configure build-tsan clang -Dtests=true -Dbuildtype=debugoptimized -Db_sanitize=thread \
        -Db_lundef=false
    compile build-tsan
    if [ $# -gt 0 ]; then
        run_tests build-test $(named build-test "$1")
        run_tests build-asan $(named build-asan "$1")
    else
        run_tests build-test
        run_tests build-asan --no-suite long --no-suite peers --timeout-multiplier 4
        run_tests build-tsan --suite threads --timeout-multiplier 4
        tools/promises || failed=1
    fi
    tools/count-tests build-test/all.log || failed=1
    return $failed
}

named() {
    meson test -C "$1" --list 2>/dev/null | sed 's/^.* \/ //' | grep -F -- "$2" || die "no test is named like $2"
}

# ---- the rest ----
# bench_part PART: a program of the build, or a script.
bench_part() {
    case $1 in
    *.mjs) node "$1" build build/bench/peers ;;
    *) "$1" ;;
    esac
}

bench() {
    # shellcheck disable=SC2086
    need $bench_packages
    need_node
    # shellcheck disable=SC2086
    want $peer_packages
    configure build gcc
    compile build
    failed=0
    for part in build/bench/bench_* bench/contract.mjs bench/validate.mjs; do
        case ${part##*/} in *.p) continue ;; *"${1:-}"*) ;; *) continue ;; esac
        [ -f "$part" ] || continue
        [ ! -t 2 ] || say "${part##*/}"
        bench_part "$part" || { say "${part##*/} failed"; failed=1; }
    done
    return $failed
}

fuzz() {
    # shellcheck disable=SC2086
    need $fuzz_packages
    configure build-fuzz clang -Dtests=false -Dfuzz=true -Dbuildtype=debugoptimized \
        -Db_sanitize=address,undefined -Db_lundef=false -Dc_args=-fsanitize=fuzzer-no-link
    compile build-fuzz
    seconds=${2:-60}
    for program in build-fuzz/fuzz/fuzz_*; do
        [ -f "$program" ] && [ -x "$program" ] || continue
        name=${program##*/fuzz_}
        [ -z "${1:-}" ] || [ "$1" = "$name" ] || continue
        mkdir -p "fuzz/out/$name" "fuzz/corpus/$name"
        say "$name for $seconds s"
        "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=4096 -print_final_stats=1 \
            -artifact_prefix="fuzz/out/$name-" "fuzz/out/$name" "fuzz/corpus/$name" 2>"fuzz/out/$name.log" ||
            { tail -n 40 "fuzz/out/$name.log" >&2; die "$name found something: fuzz/out/$name-*"; }
        grep -E 'stat::number_of_executed_units|Done' "fuzz/out/$name.log" >&2
    done
}

lint() {
    # shellcheck disable=SC2086
    need $lint_packages
    configure build-test gcc -Dtests=true
    compile build-test
    tools/lint build-test
}

errand=${1:-help}
[ $# -eq 0 ] || shift
case $errand in
build) build ;;
run) run "$@" ;;
test) test_all "$@" ;;
bench) bench "$@" ;;
fuzz) fuzz "$@" ;;
lint) lint ;;
help | -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p;}' "$0" ;;
*) die "there is no errand called $errand; ./do help lists them" ;;
esac
