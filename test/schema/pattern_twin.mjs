// Twin test: steno's patterns against this node's RegExp(pattern, 'u'), on random patterns of the
// whole grammar (and texts near it) and on a list of hard ones.
//
//   node pattern_twin.mjs <driver> [count] [seed]
//
// Left out, because V8 is not the grammar there: counts past 2^31 are all one to it, so that
// {99999999999,99999999998} is in order for it.
//
// The driver (pattern_twin.c) answers with what the search says, by automata with and without this
// machine's instructions, by PCRE2, and by the plain walk; all must agree with node. The seed is printed; a failure names the pattern and the text.
import { spawnSync } from 'node:child_process';

const [driver, countText = '100000', seedText] = process.argv.slice(2);
const count = Number(countText);
const seed = seedText === undefined ? (Date.now() ^ (process.pid << 16)) >>> 0 : Number(seedText);
console.log(`seed ${seed}, ${count} random patterns, node ${process.version}, Unicode ${process.versions.unicode}`);

let state = seed;
function random(below) { // mulberry32
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % below;
}
const pick = (list) => list[random(list.length)];
const chance = (percent) => random(100) < percent;

// Characters that exist since Unicode 14 or longer, so that old data and new data agree.
const common = ['a', 'b', 'c', 'a', 'b', 'ab'];
const rare = ['A', 'B', '0', '1', '_', '-', ' ', '\n', '\r', '\u2028', '\u2029', '\ufeff', '\u00a0', '\u0085',
  '\u180e', '\u200b', '\u1680', '\u3000', '\t', '\v', '\f', '\0', 'é', 'ß', 'ſ', '\u212a', '😀', '𝒳', '中', 'א', '٣', 'Σ',
  'ς', '\u{10ffff}', '\ud7ff', '\ue000', '\uffff', '.', '$', '^', '[', ']', '{', '}', '(', ')', '\\', '/', '|', ',', '=', ':'];
const text = () => {
  let out = '';
  for (let n = random(9); n > 0; n--) out += chance(75) ? pick(common) : pick(rare);
  return out;
};

const properties = ['L', 'Lu', 'Ll', 'Letter', 'Uppercase_Letter', 'LC', 'Cased_Letter', 'Nd', 'digit', 'punct', 'gc=Sm',
  'General_Category=Zs', 'Zs', 'Cc', 'Cs', 'Co', 'Script=Greek', 'sc=Latn', 'Script=Latin', 'scx=Hebr', 'Script_Extensions=Arabic',
  'sc=Han', 'sc=Zyyy', 'scx=Common', 'Alphabetic', 'Alpha', 'Lowercase', 'Upper', 'White_Space', 'space', 'Emoji', 'Emoji_Presentation',
  'ASCII', 'Any', 'Assigned', 'ID_Start', 'IDC', 'ASCII_Hex_Digit', 'Math', 'Ideographic', 'Dash', 'Noncharacter_Code_Point',
  'lower', 'latin', 'Latin', 'L&', 'Greek', 'gc=Greek', 'sc=L', 'Any=Yes', 'Sc', 'S', 'Cn', 'Lu ', ' Lu', '', 'sc=', '=Lu', 'is_Lu', 'InGreek', '^Lu'];

