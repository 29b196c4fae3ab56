/*
 * What is a JSON text (RFC 8259), and where exactly another one goes wrong.
 *
 * GOOD is one; BAD says what was expected, at which byte, line and column.
 */
#include "unit.h"

#include "tape.h"
#include "twins.h"
#include "json/json.h"

static const char VALUE[] = "a value";
static const char VALUE_OR_END[] = "a value or ']'";
static const char NO_BOM[] = "a value, not a byte order mark";
static const char NAME[] = "a '\"' that begins a name";
static const char NAME_OR_END[] = "a '\"' that begins a name, or '}'";
static const char COLON[] = "a ':' after the member's name";
static const char ARRAY_GOES_ON[] = "',' or ']'";
static const char OBJECT_GOES_ON[] = "',' or '}'";
static const char END[] = "the end of the text";
static const char QUOTE[] = "a '\"' at the string's end";
static const char NO_CONTROL[] = "an escape in place of a control character";
static const char ESCAPE[] = "one of \"\\/bfnrtu after '\\'";
static const char HEX[] = "four hexadecimal digits after '\\u'";
static const char HIGH[] = "a high surrogate before the low one";
static const char LOW[] = "a low surrogate, '\\udc00' to '\\udfff'";
static const char UTF8[] = "UTF-8";
static const char DIGIT[] = "a digit after '-'";
static const char FRACTION[] = "a digit after '.'";
static const char EXPONENT[] = "a digit, '+' or '-' in the exponent";
static const char EXPONENT_DIGIT[] = "a digit in the exponent";
static const char NO_ZERO[] = "no digit after a leading 0";
static const char TRUE[] = "true";
static const char FALSE[] = "false";
static const char NULL_[] = "null";

struct parse_case {
    st_str text;
    const char *expected;
    uint64_t offset;
    uint64_t line;
    uint64_t column;
};

#define GOOD(text)                                                                                 \
    {                                                                                              \
        ST_STR_INIT(text), NULL, 0, 0, 0                                                           \
    }
#define BAD(text, expected, at, l, c)                                                              \
    {                                                                                              \
        ST_STR_INIT(text), expected, at, l, c                                                      \
    }

