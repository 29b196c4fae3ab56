/*
 * declare CONTRACT LANGUAGE: a contract's file as type declarations, for the test that compiles
 * them.
 */
#include "base/file.h"
#include "contract/types.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    struct st_buf text = ST_BUF(ST_CONTRACT_BYTES_MAX);
    struct st_buf source = ST_BUF((size_t)64 << 20);
    struct st_contract *contract = NULL;
    struct st_schema_fault fault = {0};
    struct st_why why = {0};
    enum st_language language;
    if (argc != 3 || !st_language_of_name(st_str_of(argv[2]), &language) ||
        st_file_read(argv[1], &text, &why) != ST_OK) {
        fprintf(stderr, "declare: CONTRACT LANGUAGE\n");
        return 2;
    }
    if (st_contract_load(&contract, st_buf_str(&text), &fault) != ST_OK) {
        fprintf(stderr, "declare: %s: %s\n", fault.pointer, fault.message);
        return 1;
    }
    st_err err = st_types_write(contract, language, &source);
    if (err == ST_OK)
        fwrite(source.at, 1, source.len, stdout);
    else
        fprintf(stderr, "declare: %s\n", st_err_text(err));
    st_contract_free(contract);
    st_buf_done(&source);
    st_buf_done(&text);
    return err == ST_OK ? 0 : 1;
}
