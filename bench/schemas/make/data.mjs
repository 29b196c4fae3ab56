// data.mjs: events, records, feeds, charts and states.

const moment = (d) => d.time();
const sku = (d) => d.hex(8).toUpperCase();
const money = (d) => ({ amount: d.float(1, 900, 2), currency: d.pick(['EUR', 'USD', 'GBP', 'CHF']) });

export function shopEvent(d) {
  const type = d.pick(['order.placed', 'order.shipped', 'payment.settled', 'stock.counted', 'user.signed_in']);
  const bodies = {
    'order.placed': () => ({ order_id: d.uuid(), customer: { name: d.person(), email: d.email(), address: { street: d.noun(), zip: '1010', city: d.noun(), country: 'AT' } }, lines: d.many(1, 8, () => ({ sku: sku(d), name: d.kebab(), count: d.int(1, 20), price: money(d), options: d.maybe(0.3, () => ({ color: d.adjective(), size: d.int(30, 50) })) })), total: money(d), coupon: d.maybe(0.3, () => d.pick([null, 'SPRING'])) }),
    'order.shipped': () => ({ order_id: d.uuid(), parcels: d.many(1, 4, () => ({ carrier: d.pick(['dhl', 'ups', 'post']), code: `RR${d.int(100000000, 999999999)}AT`, grams: d.int(50, 20000) })) }),
    'payment.settled': () => ({ order_id: d.uuid(), amount: money(d), method: 'card', card: { last4: String(d.int(1000, 9999)), brand: 'visa' } }),
    'stock.counted': () => ({ site: `VIE-${d.int(10, 99)}`, counts: d.map(3, 40, () => sku(d), () => d.int(0, 500)) }),
    'user.signed_in': () => ({ user_id: d.int(1, 1e6), ip: d.ip(), agent: `Browser/${d.semver()}`, factors: ['password', ...(d.chance(0.4) ? ['totp'] : [])] }),
  };
  return { id: d.uuid(), type, at: moment(d), source: { service: d.kebab(), version: `${d.int(0, 9)}.${d.int(0, 9)}.${d.int(0, 9)}`, host: d.host() }, trace: d.maybe(0.8, () => ({ trace_id: d.hex(32), span_id: d.hex(16), sampled: true })), tags: d.maybe(0.4, () => [...new Set(d.many(1, 5, () => d.noun()))]), body: bodies[type]() };
}

