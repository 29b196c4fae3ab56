// peers_draw.mjs: instances for a schema of peers_make.mjs: drawn so that they tend to be valid,
// some then changed a little; and the ways to write a value as JSON.

export const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
export const unique = (list) => list.filter((one, at) => list.findIndex((other) => same(one, other)) === at);
const clone = (value) => JSON.parse(JSON.stringify(value));
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const codePoints = (text) => [...text].length;
const list = (all, keyword) => all.filter((one) => one[keyword] !== undefined).map((one) => one[keyword]);
const most = (all, keyword, otherwise) => Math.max(otherwise, ...list(all, keyword));
const least = (all, keyword, otherwise) => Math.min(otherwise, ...list(all, keyword));

function typeOf(value) {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}
const isOf = (value, types) => types.includes(typeOf(value)) || (types.includes('integer') && Number.isInteger(value));

// Which type the keywords of a schema speak of.
const speaks = {
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  string: ['minLength', 'maxLength', 'pattern'],
  array: ['prefixItems', 'items', 'contains', 'uniqueItems', 'minItems', 'maxItems', 'unevaluatedItems'],
  object: ['properties', 'patternProperties', 'additionalProperties', 'required', 'propertyNames', 'minProperties', 'maxProperties',
    'dependentRequired', 'dependentSchemas', 'unevaluatedProperties'],
};

export class Draw {
  constructor(maker, root, names, patterns) {
    Object.assign(this, { maker, root, names, patterns });
  }

  instance() {
    const { chance } = this.maker;
    if (chance(8)) return this.maker.values.value(2);
    let value = this.value([this.root], 2);
    while (chance(35)) value = this.change(value);
    return value;
  }

  // ---- all schemas that a value meets, on one way through the choices ----

  meet(schema, all, fuel) {
    if (typeof schema === 'boolean' || fuel === 0) return all;
    const { chance, pick } = this.maker;
    all.push(schema);
    const too = (one) => one !== undefined && this.meet(one, all, fuel - 1);
    if (this.maker.referred.has(schema)) too(this.maker.referred.get(schema).schema);
    for (const one of schema.allOf ?? []) too(one);
    if (schema.anyOf !== undefined) too(pick(schema.anyOf));
    if (schema.oneOf !== undefined) too(pick(schema.oneOf));
    if (schema.if !== undefined && chance(50)) [schema.if, schema.then].forEach(too);
    else if (schema.if !== undefined) too(schema.else);
    if (schema.dependentSchemas !== undefined && chance(50)) {
      const name = pick(Object.keys(schema.dependentSchemas));
      all.push({ required: [name] });
      too(schema.dependentSchemas[name]);
    }
    return all;
  }

  value(schemas, depth) {
    if (depth < -1) return null; // a recursive schema that wants ever more, at exponential cost
    const all = [];
    for (const schema of schemas) this.meet(schema, all, 6);
    const listed = this.listed(all);
    if (listed !== undefined) return listed;
    const type = this.type(all);
    if (type === 'null') return null;
    if (type === 'boolean') return this.maker.chance(50);
    if (type === 'number' || type === 'integer') return this.number(all, type === 'integer');
    if (type === 'string') return this.string(all);
    return type === 'array' ? this.array(all, depth) : this.object(all, depth);
  }
  listed(all) {
    const lists = [...list(all, 'const').map((one) => [one]), ...list(all, 'enum')];
    if (lists.length === 0) return undefined;
    const types = list(all, 'type').map((one) => [one].flat());
    const shared = lists[0].filter((one) => lists.every((other) => other.some((value) => same(value, one))));
    const good = shared.filter((one) => types.every((allowed) => isOf(one, allowed)));
    return clone(this.maker.pick([good, shared, lists[0]].find((some) => some.length > 0)));
  }
  type(all) {
    const { pick, chance } = this.maker;
    const said = list(all, 'type').map((one) => [one].flat());
    const spoken = Object.keys(speaks).filter((type) => all.some((one) => speaks[type].some((keyword) => keyword in one)));
    if (said.length === 0) return pick(spoken.length > 0 && chance(85) ? spoken : ['null', 'boolean', 'number', 'string', 'array', 'object']);
    const has = (types, type) => types.includes(type) || (type === 'integer' && types.includes('number'));
    const good = said.flat().filter((type) => said.every((types) => has(types, type)));
    const best = good.filter((type) => spoken.includes(type === 'integer' ? 'number' : type));
    return pick([chance(85) ? best : [], good, said[0]].find((some) => some.length > 0));
  }