static const struct parse_case cases[] = {
    /* values, alone and between blanks */
    GOOD("null"),
    GOOD("true"),
    GOOD("false"),
    GOOD("0"),
    GOOD("\"\""),
    GOOD("[]"),
    GOOD("{}"),
    GOOD(" null"),
    GOOD("null "),
    GOOD("\t\n\r null\t\n\r "),
    GOOD("\r\n[]\r\n"),
    GOOD(" \n\n 1"),
    GOOD("[ ]"),
    GOOD("{ }"),
    GOOD("[\n]"),
    GOOD("{\t}"),
    /* no value */
    BAD("", VALUE, 0, 1, 1),
    BAD(" ", VALUE, 1, 1, 2),
    BAD("\n\n", VALUE, 2, 3, 1),
    BAD("\t\r\n ", VALUE, 4, 2, 2),
    BAD("\0131", VALUE, 0, 1, 1),
    BAD("\0141", VALUE, 0, 1, 1),
    BAD("\302\2401", VALUE, 0, 1, 1),
    BAD("\342\200\2501", VALUE, 0, 1, 1),
    BAD("\343\200\2001", VALUE, 0, 1, 1),
    BAD("\357\273\2771", NO_BOM, 0, 1, 1),
    BAD("\357\273\277", NO_BOM, 0, 1, 1),
    BAD(" \357\273\2771", VALUE, 1, 1, 2),
    BAD("\377\3761\000", VALUE, 0, 1, 1),
    BAD("\000 1", VALUE, 0, 1, 1),
    BAD("\000", VALUE, 0, 1, 1),
    BAD("1\000", END, 1, 1, 2),
    BAD("null\000", END, 4, 1, 5),
    BAD(",", VALUE, 0, 1, 1),
    BAD(":", VALUE, 0, 1, 1),
    BAD("]", VALUE, 0, 1, 1),
    BAD("}", VALUE, 0, 1, 1),
    BAD("'a'", VALUE, 0, 1, 1),
    BAD("`a`", VALUE, 0, 1, 1),
    BAD("a", VALUE, 0, 1, 1),
    BAD("NaN", VALUE, 0, 1, 1),
    BAD("Infinity", VALUE, 0, 1, 1),
    BAD("undefined", VALUE, 0, 1, 1),
    BAD("#1", VALUE, 0, 1, 1),
    BAD("//1\n1", VALUE, 0, 1, 1),
    BAD("/**/1", VALUE, 0, 1, 1),
    BAD("\\u0031", VALUE, 0, 1, 1),
    BAD("<a>", VALUE, 0, 1, 1),
    BAD("(1)", VALUE, 0, 1, 1),
    BAD("=1", VALUE, 0, 1, 1),
    BAD("@1", VALUE, 0, 1, 1),
    BAD("*", VALUE, 0, 1, 1),
    BAD("\303\251", VALUE, 0, 1, 1),
    BAD("\177", VALUE, 0, 1, 1),
    /* what follows the value */
    BAD("1 2", END, 2, 1, 3),
    BAD("1,", END, 1, 1, 2),
    BAD("nullnull", END, 4, 1, 5),
    BAD("null,", END, 4, 1, 5),
    BAD("true false", END, 5, 1, 6),
    BAD("[][]", END, 2, 1, 3),
    BAD("{}{}", END, 2, 1, 3),
    BAD("\"a\"\"b\"", END, 3, 1, 4),
    BAD("[]]", END, 2, 1, 3),
    BAD("{}}", END, 2, 1, 3),
    BAD("[]}", END, 2, 1, 3),
    BAD("1 //", END, 2, 1, 3),
    BAD("[] #", END, 3, 1, 4),
    BAD("\n\n[]\n\nx", END, 6, 5, 1),
    BAD("\"\303\251\" x", END, 5, 1, 5),
    BAD("{}\357\273\277", END, 2, 1, 3),
    BAD("1\013", END, 1, 1, 2),
    BAD("{\"a\":1},", END, 7, 1, 8),
    BAD("1\302\240", END, 1, 1, 2),
    BAD("\"a\"'b'", END, 3, 1, 4),
    BAD("[1]\000", END, 3, 1, 4),
    BAD("1 1", END, 2, 1, 3),
    /* literals */
    GOOD("[null,true,false]"),
    GOOD("[true ,false\n,\tnull]"),
    BAD("t", TRUE, 1, 1, 2),
    BAD("tr", TRUE, 2, 1, 3),
    BAD("tru", TRUE, 3, 1, 4),
    BAD("trux", TRUE, 3, 1, 4),
    BAD("trUe", TRUE, 2, 1, 3),
    BAD("True", VALUE, 0, 1, 1),
    BAD("TRUE", VALUE, 0, 1, 1),
    BAD("truee", END, 4, 1, 5),
    BAD("true1", END, 4, 1, 5),
    BAD("f", FALSE, 1, 1, 2),
    BAD("fals", FALSE, 4, 1, 5),
    BAD("falsy", FALSE, 4, 1, 5),
    BAD("flase", FALSE, 1, 1, 2),
    BAD("False", VALUE, 0, 1, 1),
    BAD("false_", END, 5, 1, 6),
    BAD("n", NULL_, 1, 1, 2),
    BAD("nul", NULL_, 3, 1, 4),
    BAD("nu l", NULL_, 2, 1, 3),
    BAD("nil", NULL_, 1, 1, 2),
    BAD("nan", NULL_, 1, 1, 2),
    BAD("None", VALUE, 0, 1, 1),
    BAD("Null", VALUE, 0, 1, 1),
    BAD("NULL", VALUE, 0, 1, 1),
    BAD("[tru]", TRUE, 4, 1, 5),
    BAD("[nul,1]", NULL_, 4, 1, 5),
    BAD("{\"a\":fal}", FALSE, 8, 1, 9),
    BAD("[t\n]", TRUE, 2, 1, 3),
    BAD("t\303\251", TRUE, 1, 1, 2),
    BAD("n\"", NULL_, 1, 1, 2),
    /* numbers */
    GOOD("-0"),
    GOOD("1"),
    GOOD("-1"),
    GOOD("10"),
    GOOD("123456789012345678901234567890"),
    GOOD("0.0"),
    GOOD("-0.0"),
    GOOD("0.5"),
    GOOD("1.5"),
    GOOD("-1.5"),
    GOOD("10.01"),
    GOOD("1.000"),
    GOOD("0e0"),
    GOOD("0E0"),
    GOOD("0e-0"),
    GOOD("0e+0"),
    GOOD("1e1"),
    GOOD("1E1"),
    GOOD("1e+1"),
    GOOD("1e-1"),
    GOOD("1E+01"),
    GOOD("1e00"),
    GOOD("1.5e3"),
    GOOD("-1.5E-3"),
    GOOD("0.0e10"),
    GOOD("1e400"),
    GOOD("1e-400"),
    GOOD("-1e999999999999999999999"),
    GOOD("9007199254740993"),
    GOOD("18446744073709551616"),
    GOOD("[0]"),
    GOOD("[-0,0]"),
    GOOD("[1 ,2]"),
    GOOD("[1e5]"),
    GOOD("{\"a\":-0.5e-5}"),
    GOOD("1 "),
    GOOD("-9\n"),
    BAD("-", DIGIT, 1, 1, 2),
    BAD("--1", DIGIT, 1, 1, 2),
    BAD("-a", DIGIT, 1, 1, 2),
    BAD("- 1", DIGIT, 1, 1, 2),
    BAD("-.5", DIGIT, 1, 1, 2),
    BAD("-Infinity", DIGIT, 1, 1, 2),
    BAD("-NaN", DIGIT, 1, 1, 2),
    BAD("-\"1\"", DIGIT, 1, 1, 2),
    BAD("[-]", DIGIT, 2, 1, 3),
    BAD("[-,1]", DIGIT, 2, 1, 3),
    BAD("+1", VALUE, 0, 1, 1),
    BAD(".5", VALUE, 0, 1, 1),
    BAD("[.5]", VALUE_OR_END, 1, 1, 2),
    BAD("[1,.5]", VALUE, 3, 1, 4),
    BAD("[+1]", VALUE_OR_END, 1, 1, 2),
    BAD("00", NO_ZERO, 1, 1, 2),
    BAD("01", NO_ZERO, 1, 1, 2),
    BAD("-01", NO_ZERO, 2, 1, 3),
    BAD("-00", NO_ZERO, 2, 1, 3),
    BAD("00.5", NO_ZERO, 1, 1, 2),
    BAD("[012]", NO_ZERO, 2, 1, 3),
    BAD("{\"a\":08}", NO_ZERO, 6, 1, 7),
    BAD("0123", NO_ZERO, 1, 1, 2),
    BAD("0x1", END, 1, 1, 2),
    BAD("0b1", END, 1, 1, 2),
    BAD("0o7", END, 1, 1, 2),
    BAD("1x", END, 1, 1, 2),
    BAD("1_000", END, 1, 1, 2),
    BAD("1,000", END, 1, 1, 2),
    BAD("1 000", END, 2, 1, 3),
    BAD("1'", END, 1, 1, 2),
    BAD("0a", END, 1, 1, 2),
    BAD("1.", FRACTION, 2, 1, 3),
    BAD("1.e1", FRACTION, 2, 1, 3),
    BAD("0.", FRACTION, 2, 1, 3),
    BAD("-0.", FRACTION, 3, 1, 4),
    BAD("1..2", FRACTION, 2, 1, 3),
    BAD("1.-1", FRACTION, 2, 1, 3),
    BAD("[1.]", FRACTION, 3, 1, 4),
    BAD("1.a", FRACTION, 2, 1, 3),
    BAD("1. 5", FRACTION, 2, 1, 3),
    BAD("1.2.3", END, 3, 1, 4),
    BAD("1.0.", END, 3, 1, 4),
    BAD("[1.5.]", ARRAY_GOES_ON, 4, 1, 5),
    BAD("1e", EXPONENT, 2, 1, 3),
    BAD("1E", EXPONENT, 2, 1, 3),
    BAD("1.5e", EXPONENT, 4, 1, 5),
    BAD("1ee1", EXPONENT, 2, 1, 3),
    BAD("1ea", EXPONENT, 2, 1, 3),
    BAD("1e.5", EXPONENT, 2, 1, 3),
    BAD("[1e]", EXPONENT, 3, 1, 4),
    BAD("0e", EXPONENT, 2, 1, 3),
    BAD("1e 5", EXPONENT, 2, 1, 3),
    BAD("1e+", EXPONENT_DIGIT, 3, 1, 4),
    BAD("1e-", EXPONENT_DIGIT, 3, 1, 4),
    BAD("1e+-1", EXPONENT_DIGIT, 3, 1, 4),
    BAD("1e++1", EXPONENT_DIGIT, 3, 1, 4),
    BAD("1e-a", EXPONENT_DIGIT, 3, 1, 4),
    BAD("[1e+]", EXPONENT_DIGIT, 4, 1, 5),
    BAD("-1.5E-", EXPONENT_DIGIT, 6, 1, 7),
    BAD("1e1.5", END, 3, 1, 4),
    BAD("1e5e5", END, 3, 1, 4),
    BAD("1e1x", END, 3, 1, 4),
    BAD("1f", END, 1, 1, 2),
    BAD("1L", END, 1, 1, 2),
    BAD("1-1", END, 1, 1, 2),
    BAD("1+1", END, 1, 1, 2),
    BAD("0-", END, 1, 1, 2),
    BAD("\357\274\221", VALUE, 0, 1, 1),
    BAD("1\331\242", END, 1, 1, 2),
    BAD("1%", END, 1, 1, 2),
    BAD("$1", VALUE, 0, 1, 1),
    /* strings */
    GOOD("\"a\""),
    GOOD("\" \""),
    GOOD("\"\303\251\""),
    GOOD("\"\342\202\254\""),
    GOOD("\"\360\237\230\200\""),
    GOOD("\"\177\""),
    GOOD("\"\302\200\""),
    GOOD("\"\357\273\277\""),
    GOOD("\"\357\277\276\357\277\277\""),
    GOOD("\"\364\217\277\277\""),
    GOOD("\"\342\200\250\342\200\251\""),
    GOOD("\"/\""),
    GOOD("\"'\""),
    GOOD("\"abcdefgh\""),
    GOOD("\"abcdefghijklmnopqrstuvwxyz\""),
    GOOD("\"1234567\303\251\""),
    GOOD("\"{}[],:\""),
    GOOD("\"//\""),
    GOOD("\"\355\237\277\356\200\200\""),
    BAD("\"", QUOTE, 1, 1, 2),
    BAD("\"a", QUOTE, 2, 1, 3),
    BAD("\"abcdefgh", QUOTE, 9, 1, 10),
    BAD("\"\303\251", QUOTE, 3, 1, 3),
    BAD("[\"a", QUOTE, 3, 1, 4),
    BAD("{\"a", QUOTE, 3, 1, 4),
    BAD("\"a\\\"", QUOTE, 4, 1, 5),
    BAD("[\"a]", QUOTE, 4, 1, 5),
    BAD("{\"a:1}", QUOTE, 6, 1, 7),
    BAD("\"a'", QUOTE, 3, 1, 4),
    BAD("\"\\\\\\\"", QUOTE, 5, 1, 6),
    BAD("\"\n\"", NO_CONTROL, 1, 1, 2),
    BAD("\"\t\"", NO_CONTROL, 1, 1, 2),
    BAD("\"\000\"", NO_CONTROL, 1, 1, 2),
    BAD("\"\037\"", NO_CONTROL, 1, 1, 2),
    BAD("\"\r\n\"", NO_CONTROL, 1, 1, 2),
    BAD("\"abcdefgh\001ijklmnopq\"", NO_CONTROL, 9, 1, 10),
    BAD("\"abc\010\"", NO_CONTROL, 4, 1, 5),
    BAD("\"abcdefghijklmnop\nq\"", NO_CONTROL, 17, 1, 18),
    BAD("[\"a\n\"]", NO_CONTROL, 3, 1, 4),
    BAD("{\"a\n\":1}", NO_CONTROL, 3, 1, 4),
    BAD("\"\303\251\n\"", NO_CONTROL, 3, 1, 3),
    BAD("\n\"\342\202\254\342\202\254\t\"", NO_CONTROL, 8, 2, 4),
    BAD("\"a\n", NO_CONTROL, 2, 1, 3),
    /* escapes */
    GOOD("\"\\\"\""),
    GOOD("\"\\\\\""),
    GOOD("\"\\/\""),
    GOOD("\"\\b\\f\\n\\r\\t\""),
    GOOD("\"\\u0000\""),
    GOOD("\"\\u0041\""),
    GOOD("\"\\u00e9\""),
    GOOD("\"\\u20AC\""),
    GOOD("\"\\uD83D\\uDE00\""),
    GOOD("\"\\ud83d\\ude00\""),
    GOOD("\"\\uDBFF\\uDFFF\""),
    GOOD("\"\\uD800\\uDC00\""),
    GOOD("\"\\uFFFF\""),
    GOOD("\"\\ufffe\""),
    GOOD("\"\\ud7ff\""),
    GOOD("\"\\uE000\""),
    GOOD("\"a\\nb\\nc\""),
    GOOD("\"\\\\u0041\""),
    GOOD("\"\\\\\\\\\""),
    GOOD("\"\\u005C\""),
    GOOD("\"\\u0022\""),
    GOOD("\"\\u000a\""),
    GOOD("{\"\\u0061\":1}"),
    GOOD("[\"\\\"\",\"\\\\\"]"),
    BAD("\"\\", ESCAPE, 2, 1, 3),
    BAD("\"\\\"", QUOTE, 3, 1, 4),
    BAD("\"\\a\"", ESCAPE, 2, 1, 3),
    BAD("\"\\0\"", ESCAPE, 2, 1, 3),
    BAD("\"\\x41\"", ESCAPE, 2, 1, 3),
    BAD("\"\\U0041\"", ESCAPE, 2, 1, 3),
    BAD("\"\\N\"", ESCAPE, 2, 1, 3),
    BAD("\"\\v\"", ESCAPE, 2, 1, 3),
    BAD("\"\\'\"", ESCAPE, 2, 1, 3),
    BAD("\"\\ \"", ESCAPE, 2, 1, 3),
    BAD("\"\\\n\"", ESCAPE, 2, 1, 3),
    BAD("\"\\\t\"", ESCAPE, 2, 1, 3),
    BAD("\"\\\000\"", ESCAPE, 2, 1, 3),
    BAD("\"\\\303\251\"", ESCAPE, 2, 1, 3),
    BAD("\"abc\\q\"", ESCAPE, 5, 1, 6),
    BAD("[\"\\e\"]", ESCAPE, 3, 1, 4),
    BAD("{\"\\e\":1}", ESCAPE, 3, 1, 4),
    BAD("\"\\n\\n\\z\"", ESCAPE, 6, 1, 7),
    BAD("\"\\u", HEX, 3, 1, 4),
    BAD("\"\\u\"", HEX, 3, 1, 4),
    BAD("\"\\u0", HEX, 4, 1, 5),
    BAD("\"\\u00", HEX, 5, 1, 6),
    BAD("\"\\u004", HEX, 6, 1, 7),
    BAD("\"\\u004\"", HEX, 6, 1, 7),
    BAD("\"\\u00g0\"", HEX, 5, 1, 6),
    BAD("\"\\uG000\"", HEX, 3, 1, 4),
    BAD("\"\\u-041\"", HEX, 3, 1, 4),
    BAD("\"\\u+041\"", HEX, 3, 1, 4),
    BAD("\"\\u 041\"", HEX, 3, 1, 4),
    BAD("\"\\u{41}\"", HEX, 3, 1, 4),
    BAD("\"\\u0x41\"", HEX, 4, 1, 5),
    BAD("\"\\u004`\"", HEX, 6, 1, 7),
    BAD("\"\\u004/\"", HEX, 6, 1, 7),
    BAD("\"\\u004:\"", HEX, 6, 1, 7),
    BAD("\"\\u004@\"", HEX, 6, 1, 7),
    BAD("\"\\u\303\251\"", HEX, 3, 1, 4),
    BAD("\"\\u0041", QUOTE, 7, 1, 8),
    /* surrogate escapes */
    BAD("\"\\uDC00\"", HIGH, 1, 1, 2),
    BAD("\"\\udfff\"", HIGH, 1, 1, 2),
    BAD("\"ab\\ude00\"", HIGH, 3, 1, 4),
    BAD("\"\\ude00\\ud83d\"", HIGH, 1, 1, 2),
    BAD("\"\\ud83d\\ude00\\ude00\"", HIGH, 13, 1, 14),
    BAD("\"\\ud800\"", LOW, 7, 1, 8),
    BAD("\"\\ud800", LOW, 7, 1, 8),
    BAD("\"\\ud800\\", LOW, 8, 1, 9),
    BAD("\"\\ud800\\u", HEX, 9, 1, 10),
    BAD("\"\\ud800\\udc", HEX, 11, 1, 12),
    BAD("\"\\ud800\\udc0\"", HEX, 12, 1, 13),
    BAD("\"\\ud800x\"", LOW, 7, 1, 8),
    BAD("\"\\ud800\\n\"", LOW, 7, 1, 8),
    BAD("\"\\ud800\\\"", LOW, 7, 1, 8),
    BAD("\"\\ud800\\u0041\"", LOW, 7, 1, 8),
    BAD("\"\\ud800\\ud800\"", LOW, 7, 1, 8),
    BAD("\"\\ud800\\ud800\\udc00\"", LOW, 7, 1, 8),
    BAD("\"\\udbff\\ue000\"", LOW, 7, 1, 8),
    BAD("\"\\ud800\\uzzzz\"", HEX, 9, 1, 10),
    BAD("\"\\uD83D \\uDE00\"", LOW, 7, 1, 8),
    BAD("\"\\ud83d\\Ude00\"", LOW, 7, 1, 8),
    BAD("[\"\\ud83d\",1]", LOW, 8, 1, 9),
    BAD("{\"\\udead\":1}", HIGH, 2, 1, 3),
    BAD("\"\\ud83d\303\251\"", LOW, 7, 1, 8),
    BAD("\"\303\251\\udc00\"", HIGH, 3, 1, 3),
    /* UTF-8 */
    GOOD("\"\337\277\""),
    GOOD("\"\340\240\200\""),
    GOOD("\"\355\237\277\""),
    GOOD("\"\356\200\200\""),
    GOOD("\"\357\277\277\""),
    GOOD("\"\360\220\200\200\""),
    GOOD("\"a\303\251b\""),
    GOOD("\"\342\202\254\360\237\230\200\""),
    BAD("\"\200\"", UTF8, 1, 1, 2),
    BAD("\"\277\"", UTF8, 1, 1, 2),
    BAD("\"\300\257\"", UTF8, 1, 1, 2),
    BAD("\"\300\200\"", UTF8, 1, 1, 2),
    BAD("\"\301\277\"", UTF8, 1, 1, 2),
    BAD("\"\302\"", UTF8, 1, 1, 2),
    BAD("\"\302 \"", UTF8, 1, 1, 2),
    BAD("\"\340\"", UTF8, 1, 1, 2),
    BAD("\"\340\200\257\"", UTF8, 1, 1, 2),
    BAD("\"\340\237\277\"", UTF8, 1, 1, 2),
    BAD("\"\342\202\"", UTF8, 1, 1, 2),
    BAD("\"\342\202 \"", UTF8, 1, 1, 2),
    BAD("\"\355\240\200\"", UTF8, 1, 1, 2),
    BAD("\"\355\277\277\"", UTF8, 1, 1, 2),
    BAD("\"\355\255\200\355\260\200\"", UTF8, 1, 1, 2),
    BAD("\"\360\200\200\200\"", UTF8, 1, 1, 2),
    BAD("\"\360\217\277\277\"", UTF8, 1, 1, 2),
    BAD("\"\360\237\230\"", UTF8, 1, 1, 2),
    BAD("\"\360\237\"", UTF8, 1, 1, 2),
    BAD("\"\364\220\200\200\"", UTF8, 1, 1, 2),
    BAD("\"\365\200\200\200\"", UTF8, 1, 1, 2),
    BAD("\"\370\210\200\200\200\"", UTF8, 1, 1, 2),
    BAD("\"\374\204\200\200\200\200\"", UTF8, 1, 1, 2),
    BAD("\"\376\"", UTF8, 1, 1, 2),
    BAD("\"\377\"", UTF8, 1, 1, 2),
    BAD("\"a\200\"", UTF8, 2, 1, 3),
    BAD("\"\303\251\200\"", UTF8, 3, 1, 3),
    BAD("\"abcdefgh\200a\"", UTF8, 9, 1, 10),
    BAD("\"\303\251\303\"", UTF8, 3, 1, 3),
    BAD("\"\342\202\254\342\202\"", UTF8, 4, 1, 3),
    BAD("\"\200\303\251\"", UTF8, 1, 1, 2),
    BAD("\"\303", UTF8, 2, 1, 3),
    BAD("\"\342\202", UTF8, 3, 1, 3),
    BAD("\"\360\237\230", UTF8, 4, 1, 3),
    BAD("\"a\342", UTF8, 3, 1, 4),
    BAD("\"\340\240", UTF8, 3, 1, 3),
    BAD("\"\355\237", UTF8, 3, 1, 3),
    BAD("\"\364\217\277", UTF8, 4, 1, 3),
    BAD("\"\340\200", UTF8, 1, 1, 2),
    BAD("\"\355\240", UTF8, 1, 1, 2),
    BAD("\"\364\220", UTF8, 1, 1, 2),
    BAD("\"\360\217\277", UTF8, 1, 1, 2),
    BAD("\"\300", UTF8, 1, 1, 2),
    BAD("\"\365", UTF8, 1, 1, 2),
    BAD("\"\200", UTF8, 1, 1, 2),
    BAD("\"\377\n\"", UTF8, 1, 1, 2),
    BAD("\"\377", UTF8, 1, 1, 2),
    BAD("\"\n\377\"", NO_CONTROL, 1, 1, 2),
    BAD("\"\\n\377\"", UTF8, 3, 1, 4),
    BAD("\"\377\\x\"", UTF8, 1, 1, 2),
    BAD("{\"\377\":1}", UTF8, 2, 1, 3),
    BAD("[\"a\",\"\303\251\",\"\303\"]", UTF8, 11, 1, 11),
    BAD("[\377]", VALUE_OR_END, 1, 1, 2),
    BAD("1\377", END, 1, 1, 2),
    BAD("[1\303\251]", ARRAY_GOES_ON, 2, 1, 3),
    BAD("\"\342\202\254\n\377\"", NO_CONTROL, 4, 1, 3),
    BAD("\n\n\"\342\202\254\377\"", UTF8, 6, 3, 3),
    /* arrays */
    GOOD("[1]"),
    GOOD("[1,2]"),
    GOOD("[1, 2 ,3]"),
    GOOD("[[]]"),
    GOOD("[[],[]]"),
    GOOD("[[[[1]]]]"),
    GOOD("[{}]"),
    GOOD("[{},[],\"\",null]"),
    GOOD("[\n1\n,\n2\n]"),
    GOOD("[1,[2,[3]],4]"),
    BAD("[", VALUE_OR_END, 1, 1, 2),
    BAD("[ ", VALUE_OR_END, 2, 1, 3),
    BAD("[1", ARRAY_GOES_ON, 2, 1, 3),
    BAD("[1 ", ARRAY_GOES_ON, 3, 1, 4),
    BAD("[1,", VALUE, 3, 1, 4),
    BAD("[1, ", VALUE, 4, 1, 5),
    BAD("[1,]", VALUE, 3, 1, 4),
    BAD("[1,,2]", VALUE, 3, 1, 4),
    BAD("[,", VALUE_OR_END, 1, 1, 2),
    BAD("[,1]", VALUE_OR_END, 1, 1, 2),
    BAD("[,]", VALUE_OR_END, 1, 1, 2),
    BAD("[1 2]", ARRAY_GOES_ON, 3, 1, 4),
    BAD("[1;2]", ARRAY_GOES_ON, 2, 1, 3),
    BAD("[1:2]", ARRAY_GOES_ON, 2, 1, 3),
    BAD("[1}", ARRAY_GOES_ON, 2, 1, 3),
    BAD("[}", VALUE_OR_END, 1, 1, 2),
    BAD("[1,2", ARRAY_GOES_ON, 4, 1, 5),
    BAD("[[]", ARRAY_GOES_ON, 3, 1, 4),
    BAD("[[],", VALUE, 4, 1, 5),
    BAD("[[1]}", ARRAY_GOES_ON, 4, 1, 5),
    BAD("[\"a\"\"b\"]", ARRAY_GOES_ON, 4, 1, 5),
    BAD("[\"a\":1]", ARRAY_GOES_ON, 4, 1, 5),
    BAD("[a]", VALUE_OR_END, 1, 1, 2),
    BAD("[null,]", VALUE, 6, 1, 7),
    BAD("[1\n2]", ARRAY_GOES_ON, 3, 2, 1),
    BAD("[1,\n\n]", VALUE, 5, 3, 1),
    BAD("[...]", VALUE_OR_END, 1, 1, 2),
    BAD("[1}]", ARRAY_GOES_ON, 2, 1, 3),
    BAD("[1,}", VALUE, 3, 1, 4),
    BAD("[[[", VALUE_OR_END, 3, 1, 4),
    BAD("[1,2}]", ARRAY_GOES_ON, 4, 1, 5),
    BAD("[\"\303\251\" 1]", ARRAY_GOES_ON, 6, 1, 6),
    /* objects */
    GOOD("{\"a\":1}"),
    GOOD("{\"a\":1,\"b\":2}"),
    GOOD("{ \"a\" : 1 , \"b\" : 2 }"),
    GOOD("{\"\":0}"),
    GOOD("{\"a\":{}}"),
    GOOD("{\"a\":{\"b\":{\"c\":[]}}}"),
    GOOD("{\"a\":1,\"a\":2}"),
    GOOD("{\"a\":[],\"b\":{}}"),
    GOOD("{\n\"a\"\n:\n1\n}"),
    GOOD("{\"a\":\"}\"}"),
    GOOD("{\"0\":0,\"1\":1}"),
    BAD("{", NAME_OR_END, 1, 1, 2),
    BAD("{ ", NAME_OR_END, 2, 1, 3),
    BAD("{1:2}", NAME_OR_END, 1, 1, 2),
    BAD("{a:1}", NAME_OR_END, 1, 1, 2),
    BAD("{'a':1}", NAME_OR_END, 1, 1, 2),
    BAD("{null:1}", NAME_OR_END, 1, 1, 2),
    BAD("{[]:1}", NAME_OR_END, 1, 1, 2),
    BAD("{,}", NAME_OR_END, 1, 1, 2),
    BAD("{]", NAME_OR_END, 1, 1, 2),
    BAD("{:1}", NAME_OR_END, 1, 1, 2),
    BAD("{\"a\"", COLON, 4, 1, 5),
    BAD("{\"a\" ", COLON, 5, 1, 6),
    BAD("{\"a\"}", COLON, 4, 1, 5),
    BAD("{\"a\",1}", COLON, 4, 1, 5),
    BAD("{\"a\" 1}", COLON, 5, 1, 6),
    BAD("{\"a\"=1}", COLON, 4, 1, 5),
    BAD("{\"a\"=>1}", COLON, 4, 1, 5),
    BAD("{\"a\":", VALUE, 5, 1, 6),
    BAD("{\"a\": ", VALUE, 6, 1, 7),
    BAD("{\"a\":}", VALUE, 5, 1, 6),
    BAD("{\"a\":,}", VALUE, 5, 1, 6),
    BAD("{\"a\"::1}", VALUE, 5, 1, 6),
    BAD("{\"a\":1", OBJECT_GOES_ON, 6, 1, 7),
    BAD("{\"a\":1 ", OBJECT_GOES_ON, 7, 1, 8),
    BAD("{\"a\":1,", NAME, 7, 1, 8),
    BAD("{\"a\":1,}", NAME, 7, 1, 8),
    BAD("{\"a\":1,,}", NAME, 7, 1, 8),
    BAD("{\"a\":1 \"b\":2}", OBJECT_GOES_ON, 7, 1, 8),
    BAD("{\"a\":1;\"b\":2}", OBJECT_GOES_ON, 6, 1, 7),
    BAD("{\"a\":1]", OBJECT_GOES_ON, 6, 1, 7),
    BAD("{\"a\":1:2}", OBJECT_GOES_ON, 6, 1, 7),
    BAD("{\"a\":1,b:2}", NAME, 7, 1, 8),
    BAD("{\"a\":1,1:2}", NAME, 7, 1, 8),
    BAD("{\"a\":b}", VALUE, 5, 1, 6),
    BAD("{\"a\":[}", VALUE_OR_END, 6, 1, 7),
    BAD("{\"a\":{]", NAME_OR_END, 6, 1, 7),
    BAD("{\"a\":[1}", ARRAY_GOES_ON, 7, 1, 8),
    BAD("{\"a\":{\"b\":1]", OBJECT_GOES_ON, 11, 1, 12),
    BAD("{{}:1}", NAME_OR_END, 1, 1, 2),
    BAD("{\"a\":{}", OBJECT_GOES_ON, 7, 1, 8),
    BAD("{\"a\":\n\n}", VALUE, 7, 3, 1),
    BAD("{\"a\"\n\"b\"}", COLON, 5, 2, 1),
    BAD("{\"\303\251\" 1}", COLON, 6, 1, 6),
    BAD("{\"\342\202\254\":1,\n \"\342\202\254\342\202\254\" 2}", COLON, 20, 2, 7),
    BAD("{...}", NAME_OR_END, 1, 1, 2),
    BAD("{\"a\":1,...}", NAME, 7, 1, 8),
    BAD("{\"a\":1}}", END, 7, 1, 8),
    BAD("{\"a\":1,\"b\"}", COLON, 10, 1, 11),
    BAD("{\"a\":1,\n\"b\":2,\n}", NAME, 15, 3, 1),
    BAD("{\"a\":'b'}", VALUE, 5, 1, 6),
    BAD("{\"a\"\000:1}", COLON, 4, 1, 5),
    /* line and column */
    BAD("\n\n\nx", VALUE, 3, 4, 1),
    BAD("\r\n x", VALUE, 3, 2, 2),
    BAD("\r\rx", VALUE, 2, 1, 3),
    BAD("[1,\n2,\n3\n4]", ARRAY_GOES_ON, 9, 4, 1),
    BAD("[\n\n1,\n  ]", VALUE, 8, 4, 3),
    BAD("[\"\303\251\303\251\",\n\"\303\251\303\251\" 1]", ARRAY_GOES_ON, 16, 2, 6),
    BAD("[\"\360\237\230\200\"x]", ARRAY_GOES_ON, 7, 1, 5),
    BAD("[\"a\\n\"x]", ARRAY_GOES_ON, 6, 1, 7),
    BAD("\n", VALUE, 1, 2, 1),
    BAD("[\n", VALUE_OR_END, 2, 2, 1),
    BAD("\303\251\n", VALUE, 0, 1, 1),
    BAD("[\"\342\202\254\",\"\360\237\230\200\",\"\303\251\",x]", VALUE, 19, 1, 14),
};

