# Files as constants of the program: engine/<room>/pages/<name>.<ext> (HTML, CSS, JavaScript) becomes
# `const en_text en_page_<name>_<ext>`, declared by whoever uses it:
#   extern const en_text en_page_replay_html;
# Run as a script (cmake -D IN=… -D OUT=… -D SYMBOL=… -P embed.cmake) it writes one such source.
if(CMAKE_SCRIPT_MODE_FILE)
    file(READ ${IN} bytes HEX)
    string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
    file(WRITE ${OUT} "// Written by cmake/embed.cmake.\n#include \"base/text.h\"\n
static const unsigned char bytes[] = {\n${bytes}0x00 };\n
extern const en_text ${SYMBOL};\nconst en_text ${SYMBOL} = { (const char *)bytes, sizeof bytes - 1 };\n")
    return()
endif()

set(EN_PAGES "")
set(en_embed_script ${CMAKE_CURRENT_LIST_FILE})
function(en_embed_pages pattern)
    file(GLOB files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${pattern})
    foreach(file IN LISTS files)
        get_filename_component(name ${file} NAME)
        string(MAKE_C_IDENTIFIER en_page_${name} symbol)
        set(output ${CMAKE_CURRENT_BINARY_DIR}/pages/${symbol}.c)
        add_custom_command(OUTPUT ${output}
            COMMAND ${CMAKE_COMMAND} -D IN=${file} -D OUT=${output} -D SYMBOL=${symbol} -P ${en_embed_script}
            DEPENDS ${file} ${en_embed_script} VERBATIM)
        list(APPEND EN_PAGES ${output})
    endforeach()
    set(EN_PAGES ${EN_PAGES} PARENT_SCOPE)
endfunction()