  number(all, whole) {
    const { values, random } = this.maker;
    const low = most(all, 'minimum', -Infinity);
    const high = least(all, 'maximum', Infinity);
    const above = most(all, 'exclusiveMinimum', -Infinity);
    const below = least(all, 'exclusiveMaximum', Infinity);
    const steps = list(all, 'multipleOf');
    const fits = (n) => n >= low && n <= high && n > above && n < below && (!whole || Number.isInteger(n)) &&
      steps.every((step) => Math.abs(n / step - Math.round(n / step)) < 1e-9);
    const near = [low, high, above, below, above + 1, below - 1, low + 1, high - 1, 0, 30, 60].filter(Number.isFinite).map(tidy);
    const tries = [...Array.from({ length: 6 }, values.number), ...Array.from({ length: 4 }, () => this.maker.pick(near))];
    for (const step of steps) tries.push(...near.map((n) => tidy(Math.ceil(n / step + random(2)) * step)));
    return tries.find(fits) ?? tries[0];
  }
  string(all) {
    const low = most(all, 'minLength', 0);
    const high = least(all, 'maxLength', Infinity);
    const wanted = list(all, 'pattern');
    const words = wanted.flatMap((one) => this.patterns.get(one));
    const tries = Array.from({ length: 10 }, () => (words.length > 0 && this.maker.chance(70) ? this.maker.pick(words) : this.maker.like('string')));
    const fits = (text) => codePoints(text) >= low && codePoints(text) <= high && wanted.every((one) => new RegExp(one, 'u').test(text));
    return tries.find(fits) ?? tries[0];
  }

  array(all, depth) {
    const { random, chance, pick } = this.maker;
    const low = most(all, 'minItems', 0);
    const high = Math.min(least(all, 'maxItems', 6), depth > 0 ? 6 : low);
    const wish = Math.max(0, ...all.map((one) => one.prefixItems?.length ?? 0)) + random(3) - random(2);
    const length = Math.max(0, Math.min(high, Math.max(low, wish)));
    const wanted = all.filter((one) => one.contains !== undefined);
    const distinct = all.some((one) => one.uniqueItems === true);
    const out = [];
    while (out.length < length) {
      const schemas = all.flatMap((one) => itemSchemas(one, out.length));
      if (wanted.length > 0 && chance(60)) schemas.push(pick(wanted).contains);
      let item = this.value(schemas, depth - 1);
      for (let again = 0; distinct && again < 4 && out.some((one) => same(one, item)); again++) item = this.value(schemas, depth - 1);
      out.push(item);
    }
    return out;
  }

  object(all, depth) {
    const names = this.memberNames(all, depth);
    const known = new Set(all.flatMap((one) => Object.keys(one.properties ?? {})));
    return Object.fromEntries(names.map((name) => [name, this.value(all.flatMap((one) => memberSchemas(one, name, known)), depth - 1)]));
  }
  memberNames(all, depth) {
    const { chance, pick, some, random } = this.maker;
    const names = new Set(list(all, 'required').flat());
    if (depth > 0) {
      const known = all.flatMap((one) => Object.keys(one.properties ?? {}));
      for (const name of known) if (chance(55)) names.add(name);
      const matched = all.flatMap((one) => Object.keys(one.patternProperties ?? {})).flatMap((one) => this.patterns.get(one));
      for (const name of some(matched, random(3))) names.add(name);
      const closed = all.some((one) => one.additionalProperties === false || one.unevaluatedProperties === false);
      if (chance(closed ? 10 : 35)) names.add(pick(this.names));
    }
    while (names.size < most(all, 'minProperties', 0) && chance(90)) names.add(pick(this.names));
    for (const needs of list(all, 'dependentRequired'))
      for (const name of Object.keys(needs)) if (names.has(name) && chance(75)) needs[name].forEach((one) => names.add(one));
    return [...names].slice(0, Math.max(least(all, 'maxProperties', 8), chance(80) ? 0 : 2));
  }

  // ---- small changes ----

