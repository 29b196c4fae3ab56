// `steno contract add` and POST /v1/contracts: a contract of one's own, added to a file, through its recorder, over HTTP.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, lines, run, serve } from './cli.mjs';
import { startRecorder } from './harness.mjs';

const dialect = 'https://json-schema.org/draft/2020-12/schema';

// Notes of a shop: version 1 takes whole amounts, later ones any.
function contract(version = '1', change = () => {}) {
    const made = {
        $schema: dialect,
        title: `Shop ${version}`,
        type: 'object',
        required: ['kind', 'amount'],
        properties: {
            kind: { enum: ['shop.sold', 'shop.returned'] },
            version: { type: 'string', const: version },
            amount: { type: version === '1' ? 'integer' : 'number', minimum: 0 },
            at: { type: 'string', format: 'date-time' },
        },
        'x-steno': {
            name: 'shop', version, unknown_types: 'refuse', version_at: '/version',
            recognise: [{ rank: 500, all: [{ at: '/kind', like: ['shop.*'] }] }],
            record: { type: '/kind', time: '/at', id: '/id' },
            classify: [{ types: ['shop.sold', 'shop.returned'], level: 'audit', category: 'shop' }],
        },
    };
    change(made);
    return JSON.stringify(made, null, 2);
}

const sold = (more = {}) => JSON.stringify({ kind: 'shop.sold', amount: 3, ...more });
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

function file(t, text, name = 'shop.json') {
    const path = join(folder(t), name);
    writeFileSync(path, text);
    return path;
}

const post = (recorder, body, headers = {}) =>
    recorder.request('POST', '/v1/contracts', { body, headers: { 'content-type': 'application/json', ...headers } });

test('V6: a contract is added to a store file, and is known to every command on it', async (t) => {
    const store = join(folder(t), 'steno.db');
    const text = contract();
    const path = file(t, text);
    const before = await run(['record', '--store', store], { input: `${sold()}\n` });
    assert.equal(before.code, 1, before.err);
    const added = await run(['contract', 'add', path, '--store', store]);
    assert.equal(added.code, 0, added.err);
    assert.match(added.err, new RegExp(`shop@1: added, SHA-256 ${sha256(text)}, told as seq 1`));

    assert.equal((await run(['record', '--store', store], { input: `${sold()}\n` })).code, 0);
    const [told, event] = lines((await run(['query', '--store', store, '--level', 'debug', '-o', 'json'])).out).map(JSON.parse);
    assert.equal(told.type, 'contract.added');
    assert.equal(told.event.added, 'shop@1');
    assert.equal(told.event.sha256, sha256(text));
    assert.equal(event.contract, 'shop@1');
    assert.equal(event.category, 'shop');
    assert.equal(lines((await run(['query', '--store', store, '--contract', 'shop', '-o', 'raw'])).out).length, 1);

    const list = lines((await run(['contract', 'list', '-o', 'json', '--store', store])).out).map(JSON.parse);
    assert.deepEqual(list.at(-1), { name: 'shop', version: '1', title: 'Shop 1', sha256: sha256(text) });
    assert.equal((await run(['contract', 'show', 'shop', '--store', store])).out, text);
    assert.match((await run(['contract', 'types', 'shop', '--lang', 'ts', '--store', store])).out, /export interface ShopSoldEvent/);
    const checked = await run(['check', '--contract', 'shop@1', '-'], { input: sold({ amount: 0.5 }), env: { STENO_STORE: store } });
    assert.equal(checked.code, 1);
    assert.match(checked.out + checked.err, /\/amount/);
    const made = await run(['new', 'shop.sold', 'amount:=2'], { env: { STENO_STORE: store } });
    assert.equal(made.code, 0, made.err);
    assert.equal(JSON.parse(made.out).amount, 2);
    assert.equal((await run(['contract', 'show', 'shop'], { env: { STENO_STORE: join(folder(t), 'none.db') } })).code, 2);
});

