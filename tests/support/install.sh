# Which Debian packages enact needs, in one place for both commands; sourced, not run.
EN_BUILD_PACKAGES=(gcc libc6-dev cmake ninja-build pkg-config libjansson-dev libsqlite3-dev
    libcurl4-openssl-dev libpcre2-dev libssl-dev libunistring-dev libcsv-dev libsmartcols-dev libedit-dev zlib1g-dev tzdata)
EN_TEST_PACKAGES=(clang libclang-rt-14-dev libcmocka-dev nodejs sqlite3 binutils chromium)

# Installs those of the packages given that are missing.
en_install() {
    local missing=()
    local package
    for package in "$@"; do
        if [ "$package" = nodejs ] && command -v node >/dev/null; then
            continue
        fi
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} = 0 ] && return 0
    local sudo=
    if [ "$(id -u)" != 0 ]; then
        sudo=sudo
    fi
    echo "installing: ${missing[*]}"
    if ! { $sudo apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}"; } \
        >/tmp/enact-install.log 2>&1; then
        tail -20 /tmp/enact-install.log
        echo "could not install ${missing[*]}: as root, run apt-get install ${missing[*]}"
        return 1
    fi
}