#define CASE_COUNT (sizeof cases / sizeof cases[0])

static void expect_fault(const struct parse_case *row, st_err err,
                         const struct st_json_fault *fault)
{
    bool as_said = err == ST_ERR_SYNTAX && fault->err == err &&
                   strcmp(fault->expected, row->expected) == 0 && fault->offset == row->offset &&
                   fault->line == row->line && fault->column == row->column;
    if (!as_said)
        fail_msg("%.*s: %s, expected %s at %d, line %d, column %d", ST_STR_ARG(row->text),
                 st_err_text(err), err == ST_OK ? "" : fault->expected, (int)fault->offset,
                 (int)fault->line, (int)fault->column);
}

TEST("every case of the table is taken, or refused at its byte, line and column")
{
    struct st_json doc;
    st_json_init(&doc);
    for (size_t i = 0; i < CASE_COUNT; i++) {
        struct st_json_fault fault = {.expected = ""};
        st_err err = st_json_parse(&doc, cases[i].text, NULL, &fault);
        if (cases[i].expected != NULL)
            expect_fault(&cases[i], err, &fault);
        else if (err != ST_OK)
            fail_msg("%.*s: refused at %d, expected %s", ST_STR_ARG(cases[i].text),
                     (int)fault.offset, fault.expected);
        else
            check_tape(&doc);
    }
    st_json_done(&doc);
}

