#include "base/hash.h"
#include "unit.h"

TEST("the values are those of XXH3, and never change: they are on disk")
{
    assert_true(st_hash(ST_STR("")) == UINT64_C(0x2D06800538D394C2));
    assert_true(st_hash(ST_STR("a")) == UINT64_C(0xE6C632B61E964E1F));
    assert_true(st_hash(ST_STR("abc")) == UINT64_C(0x78AF5F94892F3950));
}

TEST("an empty slice that points nowhere hashes as the empty text")
{
    st_str nothing = {NULL, 0};
    assert_true(st_hash(nothing) == st_hash(ST_STR("")));
    assert_true(st_hash_seeded(nothing, 7) == st_hash_seeded(ST_STR(""), 7));
}

TEST("a seed of zero is no seed, and seeds tell values apart")
{
    assert_true(st_hash_seeded(ST_STR("abc"), 0) == st_hash(ST_STR("abc")));
    assert_true(st_hash_seeded(ST_STR("abc"), 1) != st_hash_seeded(ST_STR("abc"), 2));
}

TEST("a pair knows where its first text ends, and which is first")
{
    assert_true(st_hash_pair(ST_STR("ab"), ST_STR("c")) == st_hash_pair(ST_STR("ab"), ST_STR("c")));
    assert_true(st_hash_pair(ST_STR("ab"), ST_STR("c")) != st_hash_pair(ST_STR("a"), ST_STR("bc")));
    assert_true(st_hash_pair(ST_STR("abc"), ST_STR("")) != st_hash_pair(ST_STR(""), ST_STR("abc")));
    assert_true(st_hash_pair(ST_STR("a"), ST_STR("b")) != st_hash_pair(ST_STR("b"), ST_STR("a")));
}
