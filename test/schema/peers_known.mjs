// peers_known.mjs: where a peer and steno differ, and why: one list for two uses.
//
// Each entry is shown: on its schema and instance the judges say what `says` has, no more and no
// less, or the test fails (a peer has mended it, or steno has changed). An entry with `leaves` also
// takes random pairs out of the comparison with its peer; one with `made` says what peers_make.mjs
// therefore never makes. Nothing else is left out.
//
//   says      what steno, ajv, sourcemeta and sourcemeta --fast answer: "valid", "invalid", "refused"
//   formats   formats are asserted by all
//   traits    what peers_make.mjs would say of the schema
//   leaves    {peer, when}: `when` gets the case's traits (traitsOf) and the parsed instance
//
// Sections are those of the JSON Schema core (C) and validation (V) documents of 2020-12, unless another
// dialect is named, of RFC 8259 (JSON) and of ECMA-262.
import { everySchema } from './peers_dialect.mjs';

// ---- what the conditions ask for ----

function look(one, traits) {
  for (const name of Object.keys(one)) traits.keywords.add(name);
  if (one.$dynamicAnchor !== undefined || one.$recursiveAnchor === true) traits.dynamicAnchors++;
  const goesDynamic = one.$dynamicRef !== undefined || one.$recursiveRef !== undefined;
  if (goesDynamic && Object.keys(one).length > 1) traits.besideDynamic = true;
  const needs = [one.required ?? [], ...Object.values(one.dependentRequired ?? {}), ...Object.values(one.dependencies ?? {})];
  if (needs.some((names) => Array.isArray(names) && names.includes(''))) traits.needsEmptyName = true;
  if (one.$id !== undefined && one.$schema === undefined && one.$ref !== undefined) traits.refBesideId = true;
  if (one.if !== undefined && (one.then === undefined || one.else === undefined)) traits.halfCondition = true;
  if (one.uniqueItems === true && one.prefixItems !== undefined && one.items !== undefined) traits.uniqueAfterPrefix = true;
  if (one.items !== undefined && one.unevaluatedItems !== undefined) traits.itemsAndUnevaluated = true;
  if ((one.prefixItems !== undefined || Array.isArray(one.items)) && one.contains !== undefined) traits.prefixAndContains = true;
  for (const [name, below] of Object.entries({ ...one.$defs, ...one.definitions }))
    if (name.includes('%') && /"\$(id|anchor|dynamicAnchor)":/.test(JSON.stringify(below))) traits.namedBelowPercent = true;
}

export function traitsOf({ schema, dialect, traits: made }) {
  const traits = { ...made, dialect, keywords: new Set(), dynamicAnchors: 0 };
  everySchema(schema, (one) => typeof one === 'object' && look(one, traits));
  traits.dynamic = traits.keywords.has('$dynamicRef') || traits.keywords.has('$recursiveRef');
  traits.dynamicRoot = schema.$dynamicAnchor !== undefined || schema.$recursiveAnchor === true;
  traits.unevaluated = traits.keywords.has('unevaluatedProperties') || traits.keywords.has('unevaluatedItems');
  return traits;
}

function holdsEmptyArray(value, inside) {
  if (Array.isArray(value)) return (inside && value.length === 0) || value.some((one) => holdsEmptyArray(one, true));
  return typeof value === 'object' && value !== null && Object.values(value).some((one) => holdsEmptyArray(one, true));
}

// ---- the list ----

const say = (steno, ajv, sourcemeta, fast = sourcemeta) => ({ steno, ajv, sourcemeta, 'sourcemeta --fast': fast });
const ajvAlone = say('invalid', 'valid', 'invalid');
const ajvStricter = say('valid', 'invalid', 'valid');

