// properties_twin.mjs: the rules of a contract, read from its file alone: which rules a value
// breaks, and at which values of an event which schemas stand. It shares nothing with src/schema.
//
// It understands what the contracts are written with, and throws at the first keyword that it does
// not know, so that a new one is not skipped without a word. Choices (anyOf, not, propertyNames …)
// are understood in conditions only: every rule outside of them must be kept whatever else is so.
//
// A rule is named by its place, the JSON Pointer of its keyword in the contract's file.

export const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
const escape = (name) => name.replaceAll('~', '~0').replaceAll('/', '~1');
export const join = (pointer, name) => `${pointer}/${escape(String(name))}`;

export function kindOf(value) {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'bigint' ? 'number' : typeof value;
}

// ---- whole numbers that a double does not hold: bigints, which compare exactly with any number ----

const BIG = /(?<=[:[,]\s*)-?(?:\d{16,}|\d(?:\.\d+)?e\+?\d{3})(?=\s*[,}\]])/gi;

function bigOf(text) {
  const [, whole, fraction = '', exponent = '0'] = /^(-?\d+)(?:\.(\d+))?(?:e\+?(\d+))?$/i.exec(text);
  return BigInt(whole + fraction) * 10n ** BigInt(Number(exponent) - fraction.length);
}

export const parse = (text) =>
  JSON.parse(text.replace(BIG, (digits) => `"big ${digits}"`), (_, value) => (/^big -?\d\S*$/.test(value) ? bigOf(value.slice(4)) : value));

// With a `tail` every whole number is written with it, as 1.0 for 1.
export const print = (value, tail) =>
  JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? `big ${one}` : tail !== undefined && Number.isSafeInteger(one) ? `big ${one}${tail}` : one))
    .replaceAll(/"big (-?\d+(?:\.0)?)"/g, '$1');

// ---- values ----

export const isWhole = (value) => typeof value === 'bigint' || Number.isInteger(value);
const isOfType = (value, type) => (type === 'integer' ? isWhole(value) : kindOf(value) === type);
export const listOf = (types) => (Array.isArray(types) ? types : [types]);
export const admitsType = (schema, value) => listOf(schema.type).some((type) => isOfType(value, type));

export function isEqual(a, b) {
  if (kindOf(a) !== kindOf(b)) return false;
  if (Array.isArray(a)) return a.length === b.length && a.every((one, i) => isEqual(one, b[i]));
  if (kindOf(a) === 'number') return a == b; // also of a double and a bigint
  if (!isObject(a)) return a === b;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && isEqual(a[name], b[name]));
}

export const codePoints = (text) => [...text].length;

// ---- formats, from their RFCs (3339, 9562, 6901) ----

function isDateTime(text) {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:Z|([+-])(\d\d):(\d\d))$/i.exec(text);
  if (parts === null) return false;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number);
  const [offsetHour, offsetMinute] = [Number(parts[8] ?? 0), Number(parts[9] ?? 0)];
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  if (days === undefined || day < 1 || day > days) return false;
  if (hour > 23 || minute > 59 || second > 60 || offsetHour > 23 || offsetMinute > 59) return false;
  const shift = (offsetHour * 60 + offsetMinute) * (parts[7] === '-' ? 1 : -1);
  return second < 60 || (hour * 60 + minute + shift + 2880) % 1440 === 1439; // a leap second ends a day of UTC
}

const FORMATS = {
  'date-time': isDateTime,
  'json-pointer': (text) => /^(?:\/(?:[^~/]|~[01])*)*$/u.test(text),
  uuid: (text) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text),
};

// ---- keywords that state something of one value ----

// true: kept. Of a value of another kind than theirs they say nothing.
const ofNumber = (holds) => (limit, value) => kindOf(value) !== 'number' || holds(value, limit);
const ofText = (holds) => (limit, value, contract) => typeof value !== 'string' || holds(value, limit, contract);
const ofArray = (holds) => (limit, value) => !Array.isArray(value) || holds(value, limit);
const ofObject = (holds) => (limit, value) => !isObject(value) || holds(Object.keys(value), limit);

