/*
 * stop.h: a command that waits ends cleanly when it is interrupted: what it has shown is written,
 * what it keeps is kept, and it exits as if it had come to its end.
 *
 * Top floor. The main thread.
 */
#ifndef ST_CLI_STOP_H
#define ST_CLI_STOP_H

#include <signal.h>

/* Not 0: the command is to end. Set by the signals, and by the command itself. */
extern volatile sig_atomic_t st_stop;

/* From now on SIGINT, SIGTERM and SIGHUP set st_stop. */
void st_stop_catch(void);

#endif