TEST("every case of the table is the same to every kernel, alone and inside an array")
{
    struct twins twins;
    twins_init(&twins);
    for (size_t i = 0; i < CASE_COUNT; i++) {
        struct st_buf text = ST_BUF(4096);
        (void)twins_check(&twins, cases[i].text, NULL);
        assert_ok(st_buf_add_str(&text, ST_STR("[{\"\":")));
        assert_ok(st_buf_add_str(&text, cases[i].text));
        assert_ok(st_buf_add_str(&text, ST_STR("},1]")));
        (void)twins_check(&twins, st_buf_str(&text), NULL);
        st_buf_done(&text);
    }
    twins_done(&twins);
}

TEST("every case of the table is taken or refused alike when it is checked only")
{
    const struct st_json_options options = {.check_only = true};
    struct st_json doc;
    st_json_init(&doc);
    for (size_t i = 0; i < CASE_COUNT; i++) {
        struct st_json_fault fault = {.expected = ""};
        st_err err = st_json_parse(&doc, cases[i].text, &options, &fault);
        if (cases[i].expected != NULL)
            expect_fault(&cases[i], err, &fault);
        else if (err != ST_OK)
            fail_msg("%.*s: refused at %d, expected %s", ST_STR_ARG(cases[i].text),
                     (int)fault.offset, fault.expected);
    }
    st_json_done(&doc);
}