export const ASSERTIONS = {
  type: (types, value) => listOf(types).some((type) => isOfType(value, type)),
  const: (constant, value) => isEqual(constant, value),
  enum: (constants, value) => constants.some((constant) => isEqual(constant, value)),
  minimum: ofNumber((value, limit) => value >= limit),
  maximum: ofNumber((value, limit) => value <= limit),
  exclusiveMinimum: ofNumber((value, limit) => value > limit),
  exclusiveMaximum: ofNumber((value, limit) => value < limit),
  minLength: ofText((value, limit) => codePoints(value) >= limit),
  maxLength: ofText((value, limit) => codePoints(value) <= limit),
  pattern: ofText((value, pattern, contract) => contract.regexp(pattern).test(value)),
  format: ofText((value, format, contract) => !contract.asserts(format) || FORMATS[format](value)),
  minItems: ofArray((value, limit) => value.length >= limit),
  maxItems: ofArray((value, limit) => value.length <= limit),
  uniqueItems: ofArray((value, wanted) => !wanted || !value.some((one, i) => value.slice(0, i).some((other) => isEqual(one, other)))),
  minProperties: ofObject((names, limit) => names.length >= limit),
  maxProperties: ofObject((names, limit) => names.length <= limit),
};

const REMARKS = new Set(['$schema', '$id', '$comment', '$defs', 'title', 'description', 'default', 'examples', 'deprecated']);
const LISTS = new Set(['allOf', 'anyOf']);
const ONES = new Set(['if', 'then', 'else', 'items', 'additionalProperties', 'not', 'propertyNames']);
const MAPS = new Set(['$defs', 'properties']);
const CHOICES = new Set(['anyOf', 'not', 'propertyNames', 'minProperties']);

export class Contract {
  constructor(text) {
    this.schema = parse(text);
    this.notes = this.schema['x-steno'];
    this.ref = `${this.notes.name}@${this.notes.version}`;
    this.formats = this.notes.assert_formats;
    // A member of no meaning that a document itself has, which JSON Schema lets stand.
    this.strangers = new Set(['x-steno', ...(this.notes.name === 'session-events' ? ['event_version'] : [])]);
    this.regexps = new Map();
    this.places = new Map(); // schema object → its pointer in the file
    this.asserting = new Map(); // schema object → those of its keywords that are in ASSERTIONS
    this.targets = new Map(); // "#/…" → schema object
    this.rules = new Map(); // every rule that an event must keep → its schema and keyword
    this.read(this.schema, '', false);
  }

  asserts(format) { return this.formats === undefined || this.formats.includes(format); }

  regexp(pattern) {
    if (!this.regexps.has(pattern)) this.regexps.set(pattern, new RegExp(pattern, 'u'));
    return this.regexps.get(pattern);
  }

  // ---- the file, read once ----

  read(schema, place, condition) {
    if (typeof schema === 'boolean') {
      if (!schema && !condition && !place.endsWith('/additionalProperties')) throw new Error(`${this.ref}: ${place} is false, which is not understood there`);
      return;
    }
    if (!isObject(schema)) throw new Error(`${this.ref}: ${place} is no schema`);
    this.places.set(schema, place);
    this.asserting.set(schema, Object.keys(schema).filter((keyword) => Object.hasOwn(ASSERTIONS, keyword)));
    this.targets.set(`#${place}`, schema);
    for (const keyword of Object.keys(schema)) this.readKeyword(schema, keyword, place, condition);
    if ((schema.then ?? schema.else) !== undefined && schema.if === undefined) throw new Error(`${this.ref}: ${place} has no if`);
  }

  readKeyword(schema, keyword, place, condition) {
    const value = schema[keyword];
    const at = join(place, keyword);
    const rule = (...names) => condition || this.rules.set(names.reduce(join, at), { schema, keyword });
    if (CHOICES.has(keyword) && !condition) throw new Error(`${this.ref}: ${at} is a choice outside of a condition, which is not understood`);
    if (keyword === 'format' && !Object.hasOwn(FORMATS, value)) throw new Error(`${this.ref}: ${at}: ${value} is not understood`);
    if (Object.hasOwn(ASSERTIONS, keyword)) {
      if (keyword !== 'format' || this.asserts(value)) rule();
    } else if (LISTS.has(keyword)) value.forEach((one, i) => this.read(one, join(at, i), condition));
    else if (ONES.has(keyword)) {
      if (keyword === 'additionalProperties' && value === false) rule();
      this.read(value, at, condition || keyword === 'if');
    } else if (MAPS.has(keyword)) for (const [name, one] of Object.entries(value)) this.read(one, join(at, name), condition);
    else if (keyword === 'required') value.forEach((name) => rule(name));
    else if (keyword === 'dependentRequired') {
      for (const [name, names] of Object.entries(value)) names.forEach((one) => rule(name, one));
    } else if (keyword !== '$ref' && !REMARKS.has(keyword) && !this.strangers.has(keyword)) throw new Error(`${this.ref}: ${at}: keyword is not understood`);
  }

