#include "cli/stop.h"

#include <stddef.h>

volatile sig_atomic_t st_stop;

static void stop_on_signal(int number)
{
    st_stop = number;
}

void st_stop_catch(void)
{
    struct sigaction action = {.sa_handler = stop_on_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}
