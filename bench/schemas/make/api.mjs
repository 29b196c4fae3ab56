// api.mjs: descriptions of interfaces, maps, and what goes over wires.

function schema(d, dialect, depth = 0) {
  if (d.chance(0.2)) return { $ref: `#/components/schemas/${d.pascal(1)}` };
  const kind = d.pick(depth < 3 ? ['string', 'integer', 'array', 'object', 'object', 'choice'] : ['string', 'integer', 'boolean']);
  const about = { description: d.maybe(0.4, () => d.sentence()), deprecated: d.maybe(0.03, () => true), ...(dialect === 30 ? { nullable: d.maybe(0.1, () => true) } : {}) };
  if (kind === 'string') return { type: 'string', ...about, format: d.maybe(0.3, () => d.pick(['date-time', 'uuid', 'email'])), enum: d.maybe(0.2, () => d.many(2, 6, () => d.noun())), maxLength: d.maybe(0.2, () => d.int(10, 400)), example: dialect === 30 ? d.maybe(0.3, () => d.noun()) : undefined };
  if (kind === 'integer') return { type: d.pick(['integer', 'number']), ...about, minimum: d.maybe(0.4, () => 0), format: d.maybe(0.5, () => 'int64'), default: d.maybe(0.2, () => d.int(0, 100)) };
  if (kind === 'boolean') return { type: 'boolean', ...about };
  if (kind === 'array') return { type: 'array', ...about, items: schema(d, dialect, depth + 1), maxItems: d.maybe(0.2, () => d.int(1, 100)) };
  if (kind === 'choice') return { oneOf: d.many(2, 3, () => schema(d, dialect, depth + 1)) };
  const properties = d.map(1, 8, () => d.camel(d.int(1, 2)), () => schema(d, dialect, depth + 1));
  return { type: 'object', ...about, required: d.maybe(0.6, () => Object.keys(properties).slice(0, d.int(1, 3))), properties, additionalProperties: d.maybe(0.3, () => false) };
}

function parameter(d, dialect) {
  if (d.chance(0.2)) return { $ref: `#/components/parameters/${d.camel(1)}` };
  const place = d.pick(['query', 'query', 'path', 'header']);
  return { name: d.camel(), in: place, description: d.maybe(0.7, () => d.sentence()), required: place === 'path' ? true : d.maybe(0.4, () => d.chance(0.5)), style: d.maybe(0.2, () => (place === 'query' ? 'form' : 'simple')), schema: d.pick([{ type: 'string' }, { type: 'integer', minimum: 1 }, schema(d, dialect, 3)]), example: d.maybe(0.3, () => d.noun()) };
}

function response(d, dialect) {
  if (d.chance(0.3)) return { $ref: `#/components/responses/${d.pascal(1)}` };
  return { description: d.sentence(), headers: d.maybe(0.2, () => ({ 'X-Rate-Limit': { description: d.sentence(), schema: { type: 'integer' } } })), content: d.maybe(0.8, () => ({ 'application/json': { schema: schema(d, dialect, 1), examples: d.maybe(0.2, () => ({ [d.noun()]: { summary: d.sentence(), value: { id: d.int(1, 99) } } })) } })) };
}

function operation(d, dialect) {
  return {
    operationId: d.camel(3),
    tags: [d.noun()],
    summary: d.sentence(),
    description: d.maybe(0.5, () => d.text(1, 3)),
    parameters: d.maybe(0.7, () => d.many(1, 5, () => parameter(d, dialect))),
    requestBody: d.maybe(0.4, () => ({ required: true, content: { 'application/json': { schema: schema(d, dialect, 1) } } })),
    responses: { 200: response(d, dialect), ...(d.chance(0.6) ? { 404: response(d, dialect) } : {}), ...(d.chance(0.4) ? { default: response(d, dialect) } : {}) },
    security: d.maybe(0.4, () => [{ token: [] }]),
    deprecated: d.maybe(0.05, () => true),
    'x-internal': d.maybe(0.1, () => true),
  };
}

