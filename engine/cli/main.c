#include "cli/command.h"

int main(int argc, char **argv)
{
    return en_cli_main(argc, argv);
}
