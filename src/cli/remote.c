#include "cli/remote.h"

#include "base/mem.h"
#include "cli/limits.h"
#include "json/json.h"

#include <curl/curl.h>
#include <stdio.h>

struct st_remote {
    CURL *easy;
    CURLM *multi;
    struct st_buf base; /* "http://127.0.0.1:4318" */
    struct st_buf url;
    struct st_buf answer;
    struct st_buf problem;
    char curl_said[CURL_ERROR_SIZE];
    const volatile sig_atomic_t *stop;
    /* Of the request at hand. */
    const struct st_request *request;
    st_str unsent; /* of the piece that `more` gave last */
    bool sent_all;
    bool began;
    long status;
    st_err err; /* what take or more returned */
};

/* ---- life ---- */

static st_err set_place(struct st_remote *remote, const char *url)
{
    st_str text = st_str_of(url);
    bool is_unix = st_str_starts(text, ST_STR("unix:"));
    if (is_unix)
        curl_easy_setopt(remote->easy, CURLOPT_UNIX_SOCKET_PATH, url + 5);
    /* A name that the recorder's Host check takes for its own. */
    return st_buf_add_str(&remote->base, is_unix ? ST_STR("http://localhost") : text);
}

static size_t take_body(char *at, size_t size, size_t count, void *context);
static size_t give_body(char *at, size_t size, size_t count, void *context);

static void set_options(struct st_remote *remote)
{
    CURL *easy = remote->easy;
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)ST_CONNECT_MS);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, remote->curl_said);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, remote);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_body);
    curl_easy_setopt(easy, CURLOPT_READDATA, remote);
    curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, (long)ST_INPUT_PIECE_BYTES);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "steno/" STENO_VERSION);
}

st_err st_remote_open(struct st_remote **remote, const char *url)
{
    *remote = NULL;
    struct st_remote *made = st_mem_get_zeroed(sizeof *made);
    if (made == NULL)
        return ST_ERR_MEMORY;
    made->base = ST_BUF(ST_URL_BYTES_MAX);
    made->url = ST_BUF(2 * ST_URL_BYTES_MAX);
    made->answer = ST_BUF(ST_WHOLE_ANSWER_BYTES_MAX);
    made->problem = ST_BUF(ST_URL_BYTES_MAX);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    made->easy = curl_easy_init();
    made->multi = curl_multi_init();
    if (made->easy == NULL || made->multi == NULL || set_place(made, url) != ST_OK) {
        st_remote_close(made);
        return ST_ERR_MEMORY;
    }
    set_options(made);
    *remote = made;
    return ST_OK;
}

void st_remote_close(struct st_remote *remote)
{
    if (remote == NULL)
        return;
    curl_easy_cleanup(remote->easy);
    curl_multi_cleanup(remote->multi);
    curl_global_cleanup();
    st_buf_done(&remote->base);
    st_buf_done(&remote->url);
    st_buf_done(&remote->answer);
    st_buf_done(&remote->problem);
    st_mem_free(remote);
}

void st_remote_stop_at(struct st_remote *remote, const volatile sig_atomic_t *stop)
{
    remote->stop = stop;
}

/* ---- bodies ---- */

static bool is_good(long status)
{
    return status >= 200 && status < 300;
}

static size_t take_body(char *at, size_t size, size_t count, void *context)
{
    struct st_remote *remote = context;
    st_str piece = {at, size * count};
    curl_easy_getinfo(remote->easy, CURLINFO_RESPONSE_CODE, &remote->status);
    if (is_good(remote->status) && remote->request->take != NULL) {
        remote->began = true;
        remote->err = remote->request->take(remote->request->context, piece);
    } else {
        remote->err = st_buf_add_str(&remote->answer, piece);
    }
    return remote->err == ST_OK ? piece.len : 0;
}

static size_t give_body(char *at, size_t size, size_t count, void *context)
{
    struct st_remote *remote = context;
    size_t room = size * count;
    if (remote->unsent.len == 0 && !remote->sent_all) {
        remote->err = remote->request->more(remote->request->context, &remote->unsent);
        if (remote->err != ST_OK)
            return CURL_READFUNC_ABORT;
        remote->sent_all = remote->unsent.len == 0;
    }
    size_t len = remote->unsent.len < room ? remote->unsent.len : room;
    if (len > 0)
        memcpy(at, remote->unsent.at, len);
    remote->unsent = st_str_from(remote->unsent, len);
    return len;
}

/* ---- asking ---- */

static bool stopped(const struct st_remote *remote)
{
    return remote->stop != NULL && *remote->stop != 0;
}

/* Runs the request; CURLE_ABORTED_BY_CALLBACK when it was stopped. */
static CURLcode perform(struct st_remote *remote)
{
    int running = 1;
    CURLcode result = CURLE_ABORTED_BY_CALLBACK;
    if (curl_multi_add_handle(remote->multi, remote->easy) != CURLM_OK)
        return CURLE_OUT_OF_MEMORY;
    while (running > 0 && !stopped(remote)) {
        if (curl_multi_perform(remote->multi, &running) != CURLM_OK)
            break;
        if (running > 0)
            curl_multi_poll(remote->multi, NULL, 0, 100, NULL);
    }
    int left = 0;
    for (CURLMsg *done = NULL; (done = curl_multi_info_read(remote->multi, &left)) != NULL;)
        if (done->msg == CURLMSG_DONE)
            result = done->data.result;
    curl_multi_remove_handle(remote->multi, remote->easy);
    return result;
}