TEST("a fault moves with the text around it, into arrays and objects and behind blanks")
{
    struct st_json doc;
    st_json_init(&doc);
    for (size_t i = 0; i < CASE_COUNT; i++) {
        struct st_buf text = ST_BUF(4096);
        struct st_json_fault fault = {.expected = ""};
        assert_ok(st_buf_add_str(&text, (st_str)ST_STR_INIT("\n {\"\303\251\": [0,")));
        size_t shift = text.len;
        assert_ok(st_buf_add_str(&text, cases[i].text));
        st_err err = st_json_parse(&doc, st_buf_str(&text), NULL, &fault);
        /* What ended the text alone is followed by nothing here either. What followed a whole value
         * may go on as an array; what was no value at all is blamed with the same words. */
        bool whole = cases[i].expected == NULL || cases[i].expected == END;
        assert_int_equal(err, ST_ERR_SYNTAX);
        if (!whole && cases[i].expected != NO_BOM) {
            assert_int_equal(fault.offset, shift + cases[i].offset);
            assert_string_equal(fault.expected, cases[i].expected);
            assert_int_equal(fault.line, cases[i].line + 1);
            assert_int_equal(fault.column, cases[i].column + (cases[i].line == 1 ? 10 : 0));
        }
        st_buf_done(&text);
    }
    st_json_done(&doc);
}

