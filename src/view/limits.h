/*
 * limits.h: the bounds of the views, each with its reason.
 */
#ifndef ST_VIEW_LIMITS_H
#define ST_VIEW_LIMITS_H

#include "store/limits.h"

/* Producers whose state is held in memory between commits; others are read again from their rows.
 * Each has some 300 bytes, and a recorder seldom hears more at the same time. */
#define ST_PRODUCERS_HELD_MAX 16384u

/* Runs of missing numbers that are remembered of one producer, newest first. A number that comes
 * later than that is told as one that goes back. */
#define ST_PRODUCER_HOLES_MAX 32u

/* The greatest number that is followed: the next one still fits into SQLite's integers. */
#define ST_PRODUCER_SEQ_MAX (INT64_MAX - 1)

#endif