const coding = (d) => ({ system: `http://terms.example/${d.noun()}`, code: d.hex(6), display: d.clause() });
const concept = (d) => ({ coding: d.many(1, 2, () => coding(d)), text: d.maybe(0.5, () => d.sentence()) });
const reference = (d, type) => ({ reference: `${type}/${d.hex(12)}`, display: d.maybe(0.3, () => d.person()) });
const dateTime = (d) => `${d.date()}T${d.two(0, 23)}:${d.two(0, 59)}:00+01:00`;
const quantity = (d) => ({ value: d.float(1, 300, 2), unit: d.pick(['mmHg', 'kg', 'cm', 'mg/dL']), system: 'http://units.example', code: 'u' });
const period = (d) => ({ start: dateTime(d), end: d.maybe(0.6, () => dateTime(d)) });
const basis = (d, resourceType) => ({ resourceType, id: d.hex(12), meta: { versionId: '1', lastUpdated: dateTime(d), profile: d.maybe(0.3, () => [d.url()]) }, extension: d.maybe(0.2, () => [{ url: d.url(), valueString: d.noun() }]) });
const questions = (d, depth = 0) => d.many(2, 5, (i) => ({ linkId: `${depth}.${i}`, text: d.sentence(), ...(depth < 4 && d.chance(0.4) ? { type: 'group', item: questions(d, depth + 1) } : { type: d.pick(['boolean', 'string', 'integer']), required: d.chance(0.5), enableWhen: d.maybe(0.2, () => [{ question: '0.1', operator: '=', answerBoolean: true }]) }) }));
const records = {
  Patient: (d) => ({ ...basis(d, 'Patient'), identifier: [{ use: 'official', system: d.url(), value: d.hex(10) }], active: true, name: [{ use: 'official', family: d.noun(), given: [d.noun(), d.noun()] }], telecom: [{ system: 'phone', value: '+43 1 5550100', use: 'home', rank: 1 }], gender: d.pick(['male', 'female', 'other']), birthDate: d.date(), address: [{ use: 'home', line: [d.noun()], city: d.noun(), postalCode: '1010', country: 'AT', period: period(d) }], contact: d.maybe(0.4, () => [{ relationship: [concept(d)], name: { family: d.noun() } }]), managingOrganization: reference(d, 'Organization') }),
  Observation: (d) => ({ ...basis(d, 'Observation'), status: d.pick(['final', 'amended']), category: [concept(d)], code: concept(d), subject: reference(d, 'Patient'), effectiveDateTime: dateTime(d), issued: dateTime(d), performer: [reference(d, 'Practitioner')], ...(d.chance(0.5) ? { valueQuantity: quantity(d) } : { component: d.many(2, 3, () => ({ code: concept(d), valueQuantity: quantity(d) })) }), interpretation: d.maybe(0.4, () => [concept(d)]), referenceRange: d.maybe(0.4, () => [{ low: quantity(d), high: quantity(d) }]), note: d.maybe(0.2, () => [{ text: d.text(1, 3), time: dateTime(d) }]) }),
  Encounter: (d) => ({ ...basis(d, 'Encounter'), status: 'finished', class: coding(d), type: [concept(d)], subject: reference(d, 'Patient'), participant: [{ individual: reference(d, 'Practitioner'), period: period(d) }], period: period(d), reasonCode: [concept(d)], location: [{ location: reference(d, 'Location'), status: 'completed' }] }),
  Questionnaire: (d) => ({ ...basis(d, 'Questionnaire'), url: d.url(), title: d.sentence(), status: 'active', item: questions(d) }),
};
export function healthRecord(d) {
  const one = () => d.pick(Object.values(records))(d);
  if (d.chance(0.6)) return one();
  return { ...basis(d, 'Bundle'), type: 'searchset', timestamp: dateTime(d), total: d.int(1, 100), entry: d.many(1, 8, () => ({ fullUrl: d.url(), resource: one(), search: { mode: 'match' } })) };
}

export const feed = (d) => ({
  version: 'https://jsonfeed.org/version/1.1',
  title: d.sentence(),
  home_page_url: d.url(),
  feed_url: d.url(),
  language: d.pick(['en', 'de-AT', 'fr']),
  authors: [{ name: d.person(), url: d.url(), avatar: d.maybe(0.4, () => d.url()) }],
  _meta: d.maybe(0.2, () => ({ about: d.url() })),
  items: d.many(2, 20, () => ({ id: d.url(), url: d.url(), title: d.sentence(), ...(d.chance(0.7) ? { content_html: `<p>${d.text(2, 12)}</p>\n<p>${d.text(1, 8)}</p>` } : { content_text: d.text(2, 10) }), summary: d.maybe(0.5, () => d.sentence()), image: d.maybe(0.3, () => d.url()), date_published: moment(d), date_modified: d.maybe(0.3, () => moment(d)), tags: d.maybe(0.7, () => d.many(1, 5, () => d.noun())), attachments: d.maybe(0.15, () => [{ url: d.url(), mime_type: 'audio/mpeg', size_in_bytes: d.int(1e5, 1e8), duration_in_seconds: d.int(60, 6000) }]) })),
});

