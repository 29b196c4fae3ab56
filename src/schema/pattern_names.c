/* The names that ECMA-262 lets stand in \p{…}, exact in spelling and case, and PCRE2's words for
 * them. The scripts are those of Unicode 17; PCRE2 10.42 knows Unicode 14, so the newest ones are
 * names that cannot be run. Neither can those that PCRE2 lacks (Changes_When_NFKC_Casefolded) or
 * gets wrong: its Bidi_Mirrored is the table of mirror images, and its Script_Extensions count a
 * character's own script in, which Common and Inherited must not. */
#include "schema/pattern_tree.h"

struct name {
    const char *ecma;
    const char *pcre; /* NULL: PCRE2 lacks it */
};

static const struct name categories[] = {
    {"C", "C"},
    {"Other", "C"},
    {"Cc", "Cc"},
    {"Control", "Cc"},
    {"cntrl", "Cc"},
    {"Cf", "Cf"},
    {"Format", "Cf"},
    {"Cn", "Cn"},
    {"Unassigned", "Cn"},
    {"Co", "Co"},
    {"Private_Use", "Co"},
    {"Cs", "Cs"},
    {"Surrogate", "Cs"},
    {"L", "L"},
    {"Letter", "L"},
    {"LC", "L&"},
    {"Cased_Letter", "L&"},
    {"Ll", "Ll"},
    {"Lowercase_Letter", "Ll"},
    {"Lm", "Lm"},
    {"Modifier_Letter", "Lm"},
    {"Lo", "Lo"},
    {"Other_Letter", "Lo"},
    {"Lt", "Lt"},
    {"Titlecase_Letter", "Lt"},
    {"Lu", "Lu"},
    {"Uppercase_Letter", "Lu"},
    {"M", "M"},
    {"Mark", "M"},
    {"Combining_Mark", "M"},
    {"Mc", "Mc"},
    {"Spacing_Mark", "Mc"},
    {"Me", "Me"},
    {"Enclosing_Mark", "Me"},
    {"Mn", "Mn"},
    {"Nonspacing_Mark", "Mn"},
    {"N", "N"},
    {"Number", "N"},
    {"Nd", "Nd"},
    {"Decimal_Number", "Nd"},
    {"digit", "Nd"},
    {"Nl", "Nl"},
    {"Letter_Number", "Nl"},
    {"No", "No"},
    {"Other_Number", "No"},
    {"P", "P"},
    {"Punctuation", "P"},
    {"punct", "P"},
    {"Pc", "Pc"},
    {"Connector_Punctuation", "Pc"},
    {"Pd", "Pd"},
    {"Dash_Punctuation", "Pd"},
    {"Pe", "Pe"},
    {"Close_Punctuation", "Pe"},
    {"Pf", "Pf"},
    {"Final_Punctuation", "Pf"},
    {"Pi", "Pi"},
    {"Initial_Punctuation", "Pi"},
    {"Po", "Po"},
    {"Other_Punctuation", "Po"},
    {"Ps", "Ps"},
    {"Open_Punctuation", "Ps"},
    {"S", "S"},
    {"Symbol", "S"},
    {"Sc", "Sc"},
    {"Currency_Symbol", "Sc"},
    {"Sk", "Sk"},
    {"Modifier_Symbol", "Sk"},
    {"Sm", "Sm"},
    {"Math_Symbol", "Sm"},
    {"So", "So"},
    {"Other_Symbol", "So"},
    {"Z", "Z"},
    {"Separator", "Z"},
    {"Zl", "Zl"},
    {"Line_Separator", "Zl"},
    {"Zp", "Zp"},
    {"Paragraph_Separator", "Zp"},
    {"Zs", "Zs"},
    {"Space_Separator", "Zs"},
};

