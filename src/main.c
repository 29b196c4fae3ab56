#include "cli/command.h"

int main(int argc, char **argv)
{
    return st_cli_run(argc, argv);
}