export const known = [
  // ---- names ----
  { name: 'of two members of one name the last counts; one peer keeps both',
    reason: 'RFC 8259 4: names SHOULD be unique, behaviour is unpredictable otherwise; on the parsed document the last one stands',
    made: 'no repeated names', schema: { const: { a: 1 } }, instance: '{"a":2,"a":1}', says: say('valid', 'valid', 'invalid') },
  { name: 'a required name that every JavaScript object inherits', reason: 'V 6.5.3: a member of the instance, not of its prototype',
    made: 'no names of Object.prototype', schema: { required: ['toString'] }, instance: '{}', says: ajvAlone },
  { name: 'a required __proto__', reason: 'V 6.5.3: as toString', schema: { required: ['__proto__'] }, instance: '{}', says: ajvAlone },
  { name: 'properties/constructor without such a member', reason: 'C 10.3.2.1: only names that appear in the instance',
    schema: { properties: { constructor: { type: 'number' } } }, instance: '{}', says: ajvStricter },
  { name: 'a const with a member called constructor', reason: 'C 4.2.2: equal objects are equal whatever their names',
    schema: { const: { constructor: [1] } }, instance: '{"constructor":[1]}', says: ajvStricter },
  { name: 'the empty name is never missed', reason: 'V 6.5.3: every item of the array is a name, the empty string too',
    schema: { required: [''] }, instance: '{}', says: ajvAlone, leaves: { peer: 'ajv', when: (traits) => traits.needsEmptyName } },
  { name: 'the empty name is never missed by dependentRequired', reason: 'V 6.5.4: as required',
    schema: { dependentRequired: { a: [''] } }, instance: '{"a":1}', says: ajvAlone },

  // ---- numbers ----
  { name: 'a whole number that a double rounds', reason: 'RFC 8259 6: precision is the reader\'s; steno compares the decimals as written',
    made: 'numbers are doubles, written shortest', schema: '{"const":9007199254740993}', instance: '9007199254740992', says: ajvAlone },
  { name: 'a multiple of 0.1 by the decimals, not nearly', reason: 'V 6.2.1: division results in an integer; in decimals',
    made: 'decimals stand apart by more than the tolerance given to ajv', schema: { multipleOf: 0.1 }, instance: '0.30000000000000004', says: ajvAlone },
  { name: 'a multiple of 0.1, with ajv as it comes', reason: 'V 6.2.1: in doubles 0.3 / 0.1 is 2.9999999999999996; the comparison sets multipleOfPrecision',
    ajv: { multipleOfPrecision: undefined }, schema: { multipleOf: 0.1 }, instance: '0.3', says: ajvStricter },
  { name: 'a multiple of 3 past 2^53', reason: 'V 6.2.1: 2^53 + 2 is none; the quotient of doubles is always whole there',
    made: 'multipleOf never meets numbers past 2^53', schema: { multipleOf: 3 }, instance: '10000000000000000000000000000', says: ajvAlone },
  { name: 'a number too small for a double is not zero', reason: 'RFC 8259 6: as above', schema: { exclusiveMinimum: 0 }, instance: '1e-400', says: ajvStricter },
  { name: 'maxContains with an exponent', reason: 'C 4.2.1: 1e0 is 1; the peer passes over the keyword',
    made: 'minContains and maxContains are written plainly', schema: '{"contains":true,"maxContains":1e0}', instance: '[1,2]', says: say('invalid', 'invalid', 'valid') },
  { name: 'minContains with an exponent beside maxContains', reason: 'C 4.2.1: as maxContains',
    schema: '{"contains":{"type":"number"},"minContains":2e0,"maxContains":3}', instance: '[1]', says: say('invalid', 'invalid', 'valid') },
  { name: 'a whole number past 2^63 under type integer and bounds', reason: 'V 6.1.1: an integer of any size; the peer ends with an error',
    made: '--fast is asked only where no number is past 2^53', schema: { type: 'integer', minimum: 0, maximum: 1 }, instance: '1e20',
    says: say('invalid', 'invalid', 'invalid', 'refused') },

  // ---- strings and patterns ----
  { name: 'half a surrogate pair', reason: 'RFC 8259 8.2: no Unicode character; steno refuses the text', made: 'no lone surrogates',
    schema: { maxLength: 1 }, instance: '"\\ud800"', says: say('refused', 'valid', 'refused') },
  { name: '\\s and NEL', reason: 'ECMA-262 22.2.2.9: WhiteSpace and LineTerminator, U+0085 is neither', made: 'patterns without \\s',
    schema: { pattern: '^\\s$' }, instance: '"\\u0085"', says: say('invalid', 'invalid', 'valid') },
  { name: '. and U+2028', reason: 'ECMA-262 22.2.2.7: . is no LineTerminator', made: 'no . where a line could end',
    schema: { pattern: '^.$' }, instance: '"\\u2028"', says: say('invalid', 'invalid', 'valid') },
  { name: 'a possessive quantifier', reason: 'V 6.3.3: SHOULD be an ECMA-262 expression', made: 'only patterns of ECMA-262',
    schema: { pattern: 'a++' }, instance: '"a"', says: say('refused', 'refused', 'valid') },
  { name: 'an identity escape', reason: 'ECMA-262 22.2.1: in u mode only syntax characters and / are escaped',
    schema: { pattern: '^\\-$' }, instance: '"-"', says: say('refused', 'refused', 'valid') },

  // ---- arrays ----
  { name: 'contains beside prefixItems of a longer list', reason: 'C 10.3.1.3: contains speaks for itself; ajv stops at the end of the array',
    schema: { prefixItems: [{ type: 'object' }], contains: { type: 'number' } }, instance: '[]', says: ajvAlone,
    leaves: { peer: 'ajv', when: (traits) => traits.prefixAndContains } },
  { name: 'contains on an empty array, after another array', reason: 'C 10.3.1.3: none is contained; ajv keeps the answer of the array before',
    schema: { items: { contains: { type: 'number' } } }, instance: '[[1],[]]', says: ajvAlone,
    leaves: { peer: 'ajv', when: (traits, instance) => traits.keywords.has('contains') && holdsEmptyArray(instance, false) } },
  { name: 'what contains has found is evaluated', reason: 'C 10.3.1.3, 11.2: its annotation counts for unevaluatedItems',
    schema: { contains: true, unevaluatedItems: false }, instance: '[1]', says: ajvStricter,
    leaves: { peer: 'ajv', when: (traits) => traits.keywords.has('contains') && traits.keywords.has('unevaluatedItems') } },

  { name: 'uniqueItems beside prefixItems and typed items', reason: 'V 6.4.3: all elements; ajv compares as if prefixItems were of the type of items',
    schema: { prefixItems: [true, true], items: { type: 'string' }, uniqueItems: true }, instance: '[0,0]', says: ajvAlone,
    leaves: { peer: 'ajv', when: (traits) => traits.uniqueAfterPrefix } },

  // ---- unevaluated… ----
  { name: 'properties beside dependentSchemas that does not apply', reason: 'C 11.3: properties evaluates, whatever dependentSchemas does',
    schema: { dependentSchemas: { x: { properties: { a: true } } }, properties: { b: true }, unevaluatedProperties: false }, instance: '{"b":1}',
    says: ajvStricter, leaves: { peer: 'ajv', when: (traits) => traits.unevaluated && traits.keywords.has('dependentSchemas') } },
  { name: 'an if alone evaluates too', reason: 'C 10.2.2.1: annotations are collected from if, also without then and else',
    schema: { if: { properties: { a: { const: 1 } }, required: ['a'] }, unevaluatedProperties: false }, instance: '{"a":1}',
    says: ajvStricter, leaves: { peer: 'ajv', when: (traits) => traits.unevaluated && traits.halfCondition } },
  { name: 'patternProperties beside branches, under unevaluatedProperties', reason: 'C 11.3: all of them evaluate; ajv fails with a TypeError',
    schema: { patternProperties: { a: true }, anyOf: [{ properties: { c: true }, required: ['b'] }, true], unevaluatedProperties: false }, instance: '{"a":1}',
    says: say('valid', 'refused', 'valid'), leaves: { peer: 'ajv', when: (traits) => traits.unevaluated && traits.keywords.has('patternProperties') } },
  { name: 'items in a branch evaluates all items', reason: 'C 10.3.1.2, 11.2: its annotation is true; ajv takes it for the number 1',
    schema: { anyOf: [{ items: true }], unevaluatedItems: false }, instance: '[1,2]', says: ajvStricter,
    leaves: { peer: 'ajv', when: (traits) => ['items', 'additionalItems'].some((name) => traits.keywords.has(name)) && traits.keywords.has('unevaluatedItems') } },
  { name: 'items beside unevaluatedItems in a branch', reason: 'C 10.3.1.2, 11.2: its annotation counts outside the branch too',
    schema: { anyOf: [{ items: true, unevaluatedItems: true }], unevaluatedItems: false }, instance: '[1]', says: say('valid', 'valid', 'invalid'),
    leaves: { peer: 'sourcemeta', when: (traits) => traits.itemsAndUnevaluated } },
  { name: 'unevaluatedProperties in a recursive contains', reason: 'C 9.4.1: recursion into the instance ends; the peer crashes',
    schema: { contains: { unevaluatedProperties: true, $ref: '#' } }, traits: { recursive: true }, instance: '"b"', says: say('valid', 'valid', 'refused'),
    leaves: { peer: 'sourcemeta', when: (traits) => traits.unevaluated && traits.recursive } },

  // ---- references ----
  { name: 'what stands beside $dynamicRef', reason: 'C 7.7: keywords of one schema all count; ajv goes no further',
    schema: { $dynamicAnchor: 'node', properties: { a: { $dynamicRef: '#node', oneOf: [{ exclusiveMinimum: 2 }] } } }, instance: '{"a":1}', says: ajvAlone,
    leaves: { peer: 'ajv', when: (traits) => traits.dynamic && traits.besideDynamic } },
  { name: 'several dynamic anchors', reason: 'C 8.2.3.2: the outermost of the dynamic scope; ajv remembers scopes that it has left',
    schema: { $id: 'https://peers.test/root', allOf: [{ $ref: 'first' }, { $ref: 'second' }],
      $defs: { first: { $id: 'first', $dynamicAnchor: 'node', type: 'array' }, second: { $id: 'second', $dynamicAnchor: 'node', items: { $dynamicRef: '#node' } } } },
    instance: '[1]', says: ajvStricter, leaves: { peer: 'ajv', when: (traits) => traits.dynamic && traits.dynamicAnchors > 1 } },
  { name: 'a dynamic anchor that was not passed on the way', reason: 'C 8.2.3.2: then it is the anchor of the resource; ajv takes the schema at hand',
    schema: { $id: 'https://peers.test/root', properties: { d: { $ref: 'r#/$defs/inner' } },
      $defs: { n: { $id: 'r', $dynamicAnchor: 'node', $defs: { inner: { type: 'object', properties: { c: { $dynamicRef: '#node' } } } } } } },
    instance: '{"d":{"c":4}}', says: ajvStricter, leaves: { peer: 'ajv', when: (traits) => traits.dynamic && !traits.dynamicRoot } },
  { name: 'an anchor at the root', reason: '2019-09 core 8.2.3: the URI of the root with the anchor as fragment', dialect: '2019-09',
    schema: { $id: 'https://peers.test/root', $anchor: 'node', properties: { a: { $ref: '#node' } } }, instance: '1', made: 'no $anchor at the root',
    says: say('valid', 'refused', 'valid') },
  { name: 'an anchor in a definition whose name has a percent sign', reason: 'C 8.2.2: an anchor is found wherever it stands',
    schema: { $id: 'https://peers.test/root', $ref: '#A', $defs: { '%25': { $anchor: 'A' } } }, instance: '1', says: say('valid', 'refused', 'valid'),
    leaves: { peer: 'ajv', when: (traits) => traits.namedBelowPercent } },
  { name: '$ref beside an embedded $id', reason: 'C 8.2.1, 8.2.3.1: resolved against the $id beside it; ajv recurses without end',
    schema: { $id: 'https://peers.test/root', allOf: [{ $ref: 'r' }], $defs: { q: { $id: 'r', $ref: '#/$defs/inner', $defs: { inner: true } } } },
    instance: '1', says: say('valid', 'refused', 'valid'), leaves: { peer: 'ajv', when: (traits) => traits.refBesideId } },
  { name: 'a pointer into no keyword', reason: 'C 9.4.2: undefined; what stands there is taken as a schema by two of three',
    made: 'references lead to $defs', schema: { $ref: '#/x/y', x: { y: { type: 'string' } } }, instance: '1', says: say('invalid', 'invalid', 'refused') },
  { name: 'what stands beside $ref in draft-07', reason: 'draft-07 core 8.3: all other properties are ignored', made: 'in draft-07 $ref stands alone', dialect: '7',
    schema: { definitions: { a: { type: 'string' } }, properties: { x: { $ref: '#/definitions/a', minLength: 3 } } }, instance: '{"x":"a"}', says: ajvStricter },

  // ---- other keywords ----
  { name: 'an empty enum', reason: 'V 6.1.2: SHOULD have an element, so it may have none', made: 'no empty enum',
    schema: { enum: [] }, instance: '1', says: say('invalid', 'refused', 'invalid') },
  { name: 'nullable is a word of OpenAPI', reason: 'C 4.3.1: an unknown keyword is an annotation', made: 'no nullable',
    schema: { type: 'string', nullable: true }, instance: 'null', says: ajvAlone },

  // ---- formats, when they are asserted; else they decide nothing, which the random pairs show ----
  ...[
    ['date-time', '2020-01-01 00:00:00Z', 'RFC 3339 5.6: T stands between', ajvAlone],
    ['email', 'a@b', 'RFC 5321 4.1.2: one label will do', ajvStricter],
    ['email', '"a b"@c.de', 'RFC 5321 4.1.2: Quoted-string', ajvStricter],
    ['email', 'a@[127.0.0.1]', 'RFC 5321 4.1.3: address-literal', ajvStricter],
    ['idn-email', 'x', 'RFC 6531: not known to ajv-formats', ajvAlone],
    ['hostname', 'xn--X', 'RFC 5890 2.3.2.1: an A-label is punycode', ajvAlone],
    ['hostname', 'a.', 'RFC 1123 2.1: no dot at the end', ajvAlone],
    ['idn-hostname', '\u302ea', 'RFC 5891 4.2.3.2: not known to ajv-formats', ajvAlone],
    ['iri', '\u00e9', 'RFC 3987 2.2: not known to ajv-formats', ajvAlone],
    ['iri-reference', '\\', 'RFC 3987 2.2: not known to ajv-formats', ajvAlone],
    ['uuid', 'urn:uuid:2eb8aa08-aa98-11ea-b4aa-73b441d16380', 'RFC 4122 3: the UUID, not its URN', ajvAlone],
    ['regex', '\\a', 'ECMA-262 22.2.1: no identity escape of letters in u mode', ajvAlone],
    ['byte', '!', 'a format of OpenAPI; V 7.2.3: unknown formats succeed', ajvStricter],
  ].map(([format, text, reason, says]) => ({ name: `format ${format}: ${text}`, reason: `V 7.3, ${reason}`, formats: true, schema: { format }, instance: JSON.stringify(text), says })),
];

// Why a pair is not compared with a peer: the names of the entries; none when it is compared.
export function leftOut(peer, traits, instance) {
  return known.filter((one) => one.leaves?.peer === peer && one.leaves.when(traits, instance)).map((one) => one.name);
}