static const struct name properties[] = {
    {"ASCII", "ASCII"},
    {"ASCII_Hex_Digit", "ASCII_Hex_Digit"},
    {"AHex", "ASCII_Hex_Digit"},
    {"Alphabetic", "Alphabetic"},
    {"Alpha", "Alphabetic"},
    {"Any", "Any"},
    {"Bidi_Control", "Bidi_Control"},
    {"Bidi_C", "Bidi_Control"},
    {"Bidi_Mirrored", NULL},
    {"Bidi_M", NULL},
    {"Case_Ignorable", "Case_Ignorable"},
    {"CI", "Case_Ignorable"},
    {"Cased", "Cased"},
    {"Changes_When_Casefolded", "Changes_When_Casefolded"},
    {"CWCF", "Changes_When_Casefolded"},
    {"Changes_When_Casemapped", "Changes_When_Casemapped"},
    {"CWCM", "Changes_When_Casemapped"},
    {"Changes_When_Lowercased", "Changes_When_Lowercased"},
    {"CWL", "Changes_When_Lowercased"},
    {"Changes_When_Titlecased", "Changes_When_Titlecased"},
    {"CWT", "Changes_When_Titlecased"},
    {"Changes_When_Uppercased", "Changes_When_Uppercased"},
    {"CWU", "Changes_When_Uppercased"},
    {"Dash", "Dash"},
    {"Default_Ignorable_Code_Point", "Default_Ignorable_Code_Point"},
    {"DI", "Default_Ignorable_Code_Point"},
    {"Deprecated", "Deprecated"},
    {"Dep", "Deprecated"},
    {"Diacritic", "Diacritic"},
    {"Dia", "Diacritic"},
    {"Emoji", "Emoji"},
    {"Emoji_Component", "Emoji_Component"},
    {"EComp", "Emoji_Component"},
    {"Emoji_Modifier", "Emoji_Modifier"},
    {"EMod", "Emoji_Modifier"},
    {"Emoji_Modifier_Base", "Emoji_Modifier_Base"},
    {"EBase", "Emoji_Modifier_Base"},
    {"Emoji_Presentation", "Emoji_Presentation"},
    {"EPres", "Emoji_Presentation"},
    {"Extended_Pictographic", "Extended_Pictographic"},
    {"ExtPict", "Extended_Pictographic"},
    {"Extender", "Extender"},
    {"Ext", "Extender"},
    {"Grapheme_Base", "Grapheme_Base"},
    {"Gr_Base", "Grapheme_Base"},
    {"Grapheme_Extend", "Grapheme_Extend"},
    {"Gr_Ext", "Grapheme_Extend"},
    {"Hex_Digit", "Hex_Digit"},
    {"Hex", "Hex_Digit"},
    {"IDS_Binary_Operator", "IDS_Binary_Operator"},
    {"IDSB", "IDS_Binary_Operator"},
    {"IDS_Trinary_Operator", "IDS_Trinary_Operator"},
    {"IDST", "IDS_Trinary_Operator"},
    {"ID_Continue", "ID_Continue"},
    {"IDC", "ID_Continue"},
    {"ID_Start", "ID_Start"},
    {"IDS", "ID_Start"},
    {"Ideographic", "Ideographic"},
    {"Ideo", "Ideographic"},
    {"Join_Control", "Join_Control"},
    {"Join_C", "Join_Control"},
    {"Logical_Order_Exception", "Logical_Order_Exception"},
    {"LOE", "Logical_Order_Exception"},
    {"Lowercase", "Lowercase"},
    {"Lower", "Lowercase"},
    {"Math", "Math"},
    {"Noncharacter_Code_Point", "Noncharacter_Code_Point"},
    {"NChar", "Noncharacter_Code_Point"},
    {"Pattern_Syntax", "Pattern_Syntax"},
    {"Pat_Syn", "Pattern_Syntax"},
    {"Pattern_White_Space", "Pattern_White_Space"},
    {"Pat_WS", "Pattern_White_Space"},
    {"Quotation_Mark", "Quotation_Mark"},
    {"QMark", "Quotation_Mark"},
    {"Radical", "Radical"},
    {"Regional_Indicator", "Regional_Indicator"},
    {"RI", "Regional_Indicator"},
    {"Sentence_Terminal", "Sentence_Terminal"},
    {"STerm", "Sentence_Terminal"},
    {"Soft_Dotted", "Soft_Dotted"},
    {"SD", "Soft_Dotted"},
    {"Terminal_Punctuation", "Terminal_Punctuation"},
    {"Term", "Terminal_Punctuation"},
    {"Unified_Ideograph", "Unified_Ideograph"},
    {"UIdeo", "Unified_Ideograph"},
    {"Uppercase", "Uppercase"},
    {"Upper", "Uppercase"},
    {"Variation_Selector", "Variation_Selector"},
    {"VS", "Variation_Selector"},
    {"White_Space", "White_Space"},
    {"space", "White_Space"},
    {"XID_Continue", "XID_Continue"},
    {"XIDC", "XID_Continue"},
    {"XID_Start", "XID_Start"},
    {"XIDS", "XID_Start"},
    {"Changes_When_NFKC_Casefolded", NULL},
    {"CWKCF", NULL},
};