  // ---- an event before it ----

  // The rules that the event breaks: [{pointer, keyword, place, rule}]; `visit(pointer, schema,
  // value)` hears of every schema that stands at a value.
  check(event, visit = () => {}) {
    const broken = [];
    this.walk(this.schema, event, '', { broken, visit });
    return broken;
  }

  // Whether a condition holds of the value.
  holds(schema, value) {
    if (typeof schema === 'boolean') return schema;
    const { allOf = [], anyOf, not, $ref, items, propertyNames } = schema;
    if (!this.asserting.get(schema).every((keyword) => ASSERTIONS[keyword](schema[keyword], value, this))) return false;
    if (!allOf.every((one) => this.holds(one, value))) return false;
    if (anyOf !== undefined && !anyOf.some((one) => this.holds(one, value))) return false;
    if (not !== undefined && this.holds(not, value)) return false;
    if ($ref !== undefined && !this.holds(this.target($ref), value)) return false;
    if (Array.isArray(value) && items !== undefined && !value.every((one) => this.holds(items, one))) return false;
    if (propertyNames !== undefined && isObject(value) && !Object.keys(value).every((name) => this.holds(propertyNames, name))) return false;
    return !isObject(value) || this.membersHold(schema, value);
  }

  membersHold(schema, value) {
    const { required = [], dependentRequired = {} } = schema;
    if (!required.every((name) => Object.hasOwn(value, name))) return false;
    if (!Object.entries(dependentRequired).every(([name, names]) => !Object.hasOwn(value, name) || names.every((one) => Object.hasOwn(value, one)))) return false;
    const names = schema.additionalProperties === undefined ? Object.keys(schema.properties ?? {}) : Object.keys(value);
    return names.every((name) => !Object.hasOwn(value, name) || this.holds(this.memberOf(schema, name) ?? true, value[name]));
  }

  // What the schema itself says of a member of that name; undefined: nothing.
  memberOf(schema, name) {
    return Object.hasOwn(schema.properties ?? {}, name) ? schema.properties[name] : schema.additionalProperties;
  }

  walk(schema, value, pointer, run) {
    if (typeof schema === 'boolean') return;
    const place = this.places.get(schema);
    const tell = (keyword, subject = pointer, rule = keyword) =>
      run.broken.push({ pointer: subject, keyword, place: `${place}/${keyword}`, rule: `${place}/${rule}` });
    // A value of the wrong kind has that one fault: nothing else that the same schema says is asked.
    if (schema.type !== undefined && !admitsType(schema, value)) {
      tell('type');
      return;
    }
    run.visit(pointer, schema, value);
    for (const keyword of this.asserting.get(schema))
      if (!ASSERTIONS[keyword](schema[keyword], value, this)) tell(keyword);
    if (isObject(value)) this.walkObject(schema, value, pointer, run, tell);
    if (Array.isArray(value) && schema.items !== undefined) value.forEach((one, i) => this.walk(schema.items, one, join(pointer, i), run));
    if (schema.$ref !== undefined) this.walk(this.target(schema.$ref), value, pointer, run);
    for (const one of schema.allOf ?? []) this.walk(one, value, pointer, run);
    if (schema.if === undefined) return;
    const branch = this.holds(schema.if, value) ? schema.then : schema.else;
    if (branch !== undefined) this.walk(branch, value, pointer, run);
  }

  walkObject(schema, value, pointer, run, tell) {
    for (const name of schema.required ?? [])
      if (!Object.hasOwn(value, name)) tell('required', join(pointer, name), join('required', name));
    for (const [name, names] of Object.entries(schema.dependentRequired ?? {}))
      for (const one of Object.hasOwn(value, name) ? names : [])
        if (!Object.hasOwn(value, one)) tell('dependentRequired', join(pointer, one), join(join('dependentRequired', name), one));
    for (const [name, one] of Object.entries(value)) {
      const schemaOf = this.memberOf(schema, name);
      if (schemaOf === false) tell('additionalProperties', join(pointer, name));
      else if (schemaOf !== undefined) this.walk(schemaOf, one, join(pointer, name), run);
    }
  }

  target(ref) {
    const schema = this.targets.get(ref);
    if (schema === undefined) throw new Error(`${this.ref}: ${ref} leads nowhere`);
    return schema;
  }
}