function charEscape() {
  return pick(['\\n', '\\t', '\\r', '\\v', '\\f', '\\0', '\\x61', '\\u0062', '\\u{63}', '\\u{1f600}', '\\ud83d\\ude00', '\\ud83d',
    '\\ude00', '\\u{d83d}', '\\cJ', '\\cj', '\\.', '\\*', '\\/', '\\$', '\\^', '\\(', '\\]', '\\{', '\\|', '\\\\', '\\x5f', '\\u2028', '\\u{0000041}',
    ...(chance(8) ? ['\\00', '\\01', '\\x6', '\\u{110000}', '\\u{}', '\\u12', '\\a', '\\-', '\\_', '\\c1', '\\c', '\\8', '\\e', '\\Q', '\\A', '\\z', '\\G', '\\K', '\\R', '\\X', '\\N', '\\h', '\\"', '\\ ', '\\é', '\\,'] : [])]);
}
const classEscape = () => (chance(70) ? pick(['\\d', '\\D', '\\s', '\\S', '\\w', '\\W']) : `\\${pick(['p', 'P'])}{${pick(properties)}}`);
function classAtom() {
  if (chance(55)) return pick(common)[0];
  if (chance(30)) return pick(['-', '^', '.', '$', '*', '[', '(', '|', '😀', 'é', '\u2028', '\\-', '\\b', '\\]', '\\B', '&&', '--', ':', '[:alpha:]', '\\k', '\\1']);
  return chance(50) ? charEscape() : classEscape();
}
function charClass() {
  let out = chance(30) ? '[^' : '[';
  for (let n = random(4); n > 0; n--) {
    out += classAtom();
    if (chance(30)) out += `-${classAtom()}`;
  }
  return `${out}]`;
}
const names = ['x', 'y', '$', '_a1', 'é', '\\u0061', '\\u{62}', '𝒳', '\\ud835\\udcb3', 'a\u200d'];
let made = []; // the group names of the pattern being made
function group(depth) {
  const inner = alternatives(depth - 1);
  if (chance(40)) return `(${inner})`;
  if (chance(30)) return `(?:${inner})`;
  if (chance(25)) {
    const name = chance(3) ? pick(['', '1', 'x y', 'a-', '\u2028', '\\u{110000}', '😀']) : pick(names);
    made.push(name);
    return `(?<${name}>${inner})`;
  }
  if (chance(4)) return `(?${pick(['>', '|', 'i:', '#', '-s)', 'P<x>', 'R)', '+1)', '&x)', '', '(1)'])}${inner})`;
  return `(?${pick(['=', '!', '<=', '<!'])}${inner})`;
}
function reference() {
  if (made.length > 0 && chance(50)) return `\\k<${pick(made)}>`;
  return chance(96) ? `\\${1 + random(3)}` : pick(['\\k<x>', '\\k', '\\k<', '\\k{x}', '\\g{1}', '\\10', '\\99999999999']);
}
function quantifier() {
  const q = pick(['*', '+', '?', '{0}', '{1}', '{2}', '{0,1}', '{1,2}', '{2,}', '{0,}', '{1,3}',
    ...(chance(5) ? ['{,5}', '{2,1}', '{', '}', '{2}{3}', '++', '?+', '*+', '{a}', '{1', '{ 1 }', '{01,002}', '{0,4294967296}', '{0,70000}'] : [])]);
  return chance(30) ? `${q}?` : q;
}
function term(depth) {
  const kind = random(100);
  if (depth > 0 && kind < 25) return group(depth) + (chance(45) ? quantifier() : '');
  if (kind < 33) return pick(['^', '$', '\\b', '\\B', '^', '$']) + (chance(1) ? quantifier() : '');
  let atom;
  if (kind < 41) atom = reference();
  else if (kind < 51) atom = charClass();
  else if (kind < 57) atom = classEscape();
  else if (kind < 63) atom = '.';
  else if (kind < 68) atom = charEscape();
  else if (kind < 92) atom = pick(common);
  else if (kind < 98) atom = pick(rare.filter((c) => !/[.$^[\]{}()\\|]/.test(c)));
  else atom = pick(rare);
  return atom + (chance(30) ? quantifier() : '');
}
function sequence(depth) {
  let out = '';
  for (let n = random(5); n > 0; n--) out += term(depth);
  return out;
}
function alternatives(depth) {
  let out = sequence(depth);
  while (chance(22)) out += `|${sequence(depth)}`;
  return out;
}
function pattern() {
  made = [];
  let out = alternatives(3);
  if (chance(30)) out = `^${out}$`;
  if (chance(6)) { // near the grammar: a byte too many, too few, or wrong
    const at = random(out.length + 1);
    out = out.slice(0, at) + pick(['(', ')', '[', ']', '{', '}', '\\', '?', '*', '+', '-', '<', '>', '|', '', '', '']) + out.slice(at + random(2));
  }
  return Buffer.from(out).toString(); // lone surrogates become U+FFFD, in node 18 too
}