test('V6: the same bytes again are a success without effect; other bytes of the version are refused', async (t) => {
    const store = join(folder(t), 'steno.db');
    const path = file(t, contract());
    assert.equal((await run(['contract', 'add', path, '--store', store])).code, 0);
    const again = await run(['contract', 'add', path, '--store', store]);
    assert.equal(again.code, 0, again.err);
    assert.match(again.err, /shop@1: is there already/);
    const other = await run(['contract', 'add', file(t, contract('1', (c) => { c.title = 'Other'; })), '--store', store]);
    assert.equal(other.code, 1);
    assert.match(other.err, /shop@1 is known with other bytes, and a version never changes; give the contract another version/);
    const shipped = await run(['contract', 'add', '-', '--store', store], { input: contract('v0', (c) => { c['x-steno'].name = 'agent-event'; }) });
    assert.equal(shipped.code, 1);
    assert.match(shipped.err, /stdin: agent-event@v0 is known with other bytes/);
    assert.equal(lines((await run(['query', '--store', store, '--level', 'debug', '-o', 'raw'])).out).length, 1);
});

test('what is no contract is refused where it stands: file, line, column, pointer', async (t) => {
    const store = join(folder(t), 'steno.db');
    const cases = [
        ['{"type":', /bad\.json:1:9: .*must be JSON/],
        [contract('1', (c) => { c.properties.amount.type = 'whole'; }), /bad\.json:\d+:\d+: \/properties\/amount\/type: /],
        [contract('1', (c) => { delete c['x-steno'].classify; }), /bad\.json:\d+:\d+: \/x-steno\/classify: is required/],
        [contract('1', (c) => { c['x-steno'].record.type = 'kind'; }), /bad\.json:\d+:\d+: \/x-steno\/record\/type: must be a valid JSON Pointer/],
        [contract('1', (c) => { delete c['x-steno']; }), /\/x-steno: is required/],
        [contract('1', (c) => { c['x-steno'].reserved = true; }), /\/x-steno\/reserved: must not be true/],
        [contract('9', (c) => { c['x-steno'].name = 'steno'; }), /\/x-steno\/name: must be another name/],
        [contract('1', (c) => { c['x-steno'].models = { M: '/nowhere' }; }), /\/x-steno\/models\/M: leads to no schema/],
    ];
    for (const [text, words] of cases) {
        const { code, err } = await run(['contract', 'add', file(t, text, 'bad.json'), '--store', store]);
        assert.equal(code, 1, err);
        assert.match(err, words);
    }
    const none = await run(['contract', 'add', join(folder(t), 'none.json'), '--store', store]);
    assert.equal(none.code, 3);
    assert.equal((await run(['contract', 'add'])).code, 2);
});

// What is wrong in several places, and where each stands in the file.
const manyFaults = () => contract('1', (c) => {
    c['x-steno'].unknown_types = 'drop';
    c['x-steno'].record.type = 'kind';
    c['x-steno'].record.colour = '/colour';
    c['x-steno'].classify[0].level = 'loud';
    delete c['x-steno'].recognise[0].rank;
});
const manyPlaces = ['/x-steno/unknown_types', '/x-steno/recognise/0/rank', '/x-steno/record/colour', '/x-steno/record/type',
    '/x-steno/classify/0/level'];
const toldPlaces = (err) => [...err.matchAll(/bad\.json:(\d+):\d+: ([^:]*): /g)].map(([, line, pointer]) => ({ line: Number(line), pointer }));

test('V6: all that the annotation breaks is told at once, in the order of the file', async (t) => {
    const store = join(folder(t), 'steno.db');
    const path = file(t, manyFaults(), 'bad.json');
    const here = await run(['contract', 'add', path, '--store', store]);
    assert.equal(here.code, 1);
    const told = toldPlaces(here.err);
    assert.deepEqual(told.map((one) => one.pointer).sort(), [...manyPlaces].sort(), here.err);
    assert.deepEqual(told.map((one) => one.line), told.map((one) => one.line).sort((a, b) => a - b));

    const recorder = await serve(t, { store });
    const there = await run(['contract', 'add', path, '--url', recorder.url]);
    assert.equal(there.code, 1);
    assert.equal(there.err, here.err);
});

