#include "simdjson_peer.h"

#include <simdjson.h>

static_assert(SIMDJSON_PEER_PADDING >= simdjson::SIMDJSON_PADDING, "as the header says");

static std::string implementation;

const char *simdjson_peer_name(void)
{
    implementation = simdjson::get_active_implementation()->name();
    return implementation.c_str();
}

const char *simdjson_peer_version(void)
{
    return SIMDJSON_STRINGIFY(SIMDJSON_VERSION);
}

void *simdjson_peer_new(void)
{
    return new simdjson::dom::parser;
}

void simdjson_peer_free(void *parser)
{
    delete static_cast<simdjson::dom::parser *>(parser);
}

bool simdjson_peer_parse(void *parser, const char *text, size_t len)
{
    simdjson::dom::element root;
    return static_cast<simdjson::dom::parser *>(parser)->parse(text, len, false).get(root) ==
           simdjson::SUCCESS;
}