/* Short and long name, both good for either language. */
static const char *const scripts[][2] = {
    {"Adlm", "Adlam"},
    {"Aghb", "Caucasian_Albanian"},
    {"Ahom", "Ahom"},
    {"Arab", "Arabic"},
    {"Armi", "Imperial_Aramaic"},
    {"Armn", "Armenian"},
    {"Avst", "Avestan"},
    {"Bali", "Balinese"},
    {"Bamu", "Bamum"},
    {"Bass", "Bassa_Vah"},
    {"Batk", "Batak"},
    {"Beng", "Bengali"},
    {"Bhks", "Bhaiksuki"},
    {"Bopo", "Bopomofo"},
    {"Brah", "Brahmi"},
    {"Brai", "Braille"},
    {"Bugi", "Buginese"},
    {"Buhd", "Buhid"},
    {"Cakm", "Chakma"},
    {"Cans", "Canadian_Aboriginal"},
    {"Cari", "Carian"},
    {"Cham", "Cham"},
    {"Cher", "Cherokee"},
    {"Chrs", "Chorasmian"},
    {"Copt", "Coptic"},
    {"Cpmn", "Cypro_Minoan"},
    {"Cprt", "Cypriot"},
    {"Cyrl", "Cyrillic"},
    {"Deva", "Devanagari"},
    {"Diak", "Dives_Akuru"},
    {"Dogr", "Dogra"},
    {"Dsrt", "Deseret"},
    {"Dupl", "Duployan"},
    {"Egyp", "Egyptian_Hieroglyphs"},
    {"Elba", "Elbasan"},
    {"Elym", "Elymaic"},
    {"Ethi", "Ethiopic"},
    {"Geor", "Georgian"},
    {"Glag", "Glagolitic"},
    {"Gong", "Gunjala_Gondi"},
    {"Gonm", "Masaram_Gondi"},
    {"Goth", "Gothic"},
    {"Gran", "Grantha"},
    {"Grek", "Greek"},
    {"Gujr", "Gujarati"},
    {"Guru", "Gurmukhi"},
    {"Hang", "Hangul"},
    {"Hani", "Han"},
    {"Hano", "Hanunoo"},
    {"Hatr", "Hatran"},
    {"Hebr", "Hebrew"},
    {"Hira", "Hiragana"},
    {"Hluw", "Anatolian_Hieroglyphs"},
    {"Hmng", "Pahawh_Hmong"},
    {"Hmnp", "Nyiakeng_Puachue_Hmong"},
    {"Hung", "Old_Hungarian"},
    {"Ital", "Old_Italic"},
    {"Java", "Javanese"},
    {"Kali", "Kayah_Li"},
    {"Kana", "Katakana"},
    {"Khar", "Kharoshthi"},
    {"Khmr", "Khmer"},
    {"Khoj", "Khojki"},
    {"Kits", "Khitan_Small_Script"},
    {"Knda", "Kannada"},
    {"Kthi", "Kaithi"},
    {"Lana", "Tai_Tham"},
    {"Laoo", "Lao"},
    {"Latn", "Latin"},
    {"Lepc", "Lepcha"},
    {"Limb", "Limbu"},
    {"Lina", "Linear_A"},
    {"Linb", "Linear_B"},
    {"Lisu", "Lisu"},
    {"Lyci", "Lycian"},
    {"Lydi", "Lydian"},
    {"Mahj", "Mahajani"},
    {"Maka", "Makasar"},
    {"Mand", "Mandaic"},
    {"Mani", "Manichaean"},
    {"Marc", "Marchen"},
    {"Medf", "Medefaidrin"},
    {"Mend", "Mende_Kikakui"},
    {"Merc", "Meroitic_Cursive"},
    {"Mero", "Meroitic_Hieroglyphs"},
    {"Mlym", "Malayalam"},
    {"Modi", "Modi"},
    {"Mong", "Mongolian"},
    {"Mroo", "Mro"},
    {"Mtei", "Meetei_Mayek"},
    {"Mult", "Multani"},
    {"Mymr", "Myanmar"},
    {"Nand", "Nandinagari"},
    {"Narb", "Old_North_Arabian"},
    {"Nbat", "Nabataean"},
    {"Newa", "Newa"},
    {"Nkoo", "Nko"},
    {"Nshu", "Nushu"},
    {"Ogam", "Ogham"},
    {"Olck", "Ol_Chiki"},
    {"Orkh", "Old_Turkic"},
    {"Orya", "Oriya"},
    {"Osge", "Osage"},
    {"Osma", "Osmanya"},
    {"Ougr", "Old_Uyghur"},
    {"Palm", "Palmyrene"},
    {"Pauc", "Pau_Cin_Hau"},
    {"Perm", "Old_Permic"},
    {"Phag", "Phags_Pa"},
    {"Phli", "Inscriptional_Pahlavi"},
    {"Phlp", "Psalter_Pahlavi"},
    {"Phnx", "Phoenician"},
    {"Plrd", "Miao"},
    {"Prti", "Inscriptional_Parthian"},
    {"Rjng", "Rejang"},
    {"Rohg", "Hanifi_Rohingya"},
    {"Runr", "Runic"},
    {"Samr", "Samaritan"},
    {"Sarb", "Old_South_Arabian"},
    {"Saur", "Saurashtra"},
    {"Sgnw", "SignWriting"},
    {"Shaw", "Shavian"},
    {"Shrd", "Sharada"},
    {"Sidd", "Siddham"},
    {"Sind", "Khudawadi"},
    {"Sinh", "Sinhala"},
    {"Sogd", "Sogdian"},
    {"Sogo", "Old_Sogdian"},
    {"Sora", "Sora_Sompeng"},
    {"Soyo", "Soyombo"},
    {"Sund", "Sundanese"},
    {"Sylo", "Syloti_Nagri"},
    {"Syrc", "Syriac"},
    {"Tagb", "Tagbanwa"},
    {"Takr", "Takri"},
    {"Tale", "Tai_Le"},
    {"Talu", "New_Tai_Lue"},
    {"Taml", "Tamil"},
    {"Tang", "Tangut"},
    {"Tavt", "Tai_Viet"},
    {"Telu", "Telugu"},
    {"Tfng", "Tifinagh"},
    {"Tglg", "Tagalog"},
    {"Thaa", "Thaana"},
    {"Thai", "Thai"},
    {"Tibt", "Tibetan"},
    {"Tirh", "Tirhuta"},
    {"Tnsa", "Tangsa"},
    {"Toto", "Toto"},
    {"Ugar", "Ugaritic"},
    {"Vaii", "Vai"},
    {"Vith", "Vithkuqi"},
    {"Wara", "Warang_Citi"},
    {"Wcho", "Wancho"},
    {"Xpeo", "Old_Persian"},
    {"Xsux", "Cuneiform"},
    {"Yezi", "Yezidi"},
    {"Yiii", "Yi"},
    {"Zanb", "Zanabazar_Square"},
    {"Zinh", "Inherited"},
    {"Zyyy", "Common"},
    {"Zzzz", "Unknown"},
};