function openapi(d, dialect) {
  const path = () => `/${d.noun()}s${d.pick(['', '/{id}', `/{id}/${d.noun()}`])}`;
  return {
    openapi: dialect === 30 ? '3.0.3' : d.pick(['3.1.0', '3.1.1']),
    info: { title: d.pascal(), version: d.semver(), description: d.text(1, 4), contact: { name: d.person(), email: d.email() }, license: { name: 'Apache 2.0', url: 'https://www.example.org/licenses/2.0' } },
    servers: [{ url: d.url(), description: d.maybe(0.5, () => d.sentence()) }],
    tags: d.maybe(0.7, () => [...new Set(d.many(1, 5, () => d.noun()))].map((name) => ({ name, description: d.sentence() }))),
    paths: d.map(1, 16, path, () => Object.fromEntries(d.some(['get', 'post', 'put', 'delete', 'patch'], 1, 3).map((m) => [m, operation(d, dialect)]))),
    components: {
      schemas: d.map(2, 18, () => d.pascal(), () => schema(d, dialect)),
      responses: d.map(1, 4, () => d.pascal(1), () => ({ description: d.sentence(), content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } })),
      parameters: d.maybe(0.6, () => d.map(1, 4, () => d.camel(1), () => ({ name: d.camel(1), in: 'query', schema: { type: 'string' } }))),
      securitySchemes: { token: d.pick([{ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, { type: 'apiKey', name: 'X-Key', in: 'header' }, { type: 'oauth2', flows: { clientCredentials: { tokenUrl: d.url(), scopes: { read: 'Read all' } } } }]) },
    },
  };
}
export const openapi31 = (d) => openapi(d, 31);
export const openapi30 = (d) => openapi(d, 30);

const place = (d) => [d.float(-180, 180, 6), d.float(-85, 85, 6)];
function ring(d, least, most) {
  const [x, y] = place(d);
  const points = d.many(least, most, () => [Number((x + d.float(-0.2, 0.2, 6)).toFixed(6)), Number((y + d.float(-0.2, 0.2, 6)).toFixed(6))]);
  return [...points, points[0]];
}
function geometry(d) {
  return d.pick([
    () => ({ type: 'Point', coordinates: place(d) }),
    () => ({ type: 'Point', coordinates: place(d) }),
    () => ({ type: 'LineString', coordinates: d.many(2, 40, () => place(d)) }),
    () => ({ type: 'Polygon', coordinates: [ring(d, 4, 60)] }),
    () => ({ type: 'MultiPolygon', coordinates: d.many(1, 4, () => [ring(d, 4, 30)]) }),
    () => ({ type: 'MultiPoint', coordinates: d.many(1, 8, () => place(d)) }),
    () => ({ type: 'GeometryCollection', geometries: [{ type: 'Point', coordinates: place(d) }, { type: 'LineString', coordinates: d.many(2, 5, () => place(d)) }] }),
  ])();
}
const feature = (d) => ({ type: 'Feature', id: d.maybe(0.5, () => d.pick([d.int(1, 1e6), d.uuid()])), properties: d.pick([null, { name: d.pascal(), height: d.float(0, 400, 1), kind: d.noun(), 'addr:city': d.maybe(0.5, () => d.noun()) }, { id: d.hex(8), level: d.int(0, 20) }]), geometry: geometry(d), bbox: d.maybe(0.1, () => [...place(d), ...place(d)]) });
export const geojson = (d) => (d.chance(0.5) ? feature(d) : d.chance(0.3) ? geometry(d) : { type: 'FeatureCollection', features: d.many(1, 25, () => feature(d)) });

