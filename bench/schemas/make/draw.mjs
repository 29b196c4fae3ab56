// draw.mjs: seeded draws for documents that look as people and programs write them.

const NOUNS = `account agent archive asset audit backend badge batch binding block board branch bridge
  broker bucket buffer build bundle cache canvas catalog chain channel chart check client cluster
  codec column commit compiler config console container context counter cursor dashboard dataset
  deploy device digest docker document domain driver editor element engine entry event export
  factory feature field filter folder format frame gateway grammar graph grid group handler header
  helper history hook image import index inventory invoice issue journal kernel label layer layout
  ledger legend library license limit linter loader lock logger mailer manifest marker matrix member
  merge message meter metric middleware migration mirror model module monitor network node notice
  number object option order origin output owner package page panel parser partner patch path
  payment pipeline platform plugin policy pool portal prefix preset printer process producer
  product profile project prompt proxy queue range reader record region registry relay release
  report request resolver resource response result review role router rule runner runtime sample
  scheduler schema scope script search segment server service session setting shader shape sheet
  signal site slot snapshot socket source stage state step storage store stream string style
  subject summary surface switch symbol table target task team template tenant test text theme
  thread ticket timer token tool topic trace track transport tree trigger type unit upload user
  utility vector vendor version view volume watcher widget window worker workflow zone`.split(/\s+/);
const VERBS = `adds allows builds caches checks closes collects copies counts creates draws drops
  fetches finds fixes flushes guards handles holds keeps lists loads locks maps marks merges moves
  names opens parses picks plans polls prints reads removes renders renames reports resets retries
  runs saves scans sends sets shows signs sorts splits starts stops stores syncs tests tracks
  updates validates waits warns watches wraps writes`.split(/\s+/);
const ADJECTIVES = `active basic broken clean cold common compact current daily dark dense early
  empty exact extra fast final fine flat fresh full global good green hidden idle inner internal
  large late legacy light local long lower main minimal modern narrow native new nightly old open
  outer partial plain primary private public pure quick quiet rare raw ready remote safe secondary
  shared short silent simple single slow small smart soft solid stable static steady strict strong
  temporary thin tiny total upper valid virtual warm weekly white wide`.split(/\s+/);
const PEOPLE = `Ada Anna Bao Carla Chen Dmitri Elif Emeka Fatima Georg Hana Ines Ivan Jonas Kofi Lena
  Lucía Marek Mei Nils Noor Olga Pavel Priya Rosa Sami Sören Tomás Uma Yuki Zoë`.split(/\s+/);
const FAMILIES = `Abe Alvarez Becker Costa Dahl Eriksen Fischer Garcia Haddad Ivanova Jansen Kaya
  Kowalski Lindqvist Martin Nakamura Novák Okafor Patel Quiroga Rossi Schmidt Silva Tanaka Usman
  Varga Weber Xu Yilmaz Zhang`.split(/\s+/);

export class Draw {
  constructor(seed) {
    this.state = 2166136261;
    for (const c of seed) this.state = Math.imul(this.state ^ c.charCodeAt(0), 16777619) >>> 0;
  }

  // 0 … 1, by Mulberry's step.
  unit() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  int(least, most) { return least + Math.floor(this.unit() * (most - least + 1)); }
  float(least, most, digits = 3) { return Number((least + this.unit() * (most - least)).toFixed(digits)); }
  chance(p) { return this.unit() < p; }
  maybe(p, make) { return this.chance(p) ? make() : undefined; }
  pick(list) { return list[this.int(0, list.length - 1)]; }
  // Some that differ, in the order of the list.
  some(list, least, most) {
    const left = [...list.keys()];
    const count = Math.min(list.length, this.int(least, most));
    while (left.length > count) left.splice(this.int(0, left.length - 1), 1);
    return left.map((i) => list[i]);
  }
  many(least, most, make) { return Array.from({ length: this.int(least, most) }, (_, i) => make(i)); }
  // A map with names that differ.
  map(least, most, name, make) {
    return Object.fromEntries(this.many(least, most, (i) => [name(i), make(i)]));
  }

  noun() { return this.pick(NOUNS); }
  verb() { return this.pick(VERBS); }
  adjective() { return this.pick(ADJECTIVES); }
  kebab(n = 2) { return Array.from({ length: n }, () => this.noun()).join('-'); }
  snake(n = 2) { return this.kebab(n).replaceAll('-', '_'); }
  camel(n = 2) { return this.kebab(n).replace(/-(.)/g, (_, c) => c.toUpperCase()); }
  pascal(n = 2) { const c = this.camel(n); return c[0].toUpperCase() + c.slice(1); }
  clause() { return `the ${this.adjective()} ${this.noun()} ${this.verb()} the ${this.noun()}`; }
  sentence() {
    const text = this.chance(0.5) ? this.clause() : `${this.clause()} and ${this.verb()} its ${this.noun()}`;
    return text[0].toUpperCase() + text.slice(1) + '.';
  }
  text(least, most) { return this.many(least, most, () => this.sentence()).join(' '); }
  person() { return `${this.pick(PEOPLE)} ${this.pick(FAMILIES)}`; }
  email() { return `${this.noun()}.${this.noun()}@${this.host()}`; }
  host() { return `${this.kebab()}.${this.pick(['example', 'test', 'example.org', 'example.net'])}`; }
  url(depth = 2) { return `https://${this.host()}/${this.many(0, depth, () => this.noun()).join('/')}`; }
  path(ext = 'js') { return `${this.pick(['src', 'lib', 'dist', 'test'])}/${this.many(0, 2, () => this.noun()).concat(this.kebab()).join('/')}.${ext}`; }
  semver() { return `${this.int(0, 12)}.${this.int(0, 30)}.${this.int(0, 20)}${this.chance(0.1) ? `-beta.${this.int(1, 9)}` : ''}`; }
  range() { return this.pick(['^', '^', '^', '~', '', '>=']) + this.semver(); }
  hex(n) { return Array.from({ length: n }, () => this.int(0, 15).toString(16)).join(''); }
  uuid() { return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-${this.pick('89ab')}${this.hex(3)}-${this.hex(12)}`; }
  base64(n) { return Array.from({ length: n }, () => this.pick('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')).join(''); }
  two(least, most) { return String(this.int(least, most)).padStart(2, '0'); }
  date() { return `20${this.two(15, 26)}-${this.two(1, 12)}-${this.two(1, 28)}`; }
  time() { return `${this.date()}T${this.two(0, 23)}:${this.two(0, 59)}:${this.two(0, 59)}${this.chance(0.5) ? `.${this.int(100, 999)}` : ''}Z`; }
  ip() { return this.many(4, 4, () => this.int(1, 254)).join('.'); }
}

// A document with one thing wrong: a member gone, misspelt or of another kind. It may stay valid.
export function spoil(draw, document) {
  const copy = JSON.parse(JSON.stringify(document));
  let at = copy;
  for (;;) {
    const keys = Object.keys(at);
    if (keys.length === 0) return copy;
    const key = draw.pick(keys);
    const value = at[key];
    if (value !== null && typeof value === 'object' && Object.keys(value).length > 0 && draw.chance(0.8)) {
      at = value;
      continue;
    }
    const way = Array.isArray(at) ? 2 : draw.int(0, 2);
    if (way === 0) delete at[key];
    else if (way === 1) { delete at[key]; at[`${key}X`] = value; }
    else at[key] = typeof value === 'number' ? String(value) : draw.pick([17, null, { [draw.noun()]: true }]);
    return copy;
  }
}