export function chart(d) {
  const position = () => ({ field: d.snake(), type: d.pick(['quantitative', 'ordinal', 'temporal', 'nominal']), aggregate: d.maybe(0.3, () => d.pick(['mean', 'sum', 'count', { argmax: d.noun() }])), bin: d.maybe(0.2, () => d.pick([true, { maxbins: d.int(5, 50) }])), timeUnit: d.maybe(0.2, () => d.pick(['yearmonth', 'hours', 'utcyear'])), title: d.maybe(0.4, () => d.pick([d.sentence(), null])), axis: d.maybe(0.3, () => d.pick([null, { format: '.2f', labelAngle: -45, grid: false }])), scale: d.maybe(0.3, () => ({ type: d.pick(['linear', 'log']), zero: false, domain: d.maybe(0.5, () => [0, d.int(10, 1000)]) })), sort: d.maybe(0.2, () => d.pick(['-x', 'ascending', { field: d.noun(), op: 'mean', order: 'descending' }, ['a', 'b']])), stack: d.maybe(0.1, () => 'normalize') });
  const colored = () => d.pick([{ field: d.noun(), type: 'nominal', legend: d.pick([null, { orient: 'top' }]), scale: { scheme: 'category10' } }, { value: 'steelblue' }, { condition: { param: 'brush', value: 'red' }, value: '#cccccc' }, { condition: { test: { and: [{ field: d.noun(), equal: 3 }, { not: 'datum.x > 3' }] }, value: 'orange' }, value: 'gray' }]);
  const encoding = () => ({ x: position(), y: position(), color: d.maybe(0.7, colored), size: d.maybe(0.3, () => d.pick([{ value: d.int(10, 200) }, { field: d.noun(), type: 'quantitative' }])), opacity: d.maybe(0.2, () => ({ value: 0.5 })), tooltip: d.maybe(0.3, () => d.many(1, 4, () => ({ field: d.noun(), type: 'nominal' }))), row: d.maybe(0.1, position), text: d.maybe(0.1, () => ({ field: d.noun(), type: 'quantitative' })) });
  const mark = () => d.pick(['bar', 'line', 'point', 'area', 'boxplot', { type: 'line', point: true, tooltip: true, strokeWidth: 2 }, { type: 'bar', color: '#4c78a8', opacity: 0.8 }, { type: 'errorband', extent: 'ci' }]);
  const data = () => d.pick([{ url: `data/${d.noun()}.csv`, format: { type: 'csv', parse: { date: 'date' } } }, { url: `data/${d.noun()}.json` }, { values: d.many(3, 40, () => ({ a: d.noun(), b: d.int(0, 100), c: d.float(0, 1) })) }, { name: d.noun() }]);
  const transform = () => d.many(1, 3, () => d.pick([{ filter: { or: ['datum.a > 3', { field: d.noun(), range: [1, 9] }] } }, { calculate: 'datum.a * 2', as: d.noun() }, { aggregate: [{ op: 'mean', field: d.noun(), as: d.noun() }], groupby: [d.noun()] }, { bin: true, field: d.noun(), as: d.noun() }, { fold: [d.noun(), d.noun()], as: ['k', 'v'] }]));
  const unit = () => ({ mark: mark(), encoding: encoding(), transform: d.maybe(0.3, transform) });
  const head = () => ({ $schema: 'https://schemas.example/chart', description: d.maybe(0.6, () => d.sentence()), title: d.maybe(0.4, () => d.pick([d.sentence(), { text: d.sentence(), anchor: 'start' }])), width: d.maybe(0.5, () => d.pick([300, 'container', { step: 20 }])), height: d.maybe(0.4, () => d.int(100, 600)), params: d.maybe(0.3, () => [{ name: 'brush', select: { type: 'interval', encodings: ['x'] } }]) });
  return d.pick([
    () => ({ ...head(), data: data(), ...unit() }),
    () => ({ ...head(), data: data(), ...unit() }),
    () => ({ ...head(), data: data(), layer: d.many(2, 4, () => d.pick([unit(), { layer: [unit(), unit()] }])) }),
    () => ({ ...head(), data: data(), facet: { row: position() }, spec: unit() }),
    () => ({ ...head(), data: data(), repeat: { row: [d.noun(), d.noun()], column: [d.noun()] }, spec: { ...unit(), encoding: { x: { field: { repeat: 'column' }, type: 'quantitative' }, y: { field: { repeat: 'row' }, type: 'quantitative' } } } }),
    () => ({ ...head(), data: data(), vconcat: d.many(2, 4, () => d.pick([unit(), { hconcat: [unit(), { layer: [unit()] }] }])) }),
  ])();
}

