// diff_edit.mjs: a few random edits of a schema, as people make them: a limit moved, a property
// added, an enum widened, a subschema wrapped, copied or replaced. Most leave a schema; a few leave
// none, and such a pair is not asked about.

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const maps = ['properties', 'patternProperties', '$defs', 'dependentSchemas'];
const lists = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const singles = ['items', 'additionalProperties', 'not', 'if', 'then', 'else', 'contains', 'propertyNames',
  'unevaluatedProperties', 'unevaluatedItems'];

// Every schema in a schema, with what puts another one in its place.
function places(schema, put, out = []) {
  out.push({ schema, put });
  if (!isObject(schema)) return out;
  for (const name of maps)
    for (const key of Object.keys(isObject(schema[name]) ? schema[name] : {}))
      places(schema[name][key], (one) => { schema[name][key] = one; }, out);
  for (const name of lists)
    for (let i = 0; i < (Array.isArray(schema[name]) ? schema[name].length : 0); i++)
      places(schema[name][i], (one) => { schema[name][i] = one; }, out);
  for (const name of singles)
    if (schema[name] !== undefined) places(schema[name], (one) => { schema[name] = one; }, out);
  return out;
}

const copy = (value) => JSON.parse(JSON.stringify(value));
const numbers = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'];
const counts = ['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties', 'minContains', 'maxContains'];
const leaves = [true, false, {}, { type: 'string' }, { type: 'integer' }, { type: ['number', 'null'] }, { const: 1 }, { enum: ['a', 'b'] },
  { type: 'object' }, { maxLength: 2 }, { minimum: 1 }, { required: ['a'] }, { pattern: '^a' }];
const names = ['a', 'b', 'c', 'd', 'ab', 'x-1'];

// What can be done to an object schema.
const edits = [
  (schema, { pick }) => { delete schema[pick(Object.keys(schema).filter((name) => !name.startsWith('$')).concat(''))]; },
  (schema, { pick, random }) => {
    const there = [...numbers, ...counts, 'multipleOf'].filter((name) => typeof schema[name] === 'number');
    const name = there.length > 0 ? pick(there) : pick([...numbers, ...counts]);
    const by = numbers.includes(name) ? pick([1, -1, 0.5, 10]) : pick([1, -1, 2]);
    schema[name] = Math.max(numbers.includes(name) ? -1e6 : name === 'multipleOf' ? 0.5 : 0, (schema[name] ?? random(4)) + by);
  },
  (schema, { pick, random, chance }) => {
    if (!Array.isArray(schema.enum)) schema.enum = [1, 'a', null, 'b'].slice(0, 1 + random(4));
    else if (chance(50) && schema.enum.length > 1) schema.enum.splice(random(schema.enum.length), 1);
    else schema.enum = [...new Set([...schema.enum.map((one) => JSON.stringify(one)), JSON.stringify(pick([1, 2, 'ab', 'zz', null]))])].map((one) => JSON.parse(one));
  },
  (schema, { pick, random, chance }) => {
    const required = schema.required ?? [];
    if (required.length > 0 && chance(50)) required.splice(random(required.length), 1);
    else required.push(...[pick([...names, ...Object.keys(schema.properties ?? {})])].filter((name) => !required.includes(name)));
    schema.required = required;
  },
  (schema, { pick, chance }) => {
    const properties = schema.properties ?? {};
    const name = pick([...names, ...Object.keys(properties)]);
    if (properties[name] !== undefined && chance(60)) delete properties[name];
    else properties[name] = copy(pick(leaves));
    schema.properties = properties;
  },
  (schema, { pick }) => { schema.additionalProperties = copy(pick(leaves)); },
  (schema, { pick }) => { schema.items = copy(pick(leaves)); },
  (schema, { pick }) => { schema.unevaluatedProperties = copy(pick([false, false, { type: 'string' }])); },
  (schema, { pick }) => { schema[pick(lists)] = [copy(pick(leaves)), copy(pick(leaves))]; },
  (schema, { pick, random }) => {
    const name = pick(lists.filter((one) => Array.isArray(schema[one])).concat('allOf'));
    const list = schema[name] ?? [];
    if (list.length > 1 && random(2) === 0) list.splice(random(list.length), 1);
    else list.push(copy(pick(leaves)));
    schema[name] = list;
  },
  (schema, { pick }) => { schema.type = pick(['string', 'integer', 'number', 'object', 'array', ['string', 'integer'], ['object', 'null']]); },
  (schema, { pick }) => { schema.dependentRequired = { ...schema.dependentRequired, [pick(names)]: [pick(names)] }; },
  (schema, { pick }) => { schema.dependentSchemas = { ...schema.dependentSchemas, [pick(names)]: copy(pick(leaves)) }; },
  (schema, { pick }) => { Object.assign(schema, { if: copy(pick(leaves)), then: copy(pick(leaves)), else: copy(pick(leaves)) }); },
  (schema, { pick }) => { schema.not = copy(pick(leaves)); },
  (schema, { pick }) => { schema.pattern = pick(['^a', 'b$', '^[a-c]+$', '^..$', '']); },
  (schema, { pick }) => { schema.patternProperties = { ...schema.patternProperties, [pick(['^a', 'b$', '^x-'])]: copy(pick(leaves)) }; },
  (schema, { pick }) => { schema.propertyNames = copy(pick([{ maxLength: 2 }, { pattern: '^a' }, { enum: ['a', 'b'] }, false])); },
  (schema) => { schema.uniqueItems = !schema.uniqueItems; },
  (schema, { pick }) => { schema.contains = copy(pick(leaves)); },
  (schema) => { schema.description = 'other words'; },
];

// What can be done to any schema: another one in its place that says the same, or not.
const wraps = [
  (schema) => ({ allOf: [schema] }),
  (schema) => ({ anyOf: [schema] }),
  (schema) => ({ anyOf: [schema, { type: 'null' }] }),
  (schema) => ({ not: { not: schema } }),
  (schema) => ({ oneOf: [schema, false] }),
  (schema, { pick }) => copy(pick(leaves)),
];

export function edit(schema, roll) {
  const holder = { schema: copy(schema) };
  const count = 1 + roll.random(3);
  for (let i = 0; i < count; i++) {
    const all = places(holder.schema, (one) => { holder.schema = one; });
    const place = roll.chance(60) ? all[roll.random(Math.min(4, all.length))] : roll.pick(all); // most decide most at the top
    const isPlain = isObject(place.schema);
    const referred = JSON.stringify(place.schema).includes('"$');
    if (isPlain && (referred || roll.chance(85))) roll.pick(edits)(place.schema, roll);
    else if (!referred) place.put(roll.pick(wraps)(copy(place.schema), roll));
  }
  return holder.schema;
}
