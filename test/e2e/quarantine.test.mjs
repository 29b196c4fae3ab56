// The quarantine over HTTP and on the command line: what is invalid is kept apart, shown, mended and released, or dropped.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { event, folder, lines, ndjson, run, serve } from './cli.mjs';
import { startRecorder } from './harness.mjs';

const MODE = ['--mode', 'agent-event=quarantine'];
const bad = (change = () => {}) => event((one) => { delete one.run; change(one); });
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

async function keepApart(recorder, one) {
    const { status, json } = await recorder.post(JSON.stringify(one));
    assert.equal(status, 202);
    assert.equal(json.status, 'quarantined');
    assert.equal(json.persisted, false);
    assert.match(json.warning, /kept apart/);
    return json;
}

const release = (recorder, number, body, headers = {}) =>
    recorder.request('POST', `/v1/quarantine/${number}/release`, { body, headers: { 'content-type': 'application/json', ...headers } });

test('V4: V5: an invalid event is kept apart, shown with its violations, mended and released', async (t) => {
    const recorder = await startRecorder(t, MODE);
    const one = bad();
    const text = ` ${JSON.stringify(one, null, 2)}\n`;
    const kept = (await recorder.post(text)).json;
    assert.deepEqual(kept.errors, [{ path: '$.run', pointer: '/run', keyword: 'required', message: 'is required' }]);
    assert.deepEqual(await recorder.all(), []);

    const shown = await recorder.get(`/v1/quarantine/${kept.quarantine}`);
    assert.equal(shown.status, 200);
    assert.equal(lines(shown.text).length, 1);
    const { received_at, ...rest } = shown.json;
    assert.ok(Math.abs(Date.parse(received_at) - Date.now()) < 600000);
    assert.deepEqual(rest, {
        number: kept.quarantine, contract: 'agent-event@v0', tenant: 'acme', sha256: sha256(text.trim()), errors: kept.errors, event: one,
    });
    assert.equal((await recorder.get(`/v1/quarantine/${kept.quarantine}/raw`)).text, text.trim());

    const still = await release(recorder, kept.quarantine);
    assert.equal(still.status, 400);
    assert.equal(still.json.error, 'validation_failed');
    assert.deepEqual(still.json.errors, kept.errors);
    const broken = await release(recorder, kept.quarantine, '\n{"a":1,}');
    assert.equal(broken.status, 400);
    assert.equal(broken.json.error, 'invalid_json');
    assert.deepEqual([broken.json.line, broken.json.column], [2, 8]);

    const mended = JSON.stringify({ ...one, run: event().run });
    const done = await release(recorder, kept.quarantine, `\n${mended}\n`);
    assert.equal(done.status, 200);
    assert.deepEqual(done.json, { status: 'released', number: kept.quarantine, persisted: true, seq: 1, mended: true });
    assert.equal((await recorder.get('/v1/events/1/raw')).text, mended);
    const told = (await recorder.all())[1];
    assert.equal(told.contract, 'steno@1');
    assert.equal(told.type, 'quarantine.released');
    assert.equal(told.tenant, 'acme');
    assert.equal(told.level, 'audit');
    const { time, ...said } = told.event;
    assert.deepEqual(said, {
        contract: 'steno@1', id: `quarantine.released:${kept.quarantine}`, type: 'quarantine.released', tenant: 'acme',
        number: kept.quarantine, of: 'agent-event@v0', mended: true, seq: 1, sha256: sha256(text.trim()), actor: 'local',
    });
    for (const answer of [await release(recorder, kept.quarantine), await recorder.get(`/v1/quarantine/${kept.quarantine}`),
        await recorder.request('DELETE', `/v1/quarantine/${kept.quarantine}`)])
        assert.deepEqual([answer.status, answer.json.error], [404, 'quarantine_not_found']);
});