export function animation(d) {
  const easing = (n) => ({ x: Array.from({ length: n }, () => d.float(0, 1)), y: Array.from({ length: n }, () => d.float(-0.2, 1.2)) });
  const vector = (n, most = 1000) => Array.from({ length: n }, () => d.float(-most, most));
  const frames = (n, most) => d.many(2, 6, (i) => ({ t: i * 10, s: vector(n, most), i: easing(n), o: easing(n) }));
  const property = (n, most) => (d.chance(0.6) ? { a: 0, k: vector(n, most), ix: d.int(1, 20) } : { a: 1, k: frames(n, most) });
  const scalar = (most) => (d.chance(0.7) ? { a: 0, k: d.float(0, most) } : { a: 1, k: frames(1, most) });
  const bezier = () => { const n = d.int(3, 24); return { i: Array.from({ length: n }, () => vector(2, 60)), o: Array.from({ length: n }, () => vector(2, 60)), v: Array.from({ length: n }, () => vector(2, 400)), c: d.chance(0.7) }; };
  const shape = (depth) => d.pick([
    () => ({ ty: 'sh', nm: d.noun(), ks: d.chance(0.8) ? { a: 0, k: bezier() } : { a: 1, k: d.many(2, 3, (i) => ({ t: i * 5, s: [bezier()] })) } }),
    () => ({ ty: 'el', p: property(2), s: property(2) }),
    () => ({ ty: 'rc', p: property(2), s: property(2), r: scalar(20) }),
    () => ({ ty: 'fl', c: { a: 0, k: [d.unit(), d.unit(), d.unit(), 1] }, o: scalar(100), r: 1 }),
    () => ({ ty: 'st', c: { a: 0, k: [0, 0, 0, 1] }, o: scalar(100), w: scalar(10), lc: 2, lj: 2 }),
    () => ({ ty: 'tm', s: scalar(100), e: scalar(100), o: scalar(360) }),
    () => (depth < 3 ? { ty: 'gr', nm: d.noun(), np: 2, it: [...d.many(1, 4, () => shape(depth + 1)), { ty: 'tr', p: property(2), a: property(2), s: property(2), r: scalar(360), o: scalar(100) }] } : { ty: 'fl', c: { a: 0, k: [1, 0, 0, 1] }, o: scalar(100) }),
  ])();
  const layer = (ind) => ({ ty: d.pick([3, 4, 4, 4]), nm: d.kebab(), ind, ip: 0, op: 120, st: 0, sr: 1, bm: 0, ks: { a: property(3), p: property(3), s: property(3), r: scalar(360), o: scalar(100) }, shapes: d.many(1, 4, () => shape(0)) });
  return { v: '5.9.0', nm: d.kebab(), w: d.int(100, 1920), h: d.int(100, 1080), fr: d.pick([24, 25, 30, 29.97]), ip: 0, op: 120, ddd: 0, assets: [], layers: d.many(1, 6, (i) => layer(i + 1)), markers: [] };
}

