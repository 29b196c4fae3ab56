#include "server/actor.h"

#include <pwd.h>
#include <stdio.h>
#include <sys/socket.h>

st_str st_actor_of(const struct st_request *request, char text[static ST_ACTOR_BYTES_MAX])
{
    struct ucred peer;
    socklen_t len = sizeof peer;
    struct passwd user;
    struct passwd *found = NULL;
    char strings[4096];
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (!request->door->is_unix || info == NULL ||
        getsockopt(info->connect_fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0)
        return ST_STR("local");
    (void)getpwuid_r(peer.uid, &user, strings, sizeof strings, &found);
    int wrote = found != NULL ? snprintf(text, ST_ACTOR_BYTES_MAX, "%s", user.pw_name)
                              : snprintf(text, ST_ACTOR_BYTES_MAX, "uid %u", (unsigned)peer.uid);
    if (wrote <= 0 || (size_t)wrote >= ST_ACTOR_BYTES_MAX)
        return ST_STR("local");
    return (st_str){text, (size_t)wrote};
}
