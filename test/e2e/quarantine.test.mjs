// The quarantine over HTTP: what is invalid is kept apart, shown, mended and released, or dropped.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { event, lines } from './cli.mjs';
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