test('V6: of more faults than are told the rest is counted', async (t) => {
    const text = contract('1', (c) => {
        c['x-steno'].classify = Array.from({ length: 150 }, () => ({ types: ['a'], level: 'loud' }));
    });
    const recorder = await startRecorder(t, []);
    const { json } = await post(recorder, text);
    assert.equal(json.errors.length, 100);
    assert.equal(json.errors_left_out, 50);
    assert.equal(new Set(json.errors.map((one) => one.pointer)).size, 100);
    const { code, err } = await run(['contract', 'add', file(t, text, 'bad.json'), '--store', join(folder(t), 'steno.db')]);
    assert.equal(code, 1);
    assert.equal(toldPlaces(err).length, 100);
    assert.match(err, /bad\.json: and 50 more/);
});

test('V6: a served store takes it through its recorder, at once and after a restart', async (t) => {
    const store = join(folder(t), 'steno.db');
    const recorder = await serve(t, { store });
    const path = file(t, contract());
    assert.equal((await run(['record', '--url', recorder.url], { input: `${sold()}\n` })).code, 1);
    const added = await run(['contract', 'add', path, '--store', store]);
    assert.equal(added.code, 0, added.err);
    assert.match(added.err, /shop@1: added, .* told as seq 1/);
    assert.equal((await run(['record', '--url', recorder.url], { input: `${sold()}\n` })).code, 0);
    assert.match((await run(['contract', 'add', path, '--url', recorder.url])).err, /is there already/);
    const list = lines((await run(['contract', 'list', '-o', 'json', '--url', recorder.url])).out);
    assert.equal(JSON.parse(list.at(-1)).name, 'shop');
    assert.equal((await run(['contract', 'show', 'shop@1', '--url', recorder.url])).out, contract());
    const other = await run(['contract', 'add', file(t, contract('1', (c) => { c.title = 'x'; })), '--store', store]);
    assert.equal(other.code, 1);
    assert.match(other.err, /known with other bytes/);
    const bad = await run(['contract', 'add', file(t, contract('2', (c) => { delete c['x-steno'].record; }), 'bad.json'), '--store', store]);
    assert.equal(bad.code, 1);
    assert.match(bad.err, /bad\.json:\d+:\d+: \/x-steno\/record: is required/);
    await recorder.stop();

    const anew = await serve(t, { store, args: ['--mode', 'shop@1=quarantine'] });
    assert.equal((await run(['record', '--url', anew.url], { input: `${sold({ amount: 1 })}\n` })).code, 0);
    await run(['record', '--url', anew.url], { input: `${sold({ amount: -1 })}\n` });
    const kept = lines((await run(['quarantine', 'list', '-o', 'json', '--url', anew.url])).out).map(JSON.parse);
    assert.deepEqual(kept.map((one) => one.contract), ['shop@1']);
});

test('V6: over HTTP: 201, then 200, then 409; what is wrong is named', async (t) => {
    const recorder = await startRecorder(t, []);
    const text = contract();
    const added = await post(recorder, text);
    assert.equal(added.status, 201);
    assert.deepEqual(added.json, { status: 'added', ref: 'shop@1', sha256: sha256(text), seq: 1 });
    assert.equal((await recorder.post(sold())).json.seq, 2);
    const again = await post(recorder, text);
    assert.equal(again.status, 200);
    assert.deepEqual(again.json, { status: 'known', ref: 'shop@1', sha256: sha256(text) });
    const other = await post(recorder, `${text}\n`);
    assert.equal(other.status, 409);
    assert.equal(other.json.error, 'contract_conflict');
    const wrong = await post(recorder, contract('2', (c) => { c['x-steno'].unknown_types = 'drop'; }));
    assert.equal(wrong.status, 400);
    assert.equal(wrong.json.error, 'contract_invalid');
    assert.equal(wrong.json.errors[0].pointer, '/x-steno/unknown_types');
    assert.ok(wrong.json.errors[0].line > 1);
    assert.equal((await post(recorder, text, { 'content-type': 'application/x-ndjson' })).status, 415);
    assert.equal((await recorder.request('POST', '/v1/contracts?x=1', { body: text, headers: { 'content-type': 'application/json' } })).status, 400);
    const huge = await post(recorder, `{"x":"${'y'.repeat(4 << 20)}"}`);
    assert.equal(huge.status, 413);
    assert.equal((await recorder.get('/v1/contracts/shop@1')).text.trim(), text);
    assert.ok((await recorder.get('/v1/contracts')).json.contracts.some((one) => one.ref === 'shop@1' && one.mode === 'enforce'));
});