static const char *const newer_scripts[][2] = {
    {"Kawi", "Kawi"},         {"Nagm", "Nag_Mundari"}, {"Gara", "Garay"},
    {"Gukh", "Gurung_Khema"}, {"Krai", "Kirat_Rai"},   {"Onao", "Ol_Onal"},
    {"Sunu", "Sunuwar"},      {"Todr", "Todhri"},      {"Tutg", "Tulu_Tigalari"},
    {"Berf", "Beria_Erfe"},   {"Sidt", "Sidetic"},     {"Tayo", "Tai_Yo"},
    {"Tols", "Tolong_Siki"},
};

static const struct name *find_name(const struct name *names, size_t count, st_str name)
{
    for (size_t i = 0; i < count; i++)
        if (st_str_eq(name, st_str_of(names[i].ecma)))
            return &names[i];
    return NULL;
}

static bool find_script(const char *const scripts_[][2], size_t count, st_str name)
{
    for (size_t i = 0; i < count; i++)
        if (st_str_eq(name, st_str_of(scripts_[i][0])) ||
            st_str_eq(name, st_str_of(scripts_[i][1])))
            return true;
    return false;
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool set_property(struct st_property *property, const char *prefix, const char *name)
{
    *property = (struct st_property){.prefix = prefix, .name = st_str_of(name)};
    return true;
}

static bool set_found(struct st_property *property, const struct name *found)
{
    return found != NULL && set_property(property, "", found->pcre);
}

/* Common or Inherited, under any of their names. */
static bool is_shared(st_str script)
{
    static const char *const names[] = {"Common", "Zyyy", "Inherited", "Zinh", "Qaai"};
    for (size_t i = 0; i < COUNT(names); i++)
        if (st_str_eq(script, st_str_of(names[i])))
            return true;
    return false;
}

static bool read_script(st_str name, const char *prefix, bool extensions,
                        struct st_property *property)
{
    bool known = find_script(scripts, COUNT(scripts), name) || st_str_eq(name, ST_STR("Qaac")) ||
                 st_str_eq(name, ST_STR("Qaai"));
    *property = (struct st_property){.prefix = prefix, .name = name};
    if (!known || (extensions && is_shared(name)))
        property->name.at = NULL;
    return known || find_script(newer_scripts, COUNT(newer_scripts), name);
}

bool st_property_find(st_str text, struct st_property *property)
{
    st_str name = {0};
    st_str value = {0};
    if (!st_str_cut(text, '=', &name, &value)) {
        if (st_str_eq(name, ST_STR("Assigned"))) {
            *property = (struct st_property){.prefix = "", .name = ST_STR("Cn"), .negated = true};
            return true;
        }
        return set_found(property, find_name(categories, COUNT(categories), name)) ||
               set_found(property, find_name(properties, COUNT(properties), name));
    }
    if (st_str_eq(name, ST_STR("General_Category")) || st_str_eq(name, ST_STR("gc")))
        return set_found(property, find_name(categories, COUNT(categories), value));
    if (st_str_eq(name, ST_STR("Script")) || st_str_eq(name, ST_STR("sc")))
        return read_script(value, "sc:", false, property);
    if (st_str_eq(name, ST_STR("Script_Extensions")) || st_str_eq(name, ST_STR("scx")))
        return read_script(value, "scx:", true, property);
    return false;
}
