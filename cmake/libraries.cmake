# Every third-party library, each used by exactly one source file (tests/lint checks it).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(jansson REQUIRED IMPORTED_TARGET jansson>=2.13) # value/document.c
pkg_check_modules(pcre2 REQUIRED IMPORTED_TARGET libpcre2-8)      # value/regex.c
pkg_check_modules(sqlite3 REQUIRED IMPORTED_TARGET sqlite3>=3.40) # store/db.c
pkg_check_modules(curl REQUIRED IMPORTED_TARGET libcurl>=7.85)    # net/transfer.c
pkg_check_modules(smartcols REQUIRED IMPORTED_TARGET smartcols)   # cli/table.c
pkg_check_modules(crypto REQUIRED IMPORTED_TARGET libcrypto>=3.0) # base/crypto.c
pkg_check_modules(zlib REQUIRED IMPORTED_TARGET zlib)             # value/zip.c
find_library(unistring unistring REQUIRED)                        # value/unicode.c
find_library(csv csv REQUIRED)                                    # value/csv.c
set(EN_LIBRARIES PkgConfig::jansson PkgConfig::pcre2 PkgConfig::sqlite3 PkgConfig::curl
    PkgConfig::smartcols PkgConfig::crypto PkgConfig::zlib ${unistring} ${csv} Threads::Threads)
if(EN_EDITLINE)
    pkg_check_modules(edit IMPORTED_TARGET libedit)               # cli/line.c; optional
    if(edit_FOUND)
        list(APPEND EN_LIBRARIES PkgConfig::edit)
    endif()
else()
    set(edit_FOUND OFF)
endif()