test('two versions side by side: events name theirs, and are recorded, kept apart and found by it', async (t) => {
    const recorder = await startRecorder(t, []);
    assert.equal((await post(recorder, contract('1'))).status, 201);
    assert.equal((await post(recorder, contract('2'))).status, 201);
    const half = { amount: 0.5 };
    const record = async (one, query = '') => (await recorder.post(sold(one), { query })).json ?? {};
    const contractOf = async (seq) => (await recorder.get(`/v1/events/${seq}`)).json.contract;

    // What an event names counts; without it, the newest.
    assert.equal(await contractOf((await record({ version: '1' })).seq), 'shop@1');
    assert.equal(await contractOf((await record({ version: '2', ...half })).seq), 'shop@2');
    assert.equal(await contractOf((await record(half)).seq), 'shop@2');
    const broken = await recorder.post(sold({ version: '1', ...half }));
    assert.equal(broken.status, 400);
    assert.equal(broken.json.errors[0].pointer, '/amount');

    // A version that there is not is told with those that there are.
    const unknown = await recorder.post(sold({ version: '3' }));
    assert.equal(unknown.status, 400);
    assert.match(JSON.stringify(unknown.json), /unsupported version .*3.*; shop has: 1, 2/);

    // Named by the name alone, events still name theirs; named with a version, that one counts.
    const to = (query, one) => recorder.request('POST', `/v1/events${query}`,
        { body: sold(one), headers: { 'content-type': 'application/json' } });
    assert.equal(await contractOf((await to('?contract=shop', { version: '1', at: '2026-01-01T00:00:00Z' })).json.seq), 'shop@1');
    assert.equal((await to('?contract=shop@2', { version: '1' })).status, 400);
    assert.equal((await to('?contract=shop@1', half)).status, 400);
    const absent = await to('?contract=shop@7', {});
    assert.equal(absent.status, 422);
    assert.match(absent.json.message, /shop has no version 7; it has 1, 2/);

    // Found by version, or by any.
    const found = async (words) => lines((await recorder.get(`/v1/events?contract=${words}`, { accept: 'application/x-ndjson' })).text).length;
    assert.equal(await found('shop@1'), 2);
    assert.equal(await found('shop@2'), 2);
    assert.equal(await found('shop'), 4);
    const refs = (await recorder.get('/v1/contracts')).json.contracts.map((one) => one.ref);
    assert.deepEqual(refs.filter((ref) => ref.startsWith('shop@')), ['shop@1', 'shop@2']);
});

test('two versions side by side in a store: check, show and types take the one that is meant', async (t) => {
    const store = join(folder(t), 'steno.db');
    for (const version of ['1', '2'])
        assert.equal((await run(['contract', 'add', file(t, contract(version)), '--store', store])).code, 0);
    const env = { STENO_STORE: store };
    const check = async (args, one) => (await run(['check', ...args, '-'], { input: sold(one), env })).code;
    assert.equal(await check([], { version: '1', amount: 0.5 }), 1);
    assert.equal(await check([], { version: '2', amount: 0.5 }), 0);
    assert.equal(await check(['--contract', 'shop'], { version: '1', amount: 0.5 }), 1);
    assert.equal(await check(['--contract', 'shop'], { amount: 0.5 }), 0);
    assert.equal(await check(['--contract', 'shop@1'], { amount: 0.5 }), 1);
    assert.equal((await run(['contract', 'show', 'shop'], { env })).out, contract('2'));
    assert.equal((await run(['contract', 'show', 'shop@1'], { env })).out, contract('1'));
    assert.match((await run(['contract', 'show', 'shop@9'], { env })).err, /shop has no version 9; it has 1, 2/);
    assert.equal((await run(['new', 'shop.sold', 'amount:=0.5'], { env })).code, 0);
    // The version of an event that is kept apart is the one it was held against.
    const recorder = await serve(t, { store, args: ['--mode', 'shop@1=quarantine'] });
    await run(['record', '--url', recorder.url], { input: `${sold({ version: '1', amount: 0.5 })}\n` });
    const kept = lines((await run(['quarantine', 'list', '-o', 'json', '--contract', 'shop@1', '--url', recorder.url])).out);
    assert.equal(JSON.parse(kept[0]).contract, 'shop@1');
});