// Each with texts of its own; all are run with the common texts too.
const hard = [
  ['\\s', '\ufeff\u00a0\u2028'], ['^\\s$', '\u180e'], ['^\\s$', '\u0085'], ['^.$', '\u0085'], ['^.$', '\u2028'], ['^.$', '😀'],
  ['^..$', '😀'], ['^[^]$', '\n'], ['[]', 'a'], ['[]*', 'a'], ['[^]', ''], ['a$', 'a\n'], ['^a', '\na'], ['$^', ''], ['(?:)', 'x'], ['', ''],
  ['|', 'x'], ['a||b', 'c'], ['()', ''], ['(|a)*b', 'aab'], ['^(?:|a)*$', 'aa'], ['^(a?)*?$', 'aa'], ['^(a*)*\\1$', 'aaa'], ['^(a*)*\\1$', 'a'],
  ['^(?:(a)|b)*\\1$', 'ab'], ['^(?:(a)|b)*\\1$', 'aba'], ['^(?:(a)|(b)|c)*\\1\\2$', 'abc'], ['(?:(a)|b)+?\\1c', 'abac'], ['^(?:\\1(a))*$', 'aaa'],
  ['\\1(a)', 'a'], ['(a\\1)', 'aa'], ['^(a\\1){2}$', 'aa'], ['(?=(a))\\1', 'aa'], ['(?!(a))\\1b', 'b'], ['(?:(?=(a)))?a\\1', 'aa'], ['^(?:(?=(a)))?\\1$', 'a'],
  ['(?<=a|bc)d', 'bcd'], ['(?<=(?:a|bc))d', 'bcd'], ['(?<=a*)b', 'aab'], ['(?<=^a*)b', 'aab'], ['(?<!a+)b', 'ab'], ['(?<=(\\d+)(\\d+))$', '1053'],
  ['(?<=\\1(a))b', 'aab'], ['(?<=(a)\\1)b', 'aab'], ['(?<=\\k<x>(?<x>.))c', 'aac'], ['(?<=([abc]+)([abc]+))$', 'abc'], ['(?<=(?=b)a)', 'ab'], ['(?<=(?<!b)a)c', 'bac'],
  ['(?<=😀)a', '😀a'], ['(?<=.)a', '😀a'], ['(?<=^.)a', '😀a'], ['(?<a>x)(?<a>y)', ''], ['(?<a>x)|(?<a>y)', ''], ['(?<$>a)\\k<$>', 'aa'],
  ['(?<\\u{61}>a)\\k<a>', 'aa'], ['(?<a', ''], ['(?<1a>x)', ''], ['\\k<a>', ''], ['\\k', ''], ['(?<a>)\\k', ''],
  ['\\ud83d\\ude00', '😀'], ['[\\ud83d\\ude00]', '😀'], ['^[^\\ud83d]$', '😀'], ['\\ud83d', '😀'], ['\\ude00', '😀'], ['[\\ud800-\\udfff]', '😀'],
  ['[\\u{d000}-\\u{e000}]', '\ud7ff'], ['\\u{d83d}\\u{de00}', '😀'], ['\\ud83d\\u{de00}', '😀'], ['[^\\ud800-\\udfff]', 'a'], ['[\\ud800]|a', 'a'],
  ['^\\u{10ffff}$', '\u{10ffff}'], ['\\u{110000}', ''], ['[😀-😂]', '😁'], ['[a-\\d]', ''], ['[\\d-a]', ''], ['[\\d-]', '-'], ['[-a]', '-'], ['[a-]', '-'],
  ['[a-b-c]', '-'], ['[--a]', '.'], ['[z-a]', ''], ['[\\w-z]', ''], ['[[:alpha:]]', 'a]'], ['[a&&b]', '&'], ['[\\b]', '\b'], ['[\\B]', ''], ['[\\-]', '-'],
  ['\\-', '-'], ['\\/', '/'], ['\\_', ''], ['\\a', ''], ['\\cA', '\x01'], ['\\c', ''], ['\\c1', ''], ['[\\c1]', ''], ['[\\c_]', ''], ['\\0', '\0'], ['\\01', ''], ['\\00', ''],
  ['[\\0]', '\0'], ['[\\1]', ''], ['\\1', ''], ['\\8', ''], ['(a)\\1', 'aa'], ['(a)\\2', ''], ['\\x4', ''], ['\\x41', 'A'], ['\\u', ''], ['\\u{', ''], ['\\u{}', ''], ['\\u{ 1}', ''],
  ['a{,5}', 'a'], ['a{2}{3}', ''], ['a{2', ''], ['a{', ''], ['{', ''], ['}', ''], [']', ''], ['[', ''], ['(', ''], [')', ''], ['a)', ''], ['a++', ''], ['a*+', ''], ['a?+', ''], ['a??', ''],
  ['a{2,1}', ''], ['a{0}', 'b'], ['^a{0}$', 'a'], ['(a){0}\\1b', 'b'], ['^*', ''], ['$+', ''], ['\\b+', ''], ['(?=a)*', ''], ['(?=a){2}', ''], ['(?<=a)*', ''], ['(?!a)?', ''],
  ['*a', ''], ['+', ''], ['?', ''], ['a|*', ''], ['(*a)', ''], ['(?', ''], ['(?a)', ''], ['(?i)a', ''], ['(?i:a)', 'A'], ['(?>a)', ''], ['(?#c)', ''], ['(?P<a>b)', ''], ['(?|a)', ''], ['(?R)', ''], ['(?1)', ''],
  ['\\A', ''], ['\\Z', ''], ['\\z', ''], ['\\G', ''], ['\\K', ''], ['\\Q', ''], ['\\R', ''], ['\\X', ''], ['\\h', ''], ['\\N', ''], ['\\e', ''], ['\\C', ''], ['\\pL', ''], ['\\p', ''], ['\\p{', ''],
  ['\\p{L', ''], ['\\p{^L}', ''], ['\\P{L}', '1'], ['[\\P{L}]', 'a'], ['[^\\P{L}]', 'a'], ['\\p{Any}', '😀'], ['\\P{Any}', '😀'], ['\\P{Assigned}', 'a'], ['\\p{Assigned}', 'a'], ['[^\\p{Assigned}]', '\u0378'],
  ['\\p{Script=Greek}', 'Σ'], ['\\p{Script=greek}', ''], ['\\p{IsGreek}', ''], ['\\p{Greek}', ''], ['\\p{sc=Qaai}', '\u0300'], ['\\p{scx=Qaac}', '\u2c80'], ['\\p{LC}', 'a'], ['\\p{L&}', ''],
  ['\\bfoo\\b', 'a foo b'], ['\\bé', 'é'], ['\\Bé', 'é'], ['\\b', 'é'], ['\\w', 'ſ'], ['\\W', '\u212a'], ['\\d', '٣'], ['\\D', '٣'], ['[\\W]', 'é'], ['[^\\W]', 'é'], ['[\\D\\d]', '😀'], ['[^\\s\\S]', 'a'], ['\\S', '\ufeff'], ['[\\S]', '\u3000'],
  ['a.c', 'a\rc'], ['a.c', 'a\u2029c'], ['a.c', 'a\vc'], ['^(?:a|ab)(?:c|bcd)(?:d*)$', 'abcd'], ['^(a+)+$', 'aaaaaaaaaaaa'], ['^(?:(?:a*)*)*$', 'aaaa'], ['^(?:a*?)*?b', 'aab'], ['(?:a?){3}', 'aa'], ['^(?:a?){3,4}$', 'aaaa'],
  ['^(?:(a)|(b))+\\1$', 'aba'], ['^(?:(a)|(b))+\\1$', 'ab'], ['^(?:(\\w)\\1)+$', 'aabb'], ['^(?:(a)?b\\1)+$', 'abab'], ['^(?:(a)?b\\1)+$', 'ababb'], ['^(")?a\\1$', 'a'], ['^(")?a\\1$', '"a"'], ['^(a*)?\\1$', ''],
  ['^(z)((a+)?(b+)?(c))*$', 'zaacbbbcac'], ['^(z)((a+)?(b+)?(c))*\\3$', 'zaacbbbcac'], ['^(z)((a+)?(b+)?(c))*\\4$', 'zaacbbbcac'], ['(?=(a*))\\1a', 'aaa'], ['^(?:(?=(a+))a)+\\1$', 'aaa'], ['^(?!(.)\\1)', 'aa'], ['(?:(?!(b))a)+\\1c', 'aac'],
  ['^.{3,70000}$', 'aaa'], ['^a{70000,}$', 'aaa'], ['^(?:ab){2,70000}$', 'abab'], ['^[ab]{0,65535}$', 'ab'], ['^[ab]{0,65536}$', 'abc'], ['^((a{1000}){1000}){1000}$', 'a'], ['a{0,4294967295}', 'a'], ['^a{0,99999999999999999999}$', 'aa'], ['^(?:a{99999999999999999999})?$', ''],
  ['\u2028', '\u2028'], ['#', '#'], ['a b', 'a b'], ['(?:a#b)', 'a#b'], ['\ufeff', '\ufeff'], ['é', 'e\u0301'], ['^[é]$', 'é'], ['[^é]', 'é'], ['\0', '\0'], ['a\0b', 'a\0b'], ['"', '"'], ['<>', '<>'], ['a/b', 'a/b'], ['(?:a|)+?b', 'b'], ['[^]$', 'a\n'], ['\\$', '$'], ['[$]', '$'], ['[.]', 'a'], ['[|]', '|'], ['[(]', '('], ['[\\]]', ']'], ['[]]', ']'], ['[^]]', 'a]'],
  ['^\\S+@\\S+\\.\\S+$', 'a@b.c'], ['^(?!.*\\.\\.)[a-z.]+$', 'a.b'], ['^(?=.*\\d)(?=.*[a-z]).{4,8}$', 'abc1'], ['^\\p{Lu}\\p{Ll}*$', 'Éa'], ['^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$', 'YWJj'],
  ['[^\\D\\p{Zs}]', 'Ā'], ['[^\\W\\p{Lu}]', 'ā'], ['(?:x|^a){0}a', 'ba'], ['(?:b|)a*.', 'b'], ['a{2,}b|(a|)\\^*a{1,2}', 'aba^b}acc'], ['(x|^a){0}a\\1', 'ba'], ['(x)|\\1+$', 'a'], ['(x)|\\1{2,3}?$', 'a'],
  ['^[^\\p{Cs}]*$', 'a😀'], ['^[\\x00-\\x7f]+$', 'abc'], ['^[^\\x00-\\x1f]+$', 'a\tb'], ['^\\u{1F468}\\u{200D}', '\u{1f468}\u200d'], ['^(?:\\ud83d[\\ude00-\\ude4f])$', '😀'], ['^[\\ud83d][\\ude00]$', '😀'],
];
const sharedTexts = ['', 'a', 'ab', 'aab', 'b', '\n', 'a\n', '😀', '-', ']'];