export function playbook(d) {
  const MODULES = { 'ansible.builtin.apt': () => ({ name: d.kebab(), state: 'present', update_cache: true }), 'ansible.builtin.copy': () => ({ src: d.path('conf'), dest: `/etc/${d.noun()}.conf`, mode: '0644' }), 'ansible.builtin.template': () => ({ src: `${d.noun()}.j2`, dest: `/etc/${d.noun()}`, owner: 'root' }), 'ansible.builtin.service': () => ({ name: d.noun(), state: 'started', enabled: true }), 'ansible.builtin.command': () => `systemctl reload ${d.noun()}`, 'ansible.builtin.file': () => ({ path: `/var/lib/${d.noun()}`, state: 'directory' }), 'ansible.builtin.uri': () => ({ url: d.url(), status_code: [200, 204], return_content: true }) };
  const task = () => { const module = d.pick(Object.keys(MODULES)); return { name: d.sentence(), [module]: MODULES[module](), when: d.maybe(0.3, () => d.pick(["ansible_os_family == 'Debian'", ['enabled', 'not skip'], true])), become: d.maybe(0.2, () => true), loop: d.maybe(0.15, () => d.many(1, 5, () => d.noun())), loop_control: d.maybe(0.05, () => ({ label: '{{ item }}' })), register: d.maybe(0.2, () => d.snake()), notify: d.maybe(0.2, () => d.pick([d.noun(), [d.noun(), d.noun()]])), retries: d.maybe(0.1, () => d.int(1, 9)), until: d.maybe(0.1, () => 'r.status == 200'), changed_when: d.maybe(0.1, () => false), tags: d.maybe(0.3, () => d.pick(['setup', ['setup', d.noun()]])), no_log: d.maybe(0.05, () => '{{ hide }}') }; };
  const tasks = (depth = 0) => d.many(1, 8, () => (depth < 2 && d.chance(0.15) ? { name: d.sentence(), block: tasks(depth + 1), rescue: d.maybe(0.5, () => tasks(2)), when: 'ready' } : task()));
  const play = () => ({ name: d.sentence(), hosts: d.pick(['all', 'web:&live', ['db', 'cache']]), become: d.maybe(0.5, () => true), gather_facts: d.maybe(0.3, () => false), serial: d.maybe(0.2, () => d.pick([1, '30%', [1, 5, '50%']])), vars: d.maybe(0.5, () => d.map(1, 8, () => d.snake(), () => d.pick([d.noun(), d.int(1, 100), true, [d.noun()]]))), vars_files: d.maybe(0.2, () => ['vars/main.yml']), roles: d.maybe(0.4, () => d.many(1, 4, () => d.pick([d.noun(), { role: d.noun(), tags: ['base'] }]))), tasks: d.maybe(0.9, () => tasks()), handlers: d.maybe(0.4, () => d.many(1, 3, task)) });
  return d.many(1, 4, () => (d.chance(0.15) ? { name: 'Import more', import_playbook: `${d.noun()}.yml` } : play()));
}

export function infrastructureState(d) {
  const attribute = (depth = 0) => d.pick([() => d.noun(), () => d.noun(), () => d.int(0, 9999), () => d.chance(0.5), () => null, () => (depth < 2 ? d.many(0, 4, () => attribute(depth + 1)) : ''), () => (depth < 2 ? d.map(0, 5, () => d.noun(), () => attribute(depth + 1)) : null)])();
  const resource = () => ({ module: d.maybe(0.3, () => `module.${d.noun()}`), mode: d.pick(['managed', 'managed', 'data']), type: `${d.pick(['aws', 'google', 'azurerm'])}_${d.snake()}`, name: d.snake(), provider: 'provider["registry.example/cloud/aws"]', instances: d.many(1, 3, (i) => ({ index_key: d.maybe(0.3, () => d.pick([i, d.noun()])), schema_version: d.int(0, 3), attributes: { id: d.hex(17), arn: `arn:cloud:${d.noun()}:${d.hex(12)}`, ...d.map(4, 24, () => d.snake(), () => attribute()) }, sensitive_attributes: d.maybe(0.3, () => [[{ type: 'get_attr', value: d.noun() }]]), private: d.maybe(0.6, () => d.base64(60)), dependencies: d.maybe(0.6, () => [...new Set(d.many(1, 6, () => `aws_${d.snake()}.${d.noun()}`))]) })) });
  return { version: 4, terraform_version: `1.${d.int(3, 9)}.${d.int(0, 9)}`, serial: d.int(1, 900), lineage: d.uuid(), outputs: d.map(0, 5, () => d.snake(), () => ({ value: d.noun(), type: 'string' })), resources: d.chance(0.2) ? d.many(50, 60, resource) : d.many(1, 10, resource), check_results: null };
}

