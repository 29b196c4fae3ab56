// properties_grow.mjs: whole events for properties.mjs: grown until they keep all rules, then changed
// so that a rule is broken.
import { BAD, near, textOf } from './properties_draw.mjs';
import { admitsType, codePoints, isEqual, isObject, isWhole, join, kindOf, print } from './properties_twin.mjs';

const ROUNDS_MAX = 80;

const tokens = (pointer) => pointer.split('/').slice(1).map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
const above = (pointer) => pointer.slice(0, pointer.lastIndexOf('/'));
const nameOf = (pointer) => tokens(pointer).at(-1);

const get = (event, pointer) => tokens(pointer).reduce((value, name) => value?.[name], event);

// A copy with `edit` applied to the value that holds the pointer's; the root's own is replaced.
function edited(event, pointer, edit) {
  const path = tokens(pointer);
  const last = path.pop();
  const root = { root: event };
  let at = (root.root = last === undefined ? event : Array.isArray(event) ? [...event] : { ...event });
  for (const name of path) at = at[name] = Array.isArray(at[name]) ? [...at[name]] : { ...at[name] };
  if (last === undefined) edit(root, 'root');
  else edit(at, last);
  return root.root;
}

const put = (event, pointer, value) => edited(event, pointer, (at, name) => { at[name] = value; });
const remove = (event, pointer) => edited(event, pointer, (at, name) => { Array.isArray(at) ? at.splice(Number(name), 1) : delete at[name]; });

// What stands at each value of the event: pointer → schemas.
function survey(contract, event) {
  const standing = new Map();
  const broken = contract.check(event, (pointer, schema) => standing.set(pointer, [...(standing.get(pointer) ?? []), schema]));
  return { standing, broken };
}

// ---- growing ----

class Growth {
  constructor(maker, start, share, strange) {
    Object.assign(this, { maker, contract: maker.contract, dice: maker.dice, start, share, strange, event: structuredClone(start), considered: new Set() });
  }

  // What the schemas at a value say of one of its members.
  schemasBelow(pointer) {
    const parent = get(this.event, above(pointer));
    const schemas = this.standing.get(above(pointer)) ?? [];
    const below = schemas.map((schema) => (Array.isArray(parent) ? schema.items : this.contract.memberOf(schema, nameOf(pointer))));
    return below.filter((one) => isObject(one));
  }

  // The words of conditions about that member.
  hintsBelow(pointer) {
    const schemas = this.standing.get(above(pointer)) ?? [];
    const conditions = schemas.map((schema) => schema.if?.properties?.[nameOf(pointer)]).filter((one) => isObject(one));
    return conditions.flatMap((one) => one.enum ?? (one.const === undefined ? [] : [one.const]));
  }

  drawAt(pointer) {
    const below = this.schemasBelow(pointer);
    const hints = this.hintsBelow(pointer);
    const value = below.length + hints.length > 0 ? this.maker.draw(below, hints) : this.maker.anything();
    this.event = put(this.event, pointer, value);
  }

  // What is put to rights only where it still stands: an earlier repair may have taken it away.
  repair({ keyword, pointer }) {
    if (pointer !== '' && !isObject(get(this.event, above(pointer))) && !Array.isArray(get(this.event, above(pointer)))) return;
    if (keyword === 'additionalProperties') this.event = remove(this.event, pointer);
    else if (keyword === 'maxProperties') this.event = remove(this.event, join(pointer, Object.keys(get(this.event, pointer)).at(-1)));
    else if (pointer !== '') this.drawAt(pointer);
  }

  // Members that the schemas know and the event has not, each asked once; and some that nobody knows.
  // Those that decide which schemas stand come first, so that the others are drawn from all of them.
  addMembers() {
    const absent = this.absentMembers();
    const deciding = absent.filter((pointer) => this.hintsBelow(pointer).length > 0);
    const asked = deciding.length > 0 ? deciding : absent;
    for (const pointer of asked) {
      this.considered.add(pointer);
      if (this.dice.chance(this.share)) this.drawAt(pointer);
    }
    return asked.length > 0;
  }

  absentMembers() {
    const objects = [...this.standing].filter(([pointer]) => isObject(get(this.event, pointer)));
    const pointers = objects.flatMap(([pointer, schemas]) =>
      this.namesFor(schemas).filter((name) => !Object.hasOwn(get(this.event, pointer), name)).map((name) => join(pointer, name)));
    return [...new Set(pointers)].filter((pointer) => !this.considered.has(pointer));
  }

  namesFor(schemas) {
    const names = schemas.flatMap((schema) => Object.keys(schema.properties ?? {}).filter((name) => schema.properties[name] !== false));
    if (schemas.some((schema) => isObject(schema.additionalProperties))) names.push('first', 'a/b~c');
    if (this.strange && schemas.every((schema) => schema.additionalProperties !== false)) names.push('x-stranger', 'constructor');
    return names;
  }

  grow() {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const { standing, broken } = survey(this.contract, this.event);
      this.standing = standing;
      if (broken.length === 0 && !this.addMembers()) return this.event;
      const pointers = new Set();
      for (const one of broken) if (!pointers.has(one.pointer)) pointers.add(one.pointer) && this.repair(one);
    }
    throw new Error(`${this.contract.ref}: no valid event grows from ${print(this.start)}: ${print(this.event)}`);
  }
}

// A valid event with the members of `start` and of the others that are known the share given.
export const grow = (maker, start, share, strange) => new Growth(maker, start, share, strange).grow();

// ---- breaking ----

const KINDS = [null, true, false, 0, 1.5, 'text', '', [], {}];

