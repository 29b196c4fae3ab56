#include "server/readers.h"

void st_readers_init(struct st_readers *readers, const char *path)
{
    *readers = (struct st_readers){.path = path};
    pthread_mutex_init(&readers->lock, NULL);
}

void st_readers_done(struct st_readers *readers)
{
    ST_BUG_IF(readers->lent != 0);
    while (readers->idle_count > 0)
        st_reader_close(readers->idle[--readers->idle_count]);
    pthread_mutex_destroy(&readers->lock);
}

st_err st_readers_take(struct st_readers *readers, struct st_reader **reader, struct st_why *why)
{
    pthread_mutex_lock(&readers->lock);
    bool full = readers->lent == ST_READERS_MAX;
    readers->lent += !full;
    bool reused = !full && readers->idle_count > 0;
    if (reused)
        *reader = readers->idle[--readers->idle_count];
    pthread_mutex_unlock(&readers->lock);
    if (full)
        return st_fail(why, ST_ERR_LIMIT, "as many readers as there may be are at work");
    if (reused)
        return ST_OK;
    st_err err = st_reader_open(reader, readers->path, NULL, why);
    if (err != ST_OK) {
        pthread_mutex_lock(&readers->lock);
        readers->lent--;
        pthread_mutex_unlock(&readers->lock);
    }
    return err;
}

void st_readers_give(struct st_readers *readers, struct st_reader *reader)
{
    if (reader == NULL)
        return;
    pthread_mutex_lock(&readers->lock);
    readers->lent--;
    bool kept = readers->idle_count < ST_READERS_KEPT_MAX;
    if (kept)
        readers->idle[readers->idle_count++] = reader;
    pthread_mutex_unlock(&readers->lock);
    if (!kept)
        st_reader_close(reader);
}