const cases = [];
for (const [p, t] of hard) for (const s of [t, ...sharedTexts]) cases.push([p, s]);
for (let i = 0; i < count; i++) cases.push([pattern(), text()]);

const hex = (s) => Buffer.from(s).toString('hex') || '-';
let failures = 0;
const tally = { refused: 0, unsupported: 0, found: 0, absent: 0, quick: 0, 'quick-ascii': 0, pcre2: 0, walk: 0, limit: 0 };
function complain(p, t, node, ours) {
  if (++failures <= 40) console.log(`DIFFERS ${JSON.stringify(p)} on ${JSON.stringify(t)}: node ${node}, steno ${ours}`);
}
// V8 also looks between the two halves of a surrogate pair (/\B/u is found in 'a😀a'), where ECMA-262
// has no place; so it is asked at every place by itself.
function nodeSays(p, t) {
  if (!/[\ud800-\udbff]/.test(t)) return new RegExp(p, 'u').test(t) ? '1' : '0';
  const sticky = new RegExp(p, 'uy');
  for (let at = 0; at <= t.length; at += t.codePointAt(at) > 0xffff ? 2 : 1) {
    sticky.lastIndex = at;
    if (sticky.test(t)) return '1';
  }
  return '0';
}
function compare([p, t], line) {
  let node;
  try { node = nodeSays(p, t); } catch { node = 'refused'; }
  const said = line.split(' ');
  const way = said.pop();
  if (said[0] === 'refused') {
    if (line.includes('not supported')) tally.unsupported++;
    else if (node !== 'refused') complain(p, t, node, line);
    tally.refused++;
    return;
  }
  // A limit is an honest answer to a pattern that takes exponential time; it must stay rare.
  if (said.includes('L')) tally.limit++;
  if (said.length !== 4 || said.some((one) => one !== node && one !== 'L')) complain(p, t, node, line);
  tally[node === '1' ? 'found' : 'absent']++;
  tally[way]++;
}
for (let from = 0; from < cases.length; from += 20000) {
  const some = cases.slice(from, from + 20000);
  const run = spawnSync(driver, { input: some.map(([p, t]) => `${hex(p)} ${hex(t)}\n`).join(''), maxBuffer: 1 << 28 });
  const lines = run.stdout.toString().split('\n');
  if (run.status !== 0 || lines.length !== some.length + 1) {
    console.log(`driver ended with ${run.status ?? run.signal} after ${JSON.stringify(some[lines.length - 1])}\n${run.stderr}`);
    process.exit(1);
  }
  some.forEach((one, i) => compare(one, lines[i]));
}
console.log(`${cases.length} cases: ${JSON.stringify(tally)}, ${failures} differences`);
process.exit(failures === 0 && tally.limit <= cases.length / 10000 ? 0 : 1);