test('V5: a duplicate leaves the quarantine with the first seq, a conflict stays', async (t) => {
    const recorder = await startRecorder(t, MODE);
    const one = bad();
    const { quarantine } = await keepApart(recorder, one);
    const good = JSON.stringify({ ...one, run: event().run });
    assert.equal((await recorder.post(good)).json.seq, 1);
    const conflict = await release(recorder, quarantine, good.replace('planner', 'coder'));
    assert.deepEqual([conflict.status, conflict.json.error, conflict.json.seq], [409, 'event_id_conflict', 1]);
    assert.equal((await recorder.get(`/v1/quarantine/${quarantine}`)).status, 200);
    const again = await release(recorder, quarantine, good);
    assert.deepEqual(again.json, { status: 'released', number: quarantine, persisted: false, seq: 1, mended: true });
    assert.equal((await recorder.get(`/v1/quarantine/${quarantine}`)).status, 404);
});

test('V5: of many who release or drop one event at once one succeeds', async (t) => {
    const recorder = await startRecorder(t, MODE);
    const one = bad();
    const { quarantine } = await keepApart(recorder, one);
    const good = JSON.stringify({ ...one, run: event().run });
    const answers = await Promise.all(Array.from({ length: 24 }, (_, i) => (i % 4 === 3
        ? recorder.request('DELETE', `/v1/quarantine/${quarantine}`) : release(recorder, quarantine, good))));
    const statuses = answers.map((answer) => answer.status).sort();
    assert.deepEqual(statuses, [200, ...Array(23).fill(404)]);
    const types = (await recorder.all()).map((line) => line.type);
    assert.equal(types.filter((type) => type.startsWith('quarantine.')).length, 1);
});

test('V5: a dropped event is told with who and why, and is gone', async (t) => {
    const recorder = await startRecorder(t, MODE);
    const { quarantine } = await keepApart(recorder, bad());
    const { status, json } = await recorder.request('DELETE', `/v1/quarantine/${quarantine}?reason=a%20%22test%22`);
    assert.deepEqual([status, json], [200, { status: 'dropped', number: quarantine }]);
    const [told] = await recorder.all();
    assert.deepEqual([told.type, told.event.reason, told.event.number, told.event.actor], ['quarantine.dropped', 'a "test"', quarantine, 'local']);
    assert.ok((await keepApart(recorder, bad())).quarantine > quarantine, 'a number is not given again');
});