const spot = (d) => ({ line: d.int(0, 3000), character: d.int(0, 100) });
const range = (d) => { const start = spot(d); return { start, end: { line: start.line, character: start.character + d.int(1, 20) } }; };
const uri = (d) => `file:///home/dev/${d.noun()}/${d.path('ts')}`;
const symbol = (d, depth = 0) => ({ name: d.camel(), kind: d.int(1, 26), range: range(d), selectionRange: range(d), children: depth < 2 ? d.maybe(0.6, () => d.many(1, 5, () => symbol(d, depth + 1))) : undefined });
export function languageServer(d) {
  const at = () => ({ textDocument: { uri: uri(d) }, position: spot(d) });
  const request = (method, params) => ({ jsonrpc: '2.0', id: d.int(1, 5000), method, params });
  const notify = (method, params) => ({ jsonrpc: '2.0', method, params });
  const answer = (result) => ({ jsonrpc: '2.0', id: d.int(1, 5000), result });
  return d.pick([
    () => request('textDocument/completion', { ...at(), context: { triggerKind: 2, triggerCharacter: '.' } }),
    () => request('textDocument/hover', at()),
    () => request('textDocument/definition', at()),
    () => request('textDocument/references', { ...at(), context: { includeDeclaration: true } }),
    () => request('textDocument/rename', { ...at(), newName: d.camel() }),
    () => request('workspace/applyEdit', { label: d.sentence(), edit: { changes: d.map(1, 3, () => uri(d), () => d.many(1, 6, () => ({ range: range(d), newText: d.camel() }))) } }),
    () => notify('textDocument/didOpen', { textDocument: { uri: uri(d), languageId: 'typescript', version: 1, text: d.text(5, 60) } }),
    () => notify('textDocument/didChange', { textDocument: { uri: uri(d), version: d.int(2, 900) }, contentChanges: d.many(1, 3, () => ({ range: range(d), rangeLength: d.int(0, 9), text: d.noun() })) }),
    () => notify('textDocument/publishDiagnostics', { uri: uri(d), diagnostics: d.many(0, 12, () => ({ range: range(d), severity: d.int(1, 4), code: d.pick([d.int(1000, 9999), d.kebab()]), source: 'ts', message: d.sentence(), relatedInformation: d.maybe(0.2, () => [{ location: { uri: uri(d), range: range(d) }, message: d.sentence() }]) })) }),
    () => notify('window/logMessage', { type: d.int(1, 4), message: d.sentence() }),
    () => answer(null),
    () => answer({ isIncomplete: false, items: d.many(1, 30, () => ({ label: d.camel(), kind: d.int(1, 25), detail: d.maybe(0.6, () => d.clause()), sortText: d.hex(4), insertText: d.maybe(0.5, () => d.camel()), documentation: d.maybe(0.3, () => ({ kind: 'markdown', value: d.sentence() })) })) }),
    () => answer(d.many(1, 12, () => symbol(d))),
    () => answer({ contents: { kind: 'markdown', value: d.text(1, 4) }, range: range(d) }),
    () => ({ jsonrpc: '2.0', id: d.int(1, 5000), error: { code: -32601, message: d.sentence() } }),
  ])();
}

export function cloudEvent(d) {
  return {
    specversion: '1.0',
    id: d.uuid(),
    source: d.pick([`/services/${d.kebab()}`, d.url(), `urn:${d.noun()}:${d.noun()}`]),
    type: `org.example.${d.noun()}.${d.noun()}.v${d.int(1, 3)}`,
    time: d.maybe(0.9, () => d.time()),
    subject: d.maybe(0.6, () => `${d.noun()}/${d.int(1, 99999)}`),
    datacontenttype: 'application/json',
    traceparent: d.maybe(0.5, () => `00-${d.hex(32)}-${d.hex(16)}-01`),
    partitionkey: d.maybe(0.4, () => d.hex(8)),
    ...(d.chance(0.1) ? { data_base64: d.base64(200) } : { data: { [d.noun()]: d.noun(), amount: d.float(1, 900, 2), items: d.many(0, 6, () => ({ sku: d.hex(8).toUpperCase(), count: d.int(1, 9) })), note: d.maybe(0.5, () => d.text(1, 4)) } }),
  };
}