const COUNTRIES = 'AT BR CA CH CN CZ DE DK EE EG ES FI FR GB GR HU IE IN IT JP KE KR LT LU MX NG NL NO NZ PL PT RO SE SG SI SK TR UA US ZA'.split(' ');
const CURRENCIES = 'AUD BRL CAD CHF CNY CZK DKK EUR GBP HUF INR JPY KRW MXN NOK NZD PLN RON SEK SGD TRY UAH USD ZAR'.split(' ');
export function trade(d) {
  const zone = () => d.pick(['Europe/Vienna', 'Europe/Berlin', 'Asia/Tokyo', 'America/Chicago', 'Africa/Lagos', 'Pacific/Apia']);
  const day = () => ({ date: d.date(), zone: zone() });
  return {
    reference: `${d.pick(['VIE', 'LON', 'TYO'])}${d.int(1000000000, 9999999999)}`,
    booked: day(),
    desk: zone(),
    legs: d.many(1, 12, () => ({ pay: d.pick(CURRENCIES), receive: d.pick(CURRENCIES), amount: d.float(1000, 9e6, 2), rate: d.maybe(0.8, () => d.float(0.01, 200, 5)), settles: day(), venue: d.maybe(0.6, () => d.pick(COUNTRIES)), calendars: d.maybe(0.5, () => d.some(COUNTRIES, 1, 4)), basis: 'ACT/360' })),
    parties: d.maybe(0.8, () => ['buyer', 'seller', 'broker'].map((role) => ({ role, code: `${d.hex(18).toUpperCase()}${d.int(10, 99)}`, country: d.pick(COUNTRIES) }))),
    tags: d.maybe(0.3, () => ['AA-100', 'BH-101']),
  };
}

export function translations(d) {
  const words = () => d.pick([d.sentence(), d.clause(), `${d.adjective()} {count} ${d.noun()}`, 'Größe – "äöü" \u2026\n{name}']);
  const pairs = d.many(5, 60, () => { const name = d.camel(d.int(1, 3)); return [[name, d.chance(0.95) ? words() : [words(), words()]], ...(d.chance(0.4) ? [[`@${name}`, { description: d.sentence(), placeholders: d.maybe(0.5, () => ({ count: { type: 'int', example: '3' }, name: { type: 'String' } })), 'x-note': d.maybe(0.1, () => d.noun()) }]] : []), ...(d.chance(0.1) ? [[`${name}_one`, words()], [`${name}_other`, words()]] : [])]; });
  const section = (depth) => d.map(2, 12, () => (depth < 2 && d.chance(0.2) ? d.pascal() : d.camel()), () => words());
  return { '@@locale': d.pick(['en', 'de_AT', 'fr', 'zh_Hant_TW']), '@@last_modified': moment(d), '@@x-reviewed': d.maybe(0.4, () => true), ...Object.fromEntries(pairs.flat()), Errors: d.maybe(0.6, () => Object.fromEntries(Object.entries(section(2)))) };
}

export function telemetry(d) {
  const value = (depth = 0) => d.pick([{ stringValue: d.kebab() }, { stringValue: d.url() }, { intValue: String(d.int(0, 99999)) }, { boolValue: d.chance(0.5) }, { doubleValue: d.float(0, 10) }, depth < 1 ? { arrayValue: { values: [{ stringValue: d.noun() }, { stringValue: d.noun() }] } } : { intValue: 3 }]);
  const attributes = (least, most) => d.many(least, most, () => ({ key: `${d.noun()}.${d.noun()}`, value: value() }));
  const span = (traceId) => ({ traceId, spanId: d.hex(16), parentSpanId: d.pick(['', d.hex(16)]), name: `${d.pick(['GET', 'POST'])} /${d.noun()}`, kind: d.int(1, 5), startTimeUnixNano: `17${d.int(1e8, 9e8)}000000000`.slice(0, 19), endTimeUnixNano: `17${d.int(1e8, 9e8)}500000000`.slice(0, 19), attributes: attributes(2, 12), events: d.maybe(0.3, () => d.many(1, 3, () => ({ timeUnixNano: '1700000000000000000', name: d.noun(), attributes: attributes(0, 3) }))), links: d.maybe(0.1, () => [{ traceId: d.hex(32), spanId: d.hex(16) }]), status: d.pick([{}, { code: 1 }, { code: 2, message: d.sentence() }]) });
  return { resourceSpans: d.many(1, 2, () => ({ resource: { attributes: attributes(2, 8) }, scopeSpans: d.many(1, 2, () => ({ scope: { name: d.kebab(), version: d.semver() }, spans: d.many(1, 10, () => span(d.hex(32))) })) })) };
}
