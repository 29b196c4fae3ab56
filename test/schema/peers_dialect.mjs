// peers_dialect.mjs: where schemas stand in a schema; a schema of 2020-12 in the words of an older
// dialect; and a schema without one of its keywords, which shows what that keyword decides.

export const dialects = {
  '2020-12': 'https://json-schema.org/draft/2020-12/schema',
  '2019-09': 'https://json-schema.org/draft/2019-09/schema',
  7: 'http://json-schema.org/draft-07/schema#',
};

const single = ['items', 'additionalItems', 'contains', 'additionalProperties', 'propertyNames', 'unevaluatedItems', 'unevaluatedProperties',
  'not', 'if', 'then', 'else'];
const lists = ['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items'];
const maps = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas', 'dependencies'];

// The schema with `change` made of every schema in it, the inner ones first.
export function mapSchema(schema, change) {
  if (typeof schema === 'boolean') return change(schema);
  const out = { ...schema };
  const below = (one) => mapSchema(one, change);
  for (const name of single) if (out[name] !== undefined && !Array.isArray(out[name])) out[name] = below(out[name]);
  for (const name of lists) if (Array.isArray(out[name])) out[name] = out[name].map(below);
  for (const name of maps)
    if (out[name] !== undefined)
      out[name] = Object.fromEntries(Object.entries(out[name]).map(([key, one]) => [key, Array.isArray(one) ? one : below(one)]));
  return change(out, schema);
}

export function everySchema(schema, visit) {
  mapSchema(schema, (one) => {
    visit(one);
    return one;
  });
}

// ---- older dialects ----

function rename(out, from, to) {
  if (out[from] === undefined) return;
  out[to] = out[from];
  delete out[from];
}

function itemsOf2019(out) {
  if (out.prefixItems === undefined) return;
  rename(out, 'items', 'additionalItems');
  rename(out, 'prefixItems', 'items');
}

// Dynamic anchors are made at roots of resources only, as recursive ones must be.
function to2019(schema, { chance }) {
  return mapSchema(schema, (one) => {
    if (typeof one === 'boolean') return one;
    const out = { ...one };
    itemsOf2019(out);
    if (out.$dynamicAnchor !== undefined) out.$recursiveAnchor = true;
    if (out.$dynamicRef !== undefined || (out.$ref === '#' && chance(50))) {
      delete out.$ref;
      out.$recursiveRef = '#';
    }
    delete out.$dynamicAnchor;
    delete out.$dynamicRef;
    return out;
  });
}

// In draft-07 nothing stands beside $ref, and an anchor is an $id of its own.
function to7(schema) {
  return mapSchema(schema, (one) => {
    if (typeof one === 'boolean') return one;
    const out = { ...one };
    itemsOf2019(out);
    for (const name of ['unevaluatedItems', 'unevaluatedProperties', 'deprecated', '$dynamicAnchor']) delete out[name];
    if (out.$anchor !== undefined) out.$id = `#${out.$anchor}`;
    delete out.$anchor;
    rename(out, '$defs', 'definitions');
    const needs = { ...out.dependentSchemas, ...out.dependentRequired };
    if (Object.keys(needs).length > 0) out.dependencies = needs;
    delete out.dependentSchemas;
    delete out.dependentRequired;
    if (out.$dynamicRef !== undefined) out.$ref = '#';
    delete out.$dynamicRef;
    if (out.$ref === undefined) return out;
    const { $ref, ...rest } = out;
    const reference = { $ref: $ref.replace('#/$defs/', '#/definitions/') };
    return Object.keys(rest).length === 0 ? reference : { ...rest, allOf: [...(rest.allOf ?? []), reference] };
  });
}

export function older(schema, dialect, dice) {
  if (dialect === '2020-12') return schema;
  const out = dialect === '7' ? to7(schema) : to2019(schema, dice);
  return { ...out, $schema: dialects[dialect] };
}

// ---- without a keyword ----

const without = (name) => (schema) => mapSchema(schema, (one) => {
  if (typeof one === 'boolean') return one;
  const { [name]: _, ...rest } = one;
  return rest;
});
const refsAway = (which) => (schema) => mapSchema(schema, (one) => {
  if (typeof one === 'boolean' || one.$ref === undefined || !which(one.$ref)) return one;
  const { $ref: _, ...rest } = one;
  return rest;
});
const turned = (from) => (schema) => mapSchema(schema, (one) => (one === from ? !from : one));
const refsStatic = (schema) => mapSchema(schema, (one) => {
  if (typeof one === 'boolean') return one;
  const out = { ...one };
  rename(out, '$dynamicRef', '$ref');
  rename(out, '$recursiveRef', '$ref');
  return out;
});

const plain = ['type', 'enum', 'const', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength', 'pattern',
  'items', 'contains', 'uniqueItems', 'minItems', 'maxItems', 'properties', 'patternProperties', 'additionalProperties', 'propertyNames', 'required',
  'minProperties', 'maxProperties', 'allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else', '$ref'];
const own = {
  '2020-12': ['prefixItems', '$dynamicRef', 'minContains', 'maxContains', 'unevaluatedItems', 'unevaluatedProperties', 'dependentRequired', 'dependentSchemas'],
  '2019-09': ['additionalItems', '$recursiveRef', 'minContains', 'maxContains', 'unevaluatedItems', 'unevaluatedProperties', 'dependentRequired', 'dependentSchemas'],
  7: ['additionalItems', 'dependencies'],
};
const turns = {
  'false': turned(false),
  'true': turned(true),
  '$defs': refsAway((ref) => /#\/(\$defs|definitions)\//.test(ref)),
  '$anchor': refsAway((ref) => /#[A-Za-z]/.test(ref)),
  '$id': refsAway((ref) => !ref.startsWith('#')),
};

// What can decide a verdict in a dialect, each with the schema that lacks it.
export function deciders(dialect) {
  const out = Object.fromEntries([...plain, ...own[dialect]].map((name) => [name, without(name)]));
  Object.assign(out, turns);
  if (dialect === '2020-12') out.$dynamicAnchor = refsStatic;
  if (dialect === '2019-09') out.$recursiveAnchor = refsStatic;
  return out;
}

// What never decides: annotations.
export const remarkNames = ['title', 'description', 'default', 'examples', 'deprecated', 'readOnly', 'writeOnly', '$comment', 'format',
  'contentMediaType', 'contentEncoding', 'x-peers'];