/* The "message" of an error's JSON, or what HTTP has to say. */
static void tell_refusal(struct st_remote *remote)
{
    struct st_json doc;
    st_json_init(&doc);
    st_str message = {0};
    if (st_json_parse(&doc, st_buf_str(&remote->answer), NULL, NULL) == ST_OK) {
        uint32_t at = st_json_member(&doc, 0, ST_STR("message"));
        if (at != ST_JSON_NONE && st_json_kind(&doc, at) == ST_JSON_STRING)
            message = st_json_text(&doc, at);
    }
    st_err err =
        message.at == NULL
            ? st_buf_printf(&remote->problem, "it answers with HTTP status %ld", remote->status)
            : st_buf_printf(&remote->problem, "it answers: %.*s", ST_STR_ARG(message));
    if (err != ST_OK)
        st_buf_reset(&remote->problem);
    st_json_done(&doc);
}

static st_err tell_curl(struct st_remote *remote, CURLcode result)
{
    const char *said =
        remote->curl_said[0] != '\0' ? remote->curl_said : curl_easy_strerror(result);
    st_err err = st_buf_add_str(&remote->problem, st_str_of(said));
    return err == ST_OK ? ST_ERR_SYSTEM : err;
}

static st_err judge_answer(struct st_remote *remote, CURLcode result)
{
    if (stopped(remote))
        return ST_ERR_DENIED;
    if (remote->err != ST_OK)
        return remote->err;
    /* A refusal in the middle of an upload: the answer counts, not that sending failed. */
    if (remote->status >= 400) {
        tell_refusal(remote);
        return remote->status == 503 || remote->status == 429 ? ST_ERR_AGAIN : ST_ERR_INVALID;
    }
    if (result != CURLE_OK)
        return tell_curl(remote, result);
    if (!is_good(remote->status)) {
        tell_refusal(remote);
        return ST_ERR_INVALID;
    }
    return ST_OK;
}

static struct curl_slist *add_header(struct curl_slist *list, const char *name, const char *value,
                                     bool *failed)
{
    char text[512];
    if (value == NULL || *failed)
        return list;
    int len = snprintf(text, sizeof text, "%s:%s%s", name, value[0] == '\0' ? "" : " ", value);
    struct curl_slist *longer = len < (int)sizeof text ? curl_slist_append(list, text) : NULL;
    *failed = longer == NULL;
    return longer == NULL ? list : longer;
}

static struct curl_slist *make_headers(const struct st_request *request, bool *failed)
{
    struct curl_slist *list = add_header(NULL, "Accept", request->accept, failed);
    list = add_header(list, "Last-Event-ID", request->position, failed);
    if (request->more != NULL) {
        list = add_header(list, "Content-Type", request->content_type, failed);
        list = add_header(list, "Transfer-Encoding", "chunked", failed);
        list = add_header(list, "Expect", "", failed); /* no wait for a 100 Continue */
    }
    return list;
}

static void begin(struct st_remote *remote, const struct st_request *request)
{
    st_buf_reset(&remote->url);
    st_buf_reset(&remote->answer);
    st_buf_reset(&remote->problem);
    remote->curl_said[0] = '\0';
    remote->request = request;
    remote->unsent = (st_str){0};
    remote->sent_all = false;
    remote->began = false;
    remote->status = 0;
    remote->err = ST_OK;
}

st_err st_remote_ask(struct st_remote *remote, const struct st_request *request)
{
    begin(remote, request);
    st_err err = st_buf_add_str(&remote->url, st_buf_str(&remote->base));
    if (err == ST_OK)
        err = st_buf_add_str(&remote->url, st_str_of(request->target));
    const char *url = err == ST_OK ? st_buf_cstr(&remote->url) : NULL;
    bool failed = url == NULL;
    struct curl_slist *headers = make_headers(request, &failed);
    if (!failed) {
        curl_easy_setopt(remote->easy, CURLOPT_URL, url);
        curl_easy_setopt(remote->easy, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(remote->easy, request->more == NULL ? CURLOPT_HTTPGET : CURLOPT_POST, 1L);
        curl_easy_setopt(remote->easy, CURLOPT_CUSTOMREQUEST, request->method);
        CURLcode result = perform(remote);
        curl_easy_getinfo(remote->easy, CURLINFO_RESPONSE_CODE, &remote->status);
        err = judge_answer(remote, result);
        curl_easy_setopt(remote->easy, CURLOPT_HTTPHEADER, NULL);
    }
    curl_slist_free_all(headers);
    return failed ? ST_ERR_MEMORY : err;
}

long st_remote_status(const struct st_remote *remote)
{
    return remote->status;
}

st_str st_remote_answer(const struct st_remote *remote)
{
    return st_buf_str(&remote->answer);
}

bool st_remote_began(const struct st_remote *remote)
{
    return remote->began;
}

const char *st_remote_problem(struct st_remote *remote)
{
    const char *text = remote->problem.len == 0 ? NULL : st_buf_cstr(&remote->problem);
    return text == NULL ? "its answer is not a recorder's" : text;
}

st_err st_remote_add(struct st_buf *target, const char *name, st_str value)
{
    bool first = memchr(target->at, '?', target->len) == NULL;
    st_err err = st_buf_printf(target, "%c%s=", first ? '?' : '&', name);
    for (size_t i = 0; i < value.len && err == ST_OK; i++) {
        char c = value.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     (c != '\0' && strchr("-._~", c) != NULL);
        err =
            plain ? st_buf_add_char(target, c) : st_buf_printf(target, "%%%02X", (unsigned char)c);
    }
    return err;
}