function otherWords(schema, value) {
  const words = schema.enum ?? [schema.const];
  const same = KINDS.filter((one) => kindOf(one) === kindOf(value));
  const near = typeof value === 'string' ? [`${value}x`, value.slice(1), value.toUpperCase(), ` ${value}`] : typeof value === 'number' ? [value + 1] : [];
  return [...near, ...same].filter((one) => !words.some((word) => isEqual(word, one)));
}

function otherTexts(contract, schema, value) {
  const regexp = contract.regexp(schema.pattern);
  const near = ['', ' ', `${value}\n`, `${value}!`, `!${value}`, value.slice(0, -1), value.slice(1), `${value}😀`, value.toUpperCase(), value.replace('-', '/'), '{'];
  return near.filter((one) => !regexp.test(one)).slice(0, 6);
}

// On the far side of a limit, whole numbers only where these are wanted.
const beyond = (limit, type, isBeyond) => near(limit).filter((one) => isBeyond(one) && (type !== 'integer' || isWhole(one)));

// Values that break one keyword of a schema at a value that keeps it.
const REPLACEMENTS = {
  type: (_, schema) => KINDS.filter((one) => !admitsType(schema, one)),
  const: (_, schema, value) => otherWords(schema, value),
  enum: (_, schema, value) => otherWords(schema, value),
  minimum: (_, { minimum, type }) => beyond(minimum, type, (one) => one < minimum),
  maximum: (_, { maximum, type }) => beyond(maximum, type, (one) => one > maximum),
  exclusiveMinimum: (_, { exclusiveMinimum }) => [exclusiveMinimum, exclusiveMinimum - 1],
  exclusiveMaximum: (_, { exclusiveMaximum }) => [exclusiveMaximum, exclusiveMaximum + 1],
  minLength: ({ dice }, { minLength }, value) => [[...value].slice(0, minLength - 1).join(''), '😀'.repeat(minLength - 1), textOf(dice, minLength - 1)],
  maxLength: ({ dice }, { maxLength }, value) => [value + 'x'.repeat(maxLength + 1 - codePoints(value)), '😀'.repeat(maxLength + 1), textOf(dice, maxLength + 1)],
  pattern: ({ contract }, schema, value) => otherTexts(contract, schema, value),
  format: (_, { format }) => BAD[format],
  minItems: (_, { minItems }, value) => [value.slice(0, minItems - 1)],
  maxItems: (maker, schema, value) => [[...value, ...Array.from({ length: schema.maxItems + 1 - value.length }, () => maker.draw([schema.items ?? {}]))]],
  uniqueItems: (_, __, value) => (value.length > 0 ? [[...value, structuredClone(value[0])]] : []),
  maxProperties: (_, { maxProperties, properties = {} }, value) => {
    const names = [...Object.keys(properties), ...Array.from({ length: maxProperties + 1 }, (_, i) => `x-${i}`)].filter((name) => !Object.hasOwn(value, name));
    return [{ ...value, ...Object.fromEntries(names.slice(0, maxProperties + 1 - Object.keys(value).length).map((name) => [name, {}])) }];
  },
};
const APPLIES = { minLength: 'string', maxLength: 'string', pattern: 'string', format: 'string', minimum: 'number', maximum: 'number',
  exclusiveMinimum: 'number', exclusiveMaximum: 'number', minItems: 'array', maxItems: 'array', uniqueItems: 'array', maxProperties: 'object' };

// A rule that stands at many values of one event is broken at so many of them.
const VALUES_MAX = 2;

// How each rule of a schema is broken at a value: rule, pointer and a way to the changed events.
function* aims({ maker, event, pointer, schema }) {
  const value = get(event, pointer);
  const at = (keyword, ...names) => names.reduce(join, join(maker.contract.places.get(schema), keyword));
  for (const keyword of Object.keys(schema)) {
    if (!Object.hasOwn(REPLACEMENTS, keyword) || (APPLIES[keyword] ?? kindOf(value)) !== kindOf(value)) continue;
    if (keyword === 'format' && !maker.contract.asserts(schema.format)) continue;
    yield { rule: at(keyword), pointer, changed: () => REPLACEMENTS[keyword](maker, schema, value).map((other) => put(event, pointer, other)) };
  }
  if (!isObject(value)) return;
  const without = (rule, name) => ({ rule, pointer: join(pointer, name), changed: () => [remove(event, join(pointer, name))] });
  for (const name of schema.required ?? []) yield without(at('required', name), name);
  for (const [name, names] of Object.entries(schema.dependentRequired ?? {}))
    for (const one of Object.hasOwn(value, name) ? names : []) yield without(at('dependentRequired', name, one), one);
  for (const name of schema.additionalProperties === false ? ['surplus', 'toString', ''] : [])
    yield { rule: at('additionalProperties'), pointer: join(pointer, name), changed: () => [put(event, join(pointer, name), 1)] };
}

// Every change of a valid event that breaks a rule for which `wanted` is true: {changed, rule, pointer}.
export function* changes(maker, event, wanted = () => true) {
  const { standing } = survey(maker.contract, event);
  const times = new Map();
  for (const [pointer, schemas] of standing)
    for (const schema of schemas)
      for (const { rule, pointer: aimed, changed } of aims({ maker, event, pointer, schema })) {
        const before = times.get(rule) ?? 0;
        if (before === VALUES_MAX && !rule.endsWith('/additionalProperties')) continue;
        if (!wanted(rule)) continue;
        times.set(rule, before + 1);
        for (const one of changed()) yield { changed: one, rule, pointer: aimed };
      }
}