test('the quarantine is listed in pages, and by contract, tenant and time', async (t) => {
    const recorder = await startRecorder(t, [...MODE, '--mode', 'session-events=quarantine']);
    for (let i = 0; i < 7; i++)
        await keepApart(recorder, bad((one) => { one.tenant.tenant_id = i % 2 ? 'acme' : 'zebra'; }));
    await keepApart(recorder, { event_version: '1.0', event_type: 'session_start' });
    const list = async (query) => lines((await recorder.get(`/v1/quarantine?${query}`)).text).map((line) => JSON.parse(line).number);
    assert.deepEqual(await list(''), [1, 2, 3, 4, 5, 6, 7, 8]);
    assert.deepEqual(await list('tenant=acme'), [2, 4, 6]);
    assert.deepEqual(await list('tenant=acme,zebra&limit=3'), [1, 2, 3]);
    assert.deepEqual(await list('contract=session-events'), [8]);
    assert.deepEqual(await list('contract=agent-event@v0&after=5'), [6, 7]);
    assert.deepEqual(await list('contract=agent-event@v1'), []);
    assert.deepEqual(await list('since=-1h'), [1, 2, 3, 4, 5, 6, 7, 8]);
    assert.deepEqual(await list('until=-1h'), []);
    assert.deepEqual(await list('limit=0'), []);
    const seen = [];
    let next = '';
    do {
        const { json } = await recorder.get(`/v1/quarantine?format=json&limit=3${next && `&after=${next}`}`);
        assert.ok(json.quarantine.length <= 3);
        seen.push(...json.quarantine.map((one) => one.number));
        next = json.next;
    } while (next);
    assert.deepEqual(seen, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert.deepEqual((await recorder.get('/v1/quarantine?format=json&tenant=none')).json, { quarantine: [], next: null });
    for (const query of ['type=a', 'last=3', 'order=desc', 'format=xml', 'limit=x', 'limit=10001&format=json', 'nonsense=1']) {
        const { status, json } = await recorder.get(`/v1/quarantine?${query}`);
        assert.deepEqual([status, json.error], [400, 'invalid_query'], query);
    }
});

test('P1: B1: odd requests about the quarantine are refused, and change nothing', async (t) => {
    const recorder = await startRecorder(t, MODE);
    const one = bad();
    const { quarantine } = await keepApart(recorder, one);
    const good = JSON.stringify({ ...one, run: event().run });
    const status = async (answer) => (await answer).status;
    for (const headers of [{ origin: 'http://evil.example' }, { 'sec-fetch-site': 'cross-site' }, { host: 'evil.example' }]) {
        assert.equal(await status(release(recorder, quarantine, good, headers)), 403);
        assert.equal(await status(recorder.request('DELETE', `/v1/quarantine/${quarantine}`, { headers })), 403);
    }
    for (const number of ['0', '99', '9223372036854775807', '9223372036854775808', '18446744073709551616', '9'.repeat(400)]) {
        assert.equal(await status(release(recorder, number, good)), 404);
        assert.equal(await status(recorder.get(`/v1/quarantine/${number}`)), 404);
        assert.equal(await status(recorder.request('DELETE', `/v1/quarantine/${number}`)), 404);
    }
    for (const number of ['-1', '1x', '%2e%2e', '1.0'])
        assert.equal(await status(recorder.get(`/v1/quarantine/${number}`)), 404);
    assert.equal(await status(release(recorder, quarantine, good, { 'content-type': 'application/x-ndjson' })), 415);
    assert.equal(await status(release(recorder, quarantine, good, { 'content-encoding': 'gzip' })), 415);
    assert.equal(await status(release(recorder, quarantine, `[${good}]`)), 400);
    assert.equal(await status(release(recorder, quarantine, good + good)), 400);
    assert.equal(await status(release(recorder, quarantine, `{"a":"${'x'.repeat(1 << 20)}"}`)), 413);
    assert.equal(await status(release(recorder, quarantine, ' '.repeat(2 << 20))), 413);
    assert.equal(await status(release(recorder, quarantine, JSON.stringify({ contract: 'steno@1', id: 'x', type: 'token.added', time: '2026-01-01T00:00:00Z' }))), 400);
    assert.equal(await status(recorder.request('POST', `/v1/quarantine/${quarantine}/release?force=true`)), 400);
    assert.equal(await status(recorder.request('DELETE', `/v1/quarantine/${quarantine}?reason=${'r'.repeat(1025)}`)), 400);
    assert.equal(await status(recorder.request('DELETE', `/v1/quarantine/${quarantine}?reason=a&reason=b`)), 400);
    const put = await recorder.request('PUT', `/v1/quarantine/${quarantine}`);
    assert.deepEqual([put.status, put.headers.allow], [405, 'GET, HEAD, DELETE']);
    assert.deepEqual(await recorder.all(), []);
    assert.equal((await recorder.get(`/v1/quarantine/${quarantine}`)).json.number, quarantine);
    assert.equal(await status(release(recorder, quarantine, good)), 200);
});

// ---- on the command line ----

/** A store with two events kept apart, 1 and 2, and what 1 should have been. */
async function keepTwo(t, args = []) {
    const store = join(folder(t), 's.db');
    const recorder = await serve(t, { store, args: [...MODE, ...args] });
    const good = event();
    const one = { ...good, run: undefined };
    assert.equal((await run(['record', '--url', recorder.url], { input: ndjson(one, bad()) })).err, '0 accepted, 2 quarantined\n');
    return { store, recorder, one, good };
}

for (const way of ['a served store', 'a recorder at its URL', 'a store that is not served']) {
    test(`V5: steno quarantine lists, shows, mends, releases and drops in ${way}`, async (t) => {
        const { store, recorder, one, good } = await keepTwo(t);
        if (way === 'a store that is not served') await recorder.stop('SIGTERM');
        const where = way === 'a recorder at its URL' ? ['--url', recorder.url] : ['--store', store];
        const quarantine = (verb, args = [], input) => run(['quarantine', verb, ...args, ...where], { input });

        const listed = lines((await quarantine('list')).out).map((line) => JSON.parse(line));
        assert.deepEqual(listed.map((line) => [line.number, line.contract, line.tenant, line.errors.length]),
            [[1, 'agent-event@v0', 'acme', 1], [2, 'agent-event@v0', 'acme', 1]]);
        assert.deepEqual(listed[0].event, JSON.parse(JSON.stringify(one)));
        const table = lines((await quarantine('list', ['-o', 'table', '--after', '1', '--limit', '5', '--tenant', 'acme'])).out);
        assert.match(table[0], /^NUMBER +RECEIVED +CONTRACT +TENANT +VIOLATIONS +FIRST$/);
        assert.match(table[1], /^ +2 +20\S+Z +agent-event@v0 +acme +1 +\/run: is required$/);
        assert.equal(table.length, 2);
        assert.equal((await quarantine('list', ['--tenant', 'none'])).out, '');
        const page = (await quarantine('show', ['1', '-o', 'table'])).out;
        assert.match(page, /^number +1$/m);
        assert.match(page, /^ +\/run: is required$/m);
        const raw = (await quarantine('show', ['1', '-o', 'raw'])).out;
        assert.equal(raw, JSON.stringify(one));
        assert.equal(sha256(raw), listed[0].sha256);

        const still = await quarantine('release', ['1', '2', '9']);
        assert.deepEqual([still.code, still.out], [1, '']);
        assert.equal(still.err, '1: /run: is required\n2: /run: is required\n9: no event has this number in the quarantine\n');
        const broken = await quarantine('release', ['1', '--event', '-'], '{"a":');
        assert.equal(broken.code, 1);
        assert.match(broken.err, /^stdin: line 1, column 6 .*; it stays in the quarantine$/m);
        const mended = await quarantine('release', ['1', '--event', '-'], `${JSON.stringify(good)}\n`);
        assert.deepEqual([mended.code, mended.err], [0, '1: released as seq 1\n']);
        const other = await quarantine('release', ['2', '--event', '-'], JSON.stringify({ ...good, occurred_at: '2026-02-07T20:21:55Z' }));
        assert.equal(other.code, 1);
        assert.match(other.err, /^2: another event with this id .* \(seq 1\); it stays in the quarantine$/m);
        const same = await quarantine('release', ['2', '--event', '-'], JSON.stringify(good));
        assert.deepEqual([same.code, same.err], [0, '2: released; it was recorded before as seq 1\n']);
        const gone = await quarantine('drop', ['2', '--reason', 'too late']);
        assert.deepEqual([gone.code, gone.err], [1, '2: no event has this number in the quarantine\n']);
        assert.equal((await quarantine('list')).out, '');
        const log = lines((await run(['query', '--store', store])).out).map((line) => JSON.parse(line));
        assert.deepEqual(log.map((line) => line.type), ['run.started', 'quarantine.released', 'quarantine.released']);
        assert.deepEqual(log[0].event, good);
        assert.deepEqual(log.slice(1).map(({ event: { number, seq, mended: was } }) => [number, seq, was]), [[1, 1, true], [2, 1, true]]);
        const actor = way === 'a store that is not served' ? userInfo().username : 'local';
        assert.equal(log[1].event.actor, actor);
    });
}

test('V5: an event is dropped with a reason, served or not', async (t) => {
    const { store, recorder } = await keepTwo(t);
    const first = await run(['quarantine', 'drop', '1', '--store', store, '--reason', 'a "test"']);
    assert.deepEqual([first.code, first.err], [0, '1: dropped\n']);
    await recorder.stop('SIGTERM');
    const second = await run(['quarantine', 'drop', '2', '--store', store]);
    assert.deepEqual([second.code, second.err], [0, '2: dropped\n']);
    const log = lines((await run(['query', '--store', store])).out).map((line) => JSON.parse(line));
    assert.deepEqual(log.map((line) => [line.type, line.event.reason]), [['quarantine.dropped', 'a "test"'], ['quarantine.dropped', undefined]]);
});

test('B1: of very many violations a hundred are told, and how many there are', async (t) => {
    const store = join(folder(t), 's.db');
    const recorder = await serve(t, { store, args: MODE });
    const one = event((made) => { for (let i = 0; i < 150; i++) made[`x${i}`] = 1; });
    await run(['record', '--url', recorder.url], { input: ndjson(one) });
    const shown = JSON.parse((await run(['quarantine', 'show', '1', '--store', store])).out);
    assert.deepEqual([shown.errors.length, shown.errors_total], [100, 150]);
    assert.match((await run(['quarantine', 'list', '--url', recorder.url, '-o', 'table'])).out, / 150  \/x/);
    assert.match((await run(['quarantine', 'show', '1', '--store', store, '-o', 'table'])).out, /^ +and 50 more$/m);
    for (const where of [['--url', recorder.url], ['--store', store]]) {
        const refused = await run(['quarantine', 'release', '1', ...where]);
        assert.equal(refused.code, 1);
        assert.match(refused.err, /^1: and 50 more violations$/m);
        assert.equal(lines(refused.err).length, 101);
    }
});

test('V5: who asks over the unix socket is told by name', async (t) => {
    const { store, recorder } = await keepTwo(t, ['--socket', join(folder(t), 'steno.sock')]);
    const socket = /unix:(\S+\.sock)/.exec(recorder.err)?.[1];
    assert.ok(socket, recorder.err);
    assert.equal((await run(['quarantine', 'drop', '1', '--socket', socket])).code, 0);
    const [told] = lines((await run(['query', '--store', store])).out).map((line) => JSON.parse(line));
    assert.deepEqual([told.type, told.event.actor], ['quarantine.dropped', userInfo().username]);
});

test('the command line of steno quarantine is refused where it says nothing', async (t) => {
    const dir = folder(t);
    const refused = [
        [[], /what to do is missing/], [['lisst'], /did you mean list\?|did you mean list$/m], [['release'], /say its number/],
        [['release', 'x'], /not a number/], [['drop', '0'], /not a number/], [['show', '-1'], /-1|no such option/],
        [['show', '18446744073709551616'], /not a number/], [['list', '3'], /leave out 3/],
        [['list', '--reason', 'x'], /--reason says nothing here/], [['drop', '1', '--event', 'x'], /--event says nothing here/],
        [['release', '1', '2', '--event', 'x'], /say one number/], [['list', '-o', 'raw'], /steno quarantine show/],
        [['show', '1', '2', '-o', 'raw'], /say one number/], [['drop', '1', '--reason', 'r'.repeat(1025)], /1024 bytes/],
    ];
    const { store } = await keepTwo(t);
    for (const [args, said] of refused) {
        const { code, err } = await run(['quarantine', ...args, '--store', store]);
        assert.equal(code, 2, args.join(' '));
        assert.match(err, said);
    }
    for (const args of [['release', '1'], ['drop', '1'], ['list'], ['show', '1']]) {
        const { code, err } = await run(['quarantine', ...args, '--store', join(dir, 'none.db')]);
        assert.equal(code, 3);
        assert.match(err, /there is no store at this path/);
    }
    assert.deepEqual(readdirSync(dir), [], 'no store is made');
    assert.equal((await run(['quarantine', 'release', '1', '--url', 'http://127.0.0.1:1'])).code, 3);
    const empty = await run(['quarantine', 'release', '1', '--store', store, '--event', '-'], { input: ' \n' });
    assert.equal(empty.code, 2);
    assert.match(empty.err, /is empty/);
});