  change(value) {
    const { random, pick, values } = this.maker;
    if (random(8) === 0) return values.value(1);
    if (Array.isArray(value) && value.length > 0 && random(4) > 0) {
      const at = random(value.length);
      return value.map((one, i) => (i === at ? this.change(one) : one));
    }
    if (isObject(value) && Object.keys(value).length > 0 && random(4) > 0) {
      const name = pick(Object.keys(value));
      return { ...value, [name]: this.change(value[name]) };
    }
    if (Array.isArray(value)) return this.changeArray(value);
    if (isObject(value)) return this.changeObject(value);
    if (typeof value === 'number') return pick([tidy(value + 1), tidy(value - 1), tidy(value + 0.1), tidy(-value), values.number()]);
    if (typeof value === 'string') return pick([`${value}a`, `${value}😀`, [...value].slice(1).join(''), `b${value}`, value.toUpperCase()]);
    return values.value(1);
  }
  changeArray(value) {
    const { random, pick, values } = this.maker;
    const at = random(value.length + 1);
    const which = random(4);
    if (which === 0) return value.filter((_, i) => i !== at);
    if (which === 1 && value.length > 0) return [...value, clone(pick(value))];
    if (which === 2) return [...value].reverse();
    return [...value.slice(0, at), values.value(1), ...value.slice(at)];
  }
  changeObject(value) {
    const { random, pick, values } = this.maker;
    const members = Object.entries(value);
    const at = random(members.length + 1);
    const which = random(3);
    if (which === 0) return Object.fromEntries(members.filter((_, i) => i !== at));
    if (which === 1 && at < members.length) return Object.fromEntries(members.map(([name, one], i) => [i === at ? pick(this.names) : name, one]));
    return { ...value, [pick(this.names)]: values.value(1) };
  }
}

// 0.1 + 0.2 is written as 0.3, which is the same decimal for all.
const tidy = (n) => (Number.isFinite(n) ? Number(n.toPrecision(15)) : 0);

function itemSchemas(schema, at) {
  if (at < (schema.prefixItems?.length ?? 0)) return [schema.prefixItems[at]];
  return [schema.items ?? schema.unevaluatedItems ?? true];
}

function memberSchemas(schema, name, known) {
  const out = [];
  if (Object.hasOwn(schema.properties ?? {}, name)) out.push(schema.properties[name]);
  for (const [pattern, one] of Object.entries(schema.patternProperties ?? {})) if (new RegExp(pattern, 'u').test(name)) out.push(one);
  if (out.length === 0 && schema.additionalProperties !== undefined) out.push(schema.additionalProperties);
  if (out.length === 0 && !known.has(name) && schema.unevaluatedProperties !== undefined) out.push(schema.unevaluatedProperties);
  return out;
}

// ---- writing ----

// The same value in one of JSON's spellings: 1.0, 10e-1, "\u0061", blanks.
export function write(value, dice, name) {
  const { chance, pick } = dice;
  const gap = () => (chance(4) ? pick([' ', '\t', '  ']) : '');
  if (typeof value === 'number') return name === 'minContains' || name === 'maxContains' ? String(value) : writeNumber(value, dice);
  if (typeof value === 'string') return writeString(value, dice);
  if (Array.isArray(value)) return `[${gap()}${value.map((one) => write(one, dice)).join(`${gap()},`)}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, one]) => `${writeString(name, dice)}${gap()}:${write(one, dice, name)}`);
  return `{${members.join(`,${gap()}`)}${gap()}}`;
}
function writeNumber(value, { chance, pick }) {
  if (Object.is(value, -0)) return '-0';
  if (!Number.isInteger(value) || Math.abs(value) > 1e6 || !chance(15)) return String(value);
  return pick([`${value}.0`, `${value}e0`, `${value * 10}e-1`, `${value}E+0`, `${value}.000`]);
}
function writeString(value, { chance }) {
  const text = JSON.stringify(value);
  if (!chance(5) || value === '' || text[1] === '\\') return text;
  const units = value.codePointAt(0) > 0xffff ? 2 : 1;
  const escaped = [...Array(units).keys()].map((at) => `\\u${value.charCodeAt(at).toString(16).padStart(4, '0')}`);
  return `"${escaped.join('')}${text.slice(1 + units)}`;
}