TEST("a text is good up to its fault: its head alone ends early, there and not before")
{
    struct st_json doc;
    st_json_init(&doc);
    for (size_t i = 0; i < CASE_COUNT; i++) {
        struct st_json_fault fault = {.expected = ""};
        if (cases[i].expected == NULL)
            continue;
        st_str head = {cases[i].text.at, (size_t)cases[i].offset};
        st_err err = st_json_parse(&doc, head, NULL, &fault);
        if (err != ST_OK && (err != ST_ERR_SYNTAX || fault.offset != head.len))
            fail_msg("%.*s: its head is wrong before %d, at %d", ST_STR_ARG(cases[i].text),
                     (int)head.len, (int)fault.offset);
    }
    st_json_done(&doc);
}

TEST("B3: a hundred thousand brackets that nobody closes are a limit, of either kind")
{
    static const char *const pieces[] = {"[", "{\"\":", "[{\"\":"};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct st_buf text = ST_BUF((size_t)1 << 20);
        struct st_json_fault fault = {0};
        struct st_json doc;
        st_json_init(&doc);
        for (int times = 0; times < 100000; times++)
            assert_ok(st_buf_add_str(&text, st_str_of(pieces[i])));
        assert_err(st_json_parse(&doc, st_buf_str(&text), NULL, &fault), LIMIT);
        assert_int_equal(fault.err, ST_ERR_LIMIT);
        assert_true(fault.offset < 1000);
        st_json_done(&doc);
        st_buf_done(&text);
    }
}
